//! What happens to members in the course of time.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::Id as _;
use crate::compile::compile;
use crate::engine::{Event, OfferChange, Outcome, What, World};
use crate::hir::{ChallengeStage, EventId, EventKind, FieldType, Program};
use crate::value::{Day, Instant, TimeOfDay, Value};

use super::Wanted;
use super::clues::Clues;
use super::dice::Dice;
use super::fields::Maker;
use super::forms::{asked, copied, released_by, usual_events};

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
                let part = |dice: &mut Dice| if dice.chance(60) { 100 } else { dice.between(10, 90) };
                let fields = self.make.reversal(kind, &original, &self.joined, part);
                self.send(at, &member, kind, fields);
            }
            Plan::Release(kind, original) => {
                let def = self.program.events.at(kind);
                let fields = self.make.event(def, at, &self.joined);
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
        let fields = asked(self.program.events.at(id), given);
        self.send(at, member, id, Some(fields));
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

    /// Sends an event and plans what follows from it. Whether it could be made.
    fn send(&mut self, at: Instant, member: &Arc<str>, kind: EventId, fields: Option<Vec<Value>>) -> bool {
        let def = self.program.events.at(kind);
        let Some(fields) = fields.or_else(|| self.make.event(def, at, &self.joined)) else { return false };
        let number = u64::try_from(self.told.len()).unwrap_or(u64::MAX) + 1;
        let event = Event {
            id: format!("e{number}").into(),
            member: member.clone(),
            kind,
            time: at,
            sequence: 0,
            fields: fields.into(),
            sent_by: None,
            foreign: Default::default(),
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
}

fn later(at: Instant, millis: i64) -> Instant {
    at.plus_millis(millis).unwrap_or(at)
}
