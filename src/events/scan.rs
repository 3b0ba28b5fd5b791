//! Looks for the bytes that mean something, eight at once.

/// Each of eight bytes 1.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each of eight bytes.
const HIGH: u64 = ONES << 7;

/// A mark in the highest bit of each byte that is 0. Marks above the lowest one may be wrong.
fn zeros(eight: u64) -> u64 {
    eight.wrapping_sub(ONES) & !eight & HIGH
}

/// Eight bytes from a place on as one number, the first lowest; 0 for those behind the end.
#[inline(always)]
pub(crate) fn eight(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => last(bytes, at),
    }
}

/// The same where fewer than eight bytes are left.
#[inline(always)]
fn last(bytes: &[u8], at: usize) -> u64 {
    match (bytes.len().saturating_sub(at), bytes.last_chunk()) {
        (0, _) => 0,
        (left, Some(chunk)) => u64::from_le_bytes(*chunk) >> (64 - 8 * left),
        (_, None) => bytes.iter().skip(at).rev().fold(0, |eight, byte| eight << 8 | u64::from(*byte)),
    }
}

/// Whether all characters are visible ones of ASCII, without blanks.
pub(super) fn is_graphic(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some((chunk, after)) = rest.split_first_chunk() {
        let eight = u64::from_le_bytes(*chunk);
        // Bytes below 0x21 borrow, those from 0x7f on overflow into the highest bit.
        if (eight.wrapping_sub(ONES * 0x21) | (eight & !HIGH).wrapping_add(ONES) | eight) & HIGH != 0 {
            return false;
        }
        rest = after;
    }
    rest.iter().all(u8::is_ascii_graphic)
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

/// How long the number of JSON is that bytes begin with.
#[inline(always)]
pub(super) fn number_length(bytes: &[u8]) -> Option<usize> {
    let byte = |at: usize| byte(bytes, at);
    let digits = |mut at: usize| {
        let start = at;
        while byte(at).is_ascii_digit() {
            at += 1;
        }
        (at > start).then_some(at)
    };
    let at = usize::from(byte(0) == b'-');
    let mut at = if byte(at) == b'0' { at + 1 } else { digits(at)? };
    if byte(at) == b'.' {
        at = digits(at + 1)?;
    }
    if matches!(byte(at), b'e' | b'E') {
        at = digits(at + 1 + usize::from(matches!(byte(at + 1), b'+' | b'-')))?;
    }
    Some(at)
}

/// Whether a text is a number of JSON.
pub(crate) fn is_number(text: &str) -> bool {
    number_length(text.as_bytes()) == Some(text.len())
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

/// How many bytes come before the first quote, backslash or control character, which end what stands for itself inside quotes.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let mut rest = bytes;
    while let Some((chunk, after)) = rest.split_first_chunk() {
        let eight = u64::from_le_bytes(*chunk);
        let control = eight.wrapping_sub(ONES * 0x20) & !eight & HIGH;
        let marks = zeros(eight ^ (ONES * u64::from(b'"'))) | zeros(eight ^ (ONES * u64::from(b'\\'))) | control;
        if marks != 0 {
            return length + (marks.trailing_zeros() / 8) as usize;
        }
        length += 8;
        rest = after;
    }
    length + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn visible_characters_are_the_same_eight_at_once(text in "[ -~\u{7f}é\u{1}]{0,20}", word in "[!-~]{0,20}") {
            prop_assert_eq!(is_graphic(&text), text.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert!(is_graphic(&word));
        }

        #[test]
        fn eight_are_read_anywhere(bytes in prop::collection::vec(any::<u8>(), 0..24), at in 0..32_usize) {
            let slowly = bytes.iter().skip(at).take(8).rev().fold(0, |eight, byte| eight << 8 | u64::from(*byte));
            prop_assert_eq!(eight(&bytes, at), slowly);
        }

        #[test]
        fn eight_at_once_find_what_one_at_a_time_find(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'a'), Just(0x80), Just(0x21), Just(0xff)], 0..40),
        ) {
            let slowly = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            prop_assert_eq!(plain_length(&bytes), slowly.unwrap_or(bytes.len()));
            prop_assert_eq!(near(&bytes, 0x80), bytes.iter().position(|byte| *byte == 0x80));
        }
    }
}
