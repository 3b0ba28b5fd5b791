//! What counts as a purchase, and what as an answer to a survey: as the program shows it, or as it is asked for.

use crate::hir::{EventDef, EventId, EventKind, FieldId, FieldType, Program};

/// A type of event that is a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purchase {
    /// The type.
    pub event: EventId,
    /// What was paid.
    pub amount: FieldId,
    /// Records of one day with one value of it are one purchase.
    pub order: Option<FieldId>,
}

/// A type of event that is an answer to a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey {
    /// The type.
    pub event: EventId,
    /// The score, 0 to 10.
    pub score: FieldId,
}

/// Why what was asked for is not there, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ChoiceError(String);

impl Purchase {
    /// All types that are purchases by what the program says of them: money that can be taken back, or else money that earns something.
    pub fn found(program: &Program) -> Vec<Self> {
        let reversed = |id: EventId| {
            program.events.iter().any(|event| event.reversal.as_ref().is_some_and(|reversal| reversal.of == id))
        };
        let earns = |id: EventId| program.earns.iter().any(|earn| earn.event == id);
        let money = |test: &dyn Fn(EventId) -> bool| -> Vec<Self> {
            let own = program.events.pairs().filter(|(id, event)| is_own(event) && test(*id));
            own.filter_map(|(id, event)| Self::of(program, id, event)).collect()
        };
        let back = money(&reversed);
        if back.is_empty() { money(&earns) } else { back }
    }

    fn of(program: &Program, id: EventId, event: &EventDef) -> Option<Self> {
        let is_money = |field: &FieldId| matches!(event.fields.get(*field).map(|f| &f.ty), Some(FieldType::Money));
        let reversals = program.events.iter().filter_map(|event| event.reversal.as_ref());
        let mut taken = reversals.filter(|reversal| reversal.of == id).flat_map(|reversal| &reversal.amounts);
        let amount = taken.find(|(_, theirs)| is_money(theirs)).map(|(_, theirs)| *theirs);
        let amount = amount.or_else(|| event.fields.ids().find(is_money))?;
        let order = event.fields.find(|field| matches!(field.ty, FieldType::Id));
        Some(Self { event: id, amount, order })
    }

    /// Reads `EVENT`, `EVENT.FIELD` or `EVENT.FIELD by FIELD`.
    ///
    /// # Errors
    /// [`ChoiceError`] where the program has no such thing.
    pub fn parse(program: &Program, text: &str) -> Result<Self, ChoiceError> {
        let (path, order) = match text.split_once(" by ") {
            Some((path, order)) => (path.trim(), Some(order.trim())),
            None => (text.trim(), None),
        };
        let (name, field) = path.split_once('.').map_or((path, None), |(name, field)| (name, Some(field)));
        let (id, event) = own_event(program, name)?;
        let found = Self::of(program, id, event);
        let amount = match field {
            Some(field) => own_field(event, field, "money", |ty| matches!(ty, FieldType::Money))?,
            None => found.ok_or_else(|| ChoiceError(format!("`{name}` has no money in it")))?.amount,
        };
        let order = match order {
            Some(order) => Some(own_field(event, order, "an id", |ty| matches!(ty, FieldType::Id))?),
            None => found.and_then(|found| found.order),
        };
        Ok(Self { event: id, amount, order })
    }

    /// In plain words.
    pub fn told(&self, program: &Program) -> String {
        let event = program.events.at(self.event);
        let amount = &event.fields.at(self.amount).name;
        let one = self.order.map_or(String::new(), |order| {
            format!(" (those of one member and day with one `{}` are one purchase)", event.fields.at(order).name)
        });
        format!("`{}` for its `{amount}`{one}", event.name)
    }
}

impl Survey {
    /// The type that is a survey by its names: one with a field `nps`, or one that is called `survey` or `nps` and has one number.
    pub fn found(program: &Program) -> Option<Self> {
        let number = |ty: &FieldType| matches!(ty, FieldType::Count | FieldType::Number);
        let own = || program.events.pairs().filter(|(_, event)| is_own(event));
        let named = own().find_map(|(id, event)| {
            let score = event.fields.find(|field| &*field.name == "nps" && number(&field.ty))?;
            Some(Self { event: id, score })
        });
        let called = own().filter(|(_, event)| matches!(&*event.name, "survey" | "nps")).find_map(|(id, event)| {
            let mut numbers = event.fields.pairs().filter(|(_, field)| number(&field.ty)).map(|(id, _)| id);
            numbers.next().filter(|_| numbers.next().is_none()).map(|score| Self { event: id, score })
        });
        named.or(called)
    }

    /// Reads `EVENT.FIELD`.
    ///
    /// # Errors
    /// [`ChoiceError`] where the program has no such thing.
    pub fn parse(program: &Program, text: &str) -> Result<Self, ChoiceError> {
        let Some((name, field)) = text.split_once('.') else {
            return Err(ChoiceError(format!("`{text}` names no field: write `EVENT.FIELD`, such as `survey.score`")));
        };
        let (event, def) = own_event(program, name)?;
        let number = |ty: &FieldType| matches!(ty, FieldType::Count | FieldType::Number);
        Ok(Self { event, score: own_field(def, field, "a number", number)? })
    }

    /// In plain words.
    pub fn told(&self, program: &Program) -> String {
        let event = program.events.at(self.event);
        format!("`{}` for its `{}`", event.name, event.fields.at(self.score).name)
    }
}

/// Whether the program declares it, and it takes nothing back.
fn is_own(event: &EventDef) -> bool {
    event.kind == EventKind::Declared && event.reversal.is_none()
}

fn own_event<'p>(program: &'p Program, name: &str) -> Result<(EventId, &'p EventDef), ChoiceError> {
    let found = program.events.pairs().find(|(_, event)| is_own(event) && *event.name == *name);
    found.ok_or_else(|| {
        let names = program.events.iter().filter(|event| is_own(event)).map(|event| format!("`{}`", event.name));
        let names: Vec<String> = names.collect();
        ChoiceError(format!("the program declares no event `{name}`; it has {}", names.join(", ")))
    })
}

fn own_field(event: &EventDef, name: &str, what: &str, fits: fn(&FieldType) -> bool) -> Result<FieldId, ChoiceError> {
    let found = event.fields.pairs().find(|(_, field)| *field.name == *name);
    let (id, field) = found.ok_or_else(|| ChoiceError(format!("`{}` has no field `{name}`", event.name)))?;
    if fits(&field.ty) { Ok(id) } else { Err(ChoiceError(format!("`{}.{name}` is not {what}", event.name))) }
}
