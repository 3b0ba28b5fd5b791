//! What the lines of a list come to together: they are computed side by side, those of all events.

use crate::hir::{Aggregate, Expr, FieldId};
use crate::source::Span;

use super::cases::ALWAYS;
use super::code::{MISSING, Num};
use super::lane::{Cx, Lane};
use super::rows::place;
use super::slots::lines_of;
use super::term::{Lowering, Term, present};
use super::unfit::{Fit, unfit};

/// What one more line makes of what there was before it.
type Take = fn(&Cx<'_>, i64, i64) -> i64;

impl Lowering<'_> {
    /// An aggregate of the lines of a list.
    pub fn fold(
        &mut self,
        how: Aggregate,
        list: FieldId,
        value: Option<&Expr>,
        filter: Option<&Expr>,
        span: Span,
    ) -> Fit<Term> {
        let Some(defs) = self.lines(list) else { return unfit("lists inside lists", span) };
        let slot = self.shapes.list(self.event, list, defs);
        let outer = self.list.replace(list);
        let filter = filter.map(|filter| Ok(self.term(filter)?.num)).transpose();
        let value = value.map(|value| self.term(value)).transpose();
        self.list = outer;
        let (filter, value) = (filter?, value?);
        let size = defs.len();
        let (value, scale) = match value {
            // Missing ones do not take part.
            Some(value) if how == Aggregate::Sum => present(value),
            Some(value) => (value.num, value.scale),
            None => (Num::Const(1), 1),
        };
        let (first, take): (i64, Take) = match how {
            Aggregate::Sum => (0, |cx, sum, value| cx.add(sum, value)),
            Aggregate::Count => (0, |_, count, value| count + i64::from(value != MISSING)),
            Aggregate::Any => (0, |_, any, holds| any | i64::from(holds == 1)),
            Aggregate::All => (1, |_, all, holds| all & i64::from(holds == 1)),
            _ => return unfit("this aggregate of lines", span),
        };
        // What does not take part in a sum or number is as if it were not there.
        let absent = if how == Aggregate::Sum { 0 } else { MISSING };
        let of_lines = match (how, filter) {
            (Aggregate::Any | Aggregate::All, filter) => filter.unwrap_or(Num::Const(1)),
            (_, None) => value,
            (_, Some(filter)) => Num::choice(vec![(ALWAYS, Some(filter), value)], Num::Const(absent)),
        };
        let partial = of_lines.is_partial();
        let num = Num::code(move |cx, out| {
            cx.room.lanes(|lines| {
                cx.lanes.iter().for_each(|lane| lines.extend(lines_in(cx.slot(lane, slot), size, lane)));
                cx.room.column(lines.len(), |values| {
                    of_lines.fill(&Cx { lanes: lines, ..*cx }, values);
                    let mut values = values.iter();
                    for (out, lane) in out.iter_mut().zip(cx.lanes) {
                        let count = lines_in(cx.slot(lane, slot), size, lane).len();
                        *out = values.by_ref().take(count).fold(first, |so_far, value| take(cx, so_far, *value));
                    }
                });
            });
        });
        let scale = if how == Aggregate::Sum { scale } else { 1 };
        Ok(Term { num: num.partial_if(partial), scale, optional: false })
    }
}

/// The lines of a list, each of so many slots, as lanes of their own.
pub fn lines_in<'m>(list: i64, size: usize, lane: &Lane<'m>) -> impl ExactSizeIterator<Item = Lane<'m>> + use<'m> {
    let lane = *lane;
    starts_in(list, size).map(move |start| Lane { line: place(start), ..lane })
}

/// Where the lines of a list begin, each of so many slots.
pub fn starts_in(list: i64, size: usize) -> impl ExactSizeIterator<Item = usize> {
    let (start, count) = if list == MISSING { (0, 0) } else { lines_of(list) };
    (0..count).map(move |number| start + number * size)
}
