//! The engine: versions of a program, ready to judge.

use std::sync::Arc;

use crate::hir::{Draw, DrawId, Expr, Program};
use crate::value::{Instant, Value};

use super::context::Cx;
use super::event::Event;
use super::fault::Fault;
use super::fold::Fold;
use super::judge::Judge;
use super::lottery::Seed;
use super::mail::Letter;
use super::migrate::{migrate, migrate_pots, recast};
use super::outcome::{Cause, Outcome, TraceStep, What};
use super::pots::Pots;
use super::purse::Lot;
use super::state::State;
use super::version::Version;

/// Versions of one program in the order in which they come into force. It holds no state: one engine serves any number of members and
/// threads.
#[derive(Clone)]
pub struct Engine {
    versions: Vec<Version>,
}

impl Engine {
    /// An engine over versions in order, each with its way to compute expressions. There must be at least one.
    pub fn new(versions: impl IntoIterator<Item = (Arc<Program>, Arc<dyn Judge>)>) -> Self {
        let mut versions: Vec<Version> =
            versions.into_iter().map(|(program, judge)| Version::new(program, judge)).collect();
        versions.sort_by_key(|version| version.from);
        Self { versions }
    }

    /// An engine that walks the programs: the reference.
    pub fn reference(programs: &[Arc<Program>]) -> Self {
        Self::new(
            programs.iter().map(|program| (program.clone(), Arc::new(super::reference::Reference) as Arc<dyn Judge>)),
        )
    }

    /// The same with the secret seeds of draws: each belongs to the draws that are committed to it.
    #[must_use]
    pub fn with_seeds(self, seeds: &[Seed]) -> Self {
        self.seeded(|draw| seeds.iter().find(|seed| seed.commitment() == draw.commitment).cloned())
    }

    /// The same with the seed of scenarios for all draws, whatever they are committed to.
    #[must_use]
    pub fn with_test_seed(self) -> Self {
        self.seeded(|_| Some(Seed::of_scenarios()))
    }

    fn seeded(mut self, seed: impl Fn(&Draw) -> Option<Seed>) -> Self {
        for version in &mut self.versions {
            let seeds = version.program.draws.pairs().filter_map(|(id, draw)| Some((id, seed(draw)?)));
            version.seeds = Arc::new(seeds.collect());
        }
        self
    }

    /// Draws of any version whose seed is not at hand.
    pub fn unseeded(&self) -> impl Iterator<Item = &Draw> {
        let draws = |version: &'_ Version| {
            let seeds = version.seeds.clone();
            move |id: &DrawId| !seeds.contains_key(id)
        };
        self.versions.iter().flat_map(move |version| {
            let without = draws(version);
            version.program.draws.pairs().filter(move |(id, _)| without(id)).map(|(_, draw)| draw)
        })
    }

    /// All versions in order.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The version in force at a moment, by position; the first before any came into force (S40).
    pub fn version_at(&self, at: Instant) -> u32 {
        let count = self.versions.partition_point(|version| version.from <= at);
        u32::try_from(count.saturating_sub(1)).unwrap_or(0)
    }

    /// The version of a position.
    pub fn version(&self, position: u32) -> Option<&Version> {
        self.versions.get(position as usize)
    }

    /// The newest version.
    pub fn newest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// An event, read as the newest version declares it, in terms of the version in force at its time. The error is a reason in plain words.
    pub fn fit(&self, event: Event) -> Result<Event, String> {
        let (Some(newest), Some(version)) = (self.newest(), self.version(self.version_at(event.time))) else {
            return Ok(event);
        };
        if Arc::ptr_eq(&newest.program, &version.program) {
            return Ok(event);
        }
        let name = newest.program.events.get(event.kind).map_or_else(String::new, |kind| kind.name.to_string());
        recast(event, &newest.outline, &version.program).ok_or_else(|| {
            format!("the version of the program in force at the time of the event has no event `{name}`")
        })
    }

    /// A member of whom nothing is known yet, at the moment of the first event.
    pub fn state(&self, member: Arc<str>, at: Instant) -> State {
        let version = self.version_at(at);
        match self.version(version) {
            Some(found) => State::new(&found.program, version, member, at),
            None => State::empty(member, at),
        }
    }

    /// Lets everything happen that is due for a member by a moment, versions changing on the way. A careful engine reports what cannot be
    /// judged among the outcomes and goes on; else that is a fault, and state and pots are to be discarded.
    pub fn advance(&self, at: &mut At<'_>, to: Instant) -> Result<(), Fault> {
        self.change_versions(at, to)?;
        match self.version(at.state.version) {
            Some(version) => at.fold(version).advance(to),
            None => Ok(()),
        }
    }

    /// Brings a member to the version in force at a moment; what was due before it came into force happens first.
    fn change_versions(&self, at: &mut At<'_>, to: Instant) -> Result<(), Fault> {
        while let (Some(version), Some(next)) = (self.version(at.state.version), self.version(at.state.version + 1)) {
            if next.from > to {
                break;
            }
            at.fold(version).advance(next.from)?;
            *at.state = migrate(at.state, &version.outline, next, at.state.version + 1);
            self.bring_pots(at.pots, at.state.version);
            at.fold(next).take_over()?;
        }
        Ok(())
    }

    /// Lets what members share be in terms of a version.
    pub fn bring_pots(&self, pots: &mut Pots, version: u32) {
        while pots.version < version {
            let (Some(old), Some(next)) = (self.version(pots.version), self.version(pots.version + 1)) else { return };
            *pots = migrate_pots(pots, &old.outline, next, pots.version + 1);
        }
    }

    /// When something is next due for a member.
    pub fn due(&self, state: &mut State, pots: &mut Pots) -> Option<Instant> {
        let version = self.version(state.version)?;
        let due = Fold::new(version, state, pots, &mut Vec::new()).due_at();
        let change = self.version(state.version + 1).map(|next| next.from);
        due.into_iter().chain(change).min()
    }

    /// Judges one event of one member, whose clock is at the moment of the event or before it.
    pub fn judge(&self, at: &mut At<'_>, event: &Arc<Event>, trace: Option<&mut Vec<TraceStep>>) -> Result<(), Fault> {
        self.change_versions(at, event.time)?;
        let Some(version) = self.version(at.state.version) else { return Ok(()) };
        self.bring_pots(at.pots, at.state.version);
        let mut fold = at.fold(version);
        fold.advance(event.time)?;
        fold.step = None;
        fold.trace = trace;
        fold.judge(event)
    }

    /// Delivers a letter to its addressee.
    pub fn deliver(&self, at: &mut At<'_>, letter: &Letter) -> Result<(), Fault> {
        self.advance(at, letter.at)?;
        let Some(version) = self.version(at.state.version) else { return Ok(()) };
        let mut fold = at.fold(version);
        if let Some(fault) = fold.attempt(|fold| fold.receive(letter))? {
            fold.go_to(letter.at);
            fold.emit(Cause::Event, What::Failed(fault.to_string()));
        }
        Ok(())
    }

    /// A member as the newest version will see it: what that one does not know is left out.
    pub fn in_newest(&self, state: &State) -> State {
        let newest = u32::try_from(self.versions.len().saturating_sub(1)).unwrap_or(0);
        match (self.version(state.version), self.newest()) {
            (Some(version), Some(to)) if state.version != newest => migrate(state, &version.outline, to, newest),
            _ => state.clone(),
        }
    }

    /// The value of an expression for a member at the moment up to which the member's clock has come.
    pub fn evaluate(&self, state: &State, pots: &Pots, expr: &Expr) -> Result<Value, Fault> {
        self.look(state, |cx| cx.judge.value(expr, &Cx { pots: Some(pots), ..*cx }))
    }

    /// Looks at a member the way that expressions do.
    pub fn look<T>(&self, state: &State, see: impl FnOnce(&Cx<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let version = self.version(state.version).ok_or(Fault::Type)?;
        see(&Cx::of_member(version, state, &version.calendar_of(state)))
    }

    /// When a lot of a member lapses as things stand.
    pub fn lapses(&self, state: &State, lot: &Lot) -> Option<Instant> {
        self.look(state, |cx| Ok(cx.lapses(lot))).ok().flatten()
    }

    /// Judges one event of one member: a service's call. It costs the same however many events came before. What cannot be judged is an outcome,
    /// and leaves no other trace. For programs whose members meet, give the same `pots` to every call, call in order of time, and hand each
    /// letter of [`Pots::mail`] to [`Engine::deliver`] with the state of its addressee; others never touch them.
    ///
    /// # Errors
    /// [`Fault::Late`] for an event older than the member's clock; nothing is changed.
    pub fn apply(&self, state: &mut State, pots: &mut Pots, event: &Event) -> Result<Vec<Outcome>, Fault> {
        if event.time < state.clock {
            return Err(Fault::Late);
        }
        let mut out = Vec::new();
        self.judge(&mut At { state, pots, out: &mut out, careful: true }, &Arc::new(event.clone()), None)?;
        Ok(out)
    }
}

/// A member, what members share, and where outcomes go.
pub struct At<'a> {
    /// The member.
    pub state: &'a mut State,
    /// What all members share.
    pub pots: &'a mut Pots,
    /// Where outcomes go.
    pub out: &'a mut Vec<Outcome>,
    /// Whether what cannot be judged is undone and reported, at the price of a copy of the member before each step; what grows with its history
    /// is shared by both.
    pub careful: bool,
}

impl At<'_> {
    fn fold<'f>(&'f mut self, version: &'f Version) -> Fold<'f> {
        let mut fold = Fold::new(version, self.state, self.pots, self.out);
        fold.careful = self.careful;
        fold
    }
}
