//! Names of one block: `let base = max(500, miles)` inside an earn, a boost or a rule. Where such a name stands, its value is meant, so
//! that refunds, tiers and explanations see what it is made of.

use std::sync::Arc;

use crate::hir::Expr;
use crate::source::Span;
use crate::syntax::ast;

use super::MAX_PARTS;
use super::context::Checker;
use super::errors;
use super::scope::Scope;
use super::walk::walk;

/// The names of a block.
#[derive(Debug, Clone, Default)]
pub(super) struct Locals {
    all: Arc<[ast::Let]>,
    /// How many of them can be seen: a value sees the names above it.
    seen: usize,
}

impl Locals {
    /// The position of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.all.iter().take(self.seen).position(|local| &*local.name.text == name)
    }
    /// The names that can be seen.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().take(self.seen).map(|local| &*local.name.text)
    }
}

impl Checker<'_> {
    /// A scope with the names of a block. What is named otherwise already keeps its name.
    pub fn with_locals(&mut self, lets: &[ast::Let], scope: Scope) -> Scope {
        for (at, local) in lets.iter().enumerate() {
            let name = &local.name;
            let first = lets.iter().take(at).find(|other| other.name.text == name.text);
            let taken = self.is_named(&ast::Path { parts: vec![name.clone()], at: name.at }, &scope);
            if let Some(first) = first {
                self.report(errors::names::duplicate(name.span(), &name.text, Some(first.name.span())));
            } else if taken {
                self.report(errors::names::local_taken(name.span(), &name.text));
            } else {
                continue;
            }
            self.failed_locals.insert(name.span());
        }
        Scope { locals: Locals { all: lets.into(), seen: lets.len() }, ..scope }
    }
    /// The value of a name of the block, as it is seen from here.
    pub fn local(&mut self, at: usize, span: Span, scope: &Scope) -> Option<Expr> {
        let local = scope.locals.all.get(at)?.clone();
        let name = local.name.span();
        if self.failed_locals.contains(&name) {
            return None;
        }
        let above = Scope { locals: Locals { seen: at, ..scope.locals.clone() }, ..scope.clone() };
        let value = self.cases(&local.value, &above, None);
        let mut parts = 0;
        value.iter().for_each(|value| walk(value, &mut |_| parts += 1));
        if parts > MAX_PARTS {
            self.report(errors::names::local_too_large(name, &local.name.text, MAX_PARTS));
        } else if let Some(value) = value {
            if let Some(manner) = self.written.get(&value.span).copied() {
                self.written_as(span, manner);
            }
            return Some(Expr { span, ..value });
        }
        self.failed_locals.insert(name);
        None
    }
    /// Reads the values that nothing has asked for too.
    pub fn all_locals(&mut self, scope: &Scope) -> Option<()> {
        let values: Vec<_> =
            (0..scope.locals.seen).map(|at| self.local(at, scope.locals.all.get(at)?.at.0, scope)).collect();
        values.iter().all(Option::is_some).then_some(())
    }
}
