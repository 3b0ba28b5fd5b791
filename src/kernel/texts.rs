//! Texts as numbers: where a text is short, it is one number, which is compared, looked up and told apart at once.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use wide::u8x16;

use crate::events::is_plain_identifier;

use super::code::MISSING;

/// A text, and the number that it is where it is short.
#[derive(Debug, Clone, Copy)]
pub struct Text<'t> {
    /// The text.
    pub bytes: &'t [u8],
    /// Up to 15 bytes, the first lowest, and how many they are in the highest byte; [`LONG`] for more.
    short: u128,
}

/// What stands for a text that is not short: no short one has that many bytes.
const LONG: u128 = u128::MAX;

/// By length: all bits of so many bytes, and behind them that length, in two words.
#[rustfmt::skip]
const MASKS: [[u64; 3]; 16] = {
    const fn of(length: u32) -> [u64; 3] {
        let all: u128 = (1 << (8 * length)) - 1;
        [all as u64, (all >> 64) as u64, (length as u64) << 56]
    }
    [of(0), of(1), of(2), of(3), of(4), of(5), of(6), of(7), of(8), of(9), of(10), of(11), of(12), of(13), of(14), of(15)]
};

impl<'t> Text<'t> {
    /// A text.
    #[inline]
    pub fn new(bytes: &'t [u8]) -> Self {
        let mut chunk = [0; 16];
        if let Some(start) = chunk.get_mut(..bytes.len()) {
            start.copy_from_slice(bytes);
        }
        Self { bytes, short: packed(&chunk, bytes.len()) }
    }

    /// The text from one place to another; mostly more bytes come behind it, which are read with it.
    #[inline(always)]
    pub fn within(all: &'t [u8], from: usize, to: usize) -> Option<Self> {
        let bytes = all.get(from..to)?;
        match all.get(from..)?.first_chunk() {
            Some(chunk) => Some(Self { bytes, short: packed(chunk, bytes.len()) }),
            None => Some(Self::new(bytes)),
        }
    }

    /// Whether it is an identifier that needs no second look, unless it is a number that was shortened.
    #[inline(always)]
    pub fn is_identifier(self) -> bool {
        // What spreadsheets add or write in place of one begins with these.
        if self.short == LONG || matches!(self.short as u8, b'=' | b'\'' | b'#' | b'N') {
            return is_plain_identifier(self.bytes);
        }
        // Visible characters of ASCII.
        let bytes = u8x16::new(self.short.to_le_bytes());
        let seen = bytes.max(u8x16::splat(b'!')).min(u8x16::splat(b'~')).simd_eq(bytes);
        let all = 1_u32.wrapping_shl(self.bytes.len() as u32).wrapping_sub(1);
        all != 0 && seen.to_bitmask() & all == all
    }
}

/// How many bytes each of two texts has room for that are kept in one step.
pub const ROOM: usize = 16;

/// Two short texts, each with [`ROOM`], and how long they are.
#[inline(always)]
pub fn both(a: Text<'_>, b: Text<'_>) -> Option<([u8; 2 * ROOM], [u32; 2])> {
    if a.short == LONG || b.short == LONG {
        return None;
    }
    let mut both = [0; 2 * ROOM];
    let (first, second) = both.split_at_mut(ROOM);
    first.copy_from_slice(&a.short.to_le_bytes());
    second.copy_from_slice(&b.short.to_le_bytes());
    Some((both, [a, b].map(|text| (text.short >> 120) as u32)))
}

/// A text of a length as a number, if it is short.
// Put together of two words: as one, it would go through memory.
#[inline(always)]
fn packed(chunk: &[u8; 16], length: usize) -> u128 {
    let (words, _) = chunk.as_chunks();
    match (MASKS.get(length), words) {
        (Some([low, high, behind]), [first, second]) => {
            let (first, second) = (u64::from_le_bytes(*first), u64::from_le_bytes(*second));
            u128::from(second & high | behind) << 64 | u128::from(first & low)
        }
        _ => LONG,
    }
}

/// A text that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Packed {
    /// A short one.
    Short(u128),
    /// A longer one.
    Long(Arc<[u8]>),
}

impl Packed {
    /// Keeps a text.
    #[inline]
    pub fn new(text: Text<'_>) -> Self {
        if text.short == LONG { Self::Long(text.bytes.into()) } else { Self::Short(text.short) }
    }

    /// Whether a text is the same.
    #[inline(always)]
    pub fn is(&self, text: Text<'_>) -> bool {
        match self {
            Self::Short(short) => same(*short, text.short),
            Self::Long(bytes) => **bytes == *text.bytes,
        }
    }
}

/// How many texts are found without a search: one for each byte that [`mix`] makes.
const RECENT: usize = 256;

/// Whether two short texts are the same. They are compared as two words each: as one, they would have to be put together in memory.
#[inline(always)]
fn same(a: u128, b: u128) -> bool {
    (a as u64 ^ b as u64) | ((a >> 64) as u64 ^ (b >> 64) as u64) == 0
}

/// A byte in which short texts mostly differ.
#[inline(always)]
fn mix(short: u128) -> u8 {
    let [mixed, ..] = ((short ^ short >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    mixed
}

/// Texts by number.
#[derive(Debug, Clone)]
pub struct Words {
    numbers: FxHashMap<Packed, i64>,
    /// Short ones that came of late, each where its bytes say.
    recent: [(u128, i64); RECENT],
}

impl Default for Words {
    fn default() -> Self {
        Self { numbers: FxHashMap::default(), recent: [(LONG, MISSING); RECENT] }
    }
}

impl Words {
    /// The number of a text; a new one where it was never seen.
    #[inline(always)]
    pub fn number(&mut self, text: Text<'_>) -> i64 {
        match self.recent.get(usize::from(mix(text.short))) {
            Some((known, number)) if same(*known, text.short) && text.short != LONG => *number,
            _ => self.another(text),
        }
    }

    #[inline(never)]
    fn another(&mut self, text: Text<'_>) -> i64 {
        let number = self.find(Packed::new(text));
        if text.short != LONG
            && let Some(recent) = self.recent.get_mut(usize::from(mix(text.short)))
        {
            *recent = (text.short, number);
        }
        number
    }

    /// How many there are: their numbers are those below.
    pub fn count(&self) -> i64 {
        i64::try_from(self.numbers.len()).unwrap_or(i64::MAX)
    }

    fn find(&mut self, text: Packed) -> i64 {
        let next = self.count();
        *self.numbers.entry(text).or_insert(next)
    }
}

/// Numbers that tell texts apart: hashes with secrets that are new for every process.
#[derive(Debug, Clone, Default)]
pub struct Printer(foldhash::quality::RandomState, foldhash::quality::RandomState);

impl Printer {
    /// The fingerprint of a text, of 128 bits; neither half is [`MISSING`].
    pub fn print(&self, text: Text<'_>) -> [i64; 2] {
        let side = |state| hash(state, text).cast_signed().max(MISSING + 1);
        [side(&self.0), side(&self.1)]
    }

    /// What tells numbers apart.
    pub fn number(&self, number: i64) -> i64 {
        self.0.hash_one(number).cast_signed()
    }

    /// One half of a fingerprint, for what is looked at again where two are the same.
    pub fn hash(&self, text: Text<'_>) -> u64 {
        hash(&self.0, text)
    }
}

#[inline(always)]
fn hash(state: &foldhash::quality::RandomState, text: Text<'_>) -> u64 {
    if text.short == LONG { state.hash_one(text.bytes) } else { state.hash_one(text.short) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_the_same_wherever_it_stands(
            before in ".{0,3}",
            text in prop_oneof!["[!-~]{0,18}", "[ -~\u{7f}é\u{1}]{0,18}"],
            after in ".{0,20}",
        ) {
            let all = format!("{before}{text}{after}");
            let (own, within) = (Text::new(text.as_bytes()), Text::within(all.as_bytes(), before.len(), before.len() + text.len()));
            let within = within.unwrap();
            prop_assert_eq!((own.bytes, own.short), (within.bytes, within.short));
            prop_assert_eq!(own.is_identifier(), is_plain_identifier(text.as_bytes()));
            prop_assert!(Packed::new(own).is(within));
            if let Some((both, [one, other])) = both(Text::new(b"-"), within) {
                prop_assert_eq!((one as usize, other as usize), (1, text.len()));
                prop_assert_eq!((&both[..1], &both[ROOM..ROOM + text.len()]), (b"-".as_slice(), text.as_bytes()));
            }
        }

        #[test]
        fn different_texts_differ(a in "[ab\0]{0,17}", b in "[ab\0]{0,17}") {
            let (one, other) = (Text::new(a.as_bytes()), Text::new(b.as_bytes()));
            prop_assert_eq!(Packed::new(one).is(other), a == b);
            let printer = Printer::default();
            prop_assert_eq!(printer.print(one) == printer.print(other), a == b);
        }
    }
}
