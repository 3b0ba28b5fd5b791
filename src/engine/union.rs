//! Merge and unmerge: two members are one, or two again (S43). Their logs are united, or parted, and folded anew; what that changes is
//! posted as corrections.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::hir::EventKind;

use super::driver::Engine;
use super::event::Event;
use super::group::{Group, differences};
use super::naming::{Aliases, known_as};
use super::outcome::Outcome;
use super::world::World;

/// What merges and unmerges in their order lead to.
pub fn aliases(engine: &Engine, unions: &[Arc<Event>]) -> Aliases {
    let mut aliases = Aliases::new();
    for event in unions {
        let Some(other) = other(engine, event) else { continue };
        match kind(engine, event) {
            // Who is one already cannot become one the other way round.
            EventKind::Merge if known_as(&aliases, &other) == known_as(&aliases, event.owner()) => {}
            EventKind::Merge => drop(aliases.insert(other, event.owner().clone())),
            _ => drop(aliases.remove(&other)),
        }
    }
    aliases
}

/// Whether an event unites or parts members.
pub fn unites(engine: &Engine, event: &Event) -> bool {
    matches!(kind(engine, event), EventKind::Merge | EventKind::Unmerge)
}

fn kind(engine: &Engine, event: &Event) -> EventKind {
    let version = engine.version(engine.version_at(event.time));
    let def = version.and_then(|version| version.program.events.get(event.kind));
    def.map_or(EventKind::Declared, |def| def.kind)
}

/// The member that a merge or unmerge speaks of.
pub fn other(engine: &Engine, event: &Event) -> Option<Arc<str>> {
    let version = engine.version(engine.version_at(event.time))?;
    let def = version.program.events.get(event.kind)?;
    let field = def.fields.find(|field| &*field.name == "other")?;
    match event.fields.get(field.0 as usize) {
        Some(crate::value::Value::Text(other)) => Some(other.clone()),
        _ => None,
    }
}

impl World {
    /// Why a merge or unmerge cannot be done; `None` where it can.
    pub(super) fn cannot_unite(&self, event: &Event) -> Option<String> {
        let other = other(&self.engine, event)?;
        if other == *event.owner() {
            return Some("a member cannot be merged with itself".into());
        }
        let (first, second) = (known_as(&self.aliases, event.owner()), known_as(&self.aliases, &other));
        let closed = [&first, &second]
            .into_iter()
            .any(|member| self.groups.get(&self.group_of(member)).is_some_and(|group| !group.is_open(member)));
        closed.then(|| {
            "the history of one of these members is closed by `late accept within …`: it cannot be judged again".into()
        })
    }

    /// Unites and parts members as the merges that came say, and tells what changes.
    pub(super) fn unite(&mut self, new: Vec<Arc<Event>>, out: &mut Vec<Outcome>) {
        let Some(late) = new.first().map(|event| event.id.clone()) else { return };
        let fresh: BTreeSet<Arc<str>> = new.iter().map(|event| event.id.clone()).collect();
        self.unions.extend(new.iter().cloned());
        self.unions.sort_by(|a, b| a.order(b));
        let aliases = Arc::new(aliases(&self.engine, &self.unions));
        let moved = self.moved(&aliases);
        let concerned = self.concerned(&aliases, &moved, &new);
        let naming = self.naming(&aliases, &moved, &concerned);
        let (mut before, mut events, mut clock) = (Vec::new(), new, None);
        for key in &concerned {
            let Some(group) = self.groups.remove(key) else { continue };
            let told = group.told(&self.engine, self.together);
            before.extend(told);
            clock = clock.max(group.clock());
            events.extend(group.log().iter().cloned());
        }
        self.aliases = aliases;
        let mut logs: BTreeMap<Arc<str>, Vec<Arc<Event>>> = BTreeMap::new();
        for event in events {
            let event = self.as_known(event);
            self.seen.insert(event.id.clone(), event.clone());
            let newest = self.newest.entry(event.member.clone()).or_insert(event.time);
            *newest = (*newest).max(event.time);
            logs.entry(self.group_of(&event.member)).or_default().push(event);
        }
        let mut after = Vec::new();
        for (key, mut log) in logs {
            log.sort_by(|a, b| a.order(b));
            let group = Group::of_log(&self.engine, log, &self.aliases, clock, self.together, &mut after);
            self.groups.insert(key, Box::new(group));
        }
        for key in naming {
            if let Some(mut group) = self.groups.remove(&key) {
                before.extend(group.told(&self.engine, self.together));
                group.know(&self.aliases);
                group.judge_again(&self.engine, self.together, &mut after);
                self.groups.insert(key, group);
            }
        }
        before.sort_by_key(|outcome| outcome.time);
        after.sort_by_key(|outcome| outcome.time);
        out.extend(differences(before, after, &fresh, &late));
    }

    /// Names that become another's.
    fn moved(&self, aliases: &Aliases) -> BTreeSet<Arc<str>> {
        let names = self.aliases.keys().chain(aliases.keys());
        names.filter(|name| known_as(&self.aliases, name) != known_as(aliases, name)).cloned().collect()
    }

    /// Groups whose members become others, and those that they go to.
    fn concerned(&self, aliases: &Aliases, moved: &BTreeSet<Arc<str>>, new: &[Arc<Event>]) -> BTreeSet<Arc<str>> {
        let both = moved.iter().flat_map(|member| [known_as(&self.aliases, member), known_as(aliases, member)]);
        let owners = new.iter().map(|event| known_as(aliases, event.owner()));
        both.chain(owners).map(|member| self.group_of(&member)).collect()
    }

    /// Other groups, whose members name those in fields of their events.
    fn naming(
        &self,
        aliases: &Aliases,
        moved: &BTreeSet<Arc<str>>,
        concerned: &BTreeSet<Arc<str>>,
    ) -> BTreeSet<Arc<str>> {
        let owners = moved.iter().flat_map(|name| self.naming.of(name));
        let keys = owners.map(|owner| self.group_of(&known_as(aliases, owner)));
        keys.filter(|key| !concerned.contains(key)).collect()
    }

    /// An event under the name that its member is known by.
    pub(super) fn as_known(&self, event: Arc<Event>) -> Arc<Event> {
        let member = known_as(&self.aliases, event.owner());
        if member == event.member {
            return event;
        }
        let owner = event.owner().clone();
        let sent_by = (member != owner).then_some(owner);
        Arc::new(Event { member, sent_by, ..(*event).clone() })
    }
}
