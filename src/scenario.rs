//! Runs the scenarios of a program: tests beside the rules.

pub mod coverage;
mod foreign;
pub mod mutation;
mod play;
pub mod recording;
pub mod spelling;
pub mod update;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::{Account, Arrival, Engine, Event, Outcome, State, What, World, words};
use crate::events::{AmountContext, Notation};
use crate::hir::{Expectation, Expr, Given, Program, Scenario, ScenarioFlag, Step, UnitId};
use crate::source::Span;
use crate::value::{Exact, Instant, Value};

use update::{Actual, Rewrite};

/// What became of one scenario.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// Whether it was left out.
    pub skipped: bool,
    /// What did not hold.
    pub failures: Vec<Failure>,
}

impl Verdict {
    /// Whether it ran and everything held.
    pub fn passed(&self) -> bool {
        !self.skipped && self.failures.is_empty()
    }
}

/// An expectation that did not hold.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Where it stands.
    pub span: Span,
    /// What was expected, in words.
    pub expected: String,
    /// What happened, in words.
    pub got: String,
    /// Why the engine did what it did: steps in plain words.
    pub why: Vec<String>,
    /// What to write so that it holds; empty where that is for somebody to decide.
    pub rewrites: Vec<Rewrite>,
}

/// Runs all scenarios of a program with an engine over it; `only` ones alone where there are any.
pub fn run_all(engine: &Engine, program: &Program) -> Vec<Verdict> {
    run(engine, program, |_| true)
}

/// Runs the scenarios of a program whose name is wanted.
pub fn run(engine: &Engine, program: &Program, wanted: impl Fn(&str) -> bool) -> Vec<Verdict> {
    observe(engine, program, wanted, &mut |_| {})
}

/// The same; everything that happens on the way is told to `sink`.
pub fn observe(
    engine: &Engine,
    program: &Program,
    wanted: impl Fn(&str) -> bool,
    sink: &mut dyn FnMut(&Outcome),
) -> Vec<Verdict> {
    let skipped = skipped(program);
    let judge = |scenario: &Scenario| {
        let failures = if skipped(scenario) { Vec::new() } else { Run::new(engine, program, sink).play(scenario) };
        Verdict { name: scenario.name.clone(), span: scenario.span, skipped: skipped(scenario), failures }
    };
    program.scenarios.iter().filter(|scenario| wanted(&scenario.name)).map(judge).collect()
}

/// Whether any scenario whose name is wanted fails.
pub fn any_fails(engine: &Engine, program: &Program, wanted: impl Fn(&str) -> bool) -> bool {
    let skipped = skipped(program);
    let mut runs = program.scenarios.iter().filter(|scenario| wanted(&scenario.name) && !skipped(scenario));
    runs.any(|scenario| !Run::new(engine, program, &mut |_| {}).play(scenario).is_empty())
}

/// Which scenarios are left out: `skip`, and where there is an `only`, all others.
fn skipped(program: &Program) -> impl Fn(&Scenario) -> bool {
    let only = program.scenarios.iter().any(|scenario| scenario.flag == ScenarioFlag::Only);
    move |scenario| scenario.flag == ScenarioFlag::Skip || (only && scenario.flag != ScenarioFlag::Only)
}

/// One scenario while it runs.
struct Run<'p> {
    program: &'p Program,
    world: World,
    sequence: u64,
    failures: Vec<Failure>,
    /// Invariants that were broken before.
    broken: BTreeSet<Arc<str>>,
    /// Who wants to know of everything that happens.
    sink: &'p mut dyn FnMut(&Outcome),
}

/// What one step brought.
struct Brought {
    outcomes: Vec<Outcome>,
    /// The reason of an event that was not even judged.
    turned_away: Option<String>,
}

impl<'p> Run<'p> {
    fn new(engine: &Engine, program: &'p Program, sink: &'p mut dyn FnMut(&Outcome)) -> Self {
        let world = World::new(engine.clone().with_test_seed());
        Self { program, world, sequence: 0, failures: Vec::new(), broken: BTreeSet::new(), sink }
    }

    fn play(mut self, scenario: &Scenario) -> Vec<Failure> {
        for step in &scenario.steps {
            match step {
                Step::Event(given, expected) => {
                    self.event(given, expected);
                    self.promises(given.span);
                }
                Step::Advance(to, span, expected) => {
                    self.advance(*to, expected);
                    self.promises(*span);
                }
                Step::Expect { member, condition, span } => self.condition(member, condition, *span),
                Step::Expiring { member, unit, by, amount, span } => {
                    let zone = &self.program.settings.zone;
                    let end = by.plus_days(1).map_or(Instant::LAST, |day| zone.start_of(day));
                    let state = self.state(member);
                    let engine = self.world.engine();
                    let lots = state.units.get(*unit).into_iter().flat_map(|purse| &purse.lots);
                    let due = lots.filter(|lot| engine.lapses(&state, lot).is_some_and(|at| at <= end));
                    let total: i64 = due.map(|lot| lot.left).sum();
                    if total != *amount {
                        let (expected, got) = (self.say(*unit, *amount), self.say(*unit, total));
                        self.fail(*span, format!("{expected} expiring by {by}"), got, Vec::new());
                        let written = self.program.sources.text(*span).rfind(" is ").map_or(0, |at| at + 4);
                        let start = span.start.saturating_add(u32::try_from(written).unwrap_or(0));
                        let amount = Span { start, ..*span };
                        self.rewrite(update::amount(self.program, amount, Actual::Unit(*unit, total)));
                    }
                }
            }
        }
        self.failures
    }

    fn event(&mut self, given: &Given, expected: &[Expectation]) {
        let brought = self.bring(given);
        self.judge(given, expected, &brought);
    }

    /// Lets an event happen.
    fn bring(&mut self, given: &Given) -> Brought {
        self.sequence += 1;
        let def = self.program.events.at(given.event);
        let context =
            AmountContext { id: &given.id, time: given.time, currency: None, notation: Notation::Plain, zone: None };
        let mut amounts = foreign::Amounts { program: self.program, context, foreign: Vec::new() };
        let field = |(id, field): (crate::hir::FieldId, &crate::hir::FieldDef)| {
            let written = given.fields.iter().find(|(written, _)| *written == id);
            match written {
                Some((_, value)) => amounts.converted((id, field), value.clone()),
                None => Ok(field.default.clone().unwrap_or_default()),
            }
        };
        let fields = match def.fields.pairs().map(field).collect() {
            Ok(fields) => fields,
            Err(reason) => return Brought { outcomes: Vec::new(), turned_away: Some(reason) },
        };
        let foreign = Event::kept_amounts(self.program, given.event, amounts.foreign);
        let event = Event {
            id: given.id.clone(),
            member: given.member.clone(),
            kind: given.event,
            time: given.time,
            sequence: self.sequence,
            sent_by: None,
            foreign,
            fields,
        };
        let mut outcomes = Vec::new();
        let mut keep = |outcome: Outcome| {
            (self.sink)(&outcome);
            if outcome.comes_of(&given.id) && outcome.corrects.is_none() {
                outcomes.push(outcome);
            }
        };
        let arrival = self.world.submit(vec![event], &mut keep).pop();
        let turned_away = if let Some(Arrival::Refused(reason)) = arrival { Some(reason) } else { None };
        Brought { outcomes, turned_away }
    }

    fn judge(&mut self, given: &Given, expected: &[Expectation], brought: &Brought) {
        let before = self.failures.len();
        self.surprises(brought, expected, given.span);
        // What the event brings is asked of its own member; refusals may be those of others that it asked.
        let own = brought.outcomes.iter().filter(|outcome| outcome.member == given.member).cloned().collect();
        let own = Brought { outcomes: own, turned_away: brought.turned_away.clone() };
        for expectation in expected {
            let of_all = matches!(
                expectation,
                Expectation::Of(..) | Expectation::Refused(..) | Expectation::Error(..) | Expectation::Nothing(_)
            );
            self.check(if of_all { brought } else { &own }, expectation, Some(&given.member));
        }
        if self.failures.len() > before {
            let why = self.why(&given.id);
            if let Some(last) = self.failures.last_mut() {
                last.why = why;
            }
        }
    }

    /// Refusals and errors that nobody expected fail the scenario.
    fn surprises(&mut self, brought: &Brought, expected: &[Expectation], span: Span) {
        let ready = expected.iter().any(|e| matches!(e, Expectation::Refused(..) | Expectation::Error(..)));
        if ready {
            return;
        }
        let refused = brought.outcomes.iter().find_map(|outcome| match &outcome.what {
            What::Refused(reason) => Some(format!("refused: {reason}")),
            What::Failed(reason) => Some(format!("error: {reason}")),
            _ => None,
        });
        if let Some(got) = refused.or(brought.turned_away.clone().map(|reason| format!("error: {reason}"))) {
            self.fail(span, "the event is accepted".into(), got, Vec::new());
        }
    }

    fn advance(&mut self, to: Instant, expected: &[Expectation]) {
        let mut outcomes = Vec::new();
        let mut keep = |outcome: Outcome| {
            (self.sink)(&outcome);
            // A century may pass, of which nobody asks.
            if !expected.is_empty() {
                outcomes.push(outcome);
            }
        };
        self.world.advance(Some(to), &mut keep);
        let brought = Brought { outcomes, turned_away: None };
        for expectation in expected {
            self.check(&brought, expectation, None);
        }
    }

    /// Invariants hold for all members after every step; of each the first step is told that breaks it.
    fn promises(&mut self, span: Span) {
        if self.program.invariants.is_empty() {
            return;
        }
        let mut found = Vec::new();
        for state in self.world.members() {
            let pots = self.world.pots(&state.member);
            let known = &self.broken;
            for broken in self.world.engine().broken_of(state, &pots, |invariant| !known.contains(&invariant.name)) {
                let condition = self.program.sources.text(broken.invariant.condition.span).trim();
                let expected = format!("the invariant {}: {condition}", broken.invariant.name);
                found.push((broken.invariant.name.clone(), expected, format!("{}: {}", state.member, broken.because)));
            }
        }
        for (name, expected, got) in found {
            if self.broken.insert(name) {
                self.fail(span, expected, got, Vec::new());
            }
        }
    }

    fn check(&mut self, brought: &Brought, expectation: &Expectation, member: Option<&Arc<str>>) {
        let reasons = |kind: fn(&What) -> Option<&String>| -> Vec<String> {
            let said = brought.outcomes.iter().filter_map(|outcome| kind(&outcome.what)).cloned();
            said.chain(brought.turned_away.clone()).collect()
        };
        match expectation {
            Expectation::Change(unit, amount, span) => {
                let got = self.change(&brought.outcomes, *unit);
                self.same(*span, *amount, got, |n| Actual::Unit(*unit, n), |run, n| run.say(*unit, n));
            }
            Expectation::Expired(unit, amount, span) => {
                let got = brought.outcomes.iter().map(|outcome| match &outcome.what {
                    What::Posted { unit: of, to: Account::Expired, amount, .. }
                        if self.is_unit(outcome, *of, *unit) =>
                    {
                        *amount
                    }
                    _ => 0,
                });
                let got = got.map(i128::from).sum();
                self.same(
                    *span,
                    *amount,
                    got,
                    |n| Actual::Unit(*unit, n),
                    |run, n| format!("{} expired", run.say(*unit, n)),
                );
            }
            Expectation::Off(amount, span) => {
                let got = brought
                    .outcomes
                    .iter()
                    .map(|outcome| if let What::Paid { value, .. } = outcome.what { value } else { 0 });
                let got = got.map(i128::from).sum();
                self.same(*span, *amount, got, Actual::Money, |run, n| {
                    format!("{} off", words::money(run.program, Exact::from(n)))
                });
            }
            Expectation::Charged(amount, span) => {
                let fee = |outcome: &Outcome| if let What::Charged(fee) = outcome.what { fee } else { 0 };
                let got = brought.outcomes.iter().map(fee).map(i128::from).sum();
                self.same(*span, *amount, got, Actual::Money, |run, n| {
                    format!("{} charged", words::money(run.program, Exact::from(n)))
                });
            }
            Expectation::Gift(charity, amount, span) => {
                let name = &self.program.charities.at(*charity).name;
                let was = &self.program.charities.at(*charity).was;
                let gift = |outcome: &Outcome| match &outcome.what {
                    What::Donated { charity, amount, .. } => {
                        let by = self.judged_by(outcome).map(|by| &by.charities.at(*charity).name);
                        if by == Some(name) || (by.is_some() && by == was.as_ref()) { *amount } else { 0 }
                    }
                    _ => 0,
                };
                let got = brought.outcomes.iter().map(gift).map(i128::from).sum();
                let name = name.clone();
                self.same(*span, *amount, got, Actual::Money, |run, n| {
                    format!("{} to {name}", words::money(run.program, Exact::from(n)))
                });
            }
            Expectation::Matched(amount, span) => {
                let added =
                    |outcome: &Outcome| if let What::Donated { matched, .. } = outcome.what { matched } else { 0 };
                let got = brought.outcomes.iter().map(added).map(i128::from).sum();
                self.same(*span, *amount, got, Actual::Money, |run, n| {
                    format!("{} matched", words::money(run.program, Exact::from(n)))
                });
            }
            Expectation::Nothing(span) => {
                // A limit that lets nothing through, and a message that is not sent, say why nothing happened.
                let silent = |what: &What| matches!(what, What::Limited { .. } | What::Withheld { .. });
                if let Some(outcome) = brought.outcomes.iter().find(|outcome| !silent(&outcome.what)) {
                    let got = self.describe(outcome);
                    self.fail(*span, "nothing".into(), got, Vec::new());
                    let text = self.expectations(brought, member).join(", ");
                    if !text.is_empty() {
                        self.rewrite(vec![Rewrite { span: *span, text }]);
                    }
                }
            }
            Expectation::Refused(text, span) => {
                let reasons = reasons(|what| if let What::Refused(reason) = what { Some(reason) } else { None });
                self.contains(*span, "refused", text.as_deref(), &reasons);
            }
            Expectation::Withheld(text, span) => {
                let withheld = brought.outcomes.iter().filter_map(|outcome| match &outcome.what {
                    What::Withheld { channel, reason } => Some(format!("{channel}: {reason}")),
                    _ => None,
                });
                self.contains(*span, "withheld", text.as_deref(), &withheld.collect::<Vec<_>>());
            }
            Expectation::Error(text, span) => {
                let reasons = reasons(|what| if let What::Failed(reason) = what { Some(reason) } else { None });
                self.contains(*span, "error", text.as_deref(), &reasons);
            }
            Expectation::Message(text, span) => {
                let said = reasons(|what| if let What::Message { text, .. } = what { Some(text) } else { None });
                self.contains(*span, "message", Some(text), &said);
            }
            Expectation::Badge(badge, span) => {
                let name = self.program.badges.at(*badge).name.clone();
                let given = |o: &Outcome| match (&o.what, self.judged_by(o)) {
                    (What::Badge { badge: of, given: true }, Some(by)) => by.badges.at(*of).name == name,
                    _ => false,
                };
                if !brought.outcomes.iter().any(given) {
                    self.fail(*span, format!("badge {name}"), "no such badge".into(), Vec::new());
                }
            }
            Expectation::Challenge(id, stage, times, span) => {
                let name = self.program.challenges.at(*id).name.clone();
                let same = |o: &Outcome| match (&o.what, self.judged_by(o)) {
                    (What::Challenge { challenge, stage: at, .. }, Some(by)) => {
                        at == stage && by.challenges.at(*challenge).name == name
                    }
                    _ => false,
                };
                let got = brought.outcomes.iter().filter(|outcome| same(outcome)).count();
                let got = i64::try_from(got).unwrap_or(i64::MAX);
                let word = words::stage(*stage);
                self.same(*span, *times, got.into(), Actual::Times, |_, n| format!("{name} {word} {n} times"));
            }
            Expectation::Place(board, place, span) => self.place(brought, *board, *place, *span),
            Expectation::Issued(reward, span) => {
                let name = self.program.rewards.at(*reward).name.clone();
                let issued = |o: &Outcome| match (&o.what, self.judged_by(o)) {
                    (What::Issued { reward: of, .. }, Some(by)) => by.rewards.at(*of).name == name,
                    _ => false,
                };
                if !brought.outcomes.iter().any(issued) {
                    self.fail(*span, format!("{name} issued"), "not issued".into(), Vec::new());
                }
            }
            Expectation::Offer(choice, state, span) => self.offer(brought, *choice, *state, *span),
            Expectation::Draw(draw, state, span) => self.entries(brought, *draw, *state, *span),
            Expectation::Of(member, expectation) => {
                let outcomes = brought.outcomes.iter().filter(|outcome| outcome.member == *member).cloned().collect();
                self.check(&Brought { outcomes, turned_away: brought.turned_away.clone() }, expectation, Some(member));
            }
            Expectation::Holds(condition, span) => {
                if let Some(member) = member {
                    self.condition(&member.clone(), condition, *span);
                }
            }
        }
    }

    /// Whether a unit of an outcome, in the version that brought it, is one of the program.
    fn is_unit(&self, outcome: &Outcome, of: UnitId, unit: UnitId) -> bool {
        let named = &self.program.units.at(unit);
        self.judged_by(outcome).is_some_and(|by| {
            let name = &by.units.at(of).name;
            *name == named.name || Some(name) == named.was.as_ref()
        })
    }

    /// The version that brought an outcome: identifiers in it are of that version.
    fn judged_by(&self, outcome: &Outcome) -> Option<&Program> {
        self.world.engine().version(outcome.version).map(|version| &*version.program)
    }

    /// How outcomes changed what a member owns of a unit, available and pending together, in steps.
    fn change(&self, outcomes: &[Outcome], unit: UnitId) -> i128 {
        let signed = |outcome: &Outcome| match &outcome.what {
            What::Posted { unit: of, from, to, amount, .. } if self.is_unit(outcome, *of, unit) => {
                match (from.is_own(), to.is_own()) {
                    (false, true) => *amount,
                    (true, false) => -*amount,
                    _ => 0,
                }
            }
            _ => 0,
        };
        outcomes.iter().map(signed).map(i128::from).sum()
    }

    fn same(
        &mut self,
        span: Span,
        expected: i64,
        got: i128,
        actual: impl FnOnce(i64) -> Actual,
        say: impl Fn(&Self, i64) -> String,
    ) {
        if i128::from(expected) == got {
            return;
        }
        match i64::try_from(got) {
            Ok(got) => {
                self.fail(span, say(self, expected), say(self, got), Vec::new());
                self.rewrite(update::amount(self.program, span, actual(got)));
            }
            // What several members have together may be more than one can have.
            Err(_) => self.fail(span, say(self, expected), "more than can be written".into(), Vec::new()),
        }
    }

    fn contains(&mut self, span: Span, what: &str, text: Option<&str>, said: &[String]) {
        let wanted = text.unwrap_or("");
        if !said.iter().any(|one| one.contains(wanted)) {
            let got = if said.is_empty() { format!("no {what}") } else { said.join("; ") };
            self.fail(
                span,
                if wanted.is_empty() { what.into() } else { format!("{what} \"{wanted}\"") },
                got,
                Vec::new(),
            );
            if let [only] = said {
                self.rewrite(update::text(self.program, span, only));
            }
        }
    }

    /// The member now, with everything due; a new one where nothing happened yet.
    fn state(&mut self, member: &Arc<str>) -> State {
        self.world.advance(None, &mut |outcome| (self.sink)(&outcome));
        let at = self.world.clock().unwrap_or(Instant::FIRST);
        let engine = self.world.engine();
        self.world
            .member(member)
            .map_or_else(|| engine.in_newest(&engine.state(member.clone(), at)), |state| engine.in_newest(state))
    }

    fn condition(&mut self, member: &Arc<str>, condition: &Expr, span: Span) {
        let state = self.state(member);
        let (engine, pots) = (self.world.engine(), self.world.pots(member));
        let holds = engine.evaluate(&state, &pots, condition);
        if holds == Ok(Value::Bool(true)) {
            return;
        }
        let got = match holds {
            Err(fault) => fault.to_string(),
            Ok(_) => engine.look(&state, |cx| Ok(words::values(condition, cx))).unwrap_or_default(),
        };
        let expected = self.program.sources.text(span).trim().to_string();
        let mut ask = |part: &Expr| self.world.engine().evaluate(&state, &pots, part).ok();
        let rewrites = update::condition(self.program, condition, &mut ask).unwrap_or_default();
        self.fail(span, expected, got, Vec::new());
        self.rewrite(rewrites);
    }

    fn fail(&mut self, span: Span, expected: String, got: String, why: Vec<String>) {
        self.failures.push(Failure { span, expected, got, why, rewrites: Vec::new() });
    }

    /// Says what to write so that the last failure is none.
    fn rewrite(&mut self, rewrites: Vec<Rewrite>) {
        if let Some(last) = self.failures.last_mut() {
            last.rewrites = rewrites;
        }
    }

    fn say(&self, unit: UnitId, steps: i64) -> String {
        words::quantity(self.program, unit, Exact::from(steps))
    }

    fn describe(&self, outcome: &Outcome) -> String {
        crate::explain::outcome(self.judged_by(outcome).unwrap_or(self.program), outcome)
    }

    fn why(&self, event: &str) -> Vec<String> {
        self.world.explain(event).map_or_else(Vec::new, |explained| crate::explain::steps(self.program, &explained))
    }
}
