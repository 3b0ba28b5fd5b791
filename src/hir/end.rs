//! Where a time ends that begins at some moment: lots, tiers and vouchers last so long.

use serde::{Deserialize, Serialize};

use crate::value::{PeriodKind, TimeSpan};

/// The end of a time that begins at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// A time later: exact for hours, else at the start of the day that is so many days or months later, that is at the end of the day
    /// before. Where a period is named, at the end of the one in which that falls.
    After(TimeSpan, Option<PeriodKind>),
    /// At the end of the period of the moment, or of one `ahead` periods later.
    Period {
        /// The period.
        kind: PeriodKind,
        /// 0 this one, 1 the next.
        ahead: u8,
    },
    /// At the end of a month by name: the first one after the calendar year of the moment, or `ahead` years later.
    Month {
        /// 1 to 12.
        month: u8,
        /// 0 that of the year after, 1 the next.
        ahead: u8,
    },
    /// At the end of the first such day of the year that is at least a time later.
    YearDay {
        /// Month, 1 to 12.
        month: u8,
        /// Day of the month; its last where it has fewer.
        day: u8,
        /// The time.
        after: TimeSpan,
    },
}
