//! `event` and `member`.

use super::{block_statements, choice, expr, literal};
use crate::syntax::ast::{
    Consent, Event, Excess, Expr, ExprKind, Field, FieldKind, FieldType, Ident, Member, Newest, Reverses, ReversesKey,
    UnaryOp, Unmatched,
};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Nested, Reader, Statement};

/// `items list of { … }, optional`.
pub(super) const LIST: Nested = Nested { head: Rule::list_head, tail: Some(Rule::list_tail) };

/// `event x { … }`.
pub(super) fn event<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Event> {
    let mut out = Event {
        name: head.ident()?,
        reverses: head.get(Rule::reverses).and_then(|n| reverses(&n)),
        fields: Vec::new(),
        block: block.is_some(),
        unmatched: None,
        excess: None,
        within: None,
        reversible: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::event_lines, Some(LIST), |r, s| {
        let (n, at) = (&s.node, s.at);
        match n.rule() {
            Rule::unmatched_line => {
                let modes = [(Rule::kw_refused, Unmatched::Refused), (Rule::kw_counts, Unmatched::Counts)];
                out.unmatched = choice(n, at, &modes);
            }
            Rule::excess_line => {
                let modes = [(Rule::kw_refused, Excess::Refused), (Rule::kw_dropped, Excess::Dropped)];
                out.excess = choice(n, at, &modes);
            }
            Rule::within_line => out.within = Some(literal::duration(&n.get(Rule::duration)?)?),
            Rule::reversible_line => out.reversible = Some(literal::duration(&n.get(Rule::duration)?)?),
            _ => out.fields.push(field(r, s)?),
        }
        Some(())
    });
    Some(out)
}

fn reverses(n: &Node<'_>) -> Option<Reverses> {
    let order = n.get(Rule::newest).and_then(|order| {
        let modes = [(Rule::kw_latest, Newest::LatestFirst), (Rule::kw_oldest, Newest::OldestFirst)];
        choice(&order, order.at(), &modes)
    });
    let key = |key: Node<'_>| Some(ReversesKey { path: key.path()?, own: key.ident() });
    let by = n.all(Rule::reverses_key).map(key).collect::<Option<_>>()?;
    Some(Reverses { event: n.ident()?, by, order, at: n.at() })
}

/// `member { … }`.
pub(super) fn member<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Member {
    let mut out = Member { fields: Vec::new(), consents: Vec::new(), at: head.at() };
    block_statements(r, block, Rule::member_lines, Some(LIST), |r, s| {
        let n = &s.node;
        if n.rule() == Rule::consent_line {
            out.consents.push(Consent { channel: n.ident()?, when: expr::expr(r, &n.get(Rule::expr)?)? });
        } else {
            out.fields.push(field(r, s)?);
        }
        Some(())
    });
    out
}

fn fields<'t>(r: &mut Reader<'t>, block: &Block) -> Vec<Field> {
    let mut out = Vec::new();
    block_statements(r, Some(block), Rule::field_lines, Some(LIST), |r, s| {
        out.push(field(r, s)?);
        Some(())
    });
    out
}

fn field<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>) -> Option<Field> {
    let n = &s.node;
    let name = n.ident()?;
    let (ty, suffixes) = match &s.block {
        Some((block, tail)) => {
            let inner = fields(r, block);
            (FieldType { kind: FieldKind::List(inner), at: n.mark(Rule::kw_list)? }, tail.clone())
        }
        None => (field_type(r, &n.get(Rule::field_type)?)?, Some(n.clone())),
    };
    let mut out = Field { name, ty, optional: None, default: None, at: s.at };
    for suffix in suffixes.iter().flat_map(|n| n.all(Rule::field_suffix)) {
        let twice = match suffix.get(Rule::default_value) {
            Some(value) => out.default.replace(signed(r, &value)?).is_some(),
            None => out.optional.replace(suffix.mark(Rule::kw_optional)?).is_some(),
        };
        if twice {
            r.report(errors::condition_twice(suffix.at().0, suffix.text().trim_start_matches([',', ' '])));
            return None;
        }
    }
    Some(out)
}

fn field_type<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<FieldType> {
    const PLAIN: &[(Rule, FieldKind)] = &[
        (Rule::kw_money, FieldKind::Money),
        (Rule::kw_number, FieldKind::Number),
        (Rule::kw_count, FieldKind::Count),
        (Rule::kw_text, FieldKind::Text),
        (Rule::kw_flag, FieldKind::Flag),
        (Rule::kw_date, FieldKind::Date),
        (Rule::kw_time, FieldKind::Time),
        (Rule::kw_duration, FieldKind::Duration),
        (Rule::kw_id, FieldKind::Id),
        (Rule::kw_member, FieldKind::Member),
    ];
    let kind = match n.get(Rule::one_of) {
        Some(list) => {
            let values = list.all(Rule::enum_value).map(|v| enum_value(r, &v));
            FieldKind::OneOf(values.collect::<Option<_>>()?)
        }
        None => PLAIN.iter().find(|(rule, _)| n.has(*rule)).map(|(_, kind)| kind.clone())?,
    };
    Some(FieldType { kind, at: n.at() })
}

fn enum_value(r: &mut Reader<'_>, n: &Node<'_>) -> Option<Ident> {
    match n.get(Rule::text) {
        Some(text) => {
            let text = literal::text(r, &text)?;
            Some(Ident { text: text.value, at: text.at })
        }
        None => n.ident(),
    }
}

/// A literal or a word, a minus before it or not.
pub(super) fn signed<'t>(r: &mut Reader<'t>, n: &Node<'t>) -> Option<Expr> {
    let literal = n.kids().find(|k| k.rule() != Rule::minus)?;
    let value = expr::expr(r, &literal)?;
    if !n.has(Rule::minus) {
        return Some(value);
    }
    Some(Expr { kind: ExprKind::Unary { op: UnaryOp::Negate, value: Box::new(value) }, at: n.at() })
}
