//! Keys that conditions of a map ask for and no record has: a table lacks a column at once, in JSON a slip of the pen shows only at the end.

use std::collections::BTreeSet;

use super::super::node::Raw;
use super::super::{MAX_KEYS, nearest};
use super::Map;
use super::form::Row;

/// A key that a condition asks for.
#[derive(Debug)]
struct Asked {
    /// The way to the condition.
    path: String,
    name: String,
    /// The entry of `skip` whose condition it is.
    skip: Option<usize>,
}

/// What no record had so far.
#[derive(Debug)]
pub(super) struct Absent {
    asked: Vec<Asked>,
    /// Keys that records have.
    keys: BTreeSet<String>,
    /// How many records each entry of `skip` has left out.
    left_out: Vec<u64>,
}

impl Absent {
    /// All that the conditions of a map ask for.
    pub(super) fn of(map: &Map) -> Self {
        let skips = map.skips.iter().enumerate().map(|(at, skip)| (format!("skip[{at}].when"), Some(at), &skip.when));
        let rules =
            map.rules.iter().filter_map(|rule| Some((format!("{}.when", rule.path), None, rule.when.as_ref()?)));
        let asked = skips.chain(rules).flat_map(|(path, skip, when)| {
            let of = move |name: &str| Asked { path: path.clone(), name: name.to_owned(), skip };
            when.named().into_iter().map(of).collect::<Vec<_>>()
        });
        Self { asked: asked.collect(), keys: BTreeSet::new(), left_out: vec![0; map.skips.len()] }
    }

    /// Looks at a record.
    pub(super) fn look(&mut self, raw: &Raw<'_>, row: &Row<'_, '_>) {
        self.asked.retain(|asked| row.find(&asked.name).is_none());
        if !self.asked.is_empty() && self.keys.len() < MAX_KEYS {
            let new = raw.fields.iter().filter(|(key, _)| !self.keys.contains(&**key)).map(|(key, _)| key.to_string());
            self.keys.extend(new.collect::<Vec<_>>());
        }
    }

    /// An entry of `skip` has left out a record.
    pub(super) fn left_out(&mut self, skip: usize) {
        if let Some(count) = self.left_out.get_mut(skip) {
            *count += 1;
        }
    }

    /// What is to be told at the end, one after another: a key that is written like one that records have, or that has left out records by
    /// being nowhere.
    pub(super) fn told(&mut self) -> Option<String> {
        while let Some(Asked { path, name, skip }) = (!self.asked.is_empty()).then(|| self.asked.remove(0)) {
            let left_out = skip.and_then(|at| self.left_out.get(at)).copied().unwrap_or(0);
            let like = nearest(&name, self.keys.iter().map(String::as_str));
            if self.keys.is_empty() || like.is_none() && left_out == 0 {
                continue;
            }
            let lost = match left_out {
                0 => String::new(),
                1 => ", and 1 was left out".to_owned(),
                count => format!(", and {count} were left out"),
            };
            let hint = like.map(|like| format!(": did you mean `{like}`?")).unwrap_or_default();
            return Some(format!("no record has `{name}`, which `{path}` asks for{lost}{hint}"));
        }
        None
    }
}
