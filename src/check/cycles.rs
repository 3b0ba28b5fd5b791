//! Termination: rules that set each other off for ever.
//!
//! What moves without an event from outside is a graph: amounts feed measures and balances, these feed tiers, rules and automatic
//! rewards, and those give amounts again. A way around it never ends, unless a step on it happens only so many times: a measure
//! crosses a value once in its period, and a member rises no higher than the ladder.

use crate::arena::Id as _;
use crate::diagnostic::Diagnostic;
use crate::hir::{
    Direction, Effect, Hold, Ladder, LadderId, MeasureId, Program, Read, RewardId, Rule, RuleId, Source, Tally,
    Trigger, UnitId,
};
use crate::source::Span;

use super::context::Checker;
use super::errors;

/// Something that moves when something else has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    /// Amounts posted.
    Postings(UnitId, Tally),
    /// A balance that grew.
    Balance(UnitId),
    /// A balance that shrank, which sets off no automatic reward.
    Drained(UnitId),
    Measure(MeasureId),
    Ladder(LadderId),
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
        let mut reported: Vec<Node> = Vec::new();
        let rules = program.rules.ids().map(Node::Rule);
        let rewards = program.rewards.pairs().filter(|(_, reward)| reward.automatic).map(|(id, _)| Node::Automatic(id));
        for start in rules.chain(rewards) {
            if reported.contains(&start) {
                continue;
            }
            if let Some(way) = self.way_back(program, start) {
                reported.extend(way.iter().copied());
                let names: Vec<_> = way.iter().chain([&start]).map(|node| spoken(program, *node)).collect();
                messages.push(errors::cycles::endless(span_of(program, start), &names));
            }
        }
        messages
    }
    /// The shortest way from a node back to itself, the node first.
    fn way_back(&self, program: &Program, start: Node) -> Option<Vec<Node>> {
        let mut seen: Vec<(Node, Option<usize>)> = vec![(start, None)];
        let mut at = 0;
        while let Some((node, _)) = seen.get(at).copied() {
            for next in self.sets_off(program, node) {
                if next == start {
                    let mut way = Vec::new();
                    let mut step = Some(at);
                    while let Some((node, before)) = step.and_then(|step| seen.get(step)) {
                        way.push(*node);
                        step = *before;
                    }
                    way.reverse();
                    return Some(way);
                }
                if !seen.iter().any(|(known, _)| *known == next) {
                    seen.push((next, Some(at)));
                }
            }
            at += 1;
        }
        None
    }
    /// What moves directly when a node has moved.
    fn sets_off(&self, program: &Program, node: Node) -> Vec<Node> {
        let mut next = Vec::new();
        match node {
            Node::Rule(id) => {
                if let Some(rule) = program.rules.get(id) {
                    rule.effects.iter().for_each(|(_, effect)| effect_moves(program, effect, &mut next));
                }
            }
            Node::Automatic(id) => {
                if let Some(reward) = program.rewards.get(id) {
                    if let Some((unit, _)) = reward.cost {
                        spent(unit, &mut next);
                    }
                    if let Some(unit) = reward.gives.unit {
                        posted(unit, Tally::Earned, &mut next);
                    }
                    next.push(Node::Voucher(id));
                }
            }
            Node::Ladder(id) => {
                let issues =
                    program.ladders.get(id).into_iter().flat_map(|ladder| &ladder.tiers).flat_map(|tier| &tier.issues);
                next.extend(issues.map(|reward| Node::Voucher(*reward)));
                next.extend(
                    program
                        .rules
                        .pairs()
                        .filter(|(_, rule)| follows(program, rule, id))
                        .map(|(rule, _)| Node::Rule(rule)),
                );
                next.extend(self.readers(program, |read| matches!(read, Read::Tier(ladder, _) if *ladder == id)));
            }
            Node::Measure(id) => {
                for (rule, def) in program.rules.pairs() {
                    let follows = match def.trigger {
                        Trigger::Reaches(measure, _) => measure == id && !self.crosses_once(id),
                        Trigger::Another { measure, .. } => measure == id,
                        _ => false,
                    };
                    if follows {
                        next.push(Node::Rule(rule));
                    }
                }
                next.extend(self.readers(program, |read| *read == Read::Measure(id)));
            }
            Node::Postings(unit, tally) => {
                let fed = program.measures.pairs().filter(|(_, measure)| match measure.source {
                    Source::Postings { unit: own, tally: kind } => own == unit && kind == tally,
                    _ => false,
                });
                next.extend(fed.map(|(measure, _)| Node::Measure(measure)));
            }
            Node::Drained(unit) => {
                next.extend(self.readers(program, |read| matches!(read, Read::Balance(own, _) if *own == unit)));
            }
            Node::Balance(unit) => {
                next.extend(self.readers(program, |read| matches!(read, Read::Balance(own, _) if *own == unit)));
                let automatic = program.rewards.pairs().filter(|(_, reward)| {
                    reward.automatic && reward.cost.as_ref().is_some_and(|(own, _)| *own == unit)
                });
                next.extend(automatic.map(|(reward, _)| Node::Automatic(reward)));
            }
            Node::Badge(badge) => next.extend(self.readers(program, |read| *read == Read::Badge(badge))),
            Node::Voucher(reward) => next.extend(self.readers(program, |read| *read == Read::Voucher(reward))),
            Node::Entries(draw) => {
                next.extend(
                    self.readers(program, |read| matches!(read, Read::Entries(of) | Read::Wins(of) if *of == draw)),
                );
            }
            Node::Offers(choice) => next.extend(self.readers(program, |read| *read == Read::Offers(choice))),
        }
        next
    }
    /// Ladders and formulas whose conditions read something.
    fn readers(&self, program: &Program, reads: impl Fn(&Read) -> bool) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (id, measure) in program.measures.pairs() {
            if let Source::Formula(formula) = &measure.source
                && self.reads(formula).iter().any(&reads)
            {
                nodes.push(Node::Measure(id));
            }
        }
        for (id, ladder) in program.ladders.pairs() {
            if self.ladder_reads(ladder).iter().any(&reads) {
                nodes.push(Node::Ladder(id));
            }
        }
        nodes
    }
    fn ladder_reads(&self, ladder: &Ladder) -> Vec<Read> {
        let conditions = ladder.tiers.iter().flat_map(|tier| tier.reach.iter().chain(&tier.keep));
        conditions.flat_map(|condition| self.reads(condition)).collect()
    }
    /// Ladders whose conditions depend on themselves.
    fn tiers_by_tiers(&self, program: &Program) -> Vec<Diagnostic> {
        let mut messages = Vec::new();
        let mut reported: Vec<LadderId> = Vec::new();
        for (start, ladder) in program.ladders.pairs() {
            let mut way = vec![start];
            if !reported.contains(&start) && self.around(program, start, start, &mut way) {
                reported.extend(&way);
                let names: Vec<_> = way
                    .iter()
                    .chain([&start])
                    .filter_map(|id| program.ladders.get(*id))
                    .map(|ladder| format!("`{}`", ladder.name))
                    .collect();
                messages.push(errors::cycles::tiers(ladder.span, &names));
            }
        }
        messages
    }
    fn around(&self, program: &Program, start: LadderId, at: LadderId, way: &mut Vec<LadderId>) -> bool {
        let Some(ladder) = program.ladders.get(at) else { return false };
        let mut reads = self.ladder_reads(ladder);
        // Formulas stand between ladders.
        let mut done = 0;
        while let Some(read) = reads.get(done).copied() {
            if let Read::Measure(id) = read
                && let Some(Source::Formula(formula)) = program.measures.get(id).map(|measure| &measure.source)
            {
                let more: Vec<_> = self.reads(formula).into_iter().filter(|read| !reads.contains(read)).collect();
                reads.extend(more);
            }
            done += 1;
        }
        for read in reads {
            let Read::Tier(next, _) = read else { continue };
            if next == start {
                return true;
            }
            if !way.contains(&next) {
                way.push(next);
                if self.around(program, start, next, way) {
                    return true;
                }
                way.pop();
            }
        }
        false
    }
}

/// Whether a change of a ladder sets a rule off again and again. Rising ends at the top, unless the rule itself moves the ladder.
fn follows(program: &Program, rule: &Rule, id: LadderId) -> bool {
    let Trigger::Tier { ladder, direction, first, .. } = rule.trigger else { return false };
    if ladder != id {
        return false;
    }
    let grants = program
        .rules
        .iter()
        .any(|rule| rule.effects.iter().any(|(_, effect)| matches!(effect, Effect::Grant(own, ..) if *own == id)));
    let rolling = program.ladders.get(id).is_some_and(|ladder| ladder.holds == Hold::Rolling);
    direction != Direction::Rises || (!first && (grants || rolling))
}

fn effect_moves(program: &Program, effect: &Effect, next: &mut Vec<Node>) {
    match effect {
        Effect::Give(unit, _) => posted(*unit, Tally::Earned, next),
        Effect::Take(unit, _) => spent(*unit, next),
        Effect::Convert { from, to, .. } => {
            spent(*from, next);
            posted(*to, Tally::Earned, next);
        }
        Effect::Issue(reward) => {
            next.push(Node::Voucher(*reward));
            if let Some(unit) = program.rewards.get(*reward).and_then(|reward| reward.gives.unit) {
                posted(unit, Tally::Earned, next);
            }
        }
        Effect::Badge(badge) => next.push(Node::Badge(*badge)),
        Effect::Grant(ladder, ..) => next.push(Node::Ladder(*ladder)),
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
        Effect::Enter(draw, _) => {
            next.push(Node::Entries(*draw));
            if let Some(draw) = program.draws.get(*draw) {
                next.extend(draw.prizes.iter().map(|prize| Node::Rule(prize.rule)));
            }
        }
        Effect::Offer(choice) => next.push(Node::Offers(*choice)),
        // What was measured before may complete it at once; all else takes another event.
        Effect::Open(id) => {
            let measured = |goal: &crate::hir::Goal| matches!(goal.of, crate::hir::Progress::Measured(_));
            let challenge = program.challenges.get(*id).filter(|challenge| challenge.goals.iter().any(measured));
            next.extend(challenge.map(|challenge| Node::Rule(challenge.reward)));
        }
    }
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
        Node::Ladder(id) => format!("tiers {}", name(program.ladders.get(id).map(|ladder| &ladder.name))),
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
