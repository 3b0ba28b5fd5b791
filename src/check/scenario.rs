//! Scenarios: tests beside the rules, typed like the program.

use std::sync::Arc;

use crate::hir::{
    BadgeId, EntryState, EventDef, Expectation, Given, OfferState, RewardId, Scenario, ScenarioFlag, Step, Type, UnitId,
};
use crate::source::Span;
use crate::syntax::ast::{self, BinaryOp, ExpectKind, ExprKind, StepKind};
use crate::value::{Exact, Instant, TimeOfDay};

use super::context::Checker;
use super::errors;
use super::literal::{day, time};
use super::names::{Prize, Symbol};
use super::scope::Scope;

/// What is known while the steps of a scenario are read.
struct Course {
    steps: Vec<Step>,
    /// Events so far, for identifiers `s1`, `s2`, ….
    events: usize,
    /// The time of the step before.
    last: Option<(Instant, Span)>,
}

/// Who and what the expectations of a step are about.
struct Subject<'s> {
    member: Option<&'s ast::Ident>,
    time_jump: bool,
}

impl Checker<'_> {
    /// A whole scenario.
    pub fn lower_scenario(&mut self, item: &ast::Scenario) -> Option<Scenario> {
        let mut course = Course { steps: Vec::with_capacity(item.steps.len()), events: 0, last: None };
        let before = self.errors.len();
        for step in &item.steps {
            self.scenario_step(step, &mut course);
        }
        (self.errors.len() == before).then(|| Scenario {
            name: Arc::clone(&item.name.value),
            span: item.at.0,
            flag: match item.mode {
                ast::ScenarioMode::Run => ScenarioFlag::Plain,
                ast::ScenarioMode::Only => ScenarioFlag::Only,
                ast::ScenarioMode::Skip => ScenarioFlag::Skip,
            },
            steps: course.steps,
        })
    }
    fn scenario_step(&mut self, step: &ast::ScenarioStep, course: &mut Course) {
        let mut later = Vec::new();
        match &step.kind {
            StepKind::Event { member, event, moment, fields, late } => {
                course.events += 1;
                let time = self.moment(moment, *late, course);
                let given = self.given_event(member, event, fields, course.events, step.at.0);
                let subject = Subject { member: Some(member), time_jump: false };
                let expectations = self.expectations(&step.expects, &subject, &mut later);
                if let Some(given) = given {
                    course.steps.push(Step::Event(Given { time, ..given }, expectations));
                }
            }
            StepKind::Advance(moment) => {
                let time = self.moment(moment, false, course);
                let expectations =
                    self.expectations(&step.expects, &Subject { member: None, time_jump: true }, &mut later);
                course.steps.push(Step::Advance(time, step.at.0, expectations));
            }
            StepKind::Expect => {
                let subject = Subject { member: None, time_jump: false };
                let strange = self.expectations(&step.expects, &subject, &mut later);
                for expectation in &strange {
                    self.report(errors::scenario::expects_nothing_of(expectation.span()));
                }
            }
        }
        course.steps.extend(later);
    }
    /// The moment of a step; time may not go back, save for a late event.
    fn moment(&mut self, moment: &ast::Moment, late: bool, course: &mut Course) -> Instant {
        let span = moment.date.at.0;
        let at = self.zone.at(day(moment.date), moment.time.map_or(TimeOfDay::NOON, time));
        if let Some((last, place)) = course.last
            && at < last
        {
            if late {
                return at;
            }
            self.report(errors::scenario::backwards(span, place));
        }
        course.last = Some((at, span));
        at
    }
    fn given_event(
        &mut self,
        member: &ast::Ident,
        event: &ast::Ident,
        fields: &[ast::RecordField],
        position: usize,
        span: Span,
    ) -> Option<Given> {
        let id = self.event_named(event)?;
        let mut identifier: Arc<str> = Arc::from(format!("s{position}"));
        let mut values = Vec::with_capacity(fields.len());
        let def: EventDef = self.events.at(id).clone();
        let before = self.errors.len();
        for field in fields {
            if &*field.name.text == "id" {
                identifier = self.identifier(&field.value).unwrap_or(identifier);
                // An event may also have a field of that name, which says the same.
                if def.fields.find(|known| &*known.name == "id").is_none() {
                    continue;
                }
            }
            let found = def.fields.pairs().find(|(_, known)| known.name == field.name.text);
            let Some((field_id, known)) = found else {
                let near = super::names::nearest(&field.name.text, def.fields.iter().map(|field| &*field.name));
                self.report(errors::names::unknown_field(field.name.span(), &field.name.text, &def.name, near));
                continue;
            };
            if values.iter().any(|(other, _)| *other == field_id) {
                self.report(errors::names::duplicate(field.name.span(), &field.name.text, None));
                continue;
            }
            if let Some(value) = self.record_value(&field.value, &known.ty, &known.name) {
                values.push((field_id, value));
            }
        }
        if self.errors.len() == before {
            for (field, known) in def.fields.pairs() {
                if values.iter().any(|(other, _)| *other == field) {
                    continue;
                }
                if let Some(default) = &known.default {
                    values.push((field, default.clone()));
                } else if !known.optional {
                    self.report(errors::scenario::missing_field(span, &def.name, &known.name, known.span));
                }
            }
        }
        if self.errors.len() > before {
            return None;
        }
        let time = Instant::FIRST;
        Some(Given { member: Arc::clone(&member.text), event: id, id: identifier, time, fields: values, span })
    }
    /// Expectations of one step; conditions on members become steps of their own behind it.
    fn expectations(
        &mut self,
        items: &[ast::Expectation],
        subject: &Subject<'_>,
        later: &mut Vec<Step>,
    ) -> Vec<Expectation> {
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let span = item.at.0;
            let lowered = match &item.kind {
                ExpectKind::Nothing => Some(Expectation::Nothing(span)),
                ExpectKind::Withheld(text) => Some(Expectation::Withheld(said(text.as_ref()), span)),
                ExpectKind::Refused(text) => Some(Expectation::Refused(said(text.as_ref()), span)),
                ExpectKind::Error(text) => Some(Expectation::Error(said(text.as_ref()), span)),
                ExpectKind::Message(text) => Some(Expectation::Message(Arc::clone(&text.value), span)),
                ExpectKind::Place(name, place) => {
                    let (board, place) = (self.board_named(name), self.place(place));
                    board.zip(place).map(|(board, place)| Expectation::Place(board, place, span))
                }
                ExpectKind::Badge(name) => self.badge(name).map(|badge| Expectation::Badge(badge, span)),
                ExpectKind::Challenge(name, stage, times) => {
                    let times = match times {
                        Some(times) => self.whole(times, 0),
                        None => Some(1),
                    };
                    let id = self.challenge_named(name);
                    id.zip(times).map(|(id, times)| Expectation::Challenge(id, stage_of(*stage), times, span))
                }
                ExpectKind::Issued(name) => self.issued(name).map(|reward| Expectation::Issued(reward, span)),
                ExpectKind::Gift { negative, amount, to } => self.expected_gift(*negative, amount, to, span),
                ExpectKind::Amount { negative, amount, unit, posting } => {
                    self.expected_amount(*negative, amount, unit.as_ref(), posting.as_ref(), span)
                }
                ExpectKind::Draw { draw, state } => self.expected_entry(draw, state, span),
                ExpectKind::Offer { choice, state } => self.expected_offer(choice, state, span),
                ExpectKind::Condition(condition) => self.expected_condition(item, condition, subject, later).flatten(),
            };
            let Some(lowered) = lowered else { continue };
            let own = subject.member.map(|member| &member.text);
            let about_condition = matches!(lowered, Expectation::Holds(..));
            all.push(match &item.who {
                Some(who) if Some(&who.text) != own && !about_condition => {
                    Expectation::Of(Arc::clone(&who.text), Box::new(lowered))
                }
                _ => lowered,
            });
        }
        all
    }
    fn badge(&mut self, name: &ast::Ident) -> Option<BadgeId> {
        match self.badges.find(|badge| badge.name == name.text) {
            Some(badge) => Some(badge),
            None => {
                let near = super::names::nearest(&name.text, self.badges.iter().map(|badge| &*badge.name));
                self.fail(errors::names::unknown_badge(name.span(), &name.text, near))
            }
        }
    }
    fn issued(&mut self, name: &ast::Ident) -> Option<RewardId> {
        match self.names.prizes.get(&name.text) {
            Some(Prize::Reward(reward)) => Some(reward),
            _ => {
                if let Some(ladder) = self.ladder_of(&name.text) {
                    let error = errors::names::tier_as_reward(name.span(), &name.text, ladder);
                    return self.fail(error);
                }
                let near =
                    super::names::nearest(&name.text, self.items.rewards.iter().map(|reward| &*reward.name.text));
                self.fail(errors::names::unknown_reward(name.span(), &name.text, near))
            }
        }
    }
    fn expected_gift(
        &mut self,
        negative: bool,
        amount: &ast::Expr,
        to: &ast::Ident,
        span: Span,
    ) -> Option<Expectation> {
        let charity = self.charity(to)?;
        let minor = self.fixed_money(amount)?;
        Some(Expectation::Gift(charity, if negative { -minor } else { minor }, span))
    }
    fn expected_entry(&mut self, name: &ast::Ident, state: &ast::EntryState, span: Span) -> Option<Expectation> {
        let draw = self.draw(name)?;
        let state = match state {
            ast::EntryState::Entered(None) => EntryState::Entered(None),
            ast::EntryState::Entered(Some(times)) => EntryState::Entered(Some(self.whole(times, 0)?)),
            ast::EntryState::Lost => EntryState::Lost,
            ast::EntryState::Won(reward) => EntryState::Won(self.issued(reward)?),
        };
        Some(Expectation::Draw(draw, state, span))
    }
    fn expected_offer(&mut self, name: &ast::Ident, state: &ast::OfferState, span: Span) -> Option<Expectation> {
        if let (Some(Symbol::Draw(draw)), ast::OfferState::Cancelled) = (self.names.values.get(&name.text), state) {
            return Some(Expectation::Draw(draw, EntryState::Cancelled, span));
        }
        let choice = self.choice(name)?;
        let state = match state {
            ast::OfferState::Offered => OfferState::Offered,
            ast::OfferState::Cancelled => OfferState::Cancelled,
            ast::OfferState::Expired => OfferState::Expired,
            ast::OfferState::Chosen(word) => OfferState::Chosen(self.option(choice, word)?),
        };
        Some(Expectation::Offer(choice, state, span))
    }
    fn expected_amount(
        &mut self,
        negative: bool,
        amount: &ast::Expr,
        unit: Option<&ast::Ident>,
        posting: Option<&ast::Ident>,
        span: Span,
    ) -> Option<Expectation> {
        let amount = self.expr(amount, &Scope::member(), None)?;
        let amount = match unit {
            Some(word) if amount.ty != Type::Money => {
                return self.fail(errors::scenario::unknown_posting(word.span(), &word.text));
            }
            Some(unit) => {
                let unit = self.unit(unit)?;
                self.of_type(amount, Type::Quantity(unit))?
            }
            None => amount,
        };
        let kind = posting.map(|posting| &*posting.text).filter(|_| amount.ty == Type::Money);
        if let Some(kind @ ("off" | "matched" | "charged")) = kind {
            let signed = |minor: i64| if negative { -minor } else { minor };
            return match self.exact_of(&amount).and_then(Exact::to_i64) {
                Some(minor) if kind == "matched" => Some(Expectation::Matched(signed(minor), span)),
                Some(minor) if kind == "off" => Some(Expectation::Off(signed(minor), span)),
                Some(minor) if !negative => Some(Expectation::Charged(minor, span)),
                _ => self.fail(errors::types::not_constant(amount.span, "an expected amount")),
            };
        }
        let money_units: Vec<UnitId> = self.units.ids().filter(|unit| self.units.at(*unit).money).collect();
        let unit = match (amount.ty, money_units.as_slice()) {
            (Type::Quantity(unit), _) => unit,
            (Type::Money, [only]) => *only,
            _ => return self.fail(errors::scenario::amount_of_what(amount.span)),
        };
        let Some(steps) = self.exact_of(&amount).and_then(Exact::to_i64) else {
            return self.fail(errors::types::not_constant(amount.span, "an expected amount"));
        };
        let steps = if negative { steps.checked_neg()? } else { steps };
        match posting.map(|posting| (&*posting.text, posting.span())) {
            None => Some(Expectation::Change(unit, steps, span)),
            Some(("expired", _)) => Some(Expectation::Expired(unit, steps, span)),
            Some((other, place)) => self.fail(errors::scenario::unknown_posting(place, other)),
        }
    }
    /// A condition on the member of the step; on another member, or without one, a step of its own. The outer `None` is an error,
    /// the inner one a step that was put behind.
    fn expected_condition(
        &mut self,
        item: &ast::Expectation,
        condition: &ast::Expr,
        subject: &Subject<'_>,
        later: &mut Vec<Step>,
    ) -> Option<Option<Expectation>> {
        let span = item.at.0;
        let mut heads: Vec<&ast::Ident> = Vec::new();
        self.heads(condition, &mut heads);
        heads.extend(&item.who);
        let named = heads.first().copied();
        if let Some(second) = heads.iter().find(|second| Some(&second.text) != named.map(|first| &first.text)) {
            return self.fail(errors::scenario::two_members(second.span()));
        }
        let Some(member) = named.or(subject.member) else {
            return self.fail(errors::scenario::whose(span, subject.time_jump));
        };
        let member_name = Arc::clone(&member.text);
        let scope = Scope { subject: Some(Arc::clone(&member_name)), ..Scope::default() };
        if let Some((unit, by, amount)) = self.expiring(condition)? {
            later.push(Step::Expiring { member: member_name, unit, by, amount, span });
            return Some(None);
        }
        let lowered = self.condition(condition, &scope)?;
        if subject.member.is_some_and(|own| own.text == member_name) {
            return Some(Some(Expectation::Holds(lowered, span)));
        }
        later.push(Step::Expect { member: member_name, condition: lowered, span });
        Some(None)
    }
    /// First names of paths that nothing in the program is called: members.
    fn heads<'e>(&self, expr: &'e ast::Expr, heads: &mut Vec<&'e ast::Ident>) {
        let mut path = |path: &'e ast::Path| {
            if let [first, _, ..] = path.parts.as_slice()
                && &*first.text != "member"
                && self.names.values.get(&first.text).is_none()
                && !self.attributes.iter().any(|field| field.name == first.text)
            {
                heads.push(first);
            }
        };
        match &expr.kind {
            ExprKind::Path(found) => path(found),
            ExprKind::By { value, .. } => path(value),
            ExprKind::Unary { value, .. } | ExprKind::PercentOf { of: value, .. } | ExprKind::As { value, .. } => {
                self.heads(value, heads);
            }
            ExprKind::IsMissing { value, .. } | ExprKind::ValueOf(value) => self.heads(value, heads),
            ExprKind::Binary { left, right, .. } => {
                self.heads(left, heads);
                self.heads(right, heads);
            }
            ExprKind::In { value, list, .. } => {
                self.heads(value, heads);
                list.iter().for_each(|item| self.heads(item, heads));
            }
            ExprKind::InRange { value, low, high, .. } => {
                [value, low, high].into_iter().for_each(|part| self.heads(part, heads))
            }
            ExprKind::Call { args, .. } => args.iter().for_each(|arg| self.heads(arg, heads)),
            ExprKind::Index { keys, .. } => keys.iter().for_each(|key| self.heads(key, heads)),
            _ => {}
        }
    }
    /// `ann.points.expiring by 2026-07-01 is 100`. The outer `None` is an error, the inner one another kind of condition.
    fn expiring(&mut self, condition: &ast::Expr) -> Option<Option<(UnitId, crate::value::Day, i64)>> {
        let ExprKind::Binary { op: BinaryOp::Is, left, right, .. } = &condition.kind else { return Some(None) };
        let ExprKind::By { value, date } = &left.kind else { return Some(None) };
        let span = value.at.0;
        let (unit, word) = match value.parts.as_slice() {
            [unit, word] | [_, unit, word] => (unit, word),
            _ => return self.fail(errors::scenario::by_outside(span)),
        };
        if &*word.text != "expiring" {
            return self.fail(errors::scenario::by_outside(span));
        }
        let unit = self.unit(unit)?;
        let amount = self.expr(right, &Scope::member(), None)?;
        let amount = self.counted(amount, Type::Quantity(unit))?;
        let amount = self.of_type(amount, Type::Quantity(unit))?;
        match self.exact_of(&amount).and_then(Exact::to_i64) {
            Some(steps) => Some(Some((unit, day(*date), steps))),
            None => self.fail(errors::types::not_constant(amount.span, "an expected amount")),
        }
    }
}

fn said(text: Option<&ast::Text>) -> Option<Arc<str>> {
    text.map(|text| Arc::clone(&text.value))
}

fn stage_of(stage: ast::ChallengeStage) -> crate::hir::ChallengeStage {
    use crate::hir::ChallengeStage as Stage;
    match stage {
        ast::ChallengeStage::Opened => Stage::Opened,
        ast::ChallengeStage::Milestone => Stage::Milestone,
        ast::ChallengeStage::Completed => Stage::Completed,
        ast::ChallengeStage::Claimed => Stage::Claimed,
        ast::ChallengeStage::Forfeited => Stage::Forfeited,
        ast::ChallengeStage::Ended => Stage::Ended,
        ast::ChallengeStage::Undone => Stage::Undone,
    }
}
