//! A script while it is made up: who is there, what they have done, what time it is.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::engine::reads::visit;
use crate::engine::{Arrival, Event, What, World};
use crate::hir::{EventId, EventKind, FieldType, Kind, Program, Type};
use crate::sample::{Clues, Dice, Maker, asked, usual_events};
use crate::value::{Day, Exact, TimeOfDay, Value};

use super::script::{Deed, Move, Script, Sent, When};
use super::telling::can_be_written;
use super::trial::Target;

/// Where a script is made up, played as it grows.
pub(super) struct Stage<'t> {
    pub target: &'t Target,
    pub make: Maker<'t>,
    pub world: World,
    pub script: Script,
    pub now: When,
    pub members: Vec<Arc<str>>,
    /// Events that may come back, with what is left of them.
    pub taken: Vec<Event>,
    /// Types of events that happen by themselves.
    pub usual: Vec<EventId>,
    /// Amounts of money that the program names.
    thresholds: Vec<Exact>,
    sent: u64,
}

const NAMES: [&str; 3] = ["ann", "bob", "cleo"];

impl<'t> Stage<'t> {
    /// A stage on which nothing has happened.
    pub fn new(target: &'t Target, dice: Dice, members: u64) -> Self {
        let program = &target.program;
        let clues = Clues::of(program);
        let usual = Day::from_ymd(2026, 1, 1).unwrap_or(Day::FIRST);
        let from = clues.first_year().max(program.settings.effective_from).unwrap_or(usual);
        let mut stage = Self {
            target,
            world: World::new(target.engine.clone()),
            make: Maker { program, clues, dice, given: 0 },
            script: Script::default(),
            now: When::noon(from),
            members: NAMES.iter().take(usize::try_from(members).unwrap_or(1)).map(|name| Arc::from(*name)).collect(),
            taken: Vec::new(),
            usual: usual_events(program),
            thresholds: thresholds(program),
            sent: 0,
        };
        if stage.make.dice.chance(70) {
            let days = i32::try_from(stage.make.dice.below(360)).unwrap_or(0);
            stage.now.day = from.plus_days(days).unwrap_or(from);
        }
        stage
    }

    pub fn program(&self) -> &'t Program {
        &self.target.program
    }

    /// Time passes: often little, sometimes up to the end of a day, a month or a year, or until things lapse.
    pub fn pass(&mut self) {
        const DAY: i64 = 24 * 60;
        let left = DAY - i64::from(self.now.minute);
        let dice = &mut self.make.dice;
        let minutes = match dice.below(16) {
            0..=4 => dice.between(1, 90),
            5..=6 => 3 * 60,
            7 => left - 1,
            8 => left,
            9..=10 => DAY,
            11 => 7 * DAY,
            12 => dice.between(1, 40) * DAY,
            13 => return self.jump(|day| Some(day.end_of_month())),
            14 => return self.jump(|day| Day::from_ymd(day.year(), 12, 31)),
            _ => dice.between(1, 14) * 31 * DAY,
        };
        self.now = self.now.plus_minutes(minutes);
    }

    /// A little time passes, on the same day where it can.
    pub fn pass_minutes(&mut self) {
        self.now = self.now.plus_minutes(1);
    }

    fn jump(&mut self, to: impl Fn(Day) -> Option<Day>) {
        let day = to(self.now.day).filter(|day| *day > self.now.day);
        self.now = day.map_or_else(|| self.now.plus_minutes(24 * 60), |day| When { day, minute: 23 * 60 + 30 });
    }

    pub fn anybody(&mut self) -> Arc<str> {
        self.make.dice.pick(&self.members).cloned().unwrap_or_else(|| "ann".into())
    }

    /// Somebody else.
    pub fn another(&mut self, than: &str) -> Option<Arc<str>> {
        let others: Vec<Arc<str>> = self.members.iter().filter(|member| &***member != than).cloned().collect();
        self.make.dice.pick(&others).cloned()
    }

    /// Values for an event of this type.
    pub fn fields(&mut self, kind: EventId, member: &str) -> Option<Vec<Value>> {
        let program = self.program();
        let others: Vec<Arc<str>> = self.members.iter().filter(|other| &***other != member).cloned().collect();
        let at = self.now.instant(program);
        let mut fields = self.make.event(program.events.at(kind), at, &others)?;
        if program.events.at(kind).kind == EventKind::Declared && self.make.dice.chance(40) {
            self.reach(kind, &mut fields);
        }
        Some(fields)
    }

    /// Makes an order as large as one of the amounts that the program names.
    fn reach(&mut self, kind: EventId, fields: &mut [Value]) {
        let Some(amount) = self.make.dice.pick(&self.thresholds).copied() else { return };
        let money = |fields: &crate::arena::Arena<crate::hir::FieldId, crate::hir::FieldDef>| {
            fields.iter().position(|field| matches!(field.ty, FieldType::Money))
        };
        let def = self.program().events.at(kind);
        for (field, value) in def.fields.iter().zip(fields.iter_mut()) {
            if let (FieldType::List(inner), Value::List(lines)) = (&field.ty, &*value)
                && let (Some(place), Some(line)) = (money(inner), lines.first())
            {
                let mut line = line.clone();
                line.get_mut(place).into_iter().for_each(|price| *price = Value::Exact(amount));
                *value = Value::List(Arc::from([line]));
            }
        }
        let total = money(&def.fields).and_then(|place| fields.get_mut(place));
        total.into_iter().for_each(|total| *total = Value::Exact(amount));
    }

    /// A request of a member; whether it was granted.
    pub fn ask(&mut self, member: &Arc<str>, kind: EventKind, given: &[(&'static str, Value)]) -> bool {
        let Some(id) = kind.id() else { return false };
        let fields = asked(self.program().events.at(id), given);
        self.send(member, id, fields)
    }

    /// Sends an event now; whether it had its effect.
    pub fn send(&mut self, member: &Arc<str>, kind: EventId, fields: Vec<Value>) -> bool {
        self.send_at(self.now, member, kind, fields, None)
    }

    /// Sends an event of any time, with an identity of its own or the usual one.
    pub fn send_at(
        &mut self,
        when: When,
        member: &Arc<str>,
        kind: EventId,
        mut fields: Vec<Value>,
        id: Option<Arc<str>>,
    ) -> bool {
        let program = self.program();
        let zone = &program.settings.zone;
        for (field, value) in program.events.at(kind).fields.iter().zip(&mut fields) {
            if let Value::Moment(at) = value {
                // Scenarios write moments as days.
                *value = Value::Moment(zone.at(zone.day_of(*at), TimeOfDay::NOON));
            }
            if !can_be_written(program, &field.ty, value) {
                match field.default.clone().or_else(|| field.optional.then_some(Value::Missing)) {
                    Some(usual) => *value = usual,
                    None => return false,
                }
            }
        }
        self.sent += 1;
        let event = Event {
            id: id.clone().unwrap_or_else(|| format!("s{}", self.sent).into()),
            member: member.clone(),
            kind,
            time: when.instant(program),
            sequence: self.sent,
            fields: fields.clone().into(),
            sent_by: None,
            foreign: Default::default(),
        };
        let sent = Sent { member: member.clone(), kind, id, fields };
        self.script.moves.push(Move { when, deed: Deed::Send(sent) });
        let mut accepted = true;
        let arrival = self.world.submit(vec![event.clone()], &mut |outcome| {
            accepted &= !matches!(outcome.what, What::Refused(_) | What::Failed(_));
        });
        accepted &= arrival == [Arrival::Accepted];
        if accepted && self.reversals(kind).next().is_some() {
            self.taken.push(event);
        }
        accepted
    }

    /// The clock moves to now.
    pub fn wait(&mut self) {
        self.script.moves.push(Move { when: self.now, deed: Deed::Wait });
        self.world.advance(Some(self.now.instant(self.program())), &mut |_| {});
    }

    /// Types of events that take such an event back.
    fn reversals(&self, kind: EventId) -> impl Iterator<Item = EventId> + use<'t> {
        let program = self.program();
        let takes = move |def: &crate::hir::EventDef| def.reversal.as_ref().is_some_and(|reversal| reversal.of == kind);
        program.events.pairs().filter(move |(_, def)| takes(def)).map(|(id, _)| id)
    }

    /// Brings back so many percent of what is left of an event that was taken.
    pub fn bring_back(&mut self, place: usize, percent: i64) -> bool {
        let Some(original) = self.taken.get(place).cloned() else { return false };
        let program = self.program();
        let kinds: Vec<EventId> = self.reversals(original.kind).collect();
        let by_line = |kind: &EventId| program.events.at(*kind).reversal.as_ref().is_some_and(|r| r.lines.is_some());
        let whole: Vec<EventId> = kinds.iter().copied().filter(|kind| !by_line(kind)).collect();
        let Some(kind) = self.make.dice.pick(if whole.is_empty() { &kinds } else { &whole }).copied() else {
            return false;
        };
        let others = self.members.clone();
        let Some(fields) = self.make.reversal(kind, &original, &others, |_| percent) else { return false };
        let left = rest(program, kind, &original, &fields);
        let done = self.send(&original.member, kind, fields);
        if done {
            match left {
                Some(left) => self.taken.get_mut(place).into_iter().for_each(|slot| slot.fields = left.clone()),
                None => drop(self.taken.remove(place)),
            }
        }
        done
    }
}

/// Amounts of money that stand in the program.
fn thresholds(program: &Program) -> Vec<Exact> {
    let mut found = Vec::new();
    for root in program.expressions() {
        visit(program, root, &mut |part| {
            if let (Kind::Const(Value::Exact(amount)), Type::Money) = (&part.kind, part.ty) {
                found.push(*amount);
            }
        });
    }
    found.retain(|amount| *amount > Exact::ZERO && amount.is_integer());
    found.sort_unstable();
    found.dedup();
    found
}

/// What is left of an event that a reversal took a part of; nothing where all of it came back.
fn rest(program: &Program, kind: EventId, original: &Event, fields: &[Value]) -> Option<Arc<[Value]>> {
    let reversal = program.events.at(kind).reversal.as_ref()?;
    let mut left: Vec<Value> = original.fields.to_vec();
    if let Some(lines) = &reversal.lines {
        let returned = fields.get(lines.list.index());
        let (Some(Value::List(of)), Some(Value::List(gone))) = (left.get(lines.original.index()), returned) else {
            return None;
        };
        let mut rest: Vec<Box<[Value]>> = of.to_vec();
        let same = |line: &[Value]| {
            gone.iter()
                .any(|back| lines.key.iter().all(|(own, theirs)| back.get(own.index()) == line.get(theirs.index())))
        };
        let place = rest.iter().position(|line| same(line))?;
        rest.remove(place);
        if rest.is_empty() {
            return None;
        }
        *left.get_mut(lines.original.index())? = Value::List(rest.into());
        return Some(left.into());
    }
    let mut more = false;
    for (own, theirs) in &reversal.amounts {
        let (Some(Value::Exact(back)), Some(Value::Exact(of))) = (fields.get(own.index()), left.get(theirs.index()))
        else {
            continue;
        };
        let rest = of.sub(*back).ok()?;
        more |= rest > Exact::ZERO;
        *left.get_mut(theirs.index())? = Value::Exact(rest);
    }
    more.then(|| left.into())
}
