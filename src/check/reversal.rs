//! Reversals: how an event finds and takes back earlier ones.

use crate::hir::{EventId, EventKind, FieldDef, FieldId, FieldType, LineKey, Order, Reversal, Unmatched};
use crate::syntax::ast::{self, Newest};

use super::context::Checker;
use super::errors;
use super::names::nearest;

impl Checker<'_> {
    /// The reversal that an event declares, if it is one; statements of reversals elsewhere are errors.
    pub fn reversal(&mut self, item: &ast::Event, id: EventId) {
        let Some(reverses) = &item.reverses else {
            let statement = item.unmatched.as_ref().map(|unmatched| (unmatched.at.0, "unmatched"));
            let statement = statement.or(item.excess.as_ref().map(|excess| (excess.at.0, "excess")));
            let statement = statement.or(item.within.as_ref().map(|within| (within.at.0, "within")));
            if let Some((span, word)) = statement {
                self.report(errors::events::only_in_reversals(span, word, &item.name.text));
            }
            return;
        };
        let name = &reverses.event;
        let Some(of) = self.names.events.get(&name.text) else {
            let error = self.unknown_event(name);
            return self.report(error);
        };
        let original = &self.events.at(of);
        let reason = match (original.kind, item_reverses(self, of)) {
            (EventKind::Declared, false) if of != id => None,
            (EventKind::Declared, false) => Some("an event cannot reverse itself"),
            (EventKind::Declared, true) => Some("it is a reversal itself"),
            _ => Some("it is built in"),
        };
        if let Some(reason) = reason {
            return self.report(errors::events::cannot_be_reversed(name.span(), &name.text, reason));
        }
        let mut key = Vec::new();
        let mut lines: Option<LineKey> = None;
        for ast::ReversesKey { path, own } in &reverses.by {
            match (path.parts.as_slice(), own) {
                ([field], own) => key.extend(self.key_pair(id, of, field, own.as_ref().unwrap_or(field))),
                ([_, _], Some(own)) => self.report(errors::events::key_of_line_renamed(own.span())),
                ([list, field], None) => self.line_pair(id, of, list, field, &mut lines),
                _ => self.report(errors::events::key_too_deep(path.at.0)),
            }
        }
        if key.is_empty() {
            if reverses.by.iter().all(|key| key.path.parts.len() > 1) {
                self.report(errors::events::no_event_key(reverses.at.0, &name.text));
            }
            return;
        }
        let own = &self.events.at(id).fields;
        let theirs = &self.events.at(of).fields;
        let mut amounts: Vec<(FieldId, FieldId)> = own
            .pairs()
            .filter(|(field, def)| is_amount(&def.ty) && !key.iter().any(|(own, _)| own == field))
            .filter_map(|(field, def)| {
                Some((field, theirs.find(|other| other.name == def.name && is_amount(&other.ty))?))
            })
            .collect();
        amounts.sort_by_key(|(field, _)| !matches!(own.get(*field).map(|def| &def.ty), Some(FieldType::Money)));
        if let Some(line) = &mut lines
            && let (Some(own), Some(theirs)) = (self.line_fields(id, line.list), self.line_fields(of, line.original))
        {
            line.amounts = own
                .pairs()
                .filter(|(field, def)| is_amount(&def.ty) && !line.key.iter().any(|(own, _)| own == field))
                .filter_map(|(field, def)| {
                    Some((field, theirs.find(|other| other.name == def.name && is_amount(&other.ty))?))
                })
                .collect();
        }
        let excess_dropped = match &item.excess {
            Some(excess) if excess.value == ast::Excess::Dropped => {
                if lines.is_some() {
                    self.report(errors::events::excess_of_lines(excess.at.0));
                }
                true
            }
            _ => false,
        };
        let within = item.within.as_ref().and_then(|within| self.duration(within));
        let order = reverses.order.as_ref().map(|order| order.value);
        self.events.at_mut(id).reversal = Some(Reversal {
            by: id,
            of,
            key,
            amounts,
            lines,
            order: match order {
                Some(Newest::OldestFirst) => Order::OldestFirst,
                Some(Newest::LatestFirst) | None => Order::LatestFirst,
            },
            spans: order.is_some(),
            unmatched: match item.unmatched.as_ref().map(|unmatched| unmatched.value) {
                Some(ast::Unmatched::Counts) => Unmatched::Counts,
                Some(ast::Unmatched::Refused) | None => Unmatched::Refused,
            },
            excess_dropped,
            within,
        });
    }
    /// A field that both have, under one name or two. The reversal gets it by itself where it does not declare it.
    fn key_pair(
        &mut self,
        id: EventId,
        of: EventId,
        name: &ast::Ident,
        own: &ast::Ident,
    ) -> Option<(FieldId, FieldId)> {
        let original = &self.events.at(of);
        let Some((theirs, def)) = original.fields.pairs().find(|(_, field)| field.name == name.text) else {
            let near = nearest(&name.text, original.fields.iter().map(|field| &*field.name));
            let error = errors::events::key_missing(name.span(), &name.text, &original.name, near);
            return self.fail(error);
        };
        let def = def.clone();
        if let FieldType::List(_) = def.ty {
            return self.fail(errors::events::key_is_list(name.span(), &name.text));
        }
        let fields = &mut self.events.at_mut(id).fields;
        let own = match fields.find(|field| field.name == own.text) {
            Some(own) if same_type(&fields.at(own).ty, &def.ty) => own,
            Some(other) => {
                let error = errors::events::key_type(fields.at(other).span, &own.text, def.span);
                return self.fail(error);
            }
            None => {
                let (name, span) = (own.text.clone(), own.span());
                fields.push(FieldDef { name, span, optional: false, default: None, ..def })
            }
        };
        Some((own, theirs))
    }
    fn line_pair(
        &mut self,
        id: EventId,
        of: EventId,
        list: &ast::Ident,
        name: &ast::Ident,
        lines: &mut Option<LineKey>,
    ) {
        let find = |event: &crate::hir::EventDef| {
            event.fields.find(|field| field.name == list.text && matches!(field.ty, FieldType::List(_)))
        };
        let Some(original) = find(self.events.at(of)) else {
            let lists = self.events.at(of).fields.iter().filter(|field| matches!(field.ty, FieldType::List(_)));
            let near = nearest(&list.text, lists.map(|field| &*field.name));
            let owner = self.events.at(of).name.clone();
            return self.report(errors::events::key_missing(list.span(), &list.text, &owner, near));
        };
        let theirs = self.line_fields(of, original).and_then(|fields| {
            let field = fields.find(|field| field.name == name.text)?;
            Some((field, fields.get(field)?.clone()))
        });
        let Some((theirs, def)) = theirs else {
            let fields = self.line_fields(of, original).into_iter().flat_map(|fields| fields.iter());
            let near = nearest(&name.text, fields.map(|field| &*field.name));
            return self.report(errors::events::key_missing(name.span(), &name.text, &list.text, near));
        };
        let own_list = match find(self.events.at(id)) {
            Some(own) => own,
            None => {
                let fields = crate::arena::Arena::default();
                let list = FieldDef {
                    name: list.text.clone(),
                    span: list.span(),
                    ty: FieldType::List(fields),
                    optional: false,
                    default: None,
                };
                self.events.at_mut(id).fields.push(list)
            }
        };
        let FieldType::List(fields) = &mut self.events.at_mut(id).fields.at_mut(own_list).ty else { return };
        let own = match fields.find(|field| field.name == name.text) {
            Some(own) if same_type(&fields.at(own).ty, &def.ty) => own,
            Some(own) => {
                let error = errors::events::key_type(fields.at(own).span, &name.text, def.span);
                return self.report(error);
            }
            None => fields.push(FieldDef { optional: false, default: None, span: name.span(), ..def }),
        };
        match lines {
            Some(known) if known.list == own_list => known.key.push((own, theirs)),
            Some(_) => self.report(errors::events::two_lists(list.span())),
            None => *lines = Some(LineKey { list: own_list, original, key: vec![(own, theirs)], amounts: Vec::new() }),
        }
    }
    /// Whether records of an event can be taken back by another event.
    pub fn is_reversible(&self, event: EventId) -> bool {
        self.events.iter().any(|other| other.reversal.as_ref().is_some_and(|reversal| reversal.of == event))
    }
}

fn item_reverses(checker: &Checker<'_>, of: EventId) -> bool {
    let name = &checker.events.at(of).name;
    checker.items.events.iter().any(|item| item.name.text == *name && item.reverses.is_some())
}

fn is_amount(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Money | FieldType::Number | FieldType::Count)
}

fn same_type(a: &FieldType, b: &FieldType) -> bool {
    match (a, b) {
        (FieldType::OneOf(a), FieldType::OneOf(b)) => a == b,
        (FieldType::Text | FieldType::Id, FieldType::Text | FieldType::Id) => true,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b) && !matches!(a, FieldType::List(_)),
    }
}
