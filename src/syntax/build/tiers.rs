//! `tiers`.

use super::{block_statements, choice, expr, label, literal, time};
use crate::syntax::ast::{Falls, Level, Rises, Spanned, Surplus, TierRefunds, Tiers};
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Nested, Reader, Statement};

/// `rouge at $1_000 { … }`.
pub(super) const LEVEL: Nested = Nested { head: Rule::level_head, tail: None };

/// `tiers x by y { … }`.
pub(super) fn tiers<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Tiers> {
    let mut out = Tiers {
        name: head.ident()?,
        was: head.was(),
        by: head.path(),
        levels: Vec::new(),
        label: None,
        rises: None,
        holds: None,
        falls: None,
        grace: None,
        refunds: None,
        surplus: None,
        perks_stack: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::tiers_lines, Some(LEVEL), |r, s| line(r, s, &mut out));
    Some(out)
}

fn line<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>, out: &mut Tiers) -> Option<()> {
    let (n, at) = (&s.node, s.at);
    match n.rule() {
        Rule::label_line => out.label = Some(label(r, n)?),
        Rule::rises_line => {
            let value = match n.get(Rule::duration) {
                Some(duration) => Rises::After(literal::duration(&duration)?),
                None if n.has(Rule::kw_once) => Rises::AtOnce,
                None => Rises::AtPeriodEnd,
            };
            out.rises = Some(Spanned { value, at });
        }
        Rule::holds_line => out.holds = Some(Spanned { value: time::hold(r, &n.get(Rule::hold)?)?, at }),
        Rule::falls_line => {
            out.falls = choice(n, at, &[(Rule::kw_earned, Falls::ToEarned), (Rule::kw_level, Falls::OneLevel)]);
        }
        Rule::grace_line => out.grace = Some(literal::duration(&n.get(Rule::duration)?)?),
        Rule::tier_refunds_line => {
            let modes = [
                (Rule::kw_never, TierRefunds::NeverLower),
                (Rule::kw_once, TierRefunds::LowerAtOnce),
                (Rule::kw_period, TierRefunds::LowerAtPeriodEnd),
            ];
            out.refunds = choice(n, at, &modes);
        }
        Rule::surplus_line => out.surplus = Some(Surplus { of: n.ident(), at }),
        Rule::perks_line => out.perks_stack = Some(Spanned { value: n.has(Rule::kw_upward), at }),
        Rule::level_line => out.levels.push(level(r, s)?),
        _ => return None,
    }
    Some(())
}

fn level<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Level> {
    let n = &s.node;
    let threshold = match n.get(Rule::level_at) {
        Some(at) => Some(expr::the_cases(r, &at)?),
        None => None,
    };
    let keep_threshold = match n.get(Rule::level_keep) {
        Some(keep) => Some(expr::the_cases(r, &keep)?),
        None => None,
    };
    let mut out = Level {
        name: n.ident()?,
        was: n.was(),
        threshold,
        keep_threshold,
        reach: None,
        keep: None,
        always: Vec::new(),
        label: None,
        perks: Vec::new(),
        issues: Vec::new(),
        at: n.at(),
    };
    let block = s.block.as_ref().map(|(block, _)| *block);
    block_statements(r, block, Rule::level_lines, None, |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::reach_line => out.reach = Some(expr::expr(r, &n.get(Rule::expr)?)?),
            Rule::keep_line => out.keep = Some(expr::expr(r, &n.get(Rule::expr)?)?),
            Rule::always_line => out.always.push(expr::expr(r, &n.get(Rule::expr)?)?),
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::perk_line => out.perks.push(literal::text(r, &n.get(Rule::text)?)?),
            Rule::issue_line => out.issues.push(n.ident()?),
            _ => return None,
        }
        Some(())
    });
    Some(out)
}
