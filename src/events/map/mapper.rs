//! Turns records into events by a map.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::{FxHashSet, FxHasher};

use crate::arena::Arena;
use crate::engine::Event;
use crate::hir::{EventId, FieldDef, FieldId, FieldType, Program};
use crate::value::{Currency, Exact, Instant};

use super::super::currency::CURRENCY;
use super::super::decode::{Decoder, Draft, Fault, Type, has_money, position, reject, shown};
use super::super::input::Known;
use super::super::node::{Entry, Node, Place, Raw, owned_entries};
use super::super::reject::Reject;
use super::super::scalar::identifier;
use super::super::stream::FileName;
use super::super::wrapper::list_within;
use super::super::{MAX_OPEN_GROUPS, did_you_mean, nearest};
use super::absent::Absent;
use super::currency::{around, currency};
use super::form::{Form, Row, named_currency, rounded};
use super::group::{Group, Rows};
use super::plain::PlainMap;
use super::{Map, MapError, Rule};

/// A map that fits a program, at work.
pub(crate) struct Mapper {
    map: Map,
    /// The type of each rule's event, and the fields that are taken from columns of the same name.
    bound: Vec<Bound>,
    /// Keys that say whose events records are and when they happened.
    heads: Vec<String>,
    /// What conditions ask for in vain.
    absent: Absent,
    groups: IndexMap<(usize, Vec<String>), Group>,
    closed: FxHashSet<u64>,
    /// Groups that are complete, in order.
    done: VecDeque<Group>,
    /// What comes out next, in the order of rows: what needs no other rows, or a group whose turn it is.
    coming: VecDeque<Option<Box<Mapped>>>,
}

/// What became of a record, or of the rows of a group, and where the first of them begins.
pub(crate) type Mapped = (Place, Result<Event, Reject>);

/// How many events wait behind a group: then no more rows of it are waited for.
const MAX_COMING: usize = 1 << 16;

/// What a rule makes of the fields of its event.
pub(super) struct Bound {
    kind: EventId,
    /// Fields that the map does not mention: name, and whether an event needs it.
    pub(super) same: Vec<(String, bool)>,
    /// Whether it has amounts, which are in some currency.
    pub(super) has_money: bool,
    /// Objects around amounts, which may say their currency.
    pub(super) around: Vec<String>,
}

impl Mapper {
    /// Fits a map to a program.
    pub(super) fn new(mut map: Map, decoder: &Decoder<'_>) -> Result<Self, MapError> {
        let mut rules = std::mem::take(&mut map.rules);
        let mut bound = Vec::with_capacity(rules.len());
        for rule in &mut rules {
            bound.push(bind(&map, rule, decoder)?);
        }
        map.rules = rules;
        let heads = map.rules.iter().flat_map(|rule| [rule.member.named(), rule.time.form().named()].concat());
        Ok(Self {
            heads: heads.map(str::to_owned).collect(),
            absent: Absent::of(&map),
            map,
            bound,
            groups: IndexMap::new(),
            closed: FxHashSet::default(),
            done: VecDeque::new(),
            coming: VecDeque::new(),
        })
    }

    /// What the map says of files.
    pub(crate) fn known(&self) -> &Known {
        &self.map.known
    }

    /// An error where the map names columns that a table has not.
    pub(crate) fn check_columns(&self, columns: &[String], file: &FileName) -> Result<(), MapError> {
        let known = |name: &str| columns.iter().any(|column| column == name);
        let check = |path: &str, name: &str| {
            if known(name) {
                return Ok(());
            }
            let mut hint = did_you_mean(name, columns.iter().map(String::as_str));
            if hint.is_empty() {
                let foreign = !columns.iter().any(|column| self.map.text.contains(column.as_str()));
                let titles =
                    if foreign { "; if titles stand above the header, say its line with `header`" } else { "" };
                let columns: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
                hint = format!(": it has {}{titles}", columns.join(", "));
            }
            Err(self.map.error(path, name, format!("`{file}` has no column `{name}`{hint}")))
        };
        let all = |path: &str, names: Vec<&str>| names.into_iter().try_for_each(|name| check(path, name));
        for (index, skip) in self.map.skips.iter().enumerate() {
            all(&format!("skip[{index}].when"), skip.when.named())?;
        }
        for (rule, bound) in self.map.rules.iter().zip(&self.bound) {
            let path = &rule.path;
            if let Some(when) = &rule.when {
                all(&format!("{path}.when"), when.named())?;
            }
            all(&format!("{path}.group by"), rule.group.iter().map(String::as_str).collect())?;
            for (key, form) in [("id", &rule.id), ("member", &rule.member), ("time", rule.time.form())] {
                if let Form::Column(name) = form
                    && name == key
                    && !known(name)
                {
                    let hint = match nearest(key, columns.iter().map(String::as_str)) {
                        Some(other) => format!(": did you mean `{other}`? Then write `{key}: {other}`"),
                        None => ", so say what it is made of".to_owned(),
                    };
                    let message = format!("`{key}` is missing: the table has no column of that name{hint}");
                    return Err(self.map.error(path, "", message));
                }
                all(&format!("{path}.{key}"), form.named())?;
            }
            if let Some(form) = &rule.currency {
                all(&format!("{path}.currency"), form.named())?;
            }
            for (name, form) in &rule.fields {
                all(&format!("{path}.fields.{name}"), form.named())?;
            }
            if let Some((name, _)) = bound.same.iter().find(|(name, needed)| *needed && !known(name)) {
                let hint = did_you_mean(name, columns.iter().map(String::as_str));
                let message = format!(
                    "the event `{}` needs `{name}`, which neither the map nor a column gives{hint}",
                    rule.event
                );
                return Err(self.map.error(&format!("{path}.fields"), "", message));
            }
        }
        Ok(())
    }

    /// What the map makes of rows of a table with such columns where they lie; `None` where it asks for more than that.
    pub(crate) fn plain(&self, program: &Program, columns: &[String]) -> Option<PlainMap> {
        PlainMap::of(program, &self.map, self.bound.iter().map(|bound| bound.kind), columns)
    }

    /// What cannot be read as a record, or that it is left out by how it begins.
    pub(crate) fn unless_left_out(&self, reject: Reject) -> Reject {
        match self.map.skips.iter().find(|skip| skip.when.holds_for_text(&reject.record)) {
            Some(skip) => Reject { reason: skip.because.clone(), column: 1, ..reject }.skipped(),
            None => reject,
        }
    }

    /// Takes a record; `None` where its event waits for more rows.
    pub(crate) fn take(
        &mut self,
        decoder: &Decoder<'_>,
        raw: &Raw<'_>,
        sequence: u64,
    ) -> Option<Result<Event, Reject>> {
        let notation = self.map.notation;
        let row = Row { raw, line: None, notation, program: decoder.program(), decimals: 0 };
        let refuse = |reason: String| Some(Err(Reject::new(raw.place.clone(), reason, &shown(raw))));
        if let Some(path) = self.wrapped(&row) {
            return refuse(format!(
                "nothing that the map asks for is in this record, but a list `{path}`: if these are the records, write `records: {path}` into the map"
            ));
        }
        self.absent.look(raw, &row);
        if let Some((at, skip)) = self.map.skips.iter().enumerate().find(|(_, skip)| skip.when.holds(&row)) {
            self.absent.left_out(at);
            return Some(Err(Reject::new(raw.place.clone(), skip.because.clone(), &shown(raw)).skipped()));
        }
        let Some((index, rule)) =
            self.map.rules.iter().enumerate().find(|(_, rule)| rule.when.as_ref().is_none_or(|when| when.holds(&row)))
        else {
            let unread = self.map.rules.iter().find_map(|rule| rule.when.as_ref()?.unread(&row));
            let reason = "no event of the map fits this record".to_owned();
            let fault = match unread {
                Some((name, why)) => {
                    let reason = format!("{reason}: it compares `{name}`, and {why}");
                    fault(&row, &Form::Column(name.to_owned()), reason)
                }
                None => Fault::from(reason),
            };
            return Some(Err(reject(raw, fault)));
        };
        let bound = self.bound.get(index)?;
        if rule.group.is_empty() {
            let head = head(rule, &row);
            let result = head.and_then(|(id, member, time)| Ok((id, member, time, fields(rule, bound, &row)?.0)));
            let result = result.and_then(|(id, member, time, fields)| {
                let zone = self.map.zone.as_ref();
                let draft = Draft { kind: bound.kind, id, member, time, sequence, notation, zone };
                decoder.finish(raw, draft, fields.as_slice())
            });
            let result = result.map_err(|fault| reject(raw, fault));
            if self.coming.is_empty() {
                return Some(result);
            }
            self.coming.push_back(Some(Box::new((raw.place.clone(), result))));
            if self.coming.len() > MAX_COMING {
                self.complete_oldest();
            }
            return None;
        }
        let key = |name: &String| {
            let at = |reason| fault(&row, &Form::Column(name.clone()), format!("`{name}`: {reason}"));
            row.key(name).map_err(at)
        };
        let key = match rule.group.iter().map(key).collect::<Result<Vec<String>, Fault>>() {
            Ok(key) => (index, key),
            Err(fault) => return Some(Err(reject(raw, fault))),
        };
        if let Some(group) = self.groups.get_mut(&key) {
            group.add(rule, bound, &row);
            return None;
        }
        if self.closed.contains(&hash(&key)) {
            return refuse(format!(
                "the rows of `{}` stand too far apart: at most {MAX_OPEN_GROUPS} events wait for more rows, so sort the table by {} first",
                key.1.join(", "),
                rule.group.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
            ));
        }
        let head = head(rule, &row);
        let own = row.program.settings.currency;
        let (head, fields, currency) = match head.and_then(|head| Ok((head, fields(rule, bound, &row)?))) {
            Ok((head, (fields, currency))) => (Ok(head), owned_entries(fields), currency),
            Err(reason) => (Err(reason), Vec::new(), own),
        };
        self.groups.insert(key, Group { rule: index, sequence, head, currency, fields, rows: Rows::new(raw) });
        self.coming.push_back(None);
        if self.groups.len() > MAX_OPEN_GROUPS {
            self.complete_oldest();
        }
        None
    }

    /// The way to the list of records in a record that is nothing but what is around them.
    fn wrapped(&self, row: &Row<'_, '_>) -> Option<String> {
        let is_there = |name: &String| row.find(name).is_some();
        if self.heads.is_empty() || self.heads.iter().any(is_there) { None } else { list_within(&row.raw.fields) }
    }

    /// What is to be told at the end of all records, one after another.
    pub(crate) fn told(&mut self) -> Option<String> {
        self.absent.told()
    }

    fn complete_oldest(&mut self) {
        if let Some((key, group)) = self.groups.shift_remove_index(0) {
            self.closed.insert(hash(&key));
            self.done.push_back(group);
        }
    }

    /// What comes next, if it waits for nothing.
    pub(crate) fn ready(&mut self, decoder: &Decoder<'_>) -> Option<Mapped> {
        if self.coming.front()?.is_none() && self.done.is_empty() {
            return None;
        }
        match self.coming.pop_front()? {
            Some(mapped) => Some(*mapped),
            None => {
                let group = self.done.pop_front()?;
                let place = group.rows.place().clone();
                let event = self.close(decoder, group).map_err(|(first, others)| {
                    let others = others.into_iter().map(|row| Some(Box::new((place.clone(), Err(row)))));
                    others.rev().for_each(|row| self.coming.push_front(row));
                    first
                });
                Some((place, event))
            }
        }
    }

    /// The same at the end, where no more rows come.
    pub(crate) fn flush(&mut self, decoder: &Decoder<'_>) -> Option<Mapped> {
        self.done.extend(std::mem::take(&mut self.groups).into_values());
        self.ready(decoder)
    }

    fn close(&self, decoder: &Decoder<'_>, group: Group) -> Result<Event, (Reject, Vec<Reject>)> {
        let Group { rule, sequence, head, currency, mut fields, rows } = group;
        let event = head.and_then(|(id, member, time)| {
            let none = || Fault::from("the map has no such event".to_owned());
            let (rule, bound) = self.map.rules.get(rule).zip(self.bound.get(rule)).ok_or_else(none)?;
            finish_sums(rule, &mut fields, currency.exponent())?;
            let (notation, zone) = (self.map.notation, self.map.zone.as_ref());
            let draft = Draft { kind: bound.kind, id, member, time, sequence, notation, zone };
            decoder.finish(&rows.raw(), draft, fields.as_slice())
        });
        event.map_err(|fault| rows.rejects(fault))
    }
}

fn hash(key: &(usize, Vec<String>)) -> u64 {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    hasher.finish()
}

fn head(rule: &Rule, row: &Row<'_, '_>) -> Result<(Arc<str>, Arc<str>, Instant), Fault> {
    let named = |key: &str, form: &Form| {
        let read = || {
            let node = row.value(form)?;
            if node.is_nothing() { Ok(None) } else { identifier(node.view()).map(Some) }
        };
        let read = read().map_err(|reason: String| fault(row, form, format!("`{key}`: {reason}")))?;
        read.ok_or_else(|| fault(row, form, format!("`{key}` is empty")))
    };
    let (id, member) = (named("id", &rule.id)?, named("member", &rule.member)?);
    let time = rule.time.time(row).map_err(|reason| fault(row, rule.time.form(), format!("`time`: {reason}")))?;
    Ok((id, member, time))
}

/// A fault at the first column that a form names.
pub(super) fn fault(row: &Row<'_, '_>, form: &Form, reason: String) -> Fault {
    let entry = form.named().first().and_then(|name| row.raw.entry(name));
    Fault { reason, place: entry.map(|(key, node)| row.raw.place_of(key, node.view())) }
}

/// The values of a row, still untyped, sums of groups before their rounding; and the currency of its amounts.
fn fields<'a>(rule: &'a Rule, bound: &'a Bound, row: &Row<'_, 'a>) -> Result<(Vec<Entry<'a>>, Currency), Fault> {
    let said = currency(rule, bound, row)?;
    let own = row.program.settings.currency;
    // A code that is none is told by whoever reads an amount.
    let currency = named_currency(row.program, &said).unwrap_or(Ok(own)).unwrap_or(own);
    let row = &Row { decimals: currency.exponent(), ..*row };
    let mut fields = Vec::with_capacity(rule.fields.len() + bound.same.len() + 1);
    for (name, form) in &rule.fields {
        let value = if form.has_sum() && !rule.group.is_empty() {
            summand(form, row).map(Node::Exact)
        } else {
            row.value(form)
        };
        let value = value.map_err(|reason| fault(row, form, format!("`{name}`: {reason}")))?;
        fields.push((Cow::Borrowed(name.as_str()), value));
    }
    for (name, _) in &bound.same {
        let node = row.column(name);
        if !node.is_nothing() {
            fields.push((Cow::Borrowed(name.as_str()), node.into_owned()));
        }
    }
    if !said.is_nothing() && !fields.iter().any(|(name, _)| name == CURRENCY) {
        fields.push((Cow::Borrowed(CURRENCY), said));
    }
    Ok((fields, currency))
}

/// What a row adds to a sum.
pub(super) fn summand(form: &Form, row: &Row<'_, '_>) -> Result<Exact, String> {
    match form {
        Form::Rounded(inner, ..) | Form::Minor(inner) if inner.has_sum() => summand(inner, row),
        form => match row.value(form)? {
            Node::Exact(number) => Ok(number),
            other => Err(format!("a number is needed, not {other}")),
        },
    }
}

/// Rounds sums and turns them into whole units, once; amounts have so many decimals.
fn finish_sums(rule: &Rule, fields: &mut [Entry<'static>], decimals: u8) -> Result<(), String> {
    fn finish(form: &Form, sum: Exact, decimals: u8) -> Result<Exact, String> {
        match form {
            Form::Rounded(inner, rounding, own) if inner.has_sum() => {
                rounded(finish(inner, sum, decimals)?, *rounding, own.unwrap_or(decimals))
            }
            Form::Minor(inner) if inner.has_sum() => {
                super::super::amount::scaled(finish(inner, sum, decimals)?, -i32::from(decimals))
            }
            _ => Ok(sum),
        }
    }
    for (name, form) in rule.fields.iter().filter(|(_, form)| form.has_sum()) {
        for (_, node) in fields.iter_mut().filter(|(key, _)| key == name) {
            if let Node::Exact(sum) = node {
                *sum = finish(form, *sum, decimals).map_err(|reason| format!("`{name}`: {reason}"))?;
            }
        }
    }
    Ok(())
}

/// Fits a rule to its event.
fn bind(map: &Map, rule: &mut Rule, decoder: &Decoder<'_>) -> Result<Bound, MapError> {
    let Type { id: kind, def: event, .. } =
        decoder.kind(&rule.event).map_err(|reason| map.error(&format!("{}.event", rule.path), &rule.event, reason))?;
    let path = format!("{}.fields", rule.path);
    let grouped = !rule.group.is_empty();
    if position(&event.fields, CURRENCY).is_none()
        && let Some(at) = rule.fields.iter().position(|(name, _)| name == CURRENCY)
        && rule.currency.replace(rule.fields.remove(at).1).is_some()
    {
        let message = "`currency` stands beside `member` and among the fields: say it once";
        return Err(map.error(&path, "", message));
    }
    bind_fields(map, &mut rule.fields, &event.fields, &path, &rule.event, grouped)?;
    let mentioned = |name: &str| rule.fields.iter().any(|(other, _)| other == name);
    let same = event
        .fields
        .iter()
        .filter(|def| !mentioned(&def.name))
        .map(|def| (def.name.to_string(), !def.optional && def.default.is_none()))
        .collect();
    Ok(Bound { kind, same, has_money: has_money(&event.fields), around: around(rule, event) })
}

fn bind_fields(
    map: &Map,
    fields: &mut [(String, Form)],
    defs: &Arena<FieldId, FieldDef>,
    path: &str,
    whose: &str,
    grouped: bool,
) -> Result<(), MapError> {
    for (name, form) in fields {
        let path = format!("{path}.{name}");
        // Amounts of a line may have a currency of their own.
        if name == CURRENCY && position(defs, CURRENCY).is_none() {
            continue;
        }
        let Some(def) = position(defs, name).and_then(|at| defs.iter().nth(at)) else {
            let names: Vec<&str> = defs.iter().map(|def| def.name.as_ref()).collect();
            let mut hint = did_you_mean(name, names.iter().copied());
            if hint.is_empty() && !names.is_empty() {
                hint =
                    format!(": it has {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
            }
            return Err(map.error(&path, name, format!("`{whose}` has no field `{name}`{hint}")));
        };
        if form.has_sum() && !grouped {
            return Err(map.error(&path, "sum", "`sum` adds up over rows: it needs `group by`"));
        }
        match (&def.ty, &mut *form) {
            (FieldType::List(lines), Form::Lines(inner)) => {
                bind_fields(map, inner, lines, &path, &format!("a line of {name}"), false)?;
                // A line has no values but those that are named.
                if let Some(def) = lines.iter().find(|def| {
                    !def.optional && def.default.is_none() && !inner.iter().any(|(name, _)| *name == *def.name)
                }) {
                    return Err(map.error(&path, "", format!("a line of `{name}` needs `{}`", def.name)));
                }
            }
            (FieldType::List(lines), Form::Each(_, inner)) => {
                for def in lines.iter() {
                    if !inner.iter().any(|(name, _)| *name == *def.name) {
                        inner.push((def.name.to_string(), Form::Column(def.name.to_string())));
                    }
                }
                bind_fields(map, inner, lines, &path, &format!("a line of {name}"), false)?;
            }
            (_, Form::Lines(inner)) => {
                let word = inner.first().map_or("", |(word, _)| word.as_str());
                let known = ["column", "constant", "text", "multiply", "add", "subtract", "negate", "absolute", "sum"];
                let hint = did_you_mean(word, known);
                let hint = if hint.is_empty() { ": name its `column`".to_owned() } else { hint };
                return Err(map.error(&path, word, format!("`{word}` is no way to make a value{hint}")));
            }
            (FieldType::Moment, Form::Moment(_)) => {}
            (FieldType::Date, Form::Moment(time)) => *form = Form::Day(time.clone()),
            (_, Form::Moment(_)) => {
                let message =
                    format!("`format` and the like say how dates and times are written, and `{name}` is neither");
                return Err(map.error(&path, "", message));
            }
            (_, Form::Each(..)) => return Err(map.error(&path, "each", format!("`{name}` is no list"))),
            (ty, form) => {
                // Those of money are known where its currency is.
                if !matches!(ty, FieldType::Money) {
                    make_whole(form);
                }
                if matches!(ty, FieldType::Id | FieldType::Member) {
                    *form = std::mem::replace(form, Form::Constant(Node::Null)).of_identity();
                }
            }
        }
    }
    Ok(())
}

/// Makes roundings that say no decimals go to whole numbers.
fn make_whole(form: &mut Form) {
    match form {
        Form::Rounded(inner, _, own) => {
            own.get_or_insert(0);
            make_whole(inner);
        }
        Form::Minor(inner)
        | Form::Absolute(inner)
        | Form::Sum(inner)
        | Form::Default(inner, _)
        | Form::Words(inner, _) => make_whole(inner),
        Form::Arithmetic(_, forms) => forms.iter_mut().for_each(make_whole),
        Form::Column(_)
        | Form::Constant(_)
        | Form::Template(_)
        | Form::Identity(_)
        | Form::Moment(_)
        | Form::Day(_)
        | Form::Lines(_)
        | Form::Each(..) => {}
    }
}
