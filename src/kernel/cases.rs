//! The first of several cases that is open.

use super::code::Num;
use super::lane::Cx;

/// A case: the days that it holds for, its condition, and what it comes to.
pub type Case = ((i64, i64), Option<Num>, Num);

/// The days of a case that asks nothing of the day.
pub const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);

/// What a mask has where a case is open.
const OPEN: i64 = 1;

/// Where a case is open, as far as `wanted` has that.
fn open_in(cx: &Cx<'_>, ((from, until), when, _): &Case, wanted: &[i64], open: &mut [i64]) {
    open.copy_from_slice(wanted);
    if (*from, *until) != ALWAYS {
        let days = from..=until;
        open.iter_mut().zip(cx.lanes).for_each(|(open, lane)| *open &= i64::from(days.contains(&&cx.day(lane).number)));
    }
    if let Some(when) = when {
        cx.room.column(open.len(), |asked| {
            asked.copy_from_slice(open);
            when.put(cx, asked, OPEN, open);
        });
    }
}

impl Num {
    /// What the first open case comes to, or else `otherwise`.
    pub fn choice(cases: Vec<Case>, otherwise: Self) -> Self {
        let parts = |(_, when, value): &Case| when.as_ref().is_some_and(Self::is_partial) || value.is_partial();
        if otherwise.is_partial() || cases.iter().any(parts) {
            let last = (ALWAYS, None, otherwise);
            return Self::first_open(cases.into_iter().chain([last]).collect());
        }
        // The last one first, so that earlier ones have their way.
        Self::code(move |cx, out| {
            otherwise.fill(cx, out);
            cx.room.column(out.len(), |open| {
                for case @ (days, when, value) in cases.iter().rev() {
                    match when {
                        Some(when) if *days == ALWAYS => when.fill(cx, open),
                        _ => cx.room.column(out.len(), |all| {
                            all.fill(OPEN);
                            open_in(cx, case, all, open);
                        }),
                    }
                    value.put(cx, open, OPEN, out);
                }
            });
        })
    }

    /// What the first open case comes to, where one must be. Only what a case is open for is computed in it.
    pub fn first_open(cases: Vec<Case>) -> Self {
        Self::code(move |cx, out| {
            cx.room.column(out.len(), |left| {
                left.fill(OPEN);
                cx.room.column(out.len(), |open| {
                    for case in &cases {
                        open_in(cx, case, left, open);
                        case.2.put(cx, open, OPEN, out);
                        let places = left.iter_mut().zip(open.iter());
                        places.for_each(|(left, open)| *left = if *open == OPEN { 0 } else { *left });
                    }
                });
                if left.contains(&OPEN) {
                    cx.odd();
                }
            });
        })
        .partial_if(true)
    }
}
