//! Members that bring friends: what a friend does brings both something, and goes back with it.

use std::cell::RefCell;
use std::sync::Arc;

use crate::hir::{FieldId, Referral, RuleId};
use crate::value::Value;

use super::fact::Sent;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::mail::Content;
use super::outcome::{Cause, What};

impl Fold<'_> {
    /// Referrals that wait for the event at hand.
    pub fn referrals(&mut self) -> Result<(), Fault> {
        let Some(event) = self.event.clone() else { return Ok(()) };
        for (_, referral) in self.program.referrals.pairs().filter(|(_, referral)| referral.event == event.kind) {
            if let Some(Value::Text(referrer)) = self.state.attributes.get(referral.by)
                // After a merge, somebody may turn out to have referred themselves.
                && let Some(referrer) = self.pots.reach(referrer).filter(|referrer| *referrer != self.state.member)
                && !self.referred(referral.friend)
                && self.soon_enough(referral)?
            {
                self.refer(referral, referrer)?;
            }
        }
        Ok(())
    }

    /// Whether this referral has been fulfilled and still is.
    fn referred(&self, rule: RuleId) -> bool {
        self.state.facts.iter().any(|fact| !fact.gone && fact.sent.iter().any(|sent| sent.rule == Some(rule)))
    }

    fn soon_enough(&self, referral: &Referral) -> Result<bool, Fault> {
        let (Some(within), Some(joined)) = (referral.within, self.state.joined) else { return Ok(true) };
        Ok(self.at.now < self.end_after(joined, within, None)?)
    }

    fn refer(&mut self, referral: &Referral, referrer: Arc<str>) -> Result<(), Fault> {
        let cause = Cause::Rule(referral.friend);
        let seen = RefCell::new(Vec::new());
        let gates = &self.program.rules.at(referral.friend).gates;
        if !self.open(cause, gates, View { seen: Some(&seen), ..View::default() })? {
            return Ok(());
        }
        if !self.fire(referral.friend, View::default())? {
            return Ok(());
        }
        if let Some(rule) = referral.referrer {
            let id = self.send(referrer.clone(), Content::Referral(rule, referral.name.clone()));
            let sent = Sent {
                to: referrer,
                id,
                counted: false,
                rule: Some(referral.friend),
                line: None,
                seen: seen.into_inner(),
            };
            if let Some(fact) = self.own_fact() {
                fact.sent.push(sent);
            }
        }
        Ok(())
    }

    /// Whether a member may name another as the one who referred them: somebody else, who is a member already. Says so if not.
    pub fn may_name(&mut self, attribute: FieldId, value: &Value) -> bool {
        let Some(referral) = self.program.referrals.iter().find(|referral| referral.by == attribute) else {
            return true;
        };
        let cause = Cause::Rule(referral.friend);
        let reason = match value {
            Value::Text(name) => match self.pots.reach(name) {
                _ if *name == self.state.member => "nobody can refer themselves".to_owned(),
                Some(referrer) if referrer == self.state.member => "nobody can refer themselves".to_owned(),
                None => format!("`{name}` is not a member"),
                Some(_) => return true,
            },
            _ => return true,
        };
        self.emit(cause, What::Unreached(reason));
        false
    }
}
