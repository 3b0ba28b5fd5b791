//! Explanations: an event that is explained brings what it brought, and the numbers of its steps add up to what was posted (S8).

use std::collections::BTreeMap;

use meed::Program;
use meed::engine::{Account, Cause, Event, Explained, Outcome, Stage, TraceStep, What, World};
use meed::hir::{Combine, Effect, RuleId, UnitId};
use meed::value::Exact;

use super::history::{ALL, MEMBERS};
use super::run::{Run, checked, compiled, difference, told};
use super::{ANY, distinct, events, holds, same};

/// The amount of a unit, in steps, with which words begin: `2.5 points`, `1/3 points`, `$5.00 credit`.
fn steps_of(program: &Program, unit: UnitId, words: &str) -> Option<Exact> {
    let def = program.units.at(unit);
    let digits: String = words.chars().filter(|c| !"$¥,_".contains(*c)).collect();
    let number = digits.split_whitespace().next()?;
    let parse = |text: &str| -> Option<Exact> {
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let scale = 10_i128.checked_pow(u32::try_from(rest.len()).ok()?)?;
        Exact::new(sign * format!("{whole}{rest}").parse::<i128>().ok()?, scale)
    };
    let number = match number.split_once('/') {
        Some((above, below)) => parse(above)?.div(parse(below)?).ok()?,
        None => parse(number)?,
    };
    let scale = if def.money { 10_i64.pow(u32::from(program.settings.currency.exponent())) } else { def.steps() };
    number.mul(Exact::from(scale)).ok()
}

/// What each earn awarded, by the journal: to the member, and by mail to a group that collects a share.
fn awarded(outcomes: &[Outcome], event: &str) -> BTreeMap<Cause, i64> {
    let mut sums = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.comes_of(event)) {
        if let (Cause::Earn(_), What::Posted { from: Account::Issuer | Account::Partner(_), amount, .. }) =
            (outcome.cause, &outcome.what)
        {
            *sums.entry(outcome.cause).or_insert(0) += amount;
        }
    }
    sums
}

/// What each rule awarded of each unit, where giving is all that it does: to the member of the event, and to a group that collects a share. What
/// other members get, such as for a goal that all reach together, are awards of their own.
fn given_by_rules(program: &Program, outcomes: &[Outcome], event: &Event) -> BTreeMap<(RuleId, UnitId), i64> {
    let mut sums = BTreeMap::new();
    let own = |outcome: &&Outcome| {
        let other = outcome.member != event.member && MEMBERS.contains(&&*outcome.member);
        outcome.comes_of(&event.id) && !other
    };
    for outcome in outcomes.iter().filter(own) {
        if let (Cause::Rule(id), What::Posted { unit, from: Account::Issuer | Account::Partner(_), amount, .. }) =
            (outcome.cause, &outcome.what)
            && program.rules.at(id).effects.iter().all(|(_, effect)| matches!(effect, Effect::Give(..)))
        {
            *sums.entry((id, *unit)).or_insert(0) += amount;
        }
    }
    sums
}

/// What does not add up in the steps of one rule.
fn wrong_rule(program: &Program, (id, unit): (RuleId, UnitId), explained: &Explained, posted: i64) -> Option<String> {
    let steps = explained.steps.iter().filter(|step| step.cause == Cause::Rule(id) && step.stage == Stage::Post);
    let of_unit = |words: &str| {
        let is = |name: &str| words.split_whitespace().any(|word| word == name);
        let def = program.units.at(unit);
        is(&def.name) || def.also.as_deref().is_some_and(is)
    };
    let given: Vec<_> =
        steps.filter(|step| of_unit(&step.result)).map(|step| steps_of(program, unit, &step.result)).collect();
    let sum = given.iter().try_fold(Exact::ZERO, |sum, amount| sum.add((*amount)?).ok());
    let name = &program.rules.at(id).name;
    (sum != Some(Exact::from(posted))).then(|| format!("the steps of `{name}` give {given:?}, the journal {posted}"))
}

/// A limit that has cut something, and is not told to have done so by as much.
fn untold(program: &Program, explained: &Explained) -> Option<String> {
    explained.outcomes.iter().find_map(|outcome| {
        let What::Limited { limit, requested, granted } = &outcome.what else { return None };
        let words = format!("{requested} asked, {granted} fit");
        let span = program.limits.at(*limit).span;
        let mut steps = explained.steps.iter().filter(|step| step.stage == Stage::Limit && step.span == span);
        let told = outcome.member != explained.event.member || steps.any(|step| step.result == words);
        (!told).then(|| format!("a limit cuts: {words}; the steps do not say so"))
    })
}

/// What does not add up in the steps of one earn.
fn wrong(program: &Program, cause: Cause, explained: &Explained, posted: i64) -> Option<String> {
    let Cause::Earn(id) = cause else { return None };
    let unit = program.earns.at(id).unit;
    let given = explained.steps.iter().filter(|step| step.cause == cause && step.stage == Stage::Post);
    let given: Vec<_> = given.map(|step| (step.line, steps_of(program, unit, &step.result))).collect();
    let sum = given.iter().try_fold(Exact::ZERO, |sum, (_, amount)| sum.add((*amount)?).ok());
    if sum != Some(Exact::from(posted)) {
        return Some(format!("the steps give {given:?}, the journal {posted}"));
    }
    given.into_iter().find_map(|(line, amount)| beside(program, cause, line, explained, amount?))
}

/// What does not add up in the steps of one earn at one line.
fn beside(program: &Program, cause: Cause, line: Option<u32>, explained: &Explained, given: Exact) -> Option<String> {
    let Cause::Earn(id) = cause else { return None };
    let earn = program.earns.at(id);
    let own: Vec<&TraceStep> = explained.steps.iter().filter(|step| step.cause == cause && step.line == line).collect();
    let said = |stage: Stage| own.iter().filter(move |step| step.stage == stage);
    let read = |words: &str| steps_of(program, earn.unit, words);
    let base = said(Stage::Base).find_map(|step| read(step.result.split(" = ").last()?.split(", where").next()?))?;
    // What is told as `91.66…` cannot be added up.
    let added = said(Stage::Boost).filter_map(|step| step.result.strip_prefix("adds ")).map(read);
    let added: Vec<Exact> = added.collect::<Option<_>>()?;
    let sum = match earn.combine {
        Combine::Add => added.iter().try_fold(base, |sum, more| sum.add(*more)).ok()?,
        Combine::Best => base.add(added.into_iter().max().unwrap_or(Exact::ZERO)).ok()?,
        Combine::Multiply => return None,
    };
    // Limits cut the sum one after the other, and the last word is what is left of it.
    let mut left = sum;
    let limits: Vec<_> = earn.limits.iter().map(|limit| program.limits.at(*limit).span).collect();
    for step in said(Stage::Limit).filter(|step| limits.contains(&step.span)) {
        let (asked, fit) = step.result.split_once(" asked, ")?;
        let (asked, fit) = (read(asked)?, read(fit.strip_suffix(" fit")?)?);
        if asked != left {
            return Some(format!("`{}` comes to {left}, and {asked} is asked of its limit", earn.name));
        }
        left = fit;
    }
    // Rounding, in whatever scope, moves an amount by less than one step; caps and limits behind it only lower it.
    let far = given.sub(left).ok()?;
    (far >= Exact::ONE).then(|| format!("`{}` comes to {left} and gives {given}", earn.name))
}

#[test]
fn s08_the_steps_of_an_explanation_add_up_to_what_was_posted() {
    holds(40, 15, 25, |recipe, choices, _| {
        let (text, program) = checked(recipe, ANY)?;
        let events = distinct(events(&program, choices, ALL));
        let story = || format!("{text}\n{}", told(&program, &events));
        let mut run =
            Run { world: World::new(compiled(&program)).keeping_all(), journal: Vec::new(), arrivals: Vec::new() };
        let mut brought = Vec::new();
        for event in &events {
            run.submit(vec![event.clone()]);
            brought.push(std::mem::take(&mut run.journal));
        }
        for (event, outcomes) in events.iter().zip(brought) {
            let explained = run.world.explain(&event.id).ok_or_else(|| format!("{} is not explained", event.id))?;
            let own = |all: &[Outcome]| -> Vec<Outcome> {
                all.iter().filter(|outcome| outcome.event.as_ref() == Some(&event.id)).cloned().collect()
            };
            same(&format!("outcomes of {}", event.id), difference(&own(&outcomes), &own(&explained.outcomes)), story)?;
            for (cause, posted) in awarded(&explained.outcomes, &event.id) {
                if let Some(wrong) = wrong(&program, cause, &explained, posted) {
                    let said = meed::explain::steps(&program, &explained).join("\n");
                    return Err(format!("{}: {wrong}\n{said}\n{}", event.id, story()));
                }
            }
            if let Some(untold) = untold(&program, &explained) {
                return Err(format!("{}: {untold}\n{}", event.id, story()));
            }
            for (what, posted) in given_by_rules(&program, &explained.outcomes, event) {
                if let Some(wrong) = wrong_rule(&program, what, &explained, posted) {
                    let said = meed::explain::steps(&program, &explained).join("\n");
                    return Err(format!("{}: {wrong}\n{said}\n{}", event.id, story()));
                }
            }
        }
        Ok(())
    });
}
