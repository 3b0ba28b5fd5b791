//! Lowered expressions: whole numbers over typed slots, computed for many events at once.

use std::cell::Cell;

use super::lane::{Cx, Lane};

/// What a slot holds where nothing was given. No number that is read is that small.
pub const MISSING: i64 = i64::MIN;

/// Computes a column: a number, truth (0 or 1), word, day or moment for each lane.
pub type Code = Box<dyn Fn(&Cx<'_>, &mut [i64]) + Send + Sync>;

/// Something to be computed.
pub enum Num {
    /// Always the same.
    Const(i64),
    /// A field of the event.
    Slot(usize),
    /// A field of the line.
    Line(usize),
    /// A cell of the member.
    Member(usize),
    /// Whether a cell of the member is at least so much.
    Reaches(usize, i64),
    /// A named value.
    Let(usize),
    /// Anything else.
    Code(Code),
    /// What there may be nothing for: it is only computed where it is asked for.
    Partial(Code),
}

impl Num {
    /// What it comes to for each lane.
    pub fn fill(&self, cx: &Cx<'_>, out: &mut [i64]) {
        match self {
            Self::Const(value) => out.fill(*value),
            Self::Slot(at) => each(cx, out, |lane| cx.slot(lane, *at)),
            Self::Line(at) => each(cx, out, |lane| cx.line(lane, *at)),
            Self::Member(at) => each(cx, out, |lane| cx.member(lane, *at)),
            Self::Reaches(at, bound) => each(cx, out, |lane| i64::from(cx.member(lane, *at) >= *bound)),
            Self::Let(at) => {
                let column = cx.named(*at);
                each(cx, out, |lane| cell(column, lane.place()));
            }
            Self::Code(code) | Self::Partial(code) => code(cx, out),
        }
    }

    /// Puts what it comes to where a mask has `mark`.
    pub fn put(&self, cx: &Cx<'_>, mask: &[i64], mark: i64, out: &mut [i64]) {
        match self {
            Self::Const(value) => {
                out.iter_mut().zip(mask).for_each(|(out, m)| *out = if *m == mark { *value } else { *out })
            }
            Self::Partial(_) if !mask.iter().all(|m| *m == mark) => self.put_apart(cx, mask, mark, out),
            _ => cx.room.column(out.len(), |values| {
                self.fill(cx, values);
                let places = out.iter_mut().zip(mask).zip(values);
                places.for_each(|((out, m), value)| *out = if *m == mark { *value } else { *out });
            }),
        }
    }

    /// The same for what is computed nowhere else.
    fn put_apart(&self, cx: &Cx<'_>, mask: &[i64], mark: i64, out: &mut [i64]) {
        cx.room.lanes(|lanes| {
            lanes.extend(cx.lanes.iter().zip(mask).filter(|(_, mask)| **mask == mark).map(|(lane, _)| *lane));
            cx.room.column(lanes.len(), |values| {
                self.fill(&Cx { lanes, ..*cx }, values);
                let places = out.iter_mut().zip(mask).filter(|(_, mask)| **mask == mark);
                places.zip(values).for_each(|((out, _), value)| *out = *value);
            });
        });
    }

    /// What it comes to for the only lane.
    pub fn one(&self, cx: &Cx<'_>) -> i64 {
        let mut out = [0];
        self.fill(cx, &mut out);
        let [value] = out;
        value
    }

    /// Code.
    pub fn code(code: impl Fn(&Cx<'_>, &mut [i64]) + Send + Sync + 'static) -> Self {
        Self::Code(Box::new(code))
    }

    /// Whether there may be nothing for it.
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::Partial(_))
    }

    /// The same, but that there may be nothing for it if that is so.
    pub fn partial_if(self, partial: bool) -> Self {
        match self {
            Self::Code(code) if partial => Self::Partial(code),
            other => other,
        }
    }

    /// What each lane alone decides.
    pub fn each(of: impl Fn(&Cx<'_>, &Lane<'_>) -> i64 + Send + Sync + 'static) -> Self {
        Self::code(move |cx, out| each(cx, out, |lane| of(cx, lane)))
    }

    /// What a function makes of it.
    pub fn map(self, f: impl Fn(&Cx<'_>, i64) -> i64 + Send + Sync + 'static) -> Self {
        let partial = self.is_partial();
        match self {
            Self::Slot(at) => Self::each(move |cx, lane| f(cx, cx.slot(lane, at))),
            Self::Line(at) => Self::each(move |cx, lane| f(cx, cx.line(lane, at))),
            Self::Member(at) => Self::each(move |cx, lane| f(cx, cx.member(lane, at))),
            Self::Let(at) => Self::code(move |cx, out| {
                let column = cx.named(at);
                each(cx, out, |lane| f(cx, cell(column, lane.place())));
            }),
            num => Self::code(move |cx, out| {
                num.fill(cx, out);
                out.iter_mut().for_each(|value| *value = f(cx, *value));
            }),
        }
        .partial_if(partial)
    }

    /// What a function makes of it and another.
    pub fn zip(self, other: Self, f: impl Fn(&Cx<'_>, i64, i64) -> i64 + Send + Sync + 'static) -> Self {
        let partial = self.is_partial() || other.is_partial();
        match (self, other) {
            (one, Self::Const(other)) => one.map(move |cx, one| f(cx, one, other)),
            (Self::Const(one), other) => other.map(move |cx, other| f(cx, one, other)),
            (one, Self::Slot(at)) => Self::code(move |cx, out| {
                one.fill(cx, out);
                out.iter_mut().zip(cx.lanes).for_each(|(out, lane)| *out = f(cx, *out, cx.slot(lane, at)));
            }),
            (one, Self::Line(at)) => Self::code(move |cx, out| {
                one.fill(cx, out);
                out.iter_mut().zip(cx.lanes).for_each(|(out, lane)| *out = f(cx, *out, cx.line(lane, at)));
            }),
            (one, Self::Let(at)) => Self::code(move |cx, out| {
                one.fill(cx, out);
                let column = cx.named(at);
                out.iter_mut().zip(cx.lanes).for_each(|(out, lane)| *out = f(cx, *out, cell(column, lane.place())));
            }),
            (one, other) => Self::code(move |cx, out| {
                one.fill(cx, out);
                cx.room.column(out.len(), |others| {
                    other.fill(cx, others);
                    out.iter_mut().zip(others).for_each(|(out, other)| *out = f(cx, *out, *other));
                });
            }),
        }
        .partial_if(partial)
    }

    /// Whether all of some truths hold.
    pub fn all(truths: Vec<Self>) -> Self {
        Self::until(truths, 1)
    }

    /// Whether any of some truths holds.
    pub fn any(truths: Vec<Self>) -> Self {
        Self::until(truths, 0)
    }

    /// Goes on as long as truths come to `mark`: those behind one that does not are not asked for. A truth that is missing does not hold.
    fn until(truths: Vec<Self>, mark: i64) -> Self {
        let partial = truths.iter().any(Self::is_partial);
        Self::code(move |cx, out| {
            out.fill(mark);
            cx.room.column(out.len(), |holds| {
                for truth in &truths {
                    if truth.is_partial() {
                        holds.copy_from_slice(out);
                        truth.put_apart(cx, holds, mark, out);
                        out.iter_mut().for_each(|out| *out = i64::from(*out == 1));
                        continue;
                    }
                    truth.fill(cx, holds);
                    let places = out.iter_mut().zip(holds.iter());
                    places.for_each(|(out, holds)| *out = if *out == mark { i64::from(*holds == 1) } else { *out });
                }
            });
        })
        .partial_if(partial)
    }
}

/// Fills a column by its lanes.
#[inline(always)]
fn each(cx: &Cx<'_>, out: &mut [i64], of: impl Fn(&Lane<'_>) -> i64) {
    out.iter_mut().zip(cx.lanes).for_each(|(out, lane)| *out = of(lane));
}

/// A cell; missing where there is none.
#[inline(always)]
pub fn cell(cells: &[i64], at: usize) -> i64 {
    cells.get(at).copied().unwrap_or(MISSING)
}

/// A cell that may change meanwhile; missing where there is none.
#[inline(always)]
pub fn shared(cells: &[Cell<i64>], at: usize) -> i64 {
    cells.get(at).map_or(MISSING, Cell::get)
}

/// Fills a cell, where there is one.
#[inline(always)]
pub fn set(cells: &mut [i64], at: usize, value: i64) {
    if let Some(cell) = cells.get_mut(at) {
        *cell = value;
    }
}
