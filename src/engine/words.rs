//! Values and conditions in plain words, for explanations, refusals and messages.

use std::sync::Arc;

use crate::hir::{ChallengeStage, During, Expr, FieldType, Kind, Program, Trigger, Type, UnitId};
use crate::source::Span;
use crate::value::{Exact, Month, Value, format_minor};

use super::context::Cx;
use super::fault::Fault;
use super::outcome::Cause;

/// An exact number of smallest steps as a decimal number of whole ones.
fn decimal(steps: Exact, decimals: u8) -> String {
    match steps.to_i64() {
        Some(whole) => format_minor(whole, decimals),
        None => match steps.div(Exact::from(10_i64.saturating_pow(u32::from(decimals)))) {
            Ok(number) => number.readable(),
            Err(_) => steps.readable(),
        },
    }
}

/// An amount of money in minor units: `$12.50`.
pub fn money(program: &Program, minor: Exact) -> String {
    let currency = program.settings.currency;
    match minor.to_i64() {
        Some(minor) => crate::value::Money { minor, currency }.to_string(),
        None => format!("{} {}", decimal(minor, currency.exponent()), currency.code()),
    }
}

/// An amount of a unit in steps: `349 points`, `1 point`; money units as money.
pub fn quantity(program: &Program, unit: UnitId, steps: Exact) -> String {
    let def = program.units.at(unit);
    if def.money {
        return format!("{} {}", money(program, steps), def.name);
    }
    let one = steps == Exact::from(def.steps());
    let name = def.also.as_ref().filter(|_| one).unwrap_or(&def.name);
    format!("{} {name}", decimal(steps, def.decimals))
}

/// A value of a type in plain words.
pub fn value(program: &Program, ty: Type, value: &Value) -> String {
    match (ty, value) {
        (Type::Money, Value::Exact(minor)) => money(program, *minor),
        (Type::Quantity(unit), Value::Exact(steps)) => quantity(program, unit, *steps),
        (Type::Enum(id), Value::Ordinal(n)) => {
            program.enums.at(id).words.get(*n as usize).map_or(String::new(), ToString::to_string)
        }
        (Type::Tier(id), Value::Ordinal(n)) => {
            program.ladders.at(id).tiers.get(*n as usize).map_or(String::new(), |tier| tier.name.to_string())
        }
        (Type::Moment, Value::Moment(at)) => crate::value::format_instant(*at, &program.settings.zone),
        (_, Value::Text(text)) => text.to_string(),
        (_, Value::Exact(number)) => number.readable(),
        (_, other) => super::walk::words(std::slice::from_ref(other)),
    }
}

/// A value of a field in plain words.
pub fn field(program: &Program, ty: &FieldType, given: &Value) -> String {
    let ty = match ty {
        FieldType::Money => Type::Money,
        FieldType::OneOf(id) => Type::Enum(*id),
        FieldType::Moment => Type::Moment,
        _ => Type::Text,
    };
    value(program, ty, given)
}

/// A condition with the values of what it mentions: "status is vib, where status is insider".
pub fn condition(expr: &Expr, cx: &Cx<'_>) -> String {
    with_values(expr, cx, String::new())
}

/// What an amount came to, with the values of what it mentions.
pub fn amount(program: &Program, unit: UnitId, expr: &Expr, result: Exact, cx: &Cx<'_>) -> String {
    with_values(expr, cx, format!(" = {}", quantity(program, unit, result)))
}

/// What a condition mentions, with values: "points.balance is 50 points".
pub fn values(expr: &Expr, cx: &Cx<'_>) -> String {
    let values: Vec<String> =
        mentioned(expr, cx).into_iter().map(|(name, value)| format!("{name} is {value}")).collect();
    if values.is_empty() { "it does not hold".into() } else { values.join(", ") }
}

/// Names that an expression mentions, with their values.
fn mentioned(expr: &Expr, cx: &Cx<'_>) -> Vec<(String, String)> {
    let mut mentioned = Vec::new();
    mention(expr, expr.span, cx, &mut mentioned);
    mentioned
}

/// The names within a part of an expression at `whole`, with their values. What adds up lines has one value; the fields of its lines have none.
fn mention(part: &Expr, whole: Span, cx: &Cx<'_>, mentioned: &mut Vec<(String, String)>) {
    let own = part.span.file == whole.file && part.span.start >= whole.start && part.span.end <= whole.end;
    let leaf = matches!(
        part.kind,
        Kind::Field(_)
            | Kind::Line(_)
            | Kind::Opened(_)
            | Kind::Read(_)
            | Kind::Builtin(_)
            | Kind::Let(_)
            | Kind::Segment(_)
            | Kind::Fold { .. }
    );
    // Whether a condition holds is told anyway.
    let told = part.span == whole && part.ty == Type::Bool && matches!(part.kind, Kind::Fold { .. });
    if own && leaf && !told {
        let name = one_line(cx.program.sources.text(part.span));
        if !mentioned.iter().any(|(other, _)| *other == name)
            && let Ok(found) = cx.judge.value(part, cx)
        {
            mentioned.push((name, value(cx.program, part.ty, &found)));
        }
    }
    if !matches!(part.kind, Kind::Fold { .. }) {
        super::reads::parts(cx.program, part, &mut |inner| mention(inner, whole, cx, mentioned));
    }
}

fn with_values(expr: &Expr, cx: &Cx<'_>, result: String) -> String {
    let mentioned = mentioned(expr, cx);
    let text = one_line(cx.program.sources.text(expr.span));
    if mentioned.is_empty() {
        return format!("{text}{result}");
    }
    let values: Vec<String> = mentioned.into_iter().map(|(name, value)| format!("{name} is {value}")).collect();
    format!("{text}{result}, where {}", values.join(", "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A time at which something is open, as the language has it.
pub fn season(season: &During) -> String {
    match season {
        During::Days(Some(from), Some(to)) if from == to => from.to_string(),
        During::Days(Some(from), Some(to)) => format!("{from} to {to}"),
        During::Days(Some(from), None) => format!("from {from}"),
        During::Days(None, Some(to)) => format!("until {to}"),
        During::Days(None, None) => "always".to_owned(),
        During::Weekday(day) => day.to_string(),
        During::Times(from, to) => format!("{from} to {to}"),
        During::Month(month) => Month::from_number(*month).map_or_else(String::new, |month| month.to_string()),
    }
}

/// A share as a percentage: `20%`.
pub fn percent(share: Exact) -> String {
    share.mul(Exact::from(100)).map_or_else(|_| share.readable(), |percent| format!("{}%", percent.readable()))
}

/// The kind, the name and the place of what brought something about: `("earn", base, …)`.
pub fn cause(program: &Program, cause: Cause) -> (&'static str, Option<(&Arc<str>, Span)>) {
    match cause {
        Cause::Earn(id) => ("earn", program.earns.get(id).map(|item| (&item.name, item.span))),
        Cause::Rule(id) => {
            let rule = program.rules.get(id);
            let kind = if let Some(Trigger::Called(by)) = rule.map(|rule| &rule.trigger) { by } else { "rule" };
            (kind, rule.map(|rule| (&rule.name, rule.span)))
        }
        Cause::Ladder(id) => ("tiers", program.ladders.get(id).map(|item| (&item.name, item.span))),
        Cause::Unit(id) => ("unit", program.units.get(id).map(|item| (&item.name, item.span))),
        Cause::Reward(id) => ("reward", program.rewards.get(id).map(|item| (&item.name, item.span))),
        Cause::Redeem(id) => ("redeem", program.redeems.get(id).map(|item| (&item.name, item.span))),
        Cause::Transfer(id) => ("transfer", program.transfers.get(id).map(|item| (&item.name, item.span))),
        Cause::Exchange(id) => ("exchange", program.exchanges.get(id).map(|item| (&item.name, item.span))),
        Cause::Charity(id) => ("cause", program.charities.get(id).map(|item| (&item.name, item.span))),
        Cause::Fund(id) => ("fund", program.funds.get(id).map(|item| (&item.name, item.span))),
        Cause::Event => ("event", None),
    }
}

/// Where the program declares what brought something about.
pub fn declared(program: &Program, of: Cause) -> Option<Span> {
    cause(program, of).1.map(|(_, span)| span)
}

/// The fault of a name that the program does not have, with the nearest one that it has.
pub fn unknown<'n>(name: &str, kind: &'static str, names: impl Iterator<Item = &'n str>) -> Fault {
    const MOST: usize = 2;
    let length = name.chars().count();
    let fitting = names.filter(|other| other.chars().count().abs_diff(length) <= MOST);
    let near = fitting.map(|other| (strsim::damerau_levenshtein(name, other), other)).filter(|(d, _)| *d <= MOST).min();
    let hint = near.map_or(String::new(), |(_, other)| format!("; did you mean `{other}`?"));
    Fault::Unknown { name: name.to_string(), kind, hint }
}

/// What may become of a challenge, as the language has it.
pub fn stage(stage: ChallengeStage) -> &'static str {
    match stage {
        ChallengeStage::Opened => "opened",
        ChallengeStage::Milestone => "milestone",
        ChallengeStage::Completed => "completed",
        ChallengeStage::Claimed => "claimed",
        ChallengeStage::Forfeited => "forfeited",
        ChallengeStage::Ended => "ended",
        ChallengeStage::Undone => "undone",
    }
}
