//! Names that look the same and are not: a Cyrillic `о` in one of them, a Latin `o` in the other.

use std::collections::HashMap;
use std::sync::Arc;

use super::context::Checker;
use super::errors;
use crate::source::Span;
use crate::syntax::ast;

/// Letters of other scripts and the Latin letters that they look like.
const LETTERS: &[(&str, &str)] = &[
    ("АВЕКМНОРСТХІЈЅ", "ABEKMHOPCTXIJS"),
    ("аеорсухіјѕһԁѵ", "aeopcyxijshdv"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ("αικνορυχ", "aiknopux"),
];

/// A name as it looks: other letters as the Latin ones that they look like.
pub(super) fn skeleton(name: &str) -> String {
    name.chars().map(|letter| twin(letter).unwrap_or(letter)).collect()
}

/// The Latin letter that a letter looks like.
pub(super) fn twin(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return None;
    }
    LETTERS.iter().find_map(|(others, latin)| {
        let at = others.chars().position(|other| other == letter)?;
        latin.chars().nth(at)
    })
}

impl Checker<'_> {
    /// Warns of declared names that differ only by letters that look alike.
    pub(super) fn lookalikes(&mut self) {
        let mut seen: HashMap<String, (Arc<str>, Span)> = HashMap::new();
        let mut found = Vec::new();
        for name in self.declared_names() {
            let shape = skeleton(&name.text);
            match seen.get(&shape) {
                Some((first, at)) if *first != name.text => {
                    found.push(errors::names::lookalike(name.span(), &name.text, first, *at));
                }
                Some(_) => {}
                None => {
                    seen.insert(shape, (Arc::clone(&name.text), name.span()));
                }
            }
        }
        self.errors.extend(found);
    }
    /// All names that the program declares.
    fn declared_names(&self) -> Vec<ast::Ident> {
        let items = &self.items;
        let fields = items.events.iter().flat_map(|event| &event.fields);
        let fields = fields.chain(items.members.iter().flat_map(|member| &member.fields));
        let mut names: Vec<&ast::Ident> = Vec::new();
        names.extend(items.events.iter().map(|item| &item.name));
        for field in fields {
            names.push(&field.name);
        }
        names.extend(items.units.iter().flat_map(|item| std::iter::once(&item.name).chain(&item.also)));
        names.extend(items.lets.iter().map(|item| &item.name));
        names.extend(items.tables.iter().map(|item| &item.name));
        names.extend(items.measures.iter().map(|item| &item.name));
        names.extend(items.segments.iter().map(|item| &item.name));
        names.extend(items.invariants.iter().map(|item| &item.name));
        names.extend(
            items
                .ladders
                .iter()
                .flat_map(|item| std::iter::once(&item.name).chain(item.levels.iter().map(|level| &level.name))),
        );
        names.extend(items.earns.iter().map(|item| &item.name));
        names.extend(items.boosts.iter().map(|item| &item.name));
        names.extend(items.rules.iter().map(|item| &item.name));
        names.extend(items.rewards.iter().map(|item| &item.name));
        names.extend(items.redeems.iter().map(|item| &item.name));
        names.extend(items.challenges.iter().map(|item| &item.name));
        names.into_iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_twin() {
        for (others, latin) in LETTERS {
            assert_eq!(others.chars().count(), latin.chars().count(), "{others}");
            assert!(latin.is_ascii() && !others.chars().any(|letter| letter.is_ascii()), "{others}");
        }
        assert_eq!(skeleton("pоints"), "points");
        assert_eq!(skeleton("积分"), "积分");
    }
}
