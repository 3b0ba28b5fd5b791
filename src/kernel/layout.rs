//! Where a member keeps what: a row of cells, the same for all members of a program.

use crate::arena::Arena;
use crate::hir::{BadgeId, EventId, LadderId, LimitId, MeasureId, RuleId, UnitId};

use super::queues::EMPTY;

/// When the member joined, or was first seen; [`NEVER`] before.
pub const JOINED: usize = 0;
/// The newest event.
pub const NEWEST: usize = 1;
/// Nothing is due before that.
pub const DUE: usize = 2;
/// Whether the member left: 1 if so.
pub const LEFT: usize = 3;
/// No tier falls by itself before that.
pub const TURN: usize = 4;

/// The turn in which the newest event is judged.
pub const LAST_TURN: usize = 5;

/// How many cells every row begins with.
pub const HEAD: usize = 6;

/// How many different values of a measure lie in the row itself.
pub const FEW: usize = 3;

/// No cell: far behind every row, wherever that begins.
pub const ABSENT: usize = usize::MAX / 2;

/// A moment that was never.
pub const NEVER: i64 = i64::MIN;

/// Cells of a unit.
#[derive(Debug, Clone, Copy)]
pub struct PurseCells {
    /// What may be spent, debt not considered.
    pub available: usize,
    /// What is owed; none where nothing comes back.
    pub debt: usize,
    /// Open lots; none where nothing ever leaves them.
    pub lots: usize,
    /// What lapsed of lots, by their number; none where nobody asks.
    pub lapsed: usize,
    /// When all of it lapses that was earned before, unless something else comes; none where lots lapse each at its own time.
    pub idle: usize,
}

/// Cells of a measure.
#[derive(Debug, Clone, Copy)]
pub struct MeasureCells {
    /// Its value, in parts of [`MeasureCells::scale`].
    pub value: usize,
    /// The parts of one in which it counts.
    pub scale: i64,
    /// What is still in its window, or its different values, as far as [`MeasureCells::few`] has none of them; where facts are what counts,
    /// the first of them that is still in it.
    pub entries: usize,
    /// Nothing of that leaves before the moment in this cell is out of the window.
    pub first: usize,
    /// The first [`FEW`] of its different values, each in two cells: the newest moment, and the value; none where it counts no such.
    pub few: usize,
    /// The start of its period, or of the last period of a streak.
    pub period: usize,
    /// Events before that place are not taken back; for streaks, nothing before that moment counts.
    pub restart: usize,
    /// The length of a streak.
    pub length: usize,
    /// What it was in earlier periods, by their start; none where nobody asks.
    pub past: usize,
}

/// Cells of a ladder.
#[derive(Debug, Clone, Copy)]
pub struct LadderCells {
    /// The tier held.
    pub tier: usize,
    /// The highest ever.
    pub highest: usize,
    /// What rises have brought; none where nothing takes that back.
    pub rises: usize,
}

/// Cells of a limit.
#[derive(Debug, Clone, Copy)]
pub struct LimitCells {
    /// The period.
    pub period: usize,
    /// What is used up of it.
    pub used: usize,
}

/// Cells of a rule that waits for a measure.
#[derive(Debug, Clone, Copy)]
pub struct CrossingCells {
    /// The period in which it last fired; none where it fires once for ever.
    pub period: usize,
    /// The highest multiple for which it did.
    pub multiple: usize,
    /// What it has brought; none where nothing takes that back.
    pub hanging: usize,
}

/// What a measure keeps beside its value.
#[derive(Debug, Clone, Copy)]
pub struct Keeps {
    /// What is in its window, which slides.
    pub slides: bool,
    /// Its different values.
    pub values: bool,
    /// Its period.
    pub period: bool,
    /// Where it began again.
    pub restart: bool,
    /// How long it is: it is a streak.
    pub streak: bool,
    /// What it was in earlier periods.
    pub past: bool,
}

/// The row of a member.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// What a new member has in each cell.
    pub fresh: Vec<i64>,
    /// Where the cells that are asked for lie, one after the other; behind each other where it does not say.
    order: Vec<usize>,
    /// How many there are.
    count: usize,
    /// How many events were judged; none where nothing begins again that can be taken back.
    pub judged: usize,
    /// The number of the next lot; none where lots have none.
    pub next_lot: usize,
    /// By unit.
    pub units: Arena<UnitId, PurseCells>,
    /// When the last event of a type was, for those whose absence lets value lapse.
    pub lasts: Vec<(EventId, usize)>,
    /// By measure; formulas have none that anybody reads.
    pub measures: Arena<MeasureId, MeasureCells>,
    /// By ladder.
    pub ladders: Arena<LadderId, LadderCells>,
    /// By limit.
    pub limits: Arena<LimitId, Option<LimitCells>>,
    /// By rule.
    pub crossings: Arena<RuleId, Option<CrossingCells>>,
    /// When badges were given.
    pub badges: Arena<BadgeId, usize>,
}

impl Layout {
    /// A row that has what every member has, whose other cells will lie in an order.
    pub fn new(order: Vec<usize>) -> Self {
        Self {
            fresh: vec![NEVER, NEVER, i64::MAX, 0, i64::MAX, 0],
            order,
            count: HEAD,
            judged: ABSENT,
            next_lot: ABSENT,
            ..Self::default()
        }
    }

    /// One more cell.
    pub fn cell(&mut self, fresh: i64) -> usize {
        let at = self.order.get(self.count).copied().unwrap_or(self.count);
        self.count += 1;
        self.fresh.resize(self.fresh.len().max(at + 1), 0);
        if let Some(cell) = self.fresh.get_mut(at) {
            *cell = fresh;
        }
        at
    }

    /// Cells of the next unit.
    pub fn unit(&mut self, leaves: bool, comes_back: bool, own_first: bool) {
        let available = self.cell(0);
        let lots = if leaves || comes_back { self.cell(EMPTY) } else { ABSENT };
        let debt = if comes_back { self.cell(0) } else { ABSENT };
        let lapsed = if comes_back && own_first { self.cell(EMPTY) } else { ABSENT };
        if lapsed != ABSENT && self.next_lot == ABSENT {
            self.next_lot = self.cell(1);
        }
        self.units.push(PurseCells { available, debt, lots, lapsed, idle: ABSENT });
    }

    /// Cells of a unit whose lots lapse so long after the last event of some types.
    pub fn idle(&mut self, unit: UnitId, events: &[EventId]) {
        self.units.at_mut(unit).idle = self.cell(NEVER);
        for event in events {
            if self.last_of(*event).is_none() {
                let cell = self.cell(NEVER);
                self.lasts.push((*event, cell));
            }
        }
    }

    /// The cell of the last event of a type, where anybody asks.
    pub fn last_of(&self, event: EventId) -> Option<usize> {
        self.lasts.iter().find(|(known, _)| *known == event).map(|(_, cell)| *cell)
    }

    /// Whether lots of a unit are found by their number.
    pub fn is_numbered(&self, unit: UnitId) -> bool {
        self.units.at(unit).lapsed != ABSENT
    }

    /// Cells of the next measure, as far as it needs them, whose scale is still to be found.
    pub fn measure(&mut self, keeps: Keeps) {
        let mut cell = |needed: bool, fresh: i64| if needed { self.cell(fresh) } else { ABSENT };
        let Keeps { slides, values, period, restart, streak, past } = keeps;
        let cells = MeasureCells {
            value: cell(true, 0),
            scale: 1,
            entries: cell(slides || values, EMPTY),
            first: cell(slides, i64::MAX),
            few: ABSENT,
            period: cell(period || streak, NEVER),
            restart: cell(restart, NEVER),
            length: cell(streak, 0),
            past: cell(past, EMPTY),
        };
        let few = if values { self.few() } else { ABSENT };
        if restart && !streak && self.judged == ABSENT {
            self.judged = self.cell(0);
        }
        self.measures.push(MeasureCells { few, ..cells });
    }

    /// Cells of the first few different values: whoever looks at one looks at all, so that they lie together in every order.
    fn few(&mut self) -> usize {
        let few = self.cell(NEVER);
        (1..2 * FEW).for_each(|_| {
            self.cell(NEVER);
        });
        few
    }

    /// Cells of the next ladder.
    pub fn ladder(&mut self, hangs: bool) {
        let rises = if hangs { self.cell(EMPTY) } else { ABSENT };
        let cells = LadderCells { tier: self.cell(0), highest: self.cell(0), rises };
        self.ladders.push(cells);
    }

    /// No cells for the next measure.
    pub fn unread(&mut self) {
        self.measures.push(MeasureCells {
            value: ABSENT,
            scale: 1,
            entries: ABSENT,
            first: ABSENT,
            few: ABSENT,
            period: ABSENT,
            restart: ABSENT,
            length: ABSENT,
            past: ABSENT,
        });
    }

    /// Cells of the next limit, where it counts.
    pub fn limit(&mut self, counts: bool) {
        let cells = counts.then(|| LimitCells { period: self.cell(NEVER), used: self.cell(0) });
        self.limits.push(cells);
    }

    /// Cells of the next rule, where it waits for a measure; what it brings may hang on that.
    pub fn rule(&mut self, waits: bool, once_for_ever: bool, hangs: bool) {
        let cells = waits.then(|| {
            let period = if once_for_ever { ABSENT } else { self.cell(NEVER) };
            let hanging = if hangs { self.cell(EMPTY) } else { ABSENT };
            CrossingCells { period, multiple: self.cell(0), hanging }
        });
        self.crossings.push(cells);
    }
}
