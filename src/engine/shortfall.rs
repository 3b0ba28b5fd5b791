//! How far a condition is from holding, in plain words.

use crate::hir::{Compare, Expr, Kind, Type};
use crate::value::{Exact, Value};

use super::context::Cx;
use super::words;

/// What is missing to a condition that does not hold: `$5 short`, `3 days too late`. `None` where that is no matter of more or less.
pub fn shortfall(condition: &Expr, cx: &Cx<'_>) -> Option<String> {
    match &condition.kind {
        Kind::Segment(id) => shortfall(&cx.program.segments.at(*id).condition, cx),
        Kind::And(parts) => listed(parts, " and ", cx),
        // Each way fails; each would do.
        Kind::Or(parts) => listed(parts, " or ", cx),
        Kind::Compare(how, left, right) => {
            let (has, wanted) = (value(left, cx)?, value(right, cx)?);
            match how {
                Compare::AtLeast | Compare::More => gap(left.ty, &has, &wanted, *how == Compare::More, cx),
                Compare::AtMost | Compare::Less => gap(left.ty, &has, &wanted, *how == Compare::Less, cx),
                Compare::Is | Compare::IsNot => None,
            }
        }
        Kind::Between(item, low, high) => {
            let has = value(item, cx)?;
            let (low, high) = (value(low, cx)?, value(high, cx)?);
            gap(item.ty, &has, if has < low { &low } else { &high }, false, cx)
        }
        _ => None,
    }
}

fn value(expr: &Expr, cx: &Cx<'_>) -> Option<Value> {
    cx.judge.value(expr, cx).ok().filter(|value| *value != Value::Missing)
}

fn listed(parts: &[Expr], between: &str, cx: &Cx<'_>) -> Option<String> {
    let failing = parts.iter().filter(|part| cx.judge.truth(part, cx) == Ok(false));
    let named = |part: &Expr| {
        let gap = shortfall(part, cx)?;
        match &part.kind {
            Kind::Compare(_, left, _) => Some(format!("{} {gap}", cx.program.sources.text(left.span))),
            _ => Some(gap),
        }
    };
    let gaps: Vec<String> = failing.filter_map(named).collect();
    (!gaps.is_empty()).then(|| gaps.join(between))
}

/// The distance between what is there and a bound; where they are equal, the bound itself is out.
fn gap(ty: Type, has: &Value, bound: &Value, exclusive: bool, cx: &Cx<'_>) -> Option<String> {
    match (has, bound) {
        (Value::Exact(has), Value::Exact(bound)) => {
            let distance = bound.sub(*has).ok()?;
            if distance.is_zero() {
                return exclusive.then(|| "exactly at the bound, which is out".to_owned());
            }
            let said = words::value(cx.program, ty, &Value::Exact(distance.abs().ok()?));
            Some(if distance > Exact::ZERO { format!("{said} short") } else { format!("{said} too much") })
        }
        (Value::Day(has), Value::Day(bound)) => {
            let days = i64::from(bound.epoch_days()) - i64::from(has.epoch_days());
            let plural = if days.abs() == 1 { "" } else { "s" };
            Some(match days {
                0 => "exactly at the bound, which is out".to_owned(),
                1.. => format!("{days} day{plural} too early"),
                _ => format!("{} day{plural} too late", -days),
            })
        }
        (Value::Ordinal(has), Value::Ordinal(bound)) => {
            let steps = i64::from(*bound) - i64::from(*has);
            let plural = if steps.abs() == 1 { "" } else { "s" };
            match steps {
                0 => None,
                1.. => Some(format!("{steps} step{plural} short")),
                _ => Some(format!("{} step{plural} too high", -steps)),
            }
        }
        _ => None,
    }
}
