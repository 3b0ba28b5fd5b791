//! Tables as pictures: SVG that needs no script, in whole pixels, each mark with its value as a title.

use std::fmt::Write as _;

use crate::html::escaped;
use crate::value::{Exact, Rounding};

use super::figure::{Chart, Table};
use super::value::{Answer, Quantity};

/// The pictures of a table, with their legends.
pub fn drawn(table: &Table, title: &str) -> String {
    match &table.chart {
        None => String::new(),
        Some(Chart::Stacked(columns)) => columns_chart(table, &numbered(columns).collect::<Vec<_>>(), true, title),
        Some(Chart::Grouped(columns, line)) => {
            let line = line.map_or(String::new(), |line| line_chart(table, line, title));
            columns_chart(table, &marked(table, columns), false, title) + &line
        }
        Some(Chart::Bars(column)) => bars_chart(table, *column, title),
    }
}

/// A column with its number among those that are drawn, which gives it its colour.
type Series = (usize, usize);

fn numbered(columns: &[usize]) -> impl Iterator<Item = Series> {
    columns.iter().copied().enumerate()
}

/// Columns in which anything is to be seen; the first where there is none.
fn marked(table: &Table, columns: &[usize]) -> Vec<Series> {
    let seen = |(_, column): &Series| table.rows.iter().any(|row| size(row.get(*column)).is_some_and(|size| size != 0));
    let seen: Vec<Series> = numbered(columns).filter(seen).collect();
    if seen.is_empty() { numbered(columns).take(1).collect() } else { seen }
}

const WIDTH: i64 = 720;
const HEIGHT: i64 = 250;
const LEFT: i64 = 58;
/// Room beside the last name below.
const RIGHT: i64 = 14;
const TOP: i64 = 12;
const BOTTOM: i64 = 26;
/// The finest size that is told apart.
const FINE: i64 = 1_000;

/// The largest size that is told apart.
const MOST: i64 = 100_000_000_000_000_000;

/// The size of a value in thousandths; nothing where it is not known.
fn size(cell: Option<&Answer>) -> Option<i64> {
    let size = cell?.as_ref().ok()?.size();
    let fine = size.mul(Exact::from(FINE)).and_then(|fine| Rounding::Nearest.round(fine));
    Some(fine.unwrap_or(if size < Exact::ZERO { -MOST } else { MOST }).clamp(-MOST, MOST))
}

fn cell(table: &Table, row: usize, column: usize) -> Option<&Answer> {
    table.rows.get(row)?.get(column)
}

fn head(table: &Table, column: usize) -> &str {
    table.columns.get(column).map_or("", |head| &head.label)
}

fn shown(cell: Option<&Answer>) -> String {
    match cell {
        Some(Ok(quantity)) => quantity.shown(),
        Some(Err(why)) => format!("unknown: {why}"),
        None => String::new(),
    }
}

/// Values from bottom to top, with round numbers at lines.
struct Axis {
    low: i64,
    high: i64,
    step: i64,
    top: i64,
    height: i64,
    /// A value of the kind that it shows.
    kind: Quantity,
}

impl Axis {
    fn new(kind: Quantity, sizes: impl Iterator<Item = i64>, height: i64) -> Self {
        let (low, high) = sizes.fold((0, 0), |(low, high): (i64, i64), size| (low.min(size), high.max(size)));
        let whole = matches!(kind, Quantity::Count(_) | Quantity::Units(..));
        let least = if whole { FINE } else { 1 };
        let range = high.saturating_sub(low).max(least);
        let step = round_steps().find(|step| *step >= least && step.saturating_mul(4) >= range).unwrap_or(range);
        let low = low.div_euclid(step) * step;
        let high = high.saturating_add(step - 1).div_euclid(step).saturating_mul(step).max(low + step);
        Self { low, high, step, top: TOP, height: height - TOP - BOTTOM, kind }
    }

    /// How far down a size is.
    fn at(&self, size: i64) -> i64 {
        let (below, range) = (i128::from(size) - i128::from(self.low), i128::from(self.high) - i128::from(self.low));
        let up = i128::from(self.height) * below / range.max(1);
        self.top + self.height - i64::try_from(up).unwrap_or(0)
    }

    fn drawn(&self, out: &mut String) {
        let mut size = self.low;
        while size <= self.high {
            let y = self.at(size);
            let name = Exact::new(i128::from(size), i128::from(FINE)).unwrap_or_default();
            let class = if size == 0 { "base" } else { "grid" };
            let _ = write!(
                out,
                "<line class=\"{class}\" x1=\"{LEFT}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\"/>\
                 <text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 8,
                y + 4,
                escaped(&self.kind.resized(name).tick())
            );
            size = size.saturating_add(self.step);
        }
    }
}

/// 1, 2, 5, 10, 20, 50, …
fn round_steps() -> impl Iterator<Item = i64> {
    (0..18).flat_map(|power| [1, 2, 5].map(|first| first * 10_i64.saturating_pow(power)))
}

fn kind(table: &Table, columns: &[Series]) -> Quantity {
    let mut cells =
        table.rows.iter().flat_map(|row| columns.iter().filter_map(|(_, column)| row.get(*column)?.as_ref().ok()));
    cells.next().cloned().unwrap_or(Quantity::Count(0))
}

fn opened(width: i64, height: i64, class: &str, title: &str) -> String {
    let title = escaped(title);
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\" \
         xmlns=\"http://www.w3.org/2000/svg\">\n"
    )
}

/// The middle of each row's place, and how wide that is.
fn place(rows: usize, row: usize) -> (i64, i64) {
    let (rows, row) = (i64::try_from(rows.max(1)).unwrap_or(1), i64::try_from(row).unwrap_or(0));
    let width = WIDTH - LEFT - RIGHT;
    (LEFT + width * (2 * row + 1) / (2 * rows), width / rows)
}

/// Names of rows below the axis, as many as there is room for.
fn names(table: &Table, height: i64, out: &mut String) {
    let rows = table.rows.len();
    let every = rows.div_ceil(13).max(1);
    for (number, row) in table.rows.iter().enumerate().filter(|(number, _)| number % every == 0) {
        let (x, _) = place(rows, number);
        let name = shown(row.first());
        let _ = write!(
            out,
            "<text class=\"tick\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            height - 8,
            escaped(&month(&name))
        );
    }
    out.push('\n');
}

/// `Mar 10` for `2010-03`: what is narrow enough.
fn month(name: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = name.split('-').collect();
    let [year, number] = parts.as_slice() else { return name.to_owned() };
    let word = number.parse::<usize>().ok().and_then(|number| MONTHS.get(number.checked_sub(1)?));
    word.map_or_else(|| name.to_owned(), |word| format!("{word} {}", year.get(2..).unwrap_or(year)))
}

fn legend(table: &Table, columns: &[Series], ramp: bool) -> String {
    if columns.len() < 2 {
        return String::new();
    }
    let entry = |(number, column): &Series| {
        let class = series(*number, columns.len(), ramp);
        format!("<li><span class=\"key {class}\"></span>{}</li>", escaped(head(table, *column)))
    };
    format!("<ul class=\"legend\">{}</ul>\n", columns.iter().map(entry).collect::<String>())
}

/// The colour of a series: different ones side by side, from pale to deep where parts lie on each other.
fn series(number: usize, all: usize, ramp: bool) -> String {
    if !ramp {
        return format!("s{}", number % 6 + 1);
    }
    // The last is the deepest; few lie far apart.
    let step = if all < 3 { 3 } else { (5 / (all - 1)).max(1) };
    format!("r{}", 6 - ((all - 1 - number) * step).min(5))
}

fn columns_chart(table: &Table, columns: &[Series], stacked: bool, title: &str) -> String {
    let rows = table.rows.len();
    let sizes = |row: usize| columns.iter().map(move |(_, column)| size(cell(table, row, *column)).unwrap_or(0));
    let total = |row: usize| sizes(row).fold(0, i64::saturating_add);
    let axis = if stacked {
        Axis::new(kind(table, columns), (0..rows).map(total), HEIGHT)
    } else {
        Axis::new(kind(table, columns), (0..rows).flat_map(sizes), HEIGHT)
    };
    let mut out = legend(table, columns, stacked) + &opened(WIDTH, HEIGHT, "columns", title);
    axis.drawn(&mut out);
    for row in 0..rows {
        let (middle, room) = place(rows, row);
        let count = i64::try_from(columns.len()).unwrap_or(1).max(1);
        let all = if stacked { (room * 7 / 10).min(56) } else { (room * 8 / 10).min(40 * count) };
        let each = if stacked { all } else { (all / count).max(2) };
        let mut below = 0;
        for (place, (number, column)) in columns.iter().enumerate() {
            let answer = cell(table, row, *column);
            let Some(size) = size(answer) else { continue };
            let from = if stacked { below } else { 0 };
            let to = i64::saturating_add(from, size);
            below = to;
            let (a, b) = (axis.at(from), axis.at(to));
            let x =
                if stacked { middle - all / 2 } else { middle - all / 2 + each * i64::try_from(place).unwrap_or(0) };
            let gap = i64::from(!stacked && each > 4);
            if a == b {
                continue;
            }
            let _ = writeln!(
                out,
                "<rect class=\"{}\" x=\"{x}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>",
                series(*number, columns.len(), stacked),
                a.min(b),
                each - gap,
                (a - b).abs(),
                escaped(&format!("{}: {} {}", shown(cell(table, row, 0)), head(table, *column), shown(answer)))
            );
        }
    }
    names(table, HEIGHT, &mut out);
    out + "</svg>\n"
}

fn line_chart(table: &Table, column: usize, title: &str) -> String {
    const LOW: i64 = 150;
    let rows = table.rows.len();
    let sizes = |row: usize| size(cell(table, row, column));
    let axis = Axis::new(kind(table, &[(0, column)]), (0..rows).filter_map(sizes), LOW);
    let name = head(table, column);
    let mut out = format!("<p class=\"caption\">{}</p>\n", escaped(name));
    out += &opened(WIDTH, LOW, "columns", &format!("{title}: {name}"));
    axis.drawn(&mut out);
    let points: Vec<(i64, i64, usize)> =
        (0..rows).filter_map(|row| Some((place(rows, row).0, axis.at(sizes(row)?), row))).collect();
    let line: Vec<String> = points.iter().map(|(x, y, _)| format!("{x},{y}")).collect();
    let _ = writeln!(out, "<polyline class=\"line\" points=\"{}\"/>", line.join(" "));
    for (x, y, row) in points {
        let told = format!("{}: {name} {}", shown(cell(table, row, 0)), shown(cell(table, row, column)));
        let _ = writeln!(
            out,
            "<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"3\"><title>{}</title></circle>",
            escaped(&told)
        );
    }
    names(table, LOW, &mut out);
    out + "</svg>\n"
}

/// How many letters a name beside a bar may have; those of Chinese and its like are twice as wide.
const LETTERS: usize = 22;

/// A name as far as there is room for it.
fn cut(name: &str) -> String {
    let wide = |letter: char| if letter >= '\u{2e80}' { 2 } else { 1 };
    if name.chars().map(wide).sum::<usize>() <= LETTERS {
        return name.to_owned();
    }
    let mut room = LETTERS - 1;
    let fits = |letter: &char| {
        let left = room.checked_sub(wide(*letter));
        room = left.unwrap_or(0);
        left.is_some()
    };
    name.chars().take_while(fits).chain(['…']).collect()
}

fn bars_chart(table: &Table, column: usize, title: &str) -> String {
    const WIDE: i64 = 520;
    const NAMES: i64 = 160;
    const VALUES: i64 = 110;
    const ROW: i64 = 28;
    let sizes: Vec<Option<i64>> = table.rows.iter().map(|row| size(row.get(column))).collect();
    let known = || sizes.iter().flatten().copied();
    let (low, high) = (known().min().unwrap_or(0).min(0), known().max().unwrap_or(0).max(0));
    let range = i128::from(high) - i128::from(low);
    let x = |size: i64| {
        let right = i128::from(WIDE - NAMES - VALUES) * (i128::from(size) - i128::from(low)) / range.max(1);
        NAMES + i64::try_from(right).unwrap_or(0)
    };
    let height = ROW * i64::try_from(table.rows.len()).unwrap_or(0) + 8;
    let mut out = opened(WIDE, height, "bars", title);
    let _ = writeln!(out, "<line class=\"base\" x1=\"{0}\" y1=\"0\" x2=\"{0}\" y2=\"{height}\"/>", x(0));
    for (number, (row, size)) in table.rows.iter().zip(&sizes).enumerate() {
        let top = 4 + ROW * i64::try_from(number).unwrap_or(0);
        let name = shown(row.first());
        let value = match row.get(column) {
            Some(Ok(quantity)) => quantity.shown(),
            _ => "unknown".to_owned(),
        };
        let (from, to) = (x(0).min(x(size.unwrap_or(0))), x(0).max(x(size.unwrap_or(0))));
        let told = escaped(&format!("{name}: {}", shown(row.get(column))));
        let class = if size.is_some() { "value" } else { "value unknown" };
        let _ = writeln!(
            out,
            "<g><title>{told}</title><text class=\"name\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <rect class=\"s1\" x=\"{from}\" y=\"{}\" width=\"{}\" height=\"18\"/>\
             <text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text></g>",
            NAMES - 8,
            top + 15,
            escaped(&cut(&name)),
            top + 1,
            to - from,
            to + 6,
            top + 15,
            escaped(&value)
        );
    }
    out + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_at_round_numbers_and_nothing_is_too_large() {
        for (sizes, low, high, step) in [
            (vec![0, 1_597_000], 0, 2_000_000, 500_000),
            (vec![-300, 700], -1_000, 1_000, 1_000),
            (vec![], 0, 1_000, 1_000),
            (vec![-MOST, MOST], -MOST, MOST, MOST / 2),
        ] {
            let axis = Axis::new(Quantity::Count(0), sizes.into_iter(), HEIGHT);
            assert_eq!((axis.low, axis.high, axis.step), (low, high, step));
            let mut out = String::new();
            axis.drawn(&mut out);
            assert!(out.matches("<line").count() <= 6, "{out}");
            assert!(axis.at(axis.high) >= TOP && axis.at(axis.low) <= HEIGHT - BOTTOM);
        }
        let shares = Axis::new(Quantity::Share(Exact::ZERO), [441].into_iter(), HEIGHT);
        assert_eq!((shares.high, shares.step), (600, 200));
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(cut("a name of twenty two l"), "a name of twenty two l");
        assert_eq!(cut("a name of twenty three "), "a name of twenty thre…");
        assert_eq!(cut("一个非常非常长的等级的名字"), "一个非常非常长的等级…");
    }
}
