//! What goes back to limits, cooldowns and activations where all that something brought is taken back, though not all of its event (S13).

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::{Effect, LimitId, Program, Rule, RuleId, Trigger};

use super::fact::{Fact, UseKey};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::left::view_of_left;
use super::outcome::Cause;

/// Something that brought awards or gifts for an event, or for a line of it.
pub type Firing = (Cause, Option<u32>);

/// What has brought something for an event of which nothing is left.
pub fn undone(fact: &Fact) -> BTreeSet<Firing> {
    let awards = fact.awards.iter().map(|award| ((award.cause, award.line), award.taken >= award.granted));
    let donations = fact.donations.iter().map(|gift| ((gift.cause, gift.line), gift.taken >= gift.amount));
    let mut all: BTreeMap<Firing, bool> = BTreeMap::new();
    for (firing, gone) in awards.chain(donations) {
        *all.entry(firing).or_insert(true) &= gone;
    }
    all.into_iter().filter(|(_, gone)| *gone).map(|(firing, _)| firing).collect()
}

/// What has brought awards or gifts to causes for an event of which not all was taken back.
fn lasting(fact: &Fact) -> BTreeSet<Firing> {
    let awards = fact.awards.iter().filter(|award| award.taken < award.granted).map(|award| (award.cause, award.line));
    let donations = fact.donations.iter().filter(|gift| gift.taken < gift.amount);
    awards.chain(donations.map(|gift| (gift.cause, gift.line))).collect()
}

/// The names of what something may have used activations of.
pub fn activated_by(program: &Program, cause: Cause) -> Vec<&str> {
    match cause {
        Cause::Earn(id) => {
            let earn = program.earns.at(id);
            let boosts = earn.boosts.iter().map(|boost| &*program.boosts.at(*boost).name);
            std::iter::once(&*earn.name).chain(boosts).collect()
        }
        Cause::Rule(id) => vec![&*program.rules.at(id).name],
        _ => Vec::new(),
    }
}

/// Whether all that a rule does is taken back with its awards and gifts.
fn gives_only(rule: &Rule) -> bool {
    let given = |effect: &Effect| {
        matches!(effect, Effect::Give(..) | Effect::GiveTo(..) | Effect::Donate(..) | Effect::Message(..))
    };
    matches!(rule.trigger, Trigger::Event(..)) && rule.effects.iter().all(|(_, effect)| given(effect))
}

impl Fold<'_> {
    /// Takes back the gifts of an event that is gone, and the turns of what lasts no longer. Returns what has brought something that lasts.
    pub fn end_gifts(&mut self, fact: &mut Fact) -> Result<BTreeSet<Firing>, Fault> {
        let mut lasting = lasting(fact);
        for gift in &fact.gifts {
            if self.cancel_gift(*gift)? {
                let tied = fact.tied.iter().filter(|tied| tied.gift == *gift);
                lasting.extend(tied.map(|tied| (tied.cause, tied.line)));
            }
        }
        let mut used = Vec::new();
        for (cause, line) in &lasting {
            if let Cause::Rule(id) = *cause {
                used.extend(self.turn_keys(id, *line, fact)?);
            }
        }
        let mut turns = std::mem::take(&mut fact.turns);
        // A turn of what lasts is used for good.
        for key in used {
            if let Some((.., times)) = turns.iter_mut().find(|(used, _, times)| *used == key && *times > 0) {
                *times = 0;
            }
        }
        self.unclaim(&mut turns, 0, 0, 0)?;
        fact.turns = turns;
        Ok(lasting)
    }

    /// Gives turns and activations back to what has lost all that it brought by now, and not `before`. Returns what has not given anything for
    /// the event any more, as cooldowns see it.
    pub fn give_turns_back(&mut self, fact: &mut Fact, before: &BTreeSet<Firing>) -> Result<Vec<Cause>, Fault> {
        let now = undone(fact);
        let mut causes = BTreeSet::new();
        for (cause, line) in now.difference(before) {
            match *cause {
                Cause::Rule(id) if gives_only(self.program.rules.at(id)) => self.turn_back(id, *line, fact)?,
                Cause::Earn(_) => {}
                _ => continue,
            }
            causes.insert(*cause);
        }
        let lasts = |cause: Cause| {
            let brought = fact.awards.iter().map(|award| (award.cause, award.line));
            let mut brought = brought.chain(fact.donations.iter().map(|gift| (gift.cause, gift.line)));
            brought.any(|firing| firing.0 == cause && !now.contains(&firing))
        };
        causes.retain(|cause| !lasts(*cause));
        for cause in &causes {
            let name = match *cause {
                Cause::Earn(id) => &self.program.earns.at(id).name,
                Cause::Rule(id) => &self.program.rules.at(id).name,
                _ => continue,
            };
            for (used, since) in fact.used_up.iter().filter(|(used, _)| used == name) {
                self.state.activations.entry(used.clone()).or_insert(*since);
            }
            fact.used_up.retain(|(used, _)| used != name);
        }
        let gave: Vec<Cause> = causes.into_iter().filter(|cause| fact.gave.contains(cause)).collect();
        fact.gave.retain(|cause| !gave.contains(cause));
        Ok(gave)
    }

    /// Gives the turn back that a rule took of each of its limits, for an event or a line of it.
    fn turn_back(&mut self, id: RuleId, line: Option<u32>, fact: &mut Fact) -> Result<(), Fault> {
        for key in self.turn_keys(id, line, fact)? {
            let used = fact.turns.iter_mut().find(|(used, _, times)| *used == key && *times > 0);
            if let Some(used) = used {
                self.unclaim(std::slice::from_mut(used), 0, 0, 0)?;
            }
        }
        Ok(())
    }

    /// Of which limits a rule takes a turn, for an event or a line of it.
    fn turn_keys(&self, id: RuleId, line: Option<u32>, fact: &Fact) -> Result<Vec<UseKey>, Fault> {
        let (rule, list) = (self.program.rules.at(id), self.lines_of(Cause::Rule(id)));
        let at = self.moment(fact.event.time);
        let view: View<'_> = view_of_left(list, line, &[], &fact.event.fields, at).unwrap_or_default();
        let limits = rule.limits.iter().filter(|limit| self.program.limits.at(**limit).is_times());
        let per = |limit: &LimitId| -> Result<Vec<_>, Fault> {
            let per = self.program.limits.at(*limit).per.iter();
            per.map(|field| self.judge.value(field, &self.cx(view))).collect()
        };
        limits.map(|limit| Ok(UseKey { limit: *limit, per: per(limit)? })).collect()
    }
}
