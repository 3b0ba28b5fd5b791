//! Lowers lookups: a row by its key without a search where keys are words.

use crate::hir::{Band, Cell, Compare, Expr, Rows, TableId, Type};
use crate::source::Span;
use crate::value::Exact;

use super::code::{MISSING, Num};
use super::lane::Cx;
use super::slots::{Form, held};
use super::term::{Lowering, Term, common, constant, finer};
use super::unfit::{Fit, unfit};

/// The most rows of a table that is kept by position.
const MOST_POSITIONS: i64 = 4_096;

impl Lowering<'_> {
    /// A row of a table.
    pub fn lookup(&mut self, id: TableId, keys: &[Expr], span: Span) -> Fit<Term> {
        let table = self.program.tables.at(id);
        match (&table.rows, keys) {
            (Rows::Bands { bands, marginal }, [key]) => self.bands(bands, *marginal, key, span),
            (Rows::Exact { rows, otherwise }, keys) => self.rows(rows, otherwise.as_ref(), keys, span),
            _ => unfit("tables of this kind", span),
        }
    }

    fn rows(&mut self, rows: &[(Vec<Cell>, Expr)], otherwise: Option<&Expr>, keys: &[Expr], span: Span) -> Fit<Term> {
        let mut patterns = Vec::new();
        let mut values = Vec::new();
        for (pattern, value) in rows {
            let cells = pattern.iter().zip(keys).map(|(cell, key)| match cell {
                None => Ok(None),
                Some((how, value)) if key.ty != Type::Text || matches!(how, Compare::Is | Compare::IsNot) => {
                    match held(value, &Form::Whole, &mut self.shapes.words) {
                        Some(value) => Ok(Some((*how, value))),
                        None => unfit("keys this fine", span),
                    }
                }
                Some(_) => unfit("texts in order", span),
            });
            patterns.push(cells.collect::<Fit<Vec<_>>>()?);
            values.push(self.number(value)?);
        }
        let otherwise = otherwise.map(|otherwise| self.number(otherwise)).transpose()?;
        let keys = keys.iter().map(|key| self.term(key)).collect::<Fit<Vec<_>>>()?;
        if keys.iter().any(|key| key.scale != 1) {
            return unfit("keys this fine", span);
        }
        let scale = values.iter().chain(&otherwise).try_fold(1, |scale, (_, own)| common(scale, *own, span))?;
        let values: Vec<Num> = values.into_iter().map(|(num, own)| finer(num, own, scale)).collect();
        let otherwise = otherwise.map(|(num, own)| finer(num, own, scale));
        let mut keys: Vec<Num> = keys.into_iter().map(|key| key.num).collect();
        if let (Some(by_position), [_]) = (positions(&patterns, &values, otherwise.as_ref()), keys.as_slice()) {
            let (by_position, rest) = by_position;
            let key = keys.remove(0);
            let partial = rest == MISSING;
            let code = move |cx: &Cx<'_>, key: i64| {
                let place = usize::try_from(key).ok();
                match place.and_then(|place| by_position.get(place)).copied().unwrap_or(rest) {
                    MISSING => cx.odd(),
                    value => value,
                }
            };
            return Ok(Term { num: key.map(code).partial_if(partial), scale, optional: false });
        }
        let partial = otherwise.as_ref().is_none_or(Num::is_partial) || values.iter().chain(&keys).any(Num::is_partial);
        // In turn, where each row matches of what no row before it did.
        const LEFT: i64 = -1;
        let code = move |cx: &Cx<'_>, out: &mut [i64]| {
            cx.room.column(out.len(), |row_of| {
                row_of.fill(LEFT);
                for (row, pattern) in (0..).zip(&patterns) {
                    cx.room.column(out.len(), |matches| {
                        matches.iter_mut().zip(row_of.iter()).for_each(|(one, row)| *one = i64::from(*row == LEFT));
                        for (cell, key) in pattern.iter().zip(&keys) {
                            let Some((how, wanted)) = cell else { continue };
                            cx.room.column(out.len(), |values| {
                                key.fill(cx, values);
                                let holds = |value: i64| match value {
                                    MISSING => *how == Compare::IsNot,
                                    value => how.holds(value.cmp(wanted)),
                                };
                                let both = matches.iter_mut().zip(values.iter());
                                both.for_each(|(one, value)| *one &= i64::from(holds(*value)));
                            });
                        }
                        let found = row_of.iter_mut().zip(matches.iter()).filter(|(_, one)| **one == 1);
                        found.for_each(|(row_of, _)| *row_of = row);
                    });
                }
                (0..).zip(&values).for_each(|(row, value)| value.put(cx, row_of, row, out));
                match &otherwise {
                    Some(value) => value.put(cx, row_of, LEFT, out),
                    None if row_of.contains(&LEFT) => drop(cx.odd()),
                    None => {}
                }
            });
        };
        Ok(Term { num: Num::code(code).partial_if(partial), scale, optional: false })
    }

    fn bands(&mut self, bands: &[Band], marginal: bool, key: &Expr, span: Span) -> Fit<Term> {
        let (key, mut parts) = self.number(key)?;
        let own = parts;
        for to in bands.iter().filter_map(|band| band.to) {
            parts = common(parts, self.fraction(to, span)?.1, span)?;
        }
        let key = finer(key, own, parts);
        let mut ends = Vec::new();
        let mut scale = 1;
        for band in bands {
            let Some(value) = constant(&band.value) else { return unfit("bands whose values may change", span) };
            let end = band.to.map(|to| to.mul(Exact::from(parts)).ok().and_then(Exact::to_i64));
            let Some(end) = end.map_or(Some(i64::MAX), |end| end) else { return unfit("bands this large", span) };
            let (value, own) = self.fraction(value, span)?;
            scale = common(scale, own, span)?;
            ends.push((end, band.inclusive || band.to.is_none(), value, own));
        }
        let ends: Vec<(i64, bool, i64)> =
            ends.into_iter().map(|(end, inclusive, value, own)| (end, inclusive, value * (scale / own))).collect();
        let covers = ends.last().is_some_and(|(end, ..)| *end == i64::MAX);
        if !marginal {
            let code = move |cx: &Cx<'_>, key: i64| {
                let band = ends.iter().find(|(end, inclusive, _)| key < *end || *inclusive && key == *end);
                band.map_or_else(|| cx.odd(), |(_, _, value)| *value)
            };
            return Ok(Term { num: key.map(code).partial_if(!covers), scale, optional: false });
        }
        let Some(scale) = common(1, parts, span)?.checked_mul(scale) else { return unfit("numbers this fine", span) };
        let code = move |cx: &Cx<'_>, key: i64| {
            let mut low = 0;
            ends.iter().fold(0, |sum, (end, _, value)| {
                let high = key.min(*end);
                if high <= low {
                    return sum;
                }
                let part = cx.mul(high - low, *value);
                low = high;
                cx.add(sum, part)
            })
        };
        Ok(Term { num: key.map(code), scale, optional: false })
    }
}

/// Values by the position that is their key, and what holds for all others, where all rows and values are so plain.
fn positions(
    patterns: &[Vec<Option<(Compare, i64)>>],
    values: &[Num],
    otherwise: Option<&Num>,
) -> Option<(Vec<i64>, i64)> {
    let rest = match otherwise {
        None => MISSING,
        Some(Num::Const(rest)) => *rest,
        Some(_) => return None,
    };
    let mut all = Vec::new();
    for (pattern, value) in patterns.iter().zip(values) {
        let ([Some((Compare::Is, key @ 0..MOST_POSITIONS))], Num::Const(value)) = (pattern.as_slice(), value) else {
            return None;
        };
        let place = usize::try_from(*key).ok()?;
        if place >= all.len() {
            all.resize(place + 1, None);
        }
        // The first row counts.
        if let Some(slot @ None) = all.get_mut(place) {
            *slot = Some(*value);
        }
    }
    Some((all.into_iter().map(|value| value.unwrap_or(rest)).collect(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_a_key_counts() {
        let row = |key| vec![Some((Compare::Is, key))];
        let values = [Num::Const(5), Num::Const(7), Num::Const(9)];
        let found = positions(&[row(1), row(3), row(1)], &values, Some(&Num::Const(2)));
        assert_eq!(found, Some((vec![2, 5, 2, 7], 2)));
        assert_eq!(positions(&[row(-1)], &values, None), None);
        assert_eq!(positions(&[vec![None]], &values, None), None);
    }
}
