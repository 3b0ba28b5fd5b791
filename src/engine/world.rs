//! Many members: arrivals, duplicates, late events, and one clock.

use std::borrow::Cow;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::value::Instant;

use super::driver::Engine;
use super::erase::{self, Erased};
use super::event::Event;
use super::group::{Explained, Group, Sink};
use super::job::{Batch, Job, Work, turn};
use super::migrate;
use super::naming::{Aliases, Naming, known_as};
use super::outline::Outline;
use super::pots::Pots;
use super::purse::Purse;
use super::shards::Shards;
use super::state::State;
use super::union::{aliases, unites};

/// What became of an event on arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// It is judged.
    Accepted,
    /// The same event was there before: no effect (S1).
    Duplicate,
    /// It is refused with this reason, in plain words.
    Refused(String),
}

impl Arrival {
    /// It is refused for its age.
    pub fn too_old() -> Self {
        let reason =
            "the event is older than the program accepts late events: see `late accept within …` in the program block";
        Self::Refused(reason.into())
    }
}

/// All members of a program.
pub struct World {
    pub(super) engine: Engine,
    /// Whether members share pots, so that all are one group.
    pub(super) together: bool,
    pub(super) groups: Shards,
    pub(super) seen: FxHashMap<Arc<str>, Arc<Event>>,
    /// Events that were let go in this run, by hashes with a secret: what they are called, and what they said (S1).
    past: FxHashMap<u64, u64>,
    secret: foldhash::quality::RandomState,
    pub(super) newest: FxHashMap<Arc<str>, Instant>,
    /// Merges and unmerges in order.
    pub(super) unions: Vec<Arc<Event>>,
    /// What they lead to.
    pub(super) aliases: Arc<Aliases>,
    /// Who names whom, where each member is judged alone.
    pub(super) naming: Naming,
    /// Those that wait for the events which came with them.
    uniting: Vec<Arc<Event>>,
    /// Who was erased before what was stored: what their events have told is no longer known.
    erased: Erased,
    clock: Option<Instant>,
    /// Up to when the clocks of all members have moved.
    pub(super) moved: Option<Instant>,
    /// How many events were numbered.
    sequence: u64,
    /// Up to when another program has judged: nothing can come before that.
    adopted: Option<Instant>,
    /// Whether events are kept although nothing can come before them.
    keeping: bool,
}

/// What a world must keep to go on later.
#[derive(Debug, Serialize)]
pub struct Stored<'w> {
    /// The newest moment.
    pub clock: Option<Instant>,
    /// How many events were numbered.
    pub sequence: u64,
    /// The newest event of each member.
    pub newest: Vec<(Arc<str>, Instant)>,
    /// Up to when another text of the program has judged.
    pub adopted: Option<Instant>,
    /// Merges and unmerges in order: they say who is who long after they can no longer be judged again.
    pub unions: &'w [Arc<Event>],
    /// Groups by key.
    pub groups: Vec<(&'w Arc<str>, Cow<'w, Group>)>,
}

impl World {
    /// An empty world.
    pub fn new(engine: Engine) -> Self {
        let together = engine.versions().iter().any(|version| Pots::shared(&version.program));
        Self {
            naming: Naming::new(&engine),
            engine,
            together,
            groups: Shards::default(),
            seen: FxHashMap::default(),
            past: FxHashMap::default(),
            secret: foldhash::quality::RandomState::default(),
            newest: FxHashMap::default(),
            unions: Vec::new(),
            aliases: Arc::default(),
            uniting: Vec::new(),
            erased: Erased::new(),
            clock: None,
            moved: None,
            sequence: 0,
            adopted: None,
            keeping: false,
        }
    }

    /// Lets no event go, however old, so that each can be explained.
    #[must_use]
    pub fn keeping_all(mut self) -> Self {
        self.keeping = true;
        self
    }

    /// Whether each member can be judged without the others.
    pub fn alone(&self) -> bool {
        !self.together
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The newest moment that any event or the caller has named.
    pub fn clock(&self) -> Option<Instant> {
        self.clock
    }

    pub(super) fn group_of(&self, member: &Arc<str>) -> Arc<str> {
        if self.together { "".into() } else { member.clone() }
    }

    /// Takes events in any order and judges them in theirs (S2). Returns what became of each, in the order given. Outcomes come in order of
    /// time, those of one moment in order of members.
    pub fn submit(&mut self, events: Vec<Event>, sink: Sink<'_>) -> Vec<Arrival> {
        let (arrivals, jobs) = self.prepare(events);
        let done = jobs.into_iter().map(Job::run).collect();
        self.finish(done, sink);
        arrivals
    }

    /// The first half of [`World::submit`]: jobs that do not depend on each other, to be run in any order, on any threads, and handed to
    /// [`World::finish`] before anything else is asked of this world.
    pub fn prepare(&mut self, events: Vec<Event>) -> (Vec<Arrival>, Vec<Job>) {
        let mut arrivals = Vec::with_capacity(events.len());
        let mut batches: FxHashMap<Arc<str>, Vec<Arc<Event>>> = FxHashMap::default();
        for event in events {
            let event = match self.engine.fit(event) {
                Ok(event) => self.as_known(Arc::new(self.named(event))),
                Err(reason) => {
                    arrivals.push(Arrival::Refused(reason));
                    continue;
                }
            };
            let arrival = self.arrive(&event);
            if arrival == Arrival::Accepted {
                self.seen.insert(event.id.clone(), event.clone());
                self.clock = Some(self.clock.map_or(event.time, |clock| clock.max(event.time)));
                if unites(&self.engine, &event) {
                    self.uniting.push(event);
                } else {
                    if !self.together {
                        self.naming.note(&self.engine, &event);
                    }
                    batches.entry(self.group_of(&event.member)).or_default().push(event);
                }
            }
            arrivals.push(arrival);
        }
        let mut work: Vec<Vec<Batch>> = self.groups.places().map(|_| Vec::new()).collect();
        for (key, mut events) in batches {
            events.sort_by(|a, b| a.order(b));
            // A group of many could be sealed only behind the slowest member: it keeps everything.
            let seal = if self.together || self.keeping {
                None
            } else {
                self.newest.get(&key).and_then(|newest| horizon(&self.engine, *newest))
            };
            if let Some(work) = work.get_mut(self.groups.place(&key)) {
                work.push(Batch { key, events, seal });
            }
        }
        let work = work.into_iter().enumerate().filter(|(_, batches)| !batches.is_empty());
        let jobs = work.map(|(place, batches)| self.job(place, Work::Judge(batches))).collect();
        (arrivals, jobs)
    }

    fn job(&mut self, place: usize, work: Work) -> Job {
        Job {
            engine: self.engine.clone(),
            together: self.together,
            aliases: self.aliases.clone(),
            work,
            place,
            shard: self.groups.lend(place),
            out: Vec::new(),
            let_go: Vec::new(),
        }
    }

    /// An event whose member has the one name that is kept of each.
    fn named(&self, event: Event) -> Event {
        match self.newest.get_key_value(&event.member) {
            Some((known, _)) => Event { member: known.clone(), ..event },
            None => event,
        }
    }

    /// The second half: takes groups back and hands out what happened.
    pub fn finish(&mut self, done: Vec<Job>, sink: Sink<'_>) {
        let mut told = Vec::with_capacity(done.len());
        for job in done {
            for id in &job.let_go {
                let Some(event) = self.seen.remove(id) else { continue };
                let untold = erase::told_before(&self.engine, &self.erased, &event);
                let content = if untold { self.content_but_fields(&event) } else { self.content(&event) };
                self.past.insert(self.secret.hash_one(id), content);
            }
            self.groups.put_back(job.place, job.shard);
            told.push(job.out.into_iter());
        }
        let together = self.together;
        let mut next = std::iter::from_fn(|| {
            let first = told.iter().enumerate().filter_map(|(job, told)| Some((told.as_slice().first()?, job)));
            let (_, job) = first.min_by(|(a, _), (b, _)| turn(together, a, b))?;
            told.get_mut(job)?.next()
        });
        let uniting = std::mem::take(&mut self.uniting);
        if uniting.is_empty() {
            return next.for_each(sink);
        }
        let mut out = next.by_ref().collect();
        self.unite(uniting, &mut out);
        out.into_iter().for_each(sink);
    }

    /// What an event says, as a hash: equal for those that say the same.
    fn content(&self, event: &Event) -> u64 {
        self.secret.hash_one((event.owner(), event.kind, event.time, &event.fields))
    }

    /// The same for an event whose fields are no longer known.
    fn content_but_fields(&self, event: &Event) -> u64 {
        self.secret.hash_one((event.owner(), event.kind, event.time))
    }

    fn arrive(&mut self, event: &Event) -> Arrival {
        if let Some(known) = self.seen.get(&event.id) {
            if known.same_content(event)
                || erase::told_before(&self.engine, &self.erased, known) && known.same_but_fields(event)
            {
                return Arrival::Duplicate;
            }
            return used_before(event);
        }
        if let Some(content) = self.past.get(&self.secret.hash_one(&event.id)) {
            let same = *content == self.content(event) || *content == self.content_but_fields(event);
            return if same { Arrival::Duplicate } else { used_before(event) };
        }
        if self.adopted.is_some_and(|adopted| event.time < adopted) {
            return Arrival::Refused(
                "the event is older than the change to this program, and the old one is no longer at hand".into(),
            );
        }
        if unites(&self.engine, event)
            && let Some(reason) = self.cannot_unite(event)
        {
            return Arrival::Refused(reason);
        }
        match self.newest.get_mut(&event.member) {
            Some(newest) => {
                if horizon(&self.engine, *newest).is_some_and(|horizon| event.time < horizon) {
                    return Arrival::too_old();
                }
                *newest = event.time.max(*newest);
            }
            None => drop(self.newest.insert(event.member.clone(), event.time)),
        }
        Arrival::Accepted
    }

    /// Moves the clock of all members: to a moment, or to the newest event where none is given.
    pub fn advance(&mut self, to: Option<Instant>, sink: Sink<'_>) {
        for stage in self.stages(to) {
            let done = self.prepare_advance(Some(stage)).into_iter().map(Job::run).collect();
            self.finish(done, sink);
        }
    }

    /// The first half of one of the [`World::stages`] in which the clock is moved, as [`World::prepare`]; of all of them where none is given.
    pub fn prepare_advance(&mut self, stage: Option<Instant>) -> Vec<Job> {
        let Some(to) = stage.or(self.clock) else { return Vec::new() };
        self.clock = self.clock.max(Some(to));
        self.moved = self.moved.max(Some(to));
        self.groups.places().map(|place| self.job(place, Work::Advance(to))).collect()
    }

    /// All members in the order of their identifiers.
    pub fn members(&self) -> Vec<&State> {
        let states = self.groups.iter().flat_map(|(_, group)| group.now.members.values());
        let mut members: Vec<&State> = states.map(|state| &**state).collect();
        // Whoever was never granted anything, not even to join, is no member; the account of a group joins nothing and has its share.
        members.retain(|state| state.joined.is_some() || state.units.iter().any(|purse| *purse != Purse::default()));
        members.sort_by(|a, b| a.member.cmp(&b.member));
        members
    }

    /// One member.
    pub fn member(&self, id: &str) -> Option<&State> {
        let id = known_as(&self.aliases, &id.into());
        self.groups.get(&self.group_of(&id))?.now.members.get(&id).map(|state| &**state)
    }

    /// What a member shares with others, in terms of the newest version.
    pub fn pots(&self, member: &str) -> Pots {
        let group = self.groups.get(&self.group_of(&known_as(&self.aliases, &member.into())));
        let mut pots = group.map(|group| group.now.pots.clone()).unwrap_or_default();
        self.engine.bring_pots(&mut pots, u32::MAX);
        pots
    }

    /// Judges an event once more, with every step explained; `None` where it is not known (any more).
    pub fn explain(&self, event: &str) -> Option<Explained> {
        let known = self.seen.get(event)?;
        self.groups.get(&self.group_of(&known.member))?.explain(&self.engine, event, self.together)
    }

    /// Everything that must be kept to go on later.
    pub fn stored(&self) -> Stored<'_> {
        let mut groups: Vec<_> =
            self.groups.iter().map(|(key, group)| (key, erase::stored(&self.engine, group))).collect();
        groups.sort_by_key(|(key, _)| (*key).clone());
        let mut newest: Vec<_> = self.newest.iter().map(|(member, at)| (member.clone(), *at)).collect();
        newest.sort();
        let Self { clock, sequence, adopted, unions, .. } = self;
        Stored { clock: *clock, sequence: *sequence, newest, adopted: *adopted, unions, groups }
    }

    /// A world that goes on from what was stored by the same program.
    pub fn resume(
        engine: Engine,
        clock: Option<Instant>,
        sequence: u64,
        newest: Vec<(Arc<str>, Instant)>,
        adopted: Option<Instant>,
        unions: Vec<Arc<Event>>,
        groups: Vec<(Arc<str>, Group)>,
    ) -> Self {
        let mut world = Self::new(engine);
        world.groups = groups.into_iter().collect();
        world.seen = known(&world.groups);
        world.erased = erase::erased(&world.engine, world.seen.values());
        world.unions = all_unions(&world, unions);
        world.aliases = Arc::new(aliases(&world.engine, &world.unions));
        world.groups.values_mut().for_each(|group| group.know(&world.aliases));
        if !world.together {
            world.seen.values().for_each(|event| world.naming.note(&world.engine, event));
        }
        world.newest = newest.into_iter().collect();
        world.clock = clock;
        world.moved = clock;
        world.sequence = sequence;
        world.adopted = adopted;
        world
    }

    /// Carries members of another program, whose names are given by version, to the version of this one that is in force at the clock.
    /// The error names what members hold and this program has no place for (S41).
    pub fn adopt(&mut self, old: &[Outline]) -> Result<(), Vec<String>> {
        let position = self.engine.version_at(self.clock.unwrap_or(Instant::FIRST));
        let Some(version) = self.engine.version(position).cloned() else { return Ok(()) };
        let outline = |state: &State| old.get(state.version as usize);
        let states = || self.groups.iter().flat_map(|(_, group)| group.now.members.values());
        let lost: std::collections::BTreeSet<String> = states()
            .filter_map(|state| Some(migrate::lost(state, outline(state)?, &version.program)))
            .flatten()
            .collect();
        if !lost.is_empty() {
            return Err(lost.into_iter().collect());
        }
        let engine = self.engine.clone();
        for group in self.groups.values_mut() {
            let carry = |state: &State| {
                outline(state).map_or_else(|| state.clone(), |old| migrate::migrate(state, old, &version, position))
            };
            let recast = |event: &Event| {
                let was = old.iter().rev().find(|outline| outline.from <= event.time).or(old.first())?;
                let now = engine.version(engine.version_at(event.time))?;
                migrate::recast(event.clone(), was, &now.program)
            };
            let refill = |pots: &Pots| {
                let was = old.get(pots.version as usize);
                was.map_or_else(|| pots.clone(), |was| migrate::migrate_pots(pots, was, &version, position))
            };
            group.carry(carry, refill, recast);
            if self.together {
                group.reschedule(&engine);
            }
        }
        self.adopted = self.clock;
        self.seen = known(&self.groups);
        Ok(())
    }

    /// How many records were counted by all runs: rows are numbered on from there.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Counts records of a run.
    pub fn count(&mut self, records: u64) {
        self.sequence += records;
    }
}

fn used_before(event: &Event) -> Arrival {
    Arrival::Refused(format!("the id `{}` was used before with other content: nothing was changed", event.id))
}

/// All events that groups recognise, by identity.
fn known(groups: &Shards) -> FxHashMap<Arc<str>, Arc<Event>> {
    groups.iter().flat_map(|(_, group)| group.known()).map(|event| (event.id.clone(), event.clone())).collect()
}

/// Merges and unmerges that were stored, and those among the events that groups recognise, in order.
fn all_unions(world: &World, stored: Vec<Arc<Event>>) -> Vec<Arc<Event>> {
    let mut found = stored;
    found.extend(world.seen.values().filter(|event| unites(&world.engine, event)).cloned());
    found.sort_by(|a, b| a.order(b));
    found.dedup_by(|a, b| a.id == b.id);
    found
}

/// The oldest moment at which an event of a member is still accepted; `None` where every late event is.
fn horizon(engine: &Engine, newest: Instant) -> Option<Instant> {
    let version = engine.version(engine.version_at(newest))?;
    let late = version.program.settings.late?;
    late.before(newest, &version.calendar.zone)
}
