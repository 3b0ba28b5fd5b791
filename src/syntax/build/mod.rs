//! From read rules to the tree, one file per family of items.

mod board;
mod challenge;
mod earn;
mod event;
mod expr;
mod literal;
mod meeting;
mod partner;
mod play;
mod program;
mod reward;
mod rule;
mod scenario;
mod table;
mod tiers;
mod time;
mod unit;

use super::ast::{At, File, Item, Label};
use super::errors;
use super::grammar::Rule;
use super::layout::{Block, Line};
use super::node::Node;
use super::reader::{Nested, Reader, Statement};
use crate::diagnostic::Edit;

/// Whether an item has a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Block,
    Optional,
    None,
}

/// Reads the top level.
pub(super) fn items(r: &mut Reader<'_>, lines: &[Line], out: &mut File) {
    let mut rest = lines.iter().peekable();
    while let Some(line) = rest.next() {
        let before = r.messages();
        let head_last = line.blocks.first().map_or(line.last, |b| b.open.saturating_sub(1));
        if line.blocks.first().is_some_and(|b| b.open == line.first) {
            r.report(errors::block_without_statement(r.token_span(line.first)));
            continue;
        }
        let colon = line.blocks.is_empty() && line.last > line.first && r.token_text(line.last) == ":";
        let head_last = if colon { head_last.saturating_sub(1) } else { head_last };
        let Some(head) = r.strict(Rule::item, line.first, head_last).and_then(|n| n.into_iter().next()) else {
            check_block(r, line);
            r.unread(line.first, line.last);
            continue;
        };
        let next_opens = |next: &&Line| next.blocks.first().is_some_and(|b| b.open == next.first);
        let mut block = line.blocks.first();
        let mut last = line;
        let bare;
        if block.is_none()
            && shape(&head) == Shape::Block
            && let Some(next) = rest.next_if(|next| next_opens(next))
        {
            r.report(errors::brace_on_own_line(r.token_span(next.first), r.token_span(head_last)));
            block = next.blocks.first();
            last = next;
        } else if block.is_none() && (colon || shape(&head) == Shape::Block) {
            bare = without_braces(r, &head, line, head_last, &mut rest);
            block = Some(&bare);
        }
        if let Some(block) = block
            && block.end < last.last
        {
            r.report(errors::after_block(r.token_span(block.end + 1), r.token_text(block.end + 1)));
        }
        let end = block.map_or(last.last, |block| block.end.max(last.last));
        out.items.extend(item(r, &head, block));
        r.item_read(line.first, head_last, end, r.messages() == before);
    }
}

/// The statements of an item whose braces are missing: what follows up to an empty line, another item or a closing brace.
fn without_braces<'l>(
    r: &mut Reader<'_>,
    head: &Node<'_>,
    line: &Line,
    head_last: usize,
    rest: &mut std::iter::Peekable<std::slice::Iter<'l, Line>>,
) -> Block {
    let mut lines = Vec::new();
    let mut closed = None;
    while let Some(next) = rest.next_if(|next| !r.after_gap(next) && !r.begins_item(next)) {
        if next.first == next.last && r.token_text(next.first) == "}" {
            closed = Some(next.first);
            break;
        }
        lines.push(next.clone());
    }
    let (start, end) = (r.range(head_last, head_last).1, r.range(line.last, line.last).1);
    let mut edits = vec![Edit { span: r.span(start, end), text: " {".to_owned() }];
    let end = lines.last().map_or(line.last, |last| last.last);
    match closed {
        Some(brace) => r.withdraw_unopened(brace),
        None => {
            let (_, after) = r.range(end, end);
            edits.push(Edit { span: r.span(after, after), text: "\n}".to_owned() });
        }
    }
    let word = head.text().split_whitespace().next().unwrap_or("");
    r.report(errors::block_missing(head.at().0, word, edits));
    Block { open: head_last, end: closed.unwrap_or(end), lines }
}

fn shape(head: &Node<'_>) -> Shape {
    match head.rule() {
        Rule::import_item
        | Rule::let_item
        | Rule::measure_item
        | Rule::segment_item
        | Rule::invariant_item
        | Rule::stack_item => Shape::None,
        Rule::table_item if head.has(Rule::kw_from) => Shape::None,
        Rule::event_item => Shape::Optional,
        _ => Shape::Block,
    }
}

fn item<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Item> {
    let word = head.text().split_whitespace().next().unwrap_or("");
    if let (Shape::None, Some(block)) = (shape(head), block) {
        r.report(errors::no_block_here(r.token_span(block.open), word));
    }
    Some(match head.rule() {
        Rule::program_item => Item::Program(program::program(r, head, block)?),
        Rule::import_item => Item::Import(program::import(r, head)?),
        Rule::event_item => Item::Event(event::event(r, head, block)?),
        Rule::member_item => Item::Member(event::member(r, head, block)),
        Rule::unit_item => Item::Unit(unit::unit(r, head, block)?),
        Rule::let_item => Item::Let(program::constant(r, head)?),
        Rule::table_item => Item::Table(table::table(r, head, block)?),
        Rule::measure_item => Item::Measure(program::measure(r, head)?),
        Rule::segment_item => Item::Segment(program::segment(r, head)?),
        Rule::invariant_item => Item::Invariant(program::invariant(r, head)?),
        Rule::tiers_item => Item::Tiers(tiers::tiers(r, head, block)?),
        Rule::earn_item => Item::Earn(earn::earn(r, head, block)?),
        Rule::boost_item => Item::Boost(earn::boost(r, head, block)?),
        Rule::stack_item => Item::Stack(earn::stack(head)?),
        Rule::limit_item => Item::Limit(earn::limit_item(r, head, block)?),
        Rule::rule_item => Item::Rule(rule::rule(r, head, block)?),
        Rule::reward_item => Item::Reward(reward::reward(r, head, block)?),
        Rule::redeem_item => Item::Redeem(reward::redeem(r, head, block)?),
        Rule::challenge_item => Item::Challenge(Box::new(challenge::challenge(r, head, block)?)),
        Rule::transfer_item => Item::Transfer(meeting::transfer(r, head, block)?),
        Rule::referral_item => Item::Referral(Box::new(meeting::referral(r, head, block)?)),
        Rule::pool_item => Item::Pool(meeting::pool(r, head, block)?),
        Rule::partner_item => Item::Partner(partner::partner(r, head, block)?),
        Rule::exchange_item => Item::Exchange(Box::new(partner::exchange(r, head, block)?)),
        Rule::cause_item => Item::Cause(partner::cause(r, head, block)?),
        Rule::fund_item => Item::Fund(Box::new(partner::fund(r, head, block)?)),
        Rule::scenario_item => Item::Scenario(scenario::scenario(r, head, block)?),
        Rule::choice_item => Item::Choice(play::choice(r, head, block)?),
        Rule::leaderboard_item => Item::Leaderboard(board::leaderboard(r, head, block)?),
        Rule::draw_item => Item::Draw(Box::new(play::draw(r, head, block)?)),
        _ => return None,
    })
}

/// Looks for mistakes in the block of an item whose head could not be read.
fn check_block(r: &mut Reader<'_>, line: &Line) {
    let Some(block) = line.blocks.first() else { return };
    let (rule, nested) = match r.token_text(line.first) {
        "program" => (Rule::program_lines, None),
        "event" => (Rule::event_lines, Some(event::LIST)),
        "member" => (Rule::member_lines, Some(event::LIST)),
        "unit" => (Rule::unit_lines, None),
        "table" => (Rule::table_lines, None),
        "tiers" => (Rule::tiers_lines, Some(tiers::LEVEL)),
        "earn" => (Rule::earn_lines, None),
        "boost" => (Rule::boost_lines, None),
        "limit" => (Rule::limit_lines, None),
        "rule" => (Rule::rule_lines, None),
        "reward" => (Rule::reward_lines, None),
        "redeem" => (Rule::redeem_lines, None),
        "challenge" => (Rule::challenge_lines, Some(challenge::MILESTONE)),
        "transfer" => (Rule::transfer_lines, None),
        "referral" => (Rule::referral_lines, Some(meeting::SIDE)),
        "pool" => (Rule::pool_lines, None),
        "partner" => (Rule::partner_lines, None),
        "exchange" => (Rule::exchange_lines, None),
        "cause" => (Rule::cause_lines, None),
        "fund" => (Rule::fund_lines, None),
        "scenario" => (Rule::scenario_lines, None),
        "choice" => (Rule::choice_lines, Some(play::OPTION)),
        "leaderboard" => (Rule::leaderboard_lines, Some(board::PLACE)),
        "draw" => (Rule::draw_lines, None),
        _ => return,
    };
    block_statements(r, Some(block), rule, nested, |_, _| Some(()));
}

/// Reads the statements of a block and hands each to `each`; `None` from it means that a message was given.
fn block_statements<'t>(
    r: &mut Reader<'t>,
    block: Option<&Block>,
    rule: Rule,
    nested: Option<Nested>,
    mut each: impl FnMut(&mut Reader<'t>, &Statement<'t, '_>) -> Option<()>,
) {
    let Some(block) = block else { return };
    let mut split = Vec::new();
    let statements = r.statements(&block.lines, rule, nested, &mut split);
    for statement in &statements {
        let before = r.messages();
        if each(r, statement).is_none() {
            r.unread(statement.first, statement.last);
            if r.messages() == before {
                r.report(errors::not_understood(statement.at.0));
            }
        }
    }
}

/// The first of `choices` that is a part of `node`, with the statement's place.
fn choice<T: Copy>(node: &Node<'_>, at: At, choices: &[(Rule, T)]) -> Option<super::ast::Spanned<T>> {
    node.pick(choices).map(|value| super::ast::Spanned { value, at })
}

fn label<'t>(r: &mut Reader<'t>, node: &Node<'t>) -> Option<Label> {
    let text = literal::text(r, &node.get(Rule::text)?)?;
    let translations = node
        .all(Rule::translation)
        .map(|t| Some((t.get(Rule::language)?.as_ident(), literal::text(r, &t.get(Rule::text)?)?)));
    Some(Label { text, translations: translations.collect::<Option<_>>()? })
}
