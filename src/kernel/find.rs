//! Where a record has what is asked of it: in one that was just taken apart, by name; in one that is written like others before, or in a row
//! of a table, by position.

use crate::arena::{Arena, Id as _};
use crate::events::{
    CurrencyAt, Decimal, Fields as _, Key, Part, Patterns, Plain, Sample, TIME_KEYS, Value, Values, WINDOW,
};
use crate::hir::{EventId, FieldDef, FieldId, FieldType, Program};

use super::texts::Text;

/// Values of a record or a line.
pub(super) trait Find<'a>: Sized {
    /// Values of a line of a list.
    type Line: Find<'a>;

    /// Where the value of a field is, if it says something.
    fn field(&mut self, field: FieldId, def: &FieldDef) -> Option<usize>;

    /// Where the currency of the amounts is, if it says something.
    fn currency(&self) -> CurrencyAt;

    /// A text without escapes, in UTF-8.
    fn text(&self, at: usize) -> Option<Text<'a>>;

    /// A number as JSON writes it, as plain as most are.
    fn number(&self, at: usize) -> Option<Decimal>;

    /// Yes or no as JSON writes it.
    fn truth(&self, at: usize) -> Option<bool>;

    /// An identifier that needs no second look.
    #[inline(always)]
    fn identity(&self, at: usize) -> Option<Text<'a>> {
        self.text(at).filter(|text| text.is_identifier())
    }

    /// Lines of the list that is the value of a field, each where it is an object.
    fn lines(&self, at: usize, field: FieldId) -> Option<impl Iterator<Item = Option<Self::Line>>>;
}

/// Finds entries by name, which mostly stand in the same order.
pub(super) struct Named<'a, 't> {
    record: Part<'a, 't>,
    next: usize,
}

impl<'a, 't> Named<'a, 't> {
    /// Looks from the first entry on.
    pub(super) fn new(record: Part<'a, 't>) -> Self {
        Self { record, next: 0 }
    }

    /// Where a value is, if it says something.
    pub(super) fn said(&mut self, name: &str) -> Option<usize> {
        let at = self.record.find(name, self.next)?;
        self.next = self.record.after(at);
        (!self.record.is_nothing(at)).then_some(at)
    }

    /// Whether there is an entry of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.record.find(name, self.next).is_some()
    }
}

impl<'a, 't> Find<'a> for Named<'a, 't> {
    type Line = Self;

    fn field(&mut self, _: FieldId, def: &FieldDef) -> Option<usize> {
        self.said(&def.name)
    }

    fn currency(&self) -> CurrencyAt {
        let keys = self.record.keys();
        match CurrencyAt::of(keys.iter().copied()) {
            CurrencyAt::Name(nth) => {
                let at = keys.get(nth).and_then(|name| self.record.find(name, self.next));
                at.filter(|at| !self.record.is_nothing(*at)).map_or(CurrencyAt::Nowhere, CurrencyAt::Name)
            }
            other => other,
        }
    }

    fn text(&self, at: usize) -> Option<Text<'a>> {
        if let Plain::Text(text) = self.record.plain(at)? { Some(Text::new(text.as_bytes())) } else { None }
    }

    fn number(&self, at: usize) -> Option<Decimal> {
        if let Plain::Number(digits) = self.record.plain(at)? { Decimal::read(digits.as_bytes()) } else { None }
    }

    fn truth(&self, at: usize) -> Option<bool> {
        if let Plain::Bool(yes) = self.record.plain(at)? { Some(yes) } else { None }
    }

    fn lines(&self, at: usize, _: FieldId) -> Option<impl Iterator<Item = Option<Self>>> {
        Some(self.record.listed(at)?.insides().map(|line| line.map(Self::new)))
    }
}

/// Where a pattern has what is asked of its records.
pub(super) struct Mold {
    /// The type of event, and the entries that every event has; none where it is a pattern of lines.
    pub(super) head: Option<Head>,
    /// What its fields belong to.
    of: (EventId, Option<FieldId>),
    /// By field.
    fields: Vec<Option<usize>>,
    currency: CurrencyAt,
    /// How many values it leaves open.
    open: usize,
}

/// Where a pattern has what every event says.
pub(super) struct Head {
    pub(super) event: EventId,
    pub(super) id: usize,
    pub(super) member: usize,
    pub(super) time: usize,
}

impl Mold {
    fn new(keys: &[Key], of: (EventId, Option<FieldId>), defs: &Arena<FieldId, FieldDef>) -> Self {
        let open = || keys.iter().filter(|key| key.fixed.is_none());
        Self {
            head: None,
            of,
            fields: defs.iter().map(|def| value_of(keys, &def.name)).collect(),
            currency: CurrencyAt::of(open().map(|key| &*key.name)),
            open: open().count(),
        }
    }

    /// The mold of records with such keys; none where they are better looked at one by one.
    fn of_record(program: &Program, keys: &[Key], event: EventId) -> Option<Self> {
        let def = program.events.at(event);
        let (time_key, time) = TIME_KEYS.iter().find_map(|name| Some((*name, value_of(keys, name)?)))?;
        if has_another_time(program, event, time_key) || keys.iter().any(|key| &*key.name == "sequence") {
            return None;
        }
        // What belongs to the pattern has no value of its own.
        if def.fields.iter().any(|field| keys.iter().any(|key| key.fixed.is_some() && *key.name == *field.name)) {
            return None;
        }
        let (id, member) = (value_of(keys, "id")?, value_of(keys, "member")?);
        Some(Self {
            head: Some(Head { event, id, member, time }),
            ..Self::new(keys, (event, None), &program.events.at(event).fields)
        })
    }
}

/// Whether the time of an event is only taken from `name` where no field has that name, and one has.
pub(super) fn has_another_time(program: &Program, event: EventId, name: &str) -> bool {
    name != "time" && program.events.at(event).fields.iter().any(|field| *field.name == *name)
}

/// Which of the values that a pattern leaves open a key has.
fn value_of(keys: &[Key], name: &str) -> Option<usize> {
    let mut open = keys.iter().filter(|key| key.fixed.is_none());
    open.position(|key| &*key.name == name)
}

/// Molds of all patterns that were learned.
#[derive(Default)]
pub(super) struct Molds {
    patterns: Patterns,
    molds: Vec<Option<Mold>>,
    /// The pattern of what was split last.
    last: u32,
}

impl Molds {
    /// What the record says that bytes begin with, where it is written like one before, and how long it is.
    pub(super) fn recognise<'m>(
        &'m mut self,
        bytes: &'m [u8],
        values: &'m mut Values,
    ) -> Option<(&'m Head, Molded<'m>, usize)> {
        let length = self.split(bytes, values)?;
        let molded = self.molded(bytes, values)?;
        Some((molded.mold.head.as_ref()?, molded, length))
    }

    /// Finds values of what bytes begin with, where it is written like something before; how long it is.
    pub(super) fn split(&mut self, bytes: &[u8], values: &mut Values) -> Option<usize> {
        let (pattern, length) = self.patterns.split(bytes, values)?;
        self.last = pattern;
        Some(length)
    }

    /// What was split last, with its values.
    pub(super) fn molded<'m>(&'m self, bytes: &'m [u8], values: &'m Values) -> Option<Molded<'m>> {
        let mold = self.molds.get(self.last as usize)?.as_ref()?;
        Some(Molded { bytes, mold, values: &values.top, inside: &values.inside, all: &self.molds })
    }

    /// Learns how a record of a type of event is written.
    pub(super) fn learn(&mut self, program: &Program, text: &str, record: Part<'_, '_>, event: EventId) {
        let sample = Sample { text, written: text.as_bytes() };
        self.learn_as(program, sample, record, event, Mold::of_record);
    }

    /// The same of a record that says nothing but lists.
    pub(super) fn learn_lists(&mut self, program: &Program, sample: Sample<'_>, record: Part<'_, '_>, event: EventId) {
        let mold = |program: &Program, keys: &[Key], event| {
            Some(Mold::new(keys, (event, None), &program.events.at(event).fields))
        };
        self.learn_as(program, sample, record, event, mold);
    }

    fn learn_as(
        &mut self,
        program: &Program,
        sample: Sample<'_>,
        record: Part<'_, '_>,
        event: EventId,
        mold: impl Fn(&Program, &[Key], EventId) -> Option<Mold>,
    ) {
        if self.patterns.is_full() {
            return;
        }
        self.patterns.learn(sample, record, &|key| key == "type");
        let mut values = Values::default();
        let bytes = [sample.written, &[b'\n'; WINDOW]].concat();
        let Some((pattern, _)) = self.patterns.split(&bytes, &mut values) else { return };
        let mold = mold(program, self.patterns.keys(pattern), event);
        self.keep(pattern, mold);
        let fields = &program.events.at(event).fields;
        for (id, def) in fields.pairs() {
            let FieldType::List(lines) = &def.ty else { continue };
            let Some(at) =
                self.molds.get(pattern as usize).and_then(|mold| mold.as_ref()?.fields.get(id.index()).copied()?)
            else {
                continue;
            };
            let Some(Value::List(first, count)) = values.top.get(at).copied() else { continue };
            let mut at = first as usize;
            for _ in 0..count {
                let Some(Value::Line(line)) = values.inside.get(at).copied() else { break };
                let keys = self.patterns.keys(line);
                let mold = Mold::new(keys, (event, Some(id)), lines);
                at += 1 + mold.open;
                self.keep(line, Some(mold));
            }
        }
    }

    fn keep(&mut self, pattern: u32, mold: Option<Mold>) {
        let pattern = pattern as usize;
        if pattern >= self.molds.len() {
            self.molds.resize_with(pattern + 1, || None);
        }
        if let Some(place) = self.molds.get_mut(pattern)
            && place.is_none()
        {
            *place = mold;
        }
    }
}

/// A record or line that was recognised.
#[derive(Clone, Copy)]
pub(super) struct Molded<'m> {
    bytes: &'m [u8],
    mold: &'m Mold,
    values: &'m [Value],
    inside: &'m [Value],
    all: &'m [Option<Mold>],
}

impl<'m> Find<'m> for Molded<'m> {
    type Line = Self;

    #[inline(always)]
    fn field(&mut self, field: FieldId, _: &FieldDef) -> Option<usize> {
        self.mold.fields.get(field.index()).copied()?
    }

    fn currency(&self) -> CurrencyAt {
        self.mold.currency
    }

    #[inline(always)]
    fn text(&self, at: usize) -> Option<Text<'m>> {
        let Value::Text(start, end) = self.values.get(at)? else { return None };
        Text::within(self.bytes, *start as usize, *end as usize)
    }

    #[inline(always)]
    fn number(&self, at: usize) -> Option<Decimal> {
        if let Value::Number(number) = self.values.get(at)? { Some(*number) } else { None }
    }

    fn truth(&self, at: usize) -> Option<bool> {
        if let Value::Bool(yes) = self.values.get(at)? { Some(*yes) } else { None }
    }

    fn lines(&self, at: usize, field: FieldId) -> Option<impl Iterator<Item = Option<Self>>> {
        self.lines_of(at, field)
    }
}

impl<'m> Molded<'m> {
    /// Lines of the list that is the value of a field, as [`Find::lines`].
    #[inline]
    pub(super) fn lines_of(self, at: usize, field: FieldId) -> Option<impl Iterator<Item = Option<Self>> + use<'m>> {
        let Value::List(first, count) = *self.values.get(at)? else { return None };
        let of = (self.mold.of.0, Some(field));
        let mut at = first as usize;
        let Self { bytes, inside, all, .. } = self;
        Some((0..count).map(move |_| {
            let Value::Line(pattern) = *inside.get(at)? else { return None };
            let mold = all.get(pattern as usize)?.as_ref().filter(|mold| mold.of == of)?;
            let from = at + 1;
            at = from + mold.open;
            Some(Self { bytes, mold, values: inside.get(from..at)?, inside, all })
        }))
    }
}
