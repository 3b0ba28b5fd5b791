//! Events and attributes of members: fields and their defaults.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::arena::Arena;
use crate::hir::{EventDef, EventId, EventKind, FieldDef, FieldId, FieldType, Type};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, FieldKind};
use crate::value::{Exact, Value};

use super::context::{Checker, field_type};
use super::errors;
use super::scope::Scope;

impl Checker<'_> {
    /// Attributes: `name` and `id` first, then the declared ones.
    pub fn attributes(&mut self) {
        let nowhere = Span::new(FileId(0), 0, 0);
        for (name, ty, optional) in [("name", FieldType::Text, true), ("id", FieldType::Id, false)] {
            self.attributes.push(FieldDef { name: Arc::from(name), span: nowhere, ty, optional, default: None });
        }
        for member in self.items.members.clone() {
            for field in &member.fields {
                if matches!(&*field.name.text, "name" | "id" | "joined") {
                    self.report(errors::events::attribute_built_in(field.name.span(), &field.name.text));
                    continue;
                }
                if let FieldKind::List(_) = field.ty.kind {
                    self.report(errors::events::list_attribute(field.ty.at.0));
                    continue;
                }
                let first = self.attributes.iter().find(|known| known.name == field.name.text).map(|known| known.span);
                if let Some(first) = first {
                    self.report(errors::names::duplicate(field.name.span(), &field.name.text, Some(first)));
                    continue;
                }
                let def = self.field(field);
                self.attributes.push(def);
            }
        }
    }
    /// The built-in events, in the order of [`EventKind`].
    pub fn built_in_events(&mut self) {
        let nowhere = Span::new(FileId(0), 0, 0);
        for (kind, name) in EventKind::BUILTIN {
            let mut fields = Arena::default();
            if matches!(kind, EventKind::Join | EventKind::Update) {
                for attribute in self.attributes.iter().filter(|attribute| &*attribute.name != "id") {
                    fields.push(FieldDef { optional: true, default: None, ..attribute.clone() });
                }
            }
            for (name, ty, optional, default) in built_in_fields(kind) {
                fields.push(FieldDef { name: Arc::from(name), span: nowhere, ty, optional, default });
            }
            // Words of constructs that the program does not use are free for its own events.
            let used = self.uses(kind);
            let id = self.events.push(EventDef {
                name: if used { Arc::from(name) } else { format!("({name})").into() },
                span: nowhere,
                kind,
                fields,
                reversal: None,
                reversible: None,
            });
            if used {
                self.names.events.build_in(name, id);
            }
        }
    }
    /// Whether the program has the construct that a built-in event belongs to; most belong to none.
    fn uses(&self, kind: EventKind) -> bool {
        let items = &self.items;
        match kind {
            EventKind::Transfer => !items.transfers.is_empty(),
            EventKind::Claim => !items.challenges.is_empty(),
            EventKind::Referral => !items.referrals.is_empty(),
            EventKind::Enroll | EventKind::Withdraw => !items.pools.is_empty(),
            EventKind::Exchange => !items.exchanges.is_empty(),
            EventKind::Donate => !items.causes.is_empty(),
            EventKind::Vote => !items.funds.is_empty(),
            EventKind::Receive | EventKind::Merge | EventKind::Unmerge | EventKind::Erase => {
                let name = EventKind::BUILTIN.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name);
                !items.events.iter().any(|event| Some(&*event.name.text) == name)
            }
            _ => true,
        }
    }
    /// Names and fields of all declared events. Reversals follow when all fields are known.
    pub fn events(&mut self) -> Vec<Option<EventId>> {
        let mut ids = Vec::new();
        for item in self.items.events.clone() {
            ids.push(self.event(item));
        }
        ids
    }
    fn event(&mut self, item: &ast::Event) -> Option<EventId> {
        let name = &item.name;
        let built_in = EventKind::BUILTIN.iter().find(|(kind, known)| *known == &*name.text && self.uses(*kind));
        let built_in = built_in.and_then(|(kind, _)| kind.id());
        if let Some(id) = built_in {
            if let Some(reverses) = &item.reverses {
                return self.fail(errors::events::built_in_redeclared(reverses.at.0, &name.text));
            }
            if let (true, Some(field)) = (self.events.at(id).kind.is_made(), item.fields.first()) {
                let mend = self.instead_of_field(id);
                return self.fail(errors::events::field_of_made(
                    field.name.span(),
                    &field.name.text,
                    &name.text,
                    &mend,
                ));
            }
            let mut fields = std::mem::take(&mut self.events.at_mut(id).fields);
            self.fields(&item.fields, &mut fields, &name.text);
            self.events.at_mut(id).fields = fields;
            return Some(id);
        }
        let mut fields = Arena::default();
        self.fields(&item.fields, &mut fields, &name.text);
        let reversible = item.reversible.as_ref().and_then(|within| self.duration(within));
        let id = self.events.push(EventDef {
            name: Arc::clone(&name.text),
            span: name.span(),
            kind: EventKind::Declared,
            fields,
            reversal: None,
            reversible,
        });
        match self.names.events.declare(name, id) {
            Ok(()) => Some(id),
            Err(error) => self.fail(*error),
        }
    }
    /// What to do where an event has no such field.
    pub fn instead_of_field(&self, event: EventId) -> String {
        let event = self.events.at(event);
        match (event.kind, self.items.referrals.first()) {
            (EventKind::Referral, Some(referral)) => errors::meeting::by_the_friend(&referral.by.text),
            (kind, _) if kind.is_made() => "leave it out here".to_owned(),
            _ => format!("leave it out here, or declare it in `event {}` too", event.name),
        }
    }
    fn fields(&mut self, items: &[ast::Field], fields: &mut Arena<FieldId, FieldDef>, owner: &str) {
        for item in items {
            if let Some(first) = fields.iter().find(|field| field.name == item.name.text) {
                let error = match first.span.end {
                    0 => errors::events::field_built_in(item.name.span(), &item.name.text, owner),
                    _ => errors::names::duplicate(item.name.span(), &item.name.text, Some(first.span)),
                };
                self.report(error);
                continue;
            }
            let def = self.field(item);
            fields.push(def);
        }
    }
    fn field(&mut self, item: &ast::Field) -> FieldDef {
        if let Some(at) = item.optional {
            self.optionals.insert(item.name.span(), at.0);
        }
        let ty = self.kind(&item.ty, &item.name.text);
        let default = item.default.as_ref().and_then(|default| self.default(default, &ty));
        if let (Some(_), Some(optional)) = (&item.default, item.optional) {
            self.report(errors::events::optional_with_default(optional.0, &item.name.text));
        }
        FieldDef {
            name: Arc::clone(&item.name.text),
            span: item.name.span(),
            ty,
            optional: item.optional.is_some() || item.default.is_some(),
            default,
        }
    }
    fn kind(&mut self, ty: &ast::FieldType, name: &str) -> FieldType {
        match &ty.kind {
            FieldKind::Money => FieldType::Money,
            FieldKind::Number => FieldType::Number,
            FieldKind::Count => FieldType::Count,
            FieldKind::Text => FieldType::Text,
            FieldKind::Flag => FieldType::Flag,
            FieldKind::Date => FieldType::Date,
            FieldKind::Time => FieldType::Moment,
            FieldKind::Duration => FieldType::Duration,
            FieldKind::Id => FieldType::Id,
            FieldKind::Member => FieldType::Member,
            FieldKind::OneOf(words) => {
                let mut known: IndexMap<Arc<str>, Span> = IndexMap::with_capacity(words.len());
                for word in words {
                    match known.get(&word.text) {
                        Some(first) => self.report(errors::names::duplicate(word.span(), &word.text, Some(*first))),
                        None => {
                            known.insert(Arc::clone(&word.text), word.span());
                        }
                    }
                }
                FieldType::OneOf(self.enum_of(known.into_keys().collect()))
            }
            FieldKind::List(items) => {
                let mut fields = Arena::default();
                for item in items {
                    if let FieldKind::List(_) = item.ty.kind {
                        self.report(errors::events::nested_list(item.ty.at.0, &item.name.text));
                    }
                }
                let plain: Vec<_> =
                    items.iter().filter(|item| !matches!(item.ty.kind, FieldKind::List(_))).cloned().collect();
                self.fields(&plain, &mut fields, name);
                FieldType::List(fields)
            }
        }
    }
    fn default(&mut self, default: &ast::Expr, ty: &FieldType) -> Option<Value> {
        let Some(want) = field_type(ty) else {
            return self.fail(errors::events::default_of_list(default.span()));
        };
        if let (ast::ExprKind::Path(path), Type::Text) = (&default.kind, want)
            && let Some(word) = path.single()
        {
            return Some(Value::Text(Arc::clone(&word.text)));
        }
        let lowered = self.typed(default, &Scope::member(), want)?;
        let Some(value) = self.constant_of(&lowered) else {
            return self.fail(errors::types::not_constant(lowered.span, "a default"));
        };
        match (&value, ty) {
            (Value::Exact(number), FieldType::Count) if !number.is_integer() => {
                self.fail(errors::events::fraction_of_count(lowered.span))
            }
            _ => Some(value),
        }
    }
}

/// The fields of the built-in events that are no attributes.
fn built_in_fields(kind: EventKind) -> Vec<(&'static str, FieldType, bool, Option<Value>)> {
    use FieldType::{Count, Id, Money, Number, Text};
    match kind {
        EventKind::Redeem => vec![
            ("reward", Text, true, None),
            ("amount", Number, true, None),
            ("bill", Money, true, None),
            ("order", Id, true, None),
            ("quantity", Count, true, Some(Value::Exact(Exact::ONE))),
            ("pool", Text, true, None),
        ],
        EventKind::Claim => vec![("offer", Text, false, None)],
        EventKind::Activate => vec![("offer", Text, false, None)],
        EventKind::Choose => vec![("offer", Text, false, None), ("choice", Text, false, None)],
        EventKind::Adjust => {
            vec![("unit", Text, false, None), ("amount", Number, false, None), ("reason", Text, true, None)]
        }
        EventKind::Use => vec![("reward", Text, false, None), ("order", Id, true, None), ("amount", Money, true, None)],
        EventKind::Transfer => {
            vec![
                ("receiver", FieldType::Member, false, None),
                ("amount", Number, false, None),
                ("transfer", Text, true, None),
            ]
        }
        EventKind::Receive => vec![("from", FieldType::Member, true, None), ("what", Text, true, None)],
        EventKind::Referral => vec![("friend", FieldType::Member, false, None), ("referral", Text, false, None)],
        EventKind::Merge | EventKind::Unmerge => vec![("other", FieldType::Member, false, None)],
        EventKind::Enroll => vec![("group", Id, false, None), ("pool", Text, true, None)],
        EventKind::Exchange => vec![("amount", Number, false, None), ("exchange", Text, true, None)],
        EventKind::Donate => vec![
            ("cause", Text, true, None),
            ("amount", Number, true, None),
            ("unit", Text, true, None),
            ("reward", Text, true, None),
        ],
        EventKind::Vote => vec![
            ("cause", Text, false, None),
            ("fund", Text, true, None),
            ("amount", Count, true, Some(Value::Exact(Exact::ONE))),
        ],
        EventKind::Withdraw => vec![("pool", Text, true, None)],
        EventKind::Join
        | EventKind::Leave
        | EventKind::Erase
        | EventKind::Update
        | EventKind::Birthday
        | EventKind::Anniversary
        | EventKind::Declared => Vec::new(),
    }
}
