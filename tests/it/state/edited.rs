//! State files that somebody edited, with a checksum that fits: they are refused, or can be gone on with (S42).

use std::panic::{AssertUnwindSafe, catch_unwind};

use meed::engine::World;
use meed::journal::state::{self, SCHEMA};
use serde_json::{Number, Value};

use super::damage::{packed, unpacked};
use super::earlier::Case;
use super::*;

/// Random numbers, the same in each run but for another `MEED_SEED`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// Every number in a value.
fn numbers<'v>(value: &'v mut Value, found: &mut Vec<&'v mut Value>) {
    match value {
        Value::Number(_) => found.push(value),
        Value::Array(list) => list.iter_mut().for_each(|value| numbers(value, found)),
        Value::Object(map) => map.values_mut().for_each(|value| numbers(value, found)),
        _ => {}
    }
}

/// Lines of a state file, one number of them edited.
fn edited(lines: &str, dice: &mut Dice) -> (String, String) {
    let mut lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut found = Vec::new();
    lines.iter_mut().for_each(|line| numbers(line, &mut found));
    let at = dice.below(found.len());
    let was = found[at].clone();
    let near = was.as_i64().unwrap_or(0);
    let others: [Number; 12] = [
        0.into(),
        1.into(),
        (-1).into(),
        near.saturating_add(1).into(),
        near.saturating_sub(1).into(),
        near.saturating_mul(1000).into(),
        7.into(),
        255.into(),
        u32::MAX.into(),
        i64::MAX.into(),
        i64::MIN.into(),
        u64::MAX.into(),
    ];
    let now = Value::Number(others[dice.below(others.len())].clone());
    *found[at] = now.clone();
    let lines = lines.iter().map(|line| format!("{line}\n")).collect();
    (lines, format!("number {at}, {was} to {now}"))
}

#[test]
fn s42_numbers_that_were_edited_are_refused_or_can_be_gone_on_with() {
    let folder = Folder::new("edited");
    let times: usize = std::env::var("MEED_EDITS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let seed: u64 = std::env::var("MEED_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let (mut refused, mut wrong) = (0, Vec::new());
    for case in Case::all() {
        let mut world = World::new(case.engine());
        case.judge(&mut world, "first.jsonl");
        state::save(&world, &folder.join("good")).unwrap();
        let good = unpacked(&fs::read(folder.join("good")).unwrap());
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ seed);
        for turn in 0..times {
            let (lines, what) = edited(&good, &mut dice);
            let path = folder.join(&format!("state-{turn}"));
            fs::write(&path, packed(SCHEMA, &lines)).unwrap();
            let tried = catch_unwind(AssertUnwindSafe(|| match state::load(case.engine(), &path) {
                Err(_) => false,
                Ok(mut world) => {
                    case.judge(&mut world, "rest.jsonl");
                    state::save(&world, &path).unwrap();
                    state::load(case.engine(), &path).unwrap();
                    true
                }
            }));
            fs::remove_file(&path).unwrap();
            match tried {
                Ok(went_on) => refused += usize::from(!went_on),
                Err(_) => wrong.push(format!("{:?}: {what}", case.name())),
            }
        }
    }
    assert!(wrong.is_empty(), "{} edits: {wrong:#?}", wrong.len());
    assert!(times < 40 || refused > times, "only {refused} were refused");
}

/// Every number under a name, inside of a list.
fn numbered<'v>(value: &'v mut Value, list: &str, inside: bool, found: &mut Vec<&'v mut Value>) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|value| numbered(value, list, inside, found)),
        Value::Object(map) => {
            for (key, value) in map {
                if inside && key == "number" {
                    found.push(value);
                } else {
                    numbered(value, list, inside || key == list, found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn s42_vouchers_offers_and_entries_are_not_numbered_near_the_end_of_all_numbers() {
    let folder = Folder::new("numbered");
    let mut tried = std::collections::BTreeSet::new();
    for case in Case::all() {
        let mut world = World::new(case.engine());
        case.judge(&mut world, "first.jsonl");
        state::save(&world, &folder.join("good")).unwrap();
        let good = unpacked(&fs::read(folder.join("good")).unwrap());
        for list in ["vouchers", "offers", "entries"] {
            let mut lines: Vec<Value> = good.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let mut found = Vec::new();
            lines.iter_mut().for_each(|line| numbered(line, list, false, &mut found));
            let Some(last) = found.pop() else { continue };
            *last = u32::MAX.into();
            let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
            fs::write(folder.join("bad"), packed(SCHEMA, &lines)).unwrap();
            assert!(state::load(case.engine(), &folder.join("bad")).is_err(), "{list} of {}", case.name());
            tried.insert(list);
        }
    }
    assert!(tried.contains("vouchers") && tried.contains("entries"), "{tried:?}");
}
