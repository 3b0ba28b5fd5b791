//! Expressions and cases.

use super::literal;
use crate::syntax::ast::{Aggregate, AggregateOp, At, BinaryOp, Case, Cases, Expr, ExprKind, Path, UnaryOp};
use crate::syntax::grammar::Rule;
use crate::syntax::node::Node;
use crate::syntax::reader::Reader;

/// Any expression.
pub(super) fn expr<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let n = innermost(n.clone());
    match n.rule() {
        Rule::expr | Rule::and_expr | Rule::sum | Rule::term | Rule::operand => chain(r, &n),
        Rule::not_expr => unary(r, &n, UnaryOp::Not),
        Rule::unary | Rule::operand_unary => unary(r, &n, UnaryOp::Negate),
        Rule::comparison => comparison(r, &n),
        Rule::postfix => postfix(r, &n),
        Rule::parens => parens(r, &n),
        Rule::percent_of => percent_of(r, &n),
        Rule::value_of => Some(Expr { kind: ExprKind::ValueOf(Box::new(get(r, &n, Rule::operand)?)), at: n.at() }),
        Rule::aggregate => aggregate(r, &n),
        Rule::since => since(r, &n),
        Rule::named => named(r, &n),
        Rule::has => Some(Expr { kind: ExprKind::Has(n.ident()?), at: n.at() }),
        Rule::by_date => {
            let date = literal::date(r, &n.get(Rule::date)?)?;
            Some(Expr { kind: ExprKind::By { value: n.path()?, date }, at: n.at() })
        }
        _ => literal::literal(r, &n),
    }
}

/// Skips the levels of precedence at which nothing happens.
fn innermost(mut n: Node<'_>) -> Node<'_> {
    while matches!(
        n.rule(),
        Rule::expr
            | Rule::and_expr
            | Rule::not_expr
            | Rule::comparison
            | Rule::sum
            | Rule::term
            | Rule::unary
            | Rule::postfix
            | Rule::operand
            | Rule::operand_unary
            | Rule::primary
    ) {
        let Some(inner) = n.only() else { break };
        n = inner;
    }
    n
}

fn get<'t>(r: &mut Reader<'t>, n: &Node<'t>, rule: Rule) -> Option<Expr> {
    expr(r, &n.get(rule)?)
}

/// Values with left-associative operators between them.
fn chain<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let mut kids = n.kids();
    let mut left = expr(r, &kids.next()?)?;
    while let Some(op) = kids.next() {
        let right = expr(r, &kids.next()?)?;
        let kind = match op.text().trim_end() {
            "or" => BinaryOp::Or,
            "and" => BinaryOp::And,
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Subtract,
            "*" => BinaryOp::Multiply,
            "/" => BinaryOp::Divide,
            _ => return None,
        };
        left = binary(kind, op.at(), left, right);
    }
    Some(left)
}

fn binary(op: BinaryOp, op_at: At, left: Expr, right: Expr) -> Expr {
    let at = At(left.at.0.to(right.at.0));
    Expr { kind: ExprKind::Binary { op, op_at, left: Box::new(left), right: Box::new(right) }, at }
}

/// An operator and a value.
fn unary<'t>(r: &mut Reader<'t>, n: &Node<'t>, op: UnaryOp) -> Option<Expr> {
    let operand = n.kids().find(|k| !matches!(k.rule(), Rule::kw_not | Rule::minus | Rule::as_suffix))?;
    let mut value = expr(r, &operand)?;
    if let Some(suffix) = n.get(Rule::as_suffix) {
        value = conversion(value, &suffix)?;
    }
    let negated = n.has(Rule::kw_not) || n.has(Rule::minus);
    Some(if negated { Expr { kind: ExprKind::Unary { op, value: Box::new(value) }, at: n.at() } } else { value })
}

fn comparison<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let mut kids = n.kids();
    let value = expr(r, &kids.next()?)?;
    let tail = kids.next()?;
    let negated = tail.has(Rule::kw_not);
    let at = n.at();
    let kind = match tail.rule() {
        Rule::is_tail if tail.has(Rule::kw_missing) => ExprKind::IsMissing { value: Box::new(value), negated },
        Rule::is_tail => {
            let op = if negated { BinaryOp::IsNot } else { BinaryOp::Is };
            let op_at = tail.mark(Rule::kw_is)?;
            return Some(binary(op, op_at, value, get(r, &tail, Rule::sum)?));
        }
        Rule::order_tail => {
            let op = tail.get(Rule::compare)?;
            let kind = match op.text() {
                "<" => BinaryOp::Less,
                "<=" => BinaryOp::LessOrEqual,
                ">" => BinaryOp::Greater,
                _ => BinaryOp::GreaterOrEqual,
            };
            return Some(binary(kind, op.at(), value, get(r, &tail, Rule::sum)?));
        }
        _ => membership(r, &tail, value, negated)?,
    };
    Some(Expr { kind, at })
}

/// `in (a, b)` and `in a to b`.
fn membership<'t>(r: &mut Reader<'t>, tail: &Node<'t>, value: Expr, negated: bool) -> Option<ExprKind> {
    let value = Box::new(value);
    let mut bounds = tail.all(Rule::sum).map(|s| expr(r, &s)).collect::<Option<Vec<_>>>()?.into_iter();
    let Some(list) = tail.get(Rule::in_list) else {
        let (low, high) = (Box::new(bounds.next()?), Box::new(bounds.next()?));
        return Some(ExprKind::InRange { value, low, high, negated });
    };
    let mut list = list.all(Rule::sum).map(|s| expr(r, &s)).collect::<Option<Vec<_>>>()?;
    let Some(high) = bounds.next() else { return Some(ExprKind::In { value, list, negated }) };
    let low = Box::new(list.pop()?);
    if !list.is_empty() {
        r.report(crate::syntax::errors::list_as_bound(tail.at().0));
        return None;
    }
    Some(ExprKind::InRange { value, low, high: Box::new(high), negated })
}

fn postfix<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let mut kids = n.kids();
    let mut value = expr(r, &kids.next()?)?;
    for suffix in kids {
        value = if suffix.rule() == Rule::as_suffix { conversion(value, &suffix)? } else { rate(r, value, &suffix)? };
    }
    Some(value)
}

fn conversion(value: Expr, suffix: &Node<'_>) -> Option<Expr> {
    let at = At(value.at.0.to(suffix.at().0));
    Some(Expr { kind: ExprKind::As { value: Box::new(value), unit: suffix.ident()? }, at })
}

fn rate<'t>(r: &mut Reader<'t>, quantity: Expr, suffix: &Node<'t>) -> Option<Expr> {
    let at = At(quantity.at.0.to(suffix.at().0));
    let per = Box::new(get(r, suffix, Rule::primary)?);
    let of = Box::new(get(r, suffix, Rule::operand)?);
    let within = match suffix.get(Rule::rate_within) {
        Some(within) => Some(Box::new(get(r, &within, Rule::primary)?)),
        None => None,
    };
    let full = suffix.rule() == Rule::full_suffix;
    Some(Expr { kind: ExprKind::Rate { quantity: Box::new(quantity), per, of, full, within }, at })
}

fn parens<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    Some(Expr { at: n.at(), ..get(r, n, Rule::expr)? })
}

fn percent_of<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let percent = n.get(Rule::percent)?.as_number()?;
    let of = Box::new(get(r, n, Rule::operand)?);
    Some(Expr { kind: ExprKind::PercentOf { percent, of }, at: n.at() })
}

fn aggregate<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let word = n.get(Rule::aggregate_op)?;
    let op = match word.text() {
        "sum" => AggregateOp::Sum,
        "count" => AggregateOp::Count,
        "distinct" => AggregateOp::Distinct,
        "largest" => AggregateOp::Largest,
        "smallest" => AggregateOp::Smallest,
        "average" => AggregateOp::Average,
        "first" => AggregateOp::First,
        "last" => AggregateOp::Last,
        "streak" => AggregateOp::Streak,
        "any" => AggregateOp::Any,
        "all" => AggregateOp::All,
        _ => return None,
    };
    let filter = match n.get(Rule::and_expr) {
        Some(filter) => Some(Box::new(expr(r, &filter)?)),
        None => None,
    };
    let each = match n.get(Rule::parens) {
        Some(each) => Some(Box::new(expr(r, &each)?)),
        None => None,
    };
    let kind = ExprKind::Aggregate(Aggregate { op, op_at: word.at(), each, of: n.path()?, filter });
    Some(Expr { kind, at: n.at() })
}

fn since<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let unit = literal::time_unit_of(n.get(Rule::time_unit)?.text())?;
    let since = n.get(Rule::date).or_else(|| n.get(Rule::named))?;
    let since = Box::new(expr(r, &since)?);
    let last = n.get(Rule::kw_last).is_some();
    Some(Expr { kind: ExprKind::Since { unit, last, since }, at: n.at() })
}

fn named<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let path = n.path()?;
    let at = n.at();
    let Some(suffix) = n.get(Rule::call).or_else(|| n.get(Rule::index)) else {
        return Some(Expr { kind: ExprKind::Path(path), at });
    };
    let values = suffix.all(Rule::expr).map(|e| expr(r, &e)).collect::<Option<Vec<_>>>()?;
    let name = single(r, path)?;
    let kind = if suffix.rule() == Rule::call {
        ExprKind::Call { name, args: values }
    } else {
        ExprKind::Index { table: name, keys: values }
    };
    Some(Expr { kind, at })
}

fn single(r: &mut Reader<'_>, path: Path) -> Option<crate::syntax::ast::Ident> {
    let name = path.single().cloned();
    if name.is_none() {
        r.report(crate::syntax::errors::dotted_call(path.at.0));
    }
    name
}

/// The expression between the braces of a text; `start` is where it begins in the file.
pub(super) fn interpolated<'t>(r: &mut Reader<'t>, code: &'t str, start: usize) -> Option<Expr> {
    let node = r.snippet(Rule::snippet, code, start)?;
    expr(r, &node)
}

/// Cases of values.
pub(super) fn cases<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Cases> {
    cases_of(r, n, &[Rule::sum, Rule::expr], &mut |r, n| expr(r, n))
}

/// The `cases` part of a statement.
pub(super) fn the_cases<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Cases> {
    cases(r, &n.get(Rule::cases)?)
}

/// Cases of anything: `value` reads one of `rules`, conditions follow.
pub(super) fn cases_of<'t, T>(
    r: &mut Reader<'t>,
    n: &Node<'t>,
    rules: &[Rule],
    value: &mut dyn FnMut(&mut Reader<'t>, &Node<'t>) -> Option<T>,
) -> Option<Cases<T>> {
    let mut arms: Vec<Case<T>> = Vec::new();
    for kid in n.kids() {
        if rules.contains(&kid.rule()) {
            let value = value(r, &kid)?;
            let plain = Case { value, from: None, until: None, after: None, when: None, otherwise: None, at: kid.at() };
            arms.push(plain);
        } else if kid.rule() == Rule::condition {
            condition(r, arms.last_mut()?, &kid)?;
        }
    }
    let at = At(arms.first()?.at.0.to(arms.last()?.at.0));
    Some(Cases { arms, at })
}

fn condition<'t, T>(r: &mut Reader<'t>, arm: &mut Case<T>, n: &Node<'t>) -> Option<()> {
    let at = n.at();
    arm.at = At(arm.at.0.to(at.0));
    let inner = n.first()?;
    let twice = match inner.rule() {
        Rule::from_day => arm.from.replace(get(r, &inner, Rule::sum)?).is_some(),
        Rule::until_day => arm.until.replace(get(r, &inner, Rule::sum)?).is_some(),
        Rule::when => arm.when.replace(get(r, &inner, Rule::expr)?).is_some(),
        Rule::kw_after => arm.after.replace(at).is_some(),
        _ => arm.otherwise.replace(at).is_some(),
    };
    if twice {
        r.report(crate::syntax::errors::condition_twice(at.0, inner.text()));
        return None;
    }
    Some(())
}
