//! Numbers as records write them.

use crate::value::{Exact, Rounding};

use super::scan::{HIGH, ONES, byte};

/// A number as it was written: its digits, and how many of them stand behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: i64,
    behind: u8,
}

impl Decimal {
    /// The most digits: any number that has no more fits.
    const MOST: usize = 18;

    /// The number in so many decimal places; `None` where it is written with more, or does not fit.
    #[inline]
    pub(crate) fn in_places(self, places: u8) -> Option<i64> {
        const POWERS: [i64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
        let missing = places.checked_sub(self.behind)?;
        self.digits.checked_mul(*POWERS.get(usize::from(missing))?)
    }

    /// A text that is nothing but a number of JSON, as plain as most are.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        number(text).filter(|(length, _)| *length == text.len())?.1
    }

    /// The product; `None` where it does not fit.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Self { digits, behind: self.behind.checked_add(other.behind)? })
    }

    /// The sum; `None` where it does not fit.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let behind = self.behind.max(other.behind);
        Some(Self { digits: self.in_places(behind)?.checked_add(other.in_places(behind)?)?, behind })
    }

    /// The number with the other sign.
    pub(super) fn negative(self) -> Option<Self> {
        Some(Self { digits: self.digits.checked_neg()?, ..self })
    }

    /// The number without its sign.
    pub(super) fn absolute(self) -> Option<Self> {
        Some(Self { digits: self.digits.checked_abs()?, ..self })
    }

    /// What as many of the last of so many decimal places are.
    pub(super) fn of_smallest(self, places: u8) -> Option<Self> {
        Some(Self { behind: self.behind.checked_add(places)?, ..self })
    }

    /// The number rounded to so many decimal places.
    pub(super) fn rounded(self, rounding: Rounding, places: u8) -> Option<Self> {
        let Some(more @ 1..) = self.behind.checked_sub(places) else { return Some(self) };
        let power = 10_i64.checked_pow(more.into())?;
        let digits = match rounding {
            Rounding::Down => self.digits / power,
            _ => rounding.round(Exact::new(self.digits.into(), power.into())?).ok()?,
        };
        Some(Self { digits, behind: places })
    }
}

/// How long the number of JSON is that bytes begin with, and what it says where it has no exponent and not many digits.
#[inline(always)]
pub(super) fn number(bytes: &[u8]) -> Option<(usize, Option<Decimal>)> {
    // One digit, as most counts are.
    if let [digit @ b'0'..=b'9', b',' | b'}', ..] = bytes {
        return Some((1, Some(Decimal { digits: i64::from(digit - b'0'), behind: 0 })));
    }
    match bytes.first_chunk().and_then(short_number) {
        Some((length, decimal)) => Some((length, Some(decimal))),
        None => any_number(bytes),
    }
}

/// The same for what has less than eight bytes, no sign and no exponent; none for all else.
#[inline(always)]
fn short_number(bytes: &[u8; 8]) -> Option<(usize, Decimal)> {
    let digits = u64::from_le_bytes(*bytes) ^ (ONES * u64::from(b'0'));
    let others = (digits.wrapping_add(ONES * 0x76) | digits) & HIGH;
    let whole = others.trailing_zeros() / 8;
    let first = |count: u32| 1_u64.wrapping_shl(8 * count).wrapping_sub(1);
    let at = |place: u32| bytes.get(place as usize).copied();
    let (length, behind, digits) = if at(whole)? == b'.' {
        // The digits behind the point move to those before it.
        let length = (others & others.wrapping_sub(1)).trailing_zeros() / 8;
        let behind = length.wrapping_sub(whole + 1);
        (length, behind, digits & first(whole) | digits >> 8 & !first(whole) & first(length.wrapping_sub(1)))
    } else {
        (whole, 0, digits & first(whole))
    };
    let is_number = whole > 0 && (behind > 0 || length == whole) && (whole == 1 || bytes.first()? != &b'0');
    if !is_number || at(length)? | 0x20 == b'e' {
        return None;
    }
    // Eight digits, of which the first may be nothing: two at once, then four, then all.
    let count = length.wrapping_sub(u32::from(behind > 0));
    let pairs = digits.wrapping_shl(64_u32.wrapping_sub(8 * count));
    let pairs = pairs.wrapping_mul(10).wrapping_add(pairs >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let all = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    Some((length as usize, Decimal { digits: all.cast_signed(), behind: behind as u8 }))
}

fn any_number(bytes: &[u8]) -> Option<(usize, Option<Decimal>)> {
    let byte = |at: usize| byte(bytes, at);
    let mut number = 0_i64;
    let mut digits = |mut at: usize| {
        let start = at;
        loop {
            let digit = byte(at).wrapping_sub(b'0');
            if digit > 9 {
                return (at > start).then_some(at);
            }
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
            at += 1;
        }
    };
    let start = usize::from(byte(0) == b'-');
    let point = if byte(start) == b'0' { start + 1 } else { digits(start)? };
    let end = if byte(point) == b'.' { digits(point + 1)? } else { point };
    let behind = end.saturating_sub(point + 1);
    if matches!(byte(end), b'e' | b'E') {
        let end = digits(end + 1 + usize::from(matches!(byte(end + 1), b'+' | b'-')))?;
        return Some((end, None));
    }
    let decimal = u8::try_from(behind).ok().filter(|_| end - start <= Decimal::MOST);
    let digits = if start == 1 { number.wrapping_neg() } else { number };
    Some((end, decimal.map(|behind| Decimal { digits, behind })))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_numbers_are_read_and_all_others_left() {
        let read = |text: &str, places| Decimal::read(text.as_bytes())?.in_places(places);
        assert_eq!(read("12.5", 2), Some(1_250));
        assert_eq!(read("-0.25", 2), Some(-25));
        assert_eq!(read("0.007", 3), Some(7));
        assert_eq!(read("7", 6), Some(7_000_000));
        for none in
            ["1.005", "1e3", "9999999999999999999", "999999999999999999", "007", ".5", "5.", "", "-", "+1", "1 "]
        {
            assert_eq!(read(none, 2), None, "{none}");
        }
        let length = |text: &str| number(text.as_bytes()).map(|(length, _)| length);
        assert_eq!(length("1.5e-7,"), Some(6));
        assert_eq!(length("99999999999999999999.25}"), Some(23));
        assert_eq!((length("01"), length("-.1"), length("1.e3")), (Some(1), None, None));
    }

    #[test]
    fn sums_and_products_are_exact() {
        let read = |text: &str| Decimal::read(text.as_bytes()).unwrap();
        let places = |number: Option<Decimal>, places| number?.in_places(places);
        assert_eq!(places(read("12").times(read("0.85")), 2), Some(1_020));
        assert_eq!(places(read("-3").times(read("0.333")), 3), Some(-999));
        assert_eq!(places(read("0.5").plus(read("-1.25")), 2), Some(-75));
        assert_eq!(places(read("7").negative(), 0), Some(-7));
        assert_eq!(places(read("-7.5").absolute(), 1), Some(75));
        assert_eq!(places(read("1250").of_smallest(2), 2), Some(1_250));
        assert_eq!(read("999999999999").times(read("999999999999")), None);
    }

    proptest! {
        #[test]
        fn rounding_is_that_of_exact_numbers(digits in -100_000_i64..100_000, behind in 0..7_u8, places in 0..4_u8) {
            for rounding in [Rounding::Down, Rounding::Up, Rounding::Nearest, Rounding::HalfEven] {
                let own = Decimal { digits, behind }.rounded(rounding, places).unwrap();
                let exact = Exact::new(digits.into(), 10_i128.pow(behind.into())).unwrap();
                let steps = rounding.round(exact.mul(Exact::from(10_i64.pow(places.into()))).unwrap()).unwrap();
                prop_assert_eq!(own.in_places(places), Some(steps));
            }
        }

        #[test]
        fn short_numbers_are_read_as_all_others(text in "-?[0-9]{0,5}(\\.[0-9]{0,3})?[eE.,}0-9\u{80}]{0,3}", behind in "[,}]{8}") {
            let bytes = [text.as_bytes(), behind.as_bytes()].concat();
            prop_assert_eq!(number(&bytes), any_number(&bytes));
        }
    }
}
