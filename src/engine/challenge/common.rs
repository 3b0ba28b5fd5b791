//! What members reach together in one time of a challenge. What each event changes is one member's part, so it costs the same however many
//! there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};

use crate::value::{ArithmeticError, Exact, Instant};

/// Which group of members, in which time of a challenge.
pub type CommonKey = (crate::hir::ChallengeId, Instant, Arc<str>);

/// What is given for something reached: a milestone, or the goal.
pub type Prize = Option<u32>;

type Members = OrdSet<Arc<str>>;

/// What a member has brought in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How much.
    pub amount: Exact,
    /// When that was last looked at, where it may become less by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
}

/// What each has brought in, and what that makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parts {
    by: OrdMap<Arc<str>, Part>,
    sum: Exact,
}

impl Parts {
    fn new(by: OrdMap<Arc<str>, Part>) -> Result<Self, ArithmeticError> {
        let sum = by.values().try_fold(Exact::ZERO, |sum, part| sum.add(part.amount))?;
        Ok(Self { by, sum })
    }

    fn amount(&self, member: &str) -> Exact {
        self.by.get(member).map_or(Exact::ZERO, |part| part.amount)
    }

    fn at(&self, member: &str) -> Option<Instant> {
        self.by.get(member)?.at
    }

    fn set(&mut self, member: &Arc<str>, part: Part) -> Result<(), ArithmeticError> {
        let before = self.amount(member);
        if part.amount != before {
            self.sum = self.sum.sub(before)?.add(part.amount)?;
        }
        self.by.insert(member.clone(), part);
        Ok(())
    }

    fn remove(&mut self, member: &str) -> Result<(), ArithmeticError> {
        self.sum = self.sum.sub(self.amount(member))?;
        self.by.remove(member);
        Ok(())
    }
}

/// What members reach together in one time of a challenge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Common {
    /// What each has brought in by now.
    now: Parts,
    /// Who has brought in enough to be given something.
    enough: Members,
    /// What was reached.
    reached: BTreeMap<Prize, Reached>,
    /// Who was erased since.
    erased: Members,
    /// An earlier build did not note who has brought in enough.
    unknown: bool,
}

/// Something that was reached, and stays so until a reversal takes it back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Reached {
    /// Who was given what it brings, and as of when what they had brought in was enough, where that may become less by itself.
    to: OrdMap<Arc<str>, Option<Instant>>,
    /// Who was not, though they have brought in enough.
    waiting: Members,
    /// Where what is brought in may become less by itself: what each had brought in then, less what came back of it.
    then: Option<Parts>,
}

impl Reached {
    /// Nothing hangs on it that would not be so without it.
    fn is_idle(&self) -> bool {
        self.to.is_empty() && self.then.is_none()
    }
}

impl Common {
    /// Writes down all that a member has brought in, of which `least` is enough.
    pub fn bring(&mut self, member: &Arc<str>, part: Part, least: Exact) -> Result<(), ArithmeticError> {
        self.now.set(member, part)?;
        self.erased.remove(member);
        if std::mem::take(&mut self.unknown) {
            let short = self.now.by.iter().filter(|(_, part)| part.amount < least);
            let short: Vec<_> = short.map(|(who, _)| who.clone()).collect();
            short.iter().for_each(|who| self.note(who, false));
        }
        self.note(member, is_enough(part.amount, least));
        Ok(())
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
        for reached in self.reached.values_mut() {
            let waits = enough && !reached.to.contains_key(member);
            list(&mut reached.waiting, waits);
        }
    }

    /// A member has no part in anything any longer.
    pub fn leave(&mut self, member: &Arc<str>) -> Result<(), ArithmeticError> {
        self.now.remove(member)?;
        self.note(member, false);
        self.erased.remove(member);
        for reached in self.reached.values_mut() {
            reached.to.remove(member);
            reached.then.as_mut().map_or(Ok(()), |then| then.remove(member))?;
        }
        Ok(())
    }

    /// Whether a member has a part in it: has brought in something, by now or when something was reached, or was given something.
    pub fn has_part(&self, member: &str) -> bool {
        let has = |parts: &Parts| !parts.amount(member).is_zero();
        let had = |reached: &Reached| reached.to.contains_key(member) || reached.then.as_ref().is_some_and(has);
        has(&self.now) || self.reached.values().any(had)
    }

    /// Whether anything was reached.
    pub fn has_reached(&self) -> bool {
        !self.reached.is_empty()
    }

    /// Whether nobody has a part in it.
    pub fn is_empty(&self) -> bool {
        self.now.by.is_empty()
    }

    /// Notes that a member was erased; returns whether all were, so that nobody has a part in it any longer.
    pub fn erase(&mut self, member: &Arc<str>) -> bool {
        if self.now.by.contains_key(member) {
            self.erased.insert(member.clone());
        }
        self.erased.len() == self.now.by.len()
    }

    /// The most that all together have brought in: by now, or when something was reached.
    pub fn most(&self) -> Exact {
        self.at_most().sum
    }

    fn at_most(&self) -> &Parts {
        let moments = self.reached.values().filter_map(|reached| reached.then.as_ref());
        moments.fold(&self.now, |most, then| if then.sum > most.sum { then } else { most })
    }

    /// Who is given now what something brings that lies at an amount: where all together reach it, those who have brought in enough and were
    /// not given it yet.
    pub fn newly(&mut self, prize: Prize, at: Exact) -> Members {
        if self.most() < at {
            return Members::new();
        }
        if !self.reached.contains_key(&prize) && !self.enough.is_empty() {
            let moves = self.now.by.values().any(|part| part.at.is_some());
            let then = moves.then(|| self.now.clone());
            self.reached.insert(prize, Reached { to: OrdMap::new(), waiting: self.enough.clone(), then });
        }
        let Some(reached) = self.reached.get_mut(&prize) else { return Members::new() };
        let waiting = std::mem::take(&mut reached.waiting);
        reached.to.extend(waiting.iter().map(|who| (who.clone(), self.now.at(who))));
        waiting
    }

    /// Who no longer has what something brings that lies at an amount: everybody, where all together no longer reach it.
    pub fn missed(&mut self, prize: Prize, at: Exact) -> Members {
        if self.most() < at {
            return self.reached.remove(&prize).map(|reached| reached.to.keys().cloned().collect()).unwrap_or_default();
        }
        // Where it was not reached then, it is at another moment that it was.
        let then = |common: &Self| common.reached.get(&prize)?.then.as_ref().map(|then| then.sum);
        if then(self).is_some_and(|sum| sum < at) {
            let most = self.at_most().clone();
            self.reached.entry(prize).and_modify(|reached| reached.then = Some(most));
        }
        Members::new()
    }

    /// As of when a member had brought in what counts for something that was reached, where that may become less by itself.
    pub fn then(&self, member: &str, prize: Prize) -> Option<Instant> {
        self.reached.get(&prize)?.then.as_ref()?.at(member)
    }

    /// As of when what a member had brought in was enough to be given something, where that may become less by itself.
    pub fn given(&self, member: &str, prize: Prize) -> Option<Instant> {
        *self.reached.get(&prize)?.to.get(member)?
    }

    /// Of what a member had brought in when something was reached, as much has come back as what counts for that moment has become less.
    pub fn came_back(
        &mut self,
        member: &Arc<str>,
        prize: Prize,
        (before, after): (Exact, Exact),
    ) -> Result<(), ArithmeticError> {
        let Some(then) = self.reached.get_mut(&prize).and_then(|reached| reached.then.as_mut()) else { return Ok(()) };
        let Some(part) = then.by.get(member).copied() else { return Ok(()) };
        // What came in at that very moment, but was judged later, counts for that moment too.
        let less = part.amount.min(before).sub(after)?.max(Exact::ZERO);
        then.set(member, Part { amount: part.amount.sub(less)?, ..part })
    }

    /// Whether a member has brought in enough by now.
    pub fn has_enough(&self, member: &str) -> bool {
        self.enough.contains(member)
    }

    /// A member has brought in enough for what it was given only by now.
    pub fn given_now(&mut self, member: &str, prize: Prize) {
        let at = self.now.at(member);
        if let Some(given) = self.reached.get_mut(&prize).and_then(|reached| reached.to.get_mut(member)) {
            *given = at;
        }
    }

    /// A member has a prize no longer; returns whether that changes anything.
    pub fn lost_by(&mut self, member: &str, prize: Prize) -> bool {
        let Some(reached) = self.reached.get_mut(&prize) else { return false };
        let had = reached.to.remove(member).is_some();
        if reached.is_idle() {
            self.reached.remove(&prize);
        }
        had
    }
}

/// Whether what a member has brought in is enough to be given something.
pub fn is_enough(amount: Exact, least: Exact) -> bool {
    amount > Exact::ZERO && amount >= least
}

/// The same as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    by: BTreeMap<Arc<str>, Exact>,
    /// When that was last looked at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    at: BTreeMap<Arc<str>, Instant>,
    /// Who has brought in something, and too little to be given anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    short: Option<Members>,
    rewarded: Members,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    reached: BTreeMap<u32, Members>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    then: Vec<Then>,
    #[serde(default, skip_serializing_if = "OrdSet::is_empty")]
    erased: Members,
}

/// What was brought in when something was reached, where that may become less by itself.
#[derive(Serialize, Deserialize)]
struct Then {
    prize: Prize,
    by: Option<OrdMap<Arc<str>, Part>>,
    given: BTreeMap<Arc<str>, Instant>,
}

impl From<Common> for Stored {
    fn from(common: Common) -> Self {
        let Common { now: Parts { by, .. }, enough, mut reached, erased, unknown } = common;
        let something = by.iter().filter(|(_, part)| part.amount > Exact::ZERO).map(|(who, _)| who);
        let short = (!unknown).then(|| something.filter(|who| !enough.contains(*who)).cloned().collect());
        let at = by.iter().filter_map(|(who, part)| Some((who.clone(), part.at?))).collect();
        let then = reached.iter().map(|(prize, reached)| Then {
            prize: *prize,
            by: reached.then.as_ref().map(|then| then.by.clone()),
            given: reached.to.iter().filter_map(|(who, at)| Some((who.clone(), (*at)?))).collect(),
        });
        let then = then.filter(|then| then.by.is_some() || !then.given.is_empty()).collect();
        let to = |reached: Reached| reached.to.keys().cloned().collect::<Members>();
        let rewarded = reached.remove(&None).map(to).unwrap_or_default();
        let reached = reached.into_iter().filter_map(|(prize, reached)| Some((prize?, to(reached)))).collect();
        let by = by.into_iter().map(|(who, part)| (who, part.amount)).collect();
        Self { by, at, short, rewarded, reached, then, erased }
    }
}

impl TryFrom<Stored> for Common {
    type Error = ArithmeticError;

    fn try_from(stored: Stored) -> Result<Self, ArithmeticError> {
        let Stored { by, at, short, rewarded, reached, then, erased } = stored;
        let part = |(who, amount): (Arc<str>, Exact)| {
            let at = at.get(&who).copied();
            (who, Part { amount, at })
        };
        let now = Parts::new(by.into_iter().map(part).collect())?;
        let is_short = |who: &Arc<str>| short.as_ref().is_some_and(|short| short.contains(who));
        let some = now.by.iter().filter(|(who, part)| part.amount > Exact::ZERO && !is_short(who));
        let enough: Members = some.map(|(who, _)| who.clone()).collect();
        let all = reached.into_iter().map(|(which, to)| (Some(which), to)).chain([(None, rewarded)]);
        let mut reached: BTreeMap<Prize, Reached> = all
            .map(|(prize, to)| {
                let waiting = enough.iter().filter(|who| !to.contains(*who)).cloned().collect();
                (prize, Reached { to: to.into_iter().map(|who| (who, None)).collect(), waiting, then: None })
            })
            .collect();
        for Then { prize, by, given } in then {
            let Some(reached) = reached.get_mut(&prize) else { continue };
            reached.then = by.map(Parts::new).transpose()?;
            for (who, at) in given {
                if let Some(to) = reached.to.get_mut(&who) {
                    *to = Some(at);
                }
            }
        }
        reached.retain(|_, reached| !reached.is_idle());
        Ok(Self { reached, erased, unknown: short.is_none(), now, enough })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(members: Members) -> Vec<String> {
        members.into_iter().map(|who| who.to_string()).collect()
    }

    fn newly(common: &mut Common, prize: Prize) -> Vec<String> {
        names(common.newly(prize, 1.into()))
    }

    fn bring(common: &mut Common, who: &Arc<str>, amount: i64, at: Option<Instant>) -> Exact {
        common.bring(who, Part { amount: amount.into(), at }, 2.into()).unwrap();
        common.now.sum
    }

    fn stored(common: &Common) -> Common {
        serde_json::from_str(&serde_json::to_string(common).unwrap()).unwrap()
    }

    #[test]
    fn who_has_brought_in_enough_is_given_each_prize_once() {
        let (ann, bob): (Arc<str>, Arc<str>) = ("ann".into(), "bob".into());
        let mut common = Common::default();
        assert_eq!(bring(&mut common, &ann, 5, None), 5.into());
        assert_eq!(bring(&mut common, &bob, 1, None), 6.into());
        assert_eq!(newly(&mut common, None), ["ann"]);
        assert!(newly(&mut common, None).is_empty());
        assert_eq!(bring(&mut common, &bob, 3, None), 8.into());
        assert_eq!(newly(&mut common, None), ["bob"]);
        assert_eq!(newly(&mut common, Some(0)), ["ann", "bob"]);
        assert_eq!(stored(&common), common);

        bring(&mut common, &bob, 0, None);
        assert!(!common.has_enough(&bob) && common.lost_by(&bob, None) && !common.lost_by(&bob, None));
        assert_eq!(names(common.missed(Some(0), 6.into())), ["ann", "bob"]);
        assert_eq!(newly(&mut common, Some(0)), ["ann"]);
    }

    #[test]
    fn what_was_brought_in_when_something_was_reached_stands_but_for_what_comes_back() {
        let (ann, bob): (Arc<str>, Arc<str>) = ("ann".into(), "bob".into());
        let at = |n| Instant::from_millis(n);
        let mut common = Common::default();
        bring(&mut common, &ann, 5, at(1));
        bring(&mut common, &bob, 4, at(2));
        assert_eq!(names(common.newly(None, 9.into())), ["ann", "bob"]);
        bring(&mut common, &ann, 0, at(3));
        assert_eq!((common.most(), common.then("ann", None)), (9.into(), at(1)));
        common.came_back(&ann, None, (7.into(), 5.into())).unwrap();
        assert_eq!(common.most(), 9.into());
        common.came_back(&ann, None, (5.into(), 2.into())).unwrap();
        assert_eq!(common.most(), 6.into());
        assert_eq!(stored(&common), common);
        assert_eq!(names(common.missed(None, 7.into())), ["ann", "bob"]);
    }

    #[test]
    fn who_leaves_takes_everything_out() {
        let (ann, bob): (Arc<str>, Arc<str>) = ("ann".into(), "bob".into());
        let mut common = Common::default();
        let at = Instant::from_millis(1);
        bring(&mut common, &ann, 5, at);
        bring(&mut common, &bob, 4, at);
        assert_eq!(newly(&mut common, None), ["ann", "bob"]);
        common.leave(&ann).unwrap();
        assert_eq!((common.most(), common.given("ann", None), common.given("bob", None)), (4.into(), None, at));
        common.leave(&bob).unwrap();
        assert!(common.is_empty());
    }

    #[test]
    fn what_an_earlier_build_did_not_note_is_noted_with_the_next_part() {
        let mut common: Common = serde_json::from_str(r#"{"by":{"ann":"5","bob":"1"},"rewarded":[]}"#).unwrap();
        bring(&mut common, &"cyd".into(), 2, None);
        assert_eq!(newly(&mut common, None), ["ann", "cyd"]);
    }
}
