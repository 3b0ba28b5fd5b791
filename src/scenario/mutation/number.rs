//! Numbers, dates and times of day that are a little larger or smaller.

use super::super::spelling;
use crate::value::Day;

/// The same literal larger, and smaller: the coarsest step first.
pub(super) type Steps = [Vec<String>; 2];

/// Steps of a literal, by what it is.
pub(super) fn steps(literal: &str) -> Option<(&'static str, Steps)> {
    if let Some(steps) = date(literal) {
        return Some(("date", steps));
    }
    if let Some(steps) = time(literal) {
        return Some(("time", steps));
    }
    Some(("number", number(literal)?))
}

/// About a fifth, then the smallest step that the literal shows. Nothing goes down to zero, which would be another statement.
fn number(literal: &str) -> Option<Steps> {
    let end = literal.find(|sign: char| !(sign.is_ascii_digit() || matches!(sign, '_' | '.'))).unwrap_or(literal.len());
    let (digits, suffix) = literal.split_at_checked(end)?;
    if !matches!(suffix, "" | "%" | "x") {
        return None;
    }
    let plain = digits.replace('_', "");
    let decimals = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let value: i64 = plain.replace('.', "").parse().ok()?;
    let grouped = digits.contains('_');
    let write = |value: i64| {
        let shown = format!("{value:0>width$}", width = decimals + 1);
        let (whole, fraction) = shown.split_at(shown.len() - decimals);
        let whole = if grouped { spelling::grouped(whole) } else { whole.to_owned() };
        let point = if decimals > 0 { "." } else { "" };
        format!("{whole}{point}{fraction}{suffix}")
    };
    let coarse = round(value / 5);
    let sizes: Vec<i64> = if coarse > 1 { vec![coarse, 1] } else { vec![1] };
    let up = sizes.iter().filter_map(|size| value.checked_add(*size)).map(write).collect();
    let down = sizes.iter().map(|size| value - size).filter(|value| *value > 0).map(write).collect();
    Some([up, down])
}

/// The first digit of a number, with zeros behind it.
fn round(value: i64) -> i64 {
    let mut unit = 1;
    while value / unit >= 10 {
        unit *= 10;
    }
    value / unit * unit
}

fn date(literal: &str) -> Option<Steps> {
    let mut parts = literal.splitn(3, '-');
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let day = Day::from_ymd(year, month, day)?;
    let moved = |days: [i32; 2]| days.iter().filter_map(|by| day.plus_days(*by)).map(|day| day.to_string()).collect();
    Some([moved([30, 1]), moved([-30, -1])])
}

fn time(literal: &str) -> Option<Steps> {
    let (hour, minute) = literal.split_once(':')?;
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    let at = |hour: Option<u8>| hour.filter(|hour| *hour < 24).map(|hour| format!("{hour:02}:{minute:02}"));
    Some([at(hour.checked_add(1)).into_iter().collect(), at(hour.checked_sub(1)).into_iter().collect()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_step_by_a_fifth_and_by_their_last_digit() {
        let both = |literal: &str| steps(literal).map(|(kind, [up, down])| (kind, up.join(" "), down.join(" ")));
        let expect = |kind, up: &str, down: &str| Some((kind, up.to_owned(), down.to_owned()));
        assert_eq!(both("500"), expect("number", "600 501", "400 499"));
        assert_eq!(both("1_000"), expect("number", "1_200 1_001", "800 999"));
        assert_eq!(both("4.50"), expect("number", "5.40 4.51", "3.60 4.49"));
        assert_eq!(both("1.25x"), expect("number", "1.45x 1.26x", "1.05x 1.24x"));
        assert_eq!(both("20%"), expect("number", "24% 21%", "16% 19%"));
        assert_eq!(both("1"), expect("number", "2", ""));
        assert_eq!(both("0.05"), expect("number", "0.06", "0.04"));
        assert_eq!(both("2026-03-31"), expect("date", "2026-04-30 2026-04-01", "2026-03-01 2026-03-30"));
        assert_eq!(both("09:30"), expect("time", "10:30", "08:30"));
        assert_eq!(both("12th"), None);
    }
}
