//! Spaces of names: who is declared where, and what was probably meant.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::hir::{
    ChallengeId, CharityId, ChoiceId, DrawId, EarnId, EventId, ExchangeId, FundId, LadderId, LeaderboardId, LetId,
    LimitId, MeasureId, PartnerId, PoolId, RedeemId, ReferralId, RewardId, RuleId, SegmentId, StackId, TableId,
    TransferId, UnitId, Was,
};
use crate::source::Span;
use crate::syntax::ast::Ident;

use super::errors;

/// What a name of the value space stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Let(LetId),
    Measure(MeasureId),
    Segment(SegmentId),
    Ladder(LadderId),
    Table(TableId),
    Unit(UnitId),
    Challenge(ChallengeId),
    Choice(ChoiceId),
    Draw(DrawId),
}

/// What a member may activate, and what `unless earned` and `on` speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    Earn(EarnId),
    /// A boost from outside: its position among them.
    Boost(usize),
    Rule(RuleId),
    Challenge(ChallengeId),
    Exchange,
}

/// What a `redeem` event may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prize {
    Reward(RewardId),
    Redeem(RedeemId),
}

/// Where members meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    Transfer(TransferId),
    Referral(ReferralId),
    Pool(PoolId),
}

/// All names of a program that are not fields.
#[derive(Default)]
pub(super) struct Names {
    pub values: Space<Symbol>,
    pub events: Space<EventId>,
    pub offers: Space<Offer>,
    pub prizes: Space<Prize>,
    pub meetings: Space<Meeting>,
    pub partners: Space<PartnerId>,
    pub exchanges: Space<ExchangeId>,
    pub charities: Space<CharityId>,
    pub funds: Space<FundId>,
    pub leaderboards: Space<LeaderboardId>,
    pub invariants: Space<()>,
    pub stacks: Space<StackId>,
    pub limits: Space<LimitId>,
}

/// Names that must differ from each other.
pub(super) struct Space<T> {
    names: IndexMap<Arc<str>, (T, Option<Span>)>,
}

impl<T> Default for Space<T> {
    fn default() -> Self {
        Self { names: IndexMap::new() }
    }
}

impl<T: Copy> Space<T> {
    /// Declares a name; the error points at the first declaration, which stays.
    pub fn declare(&mut self, name: &Ident, value: T) -> Result<(), Box<Diagnostic>> {
        if let Some((_, first)) = self.names.get(&name.text) {
            return Err(Box::new(errors::names::duplicate(name.span(), &name.text, *first)));
        }
        self.names.insert(Arc::clone(&name.text), (value, Some(name.span())));
        Ok(())
    }
    /// Declares a name that the language has by itself.
    pub fn build_in(&mut self, name: &str, value: T) {
        self.names.insert(Arc::from(name), (value, None));
    }
    /// What the name stands for.
    pub fn get(&self, name: &str) -> Option<T> {
        self.names.get(name).map(|(value, _)| *value)
    }
    /// All names in order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(|name| &**name)
    }
    /// The declared name that is most like `wanted`.
    pub fn nearest(&self, wanted: &str) -> Option<String> {
        nearest(wanted, self.iter())
    }
}

/// The old name of a renamed thing.
pub(super) fn was(old: Option<&Ident>) -> Was {
    old.map(|old| Arc::clone(&old.text))
}

/// Longer texts are no mistyped names, and would take long to compare.
const LONGEST: usize = 64;

/// How many names of a fitting length are compared.
const MANY: usize = 256;

/// The name that was probably meant; none where nothing is close.
pub(super) fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let length = wanted.chars().count();
    if length > LONGEST {
        return None;
    }
    let lower = wanted.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    let most = |other: usize| (length.max(other) / 3).max(1);
    let fitting = names.into_iter().filter(|name| *name != wanted && name.len() <= 4 * LONGEST).filter_map(|name| {
        let other = name.chars().count();
        (other <= LONGEST && other.abs_diff(length) <= most(other)).then_some((name, most(other)))
    });
    for (name, most) in fitting.take(MANY) {
        let distance = strsim::damerau_levenshtein(&lower, &name.to_lowercase());
        let near = distance <= most && distance < length;
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("purchse", ["purchase", "refund"]).as_deref(), Some("purchase"));
        assert_eq!(nearest("Points", ["point", "points"]).as_deref(), Some("points"));
        assert_eq!(nearest("x", ["y", "points"]), None);
        assert_eq!(nearest("subtotal", ["sku"]), None);
        assert_eq!(nearest(&"a".repeat(100), ["a"]), None);
    }
}
