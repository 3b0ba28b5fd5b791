//! Messages as text for people, as one line each, and as JSON. Pure functions: nothing is printed here.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use serde::Serialize;

use crate::source::{File, FileId, Sources, Span};

use super::{Diagnostic, Severity};

/// The name and version of the JSON form.
pub const SCHEMA: &str = "meed.check/1";

/// In order of place: file, then position, then code; the same message at the same place once.
pub fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
    diagnostics.dedup();
    diagnostics
}

/// With excerpts of the text, one block for each message, a blank line between them; colour only where asked.
pub fn full(diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Unicode);
    let mut out = String::new();
    for (at, diagnostic) in diagnostics.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        out.push_str(&renderer.render(&groups(diagnostic, sources)));
        out.push('\n');
    }
    out
}

/// One line for each message: `file:line:column: error[E0203]: sentence`.
pub fn short(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let (line, column) = sources.place(diagnostic.span);
        let file = &sources.file(diagnostic.span.file).name;
        let Diagnostic { severity, code, message, .. } = diagnostic;
        out.push_str(&format!("{file}:{line}:{column}: {severity}[{code}]: {message}\n"));
    }
    out
}

/// One JSON document: `{"schema": "meed.check/1", "diagnostics": [...]}`, lines and columns from 1, offsets in bytes.
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let document = JsonDocument {
        schema: SCHEMA,
        diagnostics: diagnostics.iter().map(|d| JsonDiagnostic::new(d, sources)).collect(),
    };
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn groups<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut primary = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.0));
    for file in files(diagnostic) {
        let text = sources.file(file);
        let mut snippet = Snippet::source(&*text.text).path(text.name.as_str());
        if diagnostic.span.file == file {
            snippet = snippet.annotation(
                AnnotationKind::Primary.span(range(text, diagnostic.span)).label(diagnostic.label.as_deref()),
            );
        }
        for (span, words) in diagnostic.related.iter().filter(|(span, _)| span.file == file) {
            snippet = snippet.annotation(AnnotationKind::Context.span(range(text, *span)).label(words.as_str()));
        }
        primary = primary.element(snippet);
    }
    for note in &diagnostic.notes {
        primary = primary.element(Level::NOTE.message(note.as_str()));
    }
    let (shown_with_edits, plain) = match (diagnostic.edits.is_empty(), diagnostic.help.split_last()) {
        (false, Some((last, rest))) => (Some(last), rest),
        _ => (None, diagnostic.help.as_slice()),
    };
    for help in plain {
        primary = primary.element(Level::HELP.message(help.as_str()));
    }
    let mut groups = vec![primary];
    if let Some(first) = diagnostic.edits.first() {
        let title = shown_with_edits.map_or("write", String::as_str);
        let text = sources.file(first.span.file);
        let mut snippet = Snippet::source(&*text.text).path(text.name.as_str());
        for edit in diagnostic.edits.iter().filter(|edit| edit.span.file == first.span.file) {
            snippet = snippet.patch(Patch::new(range(text, edit.span), edit.text.as_str()));
        }
        groups.push(Group::with_title(Level::HELP.secondary_title(title)).element(snippet));
    }
    groups
}

/// The files that a message shows, its own first.
fn files(diagnostic: &Diagnostic) -> Vec<FileId> {
    let mut files = vec![diagnostic.span.file];
    for (span, _) in &diagnostic.related {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    files
}

/// A span as byte offsets that lie inside the text, on borders of characters.
fn range(file: &File, span: Span) -> std::ops::Range<usize> {
    let text = &*file.text;
    let floor = |mut at: usize| {
        while at > 0 && !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor((span.start as usize).min(text.len()));
    start..floor((span.end as usize).min(text.len())).max(start)
}

#[derive(Serialize)]
struct JsonDocument<'a> {
    schema: &'static str,
    diagnostics: Vec<JsonDiagnostic<'a>>,
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    severity: Severity,
    code: &'static str,
    message: &'a str,
    place: JsonPlace<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    related: Vec<JsonRelated<'a>>,
    notes: &'a [String],
    help: &'a [String],
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    place: JsonPlace<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    place: JsonPlace<'a>,
    text: &'a str,
}

impl<'a> JsonDiagnostic<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        Self {
            severity: diagnostic.severity,
            code: diagnostic.code.0,
            message: &diagnostic.message,
            place: JsonPlace::new(diagnostic.span, sources),
            label: diagnostic.label.as_deref(),
            related: diagnostic
                .related
                .iter()
                .map(|(span, words)| JsonRelated { place: JsonPlace::new(*span, sources), message: words })
                .collect(),
            notes: &diagnostic.notes,
            help: &diagnostic.help,
            edits: diagnostic
                .edits
                .iter()
                .map(|edit| JsonEdit { place: JsonPlace::new(edit.span, sources), text: &edit.text })
                .collect(),
        }
    }
}

impl<'a> JsonPlace<'a> {
    fn new(span: Span, sources: &'a Sources) -> Self {
        let file = sources.file(span.file);
        let range = range(file, span);
        let ((line, column), (end_line, end_column)) = (file.place(range.start), file.place(range.end));
        Self { file: &file.name, line, column, end_line, end_column, start: span.start, end: span.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    fn one() -> (Sources, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        let file = sources.add("a.meed", "give 1 pint\n\u{79ef}\u{5206}\n");
        let span = Span::new(file, 7, 11);
        let diagnostic = Diagnostic::error(Code("E0200"), span, "nothing is called `pint`")
            .label("not declared")
            .help("did you mean `point`?")
            .edit(span, "point");
        (sources, vec![diagnostic])
    }

    #[test]
    fn short_form_is_one_line() {
        let (sources, diagnostics) = one();
        assert_eq!(short(&diagnostics, &sources), "a.meed:1:8: error[E0200]: nothing is called `pint`\n");
    }

    #[test]
    fn full_form_shows_the_excerpt_and_the_edit() {
        let (sources, diagnostics) = one();
        let text = full(&diagnostics, &sources, false);
        assert!(text.contains("error[E0200]: nothing is called `pint`"), "{text}");
        assert!(text.contains("did you mean `point`?"), "{text}");
        assert!(text.contains("give 1 point"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn json_form_has_places() {
        let (sources, diagnostics) = one();
        let value: serde_json::Value = serde_json::from_str(&json(&diagnostics, &sources)).unwrap();
        assert_eq!(value["schema"], SCHEMA);
        assert_eq!(value["diagnostics"][0]["place"]["column"], 8);
        assert_eq!(value["diagnostics"][0]["severity"], "error");
    }

    #[test]
    fn a_span_inside_a_character_or_beyond_the_end_is_shown_all_the_same() {
        let (sources, mut diagnostics) = one();
        for (start, end) in [(13, 14), (17, 99), (400, 500), (9, 3)] {
            diagnostics[0].span.start = start;
            diagnostics[0].span.end = end;
            assert!(full(&diagnostics, &sources, false).contains("E0200"));
            assert!(json(&diagnostics, &sources).contains("E0200"));
        }
    }
}
