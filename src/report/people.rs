//! What the records say of each member: read from the events that were judged, as refunds have left them; tiers as they were held.

use std::collections::BTreeMap;

use crate::arena::Id as _;
use crate::engine::State;
use crate::hir::{EventId, EventKind, Program};
use crate::value::{ArithmeticError, Day, Exact, Instant, Value};

use super::choice::{Purchase, Survey};
use super::moves::Moves;
use super::scope::{Scope, Window};

/// A member as a customer.
#[derive(Debug)]
pub struct Person {
    /// The day of joining, or of the first event.
    pub joined: Day,
    /// The day of leaving.
    pub left: Option<Day>,
    /// Days with events of the member's own.
    pub active: Vec<Day>,
    /// Purchases of which something is left, in order.
    pub purchases: Vec<Bought>,
    /// Refunds of what is not in the records.
    pub unmatched: Vec<(Day, Exact)>,
    /// Answers to the survey, in order.
    pub answers: Vec<(Day, Exact)>,
    /// Tiers of each ladder: since when.
    pub ladders: Vec<Vec<(Instant, u32)>>,
}

/// A purchase.
#[derive(Debug, Clone)]
pub struct Bought {
    /// When it was begun.
    pub at: Instant,
    /// On which day.
    pub day: Day,
    /// What is left of it, in minor units.
    pub value: Exact,
}

impl Person {
    /// Whether it is a member at the end of a day.
    pub fn belongs(&self, day: Day) -> bool {
        self.joined <= day && self.left.is_none_or(|left| left > day)
    }

    /// Whether it did something of its own.
    pub fn was_active(&self, window: Window) -> bool {
        self.active.iter().any(|day| window.contains(*day))
    }

    /// Purchases in a time.
    pub fn bought(&self, window: Window) -> impl Iterator<Item = &Bought> {
        self.purchases.iter().filter(move |bought| window.contains(bought.day))
    }

    /// What was spent in a time, in minor units.
    pub fn spent(&self, window: Window) -> Result<Exact, ArithmeticError> {
        let bought = self.bought(window).try_fold(Exact::ZERO, |sum, bought| sum.add(bought.value))?;
        let mut back = self.unmatched.iter().filter(|(day, _)| window.contains(*day));
        back.try_fold(bought, |sum, (_, amount)| sum.sub(*amount))
    }

    /// The tier of a ladder before a moment.
    pub fn tier_before(&self, ladder: usize, at: Instant) -> u32 {
        let history = self.ladders.get(ladder).map_or(&[] as &[_], |history| history);
        history.iter().take_while(|(since, _)| *since < at).last().map_or(0, |(_, tier)| *tier)
    }

    /// The tier of a ladder with which a purchase of a moment was made: what fell at that very moment fell before, as no purchase lowers a tier.
    pub fn tier_of_purchase(&self, ladder: usize, at: Instant) -> u32 {
        let history = self.ladders.get(ladder).map_or(&[] as &[_], |history| history);
        let fallen = history.iter().skip_while(|(since, _)| *since < at).take_while(|(since, _)| *since == at);
        fallen.map(|(_, tier)| *tier).fold(self.tier_before(ladder, at), u32::min)
    }
}

/// Reads members.
pub struct Reader<'r> {
    /// The newest version.
    pub program: &'r Program,
    /// The times.
    pub scope: &'r Scope,
    /// What purchases are.
    pub purchases: &'r [Purchase],
    /// What answers are.
    pub survey: Option<Survey>,
    /// What was told of tiers.
    pub moves: &'r Moves,
}

impl Reader<'_> {
    /// What is known of a member in terms of the newest version; `None` for what is no person: the account of a group.
    ///
    /// # Errors
    /// Where what was spent is too much to be counted.
    pub fn read(&self, state: &State) -> Result<Option<Person>, ArithmeticError> {
        let Some(joined) = state.joined else { return Ok(None) };
        let mut person = Person {
            joined: self.scope.day(joined),
            left: state.left.then(|| self.left(state)),
            active: Vec::new(),
            purchases: Vec::new(),
            unmatched: Vec::new(),
            answers: Vec::new(),
            ladders: self.moves.of(&state.member, self.program.ladders.ids()),
        };
        let mut orders: BTreeMap<(EventId, Day, Value), usize> = BTreeMap::new();
        for fact in &state.facts {
            let (kind, at) = (fact.event.kind, fact.event.time);
            let day = self.scope.day(at);
            let purchase = self.purchases.iter().find(|purchase| purchase.event == kind);
            let value = |field: crate::hir::FieldId, fields: &[Value]| match fields.get(field.index()) {
                Some(Value::Exact(value)) => Some(*value),
                _ => None,
            };
            if fact.negative {
                let amount = purchase.and_then(|purchase| value(purchase.amount, &fact.left));
                person.unmatched.extend(amount.map(|amount| (day, amount)));
                continue;
            }
            if fact.gone {
                continue;
            }
            if self.is_own(kind) && person.active.last() != Some(&day) {
                person.active.push(day);
            }
            if let Some(survey) = self.survey.filter(|survey| survey.event == kind) {
                person.answers.extend(value(survey.score, &fact.left).map(|score| (day, score)));
            }
            let Some(purchase) = purchase else { continue };
            let paid = value(purchase.amount, &fact.left).unwrap_or_default();
            let order =
                purchase.order.and_then(|order| fact.left.get(order.index())).filter(|id| **id != Value::Missing);
            let same = order.and_then(|order| orders.get(&(kind, day, order.clone())).copied());
            match same.and_then(|place| person.purchases.get_mut(place)) {
                Some(bought) => bought.value = bought.value.add(paid)?,
                None => {
                    if let Some(order) = order {
                        orders.insert((kind, day, order.clone()), person.purchases.len());
                    }
                    person.purchases.push(Bought { at, day, value: paid });
                }
            }
        }
        person.purchases.retain(|bought| bought.value > Exact::ZERO);
        Ok(Some(person))
    }

    /// Whether the member itself does such things.
    fn is_own(&self, kind: EventId) -> bool {
        let Some(event) = self.program.events.get(kind) else { return false };
        match event.kind {
            EventKind::Declared => event.reversal.is_none(),
            EventKind::Join
            | EventKind::Leave
            | EventKind::Update
            | EventKind::Birthday
            | EventKind::Anniversary
            | EventKind::Adjust
            | EventKind::Receive
            | EventKind::Referral
            | EventKind::Merge
            | EventKind::Unmerge
            | EventKind::Erase => false,
            EventKind::Redeem
            | EventKind::Activate
            | EventKind::Choose
            | EventKind::Use
            | EventKind::Transfer
            | EventKind::Enroll
            | EventKind::Withdraw
            | EventKind::Claim
            | EventKind::Exchange
            | EventKind::Donate
            | EventKind::Vote => true,
        }
    }

    fn left(&self, state: &State) -> Day {
        let last = |kind: EventKind| kind.id().and_then(|id| state.last.get(id).copied().flatten());
        let joined = last(EventKind::Join);
        let at =
            [EventKind::Leave, EventKind::Erase].into_iter().filter_map(last).filter(|at| Some(*at) >= joined).min();
        self.scope.day(at.unwrap_or(state.clock))
    }
}
