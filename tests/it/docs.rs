//! The examples of the documents: what is printed there runs.
//!
//! A fenced block of `meed` is a whole program: it has no errors, is laid out as the formatter lays it out, and passes its scenarios. A
//! block of `meed fragment` is a part of one. Comments just above it say what stands before it:
//!
//! - `<!-- after NAME -->`: the blocks that `<!-- name NAME -->` marks, one after another. Together they are a whole program; the
//!   fragment itself is laid out.
//! - `<!-- in TEXT -->`: each line of the fragment stands where the text has `...`. It is only read.
//! - nothing: the items are only read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use meed::diagnostic::render;
use meed::engine::Engine;
use meed::source::Sources;
use meed::{Program, scenario, syntax};

/// The documents whose examples are tested; those that are not there yet have none.
const DOCUMENTS: [&str; 2] = ["LANGUAGE.md", "README.md"];

#[derive(Debug)]
struct Block {
    /// The document and the line of its first line.
    place: String,
    fragment: bool,
    /// The comments above: word and rest.
    comments: BTreeMap<String, String>,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = if path.exists() { fs::read_to_string(path).unwrap() } else { String::new() };
    let mut found = Vec::new();
    let mut comments = BTreeMap::new();
    let mut lines = text.lines().zip(1_usize..);
    while let Some((line, number)) = lines.next() {
        if let Some(inside) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) {
            comments.extend(inside.split_once(' ').map(|(word, rest)| (word.to_owned(), rest.to_owned())));
        } else if let Some(info) = line.strip_prefix("```") {
            let inside: Vec<&str> = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```").collect();
            let above = std::mem::take(&mut comments);
            if info.split(' ').next() == Some("meed") {
                let place = format!("{document}:{}", number + 1);
                found.push(Block {
                    place,
                    fragment: info == "meed fragment",
                    comments: above,
                    text: inside.join("\n") + "\n",
                });
            }
        } else if !line.trim().is_empty() {
            comments.clear();
        }
    }
    found
}

/// What is wrong with a whole program.
fn run(place: &str, text: &str) -> Result<(), String> {
    let loaded = Program::from_text("example.meed", text)
        .map_err(|error| format!("{place}\n{}", render::full(&error.messages, &error.sources, false)))?;
    if !loaded.warnings.is_empty() {
        return Err(format!("{place}\n{}", render::full(&loaded.warnings, &loaded.sources, false)));
    }
    let programs: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
    let program = &programs[0];
    for engine in [meed::compile::compile(&programs), Engine::reference(&programs)] {
        for result in scenario::run_all(&engine, program) {
            if let Some(failure) = result.failures.first() {
                let at = program.sources.at(failure.span);
                return Err(format!(
                    "{place}: `{}` at {at}: expected {}, got {}",
                    result.name, failure.expected, failure.got
                ));
            }
        }
    }
    Ok(())
}

fn laid_out(place: &str, text: &str) -> Result<(), String> {
    match syntax::format(text) {
        Ok(formatted) if formatted == text => Ok(()),
        Ok(formatted) => Err(format!("{place} is laid out otherwise:\n{formatted}")),
        Err(error) => Err(format!("{place} cannot be laid out: {error}")),
    }
}

fn read(place: &str, text: &str) -> Result<(), String> {
    let mut sources = Sources::default();
    let file = sources.add("example.meed", text);
    let (_, errors) = syntax::parse(file, text);
    if errors.is_empty() { Ok(()) } else { Err(format!("{place}\n{}", render::full(&errors, &sources, false))) }
}

fn check(block: &Block, named: &BTreeMap<String, String>) -> Result<(), String> {
    let (place, text) = (&block.place, &block.text);
    if !block.fragment {
        if !text.starts_with("program ") {
            return Err(format!("{place}: a whole program begins with `program`; mark parts with `meed fragment`"));
        }
        laid_out(place, text)?;
        return run(place, text);
    }
    if let Some(names) = block.comments.get("after") {
        let mut whole = String::new();
        for name in names.split(' ') {
            whole += named.get(name).ok_or_else(|| format!("{place}: no block is named `{name}`"))?;
        }
        laid_out(place, text)?;
        return run(place, &(whole + text));
    }
    let Some(around) = block.comments.get("in") else { return read(place, text) };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.into_iter().try_for_each(|line| read(&format!("{place}: {line}"), &(around.replace("...", line) + "\n")))
}

#[test]
fn examples_of_the_documents_run() {
    let mut wrong = Vec::new();
    for document in DOCUMENTS {
        let blocks = blocks(document);
        let mut named: BTreeMap<String, String> = BTreeMap::new();
        for block in &blocks {
            named.extend(block.comments.get("name").map(|name| (name.clone(), block.text.clone())));
        }
        wrong.extend(blocks.iter().filter_map(|block| check(block, &named).err()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
