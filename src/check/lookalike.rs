//! Names that look the same and are not: a Cyrillic `о` in one of them, a Latin `o` in the other.

use std::collections::HashMap;
use std::sync::Arc;

use unicode_security::skeleton;

use super::context::Checker;
use super::errors;
use crate::source::Span;
use crate::syntax::ast;

/// A name as it looks: Unicode's own table of letters that people take for one another (UTS 39).
pub(super) fn shape(name: &str) -> String {
    skeleton(name).collect()
}

/// The Latin letter that a letter looks like.
pub(super) fn twin(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return None;
    }
    let mut buffer = [0; 4];
    let mut looks = skeleton(letter.encode_utf8(&mut buffer));
    looks.next().filter(|first| first.is_ascii() && looks.next().is_none())
}

impl Checker<'_> {
    /// Warns of declared names that differ only by letters that look alike.
    pub(super) fn lookalikes(&mut self) {
        let mut seen: HashMap<String, (Arc<str>, Span)> = HashMap::new();
        let mut found = Vec::new();
        for name in self.declared_names() {
            let shape = shape(&name.text);
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
        names.extend(items.draws.iter().map(|item| &item.name));
        names.extend(items.leaderboards.iter().map(|item| &item.name));
        names.extend(items.choices.iter().map(|item| &item.name));
        names.extend(items.partners.iter().map(|item| &item.name));
        names.extend(items.exchanges.iter().map(|item| &item.name));
        names.extend(items.causes.iter().map(|item| &item.name));
        names.extend(items.funds.iter().map(|item| &item.name));
        names.extend(items.transfers.iter().map(|item| &item.name));
        names.extend(items.referrals.iter().map(|item| &item.name));
        names.extend(items.pools.iter().map(|item| &item.name));
        names.into_iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_by_their_looks() {
        for (name, same) in [("pоints", "points"), ("ρoints", "points"), ("tier_1", "tier_l"), ("com", "corn")] {
            assert_eq!(shape(name), shape(same), "{name}");
        }
        for (name, other) in [("积分", "积点"), ("points", "point"), ("gold", "cold")] {
            assert_ne!(shape(name), shape(other), "{name}");
        }
        assert_eq!((twin('о'), twin('o'), twin('积')), (Some('o'), None, None));
    }
}
