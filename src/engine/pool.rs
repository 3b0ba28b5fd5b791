//! Groups of members that collect and spend together. A group has an account of its own, which is a member like others, and is written
//! to by mail.

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::hir::{PoolId, UnitId};
use crate::value::Exact;

use super::event::Event;
use super::fault::Fault;
use super::fold::Fold;
use super::mail::Content;
use super::redeem::Answer;
use super::words;

/// The groups of one pool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// The group of each member.
    pub of: OrdMap<Arc<str>, Arc<str>>,
    /// Members by group, in the order in which they came.
    pub members: OrdMap<Arc<str>, Vec<Arc<str>>>,
}

/// The member that is the account of a group.
pub fn account(pool: &str, group: &str) -> Arc<str> {
    format!("{pool}_{group}").into()
}

impl Fold<'_> {
    /// Whether the member is the account of a group.
    fn is_group(&self) -> bool {
        self.program.pools.pairs().any(|(id, pool)| {
            let rest = self.state.member.strip_prefix(&*pool.name).and_then(|rest| rest.strip_prefix('_'));
            let groups = self.pots.groups.get(&id);
            rest.zip(groups).is_some_and(|(group, groups)| groups.members.contains_key(group))
        })
    }

    /// The account of a group joins with the first letter that it gets: from then on the clock runs for it as for others.
    pub fn found(&mut self) {
        if self.state.joined.is_none() && self.is_group() {
            self.join();
        }
    }

    fn pool_named(&self) -> Result<Result<PoolId, String>, Fault> {
        let pools = &self.program.pools;
        Ok(match self.text("pool") {
            Some(name) => match pools.find(|pool| pool.name == name) {
                Some(id) => Ok(id),
                None => return Err(words::unknown(&name, "a pool", pools.iter().map(|pool| &*pool.name))),
            },
            None => match pools.ids().next() {
                Some(id) if pools.len() == 1 => Ok(id),
                _ => Err("the event does not say which pool".into()),
            },
        })
    }

    /// Judges an `enroll` event.
    pub fn enroll(&mut self) -> Result<Answer, Fault> {
        let id = match self.pool_named()? {
            Ok(id) => id,
            Err(reason) => return Ok(Err(reason)),
        };
        let pool = self.program.pools.at(id);
        let group = self.text("group").unwrap_or_default();
        let member = self.state.member.clone();
        let groups = self.pots.groups.entry(id).or_default();
        if let Some(other) = groups.of.get(&member) {
            return Ok(Err(format!("the member is in the {} `{other}` already", pool.name)));
        }
        let members = groups.members.entry(group.clone()).or_default();
        if pool.most.is_some_and(|most| members.len() as u64 >= most) {
            return Ok(Err(format!("the {} `{group}` is full", pool.name)));
        }
        members.push(member.clone());
        groups.of.insert(member, group);
        Ok(Ok(()))
    }

    /// Judges a `withdraw` event. What the group has stays with the group.
    pub fn withdraw(&mut self) -> Result<Answer, Fault> {
        let id = match self.pool_named()? {
            Ok(id) => id,
            Err(reason) => return Ok(Err(reason)),
        };
        if self.leave_group(id) { Ok(Ok(())) } else { Ok(Err("the member is in no group".into())) }
    }

    /// Takes the member out of all groups.
    pub fn leave_groups(&mut self) {
        for id in self.program.pools.ids() {
            self.leave_group(id);
        }
    }

    fn leave_group(&mut self, id: PoolId) -> bool {
        let Some(groups) = self.pots.groups.get_mut(&id) else { return false };
        let Some(group) = groups.of.remove(&self.state.member) else { return false };
        if let Some(members) = groups.members.get_mut(&group) {
            members.retain(|member| *member != self.state.member);
        }
        true
    }

    /// The account that a part of an award goes to, and that part, in steps.
    pub fn collected(&self, unit: UnitId, amount: i64) -> Result<Option<(Arc<str>, i64)>, Fault> {
        for (id, pool) in self.program.pools.pairs() {
            let group = self.pots.groups.get(&id).and_then(|groups| groups.of.get(&self.state.member));
            let share = pool.collects.iter().find(|(of, _)| *of == unit).map(|(_, share)| *share);
            if let (Some(group), Some(share)) = (group, share) {
                let part = share.mul(Exact::from(amount))?.floor().to_i64();
                let part = part.ok_or(crate::value::ArithmeticError::Overflow)?;
                return Ok((part > 0).then(|| (account(&pool.name, group), part)));
            }
        }
        Ok(None)
    }

    /// Asks the account of the member's group for what the member wants to redeem.
    pub fn redeem_together(&mut self, pool: &str) -> Result<Answer, Fault> {
        let Some(id) = self.program.pools.find(|other| *other.name == *pool) else {
            return Err(words::unknown(pool, "a pool", self.program.pools.iter().map(|pool| &*pool.name)));
        };
        let member = &self.state.member;
        let Some(groups) = self.pots.groups.get(&id) else { return Ok(Err("the member is in no group".into())) };
        let Some(group) = groups.of.get(member) else { return Ok(Err("the member is in no group".into())) };
        let founder = groups.members.get(group).and_then(|members| members.first());
        if self.program.pools.at(id).founder_spends && founder != Some(member) {
            return Ok(Err(format!("only who founded the {pool} `{group}` may spend what it has")));
        }
        let account = account(pool, group);
        let Some(event) = self.event.clone() else { return Ok(Ok(())) };
        let kept = self.program.events.at(event.kind).fields.iter().zip(event.fields.iter());
        let fields = kept.map(
            |(field, value)| {
                if &*field.name == "pool" { crate::value::Value::Missing } else { value.clone() }
            },
        );
        let request = Event { fields: fields.collect(), member: account.clone(), ..(*event).clone() };
        let id = self.send(account.clone(), Content::Request(request));
        self.keep_sent(super::fact::Sent { to: account, id, counted: false, rule: None, line: None, seen: Vec::new() });
        Ok(Ok(()))
    }
}
