//! Fills slots from the values of a record. What is done with each field is worked out once, before any record is read.

use crate::arena::Arena;
use crate::events::{CurrencyAt, Decimal, FIRST_YEAR, LAST_YEAR, MAX_LIST, MAX_TEXT};
use crate::hir::{FieldDef, FieldId, FieldType, Program};
use crate::value::{Currency, Day, Exact, Rounding};

use super::code::MISSING;
use super::find::Find;
use super::slots::{Form, PLACES, Shape, abroad, held, lines};
use super::texts::{Packed, Printer, Text, Words};

/// The most cells of a line that is read here.
const MOST_CELLS: usize = 16;

/// What is done with the fields of a record, or of a line.
pub(super) struct Filling<'p> {
    steps: Vec<Step<'p>>,
    /// How many slots there are.
    pub(super) size: usize,
}

/// What is done with a field.
struct Step<'p> {
    field: FieldId,
    def: &'p FieldDef,
    kind: Kind<'p>,
    /// Where its value goes; none where nobody reads it, but a record with a fault in it is none.
    slot: Option<usize>,
    /// What stands for it when it is missing; none where a record without it is better looked at by others.
    missing: Option<i64>,
}

/// How a value is read.
enum Kind<'p> {
    /// A number with so many decimal places.
    Decimal(u8),
    /// Money, and where it goes as it was in another currency than the program's.
    Money(Option<usize>),
    Text,
    Identity,
    Flag,
    Date,
    OneOf(Vec<Packed>),
    /// The fingerprint of a text.
    TextPrint,
    /// The fingerprint of an identifier.
    IdentityPrint,
    Lines(Filling<'p>),
    /// By others.
    Other,
}

impl<'p> Filling<'p> {
    /// What is done with fields that are kept in a shape.
    pub(super) fn new(
        program: &'p Program,
        defs: &'p Arena<FieldId, FieldDef>,
        shape: &Shape,
        words: &mut Words,
    ) -> Self {
        let mut steps = Vec::new();
        for ((field, def), place) in defs.pairs().zip(&shape.fields) {
            let print = shape.printed(field);
            if print.is_some() {
                let kind = if matches!(def.ty, FieldType::Text) { Kind::TextPrint } else { Kind::IdentityPrint };
                let missing = (def.optional && def.default.is_none()).then_some(MISSING);
                steps.push(Step { field, def, kind, slot: print, missing });
                if place.is_none() {
                    continue;
                }
            }
            let form = place.as_ref().map(|(form, _)| form);
            let kind = match (&def.ty, form) {
                (FieldType::Number, _) => Kind::Decimal(PLACES),
                (FieldType::Count, _) => Kind::Decimal(0),
                (FieldType::Money, _) => Kind::Money(shape.paid(field)),
                (FieldType::Text, _) => Kind::Text,
                (FieldType::Id | FieldType::Member, _) => Kind::Identity,
                (FieldType::Flag, _) => Kind::Flag,
                (FieldType::Date, _) => Kind::Date,
                (FieldType::OneOf(set), _) => Kind::OneOf(
                    program.enums.at(*set).words.iter().map(|word| Packed::new(Text::new(word.as_bytes()))).collect(),
                ),
                (FieldType::List(lines), Some(Form::Lines(shape))) => {
                    Kind::Lines(Filling::new(program, lines, shape, words))
                }
                (FieldType::List(lines), _) => {
                    let unread = Shape { fields: vec![None; lines.len()], ..Shape::default() };
                    Kind::Lines(Filling::new(program, lines, &unread, words))
                }
                (FieldType::Moment | FieldType::Duration, _) => Kind::Other,
            };
            let missing = match (&def.default, form) {
                (Some(default), Some(form)) => held(default, form, words),
                (Some(_), None) => Some(MISSING),
                (None, _) => def.optional.then_some(MISSING),
            };
            steps.push(Step { field, def, kind, slot: place.as_ref().map(|(_, at)| *at), missing });
        }
        Self { steps, size: shape.size }
    }
}

/// An amount's way to the program's currency.
struct Money {
    code: Packed,
    places: u8,
    /// Its place among those that the program accepts, what it is worth, and how that is rounded; none of the program's own.
    worth: Option<(usize, Exact, Rounding)>,
}

/// Currencies that amounts may be in, the program's own first.
pub(super) struct Currencies(Vec<Money>);

impl Currencies {
    /// Those that a program takes. Where a currency has other decimal places than the program's, others read its amounts.
    pub(super) fn new(program: &Program) -> Self {
        let settings = &program.settings;
        let money = |currency: Currency, worth| Money {
            code: Packed::new(Text::new(currency.code().as_bytes())),
            places: currency.exponent(),
            worth,
        };
        let mut all = vec![money(settings.currency, None)];
        for (place, (accepted, rate, rounding)) in settings.accepts.iter().enumerate() {
            let rate = super::term::constant(rate);
            if let Some(rate) = rate.filter(|_| accepted.exponent() == settings.currency.exponent()) {
                all.push(money(*accepted, Some((place, rate, *rounding))));
            }
        }
        Self(all)
    }

    /// An amount in minor units of the program's currency, and as it was in another one.
    fn read(&self, number: Decimal, currency: usize) -> Option<(i64, Option<i64>)> {
        let money = self.0.get(currency)?;
        let minor = number.in_places(money.places)?;
        match &money.worth {
            None => Some((minor, None)),
            Some((place, rate, Rounding::Down)) if minor >= 0 => {
                let (by, of) = (i64::try_from(rate.numerator()).ok()?, i64::try_from(rate.denominator()).ok()?);
                Some((minor.checked_mul(by)? / of, abroad(*place, minor)))
            }
            Some((place, rate, rounding)) => {
                let worth = rounding.round(Exact::from(minor).mul(*rate).ok()?).ok()?;
                Some((worth, abroad(*place, minor)))
            }
        }
    }
}

/// What filling needs besides the record.
pub(super) struct Tools<'t> {
    pub(super) currencies: &'t Currencies,
    pub(super) words: &'t mut Words,
    pub(super) printer: &'t Printer,
    pub(super) lines: &'t mut Vec<i64>,
}

impl Tools<'_> {
    /// Types all fields, also those that nobody reads. Amounts of a line that names no currency are in that of its record.
    pub(super) fn fill<'r>(
        &mut self,
        filling: &Filling<'_>,
        mut find: impl Find<'r>,
        outer: usize,
        slots: &mut [i64],
    ) -> Option<()> {
        let currency = self.currency(&find, outer)?;
        for step in &filling.steps {
            let value = match find.field(step.field, step.def) {
                None => step.missing?,
                Some(at) => match &step.kind {
                    Kind::Decimal(places) => find.number(at)?.in_places(*places)?,
                    Kind::Money(paid) => {
                        let (value, own) = self.currencies.read(find.number(at)?, currency)?;
                        if let (Some(paid), Some(own)) = (paid, own) {
                            *slots.get_mut(*paid)? = own;
                        }
                        value
                    }
                    Kind::Text => self.word(short(find.text(at)?)?, step),
                    Kind::Identity => self.word(find.identity(at)?, step),
                    Kind::TextPrint => self.print(short(find.text(at)?)?, step, slots)?,
                    Kind::IdentityPrint => self.print(find.identity(at)?, step, slots)?,
                    Kind::OneOf(words) => {
                        let word = find.text(at)?;
                        i64::try_from(words.iter().position(|known| known.is(word))?).ok()?
                    }
                    Kind::Flag => i64::from(find.truth(at)?),
                    Kind::Date => {
                        let day = Day::parse(str::from_utf8(find.text(at)?.bytes).ok()?)?;
                        (FIRST_YEAR..=LAST_YEAR).contains(&day.year()).then(|| i64::from(day.epoch_days()))?
                    }
                    Kind::Lines(filling) => self.list(filling, find.lines(at, step.field)?, currency)?,
                    Kind::Other => return None,
                },
            };
            if let Some(slot) = step.slot {
                *slots.get_mut(slot)? = value;
            }
        }
        Some(())
    }

    fn word(&mut self, text: Text<'_>, step: &Step<'_>) -> i64 {
        if step.slot.is_some() { self.words.number(text) } else { MISSING }
    }

    fn print(&self, text: Text<'_>, step: &Step<'_>, slots: &mut [i64]) -> Option<i64> {
        let [first, second] = self.printer.print(text);
        *slots.get_mut(step.slot? + 1)? = second;
        Some(first)
    }

    /// The currency that a record names for its amounts, or else that of what is around it; `None` where it is better decoded.
    fn currency<'r>(&self, find: &impl Find<'r>, outer: usize) -> Option<usize> {
        let at = match find.currency() {
            CurrencyAt::Nowhere => return Some(outer),
            CurrencyAt::Name(at) => at,
            CurrencyAt::Unsure => return None,
        };
        let code = find.text(at)?;
        self.currencies.0.iter().position(|known| known.code.is(code))
    }

    #[inline(always)]
    fn list<'r>(
        &mut self,
        filling: &Filling<'_>,
        list: impl Iterator<Item = Option<impl Find<'r>>>,
        outer: usize,
    ) -> Option<i64> {
        let (first, mut count) = (self.lines.len(), 0);
        for line in list {
            count += 1;
            // A line has few cells: they are filled apart from all others.
            let mut cells = [MISSING; MOST_CELLS];
            let cells = cells.get_mut(..filling.size)?;
            self.fill(filling, line?, outer, cells)?;
            self.lines.extend_from_slice(cells);
        }
        (count <= MAX_LIST).then(|| lines(first, count))
    }
}

/// A text that is not too long.
fn short(text: Text<'_>) -> Option<Text<'_>> {
    (text.bytes.len() <= MAX_TEXT).then_some(text)
}
