//! When lots become available, and when they lapse.

use crate::hir::{End, Expiry, ExpiryRule, Guarded, Pending};
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
                (Expiry::Never, _) => {}
                (Expiry::On(last), _) => {
                    expiry.at = expiry.at.into_iter().chain([self.cx(view).end_of_day(*last)?]).min();
                }
                (Expiry::Idle { span, end_of, events }, _) => {
                    expiry.idle.push(IdleClock { span: *span, end_of: *end_of, events: events.clone() });
                }
                (Expiry::At(end), Some(from)) => {
                    expiry.at = expiry.at.into_iter().chain([self.end_from(from, *end)?]).min();
                }
                (Expiry::At(end), None) => expiry.waiting.push(*end),
            }
        }
        Ok(expiry)
    }

    /// Where a time ends that begins at a moment.
    pub fn end_from(&self, from: Instant, end: End) -> Result<Instant, Fault> {
        self.cx(View::default()).end_from(from, end)
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
        if lot.expires.idle.is_empty() {
            return lot.expires.end(lot.expires.at);
        }
        self.cx(View::default()).lapses(lot)
    }
}
