//! `meed explain`

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::error::{CliError, Exit};
use super::load::load;
use super::locate::split_program;
use super::output::Output;
use super::seeds;
use super::source::{SourceArgs, inputs, moment};
use crate::compile::compile;
use crate::engine::{Arrival, Event, Explained, Outcome, State, What, World, shortfall, words};
use crate::events::{EventStream, Place, Reject};
use crate::explain::{self, Supposed, suppose};
use crate::hir::Program;
use crate::journal::{Line, MemberLine};
use crate::value::{Instant, format_instant};

/// Say why something happened
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed explain shop.meed events.jsonl --event A17
  meed explain shop.meed events.jsonl --member ann --at 2026-03-01
  meed explain shop.meed events.jsonl --event A17 --with member.status=gold --with 'subtotal=$80'

Of an event: all that came of it, and each rule that could have done something, with every condition, its values and
what is missing to it. `--with` supposes another field of the event, attribute, tier or balance of the member.")]
#[command(group = clap::ArgGroup::new("what").required(true).args(["event", "member"]))]
pub struct ExplainArgs {
    /// The program, then files of events, folders or `-`
    #[arg(value_name = "PROGRAM|EVENTS", required = true)]
    pub paths: Vec<PathBuf>,
    /// The identity of an event
    #[arg(long, value_name = "ID")]
    pub event: Option<String>,
    /// A member
    #[arg(long, value_name = "MEMBER")]
    pub member: Option<String>,
    /// The day or moment at which the member is looked at; the end of the events without
    #[arg(long, value_name = "DATE", requires = "member")]
    pub at: Option<String>,
    /// What would have been: a field, attribute, tier or balance with another value
    #[arg(long, value_name = "NAME=VALUE", requires = "event")]
    pub with: Vec<String>,
    /// What is judged.
    #[command(flatten)]
    pub source: SourceArgs,
    /// How the explanation is written
    #[arg(long, value_enum, default_value_t)]
    pub format: ExplainFormat,
}

/// How explanations are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    #[default]
    Full,
    /// One JSON document, `meed.explain/1`
    Json,
}

pub(super) fn run(args: &ExplainArgs, output: &Output) -> Result<Exit, CliError> {
    let current = std::env::current_dir().map_err(|error| CliError::Read { path: ".".to_owned(), error })?;
    let (path, events) = split_program(&args.paths, &current)?;
    let versions: Vec<Arc<Program>> = load(&path, output)?.versions.into_iter().map(Arc::new).collect();
    let Some(program) = versions.last().cloned() else { return Ok(Exit::Nothing) };
    let at = args.at.as_deref().map(|text| moment(&program, "--at", text)).transpose()?;
    let inputs = inputs(events)?;
    let map = args.source.map(&program, &inputs, output)?;
    // What members share makes every event matter; else only the member's own do.
    let engine = seeds::give(compile(&versions), &args.source.seeds()?)?;
    let alone = World::new(engine.clone()).alone();
    let wanted = |member: &str| !alone || args.member.as_deref().is_none_or(|asked| asked == member);
    let stream = EventStream::new(&program, &inputs, map.as_ref(), 0)?;
    let before = |time: Instant| at.is_none_or(|at| time < at);
    let (events, mut rejected) = read(stream, |event| wanted(&event.member) && before(event.time));
    let (events, places): (Vec<Event>, Vec<Place>) = events.into_iter().unzip();
    let known: Vec<_> = events.iter().map(|event| (Arc::clone(&event.id), Arc::clone(&event.member))).collect();
    let mut world = World::new(engine).keeping_all();
    let mut history = Vec::new();
    let arrivals = world.submit(events, &mut |outcome| history.push(outcome));
    for (arrival, (place, (id, member))) in arrivals.into_iter().zip(places.into_iter().zip(known)) {
        if let Arrival::Refused(reason) = arrival {
            rejected.push(Reject::of_event(place, &id, &member, reason));
        }
    }
    world.advance(at, &mut |outcome| history.push(outcome));
    match (&args.event, &args.member) {
        (Some(event), _) => match world.explain(event) {
            Some(explained) => {
                of(event, &rejected).for_each(|reject| output.note(reject));
                explain_event(event, &explained, args, (&program, &world), output)
            }
            None => explain_rejected(event, &rejected, args.format, output),
        },
        (None, Some(member)) => explain_member(member, &versions, &world, &history, args.format, output),
        (None, None) => Ok(Exit::Nothing),
    }
}

/// The events that are wanted, each with its place, and what was rejected. What a map leaves out is nobody's mistake.
fn read(mut stream: EventStream<'_>, wanted: impl Fn(&Event) -> bool) -> (Vec<(Event, Place)>, Vec<Reject>) {
    let (mut events, mut rejected) = (Vec::new(), Vec::new());
    while let Some(next) = stream.next() {
        match next {
            Ok(event) if wanted(&event) => events.push((event, stream.place().clone())),
            Ok(_) => {}
            Err(reject) if reject.skipped => {}
            Err(reject) => rejected.push(reject),
        }
    }
    (events, rejected)
}

/// The rejects whose record names an event. Of a record that could not be read nothing is known but its text.
fn of<'r>(id: &'r str, rejected: &'r [Reject]) -> impl Iterator<Item = &'r Reject> {
    let named = move |reject: &&Reject| {
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        reject.record.match_indices(id).any(|(at, found)| {
            let before = reject.record.get(..at).is_some_and(|text| text.ends_with(inside));
            let behind = reject.record.get(at + found.len()..).is_some_and(|text| text.starts_with(inside));
            !before && !behind
        })
    };
    rejected.iter().filter(named)
}

#[derive(Serialize)]
struct RejectedReport<'a> {
    schema: &'static str,
    event: &'a str,
    rejected: Vec<&'a Reject>,
}

/// Why an event was never judged.
fn explain_rejected(id: &str, rejected: &[Reject], format: ExplainFormat, output: &Output) -> Result<Exit, CliError> {
    let rejected: Vec<&Reject> = of(id, rejected).collect();
    if rejected.is_empty() {
        return Err(CliError::Usage(format!("there is no event `{id}` among the events that were read")));
    }
    if format == ExplainFormat::Json {
        output.json(&RejectedReport { schema: "meed.explain/1", event: id, rejected })?;
        return Ok(Exit::Found);
    }
    let mut text = format!("`{id}` was rejected and never judged\n");
    for reject in rejected {
        text.push_str(&format!("  {reject}\n    {}\n", reject.record));
    }
    output.result(&text)?;
    Ok(Exit::Found)
}

#[derive(Serialize)]
struct EventReport<'a> {
    schema: &'static str,
    event: &'a str,
    member: &'a str,
    time: String,
    outcomes: Vec<Line<'a>>,
    steps: Vec<explain::StepLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supposed: Option<SupposedReport<'a>>,
}

/// What would have come of the event.
#[derive(Serialize)]
struct SupposedReport<'a> {
    with: &'a [String],
    outcomes: Vec<Line<'a>>,
    steps: Vec<explain::StepLine>,
}

fn explain_event(
    id: &str,
    explained: &Explained,
    args: &ExplainArgs,
    (program, world): (&Program, &World),
    output: &Output,
) -> Result<Exit, CliError> {
    let version = world.engine().version(world.engine().version_at(explained.event.time));
    let program = version.map_or(program, |version| &version.program);
    let time = format_instant(explained.event.time, &program.settings.zone);
    let supposed: Vec<Supposed> =
        args.with.iter().map(|text| Supposed::parse(text)).collect::<Result<_, _>>().map_err(CliError::Usage)?;
    let other = if supposed.is_empty() {
        None
    } else {
        if !world.alone() {
            output.note(&"what members share (budgets, stock, draws) is taken to be untouched in what is supposed");
        }
        Some(suppose(world.engine(), explained, &supposed).map_err(CliError::Usage)?)
    };
    let lines = |explained: &'_ Explained| -> Vec<String> {
        let own = explained.outcomes.iter().filter(|outcome| outcome.comes_of(id) || outcome.event.is_none());
        own.map(|outcome| explain::outcome(program, &without_lot(outcome))).collect()
    };
    if args.format == ExplainFormat::Json {
        output.json(&EventReport {
            schema: "meed.explain/1",
            event: id,
            member: &explained.event.member,
            time,
            outcomes: (1..).zip(&explained.outcomes).map(|(seq, outcome)| Line::new(program, outcome, seq)).collect(),
            steps: explain::step_lines(program, explained),
            error: explained.fault.as_deref(),
            supposed: other.as_ref().map(|other| SupposedReport {
                with: &args.with,
                outcomes: (1..).zip(&other.outcomes).map(|(seq, outcome)| Line::new(program, outcome, seq)).collect(),
                steps: explain::step_lines(program, other),
            }),
        })?;
        return Ok(Exit::Nothing);
    }
    let name = program.events.get(explained.event.kind).map_or("event", |event| &*event.name);
    let mut text = format!("{name} `{id}` of {} at {time}\n", explained.event.member);
    for outcome in &explained.outcomes {
        let when = if outcome.time == explained.event.time {
            String::new()
        } else {
            format!("{} ", format_instant(outcome.time, &program.settings.zone))
        };
        text.push_str(&format!("  {when}{}\n", explain::outcome(program, outcome)));
    }
    if explained.outcomes.is_empty() {
        text.push_str("  nothing came of it\n");
    }
    if let Some(other) = &other {
        let supposed: Vec<String> = supposed.iter().map(ToString::to_string).collect();
        text.push_str(&format!("\nif {}\n", supposed.join(" and ")));
        text.push_str(&differences(&lines(explained), &lines(other)));
    }
    // Of what was refused before any rule, the refusal is the reason.
    let steps = explain::steps(program, other.as_ref().unwrap_or(explained));
    if !steps.is_empty() {
        text.push_str("\nwhy\n");
    }
    for line in steps {
        text.push_str(&format!("  {line}\n"));
    }
    output.result(&text)?;
    Ok(Exit::Nothing)
}

/// An outcome without the number of its lot, which says nothing to people who compare.
fn without_lot(outcome: &Outcome) -> Outcome {
    let mut outcome = outcome.clone();
    if let What::Posted { lot, .. } = &mut outcome.what {
        *lot = None;
    }
    outcome
}

/// What came of an event and would not have, and the other way round.
fn differences(was: &[String], would: &[String]) -> String {
    let gone = was.iter().filter(|line| !would.contains(line)).map(|line| format!("  - {line}\n"));
    let new = would.iter().filter(|line| !was.contains(line)).map(|line| format!("  + {line}\n"));
    let text: String = gone.chain(new).collect();
    if text.is_empty() { "  the same would have come of it\n".to_owned() } else { text }
}

/// What the member lacks for the next tier of each ladder.
fn ahead(world: &World, state: &State) -> String {
    let engine = world.engine();
    let Some(program) = engine.version(state.version).map(|version| &*version.program) else { return String::new() };
    let mut text = String::new();
    for (id, ladder) in program.ladders.pairs() {
        let held = state.ladders.at(id).tier as usize;
        let Some((tier, reach)) = ladder.tiers.get(held + 1).and_then(|tier| Some((tier, tier.reach.as_ref()?))) else {
            continue;
        };
        let gap =
            engine.look(state, |cx| Ok(shortfall(reach, cx).or_else(|| Some(words::values(reach, cx))))).ok().flatten();
        let gap = gap.map_or(String::new(), |gap| format!(": {gap}"));
        text.push_str(&format!("{} {} is next{gap}  ({})\n", ladder.name, tier.name, program.sources.at(tier.span)));
    }
    text
}

#[derive(Serialize)]
struct MemberReport<'a> {
    schema: &'static str,
    member: MemberLine<'a>,
    history: Vec<Line<'a>>,
}

fn explain_member(
    id: &str,
    versions: &[Arc<Program>],
    world: &World,
    history: &[Outcome],
    format: ExplainFormat,
    output: &Output,
) -> Result<Exit, CliError> {
    let Some(line) = world.member(id).and_then(|state| MemberLine::new(world.engine(), state)) else {
        return Err(CliError::Usage(format!("there is no member `{id}` among the events that were read")));
    };
    let own = history.iter().filter(|outcome| *outcome.member == *id);
    let told = own.filter_map(|outcome| Some((versions.get(outcome.version as usize)?, outcome)));
    if format == ExplainFormat::Json {
        let history = (1..).zip(told).map(|(seq, (program, outcome))| Line::new(program, outcome, seq)).collect();
        output.json(&MemberReport { schema: "meed.explain/1", member: line, history })?;
        return Ok(Exit::Nothing);
    }
    let next = world.member(id).map(|state| ahead(world, state)).unwrap_or_default();
    let mut text = format!("{line}{next}\nhistory\n");
    for (program, outcome) in told {
        let event = outcome.event.as_ref().map_or_else(|| "clock".to_owned(), |event| format!("`{event}`"));
        let place = words::declared(program, outcome.cause)
            .map_or(String::new(), |span| format!("  ({})", program.sources.at(span)));
        let time = format_instant(outcome.time, &program.settings.zone);
        text.push_str(&format!("  {time}  {event}: {}{place}\n", explain::outcome(program, outcome)));
    }
    output.result(&text)?;
    Ok(Exit::Nothing)
}
