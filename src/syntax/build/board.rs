//! `leaderboard`.

use super::{block_statements, choice, earn, expr, label, rule};
use crate::syntax::ast::{Gate, Leaderboard, Place, Spanned, Ties};
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Nested, Reader, Statement};

/// `place 1 { … }`.
pub(super) const PLACE: Nested = Nested { head: Rule::place_head, tail: None };

/// `leaderboard x { … }`.
pub(super) fn leaderboard<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Leaderboard> {
    let mut out = Leaderboard {
        name: head.ident()?,
        was: head.was(),
        label: None,
        by: None,
        least: None,
        ties: None,
        places: Vec::new(),
        at: head.at(),
    };
    block_statements(r, block, Rule::leaderboard_lines, Some(PLACE), |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::ranked_line => out.by = Some(n.ident()?),
            Rule::least_line => out.least = Some(expr::expr(r, &n.get(Rule::sum)?)?),
            Rule::ties_line => {
                out.ties = choice(n, s.at, &[(Rule::kw_share, Ties::Share), (Rule::kw_first, Ties::First)]);
            }
            Rule::place_line => out.places.push(place(r, s)?),
            _ => return None,
        }
        Some(())
    });
    Some(out)
}

fn place<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Place> {
    let mut numbers = s.node.all(Rule::number).filter_map(|number| number.as_number());
    let mut out = Place {
        first: numbers.next()?,
        last: numbers.next(),
        gate: Gate::default(),
        effects: Vec::new(),
        at: s.node.at(),
    };
    let block = s.block.as_ref().map(|(block, _)| *block);
    block_statements(r, block, Rule::place_lines, None, |r, s| {
        if let Some(value) = rule::effect(r, s)? {
            out.effects.push(Spanned { value, at: s.at });
            return Some(());
        }
        earn::gate(r, s, &mut out.gate)
    });
    Some(out)
}
