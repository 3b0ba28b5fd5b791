//! All members of a plan, shared out among threads that also read.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::engine::Arrival;

use super::judge::Odd;
use super::members::{MemberStanding, Members, Share, Standing};
use super::names::Names;
use super::plan::Plan;
use super::prints::Prints;
use super::read::{Batch, Reading};
use super::roster::Roster;
use super::rows::Block;
use super::seen::Seen;
use super::store::Told;

/// How many batches are on their way at once for each thread.
const AHEAD: usize = 4;

/// What became of events that were not accepted, by their place in their batch.
pub type Away = Vec<(u32, Arrival)>;

/// Who is told of each batch that is done.
type Report<'r> = dyn FnMut(&mut Batch, &Away) + 'r;

/// What is done about events that come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// Each event is looked up among all that came, and changes nothing if it is there.
    Expected,
    /// None is thought to come again: a run that finds in the end that one did is [`AGAIN`] to be run.
    Unexpected,
}

/// An event came again in a run that expected none.
pub const AGAIN: Odd = Odd("an event that came before");

/// All members of a plan. Every thread has a share of them, and whoever has nothing to judge reads.
pub struct Crew {
    desk: Mutex<Desk>,
    shares: Vec<Mutex<Members>>,
    plan: Arc<Plan>,
}

/// Where all events pass in order.
struct Desk {
    names: Names,
    /// Their texts, where somebody asks for them.
    roster: Option<Roster>,
    earlier: Earlier,
}

/// What came before.
enum Earlier {
    Known(Box<Seen>),
    Kept(Prints),
}

impl Desk {
    fn new(repeats: Repeats) -> Self {
        let earlier = match repeats {
            Repeats::Expected => Earlier::Known(Box::default()),
            Repeats::Unexpected => Earlier::Kept(Prints::default()),
        };
        Self { names: Names::default(), roster: None, earlier }
    }

    /// Puts a block in order, finds its members, and says what came before.
    fn pass(&mut self, block: &mut Block) -> Result<(), Odd> {
        block.order();
        block.number(&mut self.names);
        if let Some(roster) = &mut self.roster {
            block.rows.iter().for_each(|row| roster.keep(row.member, block.member(row)));
        }
        match &mut self.earlier {
            Earlier::Known(seen) => seen.check(block),
            Earlier::Kept(prints) => {
                if prints.add(block.rows.iter().map(|row| row.print)) {
                    return Err(AGAIN);
                }
            }
        }
        Ok(())
    }

    /// Whether everything was as expected.
    fn close(&self) -> Result<(), Odd> {
        match &self.earlier {
            Earlier::Kept(prints) if prints.any_twice() => Err(AGAIN),
            _ => Ok(()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn own<T>(mutex: &mut Mutex<T>) -> &mut T {
    mutex.get_mut().unwrap_or_else(PoisonError::into_inner)
}

impl Crew {
    /// Nobody yet, for so many threads.
    pub fn new(plan: &Arc<Plan>, threads: usize, repeats: Repeats) -> Self {
        let threads = u32::try_from(threads.max(1)).unwrap_or(1);
        let shares =
            (0..threads).map(|own| Mutex::new(Members::new(plan.clone(), Share { own, of: threads }))).collect();
        Self { desk: Mutex::new(Desk::new(repeats)), shares, plan: plan.clone() }
    }

    /// The same, but that it knows the names of members afterwards ([`Crew::each_member`]).
    pub fn keeping_names(mut self) -> Self {
        own(&mut self.desk).roster = Some(Roster::default());
        self
    }

    /// Judges a block of events; returns what became of those that were not accepted.
    ///
    /// # Errors
    /// [`Odd`] where only the fold can tell; nothing of what is here holds then.
    pub fn judge(&mut self, block: &mut Block) -> Result<Away, Odd> {
        own(&mut self.desk).pass(block)?;
        let mut away = Away::new();
        for members in &mut self.shares {
            away.append(&mut own(members).judge(block)?);
        }
        away.sort_by_key(|(place, _)| *place);
        Ok(away)
    }

    /// Reads and judges everything, and reports each batch in order.
    ///
    /// # Errors
    /// [`Odd`] as [`Crew::judge`].
    pub fn run(&mut self, reading: Reading<'_>, report: &mut Report<'_>) -> Result<(), Odd> {
        if self.shares.len() == 1 {
            let (mut reading, mut batch) = (reading, Batch::default());
            while {
                let more = reading.fill(&mut batch)?;
                let away = self.judge(&mut batch.block)?;
                report(&mut batch, &away);
                more
            } {}
            return own(&mut self.desk).close();
        }
        let floor = Floor {
            reading: Mutex::new(reading),
            crew: self,
            belt: Mutex::new(Belt::new(self.shares.len())),
            moved: Condvar::new(),
        };
        std::thread::scope(|scope| {
            for thread in 1..self.shares.len() {
                let floor = &floor;
                scope.spawn(move || floor.work(thread, None));
            }
            floor.work(0, Some(report));
        });
        let belt = lock(&floor.belt);
        belt.odd.map_or_else(|| lock(&self.desk).close(), Err)
    }

    /// Moves the clock of all members: to a moment, or to the newest event where that is later.
    ///
    /// # Errors
    /// [`Odd`] as [`Crew::judge`].
    pub fn advance(&mut self, to: Option<i64>) -> Result<(), Odd> {
        let newest = self.shares.iter_mut().filter_map(|members| own(members).newest()).max();
        let Some(to) = to.max(newest) else { return Ok(()) };
        std::thread::scope(|scope| {
            let all = self.shares.iter_mut().map(|members| scope.spawn(move || own(members).advance(to)));
            let all: Vec<_> = all.collect();
            all.into_iter().try_for_each(|done| done.join().unwrap_or(Err(Odd("a thread that came to no end"))))
        })
    }

    /// What was told, by all.
    pub fn told(&mut self) -> Told {
        let mut told = Told::new(self.plan.units.len(), self.plan.rewards);
        self.shares.iter_mut().for_each(|members| told.add(own(members).told()));
        told
    }

    /// Tells where each member stands, in the order of their names; of nobody, unless names are kept.
    ///
    /// # Errors
    /// What `tell` says.
    pub fn each_member<E>(&mut self, mut tell: impl FnMut(MemberStanding<'_>) -> Result<(), E>) -> Result<(), E> {
        let Self { desk, shares, .. } = self;
        let Some(roster) = &own(desk).roster else { return Ok(()) };
        let (mut balances, mut tiers) = (Vec::new(), Vec::new());
        for number in roster.in_order() {
            let stands = shares.iter_mut().any(|members| own(members).stand_of(number, &mut balances, &mut tiers));
            if stands {
                tell(MemberStanding { member: roster.name(number), balances: &balances, tiers: &tiers })?;
            }
        }
        Ok(())
    }

    /// Where all members stand.
    pub fn standing(&mut self) -> Standing {
        let plan = &self.plan;
        let tiers = plan.ladders.iter().map(|ladder| vec![0; ladder.reach.len() + 1]).collect();
        let mut standing = Standing { members: 0, outstanding: vec![0; plan.units.len()], tiers };
        self.shares.iter_mut().for_each(|members| own(members).stand(&mut standing));
        standing
    }
}

/// What a thread can do next.
enum Job {
    /// Read a batch.
    Read(Batch),
    /// Let a batch pass the desk.
    Pass(Batch),
    /// Judge the events of one share of the members.
    Judge(usize, Arc<Batch>),
    /// Report a batch that is done.
    Report(Batch, Away),
}

/// Batches on their way.
struct Belt {
    /// Those that were read, the oldest first.
    read: VecDeque<Batch>,
    /// Those that are being judged, the oldest first: by how many, and what became of events so far.
    passed: VecDeque<(Arc<Batch>, usize, Away)>,
    /// How many batches left `passed`.
    gone: usize,
    /// By share: how many batches it has judged, and whether it is judging.
    judged: Vec<(usize, bool)>,
    /// Those that are done.
    done: VecDeque<(Batch, Away)>,
    /// Those that can be filled again.
    empty: Vec<Batch>,
    /// How many are on their way.
    under_way: usize,
    reading: bool,
    passing: bool,
    /// Whether everything was read.
    ended: bool,
    odd: Option<Odd>,
}

impl Belt {
    fn new(shares: usize) -> Self {
        Self {
            read: VecDeque::new(),
            passed: VecDeque::new(),
            gone: 0,
            judged: vec![(0, false); shares],
            done: VecDeque::new(),
            empty: Vec::new(),
            under_way: 0,
            reading: false,
            passing: false,
            ended: false,
            odd: None,
        }
    }

    fn is_over(&self) -> bool {
        self.odd.is_some() || (self.ended && self.under_way == 0)
    }

    /// The best thing to do for a thread: its own share first, then what others will need.
    fn job(&mut self, thread: usize, reports: bool) -> Option<Job> {
        if reports && let Some((batch, away)) = self.done.pop_front() {
            return Some(Job::Report(batch, away));
        }
        let shares = self.judged.len();
        for share in (0..shares).map(|step| (thread + step) % shares) {
            let (judged, busy) = self.judged.get_mut(share)?;
            if !*busy && let Some((batch, ..)) = self.passed.get(*judged - self.gone) {
                *busy = true;
                return Some(Job::Judge(share, Arc::clone(batch)));
            }
        }
        if !self.passing
            && let Some(batch) = self.read.pop_front()
        {
            self.passing = true;
            return Some(Job::Pass(batch));
        }
        if !self.reading && !self.ended && self.under_way < AHEAD * shares {
            self.reading = true;
            self.under_way += 1;
            return Some(Job::Read(self.empty.pop().unwrap_or_default()));
        }
        None
    }

    fn has_read(&mut self, batch: Batch, more: Result<bool, Odd>) {
        self.reading = false;
        match more {
            Ok(more) => {
                self.ended = !more;
                self.read.push_back(batch);
            }
            Err(odd) => self.odd = Some(odd),
        }
    }

    fn has_passed(&mut self, batch: Batch, passed: Result<(), Odd>) {
        self.passing = false;
        match passed {
            Ok(()) => self.passed.push_back((Arc::new(batch), 0, Away::new())),
            Err(odd) => self.odd = Some(odd),
        }
    }

    fn has_judged(&mut self, share: usize, away: Result<Away, Odd>) {
        let Some((judged, busy)) = self.judged.get_mut(share) else { return };
        *busy = false;
        let at = *judged - self.gone;
        *judged += 1;
        match (away, self.passed.get_mut(at)) {
            (Ok(mut away), Some((_, shares, all))) => {
                *shares += 1;
                all.append(&mut away);
            }
            (Err(odd), _) => self.odd = Some(odd),
            (Ok(_), None) => {}
        }
        while self.passed.front().is_some_and(|(_, shares, _)| *shares == self.judged.len()) {
            let Some((batch, _, mut away)) = self.passed.pop_front() else { break };
            self.gone += 1;
            away.sort_by_key(|(place, _)| *place);
            if let Some(batch) = Arc::into_inner(batch) {
                self.done.push_back((batch, away));
            }
        }
    }
}

/// Where threads meet.
struct Floor<'f, 'p> {
    reading: Mutex<Reading<'p>>,
    crew: &'f Crew,
    belt: Mutex<Belt>,
    moved: Condvar,
}

impl Floor<'_, '_> {
    /// Does whatever can be done until nothing is left.
    fn work(&self, thread: usize, mut report: Option<&mut Report<'_>>) {
        let mut belt = lock(&self.belt);
        while !belt.is_over() {
            let Some(job) = belt.job(thread, report.is_some()) else {
                belt = self.moved.wait(belt).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(belt);
            belt = self.perform(job, report.as_deref_mut());
            self.moved.notify_all();
        }
        self.moved.notify_all();
    }

    fn perform(&self, job: Job, report: Option<&mut Report<'_>>) -> MutexGuard<'_, Belt> {
        match job {
            Job::Read(mut batch) => {
                let more = lock(&self.reading).fill(&mut batch);
                let mut belt = lock(&self.belt);
                belt.has_read(batch, more);
                belt
            }
            Job::Pass(mut batch) => {
                let passed = lock(&self.crew.desk).pass(&mut batch.block);
                let mut belt = lock(&self.belt);
                belt.has_passed(batch, passed);
                belt
            }
            Job::Judge(share, batch) => {
                let judged = self.crew.shares.get(share).map(|members| lock(members).judge(&batch.block));
                // Nobody holds the batch when the last share is done with it.
                drop(batch);
                let mut belt = lock(&self.belt);
                belt.has_judged(share, judged.unwrap_or_else(|| Ok(Away::new())));
                belt
            }
            Job::Report(mut batch, away) => {
                if let Some(report) = report {
                    report(&mut batch, &away);
                }
                let mut belt = lock(&self.belt);
                belt.empty.push(batch);
                belt.under_way -= 1;
                belt
            }
        }
    }
}
