//! Luck that anybody can check (S32): a pure function of a secret seed, whose hash was published first, and of the entry.
//!
//! The number of an entry is the HMAC-SHA256, keyed with the seed, of four lines: `meed draw 1`, the name of the draw, the moment at
//! which winners are drawn (in UTC, or `-` where an entry is decided at once), and the identity of the entry; lines are ended by a line
//! feed but for the last. Its first eight bytes, read as a big-endian integer over 2^64, are a fraction from 0 up to but without 1.

use sha2::{Digest, Sha256};

use crate::hir::{Draw, Prize};
use crate::value::{Exact, Instant, Zone, format_instant};

/// A secret seed.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(Vec<u8>);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Seed {
    /// The seed of scenarios, known to everybody: the text `scenario`.
    pub fn of_scenarios() -> Self {
        Self(b"scenario".to_vec())
    }

    /// A seed of 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec())
    }

    /// A seed in hexadecimal digits, two for each byte.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> =
            text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
        let digits = digits.filter(|digits| digits.len() == 64)?;
        Some(Self(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect()))
    }

    /// In hexadecimal digits.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// What is published of it.
    pub fn commitment(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A commitment as programs write it.
pub fn written(commitment: &[u8; 32]) -> String {
    format!("sha256:{}", hex(commitment))
}

/// The number of an entry, for instant wins and for the order in which entries are drawn, smallest first.
pub fn number(seed: &Seed, draw: &str, drawing: Option<Instant>, entry: &str) -> [u8; 32] {
    let drawing = drawing.map_or_else(|| "-".to_owned(), |at| format_instant(at, &Zone::utc()));
    hmac(&seed.0, format!("meed draw 1\n{draw}\n{drawing}\n{entry}").as_bytes())
}

/// HMAC-SHA256 (RFC 2104); seeds are shorter than a block.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

/// The first eight bytes.
pub fn head(number: &[u8; 32]) -> u64 {
    number.iter().take(8).fold(0, |head, byte| head << 8 | u64::from(*byte))
}

/// Which of several odds a number hits, by position: the first takes the lowest part of [0, 1), the next the part above it.
pub fn hit(head: u64, odds: impl IntoIterator<Item = Exact>) -> Option<usize> {
    let at = Exact::new(i128::from(head), 1 << 64)?;
    let mut below = Exact::ZERO;
    odds.into_iter().position(|odds| {
        below = below.add(odds).unwrap_or(Exact::ONE);
        at < below
    })
}

/// Who wins what: entries from the smallest number on, each at most once, prizes in order of declaration. Of each entry it
/// takes what it is, whose, and its number; a member wins once unless several are allowed.
pub fn winners<E>(mut entries: Vec<(E, &str, [u8; 32])>, prizes: &[u64], several: bool) -> Vec<(E, usize)> {
    entries.sort_by_key(|(.., number)| *number);
    let mut won: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    let mut ranked = entries.into_iter();
    let mut out = Vec::new();
    for (prize, stock) in prizes.iter().enumerate() {
        for _ in 0..*stock {
            let Some((entry, ..)) = ranked.find(|(_, member, _)| several || won.insert(member)) else { return out };
            out.push((entry, prize));
        }
    }
    out
}

/// The odds of prizes in order.
pub fn odds(draw: &Draw) -> impl Iterator<Item = Exact> {
    draw.prizes.iter().map(|prize: &Prize| prize.odds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_hmac_is_that_of_the_rfc() {
        // RFC 4231, test case 2.
        let mac = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn s32_odds_are_exact_parts_of_the_line() {
        let percent = |n| Exact::new(n, 100).unwrap();
        let odds = [percent(50), percent(25)];
        assert_eq!(hit(0, odds), Some(0));
        assert_eq!(hit((1 << 63) - 1, odds), Some(0));
        assert_eq!(hit(1 << 63, odds), Some(1));
        assert_eq!(hit((1 << 63) + (1 << 62) - 1, odds), Some(1));
        assert_eq!(hit((1 << 63) + (1 << 62), odds), None);
        assert_eq!(hit(u64::MAX, [percent(100)]), Some(0));
    }

    #[test]
    fn s32_winners_are_distinct_unless_several_are_allowed() {
        let entry = |id: &'static str, member: &'static str, first: u8| {
            let mut number = [0; 32];
            number[0] = first;
            (id, member, number)
        };
        let entries = || vec![entry("c", "bob", 3), entry("a", "ann", 1), entry("b", "ann", 2)];
        assert_eq!(winners(entries(), &[1, 1], false), [("a", 0), ("c", 1)]);
        assert_eq!(winners(entries(), &[1, 5], true), [("a", 0), ("b", 1), ("c", 1)]);
    }
}
