//! What a program itself says of the values that it expects: constants beside the fields that they are compared with.

use std::collections::BTreeMap;

use crate::engine::reads::visit;
use crate::hir::{During, Expr, Frame, Gates, Guard, Kind, Program, Read};
use crate::value::{Day, Exact, Value};

/// Constants by the name of the field or attribute that they are compared with, and the first day that is mentioned.
#[derive(Debug, Default)]
pub(crate) struct Clues {
    by_name: BTreeMap<String, Vec<Value>>,
    first: Option<Day>,
}

/// Days before this year are dates of birth and the like, not times at which a program runs.
const EARLIEST: i32 = 2000;

impl Clues {
    pub fn of(program: &Program) -> Self {
        let mut clues = Self::default();
        for root in program.expressions() {
            visit(program, root, &mut |part| clues.part(program, part));
        }
        let gates = program.earns.iter().map(|item| &item.gates);
        let gates = gates.chain(program.boosts.iter().map(|item| &item.gates));
        let gates = gates.chain(program.rules.iter().map(|item| &item.gates));
        let gates = gates.chain(program.rewards.iter().map(|item| &item.gates));
        gates.for_each(|gates| clues.during(gates));
        for challenge in program.challenges.iter() {
            if let Frame::Days(from, _) = challenge.frame {
                clues.day(from);
            }
        }
        clues.by_name.values_mut().for_each(|values| {
            values.sort();
            values.dedup();
        });
        clues
    }

    /// Constants that a field of this name is compared with, from the smallest.
    pub fn about(&self, name: &str) -> &[Value] {
        self.by_name.get(name).map_or(&[], |values| values)
    }

    /// The same, numbers alone.
    pub fn numbers(&self, name: &str) -> Vec<Exact> {
        let number = |value: &Value| if let Value::Exact(number) = value { Some(*number) } else { None };
        self.about(name).iter().filter_map(number).filter(|number| *number > Exact::ZERO).collect()
    }

    /// The first day of the year of the first day that the program mentions.
    pub fn first_year(&self) -> Option<Day> {
        self.first.and_then(|day| Day::from_ymd(day.year(), 1, 1))
    }

    fn day(&mut self, day: Day) {
        if day.year() >= EARLIEST {
            self.first = Some(self.first.map_or(day, |first| first.min(day)));
        }
    }

    fn during(&mut self, gates: &Gates) {
        for alternative in gates.during.iter().flatten() {
            if let During::Days(Some(from), _) = alternative {
                self.day(*from);
            }
        }
    }

    fn guard(&mut self, guard: &Guard) {
        guard.from.or(guard.until).into_iter().for_each(|day| self.day(day));
    }

    fn part(&mut self, program: &Program, part: &Expr) {
        match &part.kind {
            Kind::Const(Value::Day(day)) => self.day(*day),
            Kind::Cases(cases) => cases.iter().for_each(|case| self.guard(&case.guard)),
            Kind::Compare(_, left, right) => {
                self.pair(program, left, right);
                self.pair(program, right, left);
            }
            Kind::In(item, list) => list.iter().for_each(|other| self.pair(program, item, other)),
            Kind::Between(item, low, high) => [low, high].into_iter().for_each(|end| self.pair(program, item, end)),
            Kind::Lookup(table, keys) => {
                if let crate::hir::Rows::Exact { rows, .. } = &program.tables.at(*table).rows {
                    let cells = rows.iter().flat_map(|(cells, _)| keys.iter().zip(cells));
                    for (key, (_, value)) in cells.filter_map(|(key, cell)| Some((key, cell.as_ref()?))) {
                        self.note(program, key, value);
                    }
                }
            }
            _ => {}
        }
    }

    fn pair(&mut self, program: &Program, named: &Expr, other: &Expr) {
        match &other.kind {
            Kind::Const(value) => self.note(program, named, value),
            Kind::Let(id) => {
                if let Kind::Const(value) = &program.lets.at(*id).value.kind {
                    self.note(program, named, value);
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, program: &Program, named: &Expr, value: &Value) {
        let field = matches!(named.kind, Kind::Field(_) | Kind::Line(_) | Kind::Read(Read::Attribute(_)));
        if field {
            let path = program.sources.text(named.span);
            let name = path.rsplit('.').next().unwrap_or(path).trim();
            self.by_name.entry(name.to_owned()).or_default().push(value.clone());
        }
    }
}
