//! Stretches of time: windows of measures and limits, ends of periods.

use crate::hir::{End, Hold, Window};
use crate::syntax::ast::{self, EndPeriod, TierChange, WindowKind};
use crate::value::{PeriodKind, TimeSpan, TimeUnit};

use super::context::Checker;
use super::errors;
use super::literal::{day, period, time_unit};
use super::names::Symbol;

/// A window, or the single event of a limit.
pub(super) enum Stretch {
    Event,
    Window(Window),
}

impl Checker<'_> {
    /// A window of a measure or limit.
    pub fn stretch(&mut self, window: &ast::Window) -> Option<Stretch> {
        let span = window.at.0;
        Some(Stretch::Window(match &window.kind {
            WindowKind::PerEvent => return Some(Stretch::Event),
            WindowKind::Ever => Window::Ever,
            WindowKind::Calendar(unit) => match period(*unit) {
                Some(kind) => Window::Period(kind),
                None => return self.fail(errors::measures::no_period(span)),
            },
            WindowKind::MembershipYear => Window::Period(PeriodKind::MembershipYear),
            WindowKind::Last { duration, exact } => self.last(duration, *exact)?,
            WindowKind::InAny(duration) => self.last(duration, false)?,
            WindowKind::Since { tiers, change } => {
                let ladder = self.ladder(tiers)?;
                if *change != TierChange::Rises {
                    return self.fail(errors::measures::only_since_rise(span, &tiers.text));
                }
                Window::SinceRise(ladder)
            }
        }))
    }
    /// `last 30 days`, `last 720 hours`, `last exactly 365 days`.
    fn last(&mut self, duration: &ast::Duration, exact: bool) -> Option<Window> {
        let length = self.duration(duration)?;
        if length.is_exact() {
            return Some(Window::LastExactly(length));
        }
        if !exact {
            return Some(Window::LastDays(length));
        }
        let days = match time_unit(duration.unit) {
            TimeUnit::Day | TimeUnit::Week => i64::from(length.days),
            _ => return self.fail(errors::measures::not_exact(duration.at.0)),
        };
        match days.checked_mul(24).and_then(|hours| TimeSpan::new(hours, TimeUnit::Hour)) {
            Some(length) => Some(Window::LastExactly(length)),
            None => self.fail(errors::literals::bad_duration(duration.at.0)),
        }
    }
    /// The ladder of a name, or its message.
    pub fn ladder(&mut self, name: &ast::Ident) -> Option<crate::hir::LadderId> {
        match self.names.values.get(&name.text) {
            Some(Symbol::Ladder(ladder)) => Some(ladder),
            _ => {
                let near = super::names::nearest(&name.text, self.ladders.iter().map(|ladder| &*ladder.name));
                self.fail(errors::names::unknown_ladder(name.span(), &name.text, near))
            }
        }
    }
    /// A tier of a ladder, by its position.
    pub fn tier(&mut self, ladder: crate::hir::LadderId, name: &ast::Ident) -> Option<u32> {
        match self.word(&name.text, crate::hir::Type::Tier(ladder)) {
            Some(tier) => Some(tier),
            None => {
                let head = &self.ladders.at(ladder);
                let near = super::names::nearest(&name.text, head.tiers.iter().map(|tier| &**tier));
                let known = super::context::shown(&head.tiers);
                let error = errors::names::unknown_tier(name.span(), &name.text, &head.name, &known, near);
                self.fail(error)
            }
        }
    }
    /// The period that an end belongs to, where it is no month by name.
    pub fn end_period(&mut self, end: &ast::EndOf) -> Option<PeriodKind> {
        let kind = match end.period {
            EndPeriod::Calendar(unit) => period(unit),
            EndPeriod::MembershipYear => Some(PeriodKind::MembershipYear),
            EndPeriod::Month(_) => None,
        };
        match kind {
            Some(kind) => Some(kind),
            None => self.fail(errors::units::end_of_what(end.at.0)),
        }
    }
    /// Where a time ends that is said as `end of …`.
    pub fn end(&mut self, end: &ast::EndOf) -> Option<End> {
        let ahead = u8::from(end.next);
        Some(match (&end.after, end.period) {
            (Some(_), EndPeriod::Month(_)) => return self.fail(errors::units::end_of_what(end.at.0)),
            (Some(_), _) if end.next => return self.fail(errors::units::next_and_after(end.at.0)),
            (Some(after), _) => End::After(self.duration(after)?, Some(self.end_period(end)?)),
            (None, EndPeriod::Month(month)) => End::Month { month, ahead },
            (None, _) => End::Period { kind: self.end_period(end)?, ahead },
        })
    }
    /// How long a tier is held.
    pub fn hold(&mut self, hold: &ast::Hold) -> Option<Hold> {
        Some(match hold {
            ast::Hold::Rolling => Hold::Rolling,
            ast::Hold::ForEver => Hold::ForEver,
            ast::Hold::For(duration) => Hold::Until(End::After(self.duration(duration)?, None)),
            ast::Hold::UntilDate(date) => Hold::UntilDay(day(*date)),
            ast::Hold::UntilEnd(end) => Hold::Until(self.end(end)?),
        })
    }
}
