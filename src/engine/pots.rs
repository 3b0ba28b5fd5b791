//! What all members share: budgets, stock, and the mail on its way between them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};

use crate::hir::{CharityId, DrawId, FundId, PoolId, Program, RewardId};
use crate::value::Instant;

use super::board::{Arrivals, BoardKey, Scores};
use super::challenge::{Common, CommonKey};
use super::draw::Drum;
use super::fact::Used;
use super::fund::FundPot;
use super::mail::Letter;
use super::naming::{Aliases, known_as};
use super::pool::Groups;

/// Shared pots. Members claim from them in the order in which events are judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pots {
    /// What budgets have used up.
    #[serde(with = "super::pairs")]
    pub uses: Used,
    /// How many of a reward were taken since which release.
    pub taken: BTreeMap<RewardId, BTreeMap<Instant, u64>>,
    /// The version of the program that the identifiers here belong to.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: u32,
    /// Letters that wait to be delivered; none between events.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub mail: VecDeque<Letter>,
    /// What is to be decided, by moment, in the order in which it happened.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub undecided: BTreeMap<Instant, Vec<Letter>>,
    /// Groups of members by pool.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<PoolId, Groups>,
    /// What members reach together.
    #[serde(with = "super::pairs", default, skip_serializing_if = "OrdMap::is_empty")]
    pub common: OrdMap<CommonKey, Common>,
    /// Who was merged into whom: the same for all groups, and stored once for all.
    #[serde(skip)]
    pub aliases: Arc<Aliases>,
    /// What was added to gifts of members, by cause and period.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "super::pairs")]
    pub matched: BTreeMap<CharityId, BTreeMap<Instant, i64>>,
    /// Funds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "super::pairs")]
    pub funds: BTreeMap<FundId, FundPot>,
    /// Who can be written to: everybody who joined, was seen, and did not leave.
    #[serde(default, skip_serializing_if = "OrdSet::is_empty")]
    pub members: OrdSet<Arc<str>>,
    /// Draws: stock, and entries that wait.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub draws: BTreeMap<DrawId, Drum>,
    /// Leaderboards of periods that are not over.
    #[serde(with = "super::pairs", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub boards: BTreeMap<BoardKey, Scores>,
    /// The same leaderboards, where who had it first comes first.
    #[serde(with = "super::pairs", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arrivals: BTreeMap<BoardKey, Arrivals>,
}

fn is_zero(version: &u32) -> bool {
    *version == 0
}

impl Pots {
    /// The member that a name reaches by mail; `None` where there is none.
    pub fn reach(&self, name: &Arc<str>) -> Option<Arc<str>> {
        Some(known_as(&self.aliases, name)).filter(|member| self.members.contains(member))
    }

    /// Whether members of a program meet in pots at all; if not, each can be judged alone.
    pub fn shared(program: &Program) -> bool {
        program.limits.iter().any(|limit| limit.budget.is_some())
            || program.rewards.iter().any(|reward| reward.stock.is_some())
            || program.meets
            || program.charities.iter().any(|charity| charity.matching.as_ref().is_some_and(|m| m.most.is_some()))
            || !program.funds.is_empty()
            || !program.draws.is_empty()
    }
}
