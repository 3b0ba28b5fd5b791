//! Expressions as closures, specialised by the type and shape that the checker has proven.

use std::cell::RefCell;
use std::hash::Hash;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::engine::context::Cx;
use crate::engine::{Fault, walk};
use crate::hir::{Aggregate, Compare, Expr, Function, Kind, LetId, Program, Rows, SegmentId, TableId, Type};
use crate::value::{Exact, Value};

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

/// Compiles expressions of one program. What has a name is compiled once, however many expressions use it.
pub struct Compiler<'p> {
    pub(super) program: &'p Program,
    lets: Shared<LetId, Any>,
    numbers: Shared<LetId, Number>,
    segments: Shared<SegmentId, Any>,
    truths: Shared<SegmentId, Truth>,
    tables: Shared<TableId, Index>,
}

/// How rows of a table are found.
enum Index {
    /// By one key.
    Row {
        /// The first row of each.
        map: FxHashMap<Value, Value>,
        /// For all other keys.
        otherwise: Option<Any>,
    },
    /// By several keys.
    Rows {
        /// The first row of each.
        map: FxHashMap<Vec<Value>, Value>,
        /// For all other keys.
        otherwise: Option<Any>,
    },
    /// By walking along them.
    None,
}

/// What was compiled already.
type Shared<K, V> = RefCell<FxHashMap<K, Arc<V>>>;

/// What is known under a key, made where nothing is.
fn shared<K: Copy + Eq + Hash, V>(known: &Shared<K, V>, key: K, make: impl FnOnce() -> V) -> Arc<V> {
    if let Some(found) = known.borrow().get(&key) {
        return Arc::clone(found);
    }
    let made = Arc::new(make());
    known.borrow_mut().insert(key, Arc::clone(&made));
    made
}

impl<'p> Compiler<'p> {
    /// A compiler for a program.
    pub fn new(program: &'p Program) -> Self {
        Self {
            program,
            lets: Shared::default(),
            numbers: Shared::default(),
            segments: Shared::default(),
            truths: Shared::default(),
            tables: Shared::default(),
        }
    }

    /// Compiles an expression.
    pub fn compile(&self, expr: &Expr) -> Code {
        match expr.ty {
            Type::Bool if never_missing(&expr.kind) => Code::Truth(self.truth(expr)),
            ty if is_number(ty) && never_missing(&expr.kind) => Code::Number(self.number(expr)),
            _ => Code::Any(self.any(expr)),
        }
    }

    pub(super) fn truth(&self, expr: &Expr) -> Truth {
        match &expr.kind {
            Kind::Const(value) => {
                let truth = *value == Value::Bool(true);
                Box::new(move |_| Ok(truth))
            }
            Kind::And(parts) => {
                let parts: Vec<Truth> = parts.iter().map(|part| self.truth(part)).collect();
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
                let parts: Vec<Truth> = parts.iter().map(|part| self.truth(part)).collect();
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
                let inner = self.truth(inner);
                Box::new(move |cx| Ok(!inner(cx)?))
            }
            Kind::Segment(id) => {
                let condition = &self.program.segments.at(*id).condition;
                let truth = shared(&self.truths, *id, || self.truth(condition));
                Box::new(move |cx| truth(cx))
            }
            Kind::Compare(how, left, right) => self.comparison(*how, left, right),
            Kind::In(item, list) => {
                let item = self.any(item);
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
                let list: Vec<Any> = list.iter().map(|other| self.any(other)).collect();
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
                let (item, low, high) = (self.any(item), self.any(low), self.any(high));
                Box::new(move |cx| {
                    let item = item(cx)?;
                    Ok(walk::compare(Compare::AtLeast, &item, &low(cx)?)
                        && walk::compare(Compare::AtMost, &item, &high(cx)?))
                })
            }
            Kind::Missing(inner) => {
                let inner = self.any(inner);
                Box::new(move |cx| Ok(inner(cx)? == Value::Missing))
            }
            _ => {
                let value = self.any(expr);
                Box::new(move |cx| Ok(value(cx)? == Value::Bool(true)))
            }
        }
    }

    fn comparison(&self, how: Compare, left: &Expr, right: &Expr) -> Truth {
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
                let (left, constant) = (self.any(left), constant.clone());
                Box::new(move |cx| Ok(walk::compare(how, &left(cx)?, &constant)))
            }
            _ => {
                let (left, right) = (self.any(left), self.any(right));
                Box::new(move |cx| Ok(walk::compare(how, &left(cx)?, &right(cx)?)))
            }
        }
    }

    pub(super) fn number(&self, expr: &Expr) -> Number {
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
            Kind::Let(id) => {
                let value = &self.program.lets.at(*id).value;
                if let Kind::Const(_) = value.kind {
                    return self.number(value);
                }
                let number = shared(&self.numbers, *id, || self.number(value));
                Box::new(move |cx| number(cx))
            }
            Kind::Arithmetic(operator, left, right) => {
                let (operator, left, right) = (*operator, self.number(left), self.number(right));
                Box::new(move |cx| walk::arithmetic(operator, left(cx)?, right(cx)?))
            }
            Kind::Negate(inner) => {
                let inner = self.number(inner);
                Box::new(move |cx| Ok(inner(cx)?.neg()?))
            }
            Kind::Scale(inner, factor) => {
                let (inner, factor) = (self.number(inner), *factor);
                Box::new(move |cx| Ok(inner(cx)?.mul(factor)?))
            }
            Kind::Rate { quantity, per, value, full, within } => {
                let (quantity, per, value) = (self.number(quantity), self.number(per), self.number(value));
                let (full, within) = (*full, *within);
                Box::new(move |cx| walk::rate(quantity(cx)?, per(cx)?, value(cx)?, full, within))
            }
            Kind::Cases(cases) => {
                let cases = self.chosen(expr, cases, |value| self.number(value));
                Box::new(move |cx| cases.at(cx)?(cx))
            }
            Kind::Call(function, args) if never_missing(&expr.kind) => self.called(*function, args),
            Kind::Fold { aggregate: Aggregate::Sum, list, value: Some(value), filter } => {
                self.total(*list, value, filter.as_deref())
            }
            _ => {
                let value = self.any(expr);
                Box::new(move |cx| exact(Some(&value(cx)?)))
            }
        }
    }

    pub(super) fn any(&self, expr: &Expr) -> Any {
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
            Kind::Let(id) => {
                let value = shared(&self.lets, *id, || self.any(&self.program.lets.at(*id).value));
                Box::new(move |cx| value(cx))
            }
            Kind::Segment(id) => {
                let condition = shared(&self.segments, *id, || self.any(&self.program.segments.at(*id).condition));
                Box::new(move |cx| condition(cx))
            }
            kind if never_missing(kind) && (is_number(expr.ty) || expr.ty == Type::Bool) => match self.compile(expr) {
                Code::Truth(code) => Box::new(move |cx| code(cx).map(Value::Bool)),
                Code::Number(code) => Box::new(move |cx| code(cx).map(Value::Exact)),
                Code::Any(code) => code,
            },
            Kind::Cases(cases) => {
                let cases = self.chosen(expr, cases, |value| self.any(value));
                Box::new(move |cx| cases.at(cx)?(cx))
            }
            Kind::Lookup(id, keys) => {
                let index = shared(&self.tables, *id, || self.index(*id));
                match (&*index, keys.as_slice()) {
                    (Index::Row { .. }, [key]) => self.lookup_one(*id, index, key),
                    (Index::Rows { .. }, keys) => self.lookup(*id, index, keys),
                    _ => walked(expr),
                }
            }
            _ => walked(expr),
        }
    }

    /// A map of a table whose values are constant and that has no wildcards.
    fn index(&self, id: TableId) -> Index {
        let Rows::Exact { rows, otherwise } = &self.program.tables.at(id).rows else { return Index::None };
        let mut map = FxHashMap::default();
        for (pattern, value) in rows {
            let key: Option<Vec<Value>> = pattern
                .iter()
                .map(|cell| if let Some((Compare::Is, value)) = cell { Some(value.clone()) } else { None })
                .collect();
            let (Some(key), Kind::Const(value)) = (key, &value.kind) else { return Index::None };
            map.entry(key).or_insert_with(|| value.clone());
        }
        let otherwise = otherwise.as_ref().map(|otherwise| self.any(otherwise));
        if map.keys().all(|key: &Vec<Value>| key.len() == 1) {
            let map = map.into_iter().flat_map(|(key, value)| key.into_iter().map(move |key| (key, value.clone())));
            return Index::Row { map: map.collect(), otherwise };
        }
        Index::Rows { map, otherwise }
    }

    /// A row by one key, most often a field: nothing is cloned but what is found.
    fn lookup_one(&self, id: TableId, index: Arc<Index>, key: &Expr) -> Any {
        let name = self.program.tables.at(id).name.to_string();
        let find = move |key: &Value, cx: &Cx<'_>| {
            let none = || Fault::NoRow { table: name.clone(), keys: walk::words(std::slice::from_ref(key)) };
            let Index::Row { map, otherwise } = &*index else { return Err(none()) };
            match (map.get(key), otherwise) {
                (Some(value), _) => Ok(value.clone()),
                (None, Some(otherwise)) => otherwise(cx),
                (None, None) => Err(none()),
            }
        };
        match key.kind {
            Kind::Field(id) => {
                let at = id.0 as usize;
                Box::new(move |cx| find(cx.fields.get(at).unwrap_or(&Value::Missing), cx))
            }
            Kind::Line(id) => {
                let at = id.0 as usize;
                Box::new(move |cx| find(cx.line.get(at).unwrap_or(&Value::Missing), cx))
            }
            _ => {
                let key = self.any(key);
                Box::new(move |cx| find(&key(cx)?, cx))
            }
        }
    }

    fn lookup(&self, id: TableId, index: Arc<Index>, keys: &[Expr]) -> Any {
        let keys: Vec<Any> = keys.iter().map(|key| self.any(key)).collect();
        let name = self.program.tables.at(id).name.to_string();
        Box::new(move |cx| {
            let keys = keys.iter().map(|key| key(cx)).collect::<Result<Vec<Value>, _>>()?;
            let none = || Fault::NoRow { table: name.clone(), keys: walk::words(&keys) };
            let Index::Rows { map, otherwise } = &*index else { return Err(none()) };
            match (map.get(&keys), otherwise) {
                (Some(value), _) => Ok(value.clone()),
                (None, Some(otherwise)) => otherwise(cx),
                (None, None) => Err(none()),
            }
        })
    }
}

/// Rare shapes keep their one meaning: the walk.
fn walked(expr: &Expr) -> Any {
    let expr = expr.clone();
    Box::new(move |cx| walk::value(&expr, cx))
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

fn exact(value: Option<&Value>) -> Result<Exact, Fault> {
    value.map_or(Ok(Exact::ZERO), walk::number)
}
