//! Characters that turn the direction of writing round: what people read in a comment or text is then not what is run.

use super::errors;
use super::layout::TokenKind;
use super::reader::Reader;
use crate::diagnostic::{Diagnostic, Edit};
use crate::unseen::turns;

/// One message for each comment or text with such characters, at the first of them.
pub(super) fn find(r: &Reader<'_>) -> Vec<Diagnostic> {
    let within = r.tokens.iter().enumerate().filter(|(_, token)| {
        matches!(token.kind, TokenKind::Comment | TokenKind::Text) && token.text(r.text).contains(turns)
    });
    within
        .filter_map(|(at, token)| {
            let (start, text) = (token.start, r.token_text(at));
            let edits = text.char_indices().filter(|(_, c)| turns(*c)).map(|(offset, c)| Edit {
                span: r.span(start + offset, start + offset + c.len_utf8()),
                text: match token.kind {
                    TokenKind::Text => format!("\\u{{{:x}}}", u32::from(c)),
                    _ => String::new(),
                },
            });
            let edits: Vec<Edit> = edits.collect();
            let (place, first) = (edits.first()?.span, text.chars().find(|c| turns(*c))?);
            Some(errors::direction(place, first, token.kind == TokenKind::Text, edits))
        })
        .collect()
}
