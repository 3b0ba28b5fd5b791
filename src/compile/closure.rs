//! Expressions as closures, specialised by the type and shape that the checker has proven.

use rustc_hash::FxHashMap;

use crate::engine::context::Cx;
use crate::engine::{Fault, walk};
use crate::hir::{Aggregate, Case, Compare, Expr, FieldId, Function, Kind, Program, Rows, Type};
use crate::value::{Day, Exact, Value};

/// A condition.
pub type Truth = Box<dyn Fn(&Cx<'_>) -> Result<bool, Fault> + Send + Sync>;
/// An exact number.
pub type Number = Box<dyn Fn(&Cx<'_>) -> Result<Exact, Fault> + Send + Sync>;
/// Any value.
pub type Any = Box<dyn Fn(&Cx<'_>) -> Result<Value, Fault> + Send + Sync>;

/// A compiled expression.
pub enum Code {
    /// A condition.
    Truth(Truth),
    /// A number that cannot be missing.
    Number(Number),
    /// Anything else.
    Any(Any),
}

impl Code {
    /// Its value.
    pub fn value(&self, cx: &Cx<'_>) -> Result<Value, Fault> {
        match self {
            Self::Truth(code) => code(cx).map(Value::Bool),
            Self::Number(code) => code(cx).map(Value::Exact),
            Self::Any(code) => code(cx),
        }
    }
}

/// Compiles an expression.
pub fn compile(program: &Program, expr: &Expr) -> Code {
    match expr.ty {
        Type::Bool if never_missing(&expr.kind) => Code::Truth(truth(program, expr)),
        ty if is_number(ty) && never_missing(&expr.kind) => Code::Number(number(program, expr)),
        _ => Code::Any(any(program, expr)),
    }
}

fn is_number(ty: Type) -> bool {
    matches!(ty, Type::Number | Type::Money | Type::Quantity(_))
}

/// Whether an expression always has a value: then it needs no room for a missing one.
fn never_missing(kind: &Kind) -> bool {
    match kind {
        Kind::Const(value) => *value != Value::Missing,
        Kind::And(_)
        | Kind::Or(_)
        | Kind::Not(_)
        | Kind::Compare(..)
        | Kind::In(..)
        | Kind::Between(..)
        | Kind::Missing(_) => true,
        Kind::Arithmetic(..) | Kind::Negate(_) | Kind::Rate { .. } | Kind::Scale(..) => true,
        Kind::Call(Function::Floor | Function::Ceil | Function::Round | Function::Abs, _) => true,
        Kind::Call(Function::Min | Function::Max, args) => {
            args.iter().all(|arg| is_number(arg.ty) && never_missing(&arg.kind))
        }
        Kind::Fold { aggregate: Aggregate::Sum, .. } => true,
        _ => false,
    }
}

fn truth(program: &Program, expr: &Expr) -> Truth {
    match &expr.kind {
        Kind::Const(value) => {
            let truth = *value == Value::Bool(true);
            Box::new(move |_| Ok(truth))
        }
        Kind::And(parts) => {
            let parts: Vec<Truth> = parts.iter().map(|part| truth(program, part)).collect();
            Box::new(move |cx| {
                for part in &parts {
                    if !part(cx)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            })
        }
        Kind::Or(parts) => {
            let parts: Vec<Truth> = parts.iter().map(|part| truth(program, part)).collect();
            Box::new(move |cx| {
                for part in &parts {
                    if part(cx)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
        }
        Kind::Not(inner) => {
            let inner = truth(program, inner);
            Box::new(move |cx| Ok(!inner(cx)?))
        }
        Kind::Segment(id) => truth(program, &program.segments.at(*id).condition),
        Kind::Compare(how, left, right) => comparison(program, *how, left, right),
        Kind::In(item, list) => {
            let item = any(program, item);
            let constants: Option<Vec<Value>> = list
                .iter()
                .map(|other| if let Kind::Const(value) = &other.kind { Some(value.clone()) } else { None })
                .collect();
            if let Some(constants) = constants {
                return Box::new(move |cx| {
                    let item = item(cx)?;
                    Ok(item != Value::Missing && constants.contains(&item))
                });
            }
            let list: Vec<Any> = list.iter().map(|other| any(program, other)).collect();
            Box::new(move |cx| {
                let item = item(cx)?;
                for other in &list {
                    if walk::compare(Compare::Is, &item, &other(cx)?) {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
        }
        Kind::Between(item, low, high) => {
            let (item, low, high) = (any(program, item), any(program, low), any(program, high));
            Box::new(move |cx| {
                let item = item(cx)?;
                Ok(walk::compare(Compare::AtLeast, &item, &low(cx)?)
                    && walk::compare(Compare::AtMost, &item, &high(cx)?))
            })
        }
        Kind::Missing(inner) => {
            let inner = any(program, inner);
            Box::new(move |cx| Ok(inner(cx)? == Value::Missing))
        }
        _ => {
            let value = any(program, expr);
            Box::new(move |cx| Ok(value(cx)? == Value::Bool(true)))
        }
    }
}

fn comparison(program: &Program, how: Compare, left: &Expr, right: &Expr) -> Truth {
    match (&left.kind, &right.kind) {
        // A field against a constant, by far the most frequent: nothing is cloned.
        (Kind::Field(id), Kind::Const(constant)) => {
            let (at, constant) = (id.0 as usize, constant.clone());
            Box::new(move |cx| Ok(walk::compare(how, cx.fields.get(at).unwrap_or(&Value::Missing), &constant)))
        }
        (Kind::Line(id), Kind::Const(constant)) => {
            let (at, constant) = (id.0 as usize, constant.clone());
            Box::new(move |cx| Ok(walk::compare(how, cx.line.get(at).unwrap_or(&Value::Missing), &constant)))
        }
        (_, Kind::Const(constant)) => {
            let (left, constant) = (any(program, left), constant.clone());
            Box::new(move |cx| Ok(walk::compare(how, &left(cx)?, &constant)))
        }
        _ => {
            let (left, right) = (any(program, left), any(program, right));
            Box::new(move |cx| Ok(walk::compare(how, &left(cx)?, &right(cx)?)))
        }
    }
}

fn number(program: &Program, expr: &Expr) -> Number {
    match &expr.kind {
        Kind::Const(Value::Exact(constant)) => {
            let constant = *constant;
            Box::new(move |_| Ok(constant))
        }
        Kind::Field(id) => {
            let at = id.0 as usize;
            Box::new(move |cx| exact(cx.fields.get(at)))
        }
        Kind::Line(id) => {
            let at = id.0 as usize;
            Box::new(move |cx| exact(cx.line.get(at)))
        }
        Kind::Let(id) => number(program, &program.lets.at(*id).value),
        Kind::Arithmetic(operator, left, right) => {
            let (operator, left, right) = (*operator, number(program, left), number(program, right));
            Box::new(move |cx| walk::arithmetic(operator, left(cx)?, right(cx)?))
        }
        Kind::Negate(inner) => {
            let inner = number(program, inner);
            Box::new(move |cx| Ok(inner(cx)?.neg()?))
        }
        Kind::Scale(inner, factor) => {
            let (inner, factor) = (number(program, inner), *factor);
            Box::new(move |cx| Ok(inner(cx)?.mul(factor)?))
        }
        Kind::Rate { quantity, per, value, full, within } => {
            let (quantity, per, value) = (number(program, quantity), number(program, per), number(program, value));
            let (full, within) = (*full, *within);
            Box::new(move |cx| walk::rate(quantity(cx)?, per(cx)?, value(cx)?, full, within))
        }
        Kind::Cases(cases) => {
            let cases = Chosen::new(program, expr, cases, number);
            Box::new(move |cx| cases.at(cx)?(cx))
        }
        Kind::Call(function, args) if never_missing(&expr.kind) => called(program, *function, args),
        Kind::Fold { aggregate: Aggregate::Sum, list, value: Some(value), filter } => {
            total(program, *list, value, filter.as_deref())
        }
        _ => {
            let value = any(program, expr);
            Box::new(move |cx| exact(Some(&value(cx)?)))
        }
    }
}

/// A function of numbers.
fn called(program: &Program, function: Function, args: &[Expr]) -> Number {
    let mut args: Vec<Number> = args.iter().map(|arg| number(program, arg)).collect();
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
fn total(program: &Program, list: FieldId, value: &Expr, filter: Option<&Expr>) -> Number {
    let (at, value) = (list.0 as usize, any(program, value));
    let filter = filter.map(|filter| truth(program, filter));
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

/// One of some cases.
struct Arm<T> {
    from: Option<Day>,
    until: Option<Day>,
    when: Option<Truth>,
    value: T,
}

/// Cases, each with its dates and its condition.
struct Chosen<T> {
    cases: Vec<Arm<T>>,
    /// What is told where none applies.
    text: String,
}

impl<T> Chosen<T> {
    fn new(program: &Program, expr: &Expr, cases: &[Case], value: impl Fn(&Program, &Expr) -> T) -> Self {
        let case = |case: &Case| {
            let when = case.guard.when.as_ref().map(|when| truth(program, when));
            Arm { from: case.guard.from, until: case.guard.until, when, value: value(program, &case.value) }
        };
        Self { cases: cases.iter().map(case).collect(), text: program.sources.text(expr.span).to_string() }
    }

    /// The first that applies.
    fn at(&self, cx: &Cx<'_>) -> Result<&T, Fault> {
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

fn exact(value: Option<&Value>) -> Result<Exact, Fault> {
    value.map_or(Ok(Exact::ZERO), walk::number)
}

fn any(program: &Program, expr: &Expr) -> Any {
    match &expr.kind {
        Kind::Const(value) => {
            let value = value.clone();
            Box::new(move |_| Ok(value.clone()))
        }
        Kind::Field(id) => {
            let at = id.0 as usize;
            Box::new(move |cx| Ok(cx.fields.get(at).cloned().unwrap_or_default()))
        }
        Kind::Line(id) => {
            let at = id.0 as usize;
            Box::new(move |cx| Ok(cx.line.get(at).cloned().unwrap_or_default()))
        }
        Kind::Read(read) => {
            let read = *read;
            Box::new(move |cx| cx.read(read))
        }
        Kind::Builtin(builtin) => {
            let builtin = *builtin;
            Box::new(move |cx| Ok(cx.builtin(builtin)))
        }
        Kind::Let(id) => any(program, &program.lets.at(*id).value),
        Kind::Segment(id) => any(program, &program.segments.at(*id).condition),
        kind if never_missing(kind) && (is_number(expr.ty) || expr.ty == Type::Bool) => match compile(program, expr) {
            Code::Truth(code) => Box::new(move |cx| code(cx).map(Value::Bool)),
            Code::Number(code) => Box::new(move |cx| code(cx).map(Value::Exact)),
            Code::Any(code) => code,
        },
        Kind::Cases(cases) => {
            let cases = Chosen::new(program, expr, cases, any);
            Box::new(move |cx| cases.at(cx)?(cx))
        }
        Kind::Lookup(id, keys) if constant_rows(program, *id) => lookup(program, *id, keys),
        // Rare shapes keep their one meaning: the walk.
        _ => {
            let expr = expr.clone();
            Box::new(move |cx| walk::value(&expr, cx))
        }
    }
}

/// Whether a table has constant values and no wildcards, so that a map finds its row.
fn constant_rows(program: &Program, id: crate::hir::TableId) -> bool {
    let Rows::Exact { rows, .. } = &program.tables.at(id).rows else { return false };
    rows.iter().all(|(keys, value)| {
        keys.iter().all(|cell| matches!(cell, Some((Compare::Is, _)))) && matches!(value.kind, Kind::Const(_))
    })
}

fn lookup(program: &Program, id: crate::hir::TableId, keys: &[Expr]) -> Any {
    let table = program.tables.at(id);
    let keys: Vec<Any> = keys.iter().map(|key| any(program, key)).collect();
    let (mut map, mut default) = (FxHashMap::default(), None);
    if let Rows::Exact { rows, otherwise } = &table.rows {
        for (pattern, value) in rows {
            if let Kind::Const(value) = &value.kind {
                let pattern: Vec<Value> = pattern.iter().flatten().map(|(_, value)| value.clone()).collect();
                map.entry(pattern).or_insert_with(|| value.clone());
            }
        }
        default = otherwise.as_ref().map(|otherwise| any(program, otherwise));
    }
    let name = table.name.to_string();
    Box::new(move |cx| {
        let keys = keys.iter().map(|key| key(cx)).collect::<Result<Vec<Value>, _>>()?;
        match (map.get(&keys), &default) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(default)) => default(cx),
            (None, None) => Err(Fault::NoRow { table: name.clone(), keys: walk::words(&keys) }),
        }
    })
}
