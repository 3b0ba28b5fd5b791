//! Times made from columns.

use jiff::fmt::strtime::BrokenDownTime;

use crate::value::{Day, Exact, Instant, Rounding, TimeOfDay, Zone};

use super::super::node::{Node, clip};
use super::super::scalar::{on_clocks, plausible, plausible_instant};
use super::form::{Form, Row, scalar};
use super::stamp::Stamp;

/// How a time is made.
#[derive(Debug, Clone)]
pub(super) enum TimeForm {
    /// From text.
    Text {
        /// The text.
        form: Form,
        /// The ways in which it may be written; RFC 3339 without.
        formats: Vec<Stamp>,
        /// The zone of times that name none.
        zone: Option<Zone>,
        /// The time of a day that comes without one.
        at: TimeOfDay,
    },
    /// So long after a start.
    Since {
        /// The start.
        start: Instant,
        /// The zone of days that are those of a calendar; the start is then what its clocks show, as if they showed UTC.
        local: Option<Zone>,
        /// How many.
        form: Form,
        /// What is counted.
        unit: &'static str,
        /// Milliseconds of one.
        size: i64,
    },
}

impl TimeForm {
    /// The column in which the time stands.
    pub(super) fn form(&self) -> &Form {
        match self {
            Self::Text { form, .. } | Self::Since { form, .. } => form,
        }
    }

    /// The time of a row.
    pub(super) fn time(&self, row: &Row<'_, '_>) -> Result<Instant, String> {
        let node = row.value(self.form())?;
        if scalar(&node).is_empty() {
            return Err("the time is empty".to_owned());
        }
        self.moment(row, &node)
    }

    /// The moment that a value says, which is not empty.
    pub(super) fn moment(&self, row: &Row<'_, '_>, node: &Node<'_>) -> Result<Instant, String> {
        let text = scalar(node);
        let instant = match self {
            Self::Since { start, local, unit, size, .. } => {
                let number = row
                    .notation
                    .number(node, row.program)
                    .ok_or_else(|| format!("`{}` is not a number of {unit}", clip(&text, 40)))?;
                let beyond =
                    || format!("`{}` {unit} lead out of the calendar: is something else counted?", clip(&text, 40));
                let millis = number.mul(Exact::from(*size)).and_then(|millis| Rounding::Nearest.round(millis));
                let instant = start.plus_millis(millis.map_err(|_| beyond())?).ok_or_else(beyond)?;
                let shown = Zone::utc();
                let instant =
                    local.as_ref().map_or(instant, |zone| zone.at(shown.day_of(instant), shown.time_of(instant)));
                return plausible_instant(instant).map(|()| instant).map_err(|_| beyond());
            }
            Self::Text { form, formats, zone, at } => {
                let told = |reason| if formats.is_empty() { of_number(&text, form).unwrap_or(reason) } else { reason };
                of_text(&text, formats, zone.as_ref(), *at).map_err(told)?
            }
        };
        plausible_instant(instant)?;
        Ok(instant)
    }

    /// The day that a value says, which is not empty, as a date is written.
    pub(super) fn day(&self, row: &Row<'_, '_>, node: &Node<'_>) -> Result<String, String> {
        let day = match self {
            Self::Text { formats, .. } => {
                let text = scalar(node);
                if formats.is_empty() {
                    return Ok(text.into_owned());
                }
                let read = |format: &Stamp| {
                    let day = said(&text, format)?.day;
                    plausible(day).map(|()| day)
                };
                one_of(&text, formats, read)?
            }
            Self::Since { local, .. } => {
                local.as_ref().unwrap_or(&row.program.settings.zone).day_of(self.moment(row, node)?)
            }
        };
        Ok(day.to_string())
    }
}

/// What a number of today's times counts since 1970.
pub(super) fn counted(text: &str) -> Option<&'static str> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        10 if is_number => Some("seconds"),
        13 if is_number => Some("milliseconds"),
        _ => None,
    }
}

/// Whether a number may be a day of our times as Excel counts them.
pub(super) fn is_day_of_excel(text: &str) -> bool {
    Exact::parse_decimal(text).is_some_and(|days| days > Exact::from(20_000) && days < Exact::from(80_000))
}

/// What to write in a map where a number stands for a time.
fn of_number(text: &str, form: &Form) -> Option<String> {
    let column = form.named().first().copied().unwrap_or_default();
    if let Some(unit) = counted(text) {
        return Some(format!(
            "`{text}` is a number and no time: if it counts {unit} since 1970, write `{{column: {column}, unit: {unit}}}`"
        ));
    }
    is_day_of_excel(text).then(|| {
        format!(
            "`{}` is a number and no time: if it is a day of Excel, write `{{start: 1899-12-30, days: {column}}}`",
            clip(text, 40)
        )
    })
}

/// The time that a text says, in one of some formats if there are any.
pub(super) fn of_text(text: &str, formats: &[Stamp], zone: Option<&Zone>, at: TimeOfDay) -> Result<Instant, String> {
    if !formats.is_empty() {
        let read = |format: &Stamp| formatted(text, format, zone, at).and_then(|at| plausible_instant(at).map(|()| at));
        return one_of(text, formats, read);
    }
    on_clocks(text, zone, at)
}

/// What the one format that fits says. Two that fit and mean different times are a riddle that nobody should solve by chance.
fn one_of<T: Copy + PartialEq>(
    text: &str,
    formats: &[Stamp],
    read: impl Fn(&Stamp) -> Result<T, String>,
) -> Result<T, String> {
    let mut found: Option<(&Stamp, T)> = None;
    let mut failure = None;
    for format in formats {
        match (read(format), found) {
            (Ok(time), None) => found = Some((format, time)),
            (Ok(time), Some((first, other))) if time != other => {
                return Err(format!(
                    "`{}` is one day by `{first}` and another by `{format}`: leave the format that is meant, or take the others apart with `when`",
                    clip(text, 40)
                ));
            }
            (Ok(_), Some(_)) => {}
            (Err(reason), _) => {
                // What fits a format but no calendar says more than what fits none.
                let tells = !reason.contains(UNLIKE);
                if tells || failure.is_none() {
                    failure = Some(reason);
                }
            }
        }
    }
    match (found, formats, failure) {
        (Some((_, time)), ..) => Ok(time),
        (None, [_], Some(reason)) => Err(reason),
        (None, _, Some(reason)) if !reason.contains(UNLIKE) => Err(reason),
        _ => {
            let all: Vec<String> = formats.iter().map(|format| format!("`{format}`")).collect();
            Err(format!("`{}` is written in none of the ways {}", clip(text, 40), all.join(", ")))
        }
    }
}

const UNLIKE: &str = "is not written like";

fn formatted(text: &str, format: &Stamp, zone: Option<&Zone>, at: TimeOfDay) -> Result<Instant, String> {
    let Said { day, time, moment } = said(text, format)?;
    if let Some(moment) = moment {
        return Ok(moment);
    }
    let zone = zone.ok_or_else(|| format!("`{}` has no time zone: give `zone` in the map", clip(text, 40)))?;
    Ok(zone.at(day, time.unwrap_or(at)))
}

/// What a text says in a format.
struct Said {
    day: Day,
    time: Option<TimeOfDay>,
    /// The moment, where it names its offset from UTC.
    moment: Option<Instant>,
}

fn said(text: &str, format: &Stamp) -> Result<Said, String> {
    if let Some((day, time)) = format.read(text) {
        return Ok(Said { day, time, moment: None });
    }
    let unlike = || format!("`{}` {UNLIKE} `{format}`", clip(text, 40));
    let parts = BrokenDownTime::parse(&format.text, text).map_err(|_| unlike())?;
    let moment = match parts.offset() {
        Some(_) => {
            let millis = parts.to_timestamp().map_err(|_| unlike())?.as_millisecond();
            Some(Instant::from_millis(millis).ok_or_else(unlike)?)
        }
        None => None,
    };
    let date = parts.to_date().map_err(|_| format!("`{}` has a day that is not in the calendar", clip(text, 40)))?;
    let day =
        Day::from_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs()).ok_or_else(unlike)?;
    let time = match parts.hour() {
        None => None,
        Some(_) => {
            let time = parts.to_time().map_err(|_| unlike())?;
            let whole = TimeOfDay::from_hms(
                u32::from(time.hour().unsigned_abs()),
                u32::from(time.minute().unsigned_abs()),
                u32::from(time.second().unsigned_abs()),
            );
            let millis = u32::from(time.millisecond().unsigned_abs());
            Some(whole.and_then(|whole| TimeOfDay::from_millis(whole.millis() + millis)).ok_or_else(unlike)?)
        }
    };
    Ok(Said { day, time, moment })
}

/// Whether `format` can be read at all.
pub(super) fn check_format(format: &str) -> Result<(), String> {
    let sample = jiff::civil::date(2026, 2, 1).at(10, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    sample
        .map_err(|error| error.to_string())
        .and_then(|sample| jiff::fmt::strtime::format(format, &sample).map_err(|error| error.to_string()))
        .map(drop)
        .map_err(|error| format!("the time format `{format}` has a sign that means nothing ({error})"))
}
