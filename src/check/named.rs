//! Things with names that are lowered when they are first needed: lets, segments, worths. Cycles end here. Invariants are needed by nothing.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{Expr, Invariant, Kind, Let, LetId, Segment, SegmentId, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast;

use super::context::{Checker, Node, Slot};
use super::errors;
use super::scope::Scope;

impl Checker<'_> {
    /// The type of a let, lowered first where that has not been done.
    pub fn need_let(&mut self, id: LetId, span: Span) -> Option<Type> {
        match self.lets.get(id.index())? {
            Slot::Done(named) => {
                let ty = named.value.ty;
                return self.use_of(Node::Let(id), span).map(|()| ty);
            }
            Slot::Failed => return None,
            Slot::Busy => return self.cycle(Node::Let(id), span),
            Slot::Waiting => {}
        }
        let item = *self.items.lets.get(id.index())?;
        let value = self.busily(Node::Let(id), span, |checker| checker.cases(&item.value, &Scope::member(), None));
        let ty = value.as_ref().map(|value| value.ty);
        let named = value.map(|value| Let { name: Arc::clone(&item.name.text), span: item.name.span(), value });
        put(&mut self.lets, id.index(), named);
        ty
    }
    /// Lowers a segment where that has not been done.
    pub fn need_segment(&mut self, id: SegmentId, span: Span) -> Option<()> {
        match self.segments.get(id.index())? {
            Slot::Done(_) => return self.use_of(Node::Segment(id), span),
            Slot::Failed => return None,
            Slot::Busy => return self.cycle(Node::Segment(id), span),
            Slot::Waiting => {}
        }
        let item = *self.items.segments.get(id.index())?;
        let condition =
            self.busily(Node::Segment(id), span, |checker| checker.condition(&item.condition, &Scope::member()));
        let done = condition.is_some().then_some(());
        let segment =
            condition.map(|condition| Segment { name: Arc::clone(&item.name.text), span: item.name.span(), condition });
        put(&mut self.segments, id.index(), segment);
        done
    }
    /// A whole invariant. One that reads nothing of the member could not tell anything about the program.
    pub fn lower_invariant(&mut self, item: &ast::Invariant) -> Option<Invariant> {
        let condition = self.condition(&item.condition, &Scope::member())?;
        let mut reads = false;
        self.deep(&condition, &mut |part| reads |= matches!(part.kind, Kind::Read(_) | Kind::Since(..)));
        if !reads {
            return self.fail(errors::rules::invariant_of_nothing(condition.span, &item.name.text));
        }
        Some(Invariant { name: Arc::clone(&item.name.text), span: item.name.span(), condition })
    }
    /// What one smallest step of a unit is worth in minor units, where that is declared; the outer `None` is an error.
    pub fn need_worth(&mut self, id: UnitId, span: Span) -> Option<Option<Expr>> {
        match self.worths.get(id.index())? {
            Slot::Done(worth) => return Some(worth.clone()),
            Slot::Failed => return None,
            Slot::Busy => return self.cycle(Node::Worth(id), span),
            Slot::Waiting => {}
        }
        let item = *self.items.units.get(id.index())?;
        let Some(cases) = &item.worth else {
            put(&mut self.worths, id.index(), Some(None));
            return Some(None);
        };
        let steps = self.steps_of(id);
        let worth = self.busily(Node::Worth(id), span, |checker| {
            checker.cases_with(cases, &Scope { price: true, ..Scope::member() }, &mut |checker, value, scope| {
                let whole = checker.typed(value, scope, Type::Money)?;
                match checker.exact_of(&whole) {
                    Some(minor) if minor > crate::value::Exact::ZERO => {
                        let step = minor.div(steps).ok()?;
                        Some(super::literal::exact(step, Type::Money, whole.span))
                    }
                    Some(_) => checker.fail(errors::units::worth_not_positive(whole.span)),
                    None => checker.fail(errors::types::not_constant(whole.span, "a worth")),
                }
            })
        });
        let result = worth.map(Some);
        put(&mut self.worths, id.index(), result.clone());
        result
    }
    /// Runs `lower` with the node marked as being lowered.
    pub fn busily<T>(&mut self, node: Node, span: Span, lower: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.mark(node);
        self.busy.push(node);
        let result = self.weigh(node, span, lower);
        self.busy.pop();
        result
    }
    fn mark(&mut self, node: Node) {
        fn busy<T>(slots: &mut [Slot<T>], at: usize) {
            if let Some(slot) = slots.get_mut(at) {
                *slot = Slot::Busy;
            }
        }
        match node {
            Node::Let(id) => busy(&mut self.lets, id.index()),
            Node::Measure(id) => busy(&mut self.measures, id.index()),
            Node::Segment(id) => busy(&mut self.segments, id.index()),
            Node::Table(id) => busy(&mut self.tables, id.index()),
            Node::Worth(id) => busy(&mut self.worths, id.index()),
        }
    }
    /// Reports that a thing needs itself, with all names on the way.
    pub fn cycle<T>(&mut self, node: Node, span: Span) -> Option<T> {
        let from = self.busy.iter().position(|busy| *busy == node).unwrap_or_default();
        let way: Vec<_> = self.busy.iter().skip(from).chain([&node]).map(|node| self.node_name(*node)).collect();
        self.fail(errors::cycles::defined_by_itself(span, &way))
    }
    /// What a thing is called in messages.
    pub fn node_name(&self, node: Node) -> String {
        let name = match node {
            Node::Let(id) => self.items.lets.get(id.index()).map(|item| item.name.text.to_string()),
            Node::Measure(id) => self.items.measures.get(id.index()).map(|item| item.name.text.to_string()),
            Node::Segment(id) => self.items.segments.get(id.index()).map(|item| item.name.text.to_string()),
            Node::Table(id) => self.items.tables.get(id.index()).map(|item| item.name.text.to_string()),
            Node::Worth(id) => self.items.units.get(id.index()).map(|item| format!("worth of {}", item.name.text)),
        };
        name.unwrap_or_default()
    }
}

/// Stores what lowering brought.
pub(super) fn put<T>(slots: &mut [Slot<T>], at: usize, result: Option<T>) {
    if let Some(slot) = slots.get_mut(at) {
        *slot = result.map_or(Slot::Failed, Slot::Done);
    }
}
