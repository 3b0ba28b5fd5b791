//! What a member may ask for now.

use std::sync::Arc;

use crate::engine::{Engine, Pots, State};
use crate::hir::{EventKind, Expr, Level, Program, Read, RedeemForm, UnitId};
use crate::value::{Exact, Value};

/// A type of event with the fields that make it one.
pub(crate) type Wish = (EventKind, Vec<(&'static str, Value)>);

/// Everything that a member has enough for, or could switch on.
pub(crate) fn wishes(program: &Program, engine: &Engine, state: &State, pots: &Pots) -> Vec<Wish> {
    let seen = Seen { program, engine, state, pots };
    let mut wishes = Vec::new();
    seen.spending(&mut wishes);
    seen.giving(&mut wishes);
    seen.offers(&mut wishes);
    wishes
}

struct Seen<'s> {
    program: &'s Program,
    engine: &'s Engine,
    state: &'s State,
    pots: &'s Pots,
}

impl Seen<'_> {
    fn value(&self, expr: &Expr) -> Option<Exact> {
        match self.engine.evaluate(self.state, self.pots, expr) {
            Ok(Value::Exact(value)) => Some(value),
            _ => None,
        }
    }

    fn available(&self, unit: UnitId) -> Exact {
        match self.engine.look(self.state, |cx| cx.read(Read::Balance(unit, Level::Available))) {
            Ok(Value::Exact(available)) => available,
            _ => Exact::ZERO,
        }
    }

    fn open(&self, conditions: &[Expr]) -> bool {
        conditions
            .iter()
            .all(|condition| self.engine.evaluate(self.state, self.pots, condition) == Ok(Value::Bool(true)))
    }

    /// The largest of: one whole unit, the minimum, one step; `None` where there is not so much.
    fn least(&self, unit: UnitId, bounds: [Option<&Expr>; 2]) -> Option<Exact> {
        let one = Exact::from(self.program.units.at(unit).steps());
        let least = bounds.into_iter().flatten().filter_map(|bound| self.value(bound)).fold(one, Exact::max);
        (least <= self.available(unit)).then_some(least)
    }

    /// An amount in whole units, as events have it.
    fn amount(&self, unit: UnitId, steps: Exact) -> Value {
        steps.div(Exact::from(self.program.units.at(unit).steps())).map_or(Value::Missing, Value::Exact)
    }

    fn spending(&self, wishes: &mut Vec<Wish>) {
        let text = |name: &Arc<str>| Value::Text(name.clone());
        for reward in self.program.rewards.iter() {
            let enough = |(unit, cost): &(UnitId, Expr)| self.value(cost).is_some_and(|c| c <= self.available(*unit));
            if !reward.automatic && reward.cost.as_ref().is_some_and(enough) && self.open(&reward.gates.when) {
                wishes.push((EventKind::Redeem, vec![("reward", text(&reward.name))]));
            }
        }
        for redeem in self.program.redeems.iter() {
            let step = match &redeem.form {
                RedeemForm::Ladder(steps) => steps.last().map(|(amount, _)| Exact::from(*amount)),
                RedeemForm::Rate(..) => None,
            };
            let enough = self.least(redeem.unit, [redeem.minimum.as_ref(), redeem.steps.as_ref()]);
            let enough = enough.filter(|_| step.is_none_or(|step| step <= self.available(redeem.unit)));
            if enough.is_some() && self.open(&redeem.gates.when) {
                wishes.push((EventKind::Redeem, vec![("reward", text(&redeem.name))]));
            }
        }
        for exchange in self.program.exchanges.iter() {
            if let (Some(least), Some(step)) = (
                self.least(exchange.from, [exchange.minimum.as_ref(), Some(&exchange.takes)]),
                self.value(&exchange.takes),
            ) && let Some(steps) = least.div(step).ok().map(Exact::ceil)
                && let Ok(amount) = steps.mul(step)
                && self.open(&exchange.gates.when)
            {
                let fields = vec![("exchange", text(&exchange.name)), ("amount", self.amount(exchange.from, amount))];
                wishes.push((EventKind::Exchange, fields));
            }
        }
    }

    fn giving(&self, wishes: &mut Vec<Wish>) {
        let text = |name: &Arc<str>| Value::Text(name.clone());
        for cause in self.program.charities.iter() {
            for price in &cause.rates {
                if let Some(least) = self.least(price.unit, [cause.minimum.as_ref(), cause.steps.as_ref()]) {
                    let fields = vec![
                        ("cause", text(&cause.name)),
                        ("amount", self.amount(price.unit, least)),
                        ("unit", text(&self.program.units.at(price.unit).name)),
                    ];
                    wishes.push((EventKind::Donate, fields));
                }
            }
        }
        for fund in self.program.funds.iter() {
            let affordable = fund.cost.is_none_or(|(unit, cost)| Exact::from(cost) <= self.available(unit));
            for cause in fund.among.iter().filter(|_| affordable) {
                let cause = &self.program.charities.at(*cause).name;
                wishes.push((EventKind::Vote, vec![("cause", text(cause)), ("fund", text(&fund.name))]));
            }
        }
        for transfer in self.program.transfers.iter() {
            if let Some(least) = self.least(transfer.unit, [transfer.minimum.as_ref(), transfer.steps.as_ref()]) {
                let fields = vec![("transfer", text(&transfer.name)), ("amount", self.amount(transfer.unit, least))];
                wishes.push((EventKind::Transfer, fields));
            }
        }
    }

    /// What could be switched on and is not.
    fn offers(&self, wishes: &mut Vec<Wish>) {
        let program = self.program;
        let earns = program.earns.iter().filter(|item| item.activation.is_some()).map(|item| &item.name);
        let boosts = program.boosts.iter().filter(|item| item.activation.is_some()).map(|item| &item.name);
        let rules = program.rules.iter().filter(|item| item.activation.is_some()).map(|item| &item.name);
        let challenges = program.challenges.iter().filter(|item| item.activation).map(|item| &item.name);
        for offer in earns.chain(boosts).chain(rules).chain(challenges) {
            if !self.state.activations.contains_key(offer) {
                // An invitation that stands is taken up sooner or later.
                wishes.extend([(); 3].map(|()| (EventKind::Activate, vec![("offer", Value::Text(offer.clone()))])));
            }
        }
    }
}
