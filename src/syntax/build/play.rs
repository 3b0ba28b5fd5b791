//! `choice`.

use super::{block_statements, earn, label, literal, rule};
use crate::syntax::ast::{Choice, ChoiceOption, Gate, Spanned};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Nested, Reader, Statement};

/// `option cake { … }`.
pub(super) const OPTION: Nested = Nested { head: Rule::option_head, tail: None };

/// `choice x { … }`.
pub(super) fn choice<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Choice> {
    let mut out = Choice {
        name: head.ident()?,
        was: head.was(),
        label: None,
        options: Vec::new(),
        within: None,
        default: None,
        forfeit: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::choice_lines, Some(OPTION), |r, s| {
        let n = &s.node;
        match n.rule() {
            Rule::label_line => out.label = Some(label(r, n)?),
            Rule::within_line => out.within = Some(literal::duration(&n.get(Rule::duration)?)?),
            Rule::default_line => out.default = Some(n.ident()?),
            Rule::forfeit_line => out.forfeit = Some(s.at),
            Rule::option_line => {
                let found = option(r, s)?;
                if let Some(earlier) = out.options.iter().find(|known| known.name == found.name) {
                    r.report(errors::written_twice(found.name.span(), earlier.name.span(), &found.name.text));
                    return None;
                }
                out.options.push(found);
            }
            _ => return None,
        }
        Some(())
    });
    Some(out)
}

fn option<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<ChoiceOption> {
    let mut out = ChoiceOption {
        name: s.node.ident()?,
        label: None,
        gate: Gate::default(),
        effects: Vec::new(),
        at: s.node.at(),
    };
    let block = s.block.as_ref().map(|(block, _)| *block);
    block_statements(r, block, Rule::option_lines, None, |r, s| {
        if s.node.rule() == Rule::label_line {
            out.label = Some(label(r, &s.node)?);
            return Some(());
        }
        if let Some(value) = rule::effect(r, s)? {
            out.effects.push(Spanned { value, at: s.at });
            return Some(());
        }
        earn::gate(r, s, &mut out.gate)
    });
    Some(out)
}
