//! Says in plain words what happened and why.

mod supposed;

use serde::Serialize;

use crate::engine::{Account, Cause, Explained, Outcome, Side, Stage, TraceStep, VoucherChange, What, words};
use crate::hir::Program;
use crate::value::{Exact, Money, format_instant};

pub use supposed::{Supposed, suppose};

/// The name of what brought something about: ``earn `base` ``.
pub fn cause(program: &Program, cause: Cause) -> String {
    match words::cause(program, cause) {
        (kind, Some((name, _))) => format!("{kind} `{name}`"),
        (_, None) => "the event itself".into(),
    }
}

/// The name of an account.
fn account(account: &Account) -> String {
    match account {
        Account::Available => "available".into(),
        Account::Pending => "pending".into(),
        Account::Issuer => "issuer".into(),
        Account::Partner(name) => format!("partner {name}"),
        Account::Transfer => "transfer".into(),
        Account::Cause(name) => format!("cause {name}"),
        Account::Expired => "expired".into(),
        Account::Redeemed => "redeemed".into(),
    }
}

/// One outcome in one line.
pub fn outcome(program: &Program, outcome: &Outcome) -> String {
    let what = what(program, &outcome.what, outcome.cause);
    // A refusal says itself what it is about.
    let plain = matches!(outcome.what, What::Refused(_) | What::Failed(_)) && outcome.cause == Cause::Event;
    if plain { what } else { format!("{what}, by {}", cause(program, outcome.cause)) }
}

/// What became of an amount that moved from one account to another.
fn moved(amount: &str, from: &Account, to: &Account, cause: Cause) -> String {
    let waiting = if *to == Account::Pending { ", pending" } else { "" };
    match (from, to) {
        (Account::Issuer, to) if to.is_own() => format!("{amount} given{waiting}"),
        (Account::Partner(name), to) if to.is_own() => format!("{amount} given{waiting}, paid for by partner {name}"),
        (from, Account::Issuer) if from.is_own() && matches!(cause, Cause::Transfer(_) | Cause::Exchange(_)) => {
            format!("{amount} paid as a fee")
        }
        (from, Account::Issuer) if from.is_own() => format!("{amount} taken back"),
        (from, Account::Partner(name)) if from.is_own() => format!("{amount} taken back, for partner {name}"),
        (Account::Expired, Account::Issuer | Account::Partner(_)) => format!("{amount} taken back that had lapsed"),
        (Account::Pending, Account::Available) => format!("{amount} can be used now"),
        (from, Account::Expired) if from.is_own() => format!("{amount} lapsed"),
        (Account::Expired, to) if to.is_own() => format!("{amount} lapsed no longer"),
        (from, Account::Redeemed) if from.is_own() => format!("{amount} spent"),
        (from, Account::Cause(name)) if from.is_own() => format!("{amount} given to {name}"),
        (Account::Redeemed | Account::Cause(_), to) if to.is_own() => format!("{amount} came back{waiting}"),
        (Account::Redeemed, Account::Expired) => format!("{amount} came back and lapsed at once"),
        (Account::Available, Account::Transfer) => format!("{amount} passed on"),
        (Account::Transfer, Account::Available) => format!("{amount} received"),
        (from, to) => format!("{amount} from {} to {}", account(from), account(to)),
    }
}

/// What happened, in words.
fn what(program: &Program, what: &What, cause: Cause) -> String {
    let money = |minor: i64| Money { minor, currency: program.settings.currency }.to_string();
    let tier = |ladder, tier: u32| {
        let ladder: &crate::hir::Ladder = program.ladders.at(ladder);
        ladder.tiers.get(tier as usize).map_or(String::new(), |tier| tier.name.to_string())
    };
    match what {
        What::Posted { unit, from, to, amount, lot, line } => {
            let amount = words::quantity(program, *unit, Exact::from(*amount));
            let lot = lot.map_or(String::new(), |lot| format!(", lot {lot}"));
            let line = line.map_or(String::new(), |line| format!(", line {}", line + 1));
            format!("{}{lot}{line}", moved(&amount, from, to, cause))
        }
        What::Limited { limit, requested, granted } => {
            let name = program
                .limits
                .at(*limit)
                .name
                .as_ref()
                .map_or_else(|| "a limit".to_string(), |name| format!("limit `{name}`"));
            format!("{name} lets {granted} of {requested} through")
        }
        What::Tier { ladder, from, to, until } => {
            let until =
                until.map_or(String::new(), |at| format!(" until {}", format_instant(at, &program.settings.zone)));
            format!(
                "{} from {} to {}{until}",
                program.ladders.at(*ladder).name,
                tier(*ladder, *from),
                tier(*ladder, *to)
            )
        }
        What::Issued { reward, voucher, value, expires } => {
            let value = value.map_or(String::new(), |minor| format!(" of {}", money(minor)));
            let end = expires
                .map_or(String::new(), |at| format!(", good until {}", format_instant(at, &program.settings.zone)));
            format!("voucher {voucher} `{}`{value} issued{end}", program.rewards.at(*reward).name)
        }
        What::Voucher { reward, voucher, change } => {
            let change = match change {
                VoucherChange::Used => "used",
                VoucherChange::Returned => "given back",
                VoucherChange::Cancelled => "cancelled",
                VoucherChange::Expired => "expired",
            };
            format!("voucher {voucher} `{}` {change}", program.rewards.at(*reward).name)
        }
        What::CardUsed { reward, voucher, amount, left } => {
            let (name, left) = (&program.rewards.at(*reward).name, money(*left));
            match amount {
                ..0 => format!("{} back to voucher {voucher} `{name}`, {left} left", money(-amount)),
                _ => format!("{} of voucher {voucher} `{name}` used, {left} left", money(*amount)),
            }
        }
        What::Paid { redeem, amount, value } => {
            let unit = program.redeems.at(*redeem).unit;
            let points = words::quantity(program, unit, Exact::from(amount.abs()));
            match amount {
                ..0 => format!("the {} that {points} had paid are due again", money(-value)),
                _ => format!("{points} pay {}", money(*value)),
            }
        }
        What::Badge { badge, given } => {
            format!("badge `{}` {}", program.badges.at(*badge).name, if *given { "given" } else { "taken back" })
        }
        What::Message { channel, text, .. } => format!("{channel} message \"{text}\""),
        What::Withheld { channel, reason } => format!("{channel} message withheld: {reason}"),
        What::Offer { choice, offer, change, option } => {
            let option = option.as_ref().map_or(String::new(), |option| format!(": `{option}`"));
            format!("offer {offer} of `{}` {}{option}", program.choices.at(*choice).name, change.word())
        }
        What::Entry { draw, entry, change, prize } => {
            let prize = prize.map_or(String::new(), |prize| format!(": `{}`", program.rewards.at(prize).name));
            format!("entry `{entry}` of `{}` {}{prize}", program.draws.at(*draw).name, change.word())
        }
        What::Ranked { board, place, of, score } => {
            format!("place {place} of {of} on `{}`, with {score}", program.leaderboards.at(*board).name)
        }
        What::Drawn { draw, entries, prizes } => {
            format!("`{}` drawn: {prizes} of {entries} entries have won", program.draws.at(*draw).name)
        }
        What::Owed { unit, debt } => format!("{} owed", words::quantity(program, *unit, Exact::from(*debt))),
        What::Challenge { challenge, stage, progress, target, .. } => {
            let name = &program.challenges.at(*challenge).name;
            let of = target.as_ref().map_or(String::new(), |target| format!(" of {target}"));
            format!("challenge `{name}` {}: {progress}{of}", words::stage(*stage))
        }
        What::Charged(fee) => format!("{} to be paid", money(*fee)),
        What::Undecided(at) => format!("decided {}", format_instant(*at, &program.settings.zone)),
        What::Unreached(reason) => format!("reaches nobody: {reason}"),
        What::Settled { partner, unit, side, amount, value } => {
            let amount = words::quantity(program, *unit, Exact::from(*amount));
            let name = &program.partners.at(*partner).name;
            let worth = words::money(program, *value);
            match side {
                Side::Issued => format!("partner {name} owes {worth} for {amount}"),
                Side::TakenBack => format!("partner {name} owes {worth} less: {amount} came back"),
                Side::Redeemed => format!("partner {name} is owed {worth} for {amount}"),
                Side::Returned => format!("partner {name} is owed {worth} less: it gave {amount} back"),
            }
        }
        What::Donated { charity, amount, matched, giver, receipt } => {
            let name = &program.charities.at(*charity).name;
            let added = if *matched == 0 { String::new() } else { format!(", {} added", money(*matched)) };
            let receipt = receipt.map_or(String::new(), |number| format!(", receipt {number}"));
            match amount {
                ..0 => format!("{} of the {} taken back from {name}", money(-amount), giver.word()),
                _ => format!("{} of the {} to {name}{added}{receipt}", money(*amount), giver.word()),
            }
        }
        What::Divided { charity, votes, amount } => {
            format!("{votes} votes for {}: {}", program.charities.at(*charity).name, money(*amount))
        }
        What::Refused(reason) => format!("refused: {reason}"),
        What::Failed(reason) => format!("error: {reason}"),
        What::Irreversible(reason) => format!("cannot be undone: {reason}"),
        What::Withdrawn(before) => format!("withdrawn: {}", self::what(program, before, cause)),
    }
}

/// A step on the way to an event's outcomes.
#[derive(Debug, Clone, Serialize)]
pub struct StepLine {
    /// What in the program.
    pub by: String,
    /// What the step was: `holds`, `fails`, `base`, `boost`, `group`, `limit`, `round`, `gives` or `undoes`.
    pub step: &'static str,
    /// The line of the event, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// What it came to.
    pub result: String,
    /// File and line of the program.
    pub line: String,
    /// File and line of what brought it about.
    #[serde(skip)]
    pub declared: Option<String>,
}

/// The steps on the way to an event's outcomes.
pub fn step_lines(program: &Program, explained: &Explained) -> Vec<StepLine> {
    let line = |step: &TraceStep| StepLine {
        by: cause(program, step.cause),
        step: match (step.stage, step.passed) {
            (Stage::Condition, true) => "holds",
            (Stage::Condition, false) => "fails",
            (Stage::Base, _) => "base",
            (Stage::Boost, _) => "boost",
            (Stage::Group, _) => "group",
            (Stage::Limit, _) => "limit",
            (Stage::Round, _) => "round",
            (Stage::Post, _) => "gives",
            (Stage::Reverse, _) => "undoes",
        },
        item: step.line.map(|line| line + 1),
        result: step.result.clone(),
        line: program.sources.at(step.span),
        declared: words::declared(program, step.cause).map(|span| program.sources.at(span)),
    };
    explained.steps.iter().map(line).collect()
}

/// What the steps of one rule came to, where that is to be told: nothing, because something failed.
fn came_to(steps: &[StepLine]) -> String {
    let has = |word: &str| steps.iter().filter(|step| step.step == word).count();
    if has("gives") + has("undoes") + has("base") > 0 {
        return String::new();
    }
    match has("fails") {
        0 => String::new(),
        1 => ": not, for one reason".to_owned(),
        count => format!(": not, for {count} reasons"),
    }
}

/// The same as lines of text, with the place in the program.
pub fn steps(program: &Program, explained: &Explained) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = step_lines(program, explained);
    while let Some(first) = rest.first() {
        let by = first.by.clone();
        let (own, others): (Vec<StepLine>, Vec<StepLine>) = rest.into_iter().partition(|step| step.by == by);
        let at = own.first().and_then(|step| step.declared.clone()).map_or(String::new(), |at| format!("  ({at})"));
        lines.push(format!("{by}{}{at}", came_to(&own)));
        for step in own {
            let item = step.item.map_or(String::new(), |item| format!("line {item}: "));
            lines.push(format!("  {:<6} {item}{}  ({})", step.step, step.result, step.line));
        }
        rest = others;
    }
    if let Some(fault) = &explained.fault {
        lines.push(format!("error: {fault}"));
    }
    lines
}
