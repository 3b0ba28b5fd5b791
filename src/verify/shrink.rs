//! The smallest script that still shows a breach: fewer steps, then plainer values, then plainer times.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hir::{FieldDef, FieldType, Program};
use crate::value::{Day, Exact, Value};

use super::property::{Breach, Case, Claim, Property};
use super::script::{Script, When};
use super::trial::Target;

/// How many scripts are tried at most for one breach.
const TRIES: u32 = 4_000;

/// Makes a breach small. What comes out breaks the same property.
pub(super) fn shrink(target: &Target, property: &Property, breach: Breach) -> Breach {
    let mut shrinker = Shrinker::new(target, breach.script.clone(), Worth::Breach(property));
    shrinker.breach = Some(breach);
    shrinker.all();
    let Shrinker { best, breach, .. } = shrinker;
    breach.unwrap_or(Breach { script: best, claim: Claim::Itself, because: String::new() })
}

/// What a smaller script must still do.
pub(super) enum Worth<'w> {
    /// Break this property.
    Breach(&'w Property),
    /// Bring no less.
    Value(&'w dyn Fn(&Script) -> bool),
}

/// A script while it becomes smaller.
pub(super) struct Shrinker<'t> {
    target: &'t Target,
    worth: Worth<'t>,
    best: Script,
    /// How the best script breaks the property.
    breach: Option<Breach>,
    tries: u32,
}

impl<'t> Shrinker<'t> {
    pub fn new(target: &'t Target, script: Script, worth: Worth<'t>) -> Self {
        Self { target, worth, best: script, breach: None, tries: TRIES }
    }

    /// The smallest script that is found.
    pub fn smallest(mut self) -> Script {
        self.all();
        self.best
    }

    fn all(&mut self) {
        loop {
            let before = self.best.clone();
            self.moves();
            self.members();
            self.values();
            self.times();
            if self.best == before || self.tries == 0 {
                break;
            }
        }
        self.names();
    }

    /// Takes a script in place of the best one where it does the same.
    fn accept(&mut self, script: Script) -> bool {
        if self.tries == 0 || script == self.best || !script.is_orderly() {
            return false;
        }
        self.tries -= 1;
        match &self.worth {
            Worth::Value(no_less) => {
                let keeps = no_less(&script);
                if keeps {
                    self.best = script;
                }
                keeps
            }
            Worth::Breach(property) => {
                let breach = property.broken_by(&mut Case::new(self.target, &script));
                if let Some(breach) = &breach {
                    self.best = breach.script.clone();
                }
                let found = breach.is_some();
                self.breach = breach.or(self.breach.take());
                found
            }
        }
    }

    fn len(&self) -> usize {
        self.best.moves.len()
    }

    /// Leaves out halves, quarters, single moves, then pairs that need each other.
    fn moves(&mut self) {
        let mut size = self.len() / 2;
        while size > 0 {
            let mut from = 0;
            while from < self.len() {
                let mut script = self.best.clone();
                let to = (from + size).min(script.moves.len());
                script.moves.drain(from..to);
                if !self.accept(script) {
                    from += size;
                }
            }
            size /= 2;
        }
        let mut first = 0;
        while first < self.len() {
            let gone = (first + 1..self.len()).any(|second| {
                let mut script = self.best.clone();
                script.moves.remove(second);
                script.moves.remove(first);
                self.accept(script.clone()) || self.accept_larger(&script)
            });
            if !gone {
                first += 1;
            }
        }
    }

    /// Where a script is still long: one order of twice or ten times the amount in place of several.
    fn accept_larger(&mut self, script: &Script) -> bool {
        const FEW: usize = 5;
        self.len() > FEW
            && [2, 4, 10].into_iter().any(|times| {
                let mut script = script.clone();
                for sent in script.moves.iter_mut().filter_map(|moved| moved.event_mut()) {
                    let fields = &self.target.program.events.at(sent.kind).fields;
                    for (field, value) in fields.iter().zip(&mut sent.fields) {
                        if let (FieldType::Money, Value::Exact(amount)) = (&field.ty, &*value) {
                            *value = amount.mul(Exact::from(times)).map_or(Value::Exact(*amount), Value::Exact);
                        }
                    }
                }
                self.accept(script)
            })
    }

    /// Lets one member do what two did.
    fn members(&mut self) {
        let names = members(&self.best);
        for (place, name) in names.iter().enumerate().skip(1) {
            for other in names.iter().take(place) {
                let map = BTreeMap::from([(name.clone(), other.clone())]);
                let script = renamed(self.target, &self.best, &map);
                self.accept(script);
            }
        }
    }

    fn values(&mut self) {
        for place in 0..self.len() {
            let fields = self.best.moves.get(place).and_then(|moved| moved.event()).map_or(0, |sent| sent.fields.len());
            for field in 0..fields {
                while let Some(candidates) = self.plainer(place, field) {
                    let accepted = candidates.into_iter().any(|value| {
                        let mut script = self.best.clone();
                        let slot = script.moves.get_mut(place).and_then(|moved| moved.event_mut());
                        let Some(slot) = slot.and_then(|sent| sent.fields.get_mut(field)) else { return false };
                        *slot = value;
                        self.accept(script)
                    });
                    if !accepted {
                        break;
                    }
                }
            }
        }
        self.amounts_together();
    }

    /// Plainer values than that of a field, the plainest first.
    fn plainer(&self, place: usize, field: usize) -> Option<Vec<Value>> {
        let sent = self.best.moves.get(place)?.event()?;
        let (def, value) = sent.pairs(&self.target.program).nth(field)?;
        Some(plainer(&self.target.program, def, value))
    }

    /// The same amount of money wherever it stands, so that an order and its refund shrink together.
    fn amounts_together(&mut self) {
        let program = self.target.program.clone();
        let mut seen: Vec<Value> = Vec::new();
        loop {
            let next = self.best.moves.iter().filter_map(|moved| moved.event()).find_map(|sent| {
                let new = |(field, value): &(&FieldDef, &Value)| {
                    matches!(field.ty, FieldType::Money | FieldType::Number | FieldType::Count) && !seen.contains(value)
                };
                sent.pairs(&program).find(new).map(|(field, value)| (field.clone(), value.clone()))
            });
            let Some((field, old)) = next else { break };
            seen.push(old.clone());
            for value in plainer(&program, &field, &old) {
                let mut script = self.best.clone();
                let sent = script.moves.iter_mut().filter_map(|moved| moved.event_mut());
                let slots = sent.flat_map(|sent| &mut sent.fields).filter(|slot| **slot == old);
                slots.into_iter().for_each(|slot| *slot = value.clone());
                if self.accept(script) {
                    break;
                }
            }
        }
    }

    fn times(&mut self) {
        // All at noon.
        let mut script = self.best.clone();
        script.moves.iter_mut().for_each(|moved| moved.when = When::noon(moved.when.day));
        self.accept(script);
        for place in 0..self.len() {
            self.gap(place);
            self.minute(place);
        }
        self.start();
    }

    /// Shortens the time before a move; everything after it comes sooner too.
    fn gap(&mut self, place: usize) {
        let day = |script: &Script, place: usize| script.moves.get(place).map(|moved| moved.when.day);
        let Some(before) = place.checked_sub(1).and_then(|before| day(&self.best, before)) else { return };
        let Some(now) = day(&self.best, place) else { return };
        let gap = now.days_since(before);
        for days in [0, 1, 2, 7, 31, 92, 366] {
            if days >= gap.max(0) {
                break;
            }
            let mut script = self.best.clone();
            for moved in script.moves.iter_mut().skip(place) {
                moved.when.day = moved.when.day.plus_days(days - gap).unwrap_or(moved.when.day);
            }
            // On one day nothing goes back.
            for at in place..script.moves.len() {
                let least = script.moves.get(at - 1).map(|earlier| earlier.when);
                if let (Some(moved), Some(least)) = (script.moves.get_mut(at), least)
                    && moved.when < least
                    && moved.when.day == least.day
                {
                    moved.when = least;
                }
            }
            if self.accept(script) {
                return;
            }
            // What comes after depends on its day: what comes before is nearer to it.
            let mut script = self.best.clone();
            for moved in script.moves.iter_mut().take(place) {
                moved.when.day = moved.when.day.plus_days(gap - days).unwrap_or(moved.when.day);
            }
            if self.accept(script) {
                return;
            }
        }
    }

    /// Noon, or the minute of the move before.
    fn minute(&mut self, place: usize) {
        let Some(moved) = self.best.moves.get(place).map(|moved| moved.when) else { return };
        let before = place.checked_sub(1).and_then(|at| self.best.moves.get(at)).map(|moved| moved.when);
        let mut plain = vec![When::noon(moved.day)];
        plain.extend(before.filter(|before| before.day == moved.day));
        plain.extend([0, 30].map(|minute| When { minute: moved.minute / 60 * 60 + minute, ..moved }));
        if moved.is_noon() || before == Some(moved) || moved.minute % 60 == 0 {
            return;
        }
        for when in plain {
            let mut script = self.best.clone();
            script.moves.get_mut(place).into_iter().for_each(|moved| moved.when = when);
            if self.accept(script) {
                return;
            }
        }
    }

    /// Begins on a plain day.
    fn start(&mut self) {
        let Some(first) = self.best.moves.iter().map(|moved| moved.when.day).min() else { return };
        let plain = |day: Day| (day.year() != 2026, day.ymd().1 != 1, day.ymd().2 != 2);
        let options = [
            Day::from_ymd(2026, 1, 2),
            Day::from_ymd(first.year(), 1, 2),
            Day::from_ymd(2026, first.ymd().1, 2),
            Day::from_ymd(first.year(), first.ymd().1, 2),
        ];
        for day in options.into_iter().flatten().filter(|day| plain(*day) < plain(first)) {
            let shift = day.days_since(first);
            let mut script = self.best.clone();
            for moved in &mut script.moves {
                moved.when.day = moved.when.day.plus_days(shift).unwrap_or(moved.when.day);
            }
            if self.accept(script) {
                return;
            }
        }
    }

    /// The names that scenarios usually have.
    fn names(&mut self) {
        self.tries = self.tries.max(2);
        let names = members(&self.best);
        let plain = ["ann", "bob", "cleo"].map(Arc::from);
        let map: BTreeMap<Arc<str>, Arc<str>> = names.into_iter().zip(plain).collect();
        let script = renamed(self.target, &self.best, &map);
        self.accept(script);
        let script = renumbered(&self.target.program, &self.best);
        self.accept(script);
    }
}

/// Members in the order in which they appear.
fn members(script: &Script) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    for sent in script.moves.iter().filter_map(|moved| moved.event()) {
        if !names.contains(&sent.member) {
            names.push(sent.member.clone());
        }
    }
    names
}

/// The same with other names of members, wherever they stand.
fn renamed(target: &Target, script: &Script, map: &BTreeMap<Arc<str>, Arc<str>>) -> Script {
    let mut script = script.clone();
    for sent in script.moves.iter_mut().filter_map(|moved| moved.event_mut()) {
        if let Some(name) = map.get(&sent.member) {
            sent.member = name.clone();
        }
        for (field, value) in target.program.events.at(sent.kind).fields.iter().zip(&mut sent.fields) {
            if let (FieldType::Member, Value::Text(name)) = (&field.ty, &*value)
                && let Some(name) = map.get(name)
            {
                *value = Value::Text(name.clone());
            }
        }
    }
    script
}

/// The same with orders A1, A2, … in the order in which they appear.
fn renumbered(program: &Program, script: &Script) -> Script {
    let mut script = script.clone();
    let mut numbers: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for sent in script.moves.iter_mut().filter_map(|moved| moved.event_mut()) {
        for (field, value) in program.events.at(sent.kind).fields.iter().zip(&mut sent.fields) {
            if let (FieldType::Id, Value::Text(number)) = (&field.ty, &*value) {
                let next = format!("A{}", numbers.len() + 1).into();
                *value = Value::Text(numbers.entry(number.clone()).or_insert(next).clone());
            }
        }
    }
    script
}

/// Plainer values for a field, the plainest first.
fn plainer(program: &Program, def: &FieldDef, value: &Value) -> Vec<Value> {
    let mut all: Vec<Value> = def.default.iter().cloned().collect();
    if def.optional {
        all.push(Value::Missing);
    }
    if all.contains(value) {
        return Vec::new();
    }
    match (&def.ty, value) {
        (FieldType::Money, Value::Exact(amount)) => {
            let whole = 10_i64.saturating_pow(u32::from(program.settings.currency.exponent()));
            all.extend(rounder(*amount, whole));
        }
        (FieldType::Number | FieldType::Count, Value::Exact(amount)) => all.extend(rounder(*amount, 1)),
        (FieldType::OneOf(_), Value::Ordinal(place)) => all.extend((0..*place).map(Value::Ordinal)),
        (FieldType::Flag, Value::Bool(true)) => all.push(Value::Bool(false)),
        (FieldType::List(inner), Value::List(lines)) => {
            if lines.len() > 1 {
                all.extend(lines.iter().map(|line| Value::List(Arc::from([line.clone()]))));
            }
            for (place, line) in lines.iter().enumerate() {
                for (field, (def, value)) in inner.iter().zip(line.iter()).enumerate() {
                    for plain in plainer(program, def, value) {
                        let mut lines = lines.to_vec();
                        let slot = lines.get_mut(place).and_then(|line| line.get_mut(field));
                        slot.into_iter().for_each(|slot| *slot = plain.clone());
                        all.push(Value::List(lines.into()));
                    }
                }
            }
        }
        _ => {}
    }
    all
}

/// Rounder amounts of the same sign, the roundest first; `whole` is one whole unit.
fn rounder(amount: Exact, whole: i64) -> Vec<Value> {
    const ROUND: [i64; 14] = [1, 10, 100, 1_000, 10_000, 2, 5, 20, 50, 200, 500, 2_000, 5_000, 15];
    let Some(now) = amount.to_i64() else { return ROUND.map(|n| Value::Exact(Exact::from(n * whole))).to_vec() };
    let sign = now.signum();
    let mut options: Vec<i64> = ROUND.iter().map(|round| round.saturating_mul(whole)).collect();
    let size = now.saturating_abs();
    let mut power = 10;
    while power <= size {
        options.push(size / power * power);
        power = power.saturating_mul(10);
    }
    let cost = |amount: i64| {
        let mut digits = 0;
        let (mut rest, mut length) = (amount, 0);
        while rest > 0 {
            digits = if digits > 0 || rest % 10 != 0 { digits + 1 } else { 0 };
            rest /= 10;
            length += 1;
        }
        (digits, if amount < whole { i32::MAX } else { length }, amount)
    };
    options.retain(|option| *option > 0 && cost(*option) < cost(size));
    options.sort_by_key(|option| cost(*option));
    options.dedup();
    options.into_iter().map(|option| Value::Exact(Exact::from(option * sign))).collect()
}
