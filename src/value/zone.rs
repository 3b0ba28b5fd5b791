//! Time zones: where an instant falls on the local calendar, and back.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::changes::Changes;
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
    Named(Arc<Named>),
}

/// A zone of the database, with its changes once somebody has asked for a time.
struct Named {
    zone: TimeZone,
    changes: OnceLock<Changes>,
}

impl Named {
    /// The one of a name: the same for all who ask for it.
    fn of(name: &str, zone: TimeZone) -> Arc<Self> {
        static ALL: LazyLock<Mutex<FxHashMap<String, Arc<Named>>>> = LazyLock::new(Mutex::default);
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Self { zone, changes: OnceLock::new() });
        Arc::clone(all.entry(name.to_owned()).or_insert_with(new))
    }

    fn changes(&self) -> &Changes {
        self.changes.get_or_init(|| Changes::of(&self.zone))
    }

    /// How many milliseconds clocks are ahead of UTC at an instant.
    fn ahead(&self, instant: Instant) -> i64 {
        let asked = || i64::from(self.zone.to_offset(timestamp(instant)).seconds()) * 1_000;
        self.changes().ahead(instant.millis()).unwrap_or_else(asked)
    }

    /// The same at a local time. The offset before a change is right for what it skips and for what it shows twice: it carries a skipped
    /// time over the gap, and a time shown twice was shown first by the clocks not yet changed.
    fn ahead_locally(&self, day: Day, time: TimeOfDay) -> i64 {
        let asked = || match self.zone.to_ambiguous_timestamp(civil(day, time)).offset() {
            AmbiguousOffset::Unambiguous { offset }
            | AmbiguousOffset::Gap { before: offset, .. }
            | AmbiguousOffset::Fold { before: offset, .. } => i64::from(offset.seconds()) * 1_000,
        };
        self.changes().ahead_locally(local(day, time)).unwrap_or_else(asked)
    }
}

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Self { name: Arc::from("UTC"), rules: Rules::Fixed(0) }
    }

    /// The zone of an IANA name such as `America/New_York`, or of an offset such as `+02:00`.
    ///
    /// # Errors
    /// [`ZoneError`] where there is none. It looks for a similar name among all, which takes long; see [`Zone::find`].
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        Self::find(name).ok_or_else(|| ZoneError { name: excerpt(name), suggestion: similar_name(name) })
    }

    /// The same, and nothing where there is none.
    pub fn find(name: &str) -> Option<Self> {
        if let Some(offset) = read_offset(name) {
            let fixed = || Self { name: Arc::from(name), rules: Rules::Fixed(offset) };
            return Some(if offset == 0 { Self::utc() } else { fixed() });
        }
        if name.eq_ignore_ascii_case("utc") || name == "Z" {
            return Some(Self::utc());
        }
        let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())?;
        let name: Arc<str> = Arc::from(zone.iana_name().unwrap_or(name));
        Some(Self { rules: Rules::Named(Named::of(&name, zone)), name })
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

    /// The instant at which a local day begins: midnight, or the first time that its clocks show.
    pub fn start_of(&self, day: Day) -> Instant {
        self.at(day, TimeOfDay::MIDNIGHT)
    }

    /// The instant of a local time. A time that the clocks skip moves forward by what they skip; of a time that they
    /// show twice it is the first.
    pub fn at(&self, day: Day, time: TimeOfDay) -> Instant {
        let ahead = match &self.rules {
            Rules::Fixed(ahead) => *ahead,
            Rules::Named(zone) => zone.ahead_locally(day, time),
        };
        Instant::clamped(local(day, time) - ahead)
    }

    /// Milliseconds that local clocks are ahead of UTC at an instant.
    pub(super) fn offset(&self, instant: Instant) -> i64 {
        match &self.rules {
            Rules::Fixed(ahead) => *ahead,
            Rules::Named(zone) => zone.ahead(instant),
        }
    }
}

/// A local time in milliseconds since 1970 as its clocks show it.
fn local(day: Day, time: TimeOfDay) -> i64 {
    i64::from(day.epoch_days()) * DAY_MILLIS + i64::from(time.millis())
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
    if let Some(offset) = wanted.strip_prefix("gmt").or_else(|| wanted.strip_prefix("utc")) {
        return spelt_offset(offset);
    }
    // What differs by more than a slip of the finger is another city.
    let slip = |zone: &str| {
        let zone = zone.to_lowercase();
        let city = zone.rsplit('/').next().unwrap_or_default();
        strsim::osa_distance(&zone, &wanted).min(strsim::osa_distance(city, &wanted))
    };
    let named = jiff::tz::db().available().map(|zone| (slip(zone.as_str()), zone.as_str().to_owned()));
    // The first of the alphabet among equals, so that the answer never depends on the order of the database.
    named.min().filter(|(slips, _)| *slips <= usize::from(wanted.len() > 4)).map(|(_, zone)| zone)
}

/// `+1`, `-05:30` as an offset is written.
fn spelt_offset(text: &str) -> Option<String> {
    let sign = text.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let (hours, minutes) = text.get(1..)?.split_once(':').unwrap_or((text.get(1..)?, "00"));
    let offset = format!("{sign}{:02}:{minutes}", hours.parse::<u8>().ok()?);
    read_offset(&offset).map(|_| offset)
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
        fn the_table_says_what_the_database_says(
            seconds in prop::collection::vec(-2_000_000_000i64..8_000_000_000, 1..20),
            change in prop::collection::vec((0..300usize, -7_300i64..7_300), 1..20),
            name in prop::sample::select(vec![
                "America/New_York", "Europe/Berlin", "America/St_Johns", "Asia/Tokyo", "Pacific/Apia", "Africa/Casablanca",
                "Antarctica/Troll", "Australia/Lord_Howe", "Africa/Monrovia",
            ]),
        ) {
            let zone = zone(name);
            let Rules::Named(named) = &zone.rules else { panic!("{name}") };
            let ends = [0, 4_102_444_800];
            let near = change.into_iter().map(|(change, off)| {
                named.zone.following(Timestamp::UNIX_EPOCH).nth(change).map_or(0, |change| change.timestamp().as_second()) + off
            });
            for second in seconds.into_iter().chain(near).chain(ends.iter().flat_map(|end| [end - 1, *end])) {
                let instant = Instant::from_millis(second * 1_000 + 999).unwrap();
                let asked = i64::from(named.zone.to_offset(timestamp(instant)).seconds()) * 1_000;
                prop_assert_eq!(zone.offset(instant), asked, "{:?}", instant);
                // The same number as a local time.
                let (day, time) = (local_day(instant, 0), local_time(instant, 0));
                let asked = named.zone.to_ambiguous_timestamp(civil(day, time)).compatible().unwrap();
                prop_assert_eq!(zone.at(day, time).millis(), asked.as_millisecond() + 999, "{} {}", day, time);
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
