//! `challenge`.

use super::{block_statements, choice, earn, expr, label, literal, rule, time};
use crate::syntax::ast::{Challenge, Frame, Gate, Goal, GoalStep, Milestone, OnChange, RewardRefunds, Shared, Spanned};
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Nested, Reader, Statement};

/// `milestone at 50% { … }`.
pub(super) const MILESTONE: Nested = Nested { head: Rule::milestone_head, tail: None };

/// `challenge x { … }`.
pub(super) fn challenge<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Challenge> {
    let mut out = Challenge {
        name: head.ident()?,
        was: head.was(),
        label: None,
        window: None,
        gate: Gate::default(),
        goals: Vec::new(),
        any: None,
        milestones: Vec::new(),
        effects: Vec::new(),
        claim: None,
        shared: None,
        change: None,
        refunds: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::challenge_lines, Some(MILESTONE), |r, s| line(r, s, &mut out));
    Some(out)
}

fn line<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>, out: &mut Challenge) -> Option<()> {
    let (n, at) = (&s.node, s.at);
    match n.rule() {
        Rule::label_line => out.label = Some(label(r, n)?),
        Rule::frame_line => out.window = Some(Spanned { value: frame(r, n)?, at }),
        Rule::goal_line => out.goals.push(Spanned { value: goal(r, &n.kids().last()?)?, at }),
        Rule::any_goal_line => out.any = Some(at),
        Rule::milestone_line => out.milestones.push(milestone(r, s)?),
        Rule::claim_line => out.claim = Some(literal::duration(&n.get(Rule::duration)?)?),
        Rule::shared_line => {
            let least = match n.get(Rule::sum) {
                Some(least) => Some(expr::expr(r, &least)?),
                None => None,
            };
            out.shared = Some(Shared { by: n.ident(), least, at });
        }
        Rule::change_line => {
            let changes = [
                (Rule::kw_grandfather, OnChange::Grandfather),
                (Rule::kw_restart, OnChange::Restart),
                (Rule::kw_carry, OnChange::Carry),
            ];
            out.change = choice(n, at, &changes);
        }
        Rule::reward_refunds_line => {
            let modes = [
                (Rule::kw_keep, RewardRefunds::Keep),
                (Rule::kw_re_judge, RewardRefunds::ReJudge),
                (Rule::kw_unused, RewardRefunds::TakeBackIfUnused),
            ];
            out.refunds = choice(n, at, &modes);
        }
        _ => {
            if let Some(value) = rule::effect(r, s)? {
                out.effects.push(Spanned { value, at });
                return Some(());
            }
            earn::gate(r, s, &mut out.gate)?;
        }
    }
    Some(())
}

fn frame<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Frame> {
    if n.has(Rule::kw_ever) {
        return Some(Frame::Ever);
    }
    if let Some(days) = n.get(Rule::frame_days) {
        let mut dates = days.all(Rule::date);
        let (first, last) = (literal::date(r, &dates.next()?)?, literal::date(r, &dates.next()?)?);
        return Some(Frame::Days(first, last));
    }
    if let Some(from) = n.get(Rule::frame_from) {
        let filter = match from.get(Rule::expr) {
            Some(filter) => Some(expr::expr(r, &filter)?),
            None => None,
        };
        return Some(Frame::From {
            length: expr::expr(r, &from.get(Rule::sum)?)?,
            event: from.ident(),
            filter,
            inclusive: from.has(Rule::kw_inclusive),
        });
    }
    Some(Frame::Each(time::window(&n.get(Rule::window_each)?)?))
}

fn goal<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Goal> {
    let filter = |r: &mut Reader<'t>, n: &Node<'t>| match n.get(Rule::expr) {
        Some(filter) => expr::expr(r, &filter).map(Some),
        None => Some(None),
    };
    Some(match n.rule() {
        Rule::goal_one => Goal::One(n.path()?, filter(r, n)?),
        Rule::goal_all => {
            let values = n.all(Rule::expr).collect::<Vec<_>>();
            Goal::All(n.path()?, values.iter().map(|value| expr::expr(r, value)).collect::<Option<_>>()?)
        }
        Rule::goal_steps => {
            let mut steps = Vec::new();
            for step in n.all(Rule::goal_step).collect::<Vec<_>>() {
                let within = step.get(Rule::duration).and_then(|within| literal::duration(&within));
                steps.push(GoalStep { on: step.path()?, filter: filter(r, &step)?, within });
            }
            Goal::Steps(steps)
        }
        _ => Goal::Reaches {
            value: expr::expr(r, &n.get(Rule::expr)?)?,
            each: match n.get(Rule::window_each) {
                Some(each) => Some(time::window(&each)?),
                None => None,
            },
            threshold: expr::expr(r, &n.get(Rule::sum)?)?,
        },
    })
}

fn milestone<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Milestone> {
    let amount = expr::expr(r, &s.node.get(Rule::sum)?)?;
    let mut out = Milestone { amount, gate: Gate::default(), effects: Vec::new(), at: s.node.at() };
    let block = s.block.as_ref().map(|(block, _)| *block);
    block_statements(r, block, Rule::rule_lines, None, |r, s| {
        if let Some(value) = rule::effect(r, s)? {
            out.effects.push(Spanned { value, at: s.at });
            return Some(());
        }
        earn::gate(r, s, &mut out.gate)
    });
    Some(out)
}
