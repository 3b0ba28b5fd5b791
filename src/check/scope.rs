//! What an expression may name, by the place where it stands.

use std::sync::Arc;

use crate::hir::{EventId, Expr, FieldId, Kind, LeaderboardId, Read, UnitId};

use super::local::Locals;

/// A value that is known to be there, because a condition around asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Present {
    Field(FieldId),
    Line(FieldId),
    Attribute(FieldId),
    Last(EventId),
    Place(LeaderboardId),
}

/// What an expression may name beside what is named everywhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// The event at hand.
    pub event: Option<EventId>,
    /// The list of it whose line is at hand.
    pub line: Option<FieldId>,
    /// The event that opened the challenge at hand: `opened`.
    pub opened: Option<EventId>,
    /// Whether this is about how much a challenge asks for: `MEASURE.before`.
    pub goal: bool,
    /// Whether this is a price, which may be finer than the smallest coin.
    pub price: bool,
    /// The unit whose expired amount is `expired`.
    pub expired: Option<UnitId>,
    /// The member whose name may stand before a path, in scenarios.
    pub subject: Option<Arc<str>>,
    /// Names of the block.
    pub locals: Locals,
    /// Values that are known to be there.
    pub present: Vec<Present>,
}

impl Scope {
    /// Nothing but the member at hand.
    pub fn member() -> Self {
        Self::default()
    }
    /// An event, or a line of its list.
    pub fn event(event: EventId, line: Option<FieldId>) -> Self {
        Self { event: Some(event), line, ..Self::default() }
    }
    /// The same within a line of a list.
    #[must_use]
    pub fn within(&self, list: FieldId) -> Self {
        let mut scope = self.clone();
        scope.line = Some(list);
        scope.present.retain(|present| !matches!(present, Present::Line(_)));
        scope
    }
    /// The same where a condition holds.
    #[must_use]
    pub fn given(&self, condition: &Expr) -> Self {
        let mut scope = self.clone();
        scope.learn(condition);
        scope
    }
    /// Takes in what must be there where a condition holds.
    pub fn learn(&mut self, condition: &Expr) {
        match &condition.kind {
            Kind::And(parts) => parts.iter().for_each(|part| self.learn(part)),
            Kind::Not(inner) => {
                if let Kind::Missing(value) = &inner.kind {
                    self.know(value);
                }
            }
            Kind::Compare(compare, left, right) if *compare != crate::hir::Compare::IsNot => {
                self.know(left);
                self.know(right);
            }
            Kind::In(value, _) | Kind::Between(value, _, _) => self.know(value),
            _ => {}
        }
    }
    /// The same where a condition does not hold.
    #[must_use]
    pub fn unless(&self, condition: &Expr) -> Self {
        let mut scope = self.clone();
        scope.learn_contrary(condition);
        scope
    }
    fn learn_contrary(&mut self, condition: &Expr) {
        match &condition.kind {
            Kind::Or(parts) => parts.iter().for_each(|part| self.learn_contrary(part)),
            Kind::Not(inner) => self.learn(inner),
            Kind::Missing(value) => self.know(value),
            _ => {}
        }
    }
    fn know(&mut self, value: &Expr) {
        let present = match &value.kind {
            Kind::Field(field) => Present::Field(*field),
            Kind::Line(field) => Present::Line(*field),
            Kind::Read(Read::Attribute(field)) => Present::Attribute(*field),
            Kind::Read(Read::Last(event)) => Present::Last(*event),
            Kind::Read(Read::Place(board)) => Present::Place(*board),
            Kind::Since(_, value) => return self.know(value),
            _ => return,
        };
        if !self.present.contains(&present) {
            self.present.push(present);
        }
    }
    /// Whether a value is known to be there.
    pub fn knows(&self, present: Present) -> bool {
        self.present.contains(&present)
    }
}
