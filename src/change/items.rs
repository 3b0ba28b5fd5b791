//! Items of a program as statements that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::Program;
use crate::source::{FileId, Span};
use crate::syntax::{Phrase, outline};

/// A statement of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Statements with one key are compared with each other.
    pub key: String,
    /// Names, numbers and signs.
    pub words: Vec<String>,
    /// As it is written, on one line.
    pub text: String,
    /// File and line.
    pub at: String,
}

/// An item of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// `earn`, `unit` …
    pub keyword: String,
    /// Its name; empty where it has none.
    pub name: String,
    /// The name that it had before.
    pub was: Option<String>,
    /// What it says: the rest of its first line, then its block.
    pub statements: Vec<Statement>,
    /// File and line.
    pub at: String,
}

/// All items of a program that are rules, not tests.
pub fn items(program: &Program) -> Vec<Item> {
    let mut found = Vec::new();
    for file in files(program) {
        let phrases = outline(&program.sources.file(file).text);
        let kept = phrases.iter().filter(|phrase| {
            !matches!(
                phrase.words.first().map(String::as_str),
                None | Some("scenario" | "invariant" | "import" | "only" | "skip")
            )
        });
        found.extend(kept.map(|phrase| item(program, file, phrase)));
    }
    merged(found)
}

/// Attributes of members may be declared in several blocks, which are one.
fn merged(items: Vec<Item>) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::new();
    for item in items {
        match out.iter_mut().find(|other| item.keyword == "member" && other.keyword == "member") {
            Some(member) => member.statements.extend(item.statements),
            None => out.push(item),
        }
    }
    out
}

/// The files that declare anything of this version, in order.
fn files(program: &Program) -> BTreeSet<FileId> {
    let mut spans: Vec<Span> = Vec::new();
    spans.extend(program.events.iter().skip(crate::hir::EventKind::BUILTIN.len()).map(|item| item.span));
    spans.extend(program.attributes.iter().skip(3).map(|item| item.span));
    spans.extend(program.units.iter().map(|item| item.span));
    spans.extend(program.lets.iter().map(|item| item.span));
    spans.extend(program.tables.iter().map(|item| item.span));
    spans.extend(program.measures.iter().map(|item| item.span));
    spans.extend(program.segments.iter().map(|item| item.span));
    spans.extend(program.ladders.iter().map(|item| item.span));
    spans.extend(program.earns.iter().map(|item| item.span));
    spans.extend(program.boosts.iter().map(|item| item.span));
    spans.extend(program.stacks.iter().map(|item| item.span));
    spans.extend(program.limits.iter().map(|item| item.span));
    spans.extend(program.rules.iter().map(|item| item.span));
    spans.extend(program.rewards.iter().map(|item| item.span));
    spans.extend(program.redeems.iter().map(|item| item.span));
    spans.extend(program.charities.iter().map(|item| item.span));
    spans.extend(program.partners.iter().map(|item| item.span));
    spans.into_iter().map(|span| span.file).collect()
}

fn item(program: &Program, file: FileId, phrase: &Phrase) -> Item {
    let mut words = phrase.words.clone();
    let keyword = if words.is_empty() { String::new() } else { words.remove(0) };
    let unnamed = matches!(keyword.as_str(), "member" | "program");
    let name = if unnamed || words.is_empty() { String::new() } else { words.remove(0) };
    let was = match (words.first().map(String::as_str), words.get(1)) {
        (Some("was"), Some(_)) => {
            words.remove(0);
            Some(words.remove(0))
        }
        _ => None,
    };
    let place = |start: usize| program.sources.at(Span::new(file, start, start));
    let mut statements = Vec::new();
    if !words.is_empty() {
        let header = Statement { key: String::new(), text: spaced(&words), words, at: place(phrase.start) };
        statements.push(header);
    }
    for inner in &phrase.block {
        flatten(inner, "", &place, &mut statements);
    }
    Item { keyword, name, was, statements, at: place(phrase.start) }
}

/// A statement and those of its block, each under the first words of what it stands in.
fn flatten(phrase: &Phrase, above: &str, place: &dyn Fn(usize) -> String, into: &mut Vec<Statement>) {
    let key = format!("{above}{}", key(&phrase.words));
    let prefix = if above.is_empty() { String::new() } else { format!("{}: ", above.trim_end_matches(" / ")) };
    into.push(Statement {
        key: key.clone(),
        words: std::iter::once(above.to_owned()).chain(phrase.words.iter().cloned()).collect(),
        text: format!("{prefix}{}", phrase.text),
        at: place(phrase.start),
    });
    for inner in &phrase.block {
        flatten(inner, &format!("{key} / "), place, into);
    }
}

/// What a statement is about: its first word, and the second where many begin with the first.
fn key(words: &[String]) -> String {
    if words.first().is_some_and(|word| {
        word.starts_with(|sign: char| sign.is_ascii_digit() || sign == '$' || !sign.is_ascii() && !sign.is_alphabetic())
    }) {
        return "amount".to_owned();
    }
    let two = matches!(
        words.first().map(String::as_str),
        Some("at" | "also" | "minimum" | "any" | "leap" | "option" | "prize")
    );
    let number = |word: &String| word.starts_with(|sign: char| sign.is_ascii_digit() || !sign.is_alphanumeric());
    let minimum = words.first().is_some_and(|word| word == "minimum") && words.get(1).is_some_and(number);
    words.iter().take(if two && !minimum { 2 } else { 1 }).cloned().collect::<Vec<_>>().join(" ")
}

/// Words as a line: names joined by dots and brackets as they are usually written.
fn spaced(words: &[String]) -> String {
    let mut out = String::new();
    for word in words {
        let tight = matches!(word.as_str(), "." | "," | ")" | "]")
            || out.is_empty()
            || out.ends_with(['.', '(', '[', '$', '£', '€']);
        if !tight {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

impl Item {
    /// The second name of a unit.
    pub(super) fn also(&self) -> Option<&str> {
        let header = self.statements.first().filter(|statement| statement.key.is_empty())?;
        let place = header.words.iter().position(|word| word == "also")?;
        header.words.get(place + 1).map(String::as_str)
    }

    /// The same with other words in its statements in place of some.
    pub(super) fn with_words(&self, others: &BTreeMap<&str, &str>) -> Self {
        let mut item = self.clone();
        for word in item.statements.iter_mut().flat_map(|statement| &mut statement.words) {
            if let Some(other) = others.get(word.as_str()) {
                (*other).clone_into(word);
            }
        }
        item
    }

    /// The whole item on one line.
    pub fn text(&self) -> String {
        let statements: Vec<&str> = self.statements.iter().map(|statement| statement.text.as_str()).collect();
        statements.join("; ")
    }

    /// The same with new names in place of old ones.
    pub(super) fn renamed(mut self, names: &BTreeMap<&str, &str>) -> Self {
        if names.is_empty() {
            return self;
        }
        let call = |word: &String| renamed_word(word, names);
        self.name = call(&self.name);
        for statement in &mut self.statements {
            statement.key = statement.key.split(' ').map(|word| call(&word.to_owned())).collect::<Vec<_>>().join(" ");
            statement.words = statement.words.iter().map(call).collect();
        }
        self
    }
}

/// A word, or a text in quotes with names in braces, with new names in place of old ones.
fn renamed_word(word: &str, names: &BTreeMap<&str, &str>) -> String {
    if let Some(new) = names.get(word) {
        return (*new).to_owned();
    }
    if !word.starts_with('"') || !word.contains('{') {
        return word.to_owned();
    }
    let mut out = String::new();
    let (mut inside, mut name) = (false, String::new());
    for letter in word.chars() {
        if inside && (letter.is_alphanumeric() || letter == '_') {
            name.push(letter);
            continue;
        }
        out.push_str(names.get(name.as_str()).copied().unwrap_or(&name));
        name.clear();
        inside = match letter {
            '{' => true,
            '}' => false,
            _ => inside,
        };
        out.push(letter);
    }
    out + &name
}
