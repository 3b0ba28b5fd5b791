//! What a partial reversal does to an award, where nothing is declared.

use crate::hir::{EventId, Expr, FieldId, FieldType, Function, Kind, OnRefund, Reversal};
use crate::syntax::ast::RefundMode;

use super::context::Checker;
use super::outside::Earns;

/// What a partial reversal lowers.
struct Lowered {
    /// Fields of the original.
    fields: Vec<FieldId>,
    /// Fields of the line at hand.
    of_line: Vec<FieldId>,
}

impl Checker<'_> {
    /// What partial reversals do to the awards of each earn, now that it has all its boosts.
    pub fn refunds_of_earns(&self, earns: &mut Earns) {
        for (item, earn) in self.items.earns.iter().zip(earns) {
            let Some(earn) = earn else { continue };
            let declared = item.gate.refunds.as_ref().map(|refunds| refunds.value);
            let exprs = self.earn_exprs(&earn.gates, &earn.give, &earn.boosts);
            (earn.on_refund, earn.apart) = self.on_refund(declared, earn.event, earn.list, &exprs);
        }
    }

    /// As declared; otherwise judged again by reversals of whose fields amount or conditions hang on a threshold, of an event or of its lines in
    /// `list`. Gives the other reversals beside.
    pub fn on_refund(
        &self,
        declared: Option<RefundMode>,
        event: EventId,
        list: Option<FieldId>,
        exprs: &[Expr],
    ) -> (OnRefund, Vec<EventId>) {
        let declared = declared.map(|mode| match mode {
            RefundMode::InProportion => OnRefund::Proportion,
            RefundMode::ReJudge => OnRefund::Rejudge,
            RefundMode::Keep => OnRefund::Keep,
        });
        if let Some(declared) = declared {
            return (declared, Vec::new());
        }
        let reversals = self.events.iter().filter_map(|other| other.reversal.as_ref());
        let (again, apart): (Vec<_>, Vec<_>) =
            reversals.filter(|reversal| reversal.of == event).partition(|reversal| {
                let lowered = self.lowered(reversal, list);
                exprs.iter().any(|expr| self.hangs(expr, &lowered))
            });
        if again.is_empty() {
            return (OnRefund::Proportion, Vec::new());
        }
        (OnRefund::Rejudge, apart.into_iter().map(|reversal| reversal.by).collect())
    }

    /// Fields of an event that a partial reversal lowers: amounts, lists whose lines come back, and money beside these, which comes back in
    /// proportion to them.
    fn lowered(&self, reversal: &Reversal, list: Option<FieldId>) -> Lowered {
        let mut fields: Vec<FieldId> = reversal.amounts.iter().map(|(_, original)| *original).collect();
        let mut of_line = Vec::new();
        if let Some(lines) = &reversal.lines {
            if fields.is_empty() {
                let all = self.events.at(reversal.of).fields.pairs();
                fields.extend(all.filter(|(_, def)| matches!(def.ty, FieldType::Money)).map(|(field, _)| field));
            }
            fields.push(lines.original);
            if list == Some(lines.original) {
                of_line.extend(lines.amounts.iter().map(|(_, original)| *original));
            }
        }
        Lowered { fields, of_line }
    }

    /// Whether what comes back takes something else of an expression than its share: it changes by steps with what is lowered, or is computed of
    /// the lines that come back, each of which may bring more or less than its part of the money. Also through names.
    fn hangs(&self, expr: &Expr, lowered: &Lowered) -> bool {
        let mut found = false;
        self.deep(expr, &mut |part| {
            found |= match &part.kind {
                Kind::Compare(..)
                | Kind::In(..)
                | Kind::Between(..)
                | Kind::Lookup(..)
                | Kind::Rate { full: true, .. }
                | Kind::Call(Function::Min | Function::Max | Function::Floor | Function::Ceil | Function::Round, _) => {
                    self.mentions(part, lowered)
                }
                Kind::Fold { list, .. } => lowered.fields.contains(list),
                _ => false,
            };
        });
        found
    }

    fn mentions(&self, expr: &Expr, lowered: &Lowered) -> bool {
        let mut found = false;
        self.deep(expr, &mut |part| {
            found |= match &part.kind {
                Kind::Field(field) => lowered.fields.contains(field),
                Kind::Line(field) => lowered.of_line.contains(field),
                Kind::Fold { list, .. } => lowered.fields.contains(list),
                _ => false,
            };
        });
        found
    }
}
