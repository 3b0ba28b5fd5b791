//! Reads a file: layout first, then statement by statement.

use std::collections::BTreeSet;

use pest::Parser;

use super::ast::{At, File};
use super::direction;
use super::doubts::Doubts;
use super::grammar::{Grammar, Rule};
use super::layout::{self, Block, Bracket, Line, Matching, Problem, Token, TokenKind};
use super::node::Node;
use super::{MAX_DEPTH, MAX_FILE, MAX_MESSAGES, MAX_OPERATORS, MAX_TEXT, MAX_WHERE, build, errors, explain, habits};
use crate::diagnostic::{Diagnostic, Edit, Severity};
use crate::source::{FileId, Span};

/// A statement that was read.
pub(super) struct Statement<'t, 'l> {
    /// Its rule.
    pub node: Node<'t>,
    /// Its block and what stands behind the block.
    pub block: Option<(&'l Block, Option<Node<'t>>)>,
    /// The whole of it.
    pub at: At,
    /// Its first token.
    pub first: usize,
    /// Its last token.
    pub last: usize,
}

/// What a statement with a block of its own looks like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nested {
    /// The rule of what stands before the block.
    pub head: Rule,
    /// The rule of what stands behind it.
    pub tail: Option<Rule>,
}

/// Statements that may be repeated in a block.
const REPEATABLE: &[Rule] = &[
    Rule::let_line,
    Rule::consent_line,
    Rule::accepts_line,
    Rule::field_line,
    Rule::list_field,
    Rule::expires_line,
    Rule::keeps_line,
    Rule::level_line,
    Rule::side_line,
    Rule::goal_line,
    Rule::milestone_line,
    Rule::place_line,
    Rule::activate_line,
    Rule::collects_line,
    Rule::always_line,
    Rule::perk_line,
    Rule::acted_line,
    Rule::usable_line,
    Rule::issue_line,
    Rule::during_line,
    Rule::where_line,
    Rule::when_line,
    Rule::only_line,
    Rule::limit_line,
    Rule::bare_limit_line,
    Rule::budget_line,
    Rule::funded_line,
    Rule::give_line,
    Rule::boost_line,
    Rule::amount_line,
    Rule::unless_line,
    Rule::take_line,
    Rule::give_to_line,
    Rule::convert_line,
    Rule::badge_line,
    Rule::grant_line,
    Rule::extend_line,
    Rule::restart_line,
    Rule::message_line,
    Rule::gives_line,
    Rule::expect_step,
    Rule::advance_step,
    Rule::event_step,
    Rule::else_row,
    Rule::up_to_row,
    Rule::below_row,
    Rule::above_row,
    Rule::keys_row,
    Rule::returns_line,
    Rule::at_most_line,
    Rule::issued_line,
    Rule::redeemed_line,
    Rule::bonus_line,
    Rule::gift_rate_line,
    Rule::donate_line,
    Rule::option_line,
    Rule::offer_line,
    Rule::enter_line,
    Rule::prize_line,
];

/// The state of reading one file.
pub(super) struct Reader<'t> {
    pub file: FileId,
    pub text: &'t str,
    pub tokens: Vec<Token>,
    matching: Matching,
    out: Vec<Diagnostic>,
    doubts: Doubts,
}

impl<'t> Reader<'t> {
    /// Reads a text.
    pub fn read(file: FileId, text: &'t str) -> (File, Vec<Diagnostic>) {
        let mut tree = File { items: Vec::new(), doubtful: BTreeSet::new(), partial: Vec::new() };
        if text.len() > MAX_FILE || u32::try_from(text.len()).is_err() {
            return (tree, vec![errors::file_too_large(Span::new(file, 0, 0), text.len(), MAX_FILE)]);
        }
        let tokens = layout::tokenize(text);
        let matching = layout::match_brackets(text, &tokens, MAX_DEPTH);
        let mut reader = Self { file, text, tokens, matching, out: Vec::new(), doubts: Doubts::default() };
        if reader.layout_problems() {
            let lines = layout::lines(text, &reader.tokens, &reader.matching, 0, reader.tokens.len());
            build::items(&mut reader, &lines, &mut tree);
        }
        (tree.doubtful, tree.partial) = reader.doubts.into_parts();
        let mut out = reader.out;
        out.sort_by_key(|d| (d.span.start, d.span.end));
        (tree, out)
    }

    /// Reports what is wrong before any statement is read; false where nothing more can be said.
    fn layout_problems(&mut self) -> bool {
        for problem in std::mem::take(&mut self.matching.problems) {
            let diagnostic = match problem {
                Problem::TooDeep(at) => {
                    self.report(errors::too_deep(self.token_span(at), MAX_DEPTH));
                    return false;
                }
                Problem::Unclosed(at) => {
                    errors::unclosed_bracket(self.token_span(at), self.token_text(at), self.closing(at))
                }
                Problem::Unopened(at) => errors::unopened_bracket(self.token_span(at), self.token_text(at)),
            };
            self.report(diagnostic);
        }
        let conflict = self.tokens.iter().position(|t| t.kind == TokenKind::Conflict);
        if let Some(at) = conflict {
            self.report(errors::conflict_marker(self.token_span(at)));
        }
        direction::find(self).into_iter().for_each(|diagnostic| self.report(diagnostic));
        let long = |t: &&Token| t.kind == TokenKind::Text && t.end - t.start > MAX_TEXT;
        let long: Vec<Token> = self.tokens.iter().filter(long).copied().collect();
        for token in long {
            self.report(errors::text_too_long(self.span(token.start, token.end), MAX_TEXT));
        }
        true
    }

    /// The closing brace that is missing, on a line of its own.
    fn closing(&self, open: usize) -> Option<Edit> {
        let end = self.matching.end(open).filter(|_| self.token_text(open) == "{").unwrap_or(self.tokens.len());
        let inside = self.tokens.get(open + 1..end)?;
        let last = inside.iter().rposition(|token| token.kind != TokenKind::Newline)? + open + 1;
        let (_, after) = self.range(last, last);
        let text = format!("\n{}}}", self.indent(open));
        (self.token_text(open) == "{").then(|| Edit { span: self.span(after, after), text })
    }
    /// Takes back the message that a closing brace closes nothing.
    pub fn withdraw_unopened(&mut self, at: usize) {
        let span = self.token_span(at);
        self.out.retain(|d| d.code.0 != "E0103" || d.span != span);
    }
    /// Notes that tokens `first..=last` could not be read.
    pub fn unread(&mut self, first: usize, last: usize) {
        let words = self.words(first, last);
        self.doubts.unread(words);
    }
    /// Notes an item, from token `first` to token `last`: whether all of it was read, and what may be said of it.
    pub fn item_read(&mut self, first: usize, head_last: usize, last: usize, whole: bool) {
        let declares = matches!(self.token_text(first), "event" | "member" | "unit");
        let words = match (whole, self.token_text(first)) {
            (true, "unit") => self.words(first + 1, head_last),
            (true, _) => self.words(first + 1, last),
            (false, "program" | "member") => self.words(first, first),
            (false, _) => self.words(first + 1, head_last),
        };
        match whole {
            true if declares => self.doubts.declared(words),
            true => {}
            false => {
                let (start, end) = self.range(first, last);
                self.doubts.partial(self.span(start, end));
                self.doubts.unread(words);
            }
        }
    }
    fn words(&self, first: usize, last: usize) -> Vec<&'t str> {
        let tokens = self.tokens.get(first..=last.max(first)).unwrap_or_default().iter();
        tokens.filter(|token| token.kind == TokenKind::Word).map(|token| token.text(self.text)).collect()
    }
    /// Whether a line begins an item.
    pub fn begins_item(&self, line: &Line) -> bool {
        let last = line.blocks.first().map_or(line.last, |block| block.open.saturating_sub(1).max(line.first));
        self.reads(Rule::item, line.first, last)
    }
    /// Whether an empty line stands before a line.
    pub fn after_gap(&self, line: &Line) -> bool {
        let before = self.tokens.get(..line.first).unwrap_or_default().iter().rev();
        before.take_while(|token| token.kind == TokenKind::Newline).count() > 1
    }
    /// Adds a message.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        match self.out.len() {
            ..MAX_MESSAGES => self.out.push(diagnostic),
            MAX_MESSAGES => self.out.push(Diagnostic::untold(Severity::Error, diagnostic.span, MAX_MESSAGES)),
            _ => {}
        }
    }
    /// How many messages there are.
    pub fn messages(&self) -> usize {
        self.out.len()
    }
    /// Reads a piece of text that begins at byte `start` of the file.
    pub fn snippet(&mut self, rule: Rule, code: &'t str, start: usize) -> Option<Node<'t>> {
        let span = self.span(start, start + code.len());
        let tokens = layout::tokenize(code);
        let matching = layout::match_brackets(code, &tokens, MAX_DEPTH);
        if matching.problems.iter().any(|p| matches!(p, Problem::TooDeep(_))) {
            self.report(errors::too_deep(span, MAX_DEPTH));
            return None;
        }
        if let Err(diagnostic) = within_limits(self.file, code, &tokens, start) {
            self.report(*diagnostic);
            return None;
        }
        match Grammar::parse(rule, code) {
            Ok(mut pairs) => pairs.next().map(|p| Node::new(p, start, self.file)),
            Err(error) => {
                self.report(explain::explain_snippet(span, code, &error));
                None
            }
        }
    }
    /// A span of this file.
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }
    /// The place of a token.
    pub fn token_span(&self, at: usize) -> Span {
        self.tokens.get(at).map_or(self.span(self.text.len(), self.text.len()), |t| self.span(t.start, t.end))
    }
    /// The text of a token.
    pub fn token_text(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |t| t.text(self.text))
    }
    /// The bytes that tokens `first..=last` cover.
    pub fn range(&self, first: usize, last: usize) -> (usize, usize) {
        let start = self.tokens.get(first).map_or(0, |t| t.start);
        let end = self.tokens.get(last).map_or(start, |t| t.end);
        (start, end.max(start))
    }
    /// Where the token before `at` ends.
    pub fn end_before(&self, at: usize) -> usize {
        at.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(0, |token| token.end)
    }
    /// Where the token after `at` begins.
    pub fn start_after(&self, at: usize) -> usize {
        self.tokens.get(at + 1).map_or(self.text.len(), |token| token.start)
    }
    /// The blanks before the line of token `at`.
    pub fn indent(&self, at: usize) -> &'t str {
        let (start, _) = self.range(at, at);
        let line = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let before = self.text.get(line..start).unwrap_or("");
        before.get(..before.len() - before.trim_start().len()).unwrap_or("")
    }
    /// Whether a message about a place within the tokens was given already.
    fn reported_within(&self, first: usize, last: usize) -> bool {
        let (start, end) = self.range(first, last);
        self.out.iter().any(|d| (start..end).contains(&(d.span.start as usize)))
    }

    /// Reads tokens `first..=last` as `rule`; what is wrong is the caller's to report.
    fn attempt(&self, rule: Rule, first: usize, last: usize) -> Result<Vec<Node<'t>>, Box<pest::error::Error<Rule>>> {
        let (start, end) = self.range(first, last);
        let pairs = Grammar::parse(rule, self.text.get(start..end).unwrap_or(""))?;
        Ok(pairs.map(|p| Node::new(p, start, self.file)).filter(|n| n.rule() != Rule::EOI).collect())
    }

    /// Whether tokens `first..=last` can be read as `rule`.
    pub fn reads(&self, rule: Rule, first: usize, last: usize) -> bool {
        self.within_limits(first, last).is_ok() && self.attempt(rule, first, last).is_ok()
    }

    /// Reads tokens `first..=last` as `rule`, or says what is wrong.
    pub fn strict(&mut self, rule: Rule, first: usize, last: usize) -> Option<Vec<Node<'t>>> {
        let diagnostic = match self.within_limits(first, last) {
            Err(diagnostic) => *diagnostic,
            Ok(()) => match self.attempt(rule, first, last) {
                Ok(nodes) => return Some(nodes),
                Err(error) => explain::explain(self, rule, first, last, &error),
            },
        };
        if !self.reported_within(first, last) {
            self.report(diagnostic);
        }
        None
    }

    fn within_limits(&self, first: usize, last: usize) -> Result<(), Box<Diagnostic>> {
        within_limits(self.file, self.text, self.tokens.get(first..=last).unwrap_or_default(), 0)
    }

    /// Reads the statements of a block.
    pub fn statements<'l>(
        &mut self,
        lines: &'l [Line],
        rule: Rule,
        nested: Option<Nested>,
        split: &'l mut Vec<Line>,
    ) -> Vec<Statement<'t, 'l>> {
        split.clear();
        for line in lines {
            match self.split(line, rule, nested) {
                Some(pieces) => split.extend(pieces),
                None => split.push(line.clone()),
            }
        }
        let mut out: Vec<Statement<'t, 'l>> = Vec::new();
        let mut once: Vec<(Rule, At)> = Vec::new();
        for line in split.iter() {
            let Some(statement) = self.statement(line, rule, nested) else {
                self.unread(line.first, line.last);
                continue;
            };
            let kind = statement.node.rule();
            if !REPEATABLE.contains(&kind) {
                if let Some((_, before)) = once.iter().find(|(known, _)| *known == kind) {
                    let word = self.token_text(line.first);
                    self.report(errors::written_twice(statement.at.0, before.0, word));
                    continue;
                }
                once.push((kind, statement.at));
            }
            out.push(statement);
        }
        out
    }

    fn statement<'l>(&mut self, line: &'l Line, rule: Rule, nested: Option<Nested>) -> Option<Statement<'t, 'l>> {
        let (start, end) = self.range(line.first, line.last);
        let at = At(self.span(start, end));
        let record = rule == Rule::scenario_lines;
        let Some(block) = line.blocks.first().filter(|_| !record) else {
            let node = self.strict(rule, line.first, line.last)?.into_iter().next()?;
            return Some(Statement { node, block: None, at, first: line.first, last: line.last });
        };
        let Some(shape) = nested else {
            if self.strict(rule, line.first, block.open.saturating_sub(1).max(line.first)).is_some() {
                self.report(errors::no_block_here(self.token_span(block.open), self.token_text(line.first)));
            }
            return None;
        };
        if block.open == line.first {
            self.report(errors::block_without_statement(self.token_span(block.open)));
            return None;
        }
        let node = self.strict(shape.head, line.first, block.open.saturating_sub(1))?.into_iter().next()?;
        let mut tail = None;
        if block.end < line.last {
            let Some(rule) = shape.tail else {
                self.report(errors::after_block(self.token_span(block.end + 1), self.token_text(block.end + 1)));
                return Some(Statement { node, block: Some((block, None)), at, first: line.first, last: line.last });
            };
            tail = self.tail(rule, block.end + 1, line.last);
        }
        Some(Statement { node, block: Some((block, tail)), at, first: line.first, last: line.last })
    }

    /// What stands behind a block, as one node of several parts.
    fn tail(&mut self, rule: Rule, first: usize, last: usize) -> Option<Node<'t>> {
        self.strict(rule, first, last)?.into_iter().next()
    }

    /// Splits a line at commas between statements, as in `{ order id, subtotal money }`. A comma separates where both
    /// sides can be read alone; it is a mistake where a line of text ends after it.
    fn split(&mut self, line: &Line, rule: Rule, nested: Option<Nested>) -> Option<Vec<Line>> {
        let commas = self.commas(line);
        if commas.is_empty() || commas.len() > MAX_OPERATORS || self.fits(line, rule, nested) {
            return None;
        }
        let mut pieces: Vec<Line> = Vec::new();
        let mut separators = Vec::new();
        let mut first = line.first;
        for comma in commas.iter().copied().chain(std::iter::once(line.last + 1)) {
            let piece = piece(line, first, comma.saturating_sub(1));
            let whole = piece.as_ref().is_some_and(|p| self.fits(p, rule, nested));
            let joined = pieces.last().zip(piece.as_ref()).is_some_and(|(before, piece)| {
                !whole && (!self.stands_alone(piece, rule) || self.fits(&join(before, piece), rule, nested))
            });
            match (pieces.last_mut(), piece) {
                (Some(before), Some(piece)) if joined => *before = join(before, &piece),
                (Some(_), Some(piece)) => {
                    separators.push(self.before(first));
                    pieces.push(piece);
                }
                (None, Some(piece)) => pieces.push(piece),
                (_, None) => separators.push(self.before(first)),
            }
            first = self.significant(comma + 1);
        }
        let fields = matches!(rule, Rule::event_lines | Rule::member_lines | Rule::field_lines);
        let stands = |piece: &Line| self.fits(piece, rule, nested) || self.stands_alone(piece, rule);
        if separators.is_empty() || !(fields || pieces.iter().all(stands)) {
            return None;
        }
        for comma in separators {
            let ends_line = self.tokens.get(comma + 1).is_none_or(|next| match next.kind {
                TokenKind::Newline | TokenKind::Comment => true,
                // The layout puts the end of such a block on a line of its own.
                TokenKind::Close(_) => self.in_lines(comma),
                _ => false,
            });
            if ends_line {
                self.report(errors::comma_at_line_end(self.token_span(comma)));
            }
        }
        Some(pieces)
    }

    /// Whether the block around a token stands on several lines, as far as up to the token.
    fn in_lines(&self, at: usize) -> bool {
        let mut depth = 0usize;
        for token in self.tokens.get(..at).unwrap_or_default().iter().rev() {
            match token.kind {
                TokenKind::Newline => return true,
                TokenKind::Close(_) => depth += 1,
                TokenKind::Open(_) if depth == 0 => return false,
                TokenKind::Open(_) => depth -= 1,
                _ => {}
            }
        }
        false
    }

    /// Whether a piece is probably a statement with a mistake in it, not a part of the statement before: a field has a
    /// name and a type, any other statement a word of its own.
    fn stands_alone(&self, piece: &Line, rule: Rule) -> bool {
        let suffix = matches!(self.token_text(piece.first), "optional" | "default");
        if matches!(rule, Rule::event_lines | Rule::member_lines | Rule::field_lines) {
            return piece.last > piece.first && !suffix;
        }
        let (known, word) = (explain::first_words(rule), self.token_text(piece.first));
        known.iter().any(|known| known == word) || explain::similar(word, &known).is_some()
    }

    /// The comma before token `at`.
    fn before(&self, at: usize) -> usize {
        let comma = |&i: &usize| self.tokens.get(i).is_some_and(|t| t.kind == TokenKind::Comma);
        (0..at).rev().find(comma).unwrap_or(at)
    }

    /// The first token at or after `at` that is no line end and no comment.
    fn significant(&self, at: usize) -> usize {
        let blank = |t: &Token| matches!(t.kind, TokenKind::Newline | TokenKind::Comment);
        at + self.tokens.get(at..).unwrap_or_default().iter().take_while(|t| blank(t)).count()
    }

    fn fits(&self, line: &Line, rule: Rule, nested: Option<Nested>) -> bool {
        match (line.blocks.first(), nested) {
            (Some(block), Some(shape)) if rule != Rule::scenario_lines => {
                let tail = match shape.tail {
                    Some(tail) => block.end >= line.last || self.reads(tail, block.end + 1, line.last),
                    None => block.end >= line.last,
                };
                tail && block.open > line.first && self.reads(shape.head, line.first, block.open - 1)
            }
            _ => self.reads(rule, line.first, line.last),
        }
    }

    /// The commas of a line that are in no brackets.
    fn commas(&self, line: &Line) -> Vec<usize> {
        let mut depth = 0usize;
        let mut out = Vec::new();
        for at in line.first..=line.last {
            match self.tokens.get(at).map(|t| t.kind) {
                Some(TokenKind::Open(bracket)) if bracket == Bracket::Brace || self.matching.is_matched(at) => {
                    depth += 1
                }
                Some(TokenKind::Close(bracket)) if bracket == Bracket::Brace || self.matching.is_matched(at) => {
                    depth = depth.saturating_sub(1);
                }
                Some(TokenKind::Comma) if depth == 0 => out.push(at),
                _ => {}
            }
        }
        out
    }
}

/// A line and the piece that belongs to it.
fn join(line: &Line, piece: &Line) -> Line {
    let blocks = line.blocks.iter().chain(&piece.blocks).cloned().collect();
    Line { first: line.first, last: piece.last, blocks }
}

/// The part of a line from token `first` to token `last`, where there is one.
fn piece(line: &Line, first: usize, last: usize) -> Option<Line> {
    let inside = |b: &&Block| b.open >= first && b.open <= last;
    (first <= last && first <= line.last).then(|| Line {
        first,
        last,
        blocks: line.blocks.iter().filter(inside).cloned().collect(),
    })
}

/// Whether a statement is small enough to be read without deep recursion. `start` is where `text` begins in its file.
fn within_limits(file: FileId, text: &str, tokens: &[Token], start: usize) -> Result<(), Box<Diagnostic>> {
    let (mut operators, mut filters) = (0, 0);
    for (i, token) in tokens.iter().enumerate() {
        if let Some(diagnostic) = habits::date_like(file, text, tokens.get(i..).unwrap_or_default(), start) {
            return Err(Box::new(diagnostic));
        }
        let word = (token.kind == TokenKind::Word).then(|| token.text(text));
        let span = Span::new(file, start + token.start, start + token.end);
        if token.kind == TokenKind::Operator || matches!(word, Some("and" | "or" | "not")) {
            operators += 1;
        }
        if word == Some("where") {
            filters += 1;
        }
        if operators > MAX_OPERATORS {
            return Err(Box::new(errors::too_many_operators(span, MAX_OPERATORS)));
        }
        if filters > MAX_WHERE {
            return Err(Box::new(errors::too_many_filters(span, MAX_WHERE)));
        }
    }
    Ok(())
}
