//! Two members that were one for a time are as if they never had been, and while they are one, it is as if they always had been (S43).

use meed::engine::Event;
use meed::hir::{FieldDef, FieldType};
use meed::value::{Day, Value, Zone};

use super::history::{self, ALL, event, text};
use super::program::Without;
use super::run::{Run, checked, compiled, difference, told};
use super::{ANY, distinct, events, holds, late, same};

#[test]
fn s43_merged_and_unmerged_is_as_if_it_had_not_been() {
    holds(40, 13, 25, |recipe, choices, more| {
        let (source, program) = checked(recipe, ANY)?;
        let start = Zone::utc().start_of(Day::parse("2025-12-20").unwrap());
        let join = |member: &&str| event(&program, "join", &format!("join {member}"), member, start, 0, &[]);
        let mut all: Vec<Event> = history::MEMBERS.iter().map(join).collect();
        all.extend(distinct(events(&program, choices, ALL)));
        let (first, last) = {
            let (a, b) = (usize::from(more[0]) % all.len(), usize::from(more[1]) % all.len());
            (a.min(b), a.max(b))
        };
        let (one, other) = if more[2] % 2 == 0 { ("ann", "bob") } else { ("cyd", "ann") };
        let union = |kind: &str, after: &Event| {
            event(&program, kind, &format!("{kind} {one}"), one, after.time, 5_000, &[("other", text(other))])
        };
        let (merge, unmerge) = (union("merge", &all[first]), union("unmerge", &all[last]));
        // A merge is an event of its own, at which conditions on days are looked at: so is an update of nothing.
        let update = |id: &str, after: &Event| event(&program, "update", id, one, after.time, 5_000, &[]);
        let (mut parted, mut united) = (Run::new(compiled(&program)), Run::new(compiled(&program)));
        for (i, event) in all.iter().enumerate() {
            united.submit(vec![event.clone()]);
            parted.submit(vec![event.clone()]);
            if i == first {
                united.submit(vec![merge.clone()]);
                parted.submit(vec![update(&merge.id, event)]);
            }
            if i == last {
                united.submit(vec![unmerge.clone()]);
                parted.submit(vec![update(&unmerge.id, event)]);
            }
        }
        let (parted, united) = (parted.advance(Some(late())), united.advance(Some(late())));
        let story = || {
            format!(
                "{source}\n{}\nmerged after {}, unmerged after {}",
                told(&program, &all),
                all[first].id,
                all[last].id
            )
        };
        same("members", difference(&parted.members(), &united.members()), story)
    });
}

#[test]
fn s43_two_that_are_one_are_as_if_they_always_had_been() {
    holds(30, 14, 25, |recipe, choices, more| {
        let (source, program) = checked(recipe, Without { meeting: true, ..ANY })?;
        let start = Zone::utc().start_of(Day::parse("2025-12-20").unwrap());
        let join = |member: &&str| event(&program, "join", &format!("join {member}"), member, start, 0, &[]);
        let mut all: Vec<Event> = history::MEMBERS.iter().map(join).collect();
        all.extend(distinct(events(&program, choices, ALL)));
        let at = usize::from(more[0]) % all.len();
        let merge = event(&program, "merge", "merge", "ann", all[at].time, 5_000, &[("other", text("bob"))]);
        let mut united = Run::new(compiled(&program));
        for (i, event) in all.iter().enumerate() {
            united.submit(vec![event.clone()]);
            if i == at {
                united.submit(vec![merge.clone()]);
            }
        }
        let united = united.advance(Some(late()));
        let known_as = |event: &Event| if &*event.member == "bob" { "ann".into() } else { event.member.clone() };
        // Where bob stands in a field of an event of anybody's, ann is meant.
        let fields = |event: &Event| {
            let named = |(field, value): (&FieldDef, &Value)| match (&field.ty, value) {
                (FieldType::Member, Value::Text(name)) if &**name == "bob" => text("ann"),
                _ => value.clone(),
            };
            program.events.at(event.kind).fields.iter().zip(&*event.fields).map(named).collect()
        };
        let renamed = |event: &Event| Event { member: known_as(event), fields: fields(event), ..event.clone() };
        let renamed: Vec<Event> = all.iter().map(renamed).collect();
        // The merge itself is one of ann's events too.
        let nobody = event(&program, "merge", "merge", "ann", merge.time, 5_000, &[("other", text("nobody"))]);
        let one = Run::new(compiled(&program)).singly(&renamed[..=at]).singly([&nobody]).singly(&renamed[at + 1..]);
        let one = one.advance(Some(late()));
        let story = || format!("{source}\n{}\nmerged after {}", told(&program, &all), all[at].id);
        same("members", difference(&one.members(), &united.members()), story)
    });
}
