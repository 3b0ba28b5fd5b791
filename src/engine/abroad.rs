//! What comes back in the currency in which it was paid, where that is not the program's: parts add up to the whole (S20).

use crate::arena::Id as _;
use crate::hir::{FieldId, Program};
use crate::value::{ArithmeticError, Currency, Exact, Instant, Rounding, Value};

use super::event::{Event, Foreign};
use super::fact::Fact;
use super::fault::Fault;
use super::few::Few;

/// Where an amount of an event is: its field, and where that is a list, which line and which field of it.
pub(super) type Place = (FieldId, Option<(u32, FieldId)>);

/// How much of an amount is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// In the program's currency.
    pub rest: Exact,
    /// In the one that the record names, where it is another.
    own: Option<(Currency, i64)>,
}

impl Asked {
    /// What an event asks for at a place.
    pub fn of(event: &Event, (field, of_line): Place) -> Self {
        let fields = match of_line {
            Some((line, _)) => event.line(Some(field), Some(line)),
            None => &event.fields,
        };
        let at = of_line.map_or(field, |(_, field)| field);
        let rest = if let Some(Value::Exact(rest)) = fields.get(at.index()) { *rest } else { Exact::ZERO };
        let own = event.foreign.iter().find(|foreign| (foreign.field, foreign.of_line) == (field, of_line));
        Self { rest, own: own.map(|foreign| (foreign.currency, foreign.minor)) }
    }
}

/// What is left of an original in the currencies in which it was paid.
pub(super) struct Abroad<'p> {
    program: &'p Program,
    /// When it was: rates are those of that day.
    bought: Instant,
    left: Vec<Foreign>,
    /// Whether something was taken of it.
    pub touched: bool,
}

impl<'p> Abroad<'p> {
    /// What earlier reversals have left of an original.
    pub fn of(program: &'p Program, fact: &Fact) -> Self {
        let (bought, left) =
            (fact.event.time, if fact.reversals.is_empty() { &fact.event.foreign } else { &fact.abroad });
        let known = |foreign: &&Foreign| program.convert(foreign.minor, foreign.currency, bought).is_ok();
        Self { program, bought, left: left.iter().filter(known).copied().collect(), touched: false }
    }

    /// Takes as much of an amount as is asked for, where so much of it is there. Returns how much that is.
    pub fn take(&mut self, place: Place, there: Exact, asked: &mut Asked) -> Result<Exact, Fault> {
        let (program, bought) = (self.program, self.bought);
        if let Some((currency, minor)) = asked.own
            && let Some(known) = self.left.iter_mut().find(|known| (known.field, known.of_line) == place)
            && (known.currency, known.minor.signum(), minor.signum()) == (currency, 1, 1)
        {
            let worth =
                |rounding, minor| program.convert_by(rounding, minor, currency, bought).map_err(|_| Fault::Type);
            let (back, part) = (minor.min(known.minor), part(there, known.minor, minor, worth)?);
            known.minor -= back;
            *asked = Asked { rest: worth(None, minor - back)?, own: Some((currency, minor - back)) };
            self.touched = true;
            return Ok(part);
        }
        let part = as_much(there, asked.rest);
        if !part.is_zero() {
            *asked = Asked { rest: asked.rest.sub(part)?, own: None };
            self.lessen(place, there, there.sub(part)?)?;
        }
        Ok(part)
    }

    /// Of an amount so much is left where there was so much: so it is in the currency in which it was paid.
    pub fn lessen(&mut self, place: Place, there: Exact, left: Exact) -> Result<(), Fault> {
        if let Some(known) = self.left.iter_mut().find(|known| (known.field, known.of_line) == place) {
            known.minor = lessened(known.minor, there, left)?;
        }
        Ok(())
    }

    /// Whether just what is asked for is left of an amount, in the currency in which it was paid.
    pub fn is_all(&self, place: Place, asked: &Asked) -> bool {
        let known = self.left.iter().find(|known| (known.field, known.of_line) == place);
        asked.own.is_some() && known.map(|known| (known.currency, known.minor)) == asked.own
    }

    /// What is left of all amounts.
    pub fn left(self) -> Few<Foreign> {
        self.left.into()
    }
}

/// How much of an amount comes back of which so much is there, and so much is left in the currency in which it was paid and in which more than
/// nothing is asked for. A part is worth what it is by itself, as long as that leaves what the rest is worth; the last one takes all that is left.
/// What minor units are worth is rounded as declared, or as is said.
pub fn part<E>(
    there: Exact,
    left: i64,
    asked: i64,
    worth: impl Fn(Option<Rounding>, i64) -> Result<Exact, E>,
) -> Result<Exact, E> {
    if asked >= left {
        return Ok(there);
    }
    let (part, rest) = (worth(None, asked)?, worth(Some(Rounding::Down), left - asked)?);
    let fits = part.add(rest).is_ok_and(|both| both <= there);
    Ok(if fits { part } else { there.sub(rest).unwrap_or_default().max(Exact::ZERO) })
}

/// What is left of minor units, as of an amount so much is left where there was so much.
pub fn lessened(minor: i64, there: Exact, left: Exact) -> Result<i64, ArithmeticError> {
    if there.is_zero() {
        return Ok(minor);
    }
    Exact::from(minor).mul(left)?.div(there)?.ceil().to_i64().ok_or(ArithmeticError::Overflow)
}

/// As much of what is asked for as there is; what is asked for below zero only of what is.
fn as_much(there: Exact, asked: Exact) -> Exact {
    if asked.is_negative() { asked.max(there).min(Exact::ZERO) } else { asked.min(there) }
}
