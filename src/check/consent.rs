//! Who may be told something on which channel.

use std::sync::Arc;

use crate::hir::Consent;
use crate::syntax::ast;

use super::context::Checker;
use super::errors;
use super::names::nearest;
use super::scope::Scope;

impl Checker<'_> {
    fn declared_consents(&self) -> Vec<ast::Consent> {
        self.items.members.iter().flat_map(|member| &member.consents).cloned().collect()
    }
    /// What members must have agreed to, by channel; one condition for each.
    pub fn consents(&mut self) -> Option<Vec<Consent>> {
        let declared = self.declared_consents();
        let mut consents: Vec<Consent> = Vec::with_capacity(declared.len());
        let mut ok = true;
        for consent in &declared {
            let channel = &consent.channel;
            if let Some(first) = consents.iter().find(|known| known.channel == channel.text) {
                let first = first.span;
                self.report(errors::names::duplicate(channel.span(), &channel.text, Some(first)));
                ok = false;
            }
            match self.condition(&consent.when, &Scope::member()) {
                Some(when) => {
                    consents.push(Consent { channel: Arc::clone(&channel.text), span: channel.span(), when });
                }
                None => ok = false,
            }
        }
        ok.then_some(consents)
    }
    /// The channel of a message. Where the program asks for consent at all, it must say so for this one too.
    pub fn channel(&mut self, name: &ast::Ident) -> Option<Arc<str>> {
        let declared = self.declared_consents();
        if declared.is_empty() || declared.iter().any(|consent| consent.channel.text == name.text) {
            return Some(Arc::clone(&name.text));
        }
        let near = nearest(&name.text, declared.iter().map(|consent| &*consent.channel.text));
        self.fail(errors::rules::channel_without_consent(name.span(), &name.text, near))
    }
}
