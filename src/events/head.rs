//! What a record says about its event as a whole.

use super::fields::Fields;

/// Names that the time of an event may have in a record, the best first.
pub(crate) const TIME_KEYS: [&str; 5] = ["time", "ts", "timestamp", "at", "date"];

/// What every record says about its event, with the other names that its key may have.
const NEEDED: [(&str, &[&str]); 4] =
    [("id", &["id"]), ("type", &["type", "event", "kind"]), ("member", &["member"]), ("time", &TIME_KEYS)];

/// The keys that every record needs and a table with these columns cannot have.
pub(super) fn lacking<'c>(columns: impl Iterator<Item = &'c str> + Clone) -> Vec<&'static str> {
    let there = |names: &[&str]| columns.clone().any(|column| names.contains(&column));
    NEEDED.iter().filter(|(_, names)| !there(names)).map(|(key, _)| *key).collect()
}

/// Where in a record the entries about the event as a whole stand, as far as they say something.
#[derive(Default)]
pub(super) struct Head {
    pub(super) id: Option<usize>,
    pub(super) member: Option<usize>,
    pub(super) sequence: Option<usize>,
    /// `type`, `event`, `kind`: the best first.
    kinds: [Option<usize>; 3],
    /// Those of [`TIME_KEYS`].
    times: [Option<usize>; TIME_KEYS.len()],
}

impl Head {
    pub(super) fn of<F: Fields + ?Sized>(fields: &F) -> Self {
        let mut head = Self::default();
        let mut next = 0;
        while let Some(key) = fields.key(next) {
            let at = next;
            next = fields.after(at);
            let Some(place) = head.place(key) else { continue };
            if place.is_none() && !fields.is_nothing(at) {
                *place = Some(at);
            }
        }
        head
    }

    /// Where the position of a key is kept, if it is about the event as a whole.
    fn place(&mut self, key: &str) -> Option<&mut Option<usize>> {
        let [ty, event, kind] = &mut self.kinds;
        let [time, ts, timestamp, at, date] = &mut self.times;
        Some(match key {
            "id" => &mut self.id,
            "member" => &mut self.member,
            "sequence" => &mut self.sequence,
            "type" => ty,
            "event" => event,
            "kind" => kind,
            "time" => time,
            "ts" => ts,
            "timestamp" => timestamp,
            "at" => at,
            "date" => date,
            _ => return None,
        })
    }

    /// The entry that says the type of the event.
    pub(super) fn kind(&self) -> Option<usize> {
        self.kinds.iter().flatten().next().copied()
    }

    /// The entry that says when it happened, and its key, among those that are usable.
    pub(super) fn time(&self, usable: [bool; TIME_KEYS.len()]) -> Option<(&'static str, usize)> {
        let all = TIME_KEYS.iter().zip(self.times).zip(usable);
        all.filter(|(_, usable)| *usable).find_map(|((key, at), _)| Some((*key, at?)))
    }
}
