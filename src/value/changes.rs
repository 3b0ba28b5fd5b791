//! When the clocks of a zone change, as a table: the database works the rule out anew for every question.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The first moment that the table knows, 1970-01-01T00:00:00Z in milliseconds.
const FIRST: i64 = 0;

/// The first moment behind what it knows, 2100-01-01T00:00:00Z.
const END: i64 = 4_102_444_800_000;

/// Two days: no local clock is so far from UTC.
const MARGIN: i64 = 2 * 86_400_000;

/// The changes of one zone's clocks, from 1970 to the end of 2099.
#[derive(Debug)]
pub(super) struct Changes {
    /// When they are, in milliseconds.
    at: Vec<i64>,
    /// The local times from which on there is no doubt that they have been: behind what they skip, or show twice.
    local: Vec<i64>,
    /// How many milliseconds clocks are ahead of UTC before the first change, and after each.
    ahead: Vec<i64>,
    /// Whether each is over before the next: only then can local times be looked up.
    apart: bool,
    /// How many of them are over when each [`span`] of time begins, by moment and by local time.
    before: [Vec<usize>; 2],
}

/// Which span of some thirteen months a time is in.
fn span(time: i64) -> usize {
    usize::try_from(time >> 35).unwrap_or(0)
}

/// How many changes are over when each span begins.
fn before(changes: &[i64]) -> Vec<usize> {
    let begins = (0..=span(END)).map(|span| i64::try_from(span << 35).unwrap_or(i64::MAX));
    begins.map(|begin| changes.partition_point(|change| *change <= begin)).collect()
}

impl Changes {
    /// Those of a zone.
    pub(super) fn of(zone: &TimeZone) -> Self {
        let ahead = |at: Timestamp| i64::from(zone.to_offset(at).seconds()) * 1_000;
        let first = Timestamp::from_millisecond(FIRST - MARGIN).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut changes = Self {
            at: Vec::new(),
            local: Vec::new(),
            ahead: vec![ahead(first)],
            apart: true,
            before: [Vec::new(), Vec::new()],
        };
        let mut last = ahead(first);
        for change in zone.following(first) {
            let (at, after) = (change.timestamp().as_millisecond(), i64::from(change.offset().seconds()) * 1_000);
            if at >= END + MARGIN {
                break;
            }
            changes.at.push(at);
            changes.local.push(at + last.max(after));
            changes.ahead.push(after);
            last = after;
        }
        changes.apart = changes.local.is_sorted();
        changes.before = [before(&changes.at), before(&changes.local)];
        changes
    }

    /// How many milliseconds clocks are ahead of UTC at an instant; none where the table does not know.
    pub(super) fn ahead(&self, instant: i64) -> Option<i64> {
        let [before, _] = &self.before;
        self.after(instant, &self.at, before)
    }

    /// The same at a local time, before a change where clocks skip it or show it twice; none where the table does not know.
    pub(super) fn ahead_locally(&self, local: i64) -> Option<i64> {
        let [_, before] = &self.before;
        self.after(local, &self.local, before).filter(|_| self.apart)
    }

    fn after(&self, time: i64, changes: &[i64], before: &[usize]) -> Option<i64> {
        if !(FIRST..END).contains(&time) {
            return None;
        }
        let first = *before.get(span(time))?;
        // A few at most lie between the beginning of the span and the time.
        let since = changes.get(first..)?.iter().take_while(|change| **change <= time).count();
        self.ahead.get(first + since).copied()
    }
}
