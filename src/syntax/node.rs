//! A read rule, with places in the whole file. The parser library is seen here, in the grammar, the tokens, `reader`
//! and `explain`, and nowhere else.

use pest::iterators::Pair;

use super::ast::{At, Ident, Number, Path};
use super::grammar::Rule;
use crate::source::{FileId, Span};

/// A rule that was read and what it consists of.
#[derive(Debug, Clone)]
pub(super) struct Node<'t> {
    pair: Pair<'t, Rule>,
    base: usize,
    file: FileId,
}

impl<'t> Node<'t> {
    /// `base` is where the text that was read begins in its file.
    pub fn new(pair: Pair<'t, Rule>, base: usize, file: FileId) -> Self {
        Self { pair, base, file }
    }
    /// Which rule.
    pub fn rule(&self) -> Rule {
        self.pair.as_rule()
    }
    /// The text; of compound rules with blanks behind it.
    pub fn text(&self) -> &'t str {
        self.pair.as_str()
    }
    /// Where, without blanks behind it.
    pub fn at(&self) -> At {
        let span = self.pair.as_span();
        let mut last = self.pair.clone();
        while let Some(inner) = last.clone().into_inner().last() {
            last = inner;
        }
        let last = last.as_span();
        let behind = last.start() + last.as_str().trim_end().len();
        // A sign may stand behind the last part (`20%`); blanks and comments do not count.
        let rest = span.as_str().get(behind - span.start()..).unwrap_or("");
        let end = if rest.starts_with(|c: char| c.is_whitespace() || c == '#') { behind } else { span.end() };
        At(Span::new(self.file, self.base + span.start(), self.base + end))
    }
    /// The parts.
    pub fn kids(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let (base, file) = (self.base, self.file);
        self.pair.clone().into_inner().map(move |pair| Node { pair, base, file })
    }
    /// The only part.
    pub fn only(&self) -> Option<Node<'t>> {
        let mut kids = self.kids();
        let first = kids.next()?;
        kids.next().is_none().then_some(first)
    }
    /// The first part.
    pub fn first(&self) -> Option<Node<'t>> {
        self.kids().next()
    }
    /// The first part of this rule.
    pub fn get(&self, rule: Rule) -> Option<Node<'t>> {
        self.kids().find(|k| k.rule() == rule)
    }
    /// All parts of this rule.
    pub fn all(&self, rule: Rule) -> impl Iterator<Item = Node<'t>> + use<'t> {
        self.kids().filter(move |k| k.rule() == rule)
    }
    /// Whether it has a part of this rule.
    pub fn has(&self, rule: Rule) -> bool {
        self.get(rule).is_some()
    }
    /// The place of the first part of this rule.
    pub fn mark(&self, rule: Rule) -> Option<At> {
        self.get(rule).map(|k| k.at())
    }
    /// The first of these that is a part.
    pub fn pick<T: Copy>(&self, choices: &[(Rule, T)]) -> Option<T> {
        choices.iter().find(|(rule, _)| self.has(*rule)).map(|(_, value)| *value)
    }
    /// The text as a name.
    pub fn as_ident(&self) -> Ident {
        Ident { text: self.text().into(), at: self.at() }
    }
    /// The first name.
    pub fn ident(&self) -> Option<Ident> {
        self.get(Rule::ident).map(|k| k.as_ident())
    }
    /// The old name after `was`.
    pub fn was(&self) -> Option<Ident> {
        self.get(Rule::was_name).and_then(|k| k.ident())
    }
    /// All names that are parts.
    pub fn idents(&self) -> Vec<Ident> {
        self.all(Rule::ident).map(|k| k.as_ident()).collect()
    }
    /// The names of the `idents` part.
    pub fn ident_list(&self) -> Vec<Ident> {
        self.get(Rule::idents).map(|k| k.idents()).unwrap_or_default()
    }
    /// The text as a path.
    pub fn as_path(&self) -> Path {
        Path { parts: self.idents(), at: self.at() }
    }
    /// The first path.
    pub fn path(&self) -> Option<Path> {
        self.get(Rule::path).map(|k| k.as_path())
    }
    /// All paths that are parts.
    pub fn paths(&self) -> Vec<Path> {
        self.all(Rule::path).map(|k| k.as_path()).collect()
    }
    /// The digits of a number, money, percent or factor.
    pub fn as_number(&self) -> Option<Number> {
        let digits = if self.rule() == Rule::decimal { self.clone() } else { self.get(Rule::decimal)? };
        Some(Number { text: digits.text().replace('_', "").into(), at: self.at() })
    }
    /// The first plain number.
    pub fn number(&self) -> Option<Number> {
        self.get(Rule::number)?.as_number()
    }
}
