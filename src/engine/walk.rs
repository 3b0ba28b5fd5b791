//! Evaluates expressions by walking the typed tree: slow, obvious, the meaning that closures are compared with.

use crate::hir::{Aggregate, Case, Cell, Compare, Expr, Function, Kind, Operator, Rows, TableId, Window};
use crate::value::{Exact, Instant, Rounding, TimeUnit, Value};

use super::context::Cx;
use super::fault::Fault;

/// The value of an expression.
pub fn value(expr: &Expr, cx: &Cx<'_>) -> Result<Value, Fault> {
    Ok(match &expr.kind {
        Kind::Const(value) => value.clone(),
        Kind::Field(id) => cx.fields.get(id.0 as usize).cloned().unwrap_or_default(),
        Kind::Line(id) => cx.line.get(id.0 as usize).cloned().unwrap_or_default(),
        Kind::Opened(id) => cx.opened.get(id.0 as usize).cloned().unwrap_or_default(),
        Kind::Read(read) => cx.read(*read)?,
        Kind::Builtin(builtin) => cx.builtin(*builtin),
        Kind::Let(id) => value(&cx.program.lets.at(*id).value, cx)?,
        Kind::Segment(id) => value(&cx.program.segments.at(*id).condition, cx)?,
        Kind::And(parts) => {
            for part in parts {
                if !truth(part, cx)? {
                    return Ok(Value::Bool(false));
                }
            }
            Value::Bool(true)
        }
        Kind::Or(parts) => {
            for part in parts {
                if truth(part, cx)? {
                    return Ok(Value::Bool(true));
                }
            }
            Value::Bool(false)
        }
        Kind::Not(inner) => Value::Bool(!truth(inner, cx)?),
        Kind::Compare(how, left, right) => Value::Bool(compare(*how, &value(left, cx)?, &value(right, cx)?)),
        Kind::In(item, list) => {
            let item = value(item, cx)?;
            for other in list {
                if compare(Compare::Is, &item, &value(other, cx)?) {
                    return Ok(Value::Bool(true));
                }
            }
            Value::Bool(false)
        }
        Kind::Between(item, low, high) => {
            let item = value(item, cx)?;
            let within = compare(Compare::AtLeast, &item, &value(low, cx)?)
                && compare(Compare::AtMost, &item, &value(high, cx)?);
            Value::Bool(within)
        }
        Kind::Missing(inner) => Value::Bool(value(inner, cx)? == Value::Missing),
        Kind::Arithmetic(operator, left, right) => {
            Value::Exact(arithmetic(*operator, exact(left, cx)?, exact(right, cx)?)?)
        }
        Kind::Shift(moment, span, back) => shift(&value(moment, cx)?, &value(span, cx)?, *back, cx)?,
        Kind::Times(span, number) => times(&value(span, cx)?, exact(number, cx)?)?,
        Kind::Negate(inner) => Value::Exact(exact(inner, cx)?.neg()?),
        Kind::Call(function, args) => call(*function, args, cx)?,
        Kind::Rate { quantity, per, value, full, within } => {
            Value::Exact(rate(exact(quantity, cx)?, exact(per, cx)?, exact(value, cx)?, *full, *within)?)
        }
        Kind::Scale(inner, factor) => Value::Exact(exact(inner, cx)?.mul(*factor)?),
        Kind::Lookup(table, keys) => lookup(*table, keys, cx)?,
        Kind::Fold { aggregate, list, value, filter } => {
            let lines = match cx.fields.get(list.0 as usize) {
                Some(Value::List(lines)) => lines.clone(),
                _ => [].into(),
            };
            fold(*aggregate, &lines, value.as_deref(), filter.as_deref(), cx)?
        }
        Kind::Since(unit, moment) => since(*unit, &value(moment, cx)?, cx)?,
        Kind::Cases(cases) => {
            for case in cases {
                if applies(case, cx)? {
                    return taken(&case.value, cx);
                }
            }
            return Err(Fault::NoCase(cx.program.sources.text(expr.span).to_string()));
        }
    })
}

/// The value of an alternative that is taken.
fn taken(expr: &Expr, cx: &Cx<'_>) -> Result<Value, Fault> {
    if let Some(witness) = cx.witness {
        witness.take(expr.span);
    }
    value(expr, cx)
}

/// The truth of a condition; a missing value is not true.
pub fn truth(expr: &Expr, cx: &Cx<'_>) -> Result<bool, Fault> {
    Ok(value(expr, cx)? == Value::Bool(true))
}

/// The number of an expression; a missing one is zero.
pub fn exact(expr: &Expr, cx: &Cx<'_>) -> Result<Exact, Fault> {
    number(&value(expr, cx)?)
}

/// A value as a number: a missing one is zero, a duration its milliseconds.
pub fn number(value: &Value) -> Result<Exact, Fault> {
    match value {
        Value::Exact(exact) => Ok(*exact),
        Value::Missing => Ok(Exact::ZERO),
        Value::Span(span) if span.months == 0 => {
            Ok(Exact::from(i64::from(span.days)).mul(Exact::from(86_400_000))?.add(Exact::from(span.millis))?)
        }
        _ => Err(Fault::Type),
    }
}

/// Whether a comparison holds; a missing side makes all but `is not` false.
pub fn compare(how: Compare, left: &Value, right: &Value) -> bool {
    if *left == Value::Missing || *right == Value::Missing {
        return how == Compare::IsNot;
    }
    how.holds(left.cmp(right))
}

/// The result of an operator.
pub fn arithmetic(operator: Operator, left: Exact, right: Exact) -> Result<Exact, Fault> {
    Ok(match operator {
        Operator::Add => left.add(right)?,
        Operator::Subtract => left.sub(right)?,
        Operator::Multiply => left.mul(right)?,
        Operator::Divide => left.div(right)?,
    })
}

/// A duration a whole number of times.
fn times(span: &Value, number: Exact) -> Result<Value, Fault> {
    let (Value::Span(span), Some(number)) = (span, number.to_i64()) else { return Err(Fault::Calendar) };
    let part = |part: i32| i64::from(part).checked_mul(number).and_then(|part| i32::try_from(part).ok());
    let (months, days) = (part(span.months).ok_or(Fault::Calendar)?, part(span.days).ok_or(Fault::Calendar)?);
    let millis = span.millis.checked_mul(number).ok_or(Fault::Calendar)?;
    Ok(Value::Span(crate::value::TimeSpan { months, days, millis }))
}

/// `quantity per per of value`; a step of nothing gives nothing.
pub fn rate(quantity: Exact, per: Exact, value: Exact, full: bool, within: Exact) -> Result<Exact, Fault> {
    if per.is_zero() {
        return Ok(Exact::ZERO);
    }
    if !full {
        return Ok(value.mul(quantity)?.div(per)?);
    }
    let mut steps = value.div(per)?.trunc();
    let rest = value.sub(steps.mul(per)?)?;
    if !within.is_zero() && rest >= per.sub(within)? {
        steps = steps.add(Exact::ONE)?;
    }
    Ok(steps.mul(quantity)?)
}

fn shift(moment: &Value, span: &Value, back: bool, cx: &Cx<'_>) -> Result<Value, Fault> {
    let Value::Span(span) = span else { return Ok(Value::Missing) };
    let moved = match (moment, back) {
        (Value::Day(day), false) => span.after_day(*day).map(Value::Day),
        (Value::Day(day), true) => span.before_day(*day).map(Value::Day),
        (Value::Moment(at), false) => span.after(*at, cx.zone()).map(Value::Moment),
        (Value::Moment(at), true) => span.before(*at, cx.zone()).map(Value::Moment),
        _ => return Ok(Value::Missing),
    };
    moved.ok_or(Fault::Calendar)
}

fn call(function: Function, args: &[Expr], cx: &Cx<'_>) -> Result<Value, Fault> {
    let first = args.first().ok_or(Fault::Type)?;
    let day = || match value(first, cx)? {
        Value::Day(day) => Ok(Some(day)),
        Value::Moment(at) => Ok(Some(cx.zone().day_of(at))),
        Value::Missing => Ok(None),
        _ => Err(Fault::Type),
    };
    let number = |n: i64| Value::Exact(Exact::from(n));
    Ok(match function {
        Function::Min | Function::Max => {
            let mut best = value(first, cx)?;
            for arg in args.iter().skip(1) {
                let other = value(arg, cx)?;
                let better = if function == Function::Min { other < best } else { other > best };
                if better || best == Value::Missing {
                    best = other;
                }
            }
            best
        }
        Function::Abs => Value::Exact(exact(first, cx)?.abs()?),
        Function::Floor | Function::Ceil | Function::Round => {
            let step = args.get(1).map_or(Ok(Exact::ONE), |step| exact(step, cx))?;
            Value::Exact(to_step(function, exact(first, cx)?, step)?)
        }
        Function::YearOf => day()?.map_or(Value::Missing, |d| number(i64::from(d.ymd().0))),
        Function::MonthOf => day()?.map_or(Value::Missing, |d| Value::Ordinal(u32::from(d.ymd().1) - 1)),
        Function::DayOf => day()?.map_or(Value::Missing, |d| number(i64::from(d.ymd().2))),
        Function::WeekdayOf => day()?.map_or(Value::Missing, |d| Value::Ordinal(u32::from(d.weekday().number()) - 1)),
    })
}

/// A number moved to a multiple of a step.
pub fn to_step(function: Function, number: Exact, step: Exact) -> Result<Exact, Fault> {
    let steps = number.div(step)?;
    let whole = match function {
        Function::Floor => steps.floor(),
        Function::Ceil => steps.ceil(),
        _ => Exact::from(Rounding::Nearest.round(steps)?),
    };
    Ok(whole.mul(step)?)
}

fn applies(case: &Case, cx: &Cx<'_>) -> Result<bool, Fault> {
    let guard = &case.guard;
    if guard.from.is_some_and(|from| cx.at.today < from) || guard.until.is_some_and(|until| cx.at.today > until) {
        return Ok(false);
    }
    guard.when.as_deref().map_or(Ok(true), |when| truth(when, cx))
}

fn lookup(id: TableId, keys: &[Expr], cx: &Cx<'_>) -> Result<Value, Fault> {
    let table = cx.program.tables.at(id);
    let keys = keys.iter().map(|key| value(key, cx)).collect::<Result<Vec<_>, _>>()?;
    let missing = || Fault::NoRow { table: table.name.to_string(), keys: words(&keys) };
    match &table.rows {
        Rows::Exact { rows, otherwise } => {
            let row = rows.iter().find(|(pattern, _)| {
                let matches =
                    |(cell, key): (&Cell, &Value)| cell.as_ref().is_none_or(|(how, want)| compare(*how, key, want));
                pattern.iter().zip(&keys).all(matches)
            });
            match row.map(|(_, result)| result).or(otherwise.as_ref()) {
                Some(result) => taken(result, cx),
                None => Err(missing()),
            }
        }
        Rows::Bands { bands, marginal } => {
            let Some(Value::Exact(amount)) = keys.first() else { return Err(missing()) };
            if *marginal {
                let (mut total, mut low) = (Exact::ZERO, Exact::ZERO);
                for band in bands {
                    let high = band.to.map_or(*amount, |to| to.min(*amount));
                    if high > low {
                        total = total.add(high.sub(low)?.mul(number(&taken(&band.value, cx)?)?)?)?;
                        low = high;
                    }
                }
                return Ok(Value::Exact(total));
            }
            let band = bands.iter().find(|band| match band.to {
                None => true,
                Some(to) if band.inclusive => *amount <= to,
                Some(to) => *amount < to,
            });
            band.map_or_else(|| Err(missing()), |band| taken(&band.value, cx))
        }
    }
}

/// Values in plain words, for messages.
pub fn words(values: &[Value]) -> String {
    let word = |value: &Value| match value {
        Value::Missing => "(missing)".to_string(),
        Value::Bool(true) => "yes".to_string(),
        Value::Bool(false) => "no".to_string(),
        Value::Exact(n) => n.to_string(),
        Value::Text(text) => format!("`{text}`"),
        Value::Day(day) => day.to_string(),
        Value::Moment(at) => crate::value::format_instant(*at, &crate::value::Zone::utc()),
        Value::Time(time) => time.to_string(),
        Value::Span(span) => span.to_string(),
        Value::Ordinal(n) => format!("word {}", n + 1),
        Value::List(lines) => format!("{} lines", lines.len()),
    };
    values.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn fold(
    how: Aggregate,
    lines: &[Box<[Value]>],
    of: Option<&Expr>,
    filter: Option<&Expr>,
    cx: &Cx<'_>,
) -> Result<Value, Fault> {
    let mut values = Vec::new();
    let mut kept = 0_usize;
    // A line without fields is one that was reversed.
    let present = lines.iter().filter(|line| !line.is_empty());
    for line in present.clone() {
        let cx = cx.on_line(line);
        if filter.map_or(Ok(true), |filter| truth(filter, &cx))? {
            kept += 1;
            if let Some(of) = of {
                values.push(value(of, &cx)?);
            }
        }
    }
    match how {
        Aggregate::Any => Ok(Value::Bool(kept > 0)),
        Aggregate::All => Ok(Value::Bool(kept == present.count())),
        Aggregate::Count if of.is_none() => Ok(count(kept)),
        _ => aggregate(how, &values),
    }
}

fn count(n: usize) -> Value {
    Value::Exact(Exact::from(i64::try_from(n).unwrap_or(i64::MAX)))
}

/// Many values as one; missing ones do not take part.
pub fn aggregate(how: Aggregate, values: &[Value]) -> Result<Value, Fault> {
    let present: Vec<&Value> = values.iter().filter(|v| **v != Value::Missing).collect();
    let sum = || {
        present.iter().try_fold(Exact::ZERO, |total, value| match value {
            Value::Exact(n) => Ok(total.add(*n)?),
            _ => Err(Fault::Type),
        })
    };
    let or_zero = |value: Option<&&Value>| value.map_or(Value::Exact(Exact::ZERO), |v| (*v).clone());
    Ok(match how {
        Aggregate::Sum => Value::Exact(sum()?),
        Aggregate::Count => count(present.len()),
        Aggregate::Distinct => count(present.iter().collect::<std::collections::BTreeSet<_>>().len()),
        Aggregate::Largest => or_zero(present.iter().max()),
        Aggregate::Smallest => or_zero(present.iter().min()),
        Aggregate::First => or_zero(present.first()),
        Aggregate::Last => or_zero(present.last()),
        Aggregate::Average if present.is_empty() => Value::Exact(Exact::ZERO),
        Aggregate::Average => {
            let n = Exact::from(i64::try_from(present.len()).unwrap_or(i64::MAX));
            Value::Exact(sum()?.div(n)?)
        }
        Aggregate::Any | Aggregate::All => return Err(Fault::Type),
    })
}

fn since(unit: TimeUnit, moment: &Value, cx: &Cx<'_>) -> Result<Value, Fault> {
    let zone = cx.zone();
    let (day, instant) = match moment {
        Value::Day(day) => (*day, zone.start_of(*day)),
        Value::Moment(at) => (zone.day_of(*at), *at),
        _ => return Ok(Value::Missing),
    };
    let today = cx.at.today;
    let days = i64::from(today.days_since(day));
    let exact_millis = cx.at.now.millis_since(instant);
    let whole = match unit {
        TimeUnit::Second => exact_millis.div_euclid(1000),
        TimeUnit::Minute => exact_millis.div_euclid(60_000),
        TimeUnit::Hour => exact_millis.div_euclid(3_600_000),
        TimeUnit::Day => days,
        TimeUnit::Week => days.div_euclid(7),
        TimeUnit::Month | TimeUnit::Quarter | TimeUnit::Year => {
            let ((y, m, _), (y0, m0, _)) = (today.ymd(), day.ymd());
            let mut months = (i64::from(y) - i64::from(y0)) * 12 + i64::from(m) - i64::from(m0);
            let moved = i32::try_from(months).ok().and_then(|n| day.plus_months(n)).ok_or(Fault::Calendar)?;
            if moved > today {
                months -= 1;
            }
            let size = match unit {
                TimeUnit::Month => 1,
                TimeUnit::Quarter => 3,
                _ => 12,
            };
            months.div_euclid(size)
        }
    };
    Ok(Value::Exact(Exact::from(whole)))
}

/// Whether a local moment lies in one of the alternatives of a `during` statement.
pub fn during(alternatives: &[crate::hir::During], cx: &Cx<'_>) -> bool {
    use crate::hir::During;
    let today = cx.at.today;
    let time = || cx.zone().time_of(cx.at.now);
    alternatives.iter().any(|one| match one {
        During::Days(from, to) => from.is_none_or(|from| today >= from) && to.is_none_or(|to| today <= to),
        During::Weekday(day) => today.weekday() == *day,
        During::Times(from, to) if from < to => (*from..*to).contains(&time()),
        During::Times(from, to) => time() >= *from || time() < *to,
        During::Month(month) => today.ymd().1 == *month,
    })
}

/// Whether a window reaches to a moment: kept here so that measures and limits agree.
pub fn inside(window: Window, at: Instant, cx: &Cx<'_>) -> Result<bool, Fault> {
    Ok(at <= cx.at.now && cx.window_start(window)?.is_none_or(|start| at >= start))
}
