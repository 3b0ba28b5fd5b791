//! Work on one shard of members. Jobs do not depend on each other.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::value::Instant;

use super::driver::Engine;
use super::event::Event;
use super::naming::Aliases;
use super::outcome::Outcome;
use super::shards::Shard;

/// Work on the groups of one shard.
pub struct Job {
    pub(super) engine: Engine,
    pub(super) together: bool,
    pub(super) aliases: Arc<Aliases>,
    pub(super) work: Work,
    /// The place of the shard.
    pub(super) place: usize,
    pub(super) shard: Shard,
    /// What happened, in the order of [`turn`].
    pub(super) out: Vec<Outcome>,
    /// Events that can come no more.
    pub(super) let_go: Vec<Arc<str>>,
}

/// What is to be done.
pub enum Work {
    /// Judge events.
    Judge(Vec<Batch>),
    /// Move the clock.
    Advance(Instant),
    /// Nothing any more.
    Done,
}

/// Events of one group, in order.
pub struct Batch {
    /// The group.
    pub key: Arc<str>,
    /// Its events.
    pub events: Vec<Arc<Event>>,
    /// Nothing will come before that moment, if there is one: what lies before it can be let go.
    pub seal: Option<Instant>,
}

/// Whose turn it is to be told: outcomes come in order of time, those of one moment in order of members. Where members meet, one group
/// brings them all, in order.
pub fn turn(together: bool, a: &Outcome, b: &Outcome) -> Ordering {
    let by_time = a.time.cmp(&b.time);
    if together { by_time } else { by_time.then_with(|| a.member.cmp(&b.member)) }
}

impl Job {
    /// Does the work.
    #[must_use]
    pub fn run(mut self) -> Self {
        let Self { engine, together, aliases, work, shard, out, let_go, .. } = &mut self;
        match std::mem::replace(work, Work::Done) {
            Work::Judge(batches) => {
                // So that it is moved seldom: each brings about two.
                out.reserve(batches.iter().map(|batch| 2 * batch.events.len()).sum());
                for Batch { key, events, seal } in batches {
                    let group = shard.entry(key).or_default();
                    group.know(aliases);
                    let_go.extend(group.submit(engine, events, seal, *together, out));
                    if let Some(horizon) = seal {
                        let_go.extend(group.seal(engine, horizon, *together));
                    }
                }
            }
            Work::Advance(to) => {
                shard.values_mut().for_each(|group| group.advance(engine, to, *together, out));
            }
            Work::Done => {}
        }
        order(out, *together);
        self
    }
}

/// Puts outcomes in the order of [`turn`]; those whose turn is the same stay as they are. Each is moved once: they are large.
fn order(out: &mut Vec<Outcome>, together: bool) {
    if out.is_sorted_by(|a, b| turn(together, a, b).is_le()) {
        return;
    }
    let mut places: Vec<(Instant, usize)> = out.iter().enumerate().map(|(place, one)| (one.time, place)).collect();
    let of = |place: usize| out.get(place).filter(|_| !together).map(|one| &one.member);
    places.sort_unstable_by(|(a, one), (b, other)| {
        a.cmp(b).then_with(|| of(*one).cmp(&of(*other))).then_with(|| one.cmp(other))
    });
    let mut told: Vec<Option<Outcome>> = std::mem::take(out).into_iter().map(Some).collect();
    out.reserve_exact(places.len());
    out.extend(places.into_iter().filter_map(|(_, place)| told.get_mut(place)?.take()));
}
