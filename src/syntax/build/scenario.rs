//! `scenario`.

use super::{block_statements, event, expr, literal, time};
use crate::syntax::ast::{
    ChallengeStage, EntryState, ExpectKind, Expectation, Expr, ExprKind, Ident, OfferState, RecordField, RecordValue,
    Scenario, ScenarioMode, ScenarioStep, StepKind, UnaryOp,
};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Reader, Statement};

/// `scenario "…" { … }`.
pub(super) fn scenario<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Scenario> {
    let mode = if head.has(Rule::kw_only) {
        ScenarioMode::Only
    } else if head.has(Rule::kw_skip) {
        ScenarioMode::Skip
    } else {
        ScenarioMode::Run
    };
    let name = literal::text(r, &head.get(Rule::text)?)?;
    let mut steps = Vec::new();
    block_statements(r, block, Rule::scenario_lines, None, |r, s| {
        steps.push(step(r, s)?);
        Some(())
    });
    Some(Scenario { name, mode, steps, at: head.at() })
}

fn step<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<ScenarioStep> {
    let n = &s.node;
    let kind = match n.rule() {
        Rule::expect_step => StepKind::Expect,
        Rule::advance_step => StepKind::Advance(time::moment(r, &n.get(Rule::moment)?)?),
        _ => {
            let mut names = n.idents().into_iter();
            let (member, verb) = (names.next()?, names.next()?);
            let moment = time::moment(r, &n.get(Rule::moment)?)?;
            let fields = match n.get(Rule::record) {
                Some(record) => record_fields(r, &record)?,
                None => Vec::new(),
            };
            StepKind::Event { member, event: event_of(verb), moment, fields, late: n.has(Rule::late) }
        }
    };
    let mut expects = Vec::new();
    for expectation in n.get(Rule::expects).iter().flat_map(|e| e.all(Rule::expectation)) {
        expects.push(self::expectation(r, &expectation)?);
    }
    Some(ScenarioStep { kind, expects, at: s.at })
}

/// The verbs of built-in events, as a sentence has them.
fn event_of(verb: Ident) -> Ident {
    const VERBS: &[(&str, &str)] = &[
        ("joins", "join"),
        ("leaves", "leave"),
        ("updates", "update"),
        ("redeems", "redeem"),
        ("activates", "activate"),
        ("transfers", "transfer"),
        ("enrolls", "enroll"),
        ("withdraws", "withdraw"),
        ("claims", "claim"),
        ("merges", "merge"),
        ("unmerges", "unmerge"),
        ("chooses", "choose"),
        ("exchanges", "exchange"),
        ("donates", "donate"),
        ("votes", "vote"),
        ("adjusts", "adjust"),
        ("uses", "use"),
    ];
    match VERBS.iter().find(|(written, _)| *written == verb.as_str()) {
        Some((_, event)) => Ident { text: (*event).into(), at: verb.at },
        None => verb,
    }
}

fn record_fields<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Vec<RecordField>> {
    let mut out: Vec<RecordField> = Vec::new();
    let mut end = None;
    for kid in n.kids() {
        if kid.rule() == Rule::comma {
            end = None;
        }
        if kid.rule() != Rule::record_field {
            continue;
        }
        separated(r, end, &kid)?;
        let name = kid.ident()?;
        let value = value(r, &kid.get(Rule::record_value)?.first()?)?;
        if let Some(earlier) = out.iter().find(|f| f.name == name) {
            r.report(errors::written_twice(name.at.0, earlier.name.at.0, &name.text));
            return None;
        }
        out.push(RecordField { name, value });
        end = Some(kid.at().0.end);
    }
    Some(out)
}

/// Between two fields or values stands a comma or the end of a line.
fn separated(r: &mut Reader<'_>, end: Option<u32>, next: &Node<'_>) -> Option<()> {
    let at = next.at().0;
    let Some(end) = end else { return Some(()) };
    let between = r.text.get(end as usize..at.start as usize).unwrap_or("\n");
    if between.contains('\n') {
        return Some(());
    }
    let gap = r.span(end as usize, end as usize);
    r.report(errors::comma_missing(at, gap));
    None
}

fn value<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<RecordValue> {
    Some(match n.rule() {
        Rule::record => RecordValue::Record(record_fields(r, n)?, n.at()),
        Rule::record_list => {
            let mut out = Vec::new();
            let mut end = None;
            for kid in n.kids() {
                if kid.rule() == Rule::comma {
                    end = None;
                } else if kid.rule() == Rule::record_value {
                    separated(r, end, &kid)?;
                    out.push(value(r, &kid.first()?)?);
                    end = Some(kid.at().0.end);
                }
            }
            RecordValue::List(out, n.at())
        }
        _ => RecordValue::Value(event::signed(r, n)?),
    })
}

fn expectation<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expectation> {
    let inner = n.first()?;
    let at = n.at();
    let mut who = None;
    let text = |r: &mut Reader<'t>| match inner.get(Rule::text) {
        Some(text) => literal::text(r, &text).map(Some),
        None => Some(None),
    };
    let kind = match inner.rule() {
        Rule::kw_nothing => ExpectKind::Nothing,
        Rule::expect_withheld => ExpectKind::Withheld(text(r)?),
        Rule::expect_refused => ExpectKind::Refused(text(r)?),
        Rule::expect_error => ExpectKind::Error(text(r)?),
        Rule::expect_message => ExpectKind::Message(text(r)??),
        Rule::expect_badge => ExpectKind::Badge(inner.ident()?),
        Rule::expect_place => {
            let mut names = inner.idents();
            let board = names.pop()?;
            who = names.pop();
            ExpectKind::Place(board, inner.number()?)
        }
        Rule::expect_challenge => {
            let stages = [
                (Rule::kw_opened, ChallengeStage::Opened),
                (Rule::kw_milestone, ChallengeStage::Milestone),
                (Rule::kw_completed, ChallengeStage::Completed),
                (Rule::kw_claimed, ChallengeStage::Claimed),
                (Rule::kw_forfeited, ChallengeStage::Forfeited),
                (Rule::kw_ended, ChallengeStage::Ended),
                (Rule::kw_undone, ChallengeStage::Undone),
            ];
            let stage = inner.get(Rule::challenge_stage)?.pick(&stages)?;
            let mut names = inner.idents().into_iter();
            let (first, second) = (names.next()?, names.next());
            let challenge = second.map_or(first.clone(), |challenge| {
                who = Some(first);
                challenge
            });
            ExpectKind::Challenge(challenge, stage, inner.number())
        }
        Rule::expect_gift => {
            let mut names = inner.idents();
            let to = names.pop()?;
            who = names.pop();
            let amount = literal::literal(r, &inner.get(Rule::money)?)?;
            ExpectKind::Gift { negative: inner.has(Rule::minus), amount, to }
        }
        Rule::expect_offer => {
            let mut names = inner.idents().into_iter();
            let (first, second) = (names.next()?, names.next());
            let state = inner.get(Rule::offer_state)?;
            let choice = second.map_or(first.clone(), |choice| {
                who = Some(first);
                choice
            });
            ExpectKind::Offer { choice, state: offer_state(&state)? }
        }
        Rule::expect_draw => {
            let mut names = inner.idents().into_iter();
            let (first, second) = (names.next()?, names.next());
            let state = inner.get(Rule::entry_state)?;
            let draw = second.map_or(first.clone(), |draw| {
                who = Some(first);
                draw
            });
            let state = match state.ident() {
                Some(reward) => EntryState::Won(reward),
                None if state.has(Rule::kw_lost) => EntryState::Lost,
                None => EntryState::Entered(state.number()),
            };
            ExpectKind::Draw { draw, state }
        }
        Rule::expect_amount => {
            who = inner.ident();
            amount(r, &inner)?
        }
        Rule::expect_has => {
            let mut names = inner.idents().into_iter();
            who = names.next();
            let owned = names.next()?;
            let at = owned.at;
            let has = Expr { at, kind: ExprKind::Has(owned) };
            ExpectKind::Condition(match inner.has(Rule::kw_no) {
                true => Expr { at, kind: ExprKind::Unary { op: UnaryOp::Not, value: Box::new(has) } },
                false => has,
            })
        }
        _ => {
            let condition = expr::expr(r, &inner)?;
            match &condition.kind {
                ExprKind::Path(path) => match path.single() {
                    Some(name) => ExpectKind::Issued(name.clone()),
                    None => ExpectKind::Condition(condition),
                },
                _ => ExpectKind::Condition(condition),
            }
        }
    };
    Some(Expectation { who, kind, at })
}

fn offer_state(n: &Node<'_>) -> Option<OfferState> {
    let states = [
        (Rule::kw_offered, OfferState::Offered),
        (Rule::kw_cancelled, OfferState::Cancelled),
        (Rule::kw_expired, OfferState::Expired),
    ];
    match n.ident() {
        Some(option) => Some(OfferState::Chosen(option)),
        None => states.into_iter().find(|(word, _)| n.has(*word)).map(|(_, state)| state),
    }
}

fn amount<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<ExpectKind> {
    let posting = n.get(Rule::posting).map(|p| p.as_ident());
    let negative = n.has(Rule::minus);
    // Behind a number the first of two names is the code of a currency.
    let mut units = n.all(Rule::unit_name);
    let (amount, unit) = match n.get(Rule::money) {
        Some(money) => (literal::literal(r, &money)?, units.next()),
        None => (literal::unit_amount(n)?, units.nth(1)),
    };
    let unit = unit.map(|unit| unit.as_ident());
    Some(ExpectKind::Amount { negative, amount, unit, posting })
}
