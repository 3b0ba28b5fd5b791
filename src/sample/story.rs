//! What happens to members in the course of time.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::Id as _;
use crate::compile::compile;
use crate::engine::{Event, OfferChange, Outcome, What, World};
use crate::hir::{ChallengeStage, EventDef, EventId, EventKind, FieldType, Pending, Program};
use crate::value::{Day, Exact, Instant, TimeOfDay, Value};

use super::Wanted;
use super::clues::Clues;
use super::dice::Dice;
use super::fields::{Maker, Setting};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// What somebody is going to do.
enum Plan {
    Join,
    /// Whatever comes to mind.
    Come,
    /// Something of this type.
    Do(EventId),
    Leave,
    /// Takes an earlier event back, by an event of this type.
    Reverse(EventId, Arc<Event>),
    /// Brings an earlier event to its end: a delivery.
    Release(EventId, Arc<Event>),
    /// A request of the member's own, with its fields.
    Ask(EventKind, Vec<(&'static str, Value)>),
}

pub(super) struct Story<'p> {
    program: &'p Arc<Program>,
    world: World,
    make: Maker<'p>,
    /// What is going to happen, by time.
    agenda: BTreeMap<(Instant, u64), (Arc<str>, Plan)>,
    planned: u64,
    /// Up to when it has been told: what follows from what the clock brought meanwhile comes after.
    now: Instant,
    end: Instant,
    /// Who has joined.
    joined: Vec<Arc<str>>,
    /// Types of events that outsiders send, as often as they are to come.
    usual: Vec<EventId>,
    told: Vec<Event>,
}

impl<'p> Story<'p> {
    /// A story of which nothing has been told; `None` where its time is beyond the calendar.
    pub fn new(versions: &[Arc<Program>], program: &'p Arc<Program>, wanted: &Wanted) -> Option<Self> {
        let clues = Clues::of(program);
        let zone = &program.settings.zone;
        let usual = Day::from_ymd(2026, 1, 1)?;
        let from = wanted.from.or_else(|| clues.first_year().max(program.settings.effective_from)).unwrap_or(usual);
        let end = zone.start_of(from.plus_days(i32::try_from(wanted.days).ok()?)?);
        let dice = Dice::new(wanted.seed).of(&program.name);
        let mut story = Self {
            program,
            world: World::new(compile(versions).with_test_seed()),
            make: Maker { program, clues, dice, given: 0 },
            agenda: BTreeMap::new(),
            planned: 0,
            now: Instant::FIRST,
            end,
            joined: Vec::new(),
            usual: usual_events(program),
            told: Vec::new(),
        };
        for number in 1..=wanted.members {
            story.introduce(format!("m{number:04}").into(), from, wanted.days);
        }
        Some(story)
    }

    /// All that happens.
    pub fn tell(mut self) -> Vec<Event> {
        while let Some(((at, _), (member, plan))) = self.agenda.pop_first() {
            self.now = at;
            self.happen(at, member, plan);
        }
        self.told
    }

    fn plan(&mut self, at: Instant, member: &Arc<str>, plan: Plan) {
        let at = at.max(self.now);
        if at < self.end {
            self.planned += 1;
            self.agenda.insert((at, self.planned), (member.clone(), plan));
        }
    }

    /// Joins in the first two thirds of the time, and comes seldom, sometimes or often until it is over, or until the member loses interest.
    fn introduce(&mut self, member: Arc<str>, from: Day, days: u32) {
        let dice = &mut self.make.dice;
        let start = dice.below(u64::from(days) * 2 / 3);
        let rest = u64::from(days).saturating_sub(start);
        let span = if dice.chance(25) { rest / 3 } else { rest };
        let a_year = match dice.below(100) {
            0..45 => dice.between(1, 4),
            45..80 => dice.between(5, 14),
            80..95 => dice.between(15, 40),
            _ => dice.between(41, 90),
        };
        let visits = 1 + u64::try_from(a_year).unwrap_or(1) * span / 365;
        let leaves = dice.chance(2);
        let joins = self.daytime(from, start);
        self.plan(joins, &member, Plan::Join);
        for _ in 0..visits {
            let day = start + self.make.dice.below(span.max(1));
            let at = self.daytime(from, day);
            self.plan(at.max(later(joins, MINUTE)), &member, Plan::Come);
        }
        if leaves {
            let at = self.daytime(from, start + rest.saturating_sub(1));
            self.plan(at, &member, Plan::Leave);
        }
    }

    /// A moment between eight in the morning and ten at night.
    fn daytime(&mut self, from: Day, after: u64) -> Instant {
        let day = i32::try_from(after).ok().and_then(|days| from.plus_days(days)).unwrap_or(from);
        let minute = 8 * 60 + (self.make.dice.below(14 * 60) + self.make.dice.below(14 * 60)) / 2;
        let time = u32::try_from(minute * 60_000).ok().and_then(TimeOfDay::from_millis).unwrap_or(TimeOfDay::NOON);
        self.program.settings.zone.at(day, time)
    }

    fn happen(&mut self, at: Instant, member: Arc<str>, plan: Plan) {
        let builtin = |kind: EventKind| kind.id().unwrap_or(EventId::new(0));
        match plan {
            Plan::Join => {
                if self.send(at, &member, builtin(EventKind::Join), None) {
                    self.joined.push(member.clone());
                }
                for pool in self.program.clone().pools.iter() {
                    if self.make.dice.chance(35) {
                        let group = format!("g{}", 1 + self.make.dice.below(1 + self.planned / 40));
                        let fields =
                            vec![("group", Value::Text(group.into())), ("pool", Value::Text(pool.name.clone()))];
                        self.plan(later(at, MINUTE), &member, Plan::Ask(EventKind::Enroll, fields));
                    }
                }
            }
            Plan::Leave => drop(self.send(at, &member, builtin(EventKind::Leave), None)),
            Plan::Ask(kind, fields) => self.ask(at, &member, kind, &fields),
            Plan::Come => self.come(at, &member),
            Plan::Do(kind) => drop(self.send(at, &member, kind, None)),
            Plan::Reverse(kind, original) => {
                let fields = self.reversal(kind, &original);
                self.send(at, &member, kind, fields);
            }
            Plan::Release(kind, original) => {
                let def = self.program.events.at(kind);
                let fields = self.fields(def, at);
                let fields = fields.map(|fields| copied(self.program, def, fields, &original));
                self.send(at, &member, kind, fields);
            }
        }
    }

    /// A member comes, asks for something perhaps, and does what members of this program do.
    fn come(&mut self, at: Instant, member: &Arc<str>) {
        if self.make.dice.chance(40)
            && let Some((kind, fields)) = self.wish(member)
        {
            self.ask(at, member, kind, &fields);
        }
        if let Some(kind) = self.make.dice.pick(&self.usual).copied() {
            self.plan(later(at, 5 * MINUTE), member, Plan::Do(kind));
        }
    }

    fn ask(&mut self, at: Instant, member: &Arc<str>, kind: EventKind, given: &[(&'static str, Value)]) {
        let Some(id) = kind.id() else { return };
        let def = self.program.events.at(id);
        let fields = def.fields.iter().map(|field| {
            let written = given.iter().find(|(name, _)| *name == &*field.name).map(|(_, value)| value.clone());
            written.or_else(|| field.default.clone()).unwrap_or_default()
        });
        self.send(at, member, id, Some(fields.collect()));
    }

    /// What a member would ask for now: one of the things that can be had.
    fn wish(&mut self, member: &Arc<str>) -> Option<(EventKind, Vec<(&'static str, Value)>)> {
        let program = self.program;
        let state = self.world.engine().in_newest(self.world.member(member)?);
        let wishes = super::wishes::wishes(program, self.world.engine(), &state, &self.world.pots(member));
        let (kind, mut fields) = self.make.dice.pick(&wishes)?.clone();
        if kind == EventKind::Redeem {
            fields.push(("bill", self.make.money("bill")));
        }
        if kind == EventKind::Transfer {
            let others: Vec<Arc<str>> = self.joined.iter().filter(|other| *other != member).cloned().collect();
            fields.push(("receiver", Value::Text(self.make.dice.pick(&others)?.clone())));
        }
        Some((kind, fields))
    }

    fn fields(&mut self, def: &EventDef, at: Instant) -> Option<Vec<Value>> {
        let keyed = self.program.events.iter().any(|other| {
            other.reversal.as_ref().is_some_and(|reversal| self.program.events.at(reversal.of).name == def.name)
        });
        self.make.fields(&def.fields, &Setting { at, others: &self.joined, keyed })
    }

    /// Sends an event and plans what follows from it. Whether it could be made.
    fn send(&mut self, at: Instant, member: &Arc<str>, kind: EventId, fields: Option<Vec<Value>>) -> bool {
        let def = self.program.events.at(kind);
        let Some(fields) = fields.or_else(|| self.fields(def, at)) else { return false };
        let number = u64::try_from(self.told.len()).unwrap_or(u64::MAX) + 1;
        let event = Event {
            id: format!("e{number}").into(),
            member: member.clone(),
            kind,
            time: at,
            sequence: 0,
            fields: fields.into(),
            sent_by: None,
        };
        let mut brought = Vec::new();
        self.world.submit(vec![event.clone()], &mut |outcome| brought.push(outcome));
        brought.iter().for_each(|outcome| self.follow(outcome));
        let refused = brought.iter().any(|outcome| matches!(outcome.what, What::Refused(_) | What::Failed(_)));
        if !refused {
            self.consequences(&Arc::new(event.clone()));
        }
        self.told.push(event);
        true
    }

    /// An order may come back, or be delivered.
    fn consequences(&mut self, event: &Arc<Event>) {
        let program = self.program;
        for (id, def) in program.events.pairs() {
            if def.reversal.as_ref().is_some_and(|reversal| reversal.of == event.kind) && self.make.dice.chance(7) {
                let days = self.make.dice.between(1, 20);
                self.plan(later(event.time, days * DAY), &event.member, Plan::Reverse(id, event.clone()));
            }
        }
        for release in released_by(program) {
            let same = program.events.at(release).fields.iter().all(|field| {
                !matches!(field.ty, FieldType::Id)
                    || program.events.at(event.kind).fields.iter().any(|own| own.name == field.name)
            });
            let own = program.events.at(event.kind).reversal.is_none() && event.kind != release;
            if same && own && program.earns.iter().any(|earn| earn.event == event.kind) && self.make.dice.chance(95) {
                let days = self.make.dice.between(2, 9);
                self.plan(later(event.time, days * DAY), &event.member, Plan::Release(release, event.clone()));
            }
        }
    }

    /// Vouchers are used, offers are taken, completed challenges are claimed.
    fn follow(&mut self, outcome: &Outcome) {
        let Some(program) = self.world.engine().version(outcome.version).map(|version| version.program.clone()) else {
            return;
        };
        let text = |text: &Arc<str>| Value::Text(text.clone());
        let (kind, fields, chance, days) = match &outcome.what {
            What::Issued { reward, .. } if program.rewards.at(*reward).gives.unit.is_none() => {
                (EventKind::Use, vec![("reward", text(&program.rewards.at(*reward).name))], 60, 40)
            }
            What::Offer { choice, change: OfferChange::Offered, .. } => {
                let choice = program.choices.at(*choice);
                let Some(option) = self.make.dice.pick(&choice.options) else { return };
                (EventKind::Choose, vec![("offer", text(&choice.name)), ("choice", text(&option.name))], 70, 2)
            }
            What::Challenge { challenge, stage: ChallengeStage::Completed, .. } => {
                let challenge = program.challenges.at(*challenge);
                if challenge.claim.is_none() {
                    return;
                }
                (EventKind::Claim, vec![("offer", text(&challenge.name))], 80, 3)
            }
            _ => return,
        };
        if self.make.dice.chance(chance) {
            let wait = self.make.dice.between(60 * MINUTE, days * DAY);
            self.plan(later(outcome.time, wait), &outcome.member, Plan::Ask(kind, fields));
        }
    }

    /// The fields of an event that takes another one back: all of it, or a part.
    fn reversal(&mut self, kind: EventId, original: &Event) -> Option<Vec<Value>> {
        let def = self.program.events.at(kind);
        let reversal = def.reversal.as_ref()?;
        let mut fields = copied(self.program, def, self.fields(def, original.time)?, original);
        let part = if self.make.dice.chance(60) { 100 } else { self.make.dice.between(10, 90) };
        let share = |value: &Value| match value {
            Value::Exact(whole) => {
                let part = whole.mul(Exact::from(part)).and_then(|product| product.div(Exact::from(100)));
                Value::Exact(part.map_or(*whole, Exact::ceil))
            }
            other => other.clone(),
        };
        let mut set = |own: usize, value: Value| {
            if let Some(slot) = fields.get_mut(own) {
                *slot = value;
            }
        };
        for (own, theirs) in &reversal.key {
            set(own.index(), original.fields.get(theirs.index())?.clone());
        }
        for (own, theirs) in &reversal.amounts {
            set(own.index(), share(original.fields.get(theirs.index())?));
        }
        if let Some(lines) = &reversal.lines {
            let Some(Value::List(of)) = original.fields.get(lines.original.index()) else { return None };
            let line = self.make.dice.pick(of)?.clone();
            let FieldType::List(inner) = &def.fields.at(lines.list).ty else { return None };
            let mut returned: Vec<Value> =
                inner.iter().map(|field| field.default.clone().unwrap_or_default()).collect();
            for (own, theirs) in lines.key.iter().chain(&lines.amounts) {
                *returned.get_mut(own.index())? = line.get(theirs.index())?.clone();
            }
            set(lines.list.index(), Value::List(Arc::from([returned.into_boxed_slice()])));
        }
        Some(fields)
    }
}

/// The fields of an event, with what an earlier one has under the same name where it is an identifier.
fn copied(program: &Program, def: &EventDef, mut fields: Vec<Value>, original: &Event) -> Vec<Value> {
    let theirs = &program.events.at(original.kind).fields;
    for (field, value) in def.fields.iter().zip(&mut fields).filter(|(field, _)| matches!(field.ty, FieldType::Id)) {
        let place = theirs.find(|other| other.name == field.name);
        if let Some(same) = place.and_then(|place| original.fields.get(place.index())) {
            value.clone_from(same);
        }
    }
    fields
}

/// Types of events for which lots wait.
fn released_by(program: &Program) -> Vec<EventId> {
    let own = program.earns.iter().flat_map(|earn| earn.pending.iter().flatten());
    let all = program.units.iter().flat_map(|unit| &unit.pending).chain(own);
    let mut found: Vec<EventId> = all
        .filter_map(|(_, pending)| if let Pending::Until { event, .. } = pending { Some(*event) } else { None })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Types of events that happen by themselves, each as often as it is to come: those with money most.
fn usual_events(program: &Program) -> Vec<EventId> {
    let released = released_by(program);
    let mut usual = Vec::new();
    for (id, def) in program.events.pairs() {
        if def.kind == EventKind::Declared && def.reversal.is_none() && !released.contains(&id) {
            let sale = def.fields.iter().any(|field| matches!(field.ty, FieldType::Money | FieldType::List(_)));
            usual.extend(std::iter::repeat_n(id, if sale { 8 } else { 2 }));
        }
    }
    usual
}

fn later(at: Instant, millis: i64) -> Instant {
    at.plus_millis(millis).unwrap_or(at)
}
