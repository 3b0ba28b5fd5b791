//! What would have come of an event if something had been otherwise.

use std::fmt;
use std::sync::Arc;

use crate::engine::purse::{Lot, LotExpiry, Ready};
use crate::engine::state::Holding;
use crate::engine::{At, Cause, Engine, Event, Explained, Pots, State, What};
use crate::hir::{FieldDef, FieldType, Program};
use crate::value::{Day, Exact, Instant, Value, parse_minor, parse_steps};

/// One thing that is supposed: `member.status=gold`, `subtotal=$80`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supposed {
    /// A field of the event, an attribute, a ladder or a unit.
    name: String,
    /// The value, as it is written.
    value: String,
}

impl Supposed {
    /// Reads `NAME=VALUE`.
    ///
    /// # Errors
    /// A reason in plain words.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                Ok(Self { name: name.to_owned(), value: value.to_owned() })
            }
            _ => Err(format!(
                "`{text}`: what is supposed is written `name=value`, such as `subtotal=$80` or `member.status=gold`"
            )),
        }
    }
}

impl fmt::Display for Supposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.name, self.value)
    }
}

/// Judges an explained event once more with something otherwise. What members share is taken to be untouched.
///
/// # Errors
/// A reason in plain words, where a name or a value is none of the program.
pub fn suppose(engine: &Engine, explained: &Explained, supposed: &[Supposed]) -> Result<Explained, String> {
    let mut state = explained.before.clone();
    let mut event = Event::clone(&explained.event);
    let version = engine.version(state.version).ok_or("the program has no version")?;
    for one in supposed {
        put(&version.program, &mut state, &mut event, one)?;
    }
    let before = state.clone();
    let event = Arc::new(event);
    let (mut outcomes, mut steps) = (Vec::new(), Vec::new());
    let mut pots = Pots::default();
    let mut at = At { state: &mut state, pots: &mut pots, out: &mut outcomes, careful: true };
    engine.judge(&mut at, &event, Some(&mut steps)).map_err(|fault| fault.to_string())?;
    let fault = outcomes.iter().find_map(|outcome| match &outcome.what {
        What::Failed(reason) => Some(reason.clone()),
        _ => None,
    });
    Ok(Explained { before, event, outcomes, steps, fault })
}

fn put(program: &Program, state: &mut State, event: &mut Event, supposed: &Supposed) -> Result<(), String> {
    let (of_event, of_member) = (supposed.name.strip_prefix("event."), supposed.name.strip_prefix("member."));
    let name = of_event.or(of_member).unwrap_or(&supposed.name);
    let (name, part) = name.split_once('.').map_or((name, None), |(name, part)| (name, Some(part)));
    let wrong = |reason: String| format!("`{}={}`: {reason}", supposed.name, supposed.value);
    let fields = &program.events.at(event.kind).fields;
    if of_member.is_none()
        && let Some((id, field)) = fields.pairs().find(|(_, field)| *field.name == *name)
    {
        let value = read(program, field, &supposed.value).map_err(wrong)?;
        let mut values = event.fields.to_vec();
        if let Some(slot) = values.get_mut(id.0 as usize) {
            *slot = value;
        }
        event.fields = values.into();
        return Ok(());
    }
    if let Some((id, ladder)) = program.ladders.pairs().find(|(_, ladder)| *ladder.name == *name) {
        let tier = ladder.tiers.iter().position(|tier| *tier.name == *supposed.value);
        let tier = tier.and_then(|tier| u32::try_from(tier).ok());
        let tiers = || ladder.tiers.iter().map(|tier| format!("`{}`", tier.name)).collect::<Vec<_>>().join(", ");
        let tier = tier.ok_or_else(|| wrong(format!("the tiers are {}", tiers())))?;
        let held = state.ladders.at_mut(id);
        held.tier = tier;
        held.highest = held.highest.max(tier);
        held.settled.0 = false;
        held.holds = vec![Holding { tier, since: state.clock, until: Instant::LAST, lost_at: None, granted: true }];
        return Ok(());
    }
    if let Some((id, unit)) = program.units.pairs().find(|(_, unit)| *unit.name == *name)
        && part.is_none_or(|part| matches!(part, "balance" | "available"))
    {
        let number = supposed.value.trim_start_matches(['$', '€', '£']).replace('_', "");
        let left = parse_steps(&number, unit.decimals).map_err(|error| wrong(error.to_string()))?;
        let number = state.next_lot;
        state.next_lot += 1;
        let lot = Lot {
            number,
            left,
            earned: state.clock,
            ready: Ready::Now,
            expires: LotExpiry::default(),
            spent: 0,
            expired: 0,
            cause: Cause::Event,
        };
        let purse = state.units.at_mut(id);
        purse.retain(|lot| lot.ready != Ready::Now);
        purse.add(lot);
        (purse.debt, purse.owed) = (0, std::collections::BTreeMap::new());
        return Ok(());
    }
    if let Some((id, field)) = program.attributes.pairs().find(|(_, field)| *field.name == *name) {
        *state.attributes.at_mut(id) = read(program, field, &supposed.value).map_err(wrong)?;
        return Ok(());
    }
    let known: Vec<String> = fields
        .iter()
        .map(|field| field.name.to_string())
        .chain(program.ladders.iter().map(|ladder| format!("member.{}", ladder.name)))
        .chain(program.attributes.iter().skip(2).map(|field| format!("member.{}", field.name)))
        .chain(program.units.iter().map(|unit| format!("{}.balance", unit.name)))
        .collect();
    Err(wrong(format!("there is no such thing to suppose; there are {}", known.join(", "))))
}

/// A value of a field as somebody writes it on a command line.
fn read(program: &Program, field: &FieldDef, text: &str) -> Result<Value, String> {
    let plain = text.trim_matches('"');
    let number = plain.trim_start_matches(['$', '€', '£', '¥']).replace('_', "");
    let found = match &field.ty {
        FieldType::Money => {
            let currency = program.settings.currency;
            let number = number.trim_end_matches(currency.code()).trim();
            return parse_minor(number, currency)
                .map(|minor| Value::Exact(Exact::from(minor)))
                .map_err(|e| e.to_string());
        }
        FieldType::Number | FieldType::Count => Exact::parse_decimal(&number).map(Value::Exact),
        FieldType::Flag => match plain {
            "yes" | "true" => Some(Value::Bool(true)),
            "no" | "false" => Some(Value::Bool(false)),
            _ => None,
        },
        FieldType::Date => Day::parse(plain).map(Value::Day),
        FieldType::OneOf(words) => {
            let words = &program.enums.at(*words).words;
            let place = words.iter().position(|word| **word == *plain);
            let place = place.and_then(|place| u32::try_from(place).ok());
            let all = || words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            return place.map(Value::Ordinal).ok_or_else(|| format!("the values are {}", all()));
        }
        FieldType::Text | FieldType::Id | FieldType::Member => Some(Value::Text(plain.into())),
        FieldType::Moment | FieldType::Duration | FieldType::List(_) => {
            return Err("moments, durations and lists cannot be supposed".to_owned());
        }
    };
    found.ok_or_else(|| format!("`{plain}` is no value of `{}`", field.name))
}
