//! What members reach together in one time of a challenge. What each event changes is one member's part, so it costs the same however many
//! there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::{ArithmeticError, Exact, Instant};

/// Which group of members, in which time of a challenge.
pub type CommonKey = (crate::hir::ChallengeId, Instant, Arc<str>);

/// What is given for something reached: a milestone, or the goal.
pub type Prize = Option<u32>;

type Members = BTreeSet<Arc<str>>;

/// What members reach together in one time of a challenge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Common {
    /// What each has brought in.
    by: BTreeMap<Arc<str>, Exact>,
    /// What that makes.
    sum: Exact,
    /// Who has brought in enough to be given something.
    enough: Members,
    /// Who was given what, and who waits for it though they have brought in enough; nothing where nobody was given anything.
    given: BTreeMap<Prize, Given>,
    /// Who was erased since.
    erased: Members,
    /// An earlier build did not note who has brought in enough.
    unknown: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Given {
    to: Members,
    waiting: Members,
}

impl Common {
    /// Writes down all that a member has brought in, of which `least` is enough; returns what all have.
    pub fn bring(&mut self, member: &Arc<str>, part: Exact, least: Exact) -> Result<Exact, ArithmeticError> {
        let before = self.by.get(member).copied().unwrap_or(Exact::ZERO);
        if part != before {
            self.sum = self.sum.sub(before)?.add(part)?;
        }
        self.by.insert(member.clone(), part);
        self.erased.remove(member);
        if std::mem::take(&mut self.unknown) {
            let short: Vec<_> = self.by.iter().filter(|(_, part)| **part < least).map(|(who, _)| who.clone()).collect();
            short.iter().for_each(|who| self.note(who, false));
        }
        self.note(member, part > Exact::ZERO && part >= least);
        Ok(self.sum)
    }

    fn note(&mut self, member: &Arc<str>, enough: bool) {
        let list = |list: &mut Members, on: bool| {
            if on {
                if !list.contains(member) {
                    list.insert(member.clone());
                }
            } else {
                list.remove(member);
            }
        };
        list(&mut self.enough, enough);
        for given in self.given.values_mut() {
            let waits = enough && !given.to.contains(member);
            list(&mut given.waiting, waits);
        }
    }

    /// Notes that a member was erased; returns whether all were, so that nobody has a part in it any longer.
    pub fn erase(&mut self, member: &Arc<str>) -> bool {
        if self.by.contains_key(member) {
            self.erased.insert(member.clone());
        }
        self.erased.len() == self.by.len()
    }

    /// Whether a member has brought in enough.
    pub fn has_enough(&self, member: &Arc<str>) -> bool {
        self.enough.contains(member)
    }

    /// Who is given a prize now that it is reached: all who have brought in enough, and were not yet.
    pub fn newly(&mut self, prize: Prize) -> Members {
        let waiting = match self.given.get_mut(&prize) {
            Some(given) => std::mem::take(&mut given.waiting),
            None => self.enough.clone(),
        };
        if !waiting.is_empty() {
            self.given.entry(prize).or_default().to.extend(waiting.iter().cloned());
        }
        waiting
    }

    /// Nobody has a prize any longer that is no longer reached; returns who had.
    pub fn lost_by_all(&mut self, prize: Prize) -> Members {
        self.given.remove(&prize).map(|given| given.to).unwrap_or_default()
    }

    /// A member has a prize no longer; returns whether that changes anything.
    pub fn lost_by(&mut self, member: &Arc<str>, prize: Prize) -> bool {
        let Some(given) = self.given.get_mut(&prize) else { return false };
        let had = given.to.remove(member);
        if given.to.is_empty() {
            self.given.remove(&prize);
        }
        had
    }
}

/// The same as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    by: BTreeMap<Arc<str>, Exact>,
    /// Who has brought in something, and too little to be given anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    short: Option<Members>,
    rewarded: Members,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    reached: BTreeMap<u32, Members>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    erased: Members,
}

impl From<Common> for Stored {
    fn from(common: Common) -> Self {
        let Common { by, enough, mut given, erased, unknown, .. } = common;
        let something = by.iter().filter(|(_, part)| **part > Exact::ZERO).map(|(who, _)| who);
        let short = (!unknown).then(|| something.filter(|who| !enough.contains(*who)).cloned().collect());
        let rewarded = given.remove(&None).map(|given| given.to).unwrap_or_default();
        let reached = given.into_iter().filter_map(|(prize, given)| Some((prize?, given.to))).collect();
        Self { by, short, rewarded, reached, erased }
    }
}

impl TryFrom<Stored> for Common {
    type Error = ArithmeticError;

    fn try_from(stored: Stored) -> Result<Self, ArithmeticError> {
        let Stored { by, short, rewarded, reached, erased } = stored;
        let sum = by.values().try_fold(Exact::ZERO, |sum, part| sum.add(*part))?;
        let is_short = |who: &Arc<str>| short.as_ref().is_some_and(|short| short.contains(who));
        let some = by.iter().filter(|(who, part)| **part > Exact::ZERO && !is_short(who));
        let enough: Members = some.map(|(who, _)| who.clone()).collect();
        let all = reached.into_iter().map(|(which, to)| (Some(which), to)).chain([(None, rewarded)]);
        let given = all.filter(|(_, to)| !to.is_empty()).map(|(prize, to)| {
            let waiting = enough.difference(&to).cloned().collect();
            (prize, Given { to, waiting })
        });
        Ok(Self { sum, given: given.collect(), erased, unknown: short.is_none(), by, enough })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(members: Members) -> Vec<String> {
        members.into_iter().map(|who| who.to_string()).collect()
    }

    #[test]
    fn who_has_brought_in_enough_is_given_each_prize_once() {
        let (ann, bob): (Arc<str>, Arc<str>) = ("ann".into(), "bob".into());
        let mut common = Common::default();
        let bring = |common: &mut Common, who, part: i64| common.bring(who, part.into(), 2.into()).unwrap();
        assert_eq!(bring(&mut common, &ann, 5), 5.into());
        assert_eq!(bring(&mut common, &bob, 1), 6.into());
        assert_eq!(names(common.newly(None)), ["ann"]);
        assert!(common.newly(None).is_empty());
        assert_eq!(bring(&mut common, &bob, 3), 8.into());
        assert_eq!(names(common.newly(None)), ["bob"]);
        assert_eq!(names(common.newly(Some(0))), ["ann", "bob"]);

        let stored = serde_json::to_string(&common).unwrap();
        assert_eq!(serde_json::from_str::<Common>(&stored).unwrap(), common);

        bring(&mut common, &bob, 0);
        assert!(!common.has_enough(&bob) && common.lost_by(&bob, None) && !common.lost_by(&bob, None));
        assert_eq!(names(common.lost_by_all(Some(0))), ["ann", "bob"]);
        assert_eq!(names(common.newly(Some(0))), ["ann"]);
    }

    #[test]
    fn what_an_earlier_build_did_not_note_is_noted_with_the_next_part() {
        let mut common: Common = serde_json::from_str(r#"{"by":{"ann":"5","bob":"1"},"rewarded":[]}"#).unwrap();
        common.bring(&"cyd".into(), 2.into(), 2.into()).unwrap();
        assert_eq!(names(common.newly(None)), ["ann", "cyd"]);
    }
}
