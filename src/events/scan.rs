//! Looks for the bytes that mean something, many at once.

use wide::{i8x16, u8x16};

/// Each of eight bytes 1.
pub(super) const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each of eight bytes.
pub(super) const HIGH: u64 = ONES << 7;

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
fn unseen(eight: u64) -> u64 {
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
    let (halves, _) = bytes.as_chunks::<16>();
    let mut before = 0;
    for half in halves {
        let signed = i8x16::new(half.map(u8::cast_signed));
        // Below the blank lie control characters and, as they are below zero, all that are not of ASCII.
        let ends = signed.simd_eq(i8x16::splat(b'"'.cast_signed()))
            | signed.simd_eq(i8x16::splat(b'\\'.cast_signed()))
            | signed.simd_lt(i8x16::splat(0x20));
        let marks = ends.to_bitmask();
        if marks != 0 {
            let end = marks.trailing_zeros() as usize;
            return (byte(half, end) == b'"').then_some(before + end);
        }
        before += half.len();
    }
    None
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
