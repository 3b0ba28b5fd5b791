//! Choices and draws.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{Choice, ChoiceId, ChoiceOption, OnRefund};
use crate::syntax::ast;

use super::context::Checker;
use super::effect::Call;
use super::errors;
use super::literal;
use super::names::{Symbol, nearest, was};
use super::scope::Scope;

impl Checker<'_> {
    /// A whole choice.
    pub fn lower_choice(&mut self, item: &ast::Choice) -> Option<Choice> {
        let name = &item.name;
        if item.options.len() < 2 {
            return self.fail(errors::play::few_options(name.span(), &name.text));
        }
        let within = match &item.within {
            Some(within) => Some(self.duration(within)?),
            None => None,
        };
        match (&item.within, &item.default, item.forfeit) {
            (_, Some(default), Some(forfeit)) => {
                return self.fail(errors::play::default_and_forfeit(default.span(), forfeit.0));
            }
            (Some(within), None, None) => return self.fail(errors::play::no_default(within.at.0)),
            (None, Some(default), None) => return self.fail(errors::play::no_deadline(default.span())),
            (None, None, Some(forfeit)) => return self.fail(errors::play::no_deadline(forfeit.0)),
            _ => {}
        }
        let default = match &item.default {
            Some(word) => {
                let at = item.options.iter().position(|option| option.name.text == word.text);
                match at.and_then(|at| u32::try_from(at).ok()) {
                    Some(at) => Some(at),
                    None => {
                        let near = nearest(&word.text, item.options.iter().map(|option| &*option.name.text));
                        return self.fail(errors::play::unknown_option(word.span(), &word.text, &name.text, near));
                    }
                }
            }
            None => None,
        };
        let mut options = Vec::with_capacity(item.options.len());
        for option in &item.options {
            if let Some(needs) = &option.gate.needs {
                self.report(errors::rewards::not_of_rewards(needs.at.0, "needs activation"));
            }
            self.bars_refunds(&option.gate);
            let rule = self.called(
                &Call {
                    by: "choice",
                    name: format!("{}.{}", name.text, option.name.text).into(),
                    span: option.name.span(),
                    gate: &option.gate,
                    effects: &option.effects,
                    on_refund: OnRefund::Proportion,
                },
                &Scope::member(),
            )?;
            let label = option.label.as_ref().map(literal::label);
            options.push(ChoiceOption { name: Arc::clone(&option.name.text), label, rule });
        }
        Some(Choice {
            name: Arc::clone(&name.text),
            was: was(item.was.as_ref()),
            span: name.span(),
            label: item.label.as_ref().map(literal::label),
            options,
            within,
            default,
        })
    }

    /// The choice of a name, or its message.
    pub fn choice(&mut self, name: &ast::Ident) -> Option<ChoiceId> {
        match self.names.values.get(&name.text) {
            Some(Symbol::Choice(id)) => Some(id),
            _ => {
                let near = nearest(&name.text, self.items.choices.iter().map(|choice| &*choice.name.text));
                self.fail(errors::play::unknown_choice(name.span(), &name.text, near))
            }
        }
    }

    /// The option of a choice that a scenario names, or its message.
    pub fn option(&mut self, choice: ChoiceId, word: &ast::Ident) -> Option<u32> {
        let item = *self.items.choices.get(choice.index())?;
        match item.options.iter().position(|option| option.name.text == word.text) {
            Some(at) => u32::try_from(at).ok(),
            None => {
                let near = nearest(&word.text, item.options.iter().map(|option| &*option.name.text));
                self.fail(errors::play::unknown_option(word.span(), &word.text, &item.name.text, near))
            }
        }
    }
}
