//! All expressions of a program that the engine evaluates.

use super::{Earn, Effect, Expr, Gates, Guarded, LimitKind, Price, Program, RedeemForm, Rule, Source, Trigger};

fn gates<'p>(gates: &'p Gates, into: &mut Vec<&'p Expr>) {
    into.extend(&gates.when);
    into.extend(&gates.filter);
}

fn guards<'p, T>(cases: &'p Guarded<T>, into: &mut Vec<&'p Expr>) {
    into.extend(cases.iter().filter_map(|(guard, _)| guard.when.as_deref()));
}

fn prices(prices: &[Price]) -> impl Iterator<Item = &Expr> {
    prices.iter().flat_map(|price| [&price.steps, &price.money])
}

impl Program {
    /// Every expression at the top of a declaration, in order of declaration; what named values, conditions and tables hold is reached
    /// through them.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut all = Vec::new();
        let into = &mut all;
        into.extend(self.settings.accepts.iter().map(|(_, rate, _)| rate));
        into.extend(self.consents.iter().map(|consent| &consent.when));
        for unit in self.units.iter() {
            unit.expiry.iter().for_each(|rule| guards(&rule.cases, into));
            guards(&unit.pending, into);
            into.extend([&unit.keeps_while, &unit.at_most, &unit.worth].into_iter().flatten());
        }
        for measure in self.measures.iter() {
            into.extend(measure.share.iter().map(|share| &share.filter));
            match &measure.source {
                Source::Events { value, filter, .. } => into.extend([value, filter].into_iter().flatten()),
                Source::Streak { filter, .. } => into.extend(filter),
                Source::Run { filter, .. } => into.push(filter),
                Source::Formula(formula) => into.push(formula),
                Source::Postings { .. } => {}
            }
        }
        for tier in self.ladders.iter().flat_map(|ladder| &ladder.tiers) {
            into.extend([&tier.threshold, &tier.surplus, &tier.reach, &tier.keep].into_iter().flatten());
        }
        self.earns.iter().for_each(|earn| earn_roots(earn, into));
        for boost in self.boosts.iter() {
            gates(&boost.gates, into);
            into.push(boost.amount.value());
        }
        for limit in self.limits.iter() {
            let (LimitKind::Times(most) | LimitKind::Amount(_, most) | LimitKind::Money(most)) = &limit.kind;
            into.push(most);
            into.extend(&limit.per);
        }
        self.rules.iter().for_each(|rule| rule_roots(rule, into));
        for reward in self.rewards.iter() {
            gates(&reward.gates, into);
            gates(&reward.usable, into);
            into.extend(reward.cost.iter().map(|(_, cost)| cost));
            guards(&reward.gives.valid, into);
            into.extend([&reward.gives.value, &reward.minimum_basket].into_iter().flatten());
        }
        for redeem in self.redeems.iter() {
            gates(&redeem.gates, into);
            if let RedeemForm::Rate(points, money) = &redeem.form {
                into.extend([points, money]);
            }
            into.extend(
                [&redeem.minimum_basket, &redeem.at_most, &redeem.minimum, &redeem.steps].into_iter().flatten(),
            );
        }
        for challenge in self.challenges.iter() {
            challenge_roots(challenge, into);
        }
        for transfer in self.transfers.iter() {
            gates(&transfer.gates, into);
            into.extend([&transfer.minimum, &transfer.at_most, &transfer.steps, &transfer.fee].into_iter().flatten());
        }

        for partner in self.partners.iter() {
            into.extend(prices(&partner.issued).chain(prices(&partner.redeemed)));
        }
        for exchange in self.exchanges.iter() {
            gates(&exchange.gates, into);
            into.extend([&exchange.takes, &exchange.gives]);
            into.extend([&exchange.minimum, &exchange.at_most, &exchange.fee].into_iter().flatten());
            for bonus in &exchange.bonuses {
                into.extend(bonus.when.iter().chain([&bonus.every, &bonus.gives]));
            }
        }
        for charity in self.charities.iter() {
            gates(&charity.gates, into);
            into.extend(prices(&charity.rates));
            into.extend([&charity.minimum, &charity.steps].into_iter().flatten());
        }
        self.funds.iter().for_each(|fund| gates(&fund.gates, into));
        into.extend(self.invariants.iter().map(|invariant| &invariant.condition));
        all
    }
}

impl Rule {
    /// Every expression at the top of it, but those of its limits.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut all = Vec::new();
        rule_roots(self, &mut all);
        all
    }
}

impl Earn {
    /// Every expression at the top of it, but those of its boosts and limits.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut all = Vec::new();
        earn_roots(self, &mut all);
        all
    }
}

fn earn_roots<'p>(earn: &'p Earn, into: &mut Vec<&'p Expr>) {
    gates(&earn.gates, into);
    into.push(&earn.give);
    into.extend(&earn.as_of);
    earn.expiry.iter().for_each(|rule| guards(&rule.cases, into));
    earn.pending.iter().for_each(|pending| guards(pending, into));
}

fn rule_roots<'p>(rule: &'p Rule, into: &mut Vec<&'p Expr>) {
    gates(&rule.gates, into);
    match &rule.trigger {
        Trigger::Reaches(_, threshold) => into.push(threshold),
        Trigger::Another { step, from, .. } => into.extend(std::iter::once(step).chain(from)),
        _ => {}
    }
    for (condition, effect) in &rule.effects {
        into.extend(condition);
        match effect {
            Effect::Give(_, amount) | Effect::Take(_, amount) => into.push(amount),
            Effect::GiveTo(_, amount, member) => into.extend([amount, member]),
            Effect::Convert { price, gives, minimum, maximum, .. } => {
                into.extend([price, gives]);
                into.extend([minimum, maximum].into_iter().flatten());
            }
            Effect::Enter(_, times) => into.extend(times),
            Effect::Message(_, _, parts) => into.extend(parts.iter().map(|(_, part)| part)),
            Effect::Donate(_, amount) => into.push(amount),
            Effect::Exchange(_)
            | Effect::Issue(_)
            | Effect::Badge(_)
            | Effect::Grant(..)
            | Effect::Extend(..)
            | Effect::Activate(..)
            | Effect::Restart(_)
            | Effect::Offer(_)
            | Effect::Open(_) => {}
        }
    }
}

fn challenge_roots<'p>(challenge: &'p super::Challenge, into: &mut Vec<&'p Expr>) {
    into.extend(&challenge.only);
    if let super::Frame::From { filter, length, .. } = &challenge.frame {
        into.extend(filter);
        into.push(length);
    }
    for goal in &challenge.goals {
        into.push(&goal.threshold);
        match &goal.of {
            super::Progress::Counted(measure) => {
                if let super::Source::Events { value, filter, .. } = &measure.source {
                    into.extend(value.iter().chain(filter));
                }
            }
            super::Progress::Collected { value, .. } => into.push(value),
            super::Progress::Steps(steps) => into.extend(steps.iter().filter_map(|step| step.filter.as_ref())),
            super::Progress::Streak { filter, .. } => into.extend(filter),
            super::Progress::Measured(_) => {}
        }
    }
    into.extend(challenge.milestones.iter().map(|milestone| &milestone.at));
    into.extend(challenge.shared.iter().filter_map(|shared| shared.least.as_ref()));
}
