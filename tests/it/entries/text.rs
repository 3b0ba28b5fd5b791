//! Texts of programs.

use meed::Program;
use meed::diagnostic::{Diagnostic, render};
use meed::source::{FileId, Sources, Span};
use meed::{compile, syntax};

/// No text makes the checker fail: it is a program, or messages that point into it.
pub fn grammar(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Program::from_text("any.meed", text) {
        Ok(loaded) => {
            show(&loaded.warnings, &loaded.sources);
            let programs: Vec<_> = loaded.versions.into_iter().map(std::sync::Arc::new).collect();
            compile::compile(&programs);
        }
        Err(wrong) => {
            assert!(!wrong.messages.is_empty());
            show(&wrong.messages, &wrong.sources);
        }
    }
}

/// Every place is one of the text, and every renderer copes with it.
fn show(messages: &[Diagnostic], sources: &Sources) {
    let place = |span: Span| {
        let text = &sources.file(span.file).text;
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && text.get(start..end).is_some(), "{span:?} in {} bytes", text.len());
    };
    for message in messages {
        place(message.span);
        message.related.iter().for_each(|(span, _)| place(*span));
        message.edits.iter().for_each(|edit| place(edit.span));
        assert!(!message.message.is_empty() && message.code.0 != "E0108", "{message:?}");
    }
    assert!(!render::full(messages, sources, false).is_empty() || messages.is_empty());
    render::short(messages, sources);
    render::json(messages, sources);
}

/// What is laid out says the same, and is laid out already.
pub fn format(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match syntax::format(text) {
        Ok(once) => {
            assert_eq!(syntax::format(&once).as_deref(), Ok(&*once), "the layout of the layout is another");
            let (before, after) = (syntax::parse(FileId(0), text), syntax::parse(FileId(0), &once));
            let same = before.0.items == after.0.items && before.0.doubtful == after.0.doubtful;
            assert!(same, "the layout says something else:\n{once}");
            assert_eq!(before.1.len(), after.1.len(), "the layout has other mistakes:\n{once}");
        }
        Err(syntax::FormatError::Changed) => panic!("the layout would say something else"),
        Err(_) => {}
    }
}
