//! How expressions and measures are computed: the one seam between the reference and the compiled plan.

use crate::hir::{Expr, MeasureId};
use crate::value::{Exact, Value};

use super::context::Cx;
use super::fault::Fault;
use super::state::{FactChange, State, Tallied};

/// Computes expressions and measures. The fold around it is one and the same for the reference, which walks the typed tree and counts
/// measures from the member's whole history, and for the compiled plan, which runs closures and keeps running sums.
pub trait Judge: Send + Sync {
    /// The value of an expression.
    fn value(&self, expr: &Expr, cx: &Cx<'_>) -> Result<Value, Fault>;
    /// The truth of a condition.
    fn truth(&self, expr: &Expr, cx: &Cx<'_>) -> Result<bool, Fault> {
        match self.value(expr, cx)? {
            Value::Bool(truth) => Ok(truth),
            Value::Missing => Ok(false),
            _ => Err(Fault::Type),
        }
    }
    /// The number that an expression gives; zero for a missing one.
    fn exact(&self, expr: &Expr, cx: &Cx<'_>) -> Result<Exact, Fault> {
        match self.value(expr, cx)? {
            Value::Exact(exact) => Ok(exact),
            Value::Missing => Ok(Exact::ZERO),
            _ => Err(Fault::Type),
        }
    }
    /// The value of a measure at the moment of `cx`.
    fn measure(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Exact, Fault>;
    /// Takes note of an event that was recorded or reversed.
    fn noted(&self, state: &mut State, change: &FactChange<'_>) -> Result<(), Fault>;
    /// Takes note of an amount that was posted.
    fn tallied(&self, state: &mut State, tallied: Tallied) -> Result<(), Fault>;
}
