//! `meed test --new`: what a member did, as a scenario.

use std::sync::Arc;

use super::super::error::{CliError, Exit};
use super::super::load::load;
use super::super::locate::programs;
use super::super::output::Output;
use super::super::source::{inputs, load_map};
use super::TestArgs;
use crate::compile::compile;
use crate::engine::Event;
use crate::events::EventStream;
use crate::hir::Program;
use crate::scenario::recording;

pub(super) fn run(args: &TestArgs, member: &str, output: &Output) -> Result<Exit, CliError> {
    let found = programs(&args.paths)?;
    let [path] = found.as_slice() else {
        return Err(CliError::Usage("a scenario is of one program: name it".to_owned()));
    };
    let versions: Vec<Arc<Program>> = load(path, output)?.versions.into_iter().map(Arc::new).collect();
    let Some(program) = versions.last() else { return Ok(Exit::Nothing) };
    let inputs = inputs(&args.new)?;
    let map = args.map.as_ref().map(|map| load_map(map, program, &inputs, output)).transpose()?;
    let mut rejected = 0_usize;
    let mut events: Vec<Event> = Vec::new();
    for record in EventStream::new(program, &inputs, map.as_ref(), 0)? {
        match record {
            Ok(event) if &*event.member == member => events.push(event),
            Ok(_) => {}
            Err(_) => rejected += 1,
        }
    }
    if rejected > 0 {
        output.note(&format_args!("{rejected} records cannot be read and are left out: `meed run` says why"));
    }
    let Some(text) = recording::scenario(&compile(&versions), program, &events) else {
        output.note(&format_args!("no event of `{member}` in these files"));
        return Ok(Exit::Found);
    };
    if program.meets {
        output.note(&"members of this program meet: what the others did is left out, so this may bring other amounts");
    }
    output.result(&text)?;
    Ok(Exit::Nothing)
}
