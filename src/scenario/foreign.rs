//! Amounts of a step in another currency that the program accepts: read as a record that names it is read.

use crate::engine::Foreign;
use crate::events::{AmountContext, View, money};
use crate::hir::{FieldDef, FieldId, FieldType, Program};
use crate::value::Value;

/// Reads the amounts of a step.
pub(super) struct Amounts<'p> {
    pub(super) program: &'p Program,
    pub(super) context: AmountContext<'p>,
    /// Those in other currencies than the program's.
    pub(super) foreign: Vec<Foreign>,
}

impl Amounts<'_> {
    /// A value of a field with every amount in the program's currency.
    ///
    /// # Errors
    /// In words, where the program has no rate for the day.
    pub(super) fn converted(&mut self, (id, def): (FieldId, &FieldDef), value: Value) -> Result<Value, String> {
        let (FieldType::List(defs), Value::List(lines)) = (&def.ty, &value) else {
            return self.amount((id, None), &def.ty, value);
        };
        let mut all: Vec<Box<[Value]>> = Vec::with_capacity(lines.len());
        for (line, number) in lines.iter().zip(0..) {
            let fields = defs.pairs().zip(line);
            let fields = fields
                .map(|((of_line, def), value)| self.amount((id, Some((number, of_line))), &def.ty, value.clone()));
            all.push(fields.collect::<Result<_, _>>()?);
        }
        Ok(Value::List(all.into()))
    }

    fn amount(
        &mut self,
        (field, of_line): (FieldId, Option<(u32, FieldId)>),
        ty: &FieldType,
        value: Value,
    ) -> Result<Value, String> {
        let (FieldType::Money, Value::Text(text)) = (ty, &value) else { return Ok(value) };
        let amount = money(self.program, View::Text(text), self.context)?;
        let foreign = amount.foreign.map(|(currency, minor)| Foreign { field, of_line, currency, minor });
        self.foreign.extend(foreign);
        Ok(Value::Exact(amount.value))
    }
}
