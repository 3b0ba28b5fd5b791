//! Members that meet: transfers, referrals, pools.

use std::sync::Arc;

use crate::hir::{EventKind, Expr, FieldType, OnRefund, Pool, Referral, Transfer, Type};
use crate::syntax::ast;
use crate::value::Exact;

use super::context::Checker;
use super::effect::Call;
use super::errors;
use super::literal;
use super::names::{nearest, was};
use super::scope::Scope;

impl Checker<'_> {
    /// A whole transfer.
    pub fn lower_transfer(&mut self, item: &ast::Transfer) -> Option<Transfer> {
        let scope = EventKind::Transfer.id().map_or_else(Scope::member, |event| Scope::event(event, None));
        let unit = self.unit(&item.unit)?;
        let quantity = Type::Quantity(unit);
        if let Some(declared) = self.items.units.get(crate::arena::Id::index(unit))
            && let Some(at) = declared.not_transferable
        {
            return self.fail(errors::meeting::not_transferable(item.unit.span(), &item.unit.text, at.0));
        }
        let gates = self.open(&item.gate, &scope);
        let minimum = self.bound(item.minimum.as_ref(), &scope, quantity);
        let at_most = self.bound(item.most.as_ref(), &scope, quantity);
        let steps = self.bound(item.steps.as_ref(), &scope, quantity);
        let fee = self.fee(item.fee.as_ref(), &scope);
        let limits = self.own_limits(&item.gate, &scope, &[unit]);
        Some(Transfer {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            label: item.label.as_ref().map(literal::label),
            unit,
            gates: gates?,
            minimum: minimum?,
            at_most: at_most?,
            steps: steps?,
            fee: fee?,
            fresh: item.fresh.is_some(),
            limits: limits?,
        })
    }

    /// What the giver pays beside what is given: money, or an amount of any unit.
    fn fee(&mut self, written: Option<&ast::Cases>, scope: &Scope) -> Option<Option<Expr>> {
        let Some(written) = written else { return Some(None) };
        let fee = self.cases(written, scope, None)?;
        match fee.ty {
            Type::Money | Type::Quantity(_) => Some(Some(fee)),
            other => {
                let found = self.spoken(other);
                self.fail(errors::meeting::fee_of_what(fee.span, &found))
            }
        }
    }

    /// A whole referral.
    pub fn lower_referral(&mut self, item: &ast::Referral) -> Option<Referral> {
        let by = self.attributes.find(|attribute| attribute.name == item.by.text);
        let by = match by.map(|id| (id, &self.attributes.at(id).ty)) {
            Some((id, FieldType::Member)) => id,
            Some(_) => return self.fail(errors::meeting::referrer_no_member(item.by.span(), &item.by.text)),
            None => {
                let members = self.attributes.iter().filter(|known| matches!(known.ty, FieldType::Member));
                let near = nearest(&item.by.text, members.map(|known| &*known.name));
                return self.fail(errors::meeting::referrer_unknown(item.by.span(), &item.by.text, near));
            }
        };
        let (event, list) = self.event_path(&item.on)?;
        if list.is_some() {
            return self.fail(errors::meeting::referral_on_lines(item.on.at.0));
        }
        let within = match &item.within {
            Some(within) => Some(self.duration(within)?),
            None => None,
        };
        let nobody = item.friend.is_none() && item.referrer.is_none();
        if nobody {
            return self.fail(errors::meeting::referral_for_nobody(item.name.span(), &item.name.text));
        }
        let name = &item.name.text;
        item.friend.iter().chain(&item.referrer).for_each(|side| self.bars_refunds(&side.gate));
        // The conditions of the referral are the friend's: what the friend gets hangs on them too.
        let mut gate = item.gate.clone();
        if let Some(side) = &item.friend {
            let own = side.gate.clone();
            gate = ast::Gate { when: item.gate.when.iter().chain(&own.when).cloned().collect(), ..own };
            gate.during = item.gate.during.iter().chain(&side.gate.during).cloned().collect();
        }
        let effects = item.friend.as_ref().map_or(&[] as &[_], |side| &side.effects);
        let friend = self.called(
            &Call {
                by: "referral",
                name: format!("{name}.friend").into(),
                span: item.name.span(),
                gate: &gate,
                effects,
                on_refund: OnRefund::Rejudge,
            },
            &Scope::event(event, None),
        );
        let referrer = item.referrer.as_ref().map(|side| {
            let scope = EventKind::Referral.id().map_or_else(Scope::member, |event| Scope::event(event, None));
            self.called(
                &Call {
                    by: "referral",
                    name: Arc::clone(name),
                    span: item.name.span(),
                    gate: &side.gate,
                    effects: &side.effects,
                    on_refund: OnRefund::Proportion,
                },
                &scope,
            )
        });
        Some(Referral {
            name: Arc::clone(name),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            label: item.label.as_ref().map(literal::label),
            by,
            event,
            within,
            friend: friend?,
            referrer: match referrer {
                Some(rule) => Some(rule?),
                None => None,
            },
        })
    }

    /// A whole pool.
    pub fn lower_pool(&mut self, item: &ast::Pool) -> Option<Pool> {
        let mut collects = Vec::new();
        for collected in &item.collects {
            let unit = self.unit(&collected.unit)?;
            let share = self.percent(&collected.percent)?;
            if share <= Exact::ZERO || share > Exact::ONE {
                return self.fail(errors::literals::beyond_whole(collected.at.0, &collected.percent.text));
            }
            if collects.iter().any(|(known, _)| *known == unit) {
                return self.fail(errors::meeting::collected_twice(collected.at.0, &collected.unit.text));
            }
            collects.push((unit, share));
        }
        let most = match &item.most {
            None => None,
            Some(most) => match most.text.replace('_', "").parse().ok().filter(|most| *most > 1) {
                Some(most) => Some(most),
                None => return self.fail(errors::meeting::pool_of_one(most.at.0)),
            },
        };
        Some(Pool {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            label: item.label.as_ref().map(literal::label),
            most,
            collects,
            founder_spends: item.spends.as_ref().is_some_and(|spends| spends.value == ast::Spenders::Founder),
        })
    }
}
