//! Looks for the bytes that mean something, many at once.

use wide::{i8x16, u8x16};

/// Each of eight bytes 1.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each of eight bytes.
const HIGH: u64 = ONES << 7;

/// A mark in the highest bit of each byte that is 0. Marks above the lowest one may be wrong.
fn zeros(eight: u64) -> u64 {
    eight.wrapping_sub(ONES) & !eight & HIGH
}

/// Whether all bytes are characters of ASCII.
#[inline]
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    // The last sixteen may be looked at twice.
    let Some(end) = bytes.last_chunk() else { return bytes.is_ascii() };
    let (chunks, _) = bytes.as_chunks();
    let all = chunks.iter().fold(u8x16::new(*end), |all, chunk| all | u8x16::new(*chunk));
    all.to_bitmask() == 0
}

/// Marks in the highest bits of eight bytes unless all are visible characters of ASCII, without blanks.
#[inline(always)]
pub(crate) fn unseen(eight: u64) -> u64 {
    // Bytes below 0x21 borrow, those from 0x7f on overflow into the highest bit.
    (eight.wrapping_sub(ONES * 0x21) | (eight & !HIGH).wrapping_add(ONES) | eight) & HIGH
}

/// Whether all bytes are visible characters of ASCII, without blanks.
#[inline]
pub(super) fn is_graphic(bytes: &[u8]) -> bool {
    let Some(end) = bytes.last_chunk() else { return bytes.iter().all(u8::is_ascii_graphic) };
    // The last eight may be looked at twice.
    let (chunks, _) = bytes.as_chunks();
    let marks = |chunk: &[u8; 8]| unseen(u64::from_le_bytes(*chunk));
    chunks.iter().fold(marks(end), |all, chunk| all | marks(chunk)) == 0
}

/// The byte at a place; 0, which is none of JSON, at the end.
#[inline(always)]
pub(super) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// The place behind blanks.
#[inline(always)]
pub(super) fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(byte(bytes, at), b' ' | b'\t' | b'\n' | b'\r') {
        at += 1;
    }
    at
}

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
}

/// How long the number of JSON is that bytes begin with, and what it says where it has no exponent and not many digits.
#[inline(always)]
pub(super) fn number(bytes: &[u8]) -> Option<(usize, Option<Decimal>)> {
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
        let length = (others & (others - 1)).trailing_zeros() / 8;
        let behind = length - whole - 1;
        (length, behind, digits & first(whole) | digits >> 8 & !first(whole) & first(length - 1))
    } else {
        (whole, 0, digits & first(whole))
    };
    let is_number = whole > 0 && (behind > 0 || length == whole) && (whole == 1 || bytes.first()? != &b'0');
    if !is_number || at(length)? | 0x20 == b'e' {
        return None;
    }
    // Eight digits, of which the first may be nothing: two at once, then four, then all.
    let count = length - u32::from(behind > 0);
    let pairs = digits << (8 * (8 - count));
    let pairs = (pairs * 10).wrapping_add(pairs >> 8) & 0x00ff_00ff_00ff_00ff;
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

/// The first place of a byte that is mostly near: to look for it far away is prepared at a cost.
pub(super) fn near(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut before = 0;
    let mut rest = bytes;
    while let Some((chunk, after)) = rest.split_first_chunk() {
        let marks = zeros(u64::from_le_bytes(*chunk) ^ (ONES * u64::from(wanted)));
        if marks != 0 {
            return Some(before + (marks.trailing_zeros() / 8) as usize);
        }
        before += 8;
        rest = after;
    }
    rest.iter().position(|byte| *byte == wanted).map(|at| before + at)
}

/// How many characters of ASCII come before the quote that ends a text, where that is near and all of them stand for themselves.
#[inline(always)]
pub(super) fn short_text_length(bytes: &[u8; 32]) -> Option<usize> {
    let (mut quotes, mut others) = (0, 0);
    let (halves, _) = bytes.as_chunks::<16>();
    for (half, shift) in halves.iter().zip([0, 16]) {
        let half = i8x16::new(half.map(u8::cast_signed));
        let quote = half.simd_eq(i8x16::splat(b'"'.cast_signed()));
        // Below the blank lie control characters and, as they are below zero, all other characters.
        let other = half.simd_eq(i8x16::splat(b'\\'.cast_signed())) | half.simd_lt(i8x16::splat(0x20));
        quotes |= quote.to_bitmask() << shift;
        others |= other.to_bitmask() << shift;
    }
    let before = quotes.wrapping_sub(1) & !quotes;
    (quotes != 0 && others & before == 0).then_some(quotes.trailing_zeros() as usize)
}

/// How many bytes come before the first that is marked: `marks` tells it of sixteen at once, `is_marked` of one.
#[inline(always)]
pub(super) fn until(bytes: &[u8], marks: impl Fn(u8x16) -> u8x16, is_marked: impl Fn(u8) -> bool) -> usize {
    let mut length = 0;
    let mut rest = bytes;
    while let Some((chunk, after)) = rest.split_first_chunk() {
        let marks = marks(u8x16::new(*chunk)).to_bitmask();
        if marks != 0 {
            return length + marks.trailing_zeros() as usize;
        }
        length += 16;
        rest = after;
    }
    length + rest.iter().position(|byte| is_marked(*byte)).unwrap_or(rest.len())
}

/// How many bytes come before the first quote, backslash or control character, which end what stands for itself inside quotes.
#[inline(always)]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let marks = |chunk: u8x16| {
        let last_control = u8x16::splat(0x1f);
        chunk.simd_eq(u8x16::splat(b'"'))
            | chunk.simd_eq(u8x16::splat(b'\\'))
            | chunk.max(last_control).simd_eq(last_control)
    };
    until(bytes, marks, |byte| matches!(byte, b'"' | b'\\' | 0..0x20))
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

    proptest! {
        #[test]
        fn ascii_is_the_same_many_at_once(bytes in prop::collection::vec(prop_oneof![20 => 0..0x80_u8, 1 => any::<u8>()], 0..60)) {
            prop_assert_eq!(is_ascii(&bytes), bytes.is_ascii());
        }

        #[test]
        fn visible_characters_are_the_same_eight_at_once(text in "[ -~\u{7f}é\u{1}]{0,20}", word in "[!-~]{0,20}") {
            prop_assert_eq!(is_graphic(text.as_bytes()), text.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert!(is_graphic(word.as_bytes()));
        }

        #[test]
        fn short_numbers_are_read_as_all_others(text in "-?[0-9]{0,5}(\\.[0-9]{0,3})?[eE.,}0-9\u{80}]{0,3}", behind in "[,}]{8}") {
            let bytes = [text.as_bytes(), behind.as_bytes()].concat();
            prop_assert_eq!(number(&bytes), any_number(&bytes));
        }

        #[test]
        fn eight_at_once_find_what_one_at_a_time_find(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'a'), Just(b'"'), Just(0x80), Just(0x21), Just(0xff)], 0..40),
        ) {
            let slowly = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            prop_assert_eq!(plain_length(&bytes), slowly.unwrap_or(bytes.len()));
            if let Some(start) = bytes.first_chunk() {
                let other = start.iter().position(|byte| *byte >= 0x80).unwrap_or(start.len());
                let slowly = slowly.filter(|at| *at < start.len().min(other) && bytes[*at] == b'"');
                prop_assert_eq!(short_text_length(start), slowly);
            }
            prop_assert_eq!(near(&bytes, 0x80), bytes.iter().position(|byte| *byte == 0x80));
        }
    }
}
