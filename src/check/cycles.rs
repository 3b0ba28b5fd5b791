//! Termination: rules that set each other off for ever.
//!
//! What moves without an event from outside is a graph: amounts feed measures and balances, these feed tiers, rules and automatic
//! rewards, and those give amounts again. A way around it never ends, unless a step on it happens only so many times: a measure
//! crosses a value once in its period, and a member rises no higher than the ladder.

use rustc_hash::FxHashSet;

use crate::arena::Id as _;
use crate::diagnostic::Diagnostic;
use crate::hir::{
    Direction, DrawId, Effect, Hold, Ladder, LadderId, MeasureId, Program, Read, RewardId, Rule, RuleId, Source, Tally,
    Trigger, UnitId,
};
use crate::source::Span;

use super::MAX_MESSAGES;
use super::context::Checker;
use super::errors;
use super::errors::cycles::Round;
use super::graph::Graph;

/// How many ways around are looked for: one more than are told, so that it is known whether there are more.
const MOST_WAYS: usize = MAX_MESSAGES + 1;

/// Something that moves when something else has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    /// Amounts posted.
    Postings(UnitId, Tally),
    /// A balance that grew.
    Balance(UnitId),
    /// A balance that shrank, which sets off no automatic reward.
    Drained(UnitId),
    Measure(MeasureId),
    Ladder(LadderId),
    /// A ladder on which a rule has lifted the member: from there nobody falls before the time of the grant is over.
    Lifted(LadderId),
    Rule(RuleId),
    /// A reward that is redeemed by itself.
    Automatic(RewardId),
    Badge(crate::hir::BadgeId),
    Voucher(RewardId),
    /// Open offers of a choice.
    Offers(crate::hir::ChoiceId),
    /// Entries of a draw.
    Entries(crate::hir::DrawId),
}

impl Checker<'_> {
    /// One message for every way around.
    pub fn endless(&self, program: &Program) -> Vec<Diagnostic> {
        let mut messages = self.tiers_by_tiers(program);
        let flow = self.flow(program);
        let rules = program.rules.ids().map(Node::Rule);
        let rewards = program.rewards.pairs().filter(|(_, reward)| reward.automatic).map(|(id, _)| Node::Automatic(id));
        for way in flow.ways_around(rules.chain(rewards), MOST_WAYS) {
            let Some(start) = way.first() else { continue };
            let names: Vec<_> = way.iter().chain([start]).map(|node| spoken(program, *node)).collect();
            let prizes = program.draws.iter().flat_map(|draw| &draw.prizes);
            let is_won = prizes.into_iter().any(|prize| way.contains(&Node::Rule(prize.rule)));
            let round = match way.as_slice() {
                _ if is_won => Round::Won,
                [Node::Rule(id), Node::Lifted(_)] if falls(program.rules.at(*id)) => Round::HeldUp,
                _ => Round::Other,
            };
            messages.push(errors::cycles::endless(span_of(program, *start), &names, round));
        }
        messages
    }
    /// What moves directly when something has moved.
    fn flow(&self, program: &Program) -> Graph<Node> {
        let mut flow = Graph::new();
        let mut moved = Vec::new();
        let granted = granted(program);
        for (id, rule) in program.rules.pairs() {
            let node = Node::Rule(id);
            rule.effects.iter().for_each(|(_, effect)| effect_moves(program, effect, &mut moved));
            moved.drain(..).for_each(|next| flow.link(node, next));
            match rule.trigger {
                Trigger::Reaches(measure, _) if !self.crosses_once(measure) => flow.link(Node::Measure(measure), node),
                Trigger::Another { measure, .. } => flow.link(Node::Measure(measure), node),
                Trigger::Tier { ladder, .. } if follows(program, rule, granted.contains(&ladder)) => {
                    flow.link(Node::Ladder(ladder), node);
                    if !falls(rule) || !is_guarded(rule) {
                        flow.link(Node::Lifted(ladder), node);
                    }
                }
                _ => {}
            }
        }
        for (id, measure) in program.measures.pairs() {
            match &measure.source {
                Source::Postings { unit, tally } => flow.link(Node::Postings(*unit, *tally), Node::Measure(id)),
                Source::Formula(formula) => {
                    let sources = self.reads(formula).into_iter().flat_map(moves);
                    sources.for_each(|source| flow.link(source, Node::Measure(id)));
                }
                _ => {}
            }
        }
        for (id, ladder) in program.ladders.pairs() {
            let sources = self.ladder_reads(ladder).into_iter().flat_map(moves);
            sources.for_each(|source| flow.link(source, Node::Ladder(id)));
            let issues = ladder.tiers.iter().flat_map(|tier| &tier.issues);
            issues.for_each(|reward| issued(program, *reward, &mut moved));
            for next in moved.drain(..) {
                flow.link(Node::Ladder(id), next);
                flow.link(Node::Lifted(id), next);
            }
        }
        for (id, reward) in program.rewards.pairs().filter(|(_, reward)| reward.automatic) {
            if let Some((unit, _)) = reward.cost {
                flow.link(Node::Balance(unit), Node::Automatic(id));
                spent(unit, &mut moved);
            }
            issued(program, id, &mut moved);
            moved.drain(..).for_each(|next| flow.link(Node::Automatic(id), next));
        }
        flow
    }
    fn ladder_reads(&self, ladder: &Ladder) -> Vec<Read> {
        let conditions = ladder.tiers.iter().flat_map(|tier| tier.reach.iter().chain(&tier.keep));
        conditions.flat_map(|condition| self.reads(condition)).collect()
    }
    /// Ladders whose conditions depend on themselves, through formulas or not.
    fn tiers_by_tiers(&self, program: &Program) -> Vec<Diagnostic> {
        let mut asks = Graph::new();
        let mut link = |node: Node, reads: Vec<Read>| {
            for read in reads {
                match read {
                    Read::Tier(ladder, _) => asks.link(node, Node::Ladder(ladder)),
                    Read::Measure(measure) => asks.link(node, Node::Measure(measure)),
                    _ => {}
                }
            }
        };
        program.ladders.pairs().for_each(|(id, ladder)| link(Node::Ladder(id), self.ladder_reads(ladder)));
        for (id, measure) in program.measures.pairs() {
            if let Source::Formula(formula) = &measure.source {
                link(Node::Measure(id), self.reads(formula));
            }
        }
        let mut messages = Vec::new();
        for way in asks.ways_around(program.ladders.ids().map(Node::Ladder), MOST_WAYS) {
            let ladders = way.iter().chain(way.first()).filter_map(|node| match node {
                Node::Ladder(id) => program.ladders.get(*id),
                _ => None,
            });
            let names: Vec<_> = ladders.clone().map(|ladder| format!("`{}`", ladder.name)).collect();
            messages.extend(ladders.take(1).map(|first| errors::cycles::tiers(first.span, &names)));
        }
        messages
    }
}

/// What has moved where a value that was read has changed.
fn moves(read: Read) -> Vec<Node> {
    match read {
        Read::Measure(id) => vec![Node::Measure(id)],
        Read::Tier(id, _) => vec![Node::Ladder(id), Node::Lifted(id)],
        Read::Balance(unit, _) => vec![Node::Balance(unit), Node::Drained(unit)],
        Read::Badge(id) => vec![Node::Badge(id)],
        Read::Voucher(id) => vec![Node::Voucher(id)],
        Read::Offers(id) => vec![Node::Offers(id)],
        Read::Entries(id) | Read::Wins(id) => vec![Node::Entries(id)],
        // What was before stays, and the rest moves with events alone.
        Read::MeasureBefore(_)
        | Read::Attribute(_)
        | Read::Last(_)
        | Read::Joined
        | Read::Expired
        | Read::Challenge(..)
        | Read::Place(_) => Vec::new(),
    }
}

/// Ladders that rules move.
fn granted(program: &Program) -> FxHashSet<LadderId> {
    let effects = program.rules.iter().flat_map(|rule| &rule.effects);
    effects.filter_map(|(_, effect)| if let Effect::Grant(id, ..) = effect { Some(*id) } else { None }).collect()
}

/// Whether a change of a ladder sets a rule off again and again. Rising ends at the top, unless a rule moves the ladder.
fn follows(program: &Program, rule: &Rule, granted: bool) -> bool {
    let Trigger::Tier { ladder, direction, first, .. } = rule.trigger else { return false };
    let rolling = program.ladders.get(ladder).is_some_and(|ladder| ladder.holds == Hold::Rolling);
    direction != Direction::Rises || (!first && (granted || rolling))
}

fn falls(rule: &Rule) -> bool {
    matches!(rule.trigger, Trigger::Tier { direction: Direction::Falls, .. })
}

/// Whether a rule says for whom or how often it is, so that it need not hold up for ever who falls again.
fn is_guarded(rule: &Rule) -> bool {
    !rule.gates.when.is_empty() || !rule.limits.is_empty()
}

fn effect_moves(program: &Program, effect: &Effect, next: &mut Vec<Node>) {
    match effect {
        Effect::Give(unit, _) => posted(*unit, Tally::Earned, next),
        Effect::Take(unit, _) => spent(*unit, next),
        Effect::Convert { from, to, .. } => {
            spent(*from, next);
            posted(*to, Tally::Earned, next);
        }
        Effect::Issue(reward) => issued(program, *reward, next),
        Effect::Badge(badge) => next.push(Node::Badge(*badge)),
        Effect::Grant(ladder, ..) => next.push(Node::Lifted(*ladder)),
        Effect::Exchange(id) => {
            if let Some(exchange) = program.exchanges.get(*id) {
                spent(exchange.from, next);
                posted(exchange.to, Tally::Earned, next);
            }
        }
        Effect::Donate(_, amount) => {
            if let crate::hir::Type::Quantity(unit) = amount.ty {
                spent(unit, next);
            }
        }
        // What another member gets is judged there, behind the event that sent it.
        Effect::GiveTo(..) | Effect::Activate(..) | Effect::Extend(..) | Effect::Restart(_) | Effect::Message(..) => {}
        Effect::Enter(draw, _) => entered(program, *draw, next),
        Effect::Offer(choice) => next.push(Node::Offers(*choice)),
        // What was measured before may complete it at once; all else takes another event.
        Effect::Open(id) => {
            let measured = |goal: &crate::hir::Goal| matches!(goal.of, crate::hir::Progress::Measured(_));
            let challenge = program.challenges.get(*id).filter(|challenge| challenge.goals.iter().any(measured));
            next.extend(challenge.map(|challenge| Node::Rule(challenge.reward)));
        }
    }
}

/// A reward that members are given: a voucher, an amount, an entry of a draw.
fn issued(program: &Program, reward: RewardId, next: &mut Vec<Node>) {
    next.push(Node::Voucher(reward));
    let Some(reward) = program.rewards.get(reward) else { return };
    if let Some(unit) = reward.gives.unit {
        posted(unit, Tally::Earned, next);
    }
    if let Some(draw) = reward.gives.draw {
        entered(program, draw, next);
    }
}

/// An entry, and what it may win at once. What is drawn together comes with the clock, and a limit of entries ends what they bring.
fn entered(program: &Program, draw: DrawId, next: &mut Vec<Node>) {
    next.push(Node::Entries(draw));
    let is_limited = |entry| program.rules.get(entry).is_some_and(|rule| !rule.limits.is_empty());
    let at_once = program.draws.get(draw).filter(|draw| draw.is_instant() && !is_limited(draw.entry));
    next.extend(at_once.iter().flat_map(|draw| &draw.prizes).map(|prize| Node::Rule(prize.rule)));
}

fn posted(unit: UnitId, tally: Tally, next: &mut Vec<Node>) {
    next.push(Node::Postings(unit, tally));
    next.push(Node::Balance(unit));
}

fn spent(unit: UnitId, next: &mut Vec<Node>) {
    next.push(Node::Postings(unit, Tally::Spent));
    next.push(Node::Drained(unit));
}

/// A node in the words of a message.
fn spoken(program: &Program, node: Node) -> String {
    let name = |name: Option<&std::sync::Arc<str>>| name.map_or_else(String::new, |name| format!("`{name}`"));
    match node {
        Node::Rule(id) => format!("rule {}", name(program.rules.get(id).map(|rule| &rule.name))),
        Node::Automatic(id) => format!("reward {}", name(program.rewards.get(id).map(|reward| &reward.name))),
        Node::Ladder(id) | Node::Lifted(id) => {
            format!("tiers {}", name(program.ladders.get(id).map(|ladder| &ladder.name)))
        }
        Node::Measure(id) => format!("measure {}", name(program.measures.get(id).map(|measure| &measure.name))),
        Node::Balance(id) | Node::Drained(id) => {
            format!("the balance of {}", name(program.units.get(id).map(|unit| &unit.name)))
        }
        Node::Postings(id, tally) => {
            let unit = program.units.get(id).map_or("", |unit| &*unit.name);
            let word = match tally {
                Tally::Earned => "earned",
                Tally::Spent => "spent",
                Tally::Expired => "expired",
                Tally::Reversed => "reversed",
                Tally::Received => "received",
                Tally::Given => "given",
            };
            format!("`{unit}.{word}`")
        }
        Node::Badge(id) => format!("badge {}", name(program.badges.get(id).map(|badge| &badge.name))),
        Node::Voucher(id) => format!("a voucher of {}", name(program.rewards.get(id).map(|reward| &reward.name))),
        Node::Entries(id) => format!("entries of {}", name(program.draws.get(id).map(|draw| &draw.name))),
        Node::Offers(id) => format!("offers of {}", name(program.choices.get(id).map(|choice| &choice.name))),
    }
}

fn span_of(program: &Program, node: Node) -> Span {
    let span = match node {
        Node::Rule(id) => program.rules.get(id).map(|rule| rule.span),
        Node::Automatic(id) => program.rewards.get(id).map(|reward| reward.span),
        _ => None,
    };
    span.unwrap_or(Span::new(crate::source::FileId::new(0), 0, 0))
}
