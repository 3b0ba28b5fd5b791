//! Names and paths: what they stand for where they are written.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{
    Builtin, ChallengeId, ChallengeRead, EventId, Expr, FieldId, FieldType, Kind, LadderId, Level, Program, Read,
    Standing, Type, UnitId,
};
use crate::source::Span;
use crate::syntax::ast::{Ident, Path};
use crate::value::Value;

use super::context::{Checker, field_type, shown};
use super::errors;
use super::literal::constant;
use super::names::{Prize, Symbol, nearest};
use super::scope::Scope;

/// What the first name of a path stands for.
#[derive(Debug, Clone, Copy)]
enum Head {
    Local(usize),
    Line(FieldId),
    Field(FieldId),
    Symbol(Symbol),
    Attribute(FieldId),
    Builtin(Builtin, Type),
    Expired(UnitId),
}

const BUILTINS: [(&str, Builtin, Type); 7] = [
    ("today", Builtin::Today, Type::Date),
    ("now", Builtin::Now, Type::Moment),
    ("time", Builtin::Time, Type::Time),
    ("weekday", Builtin::Weekday, Type::Enum(Program::WEEKDAYS)),
    ("month", Builtin::Month, Type::Enum(Program::MONTHS)),
    ("day", Builtin::DayOfMonth, Type::Number),
    ("year", Builtin::Year, Type::Number),
];

const LEVELS: [(&str, Level); 4] =
    [("balance", Level::Balance), ("pending", Level::Pending), ("available", Level::Available), ("debt", Level::Debt)];

const TALLIES: [&str; 4] = ["earned", "spent", "expired", "reversed"];

impl Checker<'_> {
    /// What a name stands for, in the order of the language: block, line, event, named things, member, built in.
    fn head(&self, name: &str, scope: &Scope) -> Option<Head> {
        if let Some(local) = scope.locals.find(name) {
            return Some(Head::Local(local));
        }
        if let (Some(event), Some(list)) = (scope.event, scope.line)
            && let Some(field) =
                self.line_fields(event, list).and_then(|fields| fields.find(|field| &*field.name == name))
        {
            return Some(Head::Line(field));
        }
        if let Some(field) =
            scope.event.and_then(|event| self.events.get(event)?.fields.find(|field| &*field.name == name))
        {
            return Some(Head::Field(field));
        }
        if let Some(symbol) = self.names.values.get(name) {
            return Some(Head::Symbol(symbol));
        }
        if let Some(field) = self.attributes.find(|field| &*field.name == name)
            && field != Program::NAME
            && field != Program::MEMBER_ID
        {
            return Some(Head::Attribute(field));
        }
        match (name, scope.expired) {
            ("expired", Some(unit)) => Some(Head::Expired(unit)),
            _ => BUILTINS.iter().find(|(word, ..)| *word == name).map(|(_, builtin, ty)| Head::Builtin(*builtin, *ty)),
        }
    }
    /// Whether a path names something by itself, so that it is no bare word.
    pub fn is_named(&self, path: &Path, scope: &Scope) -> bool {
        match path.parts.as_slice() {
            [one] => self.head(&one.text, scope).is_some(),
            _ => true,
        }
    }
    /// Whose field or attribute a name alone is that is a day or a moment: that of the `member`, the `event`, or the `line`.
    pub fn day_of(&self, name: &str, scope: &Scope) -> Option<&'static str> {
        let fields = |event: EventId| self.events.get(event).map(|event| &event.fields);
        let (of, ty) = match self.head(name, scope)? {
            Head::Line(field) => {
                let fields = scope.event.zip(scope.line).and_then(|(event, list)| self.line_fields(event, list));
                ("line", fields.and_then(|fields| fields.get(field)))
            }
            Head::Field(field) => ("event", scope.event.and_then(|event| fields(event)?.get(field))),
            Head::Attribute(field) => ("member", self.attributes.get(field)),
            _ => return None,
        };
        ty.filter(|field| matches!(field.ty, FieldType::Date | FieldType::Moment)).map(|_| of)
    }
    /// The position of a bare word in the enum or ladder beside it.
    pub fn word(&self, name: &str, ty: Type) -> Option<u32> {
        let words: &[Arc<str>] = match ty {
            Type::Enum(id) => &self.enums.at(id).words,
            Type::Tier(id) => &self.ladders.at(id).tiers,
            _ => return None,
        };
        words.iter().position(|word| &**word == name).and_then(|at| u32::try_from(at).ok())
    }
    /// A path as an expression; a bare word where the type beside it has such a word.
    pub fn path(&mut self, path: &Path, scope: &Scope, hint: Option<Type>) -> Option<Expr> {
        let span = path.at.0;
        let (first, rest) = path.parts.split_first()?;
        if scope.subject.as_deref() == Some(&*first.text)
            && let Some((second, rest)) = rest.split_first()
        {
            return self.member_path(second, rest, span, &Scope { subject: None, ..scope.clone() }, hint);
        }
        if rest.is_empty()
            && let Some(ty) = hint
            && let Some(ordinal) = self.word(&first.text, ty)
        {
            return Some(constant(Value::Ordinal(ordinal), ty, span));
        }
        match self.head(&first.text, scope) {
            Some(head) => self.path_from(head, first, rest, span, scope),
            None if let Some(place) = self.board_path(first, rest, span) => place,
            None => match (&*first.text, rest.split_first()) {
                ("opened", rest) if scope.opened.is_some() => self.opened_path(rest, span, scope),
                ("member", Some((second, rest))) => self.attribute_path(second, rest, span),
                ("event", Some((second, rest))) => self.field_path(second, rest, span, scope),
                (name, Some((second, others))) if self.is_own_field(name, &second.text, scope) => {
                    let written = std::iter::once(second).chain(others).map(|part| &*part.text).collect::<Vec<_>>();
                    self.fail(errors::names::own_event(span, name, &written.join(".")))
                }
                _ => {
                    let error = self.unknown(first, scope, hint);
                    self.fail(error)
                }
            },
        }
    }
    /// Whether a name is that of the event at hand, which has such a field.
    fn is_own_field(&self, name: &str, field: &str, scope: &Scope) -> bool {
        let event = scope.event.and_then(|event| self.events.get(event)).filter(|event| &*event.name == name);
        event.is_some_and(|event| event.fields.find(|known| &*known.name == field).is_some())
    }
    /// `ann.status`, `ann.points.balance`: what a scenario may ask about a member.
    fn member_path(
        &mut self,
        first: &Ident,
        rest: &[Ident],
        span: Span,
        scope: &Scope,
        hint: Option<Type>,
    ) -> Option<Expr> {
        match self.head(&first.text, scope) {
            Some(head) => self.path_from(head, first, rest, span, scope),
            None if matches!(&*first.text, "name" | "id" | "joined") => self.attribute_path(first, rest, span),
            None if let Some(place) = self.board_path(first, rest, span) => place,
            None => {
                if let ("member", Some((second, rest))) = (&*first.text, rest.split_first()) {
                    return self.attribute_path(second, rest, span);
                }
                let error = self.unknown(first, scope, hint);
                self.fail(error)
            }
        }
    }
    fn path_from(&mut self, head: Head, first: &Ident, rest: &[Ident], span: Span, scope: &Scope) -> Option<Expr> {
        match head {
            Head::Local(local) => {
                let Expr { kind, ty, .. } = self.local(local, span, scope)?;
                self.plain(kind, ty, first, rest, span)
            }
            Head::Line(field) => {
                let ty = self.line_fields(scope.event?, scope.line?)?.get(field).map(|field| field.ty.clone())?;
                self.leaf(Kind::Line(field), &ty, first, rest, span)
            }
            Head::Field(field) => {
                let ty = self.events.get(scope.event?)?.fields.get(field)?.ty.clone();
                if let (FieldType::List(fields), Some((second, more))) = (&ty, rest.split_first()) {
                    return match fields.find(|field| field.name == second.text) {
                        Some(inner) if scope.line == Some(field) => {
                            let ty = fields.get(inner)?.ty.clone();
                            self.leaf(Kind::Line(inner), &ty, second, more, span)
                        }
                        Some(_) => self.fail(errors::types::value_of_line(span, &first.text, &second.text)),
                        None => {
                            let near = nearest(&second.text, fields.iter().map(|field| &*field.name));
                            self.fail(errors::names::unknown_field(second.span(), &second.text, &first.text, near))
                        }
                    };
                }
                self.leaf(Kind::Field(field), &ty, first, rest, span)
            }
            Head::Attribute(field) => {
                let ty = self.attributes.get(field)?.ty.clone();
                self.leaf(Kind::Read(Read::Attribute(field)), &ty, first, rest, span)
            }
            Head::Builtin(builtin, ty) => self.plain(Kind::Builtin(builtin), ty, first, rest, span),
            Head::Expired(unit) => self.plain(Kind::Read(Read::Expired), Type::Quantity(unit), first, rest, span),
            Head::Symbol(symbol) => self.symbol(symbol, first, rest, span, scope),
        }
    }
    fn symbol(&mut self, symbol: Symbol, first: &Ident, rest: &[Ident], span: Span, scope: &Scope) -> Option<Expr> {
        match symbol {
            Symbol::Let(id) => {
                let ty = self.need_let(id, span)?;
                self.plain(Kind::Let(id), ty, first, rest, span)
            }
            Symbol::Measure(id) => {
                let ty = self.need_measure(id, span)?;
                match rest {
                    [one] if &*one.text == "before" && !scope.goal => self.fail(errors::challenges::no_goal_here(span)),
                    [one] if &*one.text == "before" => {
                        Some(Expr { kind: Kind::Read(Read::MeasureBefore(id)), ty, span })
                    }
                    _ => self.plain(Kind::Read(Read::Measure(id)), ty, first, rest, span),
                }
            }
            Symbol::Segment(id) => {
                self.need_segment(id, span)?;
                self.plain(Kind::Segment(id), Type::Bool, first, rest, span)
            }
            Symbol::Table(id) => {
                let keys: Vec<_> = self.items.tables.get(id.index()).iter().flat_map(|table| &table.keys).collect();
                let keys = keys.iter().map(|key| &*key.text).collect::<Vec<_>>().join(", ");
                self.fail(errors::types::bare_table(span, &first.text, &keys))
            }
            Symbol::Ladder(id) => self.tier_path(id, rest, span),
            Symbol::Challenge(id) => self.challenge_path(id, first, rest, span),
            Symbol::Unit(id) => self.unit_path(id, first, rest, span),
            Symbol::Draw(id) => {
                let parts = [("entries", Read::Entries(id)), ("wins", Read::Wins(id))];
                self.count_path(&parts, first, rest, span)
            }
            Symbol::Choice(id) => self.count_path(&[("open", Read::Offers(id))], first, rest, span),
        }
    }
    /// `opened.offer`: a field of the event that opened the challenge at hand.
    fn opened_path(&mut self, rest: Option<(&Ident, &[Ident])>, span: Span, scope: &Scope) -> Option<Expr> {
        let fields = self.events.get(scope.opened?)?.fields.clone();
        let Some((name, more)) = rest else { return self.fail(errors::challenges::opened_of_what(span, None)) };
        match fields.find(|field| field.name == name.text) {
            Some(field) => self.leaf(Kind::Opened(field), &fields.get(field)?.ty, name, more, span),
            None => self.fail(errors::challenges::opened_of_what(name.span(), Some(&name.text))),
        }
    }
    /// `sprint.progress`, `sprint.open`, `sprint.completed`.
    fn challenge_path(&mut self, id: ChallengeId, first: &Ident, rest: &[Ident], span: Span) -> Option<Expr> {
        const PARTS: [(&str, ChallengeRead); 3] = [
            ("progress", ChallengeRead::Progress),
            ("open", ChallengeRead::Open),
            ("completed", ChallengeRead::Completed),
        ];
        let part = rest.first().and_then(|part| PARTS.iter().find(|(word, _)| *word == &*part.text));
        match (part, rest) {
            (Some((_, read)), [_]) => {
                let ty = match read {
                    ChallengeRead::Progress => self.progress_type(id)?,
                    ChallengeRead::Open | ChallengeRead::Completed => Type::Number,
                };
                Some(Expr { kind: Kind::Read(Read::Challenge(id, *read)), ty, span })
            }
            _ => {
                let other = rest.first().unwrap_or(first);
                let known = "`progress`, `open` and `completed`";
                let near = nearest(&other.text, PARTS.iter().map(|(word, _)| *word));
                self.fail(errors::names::unknown_part(other.span(), &other.text, &first.text, known, near))
            }
        }
    }
    fn tier_path(&mut self, ladder: LadderId, rest: &[Ident], span: Span) -> Option<Expr> {
        let standing = match rest {
            [] => Standing::Current,
            [one] if &*one.text == "before" => Standing::Before,
            [one] if &*one.text == "highest" => Standing::Highest,
            [other, ..] => {
                let near = nearest(&other.text, ["before", "highest"]);
                let name = Arc::clone(&self.ladders.at(ladder).name);
                return self.fail(errors::names::unknown_part(
                    other.span(),
                    &other.text,
                    &name,
                    "`before` and `highest`",
                    near,
                ));
            }
        };
        Some(Expr { kind: Kind::Read(Read::Tier(ladder, standing)), ty: Type::Tier(ladder), span })
    }
    fn unit_path(&mut self, unit: UnitId, first: &Ident, rest: &[Ident], span: Span) -> Option<Expr> {
        let known = "`balance`, `pending`, `available` and `debt`";
        match rest {
            [one] => match LEVELS.iter().find(|(word, _)| *word == &*one.text) {
                Some((_, level)) => {
                    Some(Expr { kind: Kind::Read(Read::Balance(unit, *level)), ty: Type::Quantity(unit), span })
                }
                None if TALLIES.contains(&&*one.text) => {
                    self.fail(errors::types::tally_outside_measure(span, &first.text, &one.text))
                }
                None => {
                    let near = nearest(&one.text, LEVELS.iter().map(|(word, _)| *word));
                    self.fail(errors::names::unknown_part(one.span(), &one.text, &first.text, known, near))
                }
            },
            [] => self.fail(errors::types::bare_unit(span, &first.text)),
            [_, other, ..] => {
                self.fail(errors::names::unknown_part(other.span(), &other.text, &first.text, known, None))
            }
        }
    }
    /// `treat.open`: one of the counts of a thing.
    fn count_path(&mut self, parts: &[(&str, Read)], first: &Ident, rest: &[Ident], span: Span) -> Option<Expr> {
        let known = parts.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(" and ");
        match rest {
            [one] if let Some((_, read)) = parts.iter().find(|(word, _)| *word == &*one.text) => {
                Some(Expr { kind: Kind::Read(*read), ty: Type::Number, span })
            }
            [] => self.fail(errors::play::bare(span, &first.text, &known)),
            [other, ..] => {
                let near = nearest(&other.text, parts.iter().map(|(word, _)| *word));
                self.fail(errors::names::unknown_part(other.span(), &other.text, &first.text, &known, near))
            }
        }
    }
    /// `member.birthday`.
    fn attribute_path(&mut self, name: &Ident, rest: &[Ident], span: Span) -> Option<Expr> {
        if &*name.text == "joined" {
            return self.plain(Kind::Read(Read::Joined), Type::Date, name, rest, span);
        }
        match self.attributes.find(|field| field.name == name.text) {
            Some(field) => {
                let ty = self.attributes.get(field)?.ty.clone();
                self.leaf(Kind::Read(Read::Attribute(field)), &ty, name, rest, span)
            }
            None => {
                let near = nearest(&name.text, self.attributes.iter().map(|field| &*field.name).chain(["joined"]));
                self.fail(errors::names::unknown_attribute(name.span(), &name.text, near))
            }
        }
    }
    /// `event.subtotal`.
    fn field_path(&mut self, name: &Ident, rest: &[Ident], span: Span, scope: &Scope) -> Option<Expr> {
        let Some(event) = scope.event.and_then(|event| self.events.get(event)) else {
            return self.fail(errors::names::no_event_here(span, &name.text, &[], false));
        };
        match event.fields.find(|field| field.name == name.text) {
            Some(field) => self.path_from(Head::Field(field), name, rest, span, &Scope { line: None, ..scope.clone() }),
            None => {
                let near = nearest(&name.text, event.fields.iter().map(|field| &*field.name));
                let error = errors::names::unknown_field(name.span(), &name.text, &event.name, near);
                self.fail(error)
            }
        }
    }
    fn leaf(&mut self, kind: Kind, ty: &FieldType, name: &Ident, rest: &[Ident], span: Span) -> Option<Expr> {
        match field_type(ty) {
            Some(ty) => self.plain(kind, ty, name, rest, span),
            None => self.fail(errors::types::bare_list(span, &name.text)),
        }
    }
    fn plain(&mut self, kind: Kind, ty: Type, name: &Ident, rest: &[Ident], span: Span) -> Option<Expr> {
        match rest.first() {
            None => Some(Expr { kind, ty, span }),
            Some(other) => self.fail(errors::names::no_parts(other.span(), &other.text, &name.text)),
        }
    }
    /// The message for a name that stands for nothing here.
    fn unknown(&self, name: &Ident, scope: &Scope, hint: Option<Type>) -> crate::diagnostic::Diagnostic {
        let span = name.span();
        let meant = || super::habits::meant(&name.text, self.currency, hint);
        match hint {
            Some(Type::Enum(_) | Type::Tier(_)) if meant().as_deref() == Some("missing") => {}
            Some(Type::Enum(id)) => {
                let words = &self.enums.at(id).words;
                return errors::names::unknown_word(
                    span,
                    &name.text,
                    &shown(words),
                    self.near_word(name, words, scope),
                );
            }
            Some(Type::Tier(id)) => {
                let ladder = &self.ladders.at(id);
                let near = self.near_word(name, &ladder.tiers, scope);
                return errors::names::unknown_tier(span, &name.text, &ladder.name, &shown(&ladder.tiers), near);
            }
            _ => {}
        }
        if let Some(meant) = meant() {
            return errors::names::unknown_name(span, &name.text, Some(meant));
        }
        // Where text is meant, it only lacks its quotes.
        if hint != Some(Type::Text)
            && let Some(Prize::Reward(_)) = self.names.prizes.get(&name.text)
        {
            return errors::names::reward_as_value(span, &name.text);
        }
        let mut names: Vec<&str> = self.names.values.iter().chain(BUILTINS.iter().map(|(word, ..)| *word)).collect();
        names.extend(self.attributes.iter().skip(2).map(|field| &*field.name).chain(scope.locals.names()));
        if let Some(event) = scope.event.and_then(|event| self.events.get(event)) {
            names.extend(event.fields.iter().map(|field| &*field.name));
            if let Some(fields) = scope.line.and_then(|line| self.line_fields(scope.event?, line)) {
                names.extend(fields.iter().map(|field| &*field.name));
            }
        }
        let near = nearest(&name.text, names);
        let events: Vec<_> = self
            .events
            .iter()
            .filter(|event| event.fields.iter().any(|field| field.name == name.text))
            .map(|event| Arc::clone(&event.name))
            .collect();
        match scope.event {
            None if !events.is_empty() => {
                let fields = self.events.iter().flat_map(|event| event.fields.iter());
                let mut named = fields.filter(|field| field.name == name.text);
                let counts =
                    named.any(|field| matches!(field.ty, FieldType::Money | FieldType::Number | FieldType::Count));
                return errors::names::no_event_here(span, &name.text, &events, counts);
            }
            Some(event) if !events.is_empty() && near.is_none() => {
                let mend = self.instead_of_field(event);
                return errors::names::field_of_other(span, &name.text, &self.events.at(event).name, &events, mend);
            }
            _ => {}
        }
        // A field of lines where no line is at hand.
        let lists =
            scope.event.and_then(|event| self.events.get(event)).into_iter().flat_map(|event| event.fields.iter());
        for list in lists {
            if let FieldType::List(fields) = &list.ty
                && fields.iter().any(|field| field.name == name.text)
            {
                return errors::types::value_of_line(span, &list.name, &name.text);
            }
        }
        if let (Some(ladder), true) =
            (self.ladder_of(&name.text), near.as_deref().is_none_or(|near| near != &*name.text))
        {
            return errors::names::tier_without_ladder(span, &name.text, ladder, hint == Some(Type::Bool));
        }
        if hint == Some(Type::Text) && near.is_none() {
            return errors::types::unquoted(span, &name.text);
        }
        let of_word =
            scope.event.and_then(|event| self.events.get(event)).into_iter().flat_map(|event| event.fields.iter());
        let of_word =
            of_word.filter(|field| field_type(&field.ty).is_some_and(|ty| self.word(&name.text, ty).is_some()));
        if let (Some(field), None) = (of_word.into_iter().next(), &near) {
            return errors::names::word_computed_with(span, &name.text, &field.name);
        }
        errors::names::unknown_name(span, &name.text, near)
    }
    /// The name of the tiers that a tier belongs to.
    pub fn ladder_of(&self, tier: &str) -> Option<&str> {
        let ladder = self.ladders.iter().find(|ladder| ladder.tiers.iter().any(|name| **name == *tier))?;
        Some(&ladder.name)
    }
    fn near_word(&self, name: &Ident, words: &[Arc<str>], scope: &Scope) -> Option<String> {
        let fields =
            scope.event.and_then(|event| self.events.get(event)).into_iter().flat_map(|event| event.fields.iter());
        nearest(&name.text, words.iter().map(|word| &**word).chain(fields.map(|field| &*field.name)))
    }
}
