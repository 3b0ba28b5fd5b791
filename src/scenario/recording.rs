//! What happened, as the expectations of a scenario; and what a member did, as a scenario.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::{Account, Engine, EntryChange, Event, Outcome, What, words};
use crate::hir::{FieldDef, FieldType, Given, Program};
use crate::syntax;
use crate::value::{TimeOfDay, Value};

use super::spelling::{self, quoted, word};
use super::{Brought, Run};

/// What members did, as a scenario that expects what it brings them when it is run.
///
/// Events that come twice are left out, and all stand in the order of their time. `None` where nothing happened.
pub fn scenario(engine: &Engine, program: &Program, events: &[Event]) -> Option<String> {
    let mut known = BTreeSet::new();
    let mut events: Vec<&Event> = events.iter().filter(|event| known.insert(&event.id)).collect();
    events.sort_by(|a, b| a.order(b));
    let (first, last) = (events.first()?, events.last()?);
    let names = Names::default();
    let member = names.of(&first.member);
    let day = |event: &Event| program.settings.zone.day_of(event.time);
    let name = match (day(first), day(last)) {
        (first, last) if first == last => format!("what {member} did on {first}"),
        (first, last) => format!("what {member} did from {first} to {last}"),
    };
    let mut text = format!("scenario {} {{\n", quoted(&name));
    let mut sink = |_: &Outcome| {};
    let mut run = Run::new(engine, program, &mut sink);
    for (place, event) in events.iter().enumerate() {
        let given = names.given(program, event, place + 1);
        let def = program.events.at(given.event);
        let brought = run.bring(&given);
        let expected = run.expectations(&brought, Some(&given.member));
        let expected = if expected.is_empty() { String::new() } else { format!(" expect {}", expected.join(", ")) };
        let fields = spelling::record(program, def.fields.iter().zip(event.fields.iter()), &|id| names.of(id));
        let when = spelling::moment(program, given.time);
        text.push_str(&format!(
            "  {} {} {when} {fields}{expected}\n",
            given.member,
            spelling::verb(&def.name, def.kind)
        ));
    }
    for held in run.standing(program, &Arc::from(member.as_str())) {
        text.push_str(&format!("  expect {held}\n"));
    }
    text.push_str("}\n");
    Some(syntax::format(&text).unwrap_or(text))
}

/// Whether a member has its own name in a scenario; others are numbered.
pub fn has_own_name(id: &str) -> bool {
    spelling::is_word(id)
}

/// What members are called in a scenario: as they are where that is a word.
#[derive(Default)]
struct Names {
    known: RefCell<BTreeMap<Arc<str>, String>>,
}

impl Names {
    fn of(&self, id: &Arc<str>) -> String {
        let mut known = self.known.borrow_mut();
        let next = format!("member{}", known.len() + 1);
        let name = if has_own_name(id) { id.to_string() } else { next };
        known.entry(id.clone()).or_insert(name).clone()
    }

    /// The event as the scenario gives it, at the minute.
    fn given(&self, program: &Program, event: &Event, number: usize) -> Given {
        let zone = &program.settings.zone;
        let (day, time) = (zone.day_of(event.time), zone.time_of(event.time));
        let minute = TimeOfDay::from_millis(time.millis() / 60_000 * 60_000).unwrap_or(time);
        let def = program.events.at(event.kind);
        let named = |(field, value): (&FieldDef, &Value)| match (&field.ty, value) {
            (FieldType::Member, Value::Text(id)) => Value::Text(self.of(id).into()),
            (FieldType::Moment, Value::Moment(at)) => Value::Moment(zone.at(zone.day_of(*at), TimeOfDay::NOON)),
            _ => value.clone(),
        };
        Given {
            member: self.of(&event.member).into(),
            event: event.kind,
            id: format!("s{number}").into(),
            time: zone.at(day, minute),
            fields: def.fields.ids().zip(def.fields.iter().zip(event.fields.iter()).map(named)).collect(),
            span: def.span,
        }
    }
}

impl Run<'_> {
    /// What a step brought, as expectations of its member; what it brought others, by name.
    pub(super) fn expectations(&self, brought: &Brought, own: Option<&Arc<str>>) -> Vec<String> {
        let program = self.program;
        let mut said: Vec<String> = Vec::new();
        if let Some(reason) = &brought.turned_away {
            return vec![format!("error {}", quoted(reason))];
        }
        // Refusals may be those of others that the member asked.
        let mut refusals = brought.outcomes.iter().filter_map(|outcome| match &outcome.what {
            What::Refused(reason) => Some(format!("refused {}", quoted(reason))),
            What::Failed(reason) => Some(format!("error {}", quoted(reason))),
            _ => None,
        });
        said.extend(refusals.next());
        let mut members: Vec<&Arc<str>> = own.into_iter().collect();
        for outcome in &brought.outcomes {
            if !members.contains(&&outcome.member) {
                members.push(&outcome.member);
            }
        }
        for member in members {
            let of_member: Vec<Outcome> =
                brought.outcomes.iter().filter(|outcome| outcome.member == *member).cloned().collect();
            let is_own = own == Some(member);
            let whose = if is_own { String::new() } else { format!("{member} ") };
            for unit in program.units.ids() {
                let moves = |outcome: &&Outcome| match &outcome.what {
                    What::Posted { unit: of, from, to, .. } if self.is_unit(outcome, *of, unit) => {
                        *from != Account::Transfer || *to != Account::Transfer
                    }
                    _ => false,
                };
                if of_member.iter().any(|outcome| moves(&outcome)) {
                    // More than can be written cannot be expected either.
                    if let Ok(steps) = i64::try_from(self.change(&of_member, unit)) {
                        said.push(format!("{whose}{}", spelling::quantity(program, unit, steps)));
                    }
                }
            }
            if is_own {
                said.extend(self.other_expectations(&of_member));
            }
        }
        if said.is_empty() {
            let silent = |outcome: &Outcome| matches!(outcome.what, What::Limited { .. } | What::Withheld { .. });
            if brought.outcomes.iter().all(silent) {
                said.push("nothing".to_owned());
            }
        }
        said
    }

    /// What is no amount of a unit.
    fn other_expectations(&self, outcomes: &[Outcome]) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        let mut counted: BTreeMap<String, i64> = BTreeMap::new();
        let (mut off, mut charged) = (0_i64, 0_i64);
        for outcome in outcomes {
            let Some(by) = self.judged_by(outcome) else { continue };
            match &outcome.what {
                What::Paid { value, .. } => off = off.saturating_add(*value),
                What::Charged(fee) => charged = charged.saturating_add(*fee),
                What::Message { text, .. } => said.push(format!("message {}", quoted(text))),
                What::Withheld { channel, .. } => said.push(format!("withheld {}", quoted(channel))),
                What::Badge { badge, given: true } => said.push(format!("badge {}", by.badges.at(*badge).name)),
                What::Issued { reward, .. } => said.push(by.rewards.at(*reward).name.to_string()),
                What::Challenge { challenge, stage, .. } => {
                    let name = &by.challenges.at(*challenge).name;
                    *counted.entry(format!("{name} {}", words::stage(*stage))).or_default() += 1;
                }
                What::Offer { choice, change, option, .. } => {
                    let option = option.as_ref().map_or(String::new(), |option| format!(" {option}"));
                    said.push(format!("{} {}{option}", by.choices.at(*choice).name, change.word()));
                }
                What::Entry { draw, change, prize, .. } => {
                    let name = &by.draws.at(*draw).name;
                    match (change, prize) {
                        (EntryChange::Won, Some(prize)) => {
                            said.push(format!("{name} won {}", by.rewards.at(*prize).name));
                        }
                        (EntryChange::Entered, _) => *counted.entry(format!("{name} entered")).or_default() += 1,
                        (change, _) => said.push(format!("{name} {}", change.word())),
                    }
                }
                What::Ranked { board, place, .. } => {
                    said.push(format!("{} place {place}", by.leaderboards.at(*board).name));
                }
                What::Tier { ladder, to, .. } => {
                    let ladder = by.ladders.at(*ladder);
                    let tier = ladder.tiers.get(*to as usize).map_or_else(String::new, |tier| word(&tier.name));
                    let risen = format!("{} is ", ladder.name);
                    said.retain(|one| !one.starts_with(&risen));
                    said.push(risen + &tier);
                }
                _ => {}
            }
        }
        if off != 0 {
            said.push(format!("{} off", spelling::money(self.program, off)));
        }
        if charged != 0 {
            said.push(format!("{} charged", spelling::money(self.program, charged)));
        }
        said.extend(counted.into_iter().map(|(what, times)| match times {
            1 => what,
            times => format!("{what} {times} times"),
        }));
        let mut known = BTreeSet::new();
        said.retain(|one| known.insert(one.clone()));
        said
    }

    /// How a member stands in the end.
    fn standing(&mut self, program: &Program, member: &Arc<str>) -> Vec<String> {
        let state = self.state(member);
        let balances = program.units.pairs().filter_map(|(id, unit)| {
            let balance = state.units.get(id)?.balance(unit);
            Some(format!("{member}.{}.balance is {}", unit.name, spelling::compared(program, id, balance)))
        });
        let tiers = program.ladders.pairs().filter_map(|(id, ladder)| {
            let held = state.ladders.get(id)?.tier;
            Some(format!("{member}.{} is {}", ladder.name, word(&ladder.tiers.get(held as usize)?.name)))
        });
        balances.chain(tiers).collect()
    }
}
