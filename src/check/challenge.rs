//! Challenges.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{
    Aggregate, Challenge, ChallengeId, EventId, Expr, Frame, Goal, GoalStep, Kind, Measure, Milestone, Net, OnChange,
    OnRefund, Progress, RewardRefunds, Shared, SharedBy, Source, Type, Window,
};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use crate::value::{Exact, PeriodKind, Value};

use super::context::Checker;
use super::effect::Call;
use super::errors;
use super::literal;
use super::names::{Meeting, Symbol, nearest, was};
use super::scope::Scope;
use super::window::Stretch;

impl Checker<'_> {
    /// A whole challenge.
    pub fn lower_challenge(&mut self, item: &ast::Challenge) -> Option<Challenge> {
        let name = &item.name.text;
        let (frame, scope) = self.frame(item)?;
        let mut only = Vec::new();
        for condition in &item.gate.when {
            only.push(self.condition(condition, &scope)?);
        }
        if item.goals.is_empty() {
            return self.fail(errors::challenges::no_goal(item.name.span(), name));
        }
        let mut goals = Vec::new();
        for goal in &item.goals {
            goals.extend(self.goal(item, goal, &scope));
        }
        if goals.len() < item.goals.len() {
            return None;
        }
        let unit = goals.first().map_or(Type::Number, |goal| goal.threshold.ty);
        if item.effects.is_empty() && item.milestones.is_empty() {
            return self.fail(errors::challenges::brings_nothing(item.name.span(), name));
        }
        let single = goals.first().filter(|_| goals.len() == 1).map(|goal| &goal.threshold);
        let milestones = self.milestones(item, &scope, unit, single)?;
        let reward = self.called(
            &Call {
                by: "challenge",
                name: Arc::clone(name),
                span: item.name.span(),
                gate: &ast::Gate { when: Vec::new(), needs: None, ..item.gate.clone() },
                effects: &item.effects,
                on_refund: OnRefund::Keep,
            },
            &scope,
        )?;
        let claim = match &item.claim {
            Some(claim) => Some(self.duration(claim)?),
            None => None,
        };
        let shared = match &item.shared {
            Some(shared) => Some(self.shared(shared, unit)?),
            None => None,
        };
        if shared.is_some()
            && matches!(frame, Frame::From { .. } | Frame::Each(PeriodKind::MembershipYear))
            && let Some(window) = &item.window
        {
            return self.fail(errors::challenges::each_at_another_time(window.at.0));
        }
        let activation = item.gate.needs.is_some() || matches!(frame, Frame::From { event: None, .. });
        let listens = goals.iter().flat_map(|goal| self.listens(&goal.of)).collect();
        let challenge = Challenge {
            name: Arc::clone(name),
            was: was(item.was.as_ref()),
            span: item.name.span(),
            label: item.label.as_ref().map(literal::label),
            frame,
            only,
            activation,
            goals,
            any: item.any.is_some(),
            milestones,
            reward,
            claim,
            shared,
            refunds: match item.refunds.as_ref().map(|refunds| refunds.value) {
                None | Some(ast::RewardRefunds::Keep) => RewardRefunds::Keep,
                Some(ast::RewardRefunds::ReJudge) => RewardRefunds::ReJudge,
                Some(ast::RewardRefunds::TakeBackIfUnused) => RewardRefunds::TakeBackIfUnused,
            },
            change: match item.change.as_ref().map(|change| change.value) {
                None | Some(ast::OnChange::Grandfather) => OnChange::Grandfather,
                Some(ast::OnChange::Restart) => OnChange::Restart,
                Some(ast::OnChange::Carry) => OnChange::Carry,
            },
            listens,
        };
        self.lasting_of_challenge(&challenge);
        Some(challenge)
    }
    /// The time of a challenge, and what its expressions may name.
    fn frame(&mut self, item: &ast::Challenge) -> Option<(Frame, Scope)> {
        let Some(window) = &item.window else {
            return self.fail(errors::challenges::no_window(item.name.span(), &item.name.text));
        };
        let scope = Scope::member();
        let frame = match &window.value {
            ast::Frame::Ever => Frame::Ever,
            ast::Frame::Days(first, last) => {
                let (first, last) = (literal::day(*first), literal::day(*last));
                if last < first {
                    return self.fail(errors::challenges::window_backwards(window.at.0));
                }
                Frame::Days(first, last)
            }
            ast::Frame::Each(each) => match self.stretch(each)? {
                Stretch::Window(Window::Period(kind)) => Frame::Each(kind),
                _ => return self.fail(errors::measures::no_period(each.at.0)),
            },
            ast::Frame::From { length, event, filter, inclusive } => {
                let event = match event {
                    Some(event) => Some(self.event_named(event)?),
                    None => None,
                };
                let own = event.map_or(Scope::member(), |event| Scope::event(event, None));
                let filter = match filter {
                    Some(filter) => Some(self.condition(filter, &own)?),
                    None => None,
                };
                let opened = Scope { opened: event, ..Scope::member() };
                let length = self.typed(length, &opened, Type::Duration)?;
                return Some((Frame::From { event, filter, length, inclusive: *inclusive }, opened));
            }
        };
        Some((frame, scope))
    }
    fn goal(&mut self, item: &ast::Challenge, goal: &ast::Spanned<ast::Goal>, scope: &Scope) -> Option<Goal> {
        let span = goal.at.0;
        let count = |n: usize| literal::exact(Exact::from(i64::try_from(n).unwrap_or(i64::MAX)), Type::Number, span);
        let (of, threshold) = match &goal.value {
            ast::Goal::One(path, filter) => {
                let (event, list) = self.event_path(path)?;
                let own = Scope { opened: scope.opened, ..Scope::event(event, list) };
                let filter = match filter {
                    Some(filter) => Some(self.field_condition(filter, &own)?),
                    None => None,
                };
                let source = Source::Events { aggregate: Aggregate::Count, event, list, value: None, filter };
                (self.within(item, source, Type::Number, span), count(1))
            }
            ast::Goal::All(path, values) => self.collection(path, values, scope, span)?,
            ast::Goal::Steps(steps) => {
                let mut lowered = Vec::new();
                for step in steps {
                    let (event, list) = self.event_path(&step.on)?;
                    if list.is_some() {
                        return self.fail(errors::challenges::step_of_lines(step.on.at.0));
                    }
                    let own = Scope { opened: scope.opened, ..Scope::event(event, None) };
                    let filter = match &step.filter {
                        Some(filter) => Some(self.field_condition(filter, &own)?),
                        None => None,
                    };
                    let within = match &step.within {
                        Some(within) => Some(self.duration(within)?),
                        None => None,
                    };
                    lowered.push(GoalStep { event, filter, within });
                }
                let all = count(lowered.len());
                (Progress::Steps(lowered), all)
            }
            ast::Goal::Reaches { value, each, threshold } => {
                let (of, ty) = self.reached(item, value, each.as_ref(), scope)?;
                (of, self.typed(threshold, &Scope { goal: true, ..scope.clone() }, ty)?)
            }
        };
        Some(Goal { of, threshold, span })
    }
    /// What a goal counts: a measure by name, or an aggregate within the time of the challenge.
    fn reached(
        &mut self,
        item: &ast::Challenge,
        value: &ast::Expr,
        each: Option<&ast::Window>,
        scope: &Scope,
    ) -> Option<(Progress, Type)> {
        let fold = match &value.kind {
            ExprKind::Aggregate(fold) => fold,
            ExprKind::Path(path) => {
                let (id, ty) = self.measure_named(path)?;
                return Some((Progress::Measured(id), ty));
            }
            _ => return self.fail(errors::challenges::goal_of_what(value.span())),
        };
        let measure = ast::Measure {
            name: item.name.clone(),
            was: None,
            value: value.clone(),
            window: each.cloned(),
            netting: None,
            shares: Vec::new(),
            streak: ast::StreakOptions::default(),
            at: item.at,
        };
        let lowered = self.history(&measure, scope.opened)?;
        if let Source::Streak { event, filter, period, .. } = lowered.source {
            if period == PeriodKind::MembershipYear {
                return self.fail(errors::measures::streak_of_membership(value.span()));
            }
            return Some((Progress::Streak { event, filter, period }, Type::Number));
        }
        if !matches!(lowered.source, Source::Events { .. }) {
            return self.fail(errors::challenges::goal_of_postings(fold.of.at.0));
        }
        let ty = lowered.ty;
        Some((Progress::Counted(Box::new(lowered)), ty))
    }
    fn within(&self, item: &ast::Challenge, source: Source, ty: Type, span: Span) -> Progress {
        Progress::Counted(Box::new(Measure {
            name: Arc::clone(&item.name.text),
            was: None,
            span,
            ty,
            source,
            window: Window::Ever,
            net: Net::OfOriginal,
            share: None,
        }))
    }
    fn collection(
        &mut self,
        path: &ast::Path,
        values: &[ast::Expr],
        scope: &Scope,
        span: Span,
    ) -> Option<(Progress, Expr)> {
        let (event, list, value) = self.counted_of(path)?;
        let Some(value) = value else {
            return self.fail(errors::measures::field_wanted(path.at.0, &path.to_string()));
        };
        let mut wanted = Vec::new();
        for expr in values {
            let lowered = self.typed(expr, scope, value.ty)?;
            match lowered.kind {
                Kind::Const(value) if !wanted.contains(&value) => wanted.push(value),
                Kind::Const(_) => return self.fail(errors::challenges::collected_twice(lowered.span)),
                _ => return self.fail(errors::types::not_constant(lowered.span, "a part of a collection")),
            }
        }
        let all = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
        let threshold = literal::exact(Exact::from(all), Type::Number, span);
        Some((Progress::Collected { event, list, value, wanted }, threshold))
    }
    fn milestones(
        &mut self,
        item: &ast::Challenge,
        scope: &Scope,
        unit: Type,
        goal: Option<&Expr>,
    ) -> Option<Vec<Milestone>> {
        let mut all = Vec::new();
        for (number, milestone) in item.milestones.iter().enumerate() {
            self.bars_refunds(&milestone.gate);
            let share = matches!(milestone.amount.kind, ExprKind::Percent(_));
            let at = self.typed(&milestone.amount, scope, if share { Type::Number } else { unit })?;
            let whole = if share { Some(Exact::ONE) } else { goal.and_then(constant) };
            if constant(&at).zip(whole).is_some_and(|(at, whole)| at > whole) {
                self.report(errors::challenges::milestone_above(at.span, goal.map(|goal| goal.span)));
            }
            let decided = milestone.gate.decided.clone().or_else(|| item.gate.decided.clone());
            let reward = self.called(
                &Call {
                    by: "challenge",
                    name: format!("{}.milestone{}", item.name.text, number + 1).into(),
                    span: milestone.at.0,
                    gate: &ast::Gate { decided, ..milestone.gate.clone() },
                    effects: &milestone.effects,
                    on_refund: OnRefund::Keep,
                },
                scope,
            )?;
            all.push(Milestone { at, share, reward });
        }
        Some(all)
    }
    fn shared(&mut self, shared: &ast::Shared, unit: Type) -> Option<Shared> {
        let by = match &shared.by {
            None => SharedBy::Everyone,
            Some(name) => {
                let attribute = self.attributes.find(|attribute| attribute.name == name.text);
                match (self.names.meetings.get(&name.text), attribute) {
                    (Some(Meeting::Pool(pool)), _) => SharedBy::Pool(pool),
                    (_, Some(attribute)) => SharedBy::Attribute(attribute),
                    _ => {
                        let known = self.attributes.iter().map(|attribute| &*attribute.name);
                        let known: Vec<&str> =
                            known.chain(self.items.pools.iter().map(|pool| &*pool.name.text)).collect();
                        let near = nearest(&name.text, known);
                        return self.fail(errors::challenges::shared_by_what(name.span(), &name.text, near));
                    }
                }
            }
        };
        let least = match &shared.least {
            Some(least) => Some(self.typed(least, &Scope::member(), unit)?),
            None => None,
        };
        Some(Shared { by, least })
    }
    /// Types of events that count towards a goal.
    fn listens(&self, of: &Progress) -> Vec<EventId> {
        match of {
            Progress::Counted(measure) => match measure.source {
                Source::Events { event, .. } => vec![event],
                _ => Vec::new(),
            },
            Progress::Measured(_) => Vec::new(),
            Progress::Collected { event, .. } | Progress::Streak { event, .. } => vec![*event],
            Progress::Steps(steps) => steps.iter().map(|step| step.event).collect(),
        }
    }
    /// Whether this is a challenge whose window begins with the member's activation, by the text alone.
    pub fn begins_with_activation(&self, name: &str) -> bool {
        let of = self.items.challenges.iter().find(|item| &*item.name.text == name);
        let window = of.and_then(|item| item.window.as_ref()).map(|window| &window.value);
        matches!(window, Some(ast::Frame::From { event: None, .. }))
    }
    /// A challenge that `open` may open.
    pub fn opened_challenge(&mut self, name: &ast::Ident) -> Option<ChallengeId> {
        let id = self.challenge_named(name)?;
        if self.begins_with_activation(&name.text) {
            return Some(id);
        }
        self.fail(errors::challenges::opens_by_itself(name.span(), &name.text))
    }
    /// The challenge of a name, or its message.
    pub fn challenge_named(&mut self, name: &ast::Ident) -> Option<ChallengeId> {
        match self.names.values.get(&name.text) {
            Some(Symbol::Challenge(id)) => Some(id),
            _ => {
                let near = nearest(&name.text, self.items.challenges.iter().map(|item| &*item.name.text));
                self.fail(errors::challenges::unknown(name.span(), &name.text, near))
            }
        }
    }
    /// The type of a challenge's progress: that of its first goal, by the text alone.
    pub fn progress_type(&mut self, id: ChallengeId) -> Option<Type> {
        let item = *self.items.challenges.get(id.index())?;
        let goal = item.goals.first()?;
        let ast::Goal::Reaches { value, each, .. } = &goal.value else { return Some(Type::Number) };
        let opened = match item.window.as_ref().map(|window| &window.value) {
            Some(ast::Frame::From { event: Some(event), .. }) => self.names.events.get(&event.text),
            _ => None,
        };
        let scope = Scope { opened, ..Scope::member() };
        self.reached(item, value, each.as_ref(), &scope).map(|(_, ty)| ty)
    }
}

/// The number that an expression always is.
fn constant(value: &Expr) -> Option<Exact> {
    match value.kind {
        Kind::Const(Value::Exact(number)) => Some(number),
        _ => None,
    }
}
