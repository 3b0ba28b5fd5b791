//! Functions, sums over lines, and cases as closures.

use crate::engine::context::Cx;
use crate::engine::{Fault, walk};
use crate::hir::{Case, Expr, FieldId, Function};
use crate::value::{Day, Exact, Value};

use super::closure::{Compiler, Number, Truth};

impl Compiler<'_> {
    /// A function of numbers.
    pub(super) fn called(&self, function: Function, args: &[Expr]) -> Number {
        let mut args: Vec<Number> = args.iter().map(|arg| self.number(arg)).collect();
        if let Function::Min | Function::Max = function {
            return Box::new(move |cx| {
                let mut all = args.iter().map(|arg| arg(cx));
                let first = all.next().unwrap_or(Err(Fault::Type))?;
                all.try_fold(first, |best, other| {
                    let other = other?;
                    Ok(if function == Function::Min { best.min(other) } else { best.max(other) })
                })
            });
        }
        let step = if args.len() > 1 { Some(args.swap_remove(1)) } else { None };
        let Some(inner) = args.pop() else { return Box::new(|_| Err(Fault::Type)) };
        match (function, step) {
            (Function::Abs, _) => Box::new(move |cx| Ok(inner(cx)?.abs()?)),
            (Function::Floor, None) => Box::new(move |cx| Ok(inner(cx)?.floor())),
            (_, None) => Box::new(move |cx| walk::to_step(function, inner(cx)?, Exact::ONE)),
            (_, Some(step)) => Box::new(move |cx| {
                let step = step(cx)?;
                walk::to_step(function, inner(cx)?, step)
            }),
        }
    }

    /// The sum over the lines of a list. A line without fields is one that was reversed; missing values do not take part.
    pub(super) fn total(&self, list: FieldId, value: &Expr, filter: Option<&Expr>) -> Number {
        let (at, value) = (list.0 as usize, self.any(value));
        let filter = filter.map(|filter| self.truth(filter));
        Box::new(move |cx| {
            let Some(Value::List(lines)) = cx.fields.get(at) else { return Ok(Exact::ZERO) };
            let mut total = Ok(Exact::ZERO);
            for line in lines.iter().filter(|line| !line.is_empty()) {
                let cx = cx.on_line(line);
                if filter.as_ref().map_or(Ok(true), |filter| filter(&cx))? {
                    let value = value(&cx)?;
                    // What a line cannot say is told before what the sum cannot hold.
                    total = total.and_then(|total| match value {
                        Value::Exact(number) => Ok(total.add(number)?),
                        Value::Missing => Ok(total),
                        _ => Err(Fault::Type),
                    });
                }
            }
            total
        })
    }

    /// The first of some cases that applies.
    pub(super) fn chosen<T>(&self, expr: &Expr, cases: &[Case], value: impl Fn(&Expr) -> T) -> Chosen<T> {
        let case = |case: &Case| {
            let when = case.guard.when.as_ref().map(|when| self.truth(when));
            Arm { from: case.guard.from, until: case.guard.until, when, value: value(&case.value) }
        };
        Chosen { cases: cases.iter().map(case).collect(), text: self.program.sources.text(expr.span).to_string() }
    }
}

/// One of some cases.
struct Arm<T> {
    from: Option<Day>,
    until: Option<Day>,
    when: Option<Truth>,
    value: T,
}

/// Cases, each with its dates and its condition.
pub(super) struct Chosen<T> {
    cases: Vec<Arm<T>>,
    /// What is told where none applies.
    text: String,
}

impl<T> Chosen<T> {
    /// The first that applies.
    pub(super) fn at(&self, cx: &Cx<'_>) -> Result<&T, Fault> {
        let today = cx.at.today;
        for Arm { from, until, when, value } in &self.cases {
            let dated = from.is_none_or(|from| today >= from) && until.is_none_or(|until| today <= until);
            if dated && when.as_ref().map_or(Ok(true), |when| when(cx))? {
                return Ok(value);
            }
        }
        Err(Fault::NoCase(self.text.clone()))
    }
}
