//! Small changes of a program that its scenarios should notice: each is made in the text, and the scenarios are run again.

mod number;
mod plan;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::compile::compile;
use crate::diagnostic::Severity;
use crate::hir::Program;
use crate::program::{Diagnostics, Edited};
use crate::source::{FileId, Sources, Span};
use crate::syntax::outline;

pub use plan::plan;

/// One thing in a program that could be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about, in one word: `number`, `date`, `time`, `period`, `operator`, `sign`, `tier`, `rounding`, `removal`.
    pub kind: &'static str,
    /// The file.
    pub file: FileId,
    /// What is replaced, in bytes.
    pub range: Range<usize>,
    /// How the sentence about it begins: `if gold began at`.
    pub supposing: String,
    /// As it is, the way that the sentence says it; empty where something is left out.
    pub was: String,
    /// How it could be, the coarsest way first: scenarios that notice the finest notice them all.
    pub variants: Vec<Variant>,
}

/// One way in which something could be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// What stands in its place.
    pub with: String,
    /// The same as the sentence says it.
    pub shown: String,
}

/// What scenarios make of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trial {
    /// A scenario fails.
    Noticed,
    /// With this variant, none does.
    Unnoticed(Variant),
    /// It would not be a program.
    Impossible,
}

/// Changes that no scenario notices, told in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnoticed {
    /// What they are about.
    pub kind: &'static str,
    /// Where.
    pub span: Span,
    /// In words: `if gold began at $600 or $400 instead of $500`.
    pub supposed: String,
    /// How many changes that are, with those inside what could be left out altogether.
    pub changes: usize,
}

/// Tells unnoticed changes, in order of place: those of one place together, and none inside what could be left out.
pub fn tell(unnoticed: &[(&Change, Variant)]) -> Vec<Unnoticed> {
    let mut told: Vec<(&Change, Vec<&str>, usize)> = Vec::new();
    for (change, variant) in unnoticed {
        match told.last_mut() {
            Some((last, _, count)) if last.kind == "removal" && last.covers(change) => *count += 1,
            Some((last, shown, count)) if last.covers(change) && last.range == change.range => {
                shown.push(&variant.shown);
                *count += 1;
            }
            _ => told.push((change, vec![&variant.shown], 1)),
        }
    }
    let sentence = |(change, shown, changes): (&Change, Vec<&str>, usize)| {
        let supposed = match change.was.as_str() {
            "" => change.supposing.clone(),
            was => format!("{} {} instead of {was}", change.supposing, shown.join(" or ")),
        };
        let span = Span::new(change.file, change.range.start, change.range.end);
        Unnoticed { kind: change.kind, span, supposed, changes }
    };
    told.into_iter().map(sentence).collect()
}

impl Change {
    fn covers(&self, other: &Change) -> bool {
        self.file == other.file && self.range.start <= other.range.start && other.range.end <= self.range.end
    }

    /// Tries the change on the program at `path` whose texts are `sources`, with the scenarios whose name is wanted.
    pub fn attempt(&self, path: &Path, sources: &Sources, wanted: &dyn Fn(&str) -> bool) -> Trial {
        let file = sources.file(self.file);
        let mut trial = Trial::Impossible;
        for variant in &self.variants {
            let part = |range: Range<usize>| file.text.get(range).unwrap_or_default();
            let text = [part(0..self.range.start), &variant.with, part(self.range.end..file.text.len())].concat();
            match Program::from_reader(path, &Edited { name: &file.name, text: &text }) {
                Ok(loaded) => {
                    let versions: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
                    let Some(newest) = versions.last() else { continue };
                    if !super::any_fails(&compile(&versions), newest, wanted) {
                        return Trial::Unnoticed(variant.clone());
                    }
                    trial = Trial::Noticed;
                }
                // A scenario that names what is no more is one that notices.
                Err(wrong) if only_in_scenarios(&wrong) => trial = Trial::Noticed,
                Err(_) => {}
            }
        }
        trial
    }
}

fn only_in_scenarios(wrong: &Diagnostics) -> bool {
    wrong.messages.iter().filter(|message| message.severity == Severity::Error).all(|message| {
        let start = message.span.start as usize;
        let phrases = outline(&wrong.sources.file(message.span.file).text);
        phrases.iter().any(|phrase| plan::is_scenario(phrase) && (phrase.start..phrase.end).contains(&start))
    })
}
