//! What scenarios never try: rules, levels, alternatives and limits of a program, as sentences.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::{Account, Cause, Engine, EntryChange, Outcome, Seen, What, Witness, reads, words};
use crate::hir::{
    ChallengeId, ChallengeStage, DrawId, Expiry, Expr, Gates, Kind, LadderId, Program, RewardId, Rows, Trigger, UnitId,
};
use crate::source::{FileId, Span};
use crate::value::{self, decimal};

use super::Verdict;

/// Something of a program that scenarios try, or do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// What it is, in one word: `earn`, `tier`, `case` …
    pub kind: &'static str,
    /// What is true of it while no scenario tries it.
    pub sentence: String,
    /// Where it stands.
    pub span: Span,
    /// File and line.
    pub at: String,
    /// Whether a scenario tries it.
    pub covered: bool,
}

/// How much of a program its scenarios try.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Everything that can be tried, in order of place.
    pub points: Vec<Point>,
}

impl Coverage {
    /// How many of how many points are covered.
    pub fn counts(&self) -> (usize, usize) {
        (self.points.iter().filter(|point| point.covered).count(), self.points.len())
    }

    /// What no scenario tries.
    pub fn missing(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| !point.covered)
    }
}

/// A share in percent: of nothing, all is there.
pub fn percent(part: usize, whole: usize) -> usize {
    steps(part, whole, 0).and_then(|share| usize::try_from(share).ok()).unwrap_or(100)
}

/// Whether a part is less of a whole than was asked for, in percent: then how much it is, to a tenth.
pub fn short_of(min: usize, part: usize, whole: usize) -> Option<String> {
    let share = steps(part, whole, 1).filter(|_| part * 100 < min * whole)?;
    Some(decimal(share, 1, "").trim_end_matches(".0").to_owned())
}

fn steps(part: usize, whole: usize, decimals: u8) -> Option<i128> {
    value::percent(i128::try_from(part).ok()?, i128::try_from(whole).ok()?, decimals)
}

/// Runs the scenarios of the newest version whose name is wanted, and watches what they try of all versions.
pub fn run(versions: &[Arc<Program>], wanted: impl Fn(&str) -> bool) -> (Vec<Verdict>, Coverage) {
    let witnesses: Vec<Arc<Witness>> = versions.iter().map(|_| Arc::default()).collect();
    let judged = versions.iter().cloned().zip(witnesses.iter().map(|witness| witness.clone() as _));
    let engine = Engine::new(judged);
    let mut done: Vec<Done> = versions.iter().map(|_| Done::default()).collect();
    let Some(newest) = versions.last() else { return Default::default() };
    let verdicts = super::observe(&engine, newest, wanted, &mut |outcome| {
        if let Some(done) = done.get_mut(outcome.version as usize) {
            done.note(outcome);
        }
    });
    let mut points = Vec::new();
    for ((program, witness), done) in versions.iter().zip(&witnesses).zip(&done) {
        let mut found = Look { program, seen: witness.seen(), done, points: Vec::new() };
        found.all();
        points.extend(found.points);
    }
    points.sort_by_key(|point| point.span);
    points.dedup();
    (verdicts, Coverage { points })
}

/// What happened under one version.
#[derive(Debug, Default)]
struct Done {
    causes: BTreeSet<Cause>,
    tiers: BTreeSet<(LadderId, u32)>,
    completed: BTreeSet<ChallengeId>,
    won: BTreeSet<(DrawId, RewardId)>,
    issued: BTreeSet<RewardId>,
    expired: BTreeSet<UnitId>,
    withheld: BTreeSet<Arc<str>>,
}

impl Done {
    fn note(&mut self, outcome: &Outcome) {
        match &outcome.what {
            What::Refused(_)
            | What::Failed(_)
            | What::Withdrawn(_)
            | What::Unreached(_)
            | What::Irreversible(_)
            | What::Limited { .. } => return,
            What::Challenge { challenge, stage, .. } => {
                // Whatever becomes of a challenge is told of the rule of its reward.
                if *stage == ChallengeStage::Completed {
                    self.completed.insert(*challenge);
                }
                return;
            }
            What::Tier { ladder, from, to, .. } if to > from => {
                self.tiers.insert((*ladder, *to));
            }
            What::Entry { draw, change: EntryChange::Won, prize: Some(prize), .. } => {
                self.won.insert((*draw, *prize));
            }
            What::Issued { reward, .. } => {
                self.issued.insert(*reward);
            }
            What::Posted { unit, to: Account::Expired, .. } => {
                self.expired.insert(*unit);
            }
            What::Withheld { channel, .. } => {
                self.withheld.insert(channel.clone());
            }
            What::Donated { charity, .. } => {
                self.causes.insert(Cause::Charity(*charity));
            }
            _ => {}
        }
        self.causes.insert(outcome.cause);
    }
}

/// Looks for everything that can be tried of one version.
struct Look<'p> {
    program: &'p Program,
    seen: Seen,
    done: &'p Done,
    points: Vec<Point>,
}

impl<'p> Look<'p> {
    fn all(&mut self) {
        self.rules();
        self.spending();
        self.levels();
        self.limits();
        self.alternatives();
    }

    fn point(&mut self, kind: &'static str, span: Span, covered: bool, sentence: String) {
        let at = self.program.sources.at(span);
        self.points.push(Point { kind, sentence, span, at, covered });
    }

    /// The text of a place on one line, without its block.
    fn said(&self, span: Span) -> String {
        let text = self.program.sources.text(span);
        let head = text.split('{').next().unwrap_or(text);
        head.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn caused(&mut self, cause: Cause, sentence: &str) {
        let (kind, Some((name, span))) = words::cause(self.program, cause) else { return };
        let fired = matches!(cause, Cause::Rule(rule) if self.seen.fired.contains(&rule));
        let covered = fired || self.done.causes.contains(&cause);
        self.point(kind, span, covered, format!("{kind} `{name}` {sentence}"));
    }

    /// Earns, boosts, rules, and the conditions of each.
    fn rules(&mut self) {
        let program = self.program;
        for (id, earn) in program.earns.pairs() {
            self.caused(Cause::Earn(id), "never gives anything");
            self.gates(&format!("earn `{}`", earn.name), &earn.gates);
        }
        for boost in program.boosts.iter() {
            let amount = boost.amount.value();
            let covered = self.seen.asked.contains(&amount.span);
            let said = self.said(amount.span);
            self.point("boost", boost.span, covered, format!("boost {said} of `{}` never applies", boost.name));
            self.gates(&format!("boost `{}`", boost.name), &boost.gates);
        }
        let challenges: BTreeSet<_> = program.challenges.iter().map(|challenge| challenge.reward).collect();
        let drawn: BTreeSet<_> =
            program.draws.iter().flat_map(|draw| draw.prizes.iter().map(|prize| prize.rule)).collect();
        for (id, rule) in program.rules.pairs() {
            let own = matches!(rule.trigger, Trigger::Called(_));
            let (kind, _) = words::cause(program, Cause::Rule(id));
            // Of challenges and prizes it is asked whether they are completed and won, and some parts bring nothing but themselves.
            let elsewhere = challenges.contains(&id) || drawn.contains(&id);
            if !elsewhere && (!own || !rule.effects.is_empty() || kind == "draw") {
                let sentence = if own { "never brings anything" } else { "never does anything" };
                self.caused(Cause::Rule(id), sentence);
            }
            self.gates(&format!("{kind} `{}`", rule.name), &rule.gates);
            for condition in rule.effects.iter().filter_map(|(condition, _)| condition.as_ref()) {
                let covered = self.seen.held.contains(&condition.span);
                let said = self.said(condition.span);
                let sentence = format!("`{said}` of {kind} `{}` never holds", rule.name);
                self.point("condition", condition.span, covered, sentence);
            }
        }
        for (id, challenge) in program.challenges.pairs() {
            let covered = self.done.completed.contains(&id);
            let sentence = format!("nobody ever completes challenge `{}`", challenge.name);
            self.point("challenge", challenge.span, covered, sentence);
            for condition in &challenge.only {
                self.fails(&format!("challenge `{}`", challenge.name), condition);
            }
        }
        for (id, draw) in program.draws.pairs() {
            for prize in &draw.prizes {
                let span = program.rules.at(prize.rule).span;
                let covered = self.done.won.contains(&(id, prize.reward));
                let reward = &program.rewards.at(prize.reward).name;
                self.point("prize", span, covered, format!("nobody ever wins `{reward}` in draw `{}`", draw.name));
            }
        }
    }

    /// What members ask for: rewards, payments, exchanges, gifts.
    fn spending(&mut self) {
        let program = self.program;
        for (id, reward) in program.rewards.pairs() {
            let covered = self.done.issued.contains(&id) || self.done.causes.contains(&Cause::Reward(id));
            self.point("reward", reward.span, covered, format!("nobody ever gets reward `{}`", reward.name));
            self.gates(&format!("reward `{}`", reward.name), &reward.gates);
        }
        for (id, redeem) in program.redeems.pairs() {
            self.caused(Cause::Redeem(id), "is never used");
            self.gates(&format!("redeem `{}`", redeem.name), &redeem.gates);
        }
        for (id, transfer) in program.transfers.pairs() {
            self.caused(Cause::Transfer(id), "is never used");
            self.gates(&format!("transfer `{}`", transfer.name), &transfer.gates);
        }
        for (id, exchange) in program.exchanges.pairs() {
            self.caused(Cause::Exchange(id), "is never used");
            self.gates(&format!("exchange `{}`", exchange.name), &exchange.gates);
        }
        for (id, charity) in program.charities.pairs() {
            self.caused(Cause::Charity(id), "never gets anything");
            self.gates(&format!("cause `{}`", charity.name), &charity.gates);
        }
        for (id, fund) in program.funds.pairs() {
            self.caused(Cause::Fund(id), "never pays anything out");
            self.gates(&format!("fund `{}`", fund.name), &fund.gates);
        }
    }

    /// Tiers, and the ends of units.
    fn levels(&mut self) {
        let program = self.program;
        for (id, ladder) in program.ladders.pairs() {
            for (position, tier) in ladder.tiers.iter().enumerate().skip(1) {
                let covered = u32::try_from(position).is_ok_and(|tier| self.done.tiers.contains(&(id, tier)));
                let sentence = format!("nobody ever rises to {} of `{}`", tier.name, ladder.name);
                self.point("tier", tier.span, covered, sentence);
            }
        }
        for (id, unit) in program.units.pairs() {
            for rule in
                unit.expiry.iter().filter(|rule| rule.cases.iter().any(|(_, case)| case.expiry != Expiry::Never))
            {
                let covered = self.done.expired.contains(&id);
                self.point("expiry", rule.span, covered, format!("no {} ever expire", unit.name));
            }
        }
        for consent in &program.consents {
            let covered = self.done.withheld.contains(&consent.channel);
            let sentence = format!("no message on `{}` is ever withheld for want of consent", consent.channel);
            self.point("consent", consent.span, covered, sentence);
        }
    }

    fn limits(&mut self) {
        let program = self.program;
        for (id, limit) in program.limits.pairs() {
            let covered = self.seen.cut.contains(&id);
            let said = match &limit.name {
                Some(name) => format!("limit `{name}`"),
                None => format!("`{}`", self.said(limit.span)),
            };
            self.point("limit", limit.span, covered, format!("{said} is never reached"));
        }
    }

    /// Cases and rows.
    fn alternatives(&mut self) {
        let program = self.program;
        // Prices have two values in one case: the first stands for both.
        let mut cases: BTreeMap<(FileId, u32), Span> = BTreeMap::new();
        let named = program.lets.iter().map(|named| &named.value);
        let segments = program.segments.iter().map(|segment| &segment.condition);
        for expr in program.expressions().into_iter().chain(named).chain(segments) {
            reads::visit(program, expr, &mut |part| {
                if let Kind::Cases(own) = &part.kind {
                    let ends = own.iter().skip(1).map(|case| case.value.span.start).chain([part.span.end]);
                    for (case, end) in own.iter().zip(ends) {
                        let span = case.value.span;
                        let first = cases.entry((span.file, end.max(span.end))).or_insert(span);
                        *first = span.min(*first);
                    }
                }
            });
        }
        for ((_, end), span) in cases {
            let covered = self.seen.taken.contains(&span);
            let said = self.said(Span { end, ..span });
            self.point(
                "case",
                span,
                covered,
                format!("the case `{}` never applies", said.trim_end_matches([',', ' '])),
            );
        }
        for table in program.tables.iter() {
            let values: Vec<&Expr> = match &table.rows {
                Rows::Exact { rows, otherwise } => rows.iter().map(|(_, value)| value).chain(otherwise).collect(),
                Rows::Bands { bands, .. } => bands.iter().map(|band| &band.value).collect(),
            };
            for value in values {
                let line = program.sources.line(value.span);
                let line = line.split('#').next().unwrap_or(line);
                let row = line.trim_end_matches([',', ' ']).split_whitespace().collect::<Vec<_>>().join(" ");
                let covered = self.seen.taken.contains(&value.span);
                let sentence = format!("the row `{row}` of table `{}` is never used", table.name);
                self.point("row", value.span, covered, sentence);
            }
        }
    }

    fn gates(&mut self, of: &str, gates: &'p Gates) {
        for condition in &gates.when {
            self.fails(of, condition);
        }
        for condition in &gates.filter {
            self.fails(of, condition);
        }
    }

    /// A condition turns somebody away: that it lets somebody in is shown by what is behind it.
    fn fails(&mut self, of: &str, condition: &Expr) {
        let covered = self.seen.failed.contains(&condition.span);
        let said = self.said(condition.span);
        self.point("condition", condition.span, covered, format!("`{said}` of {of} never fails"));
    }
}
