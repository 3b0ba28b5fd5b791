//! When lots become available, and when they lapse.

use crate::hir::{Expiry, ExpiryRule, Guarded, Pending};
use crate::value::{Day, Instant, Period, PeriodKind, TimeSpan, Value};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::purse::{IdleClock, Lot, LotExpiry, Ready};

impl Fold<'_> {
    /// When an award becomes available.
    pub fn readiness(&self, pending: &Guarded<Pending>, view: View<'_>) -> Result<Ready, Fault> {
        Ok(match self.cx(view).choose(pending)? {
            None | Some(Pending::No) => Ready::Now,
            Some(Pending::For(span)) => Ready::At(span.after(self.at.now, &self.calendar.zone).ok_or(Fault::Calendar)?),
            Some(Pending::Until { event, key }) => {
                let releasing = self.program.events.at(*event);
                let Some(own) = &self.event else { return Ok(Ready::Now) };
                let fields = &self.program.events.at(own.kind).fields;
                let value = |id: &crate::hir::FieldId| {
                    let name = &releasing.fields.at(*id).name;
                    let own_id = fields.find(|field| field.name == *name);
                    own_id.and_then(|id| own.fields.get(id.0 as usize)).cloned().unwrap_or_default()
                };
                Ready::On(std::iter::once(Value::Text(releasing.name.clone())).chain(key.iter().map(value)).collect())
            }
        })
    }

    /// When a lot lapses, by the rules of its unit or earn; `available` is missing where an event will say it.
    pub fn lot_expiry(
        &self,
        rules: &[ExpiryRule],
        earned: Instant,
        available: Option<Instant>,
        view: View<'_>,
    ) -> Result<LotExpiry, Fault> {
        let mut expiry = LotExpiry::default();
        let mut chosen = false;
        for rule in rules {
            if !rule.also && chosen {
                continue;
            }
            let Some(case) = self.cx(view).choose(&rule.cases)? else { continue };
            if matches!(case.expiry, Expiry::On(last) if self.calendar.zone.day_of(earned) > last) {
                continue;
            }
            chosen |= !rule.also;
            match (&case.expiry, if case.from_earning { Some(earned) } else { available }) {
                (Expiry::On(last), _) => {
                    let end = self.calendar.zone.start_of(last.plus_days(1).ok_or(Fault::Calendar)?);
                    expiry.at = expiry.at.into_iter().chain([end]).min();
                }
                (Expiry::Idle { span, end_of, events }, _) => {
                    expiry.idle.push(IdleClock { span: *span, end_of: *end_of, events: events.clone() });
                }
                (fixed, Some(from)) => expiry.at = expiry.at.into_iter().chain(self.expiry_from(fixed, from)?).min(),
                (fixed, None) => expiry.waiting.push(fixed.clone()),
            }
        }
        Ok(expiry)
    }

    /// When a clock that starts at a moment ends.
    pub fn expiry_from(&self, expiry: &Expiry, from: Instant) -> Result<Option<Instant>, Fault> {
        let zone = &self.calendar.zone;
        let day = zone.day_of(from);
        Ok(match expiry {
            Expiry::Never | Expiry::Idle { .. } | Expiry::On(_) => None,
            Expiry::After(span, end_of) => Some(self.end_after(from, *span, *end_of)?),
            Expiry::OnDay { month, day: of_month, after } => {
                let least = after.after_day(day).ok_or(Fault::Calendar)?;
                let year = least.ymd().0;
                let on = |year: i32| {
                    let first = Day::from_ymd(year, *month, 1)?;
                    let last = first.end_of_month();
                    Day::from_ymd(year, *month, *of_month).or(Some(last))
                };
                let this = on(year).ok_or(Fault::Calendar)?;
                let due = if this >= least { this } else { on(year + 1).ok_or(Fault::Calendar)? };
                Some(zone.start_of(due.plus_days(1).ok_or(Fault::Calendar)?))
            }
            Expiry::EndOf { kind, ahead } => {
                let mut period = self.period(*kind, day);
                for _ in 0..*ahead {
                    period = self.period(*kind, period.end);
                }
                Some(zone.start_of(period.end))
            }
        })
    }

    /// A time after a moment: as expressions see it.
    pub fn end_after(&self, from: Instant, span: TimeSpan, end_of: Option<PeriodKind>) -> Result<Instant, Fault> {
        self.cx(View::default()).end_after(from, span, end_of)
    }

    /// The period of a day in the member's calendar.
    pub fn period(&self, kind: PeriodKind, day: Day) -> Period {
        self.cx(View::default()).period(kind, day)
    }

    /// When a lot lapses as things stand.
    pub fn lapses(&self, lot: &Lot) -> Option<Instant> {
        self.cx(View::default()).lapses(lot)
    }
}
