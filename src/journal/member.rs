//! `members.jsonl`: where every member stands.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;

use crate::engine::challenge::Instance;
use crate::engine::purse::{Lot, Ready};
use crate::engine::state::Voucher;
use crate::engine::{Engine, OfferChange, State, VoucherChange, words};
use crate::hir::{Label, Program, Read, Type, Unit};
use crate::value::{Exact, Instant, Value, format_instant, format_minor};

/// One line of `members.jsonl`.
#[derive(Debug, Serialize)]
pub struct MemberLine<'a> {
    member: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    joined: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    left: bool,
    /// Everything due up to here has happened.
    at: String,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    attributes: IndexMap<&'a str, Json>,
    units: IndexMap<&'a str, Purse<'a>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    tiers: IndexMap<&'a str, Standing<'a>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    measures: IndexMap<&'a str, Measured>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    badges: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vouchers: Vec<VoucherLine<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    offers: Vec<OfferLine<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entries: Vec<EntryLine<'a>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    challenges: IndexMap<&'a str, ChallengeLine>,
}

/// What a measure is at, for machines and in words.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Measured {
    value: Json,
    #[serde(skip)]
    shown: String,
}

/// Amounts of one unit, as decimal text in whole units.
#[derive(Debug, Serialize)]
struct Purse<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    balance: String,
    available: String,
    pending: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owed: Option<String>,
    earned: String,
    reversed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<String>,
    spent: String,
    expired: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lots: Vec<LotLine>,
}

#[derive(Debug, Serialize)]
struct LotLine {
    lot: u32,
    left: String,
    earned: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<String>,
}

#[derive(Debug, Serialize)]
struct Standing<'a> {
    tier: &'a str,
    /// What people call the tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    /// What people call the ladder.
    #[serde(skip_serializing_if = "Option::is_none")]
    ladder: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    highest: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    perks: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct VoucherLine<'a> {
    voucher: u32,
    reward: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// What is left of it, where a part was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<String>,
    /// The value in words.
    #[serde(skip)]
    worth: Option<String>,
    issued: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    state: &'static str,
}

#[derive(Debug, Serialize)]
struct EntryLine<'a> {
    entry: &'a str,
    draw: &'a str,
    made: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    drawn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prize: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cancelled: bool,
}

/// How far a member has come with a challenge.
#[derive(Debug, Serialize)]
struct ChallengeLine {
    completed: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    running: Vec<RunningLine>,
}

#[derive(Debug, Serialize)]
struct RunningLine {
    progress: Json,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

#[derive(Debug, Serialize)]
struct OfferLine<'a> {
    offer: u32,
    choice: &'a str,
    offered: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    option: Option<&'a str>,
}

impl<'a> MemberLine<'a> {
    /// The line of a member, at the moment up to which its clock has come.
    pub fn new(engine: &'a Engine, state: &'a State) -> Option<Self> {
        let program: &Program = &engine.version(state.version)?.program;
        let zone = &program.settings.zone;
        let when = |at: Instant| format_instant(at, zone);
        let language = state.language(program);
        let labelled = |label: &'a Option<Label>| label.as_ref().map(|label| &**label.read_in(language).1);
        let attributes =
            program.attributes.pairs().filter(|(id, _)| *id != Program::MEMBER_ID).filter_map(|(id, field)| {
                let value = state.attributes.get(id).filter(|value| **value != Value::Missing)?;
                Some((&*field.name, Json::String(crate::engine::words::field(program, &field.ty, value))))
            });
        let tiers = program.ladders.pairs().map(|(id, ladder)| {
            let held = state.ladders.at(id);
            let name = |tier: u32| ladder.tiers.get(tier as usize).map_or("", |tier| &*tier.name);
            let holds = held.holds.iter().filter(|hold| hold.tier == held.tier);
            let until = holds.map(|hold| hold.end(hold.until)).max();
            let until = until.filter(|until| *until < Instant::LAST && held.tier > 0).map(when);
            let standing = Standing {
                tier: name(held.tier),
                label: ladder.tiers.get(held.tier as usize).and_then(|tier| labelled(&tier.label)),
                ladder: labelled(&ladder.label),
                until,
                highest: name(held.highest),
                perks: ladder.perks(held.tier).map(|perk| &**perk).collect(),
            };
            (&*ladder.name, standing)
        });
        let measures = program.measures.pairs().filter_map(|(id, measure)| {
            let value = engine.look(state, |cx| cx.read(Read::Measure(id))).ok()?;
            let shown = words::value(program, measure.ty, &value);
            Some((&*measure.name, Measured { value: json(program, measure.ty, &value), shown }))
        });
        let vouchers = state.vouchers.iter().map(|voucher| VoucherLine {
            voucher: voucher.number,
            reward: &program.rewards.at(voucher.reward).name,
            label: labelled(&program.rewards.at(voucher.reward).label),
            value: voucher.value.map(|minor| format_minor(minor, program.settings.currency.exponent())),
            left: left(voucher).map(|minor| format_minor(minor, program.settings.currency.exponent())),
            worth: worth(program, voucher),
            issued: when(voucher.issued),
            expires: voucher.expires.map(when),
            state: condition(voucher),
        });
        let entries = state.entries.iter().map(|entry| EntryLine {
            entry: &entry.id,
            draw: &program.draws.at(entry.draw).name,
            made: when(entry.at),
            drawn: entry.drawing.map(when),
            prize: entry.prize.map(|prize| &*program.rewards.at(prize).name),
            cancelled: entry.gone.is_some(),
        });
        let offers = state.offers.iter().map(|offer| OfferLine {
            offer: offer.number,
            choice: &program.choices.at(offer.choice).name,
            offered: when(offer.at),
            until: offer.until.map(when),
            state: offer.closed.map_or("open", OfferChange::word),
            option: offer.option.as_deref(),
        });
        let challenges = program.challenges.pairs().filter_map(|(id, challenge)| {
            let (running, goal) = (state.challenges.at(id), challenge.goals.first()?);
            let told = |amount: Exact| json(program, goal.threshold.ty, &Value::Exact(amount));
            let line = |instance: &Instance| {
                let progress = engine.look(state, |cx| cx.progress(goal, instance)).ok()?;
                let until = Some(instance.until).filter(|until| *until < Instant::LAST).map(when);
                Some(RunningLine {
                    progress: told(progress),
                    target: instance.targets.first().copied().map(told),
                    until,
                })
            };
            let open = running.open.iter().filter(|instance| {
                instance.completed.is_none() && engine.look(state, |cx| Ok(cx.has_begun(id, instance))) == Ok(true)
            });
            let line = ChallengeLine { completed: running.completed, running: open.filter_map(line).collect() };
            (line.completed > 0 || !line.running.is_empty()).then_some((&*challenge.name, line))
        });
        Some(Self {
            member: &state.member,
            joined: state.joined.map(when),
            left: state.left,
            at: when(state.clock),
            attributes: attributes.collect(),
            units: program
                .units
                .pairs()
                .map(|(id, unit)| {
                    let purse = purse(engine, state, unit, state.units.at(id), &when);
                    (&*unit.name, Purse { label: labelled(&unit.label), ..purse })
                })
                .collect(),
            tiers: tiers.collect(),
            measures: measures.collect(),
            badges: program
                .badges
                .pairs()
                .filter(|(id, _)| state.badges.at(*id).is_some())
                .map(|(_, badge)| &*badge.name)
                .collect(),
            vouchers: vouchers.collect(),
            offers: offers.collect(),
            entries: entries.collect(),
            challenges: challenges.collect(),
        })
    }
}

/// What is left of a gift card of which a part was used.
fn left(voucher: &Voucher) -> Option<i64> {
    voucher.left().filter(|_| voucher.closed.is_none() && !voucher.parts.is_empty())
}

fn worth(program: &Program, voucher: &Voucher) -> Option<String> {
    let money = |minor| words::money(program, Exact::from(minor));
    let left = left(voucher).map_or(String::new(), |minor| format!(", {} left", money(minor)));
    voucher.value.map(|minor| money(minor) + &left)
}

fn condition(voucher: &Voucher) -> &'static str {
    match voucher.closed {
        None | Some(VoucherChange::Returned) => "open",
        Some(VoucherChange::Used) => "used",
        Some(VoucherChange::Cancelled) => "cancelled",
        Some(VoucherChange::Expired) => "expired",
    }
}

fn purse<'a>(
    engine: &Engine,
    state: &State,
    unit: &Unit,
    purse: &crate::engine::purse::Purse,
    when: &dyn Fn(Instant) -> String,
) -> Purse<'a> {
    let amount = |steps: i64| format_minor(steps, unit.decimals);
    let lot = |lot: &Lot| LotLine {
        lot: lot.number,
        left: amount(lot.left),
        earned: when(lot.earned),
        expires: engine.lapses(state, lot).map(when),
        pending: match &lot.ready {
            Ready::Now => None,
            Ready::At(at) => Some(when(*at)),
            Ready::On(_) => Some("an event".into()),
        },
    };
    Purse {
        label: None,
        balance: amount(purse.balance(unit)),
        available: amount(purse.available()),
        pending: amount(purse.pending()),
        owed: (purse.debt > 0).then(|| amount(purse.debt)),
        earned: amount(purse.totals.earned),
        reversed: amount(purse.totals.reversed),
        received: (purse.totals.received != 0).then(|| amount(purse.totals.received)),
        given: (purse.totals.given != 0).then(|| amount(purse.totals.given)),
        spent: amount(purse.totals.spent),
        expired: amount(purse.totals.expired),
        lots: purse.lots.iter().map(lot).collect(),
    }
}

/// A measure: decimal text in whole units for what is counted, words for the rest.
fn json(program: &Program, ty: Type, value: &Value) -> Json {
    let decimals = match ty {
        Type::Money => program.settings.currency.exponent(),
        Type::Quantity(unit) => program.units.at(unit).decimals,
        _ => 0,
    };
    match value {
        Value::Missing => Json::Null,
        Value::Exact(number) => {
            Json::String(number.to_i64().map_or_else(|| number.to_string(), |steps| format_minor(steps, decimals)))
        }
        other => Json::String(words::value(program, ty, other)),
    }
}

impl std::fmt::Display for MemberLine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let joined = self.joined.as_ref().map_or(String::new(), |joined| format!(", member since {joined}"));
        writeln!(f, "{} at {}{joined}{}", self.member, self.at, if self.left { ", has left" } else { "" })?;
        for (name, value) in &self.attributes {
            writeln!(f, "  {name}: {}", bare(value))?;
        }
        for (name, purse) in &self.units {
            let owed = purse.owed.as_ref().map_or(String::new(), |owed| format!(", {owed} owed"));
            writeln!(
                f,
                "  {name}: balance {}, {} available, {} pending{owed}",
                purse.balance, purse.available, purse.pending
            )?;
            for lot in &purse.lots {
                let ends = lot.expires.as_ref().map_or("never expires".to_owned(), |at| format!("expires {at}"));
                let waits = lot.pending.as_ref().map_or(String::new(), |until| format!(", pending until {until}"));
                writeln!(f, "    lot {}: {} left, earned {}, {ends}{waits}", lot.lot, lot.left, lot.earned)?;
            }
        }
        for (name, standing) in &self.tiers {
            let until = standing.until.as_ref().map_or(String::new(), |until| format!(" until {until}"));
            let called = standing.label.map_or(String::new(), |label| format!(" “{label}”"));
            writeln!(f, "  {name}: {}{called}{until}, highest {}", standing.tier, standing.highest)?;
            for perk in &standing.perks {
                writeln!(f, "    perk {perk}")?;
            }
        }
        for (name, measure) in &self.measures {
            writeln!(f, "  {name}: {}", measure.shown)?;
        }
        for badge in &self.badges {
            writeln!(f, "  badge {badge}")?;
        }
        for voucher in &self.vouchers {
            let value = voucher.worth.as_ref().map_or(String::new(), |value| format!(" of {value}"));
            let ends = voucher.expires.as_ref().map_or(String::new(), |at| format!(", expires {at}"));
            writeln!(
                f,
                "  voucher {} {}{value}: {}, issued {}{ends}",
                voucher.voucher, voucher.reward, voucher.state, voucher.issued
            )?;
        }
        Ok(())
    }
}

fn bare(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
