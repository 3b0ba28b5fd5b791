//! What a record says about its event as a whole.

use super::node::{Entry, Raw};

/// Names that the type of an event may have in a record, the best first.
pub(super) const TYPE_KEYS: [&str; 3] = ["type", "event", "kind"];
/// Names that the time of an event may have in a record, the best first.
pub(super) const TIME_KEYS: [&str; 5] = ["time", "ts", "timestamp", "at", "date"];
/// The entries of a record that are about the event as a whole, as far as they say something.
#[derive(Default)]
pub(super) struct Head<'r, 'a> {
    pub(super) id: Option<&'r Entry<'a>>,
    pub(super) member: Option<&'r Entry<'a>>,
    pub(super) sequence: Option<&'r Entry<'a>>,
    pub(super) kinds: [Option<&'r Entry<'a>>; TYPE_KEYS.len()],
    pub(super) times: [Option<&'r Entry<'a>>; TIME_KEYS.len()],
}

impl<'r, 'a> Head<'r, 'a> {
    pub(super) fn of(raw: &'r Raw<'a>) -> Self {
        let mut head = Self::default();
        for entry in &raw.fields {
            let (kinds, times) = (&mut head.kinds, &mut head.times);
            let place = match entry.0.as_ref() {
                "id" => Some(&mut head.id),
                "member" => Some(&mut head.member),
                "sequence" => Some(&mut head.sequence),
                key => match TYPE_KEYS.iter().position(|known| *known == key) {
                    Some(rank) => kinds.get_mut(rank),
                    None => TIME_KEYS.iter().position(|known| *known == key).and_then(|rank| times.get_mut(rank)),
                },
            };
            if let Some(place) = place.filter(|place| place.is_none() && !entry.1.is_nothing()) {
                *place = Some(entry);
            }
        }
        head
    }
}
