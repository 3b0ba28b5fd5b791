//! What a partial reversal does to an award, where nothing is declared.

use crate::hir::{BoostId, EventId, Expr, FieldId, Function, Gates, Kind, OnRefund};
use crate::syntax::ast::RefundMode;

use super::context::Checker;
use super::outside::Earns;
use super::walk::{parts, walk};

impl Checker<'_> {
    /// What partial reversals do to the awards of each earn, now that it has all its boosts.
    pub fn refunds_of_earns(&self, earns: &mut Earns) {
        for (item, earn) in self.items.earns.iter().zip(earns) {
            let Some(earn) = earn else { continue };
            let declared = item.gate.refunds.as_ref().map(|refunds| refunds.value);
            earn.on_refund = self.on_refund(declared, earn.event, &earn.gates, &earn.give, &earn.boosts);
        }
    }
    /// As declared; otherwise judged again where the amount or a condition hangs on a threshold of a field that reversals lower.
    pub fn on_refund(
        &self,
        declared: Option<RefundMode>,
        event: EventId,
        gates: &Gates,
        give: &Expr,
        boosts: &[BoostId],
    ) -> OnRefund {
        match declared {
            Some(RefundMode::InProportion) => return OnRefund::Proportion,
            Some(RefundMode::ReJudge) => return OnRefund::Rejudge,
            Some(RefundMode::Keep) => return OnRefund::Keep,
            None => {}
        }
        let lowered = self.lowered_by_reversals(event);
        if lowered.is_empty() {
            return OnRefund::Proportion;
        }
        let hangs = self.earn_exprs(gates, give, boosts).iter().any(|expr| self.hangs(expr, &lowered));
        if hangs { OnRefund::Rejudge } else { OnRefund::Proportion }
    }
    /// Fields of an event that partial reversals lower: amounts, and lists whose lines come back.
    pub fn lowered_by_reversals(&self, event: EventId) -> Vec<FieldId> {
        let mut fields = Vec::new();
        for reversal in
            self.events.iter().filter_map(|other| other.reversal.as_ref()).filter(|reversal| reversal.of == event)
        {
            fields.extend(reversal.amounts.iter().map(|(_, original)| *original));
            fields.extend(reversal.lines.as_ref().map(|lines| lines.original));
        }
        fields
    }
    /// Whether an expression changes by steps with one of these fields.
    fn hangs(&self, expr: &Expr, fields: &[FieldId]) -> bool {
        let stepped = match &expr.kind {
            Kind::Compare(..)
            | Kind::In(..)
            | Kind::Between(..)
            | Kind::Lookup(..)
            | Kind::Rate { full: true, .. }
            | Kind::Call(Function::Min | Function::Max | Function::Floor | Function::Ceil | Function::Round, _) => {
                mentions(expr, fields)
            }
            _ => false,
        };
        stepped || parts(expr).into_iter().any(|part| self.hangs(part, fields))
    }
}

fn mentions(expr: &Expr, fields: &[FieldId]) -> bool {
    let mut found = false;
    walk(expr, &mut |part| {
        found |= match &part.kind {
            Kind::Field(field) => fields.contains(field),
            Kind::Fold { list, .. } => fields.contains(list),
            _ => false,
        };
    });
    found
}
