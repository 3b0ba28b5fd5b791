//! Measures.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{
    Aggregate, EventId, Expr, FieldId, FieldType, Kind, Measure, MeasureId, Net, ShareCap, Shield, Source, Tally, Type,
    UnitId, Window,
};
use crate::source::Span;
use crate::syntax::ast::{self, AggregateOp, ExprKind, Netting};
use crate::value::PeriodKind;

use super::context::{Checker, Node, Slot, field_type};
use super::errors;
use super::expr::is_numeric;
use super::fold::aggregate;
use super::named::put;
use super::names::{Symbol, nearest, was};
use super::scope::Scope;
use super::window::Stretch;

/// An event, its list and a value of it: what a path counts.
pub(super) type Counted = (EventId, Option<FieldId>, Option<Expr>);

impl Checker<'_> {
    /// The type of a measure, lowered first where that has not been done.
    pub fn need_measure(&mut self, id: MeasureId, span: Span) -> Option<Type> {
        match self.measures.get(id.index())? {
            Slot::Done(measure) => {
                let ty = measure.ty;
                return self.use_of(Node::Measure(id), span).map(|()| ty);
            }
            Slot::Failed => return None,
            Slot::Busy => return self.cycle(Node::Measure(id), span),
            Slot::Waiting => {}
        }
        let item = *self.items.measures.get(id.index())?;
        let measure = self.busily(Node::Measure(id), span, |checker| checker.lower_measure(item));
        let ty = measure.as_ref().map(|measure| measure.ty);
        put(&mut self.measures, id.index(), measure);
        ty
    }
    /// The measure that a path names, and its type.
    pub fn measure_named(&mut self, path: &ast::Path) -> Option<(MeasureId, Type)> {
        let span = path.at.0;
        if let Some(name) = path.single()
            && let Some(Symbol::Measure(id)) = self.names.values.get(&name.text)
        {
            return self.need_measure(id, span).map(|ty| (id, ty));
        }
        if let Some(Symbol::Ladder(_)) = path.single().and_then(|name| self.names.values.get(&name.text)) {
            return self.fail(errors::names::ladder_as_measure(span, &path.to_string()));
        }
        if let [unit, part] = path.parts.as_slice()
            && self.unit_named(&unit.text)
            && matches!(&*part.text, "balance" | "available" | "pending" | "debt")
        {
            return self.fail(errors::names::balance_as_measure(span, &path.to_string()));
        }
        let names = self.items.measures.iter().map(|measure| &*measure.name.text);
        let near = nearest(&path.to_string(), names);
        let history = path.parts.first().is_some_and(|first| {
            path.parts.len() > 1 && (self.names.events.get(&first.text).is_some() || self.unit_named(&first.text))
        });
        self.fail(errors::names::unknown_measure(span, &path.to_string(), near, history))
    }

    fn lower_measure(&mut self, item: &ast::Measure) -> Option<Measure> {
        self.history(item, None)
    }
    /// What a measure counts; `opened` is the event that its condition may name as the one that opened a challenge.
    pub fn history(&mut self, item: &ast::Measure, opened: Option<EventId>) -> Option<Measure> {
        let window = match &item.window {
            None => Window::Ever,
            Some(window) => match self.stretch(window)? {
                Stretch::Window(window) => window,
                Stretch::Event => return self.fail(errors::measures::per_event(window.at.0)),
            },
        };
        let net = match item.netting.as_ref().map(|netting| netting.value) {
            None => Net::OfOriginal,
            Some(Netting::Gross) => Net::Gross,
            Some(Netting::WhenReversed) => Net::WhenReversed,
        };
        let mut measure = Measure {
            name: Arc::clone(&item.name.text),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            ty: Type::Number,
            source: Source::Formula(super::literal::exact(crate::value::Exact::ZERO, Type::Number, item.name.span())),
            window,
            net,
            share: None,
        };
        let ExprKind::Aggregate(fold) = &item.value.kind else {
            let formula = self.formula(item)?;
            return Some(Measure { ty: formula.ty, source: Source::Formula(formula), ..measure });
        };
        if let Some((unit, tally)) = self.tally(fold) {
            (measure.source, measure.ty) = (self.postings(item, fold, unit, tally?)?, Type::Quantity(unit));
            return Some(measure);
        }
        let (event, list, value) = self.counted_of(&fold.of)?;
        let scope = Scope { opened, ..Scope::event(event, list) };
        let filter = match &fold.filter {
            Some(filter) => Some(self.field_condition(filter, &scope)?),
            None => None,
        };
        let scope = filter.as_ref().map_or(scope.clone(), |filter| scope.given(filter));
        measure.share = self.share_cap(&item.shares, &scope)?;
        if fold.op == AggregateOp::Streak {
            return self.streak(item, fold, measure, event, filter);
        }
        if let Some(at) = item.streak.first() {
            return self.fail(errors::measures::only_for_streaks(at.0));
        }
        (measure.ty, measure.source) = self.aggregated(fold, (event, list, value), filter, &scope)?;
        Some(measure)
    }
    /// What an aggregate over events, or their lines, counts, and its type.
    pub fn aggregated(
        &mut self,
        fold: &ast::Aggregate,
        (event, list, value): Counted,
        filter: Option<Expr>,
        scope: &Scope,
    ) -> Option<(Type, Source)> {
        let op = match aggregate(fold.op) {
            Some(op) if !matches!(op, Aggregate::Any | Aggregate::All) => op,
            _ => return self.fail(errors::measures::any_of_history(fold.op_at.0)),
        };
        let of = fold.of.at.0;
        let value = match (&fold.each, value) {
            (Some(_), Some(_)) => return self.fail(errors::measures::each_of_field(of)),
            (Some(each), None) => {
                let each = self.expr(each, scope, None)?;
                Some(self.of_fields_only(each)?)
            }
            (None, value) => value,
        };
        let value = match (op, value) {
            (Aggregate::Count, None) => None,
            (Aggregate::Count, Some(value)) => {
                return self.fail(errors::measures::no_field_wanted(value.span, "count of"));
            }
            (_, None) => return self.fail(errors::measures::field_wanted(of, &fold.of.to_string())),
            (Aggregate::Distinct, Some(value)) => Some(value),
            (_, Some(value)) if is_numeric(value.ty) => Some(self.solid_where(value, scope)?),
            (_, Some(value)) => {
                let found = self.spoken(value.ty);
                return self.fail(errors::types::not_a_number(value.span, &found));
            }
        };
        let ty = match (&value, op) {
            (None, _) | (_, Aggregate::Distinct) => Type::Number,
            (Some(value), _) => value.ty,
        };
        Some((ty, Source::Events { aggregate: op, event, list, value, filter }))
    }
    /// A formula over other measures; windows and netting belong to those.
    fn formula(&mut self, item: &ast::Measure) -> Option<Expr> {
        let option = (item.window.as_ref().map(|window| window.at.0))
            .or_else(|| item.netting.as_ref().map(|netting| netting.at.0))
            .or_else(|| item.shares.first().map(|share| share.at.0));
        if let Some(option) = option {
            return self.fail(errors::measures::formula_with_options(option));
        }
        let formula = self.expr(&item.value, &Scope::member(), None)?;
        if is_numeric(formula.ty) {
            return Some(formula);
        }
        let found = self.spoken(formula.ty);
        self.fail(errors::types::not_a_number(formula.span, &found))
    }
    fn streak(
        &mut self,
        item: &ast::Measure,
        fold: &ast::Aggregate,
        mut measure: Measure,
        event: EventId,
        filter: Option<Expr>,
    ) -> Option<Measure> {
        if fold.of.parts.len() > 1 || fold.each.is_some() {
            return self.fail(errors::measures::no_field_wanted(fold.of.at.0, "streak of"));
        }
        if let (Some(filter), None) = (&filter, &item.window) {
            let options = &item.streak;
            let other = ast::StreakOptions { within: None, ..options.clone() };
            if let Some(at) = other.first() {
                return self.fail(errors::measures::periods_wanted(at.0));
            }
            let within = match &options.within {
                Some((within, _)) => Some(self.duration(within)?),
                None => None,
            };
            measure.source = Source::Run { event, filter: filter.clone(), within };
            return Some(measure);
        }
        let Window::Period(period) = measure.window else {
            let at = item.window.as_ref().map_or(item.value.span(), |window| window.at.0);
            return self.fail(errors::measures::streak_needs_period(at, &item.name.text, &fold.of.to_string()));
        };
        if period == PeriodKind::MembershipYear {
            return self.fail(errors::measures::streak_of_membership(item.name.span()));
        }
        if let (Some(filter), Some((.., at))) = (&filter, &item.streak.enough) {
            return self.fail(errors::measures::where_of_enough(filter.span, at.0));
        }
        let shield = self.shield(&item.streak)?;
        measure.source = Source::Streak { event, filter, period, shield };
        measure.window = Window::Ever;
        Some(measure)
    }
    fn shield(&mut self, options: &ast::StreakOptions) -> Option<Shield> {
        if let Some((_, at)) = &options.within {
            return self.fail(errors::measures::within_periods(at.0));
        }
        let mut shield = Shield::default();
        if let Some((number, span, at)) = &options.repairs {
            let (most, span) = (self.whole(number, 1)?, self.duration(span)?);
            let Some(most) = u32::try_from(most).ok().filter(|_| !span.is_exact()) else {
                return self.fail(errors::measures::repairs_in_days(at.0));
            };
            shield.repairs = Some((most, span));
        }
        match (&options.frozen, options.frozen_count) {
            (Some((unit, _)), counts) => shield.frozen = Some((self.unit(unit)?, counts.is_some())),
            (None, Some(at)) => return self.fail(errors::measures::frozen_by_what(at.0)),
            (None, None) => {}
        }
        if let Some((fold, reaches, at)) = &options.enough {
            let counted = self.counted_of(&fold.of)?;
            let scope = Scope::event(counted.0, counted.1);
            let filter = match &fold.filter {
                Some(filter) => Some(self.field_condition(filter, &scope)?),
                None => None,
            };
            let scope = filter.as_ref().map_or(scope.clone(), |filter| scope.given(filter));
            let (ty, source) = self.aggregated(fold, counted, filter, &scope)?;
            let least = self.threshold_of(reaches, &Scope::member(), ty)?;
            let Some(least) = self.exact_of(&least) else {
                return self.fail(errors::types::not_constant(least.span, "what a period needs"));
            };
            let (name, was, span) = ("".into(), None, at.0);
            let (window, net) = (Window::Ever, Net::OfOriginal);
            shield.enough = Some(Box::new((Measure { name, was, span, ty, source, window, net, share: None }, least)));
        }
        Some(shield)
    }
    /// `points.earned`: the unit and which postings; `None` inside where the word is unknown, reported.
    fn tally(&mut self, fold: &ast::Aggregate) -> Option<(UnitId, Option<Tally>)> {
        let first = fold.of.parts.first()?;
        if self.names.events.get(&first.text).is_some() {
            return None;
        }
        let Some(Symbol::Unit(unit)) = self.names.values.get(&first.text) else { return None };
        const WORDS: [(&str, Tally); 6] = [
            ("earned", Tally::Earned),
            ("spent", Tally::Spent),
            ("expired", Tally::Expired),
            ("reversed", Tally::Reversed),
            ("received", Tally::Received),
            ("given", Tally::Given),
        ];
        let word = fold.of.parts.get(1);
        let found = WORDS.iter().find(|(name, _)| word.is_some_and(|word| &*word.text == *name));
        match (found, fold.of.parts.len()) {
            (Some((_, tally)), 2) => Some((unit, Some(*tally))),
            _ => {
                let near = word.and_then(|word| nearest(&word.text, WORDS.iter().map(|(name, _)| *name)));
                self.report(errors::measures::unknown_tally(fold.of.at.0, &first.text, near));
                Some((unit, None))
            }
        }
    }
    fn postings(&mut self, item: &ast::Measure, fold: &ast::Aggregate, unit: UnitId, tally: Tally) -> Option<Source> {
        if fold.op != AggregateOp::Sum {
            return self.fail(errors::measures::only_sum_of_postings(fold.op_at.0, &fold.of.to_string()));
        }
        let option = fold
            .filter
            .as_ref()
            .or(fold.each.as_ref())
            .map(|part| part.span())
            .or(item.shares.first().map(|share| share.at.0));
        if let Some(option) = option {
            return self.fail(errors::measures::postings_with_filter(option, &fold.of.to_string()));
        }
        Some(Source::Postings { unit, tally })
    }
    /// The message for what should be an event.
    pub fn unknown_event(&self, name: &ast::Ident) -> crate::diagnostic::Diagnostic {
        let declared = self.items.events.iter().map(|event| &event.name.text);
        errors::names::unknown_event(name.span(), &name.text, self.names.events.nearest(&name.text), declared)
    }
    /// The message for what should be an event, and may be a field without its event.
    pub fn no_event(&self, name: &ast::Ident) -> crate::diagnostic::Diagnostic {
        let with_field = |event: &&crate::hir::EventDef| event.fields.iter().any(|field| field.name == name.text);
        match self.events.iter().find(with_field) {
            Some(event) => errors::names::event_of_field(name.span(), &name.text, &event.name),
            None => self.unknown_event(name),
        }
    }
    /// `purchase`, `purchase.subtotal`, `purchase.items`, `purchase.items.price`.
    pub fn counted_of(&mut self, path: &ast::Path) -> Option<Counted> {
        let (first, rest) = path.parts.split_first()?;
        let Some(event) = self.names.events.get(&first.text) else {
            let error = self.no_event(first);
            return self.fail(error);
        };
        let Some((second, more)) = rest.split_first() else { return Some((event, None, None)) };
        let def = &self.events.at(event);
        let Some((field, def)) = def.fields.pairs().find(|(_, field)| field.name == second.text) else {
            let near = nearest(&second.text, def.fields.iter().map(|field| &*field.name));
            let error = errors::names::unknown_field(second.span(), &second.text, &def.name, near);
            return self.fail(error);
        };
        if matches!(def.ty, FieldType::List(_)) {
            let value = match more.split_first() {
                None => None,
                Some((name, more)) => Some(self.line_value(event, field, &second.text, name, more)?),
            };
            return Some((event, Some(field), value));
        }
        let ty = field_type(&def.ty)?;
        if let Some(other) = more.first() {
            return self.fail(errors::names::no_parts(other.span(), &other.text, &second.text));
        }
        Some((event, None, Some(Expr { kind: Kind::Field(field), ty, span: second.span() })))
    }
    fn share_cap(&mut self, shares: &[ast::ShareCap], scope: &Scope) -> Option<Option<ShareCap>> {
        match shares {
            [] => Some(None),
            [one] => {
                let share = self.share(&one.percent);
                let filter = self.field_condition(&one.filter, scope)?;
                Some(Some(ShareCap { share: share?, filter }))
            }
            [_, second, ..] => self.fail(errors::measures::two_shares(second.at.0)),
        }
    }
    /// A condition that sees the event and constants, not the member: what a measure counted stays counted.
    pub fn field_condition(&mut self, filter: &ast::Expr, scope: &Scope) -> Option<Expr> {
        let lowered = self.condition(filter, scope)?;
        self.of_fields_only(lowered)
    }
    fn of_fields_only(&mut self, lowered: Expr) -> Option<Expr> {
        if self.reads(&lowered).is_empty() {
            return Some(lowered);
        }
        let mut place = lowered.span;
        super::walk::walk(&lowered, &mut |part| {
            if matches!(part.kind, Kind::Read(_) | Kind::Segment(_)) {
                place = part.span;
            }
        });
        let text = self.sources.text(place).to_owned();
        self.fail(errors::measures::member_in_filter(place, &text))
    }
}
