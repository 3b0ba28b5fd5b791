//! How times are written: the signs of `strftime`.

use std::fmt;

use crate::value::{Day, TimeOfDay};

/// A way to write times.
#[derive(Debug, Clone)]
pub(super) struct Stamp {
    /// As the map says it.
    pub(super) text: String,
    /// Its signs where they are those of most tables: numbers of a fixed length, each once, and what stands between them.
    signs: Option<Vec<Sign>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// One of [`NUMBERS`].
    Number(usize),
    Byte(u8),
}

/// Numbers of a day and of a time: the letter and how many digits each has.
const NUMBERS: [(u8, usize); 6] = [(b'Y', 4), (b'm', 2), (b'd', 2), (b'H', 2), (b'M', 2), (b'S', 2)];

impl Stamp {
    /// A format that can be read.
    pub(super) fn new(text: String) -> Self {
        Self { signs: signs(&text), text }
    }

    /// The day, and the time if it says one, where they are written with as many digits as usual.
    pub(super) fn read(&self, text: &str) -> Option<(Day, Option<TimeOfDay>)> {
        let mut numbers = [None; NUMBERS.len()];
        let mut rest = text.as_bytes();
        for sign in self.signs.as_ref()? {
            match *sign {
                Sign::Byte(byte) => rest = rest.strip_prefix(&[byte])?,
                Sign::Number(which) => {
                    let (digits, behind) = rest.split_at_checked(NUMBERS.get(which)?.1)?;
                    let add =
                        |number: u32, digit: &u8| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'));
                    *numbers.get_mut(which)? = Some(digits.iter().try_fold(0, add)?);
                    rest = behind;
                }
            }
        }
        let [year, month, day, hour, minute, second] = numbers;
        let small = |number: Option<u32>| u8::try_from(number?).ok();
        let day = Day::from_ymd(i32::try_from(year?).ok()?, small(month)?, small(day)?).filter(|_| rest.is_empty())?;
        match (hour, minute) {
            (None, None) => Some((day, None)),
            _ => Some((day, Some(TimeOfDay::from_hms(hour?, minute?, second.unwrap_or(0))?))),
        }
    }
}

/// The signs of a format, where each of them is as usual.
fn signs(format: &str) -> Option<Vec<Sign>> {
    let format = format.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S").replace("%R", "%H:%M");
    let mut signs = Vec::new();
    let mut bytes = format.bytes();
    while let Some(byte) = bytes.next() {
        let sign = match byte {
            b'%' => {
                let letter = bytes.next()?;
                Sign::Number(NUMBERS.iter().position(|(known, _)| *known == letter)?)
            }
            b' ' | b'T' | b'-' | b'/' | b'.' | b':' | b',' => Sign::Byte(byte),
            _ => return None,
        };
        if matches!(sign, Sign::Number(_)) && signs.contains(&sign) {
            return None;
        }
        signs.push(sign);
    }
    // A second says nothing without the hour and the minute.
    let has = |which| signs.contains(&Sign::Number(which));
    let whole = (0..3).all(has) && has(3) == has(4) && (has(3) || !has(5));
    whole.then_some(signs)
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use jiff::fmt::strtime::BrokenDownTime;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_read_at_once_is_what_the_format_says(
            format in prop::sample::select(vec![
                "%Y-%m-%d %H:%M:%S", "%d.%m.%Y", "%d/%m/%Y %H:%M", "%Y%m%d", "%FT%T", "%m/%d/%Y, %R", "%Y-%m-%d %H:%M:%S ",
            ]),
            text in prop_oneof![
                "[12][0-9]{3}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9] ?",
                "[0-3]?[0-9][./][0-3]?[0-9][./][12][0-9]{3}(,? [0-2][0-9]:[0-6][0-9])?",
                "[12][0-9]{3}[01][0-9][0-3][0-9]",
            ],
        ) {
            let format = Stamp::new(format.to_owned());
            prop_assert!(format.signs.is_some());
            if let Some((day, time)) = format.read(&text) {
                let parts = BrokenDownTime::parse(&format.text, &text).unwrap();
                let date = parts.to_date().unwrap();
                let (year, month, number) = day.ymd();
                prop_assert_eq!((year, month, number), (date.year().into(), date.month() as u8, date.day() as u8));
                prop_assert_eq!(time.is_some(), parts.hour().is_some());
                if let Some(time) = time {
                    let other = parts.to_time().unwrap();
                    prop_assert_eq!(time.hms(), (other.hour() as u32, other.minute() as u32, other.second() as u32));
                }
            }
        }
    }

    #[test]
    fn other_formats_are_left_to_others() {
        for format in ["%Y-%m", "%d %b %Y", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %S", "%Y-%Y-%m-%d", "%s", "%Y年%m月%d日"]
        {
            assert_eq!(signs(format), None, "{format}");
        }
        let format = Stamp::new("%d.%m.%Y".to_owned());
        assert_eq!(format.read("1.2.2026"), None);
        assert_eq!(format.read("31.02.2026"), None);
        assert_eq!(format.read("01.02.2026").map(|(day, _)| day.ymd()), Some((2026, 2, 1)));
    }
}
