//! Lowered expressions: whole numbers over typed slots.

use std::cell::Cell;

use super::clock::Moment;

/// What a slot holds where nothing was given. No number that is read is that small.
pub const MISSING: i64 = i64::MIN;

/// What expressions look at.
pub struct Cx<'a> {
    /// Fields of the event, by slot.
    pub slots: &'a [i64],
    /// Lines of all lists of the event's block.
    pub lines: &'a [i64],
    /// Fields of the line at hand, by slot.
    pub line: &'a [i64],
    /// The member's cells.
    pub member: &'a [i64],
    /// Named values that were computed before.
    pub lets: &'a [Cell<i64>],
    /// Now.
    pub moment: &'a Moment,
    /// Whether something did not fit, so that only the fold can tell what it comes to.
    pub odd: &'a Cell<bool>,
}

/// Computes a number, truth (0 or 1), word, day or moment.
pub type Code = Box<dyn Fn(&Cx<'_>) -> i64 + Send + Sync>;

/// Something to be computed. What is at hand is read without a call.
pub enum Num {
    /// Always the same.
    Const(i64),
    /// A field of the event.
    Slot(usize),
    /// A field of the line.
    Line(usize),
    /// A cell of the member.
    Member(usize),
    /// A named value.
    Let(usize),
    /// Anything else.
    Code(Code),
}

impl Num {
    /// What it comes to.
    #[inline]
    pub fn get(&self, cx: &Cx<'_>) -> i64 {
        match self {
            Self::Const(value) => *value,
            Self::Slot(at) => cell(cx.slots, *at),
            Self::Line(at) => cell(cx.line, *at),
            Self::Member(at) => cell(cx.member, *at),
            Self::Let(at) => cx.lets.get(*at).map_or(MISSING, Cell::get),
            Self::Code(code) => code(cx),
        }
    }

    /// Whether a truth holds.
    #[inline]
    pub fn holds(&self, cx: &Cx<'_>) -> bool {
        self.get(cx) == 1
    }

    /// Code.
    pub fn code(code: impl Fn(&Cx<'_>) -> i64 + Send + Sync + 'static) -> Self {
        Self::Code(Box::new(code))
    }
}

/// A cell; missing where there is none.
#[inline]
pub fn cell(cells: &[i64], at: usize) -> i64 {
    cells.get(at).copied().unwrap_or(MISSING)
}

impl Cx<'_> {
    /// Notes that something does not fit.
    #[cold]
    pub fn odd(&self) -> i64 {
        self.odd.set(true);
        0
    }

    /// A sum.
    #[inline]
    pub fn add(&self, a: i64, b: i64) -> i64 {
        a.checked_add(b).unwrap_or_else(|| self.odd())
    }

    /// A difference.
    #[inline]
    pub fn sub(&self, a: i64, b: i64) -> i64 {
        a.checked_sub(b).unwrap_or_else(|| self.odd())
    }

    /// A product.
    #[inline]
    pub fn mul(&self, a: i64, b: i64) -> i64 {
        a.checked_mul(b).unwrap_or_else(|| self.odd())
    }
}
