//! Reasons why something was not done: those that differ only in their values are counted together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// So many kinds at most: a reason may have something of each record in it.
const MOST: usize = 1_000;

/// How often each kind of reason was given.
#[derive(Debug, Default)]
pub struct Reasons(BTreeMap<String, u64>);

impl Reasons {
    /// Why a record was no event. Values of the record stand in backticks; a field in front stays.
    pub fn rejected(&mut self, reason: &str) {
        let (field, rest) = reason.split_once("`: ").unwrap_or(("", reason));
        let rest = rest.split('`').step_by(2).collect::<Vec<_>>().join("…");
        self.add(if field.is_empty() { rest } else { format!("{field}`: {rest}") });
    }

    /// Why an event failed or was refused. Names of the program stand in backticks; amounts differ from event to event.
    pub fn outcome(&mut self, reason: &str) {
        let digit = |c: char| c.is_ascii_digit();
        let amount = |c: char| digit(c) || matches!(c, '.' | '_');
        let (mut kind, mut rest) = (String::new(), reason);
        while let Some(at) = rest.find(digit) {
            let (before, after) = rest.split_at(at);
            kind.push_str(before);
            kind.push('…');
            rest = after.trim_start_matches(amount);
        }
        kind.push_str(rest);
        self.add(kind);
    }

    /// One more of a kind.
    pub fn add(&mut self, kind: String) {
        if self.0.len() < MOST || self.0.contains_key(&kind) {
            *self.0.entry(kind).or_default() += 1;
        }
    }

    /// The kinds, the most frequent first.
    pub fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked: Vec<(&str, u64)> = self.0.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        ranked.sort_by_key(|(kind, count)| (Reverse(*count), kind.to_string()));
        ranked
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
