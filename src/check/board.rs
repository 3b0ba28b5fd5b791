//! Leaderboards.

use std::sync::Arc;

use crate::hir::{Expr, Kind, Leaderboard, LeaderboardId, MeasureId, OnRefund, Place, Read, Type, Window};
use crate::source::Span;
use crate::syntax::ast;
use crate::value::PeriodKind;

use super::context::Checker;
use super::effect::Call;
use super::errors;
use super::literal;
use super::names::{Symbol, nearest, was};
use super::scope::Scope;

impl Checker<'_> {
    /// A whole leaderboard.
    pub fn lower_leaderboard(&mut self, item: &ast::Leaderboard) -> Option<Leaderboard> {
        let name = &item.name;
        let Some(by) = &item.by else { return self.fail(errors::boards::no_measure(name.span(), &name.text)) };
        let (measure, period) = self.ranking(by)?;
        let least = match &item.least {
            Some(least) => {
                let want = self.measure(measure)?.ty;
                let lowered = self.typed(least, &Scope::member(), want)?;
                match self.exact_of(&lowered) {
                    Some(least) => Some(least),
                    None => return self.fail(errors::types::not_constant(lowered.span, "what a place takes")),
                }
            }
            None => None,
        };
        if item.places.is_empty() {
            return self.fail(errors::boards::no_places(name.span(), &name.text));
        }
        let mut places: Vec<Place> = Vec::with_capacity(item.places.len());
        for (at, place) in item.places.iter().enumerate() {
            let first = self.place(&place.first)?;
            let last = match &place.last {
                Some(last) => self.place(last)?,
                None => first,
            };
            let above = places.last().map_or(0, |place| place.last);
            if first <= above || last < first {
                let earlier = item.places.get(at.saturating_sub(1)).map_or(place.at.0, |earlier| earlier.at.0);
                return self.fail(errors::boards::places_overlap(place.at.0, earlier));
            }
            let rule = self.called(
                &Call {
                    by: "leaderboard",
                    name: format!("{}.{first}", name.text).into(),
                    span: place.at.0,
                    gate: &place.gate,
                    effects: &place.effects,
                    on_refund: OnRefund::Keep,
                },
                &Scope::member(),
            )?;
            places.push(Place { first, last, rule });
        }
        Some(Leaderboard {
            name: Arc::clone(&name.text),
            was: was(item.was.as_ref()),
            span: name.span(),
            label: item.label.as_ref().map(literal::label),
            by: measure,
            period,
            least,
            first_to_reach: item.ties.as_ref().is_some_and(|ties| ties.value == ast::Ties::First),
            places,
        })
    }

    /// The measure that ranks, and its period.
    fn ranking(&mut self, by: &ast::Ident) -> Option<(MeasureId, PeriodKind)> {
        let Some(Symbol::Measure(id)) = self.names.values.get(&by.text) else {
            let near = nearest(&by.text, self.items.measures.iter().map(|measure| &*measure.name.text));
            return self.fail(errors::boards::not_a_measure(by.span(), &by.text, near));
        };
        let measure = self.measure(id)?;
        match measure.window {
            Window::Period(kind) if kind != PeriodKind::MembershipYear => Some((id, kind)),
            _ => {
                let at = measure.span;
                self.fail(errors::boards::no_period(by.span(), &by.text, at))
            }
        }
    }

    /// `league.place`: where the member stands in the period at hand; `None` where no leaderboard has that name.
    pub fn board_path(&mut self, first: &ast::Ident, rest: &[ast::Ident], span: Span) -> Option<Option<Expr>> {
        let board = self.names.leaderboards.get(&first.text)?;
        Some(match rest {
            [one] if &*one.text == "place" => {
                Some(Expr { kind: Kind::Read(Read::Place(board)), ty: Type::Number, span })
            }
            [] => self.fail(errors::play::bare(span, &first.text, "`place`")),
            [other, ..] => {
                let near = nearest(&other.text, ["place"]);
                self.fail(errors::names::unknown_part(other.span(), &other.text, &first.text, "`place`", near))
            }
        })
    }

    /// The leaderboard of a name, or its message.
    pub fn board_named(&mut self, name: &ast::Ident) -> Option<LeaderboardId> {
        match self.names.leaderboards.get(&name.text) {
            Some(board) => Some(board),
            None => {
                let near = self.names.leaderboards.nearest(&name.text);
                self.fail(errors::boards::unknown(name.span(), &name.text, near))
            }
        }
    }

    pub fn place(&mut self, number: &ast::Number) -> Option<u32> {
        self.whole(number, 1).map(|place| u32::try_from(place).unwrap_or(u32::MAX))
    }
}
