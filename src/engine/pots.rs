//! What all members share: budgets and stock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::hir::{Program, RewardId};
use crate::value::Instant;

use super::state::UseKey;

/// Shared pots. Members claim from them in the order in which events are judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pots {
    /// What budgets have used up.
    #[serde(with = "super::pairs")]
    pub uses: BTreeMap<UseKey, BTreeMap<Instant, i64>>,
    /// How many of a reward were taken since which release.
    pub taken: BTreeMap<RewardId, BTreeMap<Instant, u64>>,
}

impl Pots {
    /// Whether members of a program meet in pots at all; if not, each can be judged alone.
    pub fn shared(program: &Program) -> bool {
        program.limits.iter().any(|limit| limit.budget.is_some())
            || program.rewards.iter().any(|reward| reward.stock.is_some())
    }
}
