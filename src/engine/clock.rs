//! The clock: what falls due between events, in the order of its due time (S4).

use crate::hir::{ChallengeId, EventKind, LadderId, MeasureId, Rhythm, RhythmDay, RuleId, Trigger, UnitId};
use crate::value::{Calendar, Day, Instant, PeriodKind, Value, occurrence_in};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::limit::Claims;
use super::outcome::{Cause, VoucherChange, What};
use super::purse::{Lot, Purse};

/// Something due. At one instant the order of the variants is the order of execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A streak is frozen, before anything can see it broken.
    Freeze(MeasureId),
    /// Conditions and measures turn by time alone.
    Turn,
    /// Pending lots become available.
    Release(UnitId),
    /// A birthday.
    Birthday,
    /// An anniversary of joining.
    Anniversary,
    /// A rule of the calendar or of absence.
    Rule(RuleId),
    /// A ladder.
    Ladder(LadderId),
    /// Lots lapse.
    Expire(UnitId),
    /// A voucher lapses.
    Voucher(u32),
    /// A challenge ends.
    Challenge(ChallengeId),
    /// The time of an offer ends.
    Offer(u32),
}

impl Fold<'_> {
    /// Lets everything happen that is due by a moment, in order.
    pub fn advance(&mut self, to: Instant) -> Result<(), Fault> {
        while let Some((at, due)) = self.next_due()
            && at <= to
        {
            if let Some(fault) = self.attempt(|fold| fold.step(at, due))? {
                self.step_barely(at, due)?;
                self.emit(Cause::Event, What::Failed(fault.to_string()));
            }
        }
        self.state.clock = self.state.clock.max(to);
        Ok(())
    }

    /// One thing that is due, and what follows from it.
    fn step(&mut self, at: Instant, due: Due) -> Result<(), Fault> {
        let missed = if matches!(due, Due::Freeze(_)) { self.freezes_at(at) } else { Vec::new() };
        // Time alone has moved what is looked at first at a moment: it was then as it is just before.
        let moves = matches!(due, Due::Freeze(_) | Due::Turn) && at > self.state.clock;
        let before = at.plus_millis(-1).filter(|_| moves).map(|before| self.moment(before));
        // What a reversal has brought forward, or was over before it began, is due at once: time never goes back.
        self.go_to(at.max(self.state.clock));
        self.state.clock = self.at.now;
        self.within = Claims::default();
        self.letters = 0;
        self.step = Some(due);
        self.before = self.tiers();
        if before.is_some() {
            self.note_prior(before)?;
            self.freeze(&missed)?;
        } else {
            self.freeze(&missed)?;
            self.note_prior(None)?;
        }
        self.perform(due)?;
        self.settle()
    }

    /// What a step of the clock is called where it must be told from others at the same moment.
    pub fn step_name(&self) -> &str {
        match self.step {
            Some(Due::Rule(id)) => &self.program.rules.at(id).name,
            Some(Due::Ladder(id)) => &self.program.ladders.at(id).name,
            Some(Due::Release(id) | Due::Expire(id)) => &self.program.units.at(id).name,
            Some(Due::Freeze(id)) => &self.program.measures.at(id).name,
            Some(Due::Turn) => "turn",
            Some(Due::Birthday) => "birthday",
            Some(Due::Anniversary) => "anniversary",
            Some(Due::Voucher(_)) => "voucher",
            Some(Due::Challenge(id)) => &self.program.challenges.at(id).name,
            Some(Due::Offer(_)) => "offer",
            None => "version",
        }
    }

    /// The thing itself where what follows from it cannot be judged: points lapse though a rule that hears of it fails. Where not even that
    /// can be done, the member's clock stands still until another version of the program is in force.
    fn step_barely(&mut self, at: Instant, due: Due) -> Result<(), Fault> {
        self.barely = true;
        let failed = self.attempt(|fold| fold.step(at, due));
        self.barely = false;
        if failed?.is_some() {
            self.go_to(at.max(self.state.clock));
            self.state.clock = self.at.now;
            self.state.halted = true;
        }
        Ok(())
    }

    /// Lets tiers follow from what the member already has, where a version of the program has just come into force.
    pub fn take_over(&mut self) -> Result<(), Fault> {
        let failed = self.attempt(|fold| {
            fold.go_to(fold.state.clock);
            fold.before = fold.tiers();
            fold.note_prior(None)?;
            fold.settle()
        })?;
        if let Some(fault) = failed {
            self.emit(Cause::Event, What::Failed(fault.to_string()));
        }
        Ok(())
    }

    /// When something is next due for this member.
    pub fn due_at(&mut self) -> Option<Instant> {
        self.next_due().map(|(at, _)| at)
    }

    /// What is next due. What would lie beyond the calendar never falls due.
    fn next_due(&mut self) -> Option<(Instant, Due)> {
        if self.state.halted {
            return None;
        }
        self.state.units.iter_mut().for_each(Purse::look);
        let is_here = self.state.joined.is_some() && !self.state.left;
        let rule = if is_here { self.next_rule() } else { None };
        let mut next: Option<(Instant, Due)> = None;
        let mut offer = |at: Option<Instant>, due: Due| {
            if let Some(at) = at
                && next.is_none_or(|best| (at, due) < best)
            {
                next = Some((at, due));
            }
        };
        for (unit, purse) in self.state.units.pairs() {
            offer(purse.next_ready(), Due::Release(unit));
            if purse.is_in_order() && self.program.units.at(unit).keeps_while.is_none() {
                offer(purse.lots.first().and_then(|lot| self.lapses(lot)), Due::Expire(unit));
                continue;
            }
            let lapses = purse.lots.iter().filter_map(|lot| self.lapses(lot));
            // What was kept when it was due is looked at again when something changes.
            let kept = |at: &Instant| {
                self.program.units.at(unit).keeps_while.is_some() && purse.checked.is_some_and(|checked| *at <= checked)
            };
            offer(lapses.filter(|at| !kept(at)).min(), Due::Expire(unit));
        }
        for unit in self.program.units.ids() {
            offer(self.unkept_due(unit).ok().flatten(), Due::Expire(unit));
        }
        if is_here {
            offer(self.birthday(), Due::Birthday);
            offer(self.anniversary(), Due::Anniversary);
        }
        if let Some((at, id)) = rule {
            offer(Some(at), Due::Rule(id));
        }
        for &id in &self.version.listeners.frozen {
            offer(self.freeze_due(id).ok().flatten(), Due::Freeze(id));
        }
        offer(self.turn_due().ok().flatten(), Due::Turn);
        for id in self.program.ladders.ids() {
            offer(self.tier_due(id).ok().flatten(), Due::Ladder(id));
        }
        for id in self.program.challenges.ids() {
            offer(self.challenge_due(id), Due::Challenge(id));
        }
        if let Some((at, number)) = self.state.vouchers.next_to_lapse() {
            offer(Some(at), Due::Voucher(number));
        }
        for open in self.state.offers.iter().filter(|open| open.closed.is_none()) {
            offer(open.until, Due::Offer(open.number));
        }
        next
    }

    /// When the condition that keeps overdue lots of a unit may next turn without an event.
    fn unkept_due(&mut self, unit: UnitId) -> Result<Option<Instant>, Fault> {
        let purse = self.state.units.at(unit);
        let version = self.version;
        let (Some(keeps), Some(checked)) = (version.listeners.of_kept(unit), purse.checked) else {
            return Ok(None);
        };
        let overdue = |lot: &Lot| self.lapses(lot).is_some_and(|at| at <= checked);
        if !purse.lots.iter().any(overdue) {
            return Ok(None);
        }
        self.turn(keeps, checked)
    }

    fn perform(&mut self, due: Due) -> Result<(), Fault> {
        match due {
            // It is frozen already.
            Due::Freeze(_) | Due::Turn => {
                self.state.ladders.iter_mut().for_each(|held| held.settled.0 = false);
                Ok(())
            }
            Due::Release(unit) => self.release(unit, None),
            Due::Expire(unit) => self.lapse(unit),
            Due::Ladder(id) => self.turn_ladder(id),
            Due::Challenge(id) => {
                self.end_challenges(id);
                Ok(())
            }
            Due::Rule(id) => self.scheduled(id),
            Due::Birthday => {
                self.state.birthday_year = Some(self.at.today.ymd().0);
                self.own_event(EventKind::Birthday)
            }
            Due::Anniversary => self.own_event(EventKind::Anniversary),
            Due::Offer(number) => self.end_offer(number),
            Due::Voucher(number) => {
                if let Some(voucher) = self.state.vouchers.get_mut(number) {
                    voucher.closed = Some(VoucherChange::Expired);
                    let reward = voucher.reward;
                    self.emit(
                        Cause::Reward(reward),
                        What::Voucher { reward, voucher: number, change: VoucherChange::Expired },
                    );
                }
                Ok(())
            }
        }
    }

    /// Lots of a unit lapse, and rules hear of it.
    pub fn lapse(&mut self, unit: UnitId) -> Result<(), Fault> {
        self.state.units.at_mut(unit).checked = Some(self.at.now);
        let lapsed = self.expire(unit)?;
        if lapsed == 0 {
            return Ok(());
        }
        self.expired = lapsed;
        for (id, rule) in self.program.rules.pairs() {
            if matches!(rule.trigger, Trigger::Expires(of) if of == unit) {
                self.fire(id, View::default())?;
            }
        }
        self.expired = 0;
        Ok(())
    }

    /// An event that the clock makes: earns and rules hear of it, measures count it.
    fn own_event(&mut self, kind: EventKind) -> Result<(), Fault> {
        let Some(id) = kind.id() else { return Ok(()) };
        let fields =
            self.program.events.at(id).fields.iter().map(|field| field.default.clone().unwrap_or_default()).collect();
        let name = &self.program.events.at(id).name;
        let event = super::event::Event {
            id: format!("{name}-{}-{}", self.state.member, self.at.today).into(),
            member: self.state.member.clone(),
            kind: id,
            time: self.at.now,
            sequence: 0,
            sent_by: None,
            foreign: Default::default(),
            fields,
        };
        self.event = Some(event.into());
        let judged = self.judge_recorded();
        self.event = None;
        judged
    }

    /// The next birthday that was not yet: at the start of its day, once a calendar year (S6).
    fn birthday(&self) -> Option<Instant> {
        let id = self.program.attributes.find(|attribute| &*attribute.name == "birthday")?;
        let Some(Value::Day(born)) = self.state.attributes.get(id) else { return None };
        let (_, month, day) = born.ymd();
        self.yearly(month, day, self.state.birthday_year)
    }

    fn anniversary(&self) -> Option<Instant> {
        let joined = self.state.joined_day(&self.calendar.zone)?;
        let (year, month, day) = joined.ymd();
        let kind = EventKind::Anniversary.id()?;
        let last = self.state.last.get(kind).copied().flatten().map(|at| self.calendar.zone.day_of(at).ymd().0);
        self.yearly(month, day, Some(last.unwrap_or(year)))
    }

    /// The next such day of a year that does not lie before the clock, in a year after `done`.
    fn yearly(&self, month: u8, day: u8, done: Option<i32>) -> Option<Instant> {
        let year = self.calendar.zone.day_of(self.state.clock).ymd().0;
        let rule = self.program.settings.leap_day;
        (year..=year + 2)
            .filter(|year| done.is_none_or(|done| *year > done))
            .filter_map(|year| occurrence_in(year, month, day, rule))
            .map(|day| self.calendar.zone.start_of(day))
            .find(|at| *at >= self.state.clock)
    }

    /// When a rule of the clock is next due.
    pub fn rule_due(&self, id: RuleId) -> Option<(Instant, RuleId)> {
        self.beat_of(id).ok().flatten().map(|at| (at, id))
    }

    fn beat_of(&self, id: RuleId) -> Result<Option<Instant>, Fault> {
        let fired = self.state.firings.at(id).fired_for;
        Ok(match &self.program.rules.at(id).trigger {
            Trigger::Every(rhythm) => {
                // Beats of while the member was away, or the rule was not yet there, have passed.
                let after = fired.or(self.state.joined).unwrap_or(self.state.clock).max(self.just_before());
                let joined = self.state.joined_day(&self.calendar.zone);
                Some(next_beat(&self.calendar, joined, rhythm, after)?)
            }
            Trigger::After { span, event, .. } => {
                let anchor = match event {
                    Some(event) => self.state.last.get(*event).copied().flatten(),
                    None => self.state.joined,
                };
                let open = anchor.filter(|anchor| fired.is_none_or(|fired| fired < *anchor));
                let due = open.map(|anchor| self.end_after(anchor, *span, None)).transpose()?;
                due.filter(|at| *at > self.just_before())
            }
            _ => None,
        })
    }

    /// The last moment before the clock's: what is due now may still happen, what was due before has.
    pub fn just_before(&self) -> Instant {
        self.state.clock.plus_millis(-1).unwrap_or(self.state.clock)
    }

    fn scheduled(&mut self, id: RuleId) -> Result<(), Fault> {
        let rule = self.program.rules.at(id);
        let now = self.at.now;
        if let Trigger::After { event, unless, .. } = &rule.trigger {
            let last = |event: crate::hir::EventId| self.state.last.get(event).copied().flatten();
            let anchor = event.map_or(self.state.joined, last);
            self.state.firings.at_mut(id).fired_for = anchor;
            let came = unless.and_then(last).is_some_and(|came| anchor.is_none_or(|anchor| came >= anchor));
            if came {
                return Ok(());
            }
        } else {
            self.state.firings.at_mut(id).fired_for = Some(now);
        }
        self.fire(id, View::default()).map(drop)
    }
}

/// The first beat of a rhythm strictly after a moment, in a calendar.
pub fn next_beat(calendar: &Calendar, joined: Option<Day>, rhythm: &Rhythm, after: Instant) -> Result<Instant, Fault> {
    let mut period = calendar.period_of(rhythm.period, calendar.zone.day_of(after), joined);
    loop {
        if let Some(day) = beat_day(rhythm, period.start, period.end) {
            let at = calendar.zone.at(day, rhythm.time);
            if at > after {
                return Ok(at);
            }
        }
        let next = calendar.period_of(rhythm.period, period.end, joined);
        if next.start <= period.start {
            return Err(Fault::Calendar);
        }
        period = next;
    }
}

/// The day of a rhythm in a period, where it has one.
fn beat_day(rhythm: &Rhythm, start: Day, end: Day) -> Option<Day> {
    let last = end.plus_days(-1)?;
    match rhythm.day {
        RhythmDay::Nth(n) => Some(start.plus_days(i32::from(n) - 1)?.min(last)),
        RhythmDay::Last => Some(last),
        RhythmDay::Weekday(weekday) => (0..7).filter_map(|i| start.plus_days(i)).find(|day| day.weekday() == weekday),
        RhythmDay::Date(month, day) => {
            let year = if rhythm.period == PeriodKind::Year { start.ymd().0 } else { last.ymd().0 };
            let of = |year: i32| {
                let first = Day::from_ymd(year, month, 1)?;
                Some(Day::from_ymd(year, month, day).unwrap_or_else(|| first.end_of_month()))
            };
            of(year).filter(|day| rhythm.period != PeriodKind::Year || *day >= start).or_else(|| of(year + 1))
        }
    }
}
