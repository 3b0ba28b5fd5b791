//! Time zones: where an instant falls on the local calendar, and back.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::scan::{Cursor, excerpt};
use super::time::{DAY_MILLIS, Day, Instant, TimeOfDay};

/// A name that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a time zone: write a name such as `Europe/Berlin`, or an offset such as `+02:00`")]
pub struct ZoneError {
    /// The name as written.
    pub name: String,
    /// A time zone with a similar name.
    pub suggestion: Option<String>,
}

/// A time zone of the IANA database that is built in, or a fixed offset from UTC.
///
/// Cheap to clone; two zones are equal if their names are. Stored by serde as its name.
#[derive(Clone)]
pub struct Zone {
    name: Arc<str>,
    rules: Rules,
}

#[derive(Clone)]
enum Rules {
    /// Milliseconds that local clocks are ahead of UTC.
    Fixed(i64),
    Named(TimeZone),
}

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Self { name: Arc::from("UTC"), rules: Rules::Fixed(0) }
    }

    /// The zone of an IANA name such as `America/New_York`, or of an offset such as `+02:00`.
    ///
    /// # Errors
    /// [`ZoneError`] where there is none.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        if let Some(offset) = read_offset(name) {
            return Ok(if offset == 0 {
                Self::utc()
            } else {
                Self { name: Arc::from(name), rules: Rules::Fixed(offset) }
            });
        }
        if name.eq_ignore_ascii_case("utc") || name == "Z" {
            return Ok(Self::utc());
        }
        match TimeZone::get(name) {
            Ok(rules) if !rules.is_unknown() => {
                Ok(Self { name: Arc::from(rules.iana_name().unwrap_or(name)), rules: Rules::Named(rules) })
            }
            _ => Err(ZoneError { name: excerpt(name), suggestion: similar_name(name) }),
        }
    }

    /// Whether its clocks never change.
    pub fn is_fixed(&self) -> bool {
        matches!(self.rules, Rules::Fixed(_))
    }

    /// The name that [`Zone::parse`] reads.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The local day of an instant.
    pub fn day_of(&self, instant: Instant) -> Day {
        local_day(instant, self.offset(instant))
    }

    /// The local time of an instant.
    pub fn time_of(&self, instant: Instant) -> TimeOfDay {
        local_time(instant, self.offset(instant))
    }

    /// [`Zone::day_of`], with a cache that makes it cheap while instants stay between two changes of the local clocks.
    pub fn day_of_cached(&self, instant: Instant, cache: &mut DayCache) -> Day {
        local_day(instant, self.offset_cached(instant, cache))
    }

    /// [`Zone::time_of`], with the cache of [`Zone::day_of_cached`].
    pub fn time_of_cached(&self, instant: Instant, cache: &mut DayCache) -> TimeOfDay {
        local_time(instant, self.offset_cached(instant, cache))
    }

    /// The instant at which a local day begins: midnight, or the first time that its clocks show.
    pub fn start_of(&self, day: Day) -> Instant {
        self.at(day, TimeOfDay::MIDNIGHT)
    }

    /// The instant of a local time. A time that the clocks skip moves forward by what they skip; of a time that they
    /// show twice it is the first.
    pub fn at(&self, day: Day, time: TimeOfDay) -> Instant {
        let local = i64::from(day.epoch_days()) * DAY_MILLIS + i64::from(time.millis());
        let offset = match &self.rules {
            Rules::Fixed(offset) => *offset,
            // The offset before the change is right for both: it carries a skipped time over the gap, and a time shown
            // twice was shown first by the clocks not yet changed.
            Rules::Named(zone) => match zone.to_ambiguous_timestamp(civil(day, time)).offset() {
                AmbiguousOffset::Unambiguous { offset }
                | AmbiguousOffset::Gap { before: offset, .. }
                | AmbiguousOffset::Fold { before: offset, .. } => i64::from(offset.seconds()) * 1_000,
            },
        };
        Instant::clamped(local - offset)
    }

    /// Milliseconds that local clocks are ahead of UTC at an instant.
    pub(super) fn offset(&self, instant: Instant) -> i64 {
        match &self.rules {
            Rules::Fixed(offset) => *offset,
            Rules::Named(zone) => i64::from(zone.to_offset(timestamp(instant)).seconds()) * 1_000,
        }
    }

    fn offset_cached(&self, instant: Instant, cache: &mut DayCache) -> i64 {
        let zone = match &self.rules {
            Rules::Fixed(offset) => return *offset,
            Rules::Named(zone) => zone,
        };
        let millis = instant.millis();
        let same_zone = cache.zone.as_ref().is_some_and(|name| Arc::ptr_eq(name, &self.name));
        if same_zone && cache.from <= millis && millis < cache.until {
            return cache.offset;
        }
        let now = timestamp(instant);
        // The transitions before an instant do not include one at that instant.
        let after = now.checked_add(SignedDuration::from_nanos(1)).unwrap_or(now);
        *cache = DayCache {
            zone: Some(Arc::clone(&self.name)),
            from: zone.preceding(after).next().map_or(i64::MIN, |change| change.timestamp().as_millisecond()),
            until: zone.following(now).next().map_or(i64::MAX, |change| change.timestamp().as_millisecond()),
            offset: self.offset(instant),
        };
        cache.offset
    }
}

/// What a caller keeps between calls of [`Zone::day_of_cached`]: the last offset and how long it holds.
///
/// It remembers its zone, so handing it to another zone costs time but never gives a wrong day.
#[derive(Debug, Clone, Default)]
pub struct DayCache {
    zone: Option<Arc<str>>,
    from: i64,
    until: i64,
    offset: i64,
}

fn local_day(instant: Instant, offset: i64) -> Day {
    Day::clamped((instant.millis() + offset).div_euclid(DAY_MILLIS))
}

fn local_time(instant: Instant, offset: i64) -> TimeOfDay {
    let millis = (instant.millis() + offset).rem_euclid(DAY_MILLIS);
    u32::try_from(millis).ok().and_then(TimeOfDay::from_millis).unwrap_or(TimeOfDay::MIDNIGHT)
}

/// The instant for the zone database, which ends two days before our calendar does.
fn timestamp(instant: Instant) -> Timestamp {
    Timestamp::from_millisecond(instant.millis()).unwrap_or(Timestamp::MAX)
}

/// The local time for the zone database; the end of the calendar is one day beyond it.
fn civil(day: Day, time: TimeOfDay) -> DateTime {
    let (year, month, date) = day.ymd();
    let (hour, minute, second) = time.hms();
    let small = |number: u32| i8::try_from(number).unwrap_or_default();
    let date = i16::try_from(year).ok().and_then(|year| Date::new(year, small(month.into()), small(date.into())).ok());
    date.map_or(DateTime::MAX, |date| date.at(small(hour), small(minute), small(second), 0))
}

/// Reads `+02:00`, `-0530` or `+02` as milliseconds ahead of UTC, fewer than 24 hours.
pub(super) fn read_offset(text: &str) -> Option<i64> {
    let mut cursor = Cursor::new(text);
    let west = cursor.eat(b'-');
    if !west && !cursor.eat(b'+') {
        return None;
    }
    let hours = cursor.number(2)?;
    let minutes = if cursor.eat(b':') || !cursor.is_at_end() { cursor.number(2)? } else { 0 };
    let ahead = i64::from(TimeOfDay::from_hms(hours, minutes, 0)?.millis());
    if !cursor.is_at_end() {
        return None;
    }
    Some(if west { -ahead } else { ahead })
}

/// The zone whose name, or whose city, is most like `name`.
fn similar_name(name: &str) -> Option<String> {
    // A long text is no mistyped zone, and would take long to compare.
    if name.len() > 64 {
        return None;
    }
    let wanted = name.to_lowercase().replace(' ', "_");
    let distance = |zone: &str| {
        let zone = zone.to_lowercase();
        let city = zone.rsplit('/').next().unwrap_or_default();
        strsim::levenshtein(&zone, &wanted).min(strsim::levenshtein(city, &wanted))
    };
    let named = jiff::tz::db().available().map(|zone| (distance(zone.as_str()), zone.as_str().to_owned()));
    // The first of the alphabet among equals, so that the answer never depends on the order of the database.
    named.min().filter(|(distance, _)| *distance <= wanted.len() / 4).map(|(_, zone)| zone)
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::utc()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::{format_instant, parse_instant};

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    fn at(zone: &Zone, day: &str, time: &str) -> String {
        let instant = zone.at(Day::parse(day).unwrap(), TimeOfDay::parse(time).unwrap());
        format_instant(instant, zone)
    }

    #[test]
    fn s05_a_missing_time_moves_forward() {
        assert_eq!(at(&zone("America/New_York"), "2026-03-08", "02:30"), "2026-03-08T03:30:00-04:00");
        assert_eq!(at(&zone("Europe/Berlin"), "2026-03-29", "02:00"), "2026-03-29T03:00:00+02:00");
        // Clocks that skip midnight: the day begins at one.
        assert_eq!(at(&zone("America/Asuncion"), "2023-10-01", "00:00"), "2023-10-01T01:00:00-03:00");
        // A zone that skipped a whole day.
        assert_eq!(at(&zone("Pacific/Apia"), "2011-12-30", "12:00"), "2011-12-31T12:00:00+14:00");
    }

    #[test]
    fn s05_a_double_time_takes_the_first() {
        assert_eq!(at(&zone("America/New_York"), "2026-11-01", "01:30"), "2026-11-01T01:30:00-04:00");
        assert_eq!(at(&zone("America/New_York"), "2026-11-01", "02:00"), "2026-11-01T02:00:00-05:00");
        assert_eq!(at(&zone("Europe/Berlin"), "2026-10-25", "02:30"), "2026-10-25T02:30:00+02:00");
    }

    #[test]
    fn s05_days_are_local() {
        let instant = parse_instant("2026-02-01T03:00:00Z", None).unwrap();
        assert_eq!(Zone::utc().day_of(instant).to_string(), "2026-02-01");
        assert_eq!(zone("America/New_York").day_of(instant).to_string(), "2026-01-31");
        assert_eq!(zone("America/New_York").time_of(instant).to_string(), "22:00");
        assert_eq!(zone("-03:30").day_of(instant).to_string(), "2026-01-31");
        let new_york = zone("America/New_York");
        let length = |day: &str| {
            let day = Day::parse(day).unwrap();
            new_york.start_of(day.plus_days(1).unwrap()).millis_since(new_york.start_of(day)) / 3_600_000
        };
        assert_eq!([length("2026-03-07"), length("2026-03-08"), length("2026-11-01")], [24, 23, 25]);
    }

    #[test]
    fn names_are_checked_and_stored() {
        assert_eq!(zone("europe/berlin").name(), "Europe/Berlin");
        assert_eq!(zone("+00:00"), Zone::utc());
        assert_eq!(zone("UTC"), zone("Z"));
        for bad in ["", "Mars/Base", "+24:00", "+2", "+02:00x", "Etc/Unknown", "02:00"] {
            assert!(Zone::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Zone::parse("Amerika/New_York").unwrap_err().suggestion.as_deref(), Some("America/New_York"));
        assert_eq!(Zone::parse("Berlin").unwrap_err().suggestion.as_deref(), Some("Europe/Berlin"));
        let text = serde_json::to_string(&zone("Asia/Tokyo")).unwrap();
        assert_eq!(text, "\"Asia/Tokyo\"");
        assert_eq!(serde_json::from_str::<Zone>(&text).unwrap(), zone("Asia/Tokyo"));
    }

    #[test]
    fn the_ends_of_the_calendar_have_instants() {
        for name in ["UTC", "America/New_York", "Pacific/Kiritimati", "+23:59", "-23:59"] {
            let zone = zone(name);
            for day in [Day::FIRST, Day::parse("9999-12-30").unwrap(), Day::parse("9999-12-31").unwrap(), Day::END] {
                assert_eq!(zone.day_of(zone.start_of(day)), day, "{name}");
            }
            assert_eq!(zone.day_of(Instant::FIRST), Day::FIRST);
            assert_eq!(zone.day_of(Instant::LAST), Day::END);
        }
    }

    #[test]
    fn a_zone_can_be_shared() {
        fn shared<T: Send + Sync>() {}
        shared::<Zone>();
    }

    proptest! {
        #[test]
        fn the_cache_changes_nothing(
            seconds in prop::collection::vec(-2_000_000_000i64..8_000_000_000, 1..40),
            near in prop::collection::vec(-2i64..3, 1..40),
        ) {
            let zones = [zone("America/New_York"), zone("Europe/Berlin"), zone("America/St_Johns"), zone("Asia/Tokyo")];
            // 2026-03-08T07:00:00Z is a change of the clocks in New York.
            let near = near.into_iter().map(|millis| 1_772_953_200_000 + millis);
            let far = seconds.into_iter().map(|seconds| seconds * 1_000);
            let instants: Vec<Instant> = far.chain(near).map(|millis| Instant::from_millis(millis).unwrap()).collect();
            let mut shared = DayCache::default();
            for zone in &zones {
                let mut own = DayCache::default();
                for instant in &instants {
                    for cache in [&mut own, &mut shared] {
                        prop_assert_eq!(zone.day_of_cached(*instant, cache), zone.day_of(*instant));
                        prop_assert_eq!(zone.time_of_cached(*instant, cache), zone.time_of(*instant));
                    }
                    zones[0].day_of_cached(*instant, &mut shared);
                }
            }
        }

        #[test]
        fn local_time_leads_back_to_the_instant(seconds in -2_000_000_000i64..8_000_000_000) {
            let instant = Instant::from_millis(seconds * 1_000 + 7).unwrap();
            for zone in [zone("America/New_York"), zone("Europe/Berlin"), zone("+05:45")] {
                let back = zone.at(zone.day_of(instant), zone.time_of(instant));
                // In the hour that comes twice, the first is taken.
                prop_assert!(back == instant || instant.millis_since(back) == 3_600_000, "{zone} {instant:?}");
            }
        }
    }
}
