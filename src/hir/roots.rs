//! All expressions of a program that the engine evaluates.

use super::{BoostAmount, Effect, Expr, Gates, LimitKind, Program, RedeemForm, Source, Trigger};

fn gates<'p>(gates: &'p Gates, into: &mut Vec<&'p Expr>) {
    into.extend(&gates.when);
    into.extend(&gates.filter);
}

impl Program {
    /// Every expression at the top of a declaration, in order of declaration; what named values, conditions and tables hold is reached
    /// through them.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut all = Vec::new();
        let into = &mut all;
        into.extend(self.settings.accepts.iter().map(|(_, rate, _)| rate));
        for unit in self.units.iter() {
            into.extend(unit.expiry.iter().filter_map(|rule| rule.when.as_ref()));
            into.extend([&unit.keeps_while, &unit.at_most, &unit.worth].into_iter().flatten());
        }
        for measure in self.measures.iter() {
            into.extend(measure.share.iter().map(|share| &share.filter));
            match &measure.source {
                Source::Events { value, filter, .. } => into.extend([value, filter].into_iter().flatten()),
                Source::Streak { filter, .. } => into.extend(filter),
                Source::Formula(formula) => into.push(formula),
                Source::Postings { .. } => {}
            }
        }
        for tier in self.ladders.iter().flat_map(|ladder| &ladder.tiers) {
            into.extend([&tier.threshold, &tier.reach, &tier.keep].into_iter().flatten());
        }
        for earn in self.earns.iter() {
            gates(&earn.gates, into);
            into.push(&earn.give);
            into.extend(&earn.as_of);
            into.extend(earn.expiry.iter().filter_map(|rule| rule.when.as_ref()));
        }
        for boost in self.boosts.iter() {
            gates(&boost.gates, into);
            let (BoostAmount::Factor(amount) | BoostAmount::Add(amount)) = &boost.amount;
            into.push(amount);
        }
        for limit in self.limits.iter() {
            let (LimitKind::Times(most) | LimitKind::Amount(_, most)) = &limit.kind;
            into.push(most);
            into.extend(&limit.per);
        }
        for rule in self.rules.iter() {
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
                    Effect::Issue(_)
                    | Effect::Badge(_)
                    | Effect::Grant(..)
                    | Effect::Extend(..)
                    | Effect::Restart(_)
                    | Effect::Offer(_) => {}
                }
            }
        }
        for reward in self.rewards.iter() {
            gates(&reward.gates, into);
            into.extend(reward.cost.iter().map(|(_, cost)| cost));
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
        for transfer in self.transfers.iter() {
            gates(&transfer.gates, into);
            into.extend([&transfer.minimum, &transfer.at_most, &transfer.steps, &transfer.fee].into_iter().flatten());
        }
        all
    }
}
