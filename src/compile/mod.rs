//! Compiles a program to a plan: expressions become typed closures, measures running sums.

mod call;
mod closure;
mod gauge;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::arena::Arena;
use crate::engine::context::Cx;
use crate::engine::fact::{FactChange, Tallied};
use crate::engine::judge::{Judge, Noting};
use crate::engine::reference::Reference;
use crate::engine::state::State;
use crate::engine::{Engine, Fault, walk};
use crate::hir::{EventId, Expr, MeasureId, Program};
use crate::value::{Exact, Instant, Value};

use closure::{Code, Compiler};

/// A program's expressions as closures, and what listens to which event.
pub struct Plan {
    program: Arc<Program>,
    /// By the address of the expression, which is fixed for as long as the program is shared.
    codes: FxHashMap<usize, Code>,
    /// Measures with running sums by the type of event that they count.
    listening: Arena<EventId, Vec<MeasureId>>,
    /// Measures that sum postings.
    postings: Vec<MeasureId>,
}

fn address(expr: &Expr) -> usize {
    std::ptr::from_ref(expr).addr()
}

impl Plan {
    /// Compiles a program.
    pub fn new(program: Arc<Program>) -> Self {
        let compiler = Compiler::new(&program);
        let codes = program.expressions().into_iter().map(|expr| (address(expr), compiler.compile(expr))).collect();
        let (listening, postings) = (gauge::listening(&program), gauge::of_postings(&program));
        Self { program, codes, listening, postings }
    }

    fn code(&self, expr: &Expr) -> Option<&Code> {
        self.codes.get(&address(expr))
    }
}

impl Judge for Plan {
    fn value(&self, expr: &Expr, cx: &Cx<'_>) -> Result<Value, Fault> {
        match self.code(expr) {
            Some(code) => code.value(cx),
            None => walk::value(expr, cx),
        }
    }

    fn truth(&self, expr: &Expr, cx: &Cx<'_>) -> Result<bool, Fault> {
        match self.code(expr) {
            Some(Code::Truth(code)) => code(cx),
            _ => Ok(self.value(expr, cx)? == Value::Bool(true)),
        }
    }

    fn exact(&self, expr: &Expr, cx: &Cx<'_>) -> Result<Exact, Fault> {
        match self.code(expr) {
            Some(Code::Number(code)) => code(cx),
            Some(code) => walk::number(&code.value(cx)?),
            None => walk::exact(expr, cx),
        }
    }

    fn measure(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Value, Fault> {
        match gauge::read(id, cx)? {
            Some(value) => Ok(value),
            // A moment before the newest contribution, or a measure without a running form: counted from history.
            None => Reference.measure(id, cx),
        }
    }

    fn since(&self, id: MeasureId, cx: &Cx<'_>) -> Result<Option<Instant>, Fault> {
        match gauge::streak(id, cx)? {
            Some(length) => Ok(length.since.map(|day| cx.zone().start_of(day))),
            None => Reference.since(id, cx),
        }
    }

    fn noted(&self, state: &mut State, change: &FactChange<'_>, noting: &Noting<'_>) -> Result<(), Fault> {
        let listening = match change {
            FactChange::Recorded(fact) | FactChange::Reversed(fact, ..) => self.listening.at(fact.event.kind),
            FactChange::Restarted(_) => &Vec::new(),
        };
        gauge::noted(&self.program, self, listening, state, change, noting)
    }

    fn tallied(&self, state: &mut State, tallied: Tallied, noting: &Noting<'_>) -> Result<(), Fault> {
        gauge::tallied(&self.program, &self.postings, state, tallied, noting)?;
        Reference.tallied(state, tallied, noting)
    }
}

/// An engine over compiled versions of a program.
pub fn compile(programs: &[Arc<Program>]) -> Engine {
    Engine::new(
        programs.iter().map(|program| (program.clone(), Arc::new(Plan::new(program.clone())) as Arc<dyn Judge>)),
    )
}
