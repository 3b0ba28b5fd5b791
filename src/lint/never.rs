//! Rules that can never be true, boosts that never apply, tiers that nobody reaches.

use crate::diagnostic::Diagnostic;
use crate::engine::reads;
use crate::hir::{
    BoostAmount, Builtin, Compare, Direction, Effect, Expr, Gates, Kind, LadderId, Level, Program, Read, Source,
    TierAt, Trigger, Type,
};
use crate::source::Span;
use crate::value::Exact;

use super::facts::{Conflict, Facts, number, said};
use super::{seasons, warning, without};

pub(super) fn look(program: &Program, found: &mut Vec<Diagnostic>) {
    let mut ask = |what: String, span: Span, gates: &[&Gates], more: &[&Expr]| {
        if gates.iter().any(|gates| seasons::never(&gates.during)) {
            let message = format!("{what}: its lines `during` never hold together");
            let told = warning("E0590", span, message);
            found.push(told.help("seasons of which one is enough stand on one line: `during saturday, sunday`"));
            return;
        }
        let told = holds(program, span, gates, more).err();
        found.extend(told.map(|conflict| told_of(program, "E0590", &what, conflict)));
    };
    for earn in program.earns.iter() {
        ask(format!("earn `{}` never gives anything", earn.name), earn.span, &[&earn.gates], &[]);
    }
    for rule in program.rules.iter() {
        ask(format!("`{}` never does anything", rule.name), rule.span, &[&rule.gates], &[]);
        for condition in rule.effects.iter().filter_map(|(condition, _)| condition.as_ref()) {
            let open = holds(program, rule.span, &[&rule.gates], &[]).is_ok() && !seasons::never(&rule.gates.during);
            if open {
                let what = format!("a part of `{}` never happens", rule.name);
                ask(what, rule.span, &[&rule.gates], &[condition]);
            }
        }
    }
    for reward in program.rewards.iter() {
        ask(format!("nobody can have reward `{}`", reward.name), reward.span, &[&reward.gates], &[]);
    }
    for redeem in program.redeems.iter() {
        ask(format!("nobody can use redeem `{}`", redeem.name), redeem.span, &[&redeem.gates], &[]);
    }
    for segment in program.segments.iter() {
        ask(format!("nobody is ever in segment `{}`", segment.name), segment.span, &[], &[&segment.condition]);
    }
    for challenge in program.challenges.iter() {
        let only: Vec<&Expr> = challenge.only.iter().collect();
        ask(format!("nobody takes part in challenge `{}`", challenge.name), challenge.span, &[], &only);
    }
    nothing(program, found);
    rises(program, found);
    birthdays(program, found);
    boosts(program, found);
    tiers(program, found);
    splits(program, found);
}

/// Earns at the tier that an event leads to, in ladders that climb by what is given: that is given only then.
fn splits(program: &Program, found: &mut Vec<Diagnostic>) {
    let counts = |id: LadderId| {
        let tiers = program.ladders.at(id).tiers.iter().filter_map(|tier| tier.reach.as_ref());
        let mut measures = tiers.flat_map(|reach| reads::measures(program, reach)).peekable();
        measures.peek().is_some()
            && measures.all(|measure| matches!(program.measures.at(measure).source, Source::Postings { .. }))
    };
    for earn in program.earns.iter() {
        let (ladders, word): (Vec<LadderId>, _) = match earn.tier {
            TierAt::Before => continue,
            TierAt::After => (program.ladders.ids().collect(), "after"),
            TierAt::Split(ladder) => (vec![ladder], "split"),
        };
        if ladders.is_empty() || !ladders.into_iter().all(counts) {
            continue;
        }
        let message = format!(
            "`tier {word}` of `{}` never does anything: what the event gives counts for the tier, and is given only then",
            earn.name
        );
        found.push(
            warning("E0590", earn.span, message).help(
                "let the tiers climb by what members spend, such as `sum of purchase.total`; or take the line out",
            ),
        );
    }
}

/// Earns of a fixed amount that is not above zero.
fn nothing(program: &Program, found: &mut Vec<Diagnostic>) {
    for earn in program.earns.iter() {
        let Some(amount) = number(program, &earn.give).filter(|amount| *amount <= Exact::ZERO) else { continue };
        let amount = said(program, Type::Quantity(earn.unit), amount);
        let message = format!("earn `{}` never gives anything: it gives {amount}", earn.name);
        let help = "an earn gives more than nothing; what is taken away is the `take` of a rule";
        found.push(warning("E0590", earn.give.span, message).help(help));
    }
    for rule in program.rules.iter() {
        for (_, effect) in &rule.effects {
            let Effect::Give(unit, give) = effect else { continue };
            let Some(amount) = number(program, give).filter(|amount| *amount <= Exact::ZERO) else { continue };
            let amount = said(program, Type::Quantity(*unit), amount);
            let message = format!("rule `{}` never gives anything here: it gives {amount}", rule.name);
            let help = "a `give` is more than nothing; what is taken away is a `take`";
            found.push(warning("E0590", give.span, message).help(help));
        }
    }
}

/// Rules that wait for a rise to the tier that everybody has from the beginning, or for a fall to the highest.
fn rises(program: &Program, found: &mut Vec<Diagnostic>) {
    for rule in program.rules.iter() {
        let Trigger::Tier { ladder, direction, to: Some(to), .. } = rule.trigger else { continue };
        let ladder = program.ladders.at(ladder);
        let last = ladder.tiers.len().saturating_sub(1);
        let tier = ladder.tiers.get(to as usize).map_or("", |tier| &*tier.name);
        let (why, help) = match direction {
            Direction::Rises if to == 0 => (
                format!("everybody has `{tier}` from the beginning, and nobody rises to it"),
                "name a higher tier; what new members get is a rule `on join`",
            ),
            Direction::Falls if to as usize == last => {
                (format!("`{tier}` is the highest tier, and nobody falls to it"), "name a lower tier")
            }
            _ => continue,
        };
        let message = format!("`{}` never does anything: {why}", rule.name);
        found.push(warning("E0590", rule.span, message).help(help));
    }
}

/// Conditions that take the day of birth for today.
fn birthdays(program: &Program, found: &mut Vec<Diagnostic>) {
    let is_birthday = |expr: &Expr| match expr.kind {
        Kind::Read(Read::Attribute(id)) => &*program.attributes.at(id).name == "birthday",
        _ => false,
    };
    for expr in program.expressions() {
        reads::visit(program, expr, &mut |part| {
            let Kind::Compare(Compare::Is, left, right) = &part.kind else { return };
            let today = |expr: &Expr| matches!(expr.kind, Kind::Builtin(Builtin::Today));
            if is_birthday(left) && today(right) || today(left) && is_birthday(right) {
                let message = "a birthday is the day of birth with its year, and that is today once in a life";
                found.push(warning("E0590", part.span, message.to_owned()).help(
                    "write `month is month(birthday) and day is day(birthday)`, or let an earn or rule be `on birthday`",
                ));
            }
        });
    }
}

/// Whether conditions can hold together.
fn holds<'p>(program: &'p Program, span: Span, gates: &[&'p Gates], more: &[&'p Expr]) -> Result<(), Conflict> {
    let mut facts = Facts::new(program);
    for gates in gates {
        gates.during.iter().try_for_each(|alternatives| facts.during(alternatives, span))?;
        gates.when.iter().chain(&gates.filter).try_for_each(|condition| facts.assume(condition))?;
    }
    more.iter().try_for_each(|condition| facts.assume(condition))
}

fn told_of(program: &Program, code: &'static str, what: &str, conflict: Conflict) -> Diagnostic {
    let quoted = |span: Span| {
        let text = program.sources.text(span);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let this = quoted(conflict.span);
    match conflict.other {
        Some(other) if other.file == conflict.span.file && quoted(other) != this => {
            warning(code, conflict.span, format!("{what}: `{this}` cannot hold where `{}` does", quoted(other)))
                .related(other, "it contradicts this")
                .help("drop one of the two, or join them by `or`")
        }
        _ => warning(code, conflict.span, format!("{what}: `{this}` never holds"))
            .help("take it out, or write what is meant"),
    }
}

/// Boosts that do nothing, or whose conditions contradict those of every earn that they are for.
fn boosts(program: &Program, found: &mut Vec<Diagnostic>) {
    for (id, boost) in program.boosts.pairs() {
        let earns = || program.earns.iter().filter(|earn| earn.boosts.contains(&id));
        let amount = boost.amount.value();
        let idle = match &boost.amount {
            BoostAmount::Factor(_) => Exact::ONE,
            BoostAmount::Share(_) | BoostAmount::Add(_) => Exact::ZERO,
        };
        if number(program, amount) == Some(idle) {
            let said = program.sources.text(amount.span);
            let told = warning("E0595", boost.span, format!("a boost of `{said}` changes nothing"))
                .help("write a factor above `1x`, or an amount, or take the boost out");
            found.push(without(program, told, boost.span));
            continue;
        }
        let conflicts: Vec<Conflict> =
            earns().filter_map(|earn| holds(program, boost.span, &[&earn.gates, &boost.gates], &[]).err()).collect();
        if let (Some(conflict), true) = (conflicts.first(), conflicts.len() == earns().count()) {
            let idle = |earn: &crate::hir::Earn| holds(program, earn.span, &[&earn.gates], &[]).is_err();
            if !earns().all(idle) {
                let what = format!("this boost of `{}` never applies", boost.name);
                found.push(told_of(program, "E0595", &what, *conflict));
            }
        }
    }
}

/// Tiers whose condition cannot hold, and tiers of a balance from which rewards are taken by themselves.
fn tiers(program: &Program, found: &mut Vec<Diagnostic>) {
    for tier in program.ladders.iter().flat_map(|ladder| &ladder.tiers) {
        let Some(reach) = &tier.reach else { continue };
        if let Err(conflict) = holds(program, tier.span, &[], &[reach]) {
            let what = format!("nobody reaches tier `{}`", tier.name);
            found.push(told_of(program, "E0591", &what, conflict));
        }
        let mut balances: Vec<(crate::hir::UnitId, Exact, Span)> = Vec::new();
        reads::visit(program, reach, &mut |part| {
            if let Kind::Compare(Compare::AtLeast | Compare::More, left, right) = &part.kind
                && let Kind::Read(Read::Balance(unit, Level::Balance | Level::Available)) = left.kind
                && let Some(least) = number(program, right)
            {
                balances.push((unit, least, part.span));
            }
        });
        for (unit, least, span) in balances {
            let taken = program.rewards.iter().filter(|reward| reward.automatic).find_map(|reward| {
                let (of, cost) = reward.cost.as_ref()?;
                let cost = number(program, cost).filter(|cost| *of == unit && *cost <= least)?;
                Some((reward, cost))
            });
            if let Some((reward, cost)) = taken {
                let cost = said(program, Type::Quantity(unit), cost);
                let message = format!(
                    "nobody reaches tier `{}`: reward `{}` takes {cost} by itself before there are so many",
                    tier.name, reward.name
                );
                found.push(warning("E0596", span, message).related(reward.span, "it is redeemed by itself").help(
                    "let the tier ask for what was earned: a measure such as `sum of points.earned, each calendar year`",
                ));
            }
        }
    }
}
