//! What rules give: to the member at hand, or to another.

use crate::hir::{Expr, LimitId, Rule, UnitId};
use crate::value::{Exact, Value};

use super::fact::{Award, Sent};
use super::fault::Fault;
use super::fold::{Fold, View};
use super::ledger::{Grant, Whose};
use super::limit::{Claim, Rounded};
use super::mail::Content;
use super::outcome::{Cause, Stage, What};

impl Fold<'_> {
    /// An amount of a rule, cut to its limits and rounded, in steps, with what that uses of them.
    fn rule_amount(
        &mut self,
        cause: Cause,
        limits: &[LimitId],
        unit: UnitId,
        amount: &Expr,
        view: View<'_>,
    ) -> Result<(i64, Vec<Claim>), Fault> {
        let exact = self.judge.exact(amount, &self.cx(view))?;
        if self.tracing() {
            let words = super::words::amount(self.program, unit, amount, exact, &self.cx(view));
            self.explain(cause, amount.span, Stage::Base, view.number, true, || words);
        }
        let own: Vec<_> = limits.iter().copied()
            .filter(|limit| matches!(self.program.limits.at(*limit).kind, crate::hir::LimitKind::Amount(of, _) if of == unit))
            .collect();
        let fitted = self.fit_rule(cause, &own, exact, view)?;
        let amount =
            Self::clip(&fitted.claims, self.program.units.at(unit).rounding.round(fitted.amount)?, &mut Rounded::new());
        self.within.rounded(&fitted.claims, Exact::from(amount).sub(fitted.amount)?)?;
        Ok((amount, fitted.claims))
    }

    /// Gives an amount to the member.
    pub fn give(
        &mut self,
        cause: Cause,
        rule: &Rule,
        limits: &[LimitId],
        unit: UnitId,
        (number, amount): (u32, &Expr),
        view: View<'_>,
    ) -> Result<(), Fault> {
        let (amount, claims) = self.rule_amount(cause, limits, unit, amount, view)?;
        let granted = self.grant(&Grant {
            cause,
            unit,
            line: None,
            amount,
            pending: None,
            expiry: &[],
            funding: &rule.funding,
            whose: Whose::Shared,
        })?;
        if granted.amount == 0 {
            return Ok(());
        }
        if self.tracing() {
            let words = super::words::quantity(self.program, unit, Exact::from(granted.amount));
            self.explain(cause, rule.span, Stage::Post, view.number, true, || words);
        }
        let uses = self.claim(claims, granted.amount)?;
        let award = Award {
            line: view.number,
            effect: number,
            lot: granted.lot,
            uses,
            on_refund: rule.on_refund,
            seen: view.seen_for(rule.on_refund),
            funded: granted.funded,
            prices: granted.prices,
            shared: granted.shared.as_ref().map_or(0, |(part, _)| *part),
            sent: granted.shared.map(|(_, sent)| Box::new(sent)),
            ..self.award(cause, unit, granted.amount)
        };
        self.keep_award(award);
        Ok(())
    }

    /// Gives an amount to another member: by mail, and with the event that brought it.
    pub fn give_to(
        &mut self,
        cause: Cause,
        rule: &Rule,
        limits: &[LimitId],
        unit: UnitId,
        (number, amount, member): (u32, &Expr, &Expr),
        view: View<'_>,
    ) -> Result<(), Fault> {
        let Value::Text(name) = self.judge.value(member, &self.cx(view))? else { return Ok(()) };
        let Some(to) = self.pots.reach(&name) else {
            self.emit(cause, What::Unreached(format!("`{name}` is not a member")));
            return Ok(());
        };
        let (amount, claims) = self.rule_amount(cause, limits, unit, amount, view)?;
        if amount <= 0 {
            return Ok(());
        }
        let uses = self.claim(claims, amount)?;
        let funding = rule.funding.iter().map(|part| (part.partner.clone(), part.share)).collect();
        let id = self.send(to.clone(), Content::Award(cause, unit, amount, funding));
        let award = Award {
            line: view.number,
            effect: number,
            uses,
            on_refund: rule.on_refund,
            seen: view.seen_for(rule.on_refund),
            shared: amount,
            sent: Some(Box::new(Sent { to, id, counted: false, rule: None, line: None, seen: Vec::new() })),
            ..self.award(cause, unit, amount)
        };
        self.keep_award(award);
        Ok(())
    }

    /// Keeps an award with what brought it: a crossing or a rise, or the event at hand.
    fn keep_award(&mut self, award: Award) {
        match &mut self.collecting {
            Some(brought) => brought.awards.push(award),
            None => self.keep(award),
        }
    }
}
