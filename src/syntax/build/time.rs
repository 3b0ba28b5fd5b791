//! Windows, ends of periods, seasons.

use super::{expr, literal};
use crate::syntax::ast::{
    During, EndOf, EndPeriod, Hold, Moment, MonthDay, Season, TierChange, TimeUnit, Weekday, Window, WindowKind,
};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::node::Node;
use crate::syntax::reader::Reader;

/// A day of the week.
pub(super) fn weekday(n: &Node<'_>) -> Option<Weekday> {
    Some(match n.text() {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

/// A month by its name, 1 to 12.
pub(super) fn month(n: &Node<'_>) -> Option<u8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let short = n.text().get(..3)?;
    u8::try_from(MONTHS.iter().position(|m| *m == short)? + 1).ok()
}

/// A day that comes every year; 29 february is one.
pub(super) fn month_day(r: &mut Reader<'_>, n: &Node<'_>) -> Option<MonthDay> {
    let at = n.at();
    let month = month(&n.get(Rule::month)?)?;
    let day = n.number()?.text.parse().unwrap_or(0);
    if day == 0 || day > literal::days_in(month, 2000) {
        r.report(errors::no_such_date(at.0, n.text().trim_end()));
        return None;
    }
    Some(MonthDay { month, day, at })
}

/// `2026-06-01 at 09:00`.
pub(super) fn moment(r: &mut Reader<'_>, n: &Node<'_>) -> Option<Moment> {
    let date = literal::date(r, &n.get(Rule::date)?)?;
    let time = match n.get(Rule::time) {
        Some(time) => Some(literal::time(r, &time)?),
        None => None,
    };
    Some(Moment { date, time })
}

/// `day`, `week`, `month`, `quarter`, `year`.
pub(super) fn period(n: &Node<'_>) -> Option<TimeUnit> {
    literal::time_unit_of(n.text().trim_end())
}

/// Any window; `n` is its rule itself.
pub(super) fn window(n: &Node<'_>) -> Option<Window> {
    let n = if n.rule() == Rule::window { n.first()? } else { n.clone() };
    let kind = match n.rule() {
        Rule::window_event => WindowKind::PerEvent,
        Rule::window_each if n.has(Rule::kw_membership) => WindowKind::MembershipYear,
        Rule::window_each => WindowKind::Calendar(period(&n.get(Rule::period)?)?),
        Rule::window_any => WindowKind::InAny(literal::duration(&n.get(Rule::duration)?)?),
        Rule::window_last => {
            WindowKind::Last { duration: literal::duration(&n.get(Rule::duration)?)?, exact: n.has(Rule::kw_exactly) }
        }
        Rule::window_since => {
            let changes = [
                (Rule::kw_rose, TierChange::Rises),
                (Rule::kw_fell, TierChange::Falls),
                (Rule::kw_changed, TierChange::Changes),
            ];
            WindowKind::Since { tiers: n.ident()?, change: n.pick(&changes)? }
        }
        Rule::kw_ever => WindowKind::Ever,
        _ => return None,
    };
    Some(Window { kind, at: n.at() })
}

/// `end of next calendar year`.
pub(super) fn end_of(n: &Node<'_>) -> Option<EndOf> {
    let period = if n.has(Rule::kw_membership) {
        EndPeriod::MembershipYear
    } else if let Some(name) = n.get(Rule::month) {
        EndPeriod::Month(month(&name)?)
    } else {
        EndPeriod::Calendar(period(&n.get(Rule::period)?)?)
    };
    let after = match n.get(Rule::duration) {
        Some(duration) => Some(literal::duration(&duration)?),
        None => None,
    };
    Some(EndOf { period, next: n.has(Rule::kw_next), after, at: n.at() })
}

/// `until end of …`, `for 12 months`, `rolling`.
pub(super) fn hold(r: &mut Reader<'_>, n: &Node<'_>) -> Option<Hold> {
    Some(if let Some(end) = n.get(Rule::end_of) {
        Hold::UntilEnd(end_of(&end)?)
    } else if let Some(date) = n.get(Rule::date) {
        Hold::UntilDate(literal::date(r, &date)?)
    } else if let Some(duration) = n.get(Rule::duration) {
        Hold::For(literal::duration(&duration)?)
    } else if n.has(Rule::kw_ever) {
        Hold::ForEver
    } else {
        Hold::Rolling
    })
}

/// A `during` line.
pub(super) fn during<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<During> {
    let any = n.all(Rule::season).map(|s| season(r, &s)).collect::<Option<_>>()?;
    Some(During { any, at: n.at() })
}

fn season<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Season> {
    let first = n.first()?;
    Some(match first.rule() {
        Rule::weekday => Season::Weekday(weekday(&first)?),
        Rule::month => Season::Month(month(&first)?),
        Rule::time => {
            let times = n.all(Rule::time).map(|t| literal::time(r, &t)).collect::<Option<Vec<_>>>()?;
            let [from, to] = times.as_slice() else { return None };
            Season::Times { from: *from, to: *to }
        }
        _ => {
            let mut days = n.all(Rule::sum).map(|d| expr::expr(r, &d)).collect::<Option<Vec<_>>>()?.into_iter();
            let from = days.next()?;
            let to = days.next().unwrap_or_else(|| from.clone());
            Season::Dates { from, to }
        }
    })
}
