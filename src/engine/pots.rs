//! What all members share: budgets, stock, and the mail on its way between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{DrawId, PoolId, Program, RewardId};
use crate::value::Instant;

use super::draw::Drum;
use super::mail::Letter;
use super::pool::Groups;
use super::state::UseKey;

/// Shared pots. Members claim from them in the order in which events are judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pots {
    /// What budgets have used up.
    #[serde(with = "super::pairs")]
    pub uses: BTreeMap<UseKey, BTreeMap<Instant, i64>>,
    /// How many of a reward were taken since which release.
    pub taken: BTreeMap<RewardId, BTreeMap<Instant, u64>>,
    /// The version of the program that the identifiers here belong to.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: u32,
    /// Letters that wait to be delivered; none between events.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub mail: VecDeque<Letter>,
    /// Groups of members by pool.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<PoolId, Groups>,
    /// Who can be written to: everybody who joined, was seen, and did not leave.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub members: BTreeSet<Arc<str>>,
    /// Draws: stock, and entries that wait.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub draws: BTreeMap<DrawId, Drum>,
}

fn is_zero(version: &u32) -> bool {
    *version == 0
}

impl Pots {
    /// Whether members of a program meet in pots at all; if not, each can be judged alone.
    pub fn shared(program: &Program) -> bool {
        program.limits.iter().any(|limit| limit.budget.is_some())
            || program.rewards.iter().any(|reward| reward.stock.is_some())
            || program.meets
            || !program.draws.is_empty()
    }
}
