//! `rule`.

use super::{block_statements, earn, expr, literal, time};
use crate::syntax::ast::{
    Convert, Donation, Effect, Gate, Message, PeriodDay, Rule as Item, Spanned, TierChange, Trigger,
};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Reader, Statement};

/// `rule x trigger { … }`.
pub(super) fn rule<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Item> {
    let written = head.get(Rule::trigger)?;
    let trigger = Spanned { value: trigger(r, &written.first()?)?, at: written.at() };
    let mut out = Item {
        name: head.ident()?,
        was: head.was(),
        trigger,
        gate: Gate::default(),
        effects: Vec::new(),
        at: head.at(),
    };
    block_statements(r, block, Rule::rule_lines, None, |r, s| {
        if let Some(value) = effect(r, s)? {
            out.effects.push(Spanned { value, at: s.at });
            return Some(());
        }
        earn::gate(r, s, &mut out.gate)
    });
    Some(out)
}

/// What sets a rule off.
pub(super) fn trigger<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Trigger> {
    Some(match n.rule() {
        Rule::on_trigger => Trigger::On(n.path()?),
        Rule::when_trigger => when(r, n)?,
        Rule::each_trigger => {
            let mut values = n.all(Rule::sum);
            let step = expr::expr(r, &values.next()?)?;
            let from = match values.next() {
                Some(from) => Some(expr::expr(r, &from)?),
                None => None,
            };
            Trigger::EachTime { measure: n.path()?, step, from }
        }
        Rule::every_trigger => {
            let on = match n.get(Rule::period_day) {
                Some(day) => Some(Spanned { value: period_day(r, &day)?, at: day.at() }),
                None => None,
            };
            let at = match n.get(Rule::time) {
                Some(at) => Some(literal::time(r, &at)?),
                None => None,
            };
            Trigger::Every { period: time::period(&n.get(Rule::period)?)?, on, time: at }
        }
        _ => {
            let delay = literal::duration(&n.get(Rule::duration)?)?;
            let mut events = n.idents().into_iter();
            let event = events.next()?;
            if n.has(Rule::kw_last) {
                Trigger::AfterLast { delay, event }
            } else {
                Trigger::After { delay, event, unless: events.next() }
            }
        }
    })
}

fn when<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Trigger> {
    let path = n.path()?;
    if let Some(reaches) = n.get(Rule::reaches) {
        let threshold = expr::expr(r, &reaches.get(Rule::sum)?)?;
        return Some(Trigger::Reaches { measure: path, threshold });
    }
    let Some(name) = path.single().cloned() else {
        r.report(errors::dotted_name(path.at.0));
        return None;
    };
    let Some(change) = n.get(Rule::change) else { return Some(Trigger::Expire(name)) };
    let changes = [
        (Rule::kw_rises, TierChange::Rises),
        (Rule::kw_falls, TierChange::Falls),
        (Rule::kw_changes, TierChange::Changes),
    ];
    Some(Trigger::Tier {
        tiers: name,
        change: change.pick(&changes)?,
        to: change.ident(),
        first_time: change.mark(Rule::kw_first),
    })
}

fn period_day(r: &mut Reader<'_>, n: &Node<'_>) -> Option<PeriodDay> {
    if let Some(weekday) = n.get(Rule::weekday) {
        return Some(PeriodDay::Weekday(time::weekday(&weekday)?));
    }
    if let Some(day) = n.get(Rule::month_day) {
        return Some(PeriodDay::MonthDay(time::month_day(r, &day)?));
    }
    if n.has(Rule::kw_last) {
        return Some(PeriodDay::LastDay);
    }
    let number = n.number()?;
    match number.text.parse() {
        Ok(day) if (1..=366).contains(&day) => Some(PeriodDay::Day(day)),
        _ => {
            r.report(errors::no_such_day(number.at.0, &number.text));
            None
        }
    }
}

/// The effect of a line; `Some(None)` where the line is no effect.
pub(super) fn effect<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Option<Effect>> {
    let n = &s.node;
    match n.rule() {
        Rule::give_line => Some(Some(Effect::Give(earn::amount(r, s)?))),
        Rule::take_line => Some(Some(Effect::Take(earn::amount(r, s)?))),
        Rule::acted_line => {
            let when = expr::expr(r, &n.get(Rule::when)?.get(Rule::expr)?)?;
            Some(Some(Effect::When(Box::new((of_no_amount(r, &n.first()?)??, when)))))
        }
        _ => of_no_amount(r, n),
    }
}

/// The same where the effect has no amount with cases.
fn of_no_amount<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Option<Effect>> {
    Some(Some(match n.rule() {
        Rule::give_to_line => {
            let amount = expr::expr(r, &n.get(Rule::sum)?)?;
            Effect::GiveTo(Box::new((amount, n.path()?)))
        }
        Rule::convert_line => Effect::Convert(Box::new(convert(r, n)?)),
        Rule::issue_line => Effect::Issue(n.ident()?),
        Rule::badge_line => Effect::Badge(n.ident()?),
        Rule::grant_line => {
            let mut names = n.idents().into_iter();
            let (tiers, level) = (names.next()?, names.next()?);
            let hold = match n.get(Rule::hold) {
                Some(hold) => Some(time::hold(r, &hold)?),
                None => None,
            };
            Effect::Grant { tiers, level, hold }
        }
        Rule::extend_line => Effect::Extend { unit: n.ident()?, by: literal::duration(&n.get(Rule::duration)?)? },
        Rule::activate_line => {
            Effect::Activate(n.ident()?, n.get(Rule::duration).and_then(|time| literal::duration(&time)))
        }
        Rule::open_line => Effect::Open(n.ident()?),
        Rule::restart_line => Effect::Restart(n.ident()?),
        Rule::message_line => Effect::Message(message(r, n)?),
        Rule::donate_line => Effect::Donate(Box::new(donation(r, n)?)),
        Rule::enter_line => Effect::Enter(Box::new(super::play::enter(r, n)?)),
        Rule::offer_line => Effect::Offer(n.ident()?),
        _ => return Some(None),
    }))
}

fn convert<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Convert> {
    let mut names = n.idents().into_iter();
    let mut values = n.all(Rule::sum);
    let mut out = Convert {
        from: names.next()?,
        to: names.next()?,
        take: expr::expr(r, &values.next()?)?,
        give: expr::expr(r, &values.next()?)?,
        at_least: None,
        at_most: None,
    };
    for option in n.all(Rule::convert_option) {
        let value = expr::expr(r, &option.get(Rule::sum)?)?;
        let slot = if option.has(Rule::kw_least) { &mut out.at_least } else { &mut out.at_most };
        if let Some(earlier) = slot.replace(value) {
            r.report(errors::option_twice(option.at().0, earlier.at.0));
            return None;
        }
    }
    Some(out)
}

fn donation<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Donation> {
    Some(Donation { amount: expr::the_cases(r, n)?, to: n.ident()? })
}

fn message<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Message> {
    let text = literal::template(r, &n.get(Rule::text)?)?;
    let mut translations = Vec::new();
    for translation in n.all(Rule::translation) {
        let language = translation.get(Rule::language)?.as_ident();
        translations.push((language, literal::template(r, &translation.get(Rule::text)?)?));
    }
    Some(Message { channel: n.ident(), text, translations })
}
