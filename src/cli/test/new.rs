//! `meed test --new`: what a member did, as a scenario.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::error::{CliError, Exit};
use super::super::load::load;
use super::super::locate::programs;
use super::super::output::Output;
use super::super::source::{inputs, load_map};
use super::TestArgs;
use crate::compile::compile;
use crate::engine::Event;
use crate::events::{EventStream, Reject, did_you_mean};
use crate::hir::Program;
use crate::scenario::recording;

/// Of how many members the names are looked at for one that is alike.
const MOST: usize = 100_000;

pub(super) fn run(args: &TestArgs, member: &str, output: &Output) -> Result<Exit, CliError> {
    let found = programs(&args.paths)?;
    let [path] = found.as_slice() else {
        return Err(CliError::Usage("a scenario is of one program: name it".to_owned()));
    };
    let versions: Vec<Arc<Program>> = load(path, output)?.versions.into_iter().map(Arc::new).collect();
    let Some(program) = versions.last() else { return Ok(Exit::Nothing) };
    let inputs = inputs(&args.new)?;
    let map = args.map.as_ref().map(|map| load_map(map, program, &inputs, output)).transpose()?;
    let mut rejects: Vec<Reject> = Vec::new();
    let mut events: Vec<Event> = Vec::new();
    let mut others: BTreeSet<Arc<str>> = BTreeSet::new();
    for record in EventStream::new(program, &inputs, map.as_ref(), 0)? {
        match record {
            Ok(event) if &*event.member == member => events.push(event),
            Ok(event) => _ = others.len() < MOST && others.insert(event.member),
            Err(reject) if !reject.skipped => rejects.push(reject),
            Err(_) => {}
        }
    }
    tell_rejects(&rejects, output);
    let Some(text) = recording::scenario(&compile(&versions), program, &events) else {
        let meant = did_you_mean(member, others.iter().map(|other| &**other));
        output.note(&format_args!("no event of `{member}` in these files{meant}"));
        return Ok(Exit::Found);
    };
    if program.meets {
        output.note(
            &"what other members did is left out, and in this program it may change what one gets (shared budgets, gifts, \
              friends …): compare the amounts with those of `meed run`",
        );
    }
    output.result(&text)?;
    if !recording::has_own_name(member) {
        output.note(&format_args!("`{member}` is no word, so the scenario says `member1`"));
    }
    output.note(
        &"the scenario expects what the program does now, right or wrong: compare each amount with what is meant, then add it to a file \
          `NAME.test.meed` beside the program",
    );
    Ok(Exit::Nothing)
}

/// Says how many records cannot be read, and why the first of them.
fn tell_rejects(rejects: &[Reject], output: &Output) {
    match rejects {
        [] => {}
        [reject] => output.note(&format_args!("a record cannot be read and is left out: {reject}")),
        [first, ..] => output.note(&format_args!(
            "{} records cannot be read and are left out (`meed run` lists them); the first: {first}",
            rejects.len()
        )),
    }
}
