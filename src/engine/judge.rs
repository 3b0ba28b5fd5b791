//! How expressions and measures are computed: the one seam between the reference and the compiled plan.

use crate::hir::{Expr, LimitId, MeasureId, Program, RuleId};
use crate::value::{Calendar, Exact, Instant, Value};

use super::context::Cx;
use super::fact::{FactChange, Tallied};
use super::fault::Fault;
use super::state::State;

/// What is known while a change is noted.
pub struct Noting<'n> {
    /// The program in force.
    pub program: &'n Program,
    /// The member's calendar.
    pub calendar: &'n Calendar,
    /// Now.
    pub now: Instant,
}

/// Computes expressions and measures. The fold around it is one and the same for the reference, which walks the typed tree and counts
/// measures from the member's whole history, and for the compiled plan, which runs closures and keeps running sums.
pub trait Judge: Send + Sync {
    /// The value of an expression.
    fn value(&self, expr: &Expr, cx: &Cx<'_>) -> Result<Value, Fault>;
    /// The truth of a condition; a missing value is not true.
    fn truth(&self, expr: &Expr, cx: &Cx<'_>) -> Result<bool, Fault> {
        Ok(self.value(expr, cx)? == Value::Bool(true))
    }
    /// The number that an expression gives; zero for a missing one.
    fn exact(&self, expr: &Expr, cx: &Cx<'_>) -> Result<Exact, Fault> {
        super::walk::number(&self.value(expr, cx)?)
    }
    /// The value of a measure at the moment of `cx`.
    fn measure(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Value, Fault>;
    /// Since when a streak, or a row of events, goes on; none where it is broken, or the measure is neither.
    fn since(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Option<Instant>, Fault>;
    /// Takes note of an event that was recorded or reversed, or of a measure that was restarted.
    fn noted(&self, state: &mut State, change: &FactChange<'_>, noting: &Noting<'_>) -> Result<(), Fault>;
    /// Takes note of an amount that was posted.
    fn tallied(&self, state: &mut State, tallied: Tallied, noting: &Noting<'_>) -> Result<(), Fault>;
    /// Takes note that a limit cut something.
    fn cut(&self, _limit: LimitId) {}
    /// Takes note that a rule does what it does.
    fn fired(&self, _rule: RuleId) {}
}
