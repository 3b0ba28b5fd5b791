//! Where a run stops, goes on and how many threads it has changes nothing (S42, S30).

use meed::engine::{Event, Job, World};
use meed::journal::state;

use super::history::ALL;
use super::program::Without;
use super::run::{Run, checked, checked_with, compiled, difference, told};
use super::{ANY, events, holds, late, same, shuffled};

#[test]
fn s42_a_run_that_was_saved_anywhere_goes_on_as_if_it_had_not_been() {
    let path = std::env::temp_dir().join(format!("meed-props-{}.state", std::process::id()));
    // In every second program members reach something together, which lies in what they share.
    let shared = "challenge all_of_us {\n  window each calendar year\n  goal count of purchase reaches 3\n  \
                  milestone at 2 { message push \"two\" }\n  shared by everyone\n  message push \"three\"\n  refunds re-judge\n}\n";
    holds(40, 11, 30, |recipe, choices, cuts| {
        let (text, program) = checked_with(recipe, ANY, if cuts[0] % 2 == 0 { shared } else { "" })?;
        let mut events = events(&program, choices, ALL);
        // Some come late, before and after they could be forgotten.
        if cuts[0] % 3 == 0 {
            events = shuffled(events, cuts);
        }
        let story = || format!("{text}\n{}", told(&program, &events));
        let whole = Run::new(compiled(&program)).singly(&events).advance(Some(late()));
        let mut parts = Run::new(compiled(&program));
        for (i, event) in events.iter().enumerate() {
            parts.submit(vec![event.clone()]);
            if cuts[1 + i % 60] % 8 == 0 {
                let stored = serde_json::to_string(&parts.world.stored()).unwrap();
                state::save(&parts.world, &path).map_err(|error| error.to_string())?;
                parts.world =
                    state::load(compiled(&program), &path).map_err(|error| format!("{error}\n{}", story()))?;
                if serde_json::to_string(&parts.world.stored()).unwrap() != stored {
                    return Err(format!("what was loaded is not what was saved\n{}", story()));
                }
            }
        }
        let parts = parts.advance(Some(late()));
        same("arrivals", difference(&whole.arrivals, &parts.arrivals), story)?;
        same("journals", difference(&whole.journal, &parts.journal), story)?;
        same("members", difference(&whole.members(), &parts.members()), story)
    });
    std::fs::remove_file(path).ok();
}

/// Runs jobs on a thread each, and gives them back in another order.
fn scattered(jobs: Vec<Job>, choices: &[u8]) -> Vec<Job> {
    std::thread::scope(|scope| {
        let running: Vec<_> = shuffled(jobs, choices).into_iter().map(|job| scope.spawn(|| job.run())).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn s30_any_number_of_threads_writes_the_same_journal() {
    holds(40, 12, 30, |recipe, choices, more| {
        let (text, program) = checked(recipe, Without { meeting: more[0] % 4 > 0, ..ANY })?;
        let events = events(&program, choices, ALL);
        let batches: Vec<Vec<Event>> = events.chunks(1 + usize::from(more[1] % 12)).map(<[Event]>::to_vec).collect();
        let mut one = Run::new(compiled(&program));
        batches.iter().for_each(|batch| one.submit(batch.clone()));
        let one = one.advance(Some(late()));
        let (mut many, mut journal) = (World::new(compiled(&program)), Vec::new());
        for batch in batches {
            let (_, jobs) = many.prepare(batch);
            many.finish(scattered(jobs, more), &mut |outcome| journal.push(outcome));
        }
        for stage in many.stages(Some(late())) {
            let jobs = many.prepare_advance(Some(stage));
            many.finish(scattered(jobs, more), &mut |outcome| journal.push(outcome));
        }
        let many = Run { world: many, journal, arrivals: Vec::new() };
        let story = || format!("{text}\n{}", told(&program, &events));
        same("journals", difference(&one.journal, &many.journal), story)?;
        same("members", difference(&one.members(), &many.members()), story)
    });
}
