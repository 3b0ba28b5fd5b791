//! Programs from files: what is read, in which order, and which versions a folder holds.

mod doubt;
mod files;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::check;
use crate::diagnostic::{Code, Diagnostic, Severity, render};
use crate::hir::Program;
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast::{self, Item};

use doubt::{Doubt, root};
use files::{Disk, Files, Nowhere, Trees, name_of};
pub use files::{Edited, Reader};

/// A program without errors.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The versions of it in order of `effective from`, at least one. The first may be without a date.
    pub versions: Vec<Program>,
    /// All texts of all versions.
    pub sources: Arc<Sources>,
    /// Messages that are no errors, in order of place.
    pub warnings: Vec<Diagnostic>,
}

/// A program with errors: all of them, in order of place, with the texts that they are about.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    /// The texts.
    pub sources: Arc<Sources>,
    /// The messages, at least one an error.
    pub messages: Vec<Diagnostic>,
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render::short(&self.messages, &self.sources))
    }
}

impl std::error::Error for Diagnostics {}

impl Program {
    /// Reads a program from a file, or all versions of one from a folder.
    ///
    /// Of a file: what it imports, and the scenarios of `NAME.test.meed` beside it; a file of tests stands for its program. Of a
    /// folder: every `*.meed` with a `program` block is one version; the scenarios of all `*.test.meed` are those of the newest,
    /// whichever version is in force when they play.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files, at once.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Loaded, Diagnostics> {
        Self::from_reader(path.as_ref(), &Disk)
    }
    /// The same with one more text in the newest version, that `name` stands for in messages.
    ///
    /// # Errors
    /// Everything that is wrong with any of the texts, at once.
    pub fn from_path_with(path: impl AsRef<Path>, name: &str, text: &str) -> Result<Loaded, Diagnostics> {
        read(path.as_ref(), &Disk, Some((name, text)))
    }
    /// The same of files that are not on disk.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files, at once.
    pub fn from_reader(path: &Path, reader: &dyn Reader) -> Result<Loaded, Diagnostics> {
        read(path, reader, None)
    }
    /// Reads a program from a text that `name` stands for in messages. It can import nothing.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_text(name: &str, text: &str) -> Result<Loaded, Diagnostics> {
        let mut files = Files::new(&Nowhere);
        let root = files.add(name, text);
        let version = files.closure(root);
        finish(files, vec![version], Vec::new(), None)
    }
}

/// A text beside those on disk, and its name.
type More<'m> = Option<(&'m str, &'m str)>;

fn read(path: &Path, reader: &dyn Reader, more: More<'_>) -> Result<Loaded, Diagnostics> {
    let files = Files::new(reader);
    let tested = tested_by(path, reader);
    let path = tested.as_deref().unwrap_or(path);
    if reader.is_folder(path) { folder(files, path, more) } else { single(files, path, more) }
}

fn single(mut files: Files<'_>, path: &Path, more: More<'_>) -> Result<Loaded, Diagnostics> {
    let root = match files.read(path) {
        Ok(root) => root,
        Err(reason) => return Err(unreadable(files, path, &reason)),
    };
    let version = files.closure(root);
    let mut tests = Vec::new();
    let beside = path.with_extension("test.meed");
    if !is_test(path) && files.reader().exists(&beside) {
        match files.read(&beside) {
            Ok(test) => tests.push(test),
            Err(reason) => return Err(unreadable(files, &beside, &reason)),
        }
    }
    finish(files, vec![version], tests, more)
}

fn folder(mut files: Files<'_>, path: &Path, more: More<'_>) -> Result<Loaded, Diagnostics> {
    let listed = match files.reader().list(path) {
        Ok(listed) => listed,
        Err(reason) => return Err(unreadable(files, path, &reason)),
    };
    let (mut roots, mut tests) = (Vec::new(), Vec::new());
    for file in listed {
        match files.read(&file) {
            Ok(id) if is_test(&file) => tests.push(id),
            Ok(id) if files.program_of(id).is_some() => roots.push(id),
            Ok(_) => {}
            Err(reason) => return Err(unreadable(files, &file, &reason)),
        }
    }
    if roots.is_empty() {
        return Err(unreadable(files, path, "no file in it has a `program` block"));
    }
    let versions = roots.into_iter().map(|root| files.closure(root)).collect();
    finish(files, versions, tests, more)
}

/// The program that a file of tests is beside.
fn tested_by(path: &Path, reader: &dyn Reader) -> Option<std::path::PathBuf> {
    let name = path.file_name()?.to_str()?.strip_suffix(".test.meed")?;
    let program = path.with_file_name(format!("{name}.meed"));
    reader.exists(&program).then_some(program)
}

/// Whether a file holds only scenarios, by its name.
fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".test.meed"))
}

/// Checks every version; each is a list of files, its own first. Tests and one more text belong to the newest.
fn finish(
    mut files: Files<'_>,
    versions: Vec<Vec<FileId>>,
    mut tests: Vec<FileId>,
    more: More<'_>,
) -> Result<Loaded, Diagnostics> {
    for test in &tests {
        files.only_scenarios(*test);
    }
    tests.extend(more.map(|(name, text)| files.add(name, text)));
    let (sources, trees, mut messages, reader) = files.into_parts();
    let sources = Arc::new(sources);
    let doubt = doubt(&trees, &messages);
    let load = |from: &str, name: &str| reader.text(&Path::new(from).with_file_name("").join(name));
    let mut programs: Vec<Program> = Vec::new();
    let newest = versions
        .iter()
        .enumerate()
        .max_by_key(|(_, version)| version.first().and_then(|root| effective(&trees, *root)));
    let newest = newest.map(|(position, _)| position);
    for (position, version) in versions.iter().enumerate() {
        let beside = tests.iter().filter(|_| Some(position) == newest);
        let own: Vec<ast::File> = version
            .iter()
            .chain(beside)
            .filter_map(|file| trees.iter().find(|(id, _)| id == file).map(|(_, tree)| tree.clone()))
            .collect();
        let (program, found) = check::check(&own, &sources, &load);
        // What could not be read is missing in the tree, so that messages about missing things would only repeat it.
        messages.extend(found.into_iter().filter(|message| doubt.believes(message, &sources)));
        programs.extend(program);
    }
    programs.sort_by_key(|program| program.settings.effective_from);
    messages.extend(same_dates(&versions, &trees));
    messages.extend(programs.iter().zip(programs.iter().skip(1)).flat_map(|(old, new)| dropped(old, new)));
    let messages = render::sorted(messages);
    if programs.len() < versions.len() || messages.iter().any(|message| message.severity == Severity::Error) {
        return Err(Diagnostics { sources, messages });
    }
    Ok(Loaded { versions: programs, sources, warnings: messages })
}

/// What the messages so far leave open.
fn doubt(trees: &Trees, messages: &[Diagnostic]) -> Doubt {
    let mut errors =
        messages.iter().filter(|message| message.severity == Severity::Error).map(|message| message.code.0);
    // Of brackets and markers nobody knows what they enclose; from E0400 on a whole file is missing.
    let whole = |code: &str| ("E0100".."E0105").contains(&code) || ("E0400".."E0405").contains(&code);
    if errors.clone().any(whole) {
        return Doubt::Files;
    }
    if errors.next().is_none() {
        return Doubt::None;
    }
    // What was meant to begin the `program` block is one, under another name.
    let misspelt =
        |message: &Diagnostic| message.code.0 == "E0120" && message.edits.iter().any(|e| e.text == "program");
    let program = messages.iter().any(misspelt).then(|| "program".to_owned());
    Doubt::Parts {
        words: trees.iter().flat_map(|(_, tree)| &tree.doubtful).map(|word| root(word)).chain(program).collect(),
        items: trees.iter().flat_map(|(_, tree)| &tree.partial).copied().collect(),
    }
}

/// What members may hold of one version and the next has no place for (S41).
fn dropped(old: &Program, new: &Program) -> Vec<Diagnostic> {
    let mut messages = Vec::new();
    let mut look = |kind: &str, name: &str, span: Span, kept: bool| {
        if !kept {
            let message = format!("the next version has no {kind} `{name}`, and members may hold it");
            let help = format!("keep it there, or say what it was: `{kind} new_name was {name}`");
            messages.push(Diagnostic::error(Code("E0405"), span, message).help(help));
        }
    };
    for unit in old.units.iter() {
        let kept = new.units.iter().any(|other| other.name == unit.name || other.was.as_ref() == Some(&unit.name));
        look("unit", &unit.name, unit.span, kept);
    }
    for ladder in old.ladders.iter() {
        let kept =
            new.ladders.iter().any(|other| other.name == ladder.name || other.was.as_ref() == Some(&ladder.name));
        look("tiers", &ladder.name, ladder.span, kept);
    }
    for reward in old.rewards.iter() {
        let kept =
            new.rewards.iter().any(|other| other.name == reward.name || other.was.as_ref() == Some(&reward.name));
        look("reward", &reward.name, reward.span, kept);
    }
    messages
}

/// Versions that begin on the same day, or both without one.
fn same_dates(versions: &[Vec<FileId>], trees: &[(FileId, ast::File)]) -> Vec<Diagnostic> {
    let mut seen: Vec<(Option<ast::Date>, Span)> = Vec::new();
    let mut messages = Vec::new();
    let blocks = versions.iter().filter_map(|version| version.first()).filter_map(|root| {
        let (_, tree) = trees.iter().find(|(id, _)| id == root)?;
        program_block(tree)
    });
    for block in blocks {
        let date = block.effective;
        let span = date.map_or(block.at.0, |date| date.at.0);
        match seen.iter().find(|(known, _)| *known == date) {
            Some((_, first)) => messages.push(same_date(span, *first, date.is_some())),
            None => seen.push((date, span)),
        }
    }
    messages
}

/// The day from which the version of a file is in force.
fn effective(trees: &[(FileId, ast::File)], root: FileId) -> Option<(i16, u8, u8)> {
    let (_, tree) = trees.iter().find(|(id, _)| *id == root)?;
    program_block(tree)?.effective.map(|date| (date.year, date.month, date.day))
}

fn program_block(tree: &ast::File) -> Option<&ast::Program> {
    tree.items.iter().find_map(|item| match item {
        Item::Program(block) => Some(block),
        _ => None,
    })
}

fn same_date(span: Span, first: Span, dated: bool) -> Diagnostic {
    let message = match dated {
        true => "two versions in this folder begin on the same day",
        false => "two versions in this folder do not say from when on they are in force",
    };
    Diagnostic::error(Code("E0403"), span, message).related(first, "the other one").help(
        "say it in the `program` block: `effective from 2026-01-01`; keep unrelated programs in folders of their own",
    )
}

fn unreadable(mut files: Files<'_>, path: &Path, reason: &str) -> Diagnostics {
    let name = name_of(path);
    let file = files.blank(&name);
    let message = Diagnostic::error(Code("E0400"), Span::new(file, 0, 0), format!("`{name}` cannot be read: {reason}"));
    let (sources, _, mut messages, _) = files.into_parts();
    messages.push(message);
    Diagnostics { sources: Arc::new(sources), messages }
}

#[cfg(test)]
mod tests;
