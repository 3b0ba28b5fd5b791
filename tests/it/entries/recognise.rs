//! Records that are written like earlier ones and rows of tables, of which only the values are read.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use meed::Program;
use meed::compile::compile;
use meed::events::{EventStream, Inputs, Map};
use meed::hir::FieldType;
use meed::kernel::{Batch, Block, Filler, Plan, Reading, Repeats, Row};

use super::scratch::with_file;

/// A program, what it is lowered to, and what reads its events.
pub struct Lowered {
    program: Arc<Program>,
    plan: Plan,
    map: Option<Map>,
}

impl Lowered {
    /// Lowers a program whose events a map reads, if there is one.
    fn new(program: &str, map: Option<&str>) -> Self {
        let loaded = Program::from_text("any.meed", program).unwrap_or_else(|wrong| panic!("{wrong}"));
        let program = Arc::new(loaded.versions.into_iter().next().unwrap());
        let plan = Plan::of(&compile(std::slice::from_ref(&program)).versions()[0]).unwrap();
        let map = map.map(|map| Map::parse("any.map.yaml", map).unwrap_or_else(|wrong| panic!("{wrong}")));
        Self { program, plan, map }
    }
}

/// A program whose fields have every form that is read from plain records.
pub static FIELDS: LazyLock<Lowered> =
    LazyLock::new(|| Lowered::new(include_str!("../../cases/kernel/fields.meed"), None));

/// A program whose events are rows of a table that a map reads.
pub static TILL: LazyLock<Lowered> =
    LazyLock::new(|| Lowered::new(include_str!("../../cases/kernel/till.meed"), Some(MAP)));

/// The header of such a table.
pub const ROWS: &str = "nr;kind;who;when;art;pieces;price;fee;cur;grams;note;gift;bom\n";

/// A map with everything that is done on rows where they lie.
const MAP: &str = r#"
format: csv
separator: ";"
zone: Europe/Berlin
skip:
  - when: {column: kind, is: draft}
    because: a draft
  - when: {any: [{column: kind, ends_with: "!"}, {all: [{column: kind, contains: "x"}, {not: {column: note, is: empty}}]}]}
    because: not meant
events:
  - event: back
    when: {any: [{column: kind, starts_with: R}, {column: pieces, below: 0}]}
    id: "{line}"
    member: who
    time: {column: when, format: "%d.%m.%Y %H:%M"}
    fields:
      receipt: nr
      goods: {column: art, words: {mg: mug, pt: pot}, default: nothing}
      pieces: {absolute: pieces}
      amount: {multiply: [{negate: pieces}, price], round: half even}
  - event: call
    when: {column: kind, in: [call, 7, "012"]}
    id: "{nr}-{kind}"
    member: who
    time: when
  - event: sale
    when: {not: {column: kind, at_least: 9}}
    id: "s{line}"
    member: who
    time: {column: when, format: ["%d.%m.%Y %H:%M", "%Y-%m-%d"], at: "09:00"}
    currency: cur
    fields:
      receipt: nr
      goods: {column: art, words: {mg: mug, pt: pot}}
      amount: {add: [{multiply: [pieces, price]}, {column: fee, default: 0}], round: nearest}
      weight: {column: grams, default: 100}
      channel: {constant: web}
      parts: bom
"#;

/// What was read of records.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What each event says.
    pub events: Vec<String>,
    /// What is said of each record that is none.
    pub rejects: Vec<String>,
    /// Whether a value fits no cell, where reading ends.
    pub cut: bool,
}

/// Whatever stands in a file, its records say the same to who recognises them as to who takes each of them apart.
pub fn recognise(bytes: &[u8]) {
    alike("any.jsonl", bytes, &FIELDS);
    alike("any.csv", bytes, &FIELDS);
    alike("rows.csv", &[ROWS.as_bytes(), bytes].concat(), &TILL);
}

/// What is read of a file, in either way.
pub fn alike(name: &str, bytes: &[u8], by: &Lowered) -> Said {
    with_file(name, bytes, |path| {
        let (theirs, own) = (by.taken_apart(path), by.recognised(path));
        for (at, (own, theirs)) in own.events.iter().zip(&theirs.events).enumerate() {
            assert_eq!(own, theirs, "event {at}");
        }
        assert_eq!(own, theirs);
        theirs
    })
}

impl Lowered {
    fn stream(&self, path: &Path) -> EventStream<'_> {
        let inputs = Inputs::find(&[path.to_owned()]).unwrap();
        EventStream::new(&self.program, &inputs, self.map.as_ref(), 0).unwrap()
    }

    fn taken_apart(&self, path: &Path) -> Said {
        let (mut block, mut said) = (Block::default(), Said::default());
        let mut filler = Filler::new(&self.plan, Repeats::Expected);
        for record in self.stream(path) {
            match record {
                Ok(event) if filler.event(&event, &mut block).is_some() => {}
                Ok(_) => {
                    said.cut = true;
                    break;
                }
                Err(reject) => said.rejects.push(reject.to_string()),
            }
        }
        Teller::new(self).tell(&block, &mut said);
        said
    }

    fn recognised(&self, path: &Path) -> Said {
        let mut reading = Reading::new(&self.program, &self.plan, self.stream(path), Repeats::Expected);
        let (mut batch, mut said, mut teller) = (Batch::default(), Said::default(), Teller::new(self));
        loop {
            let more = reading.fill(&mut batch);
            teller.tell(&batch.block, &mut said);
            said.rejects.extend(batch.rejects.iter().map(ToString::to_string));
            said.cut = more.is_err();
            if !more.unwrap_or(false) {
                return said;
            }
        }
    }

    /// Whether a text with this number stands in the program.
    fn has(&self, number: i64) -> bool {
        (0..self.plan.shapes.words.count()).contains(&number)
    }
}

/// Says what rows say. Which number a text has that is not in the program depends on what was looked at before: such texts are numbered as
/// they come.
struct Teller<'l> {
    of: &'l Lowered,
    texts: HashMap<i64, usize>,
}

impl<'l> Teller<'l> {
    fn new(of: &'l Lowered) -> Self {
        Self { of, texts: HashMap::new() }
    }

    fn tell(&mut self, block: &Block, said: &mut Said) {
        said.events.extend(block.rows.iter().map(|row| self.row(block, row)));
    }

    fn row(&mut self, block: &Block, row: &Row) -> String {
        let Lowered { program, plan, .. } = self.of;
        let shape = plan.shapes.events.at(row.event);
        let slots = block.slots(row, &plan.shapes);
        let def = program.events.at(row.event);
        let (id, member) = (block.id(row), block.member(row));
        let mut said = format!("{} of {id} by {member} at {}, {}:", def.name, row.time, row.sequence);
        for ((_, field), place) in def.fields.pairs().zip(&shape.fields) {
            let Some((_, at)) = place else { continue };
            let slot = slots[*at];
            said += &match &field.ty {
                FieldType::List(line) => {
                    let (first, count) = ((slot >> 24) as usize, (slot & 0xff_ffff) as usize);
                    let cells = &block.lines[first..first + count * line.len()];
                    let types = line.iter().map(|field| &field.ty).cycle();
                    let cells = cells.iter().zip(types).map(|(cell, ty)| self.cell(ty, *cell));
                    format!(" {} lines{}", count, cells.collect::<String>())
                }
                ty => self.cell(ty, slot),
            };
        }
        shape.prints.iter().for_each(|(_, at)| said += &format!(" {:?}", &slots[*at..at + 2]));
        said
    }

    fn cell(&mut self, ty: &FieldType, cell: i64) -> String {
        let next = self.texts.len();
        match ty {
            FieldType::Text | FieldType::Id if cell != i64::MIN && !self.of.has(cell) => {
                format!(" text {}", self.texts.entry(cell).or_insert(next))
            }
            _ => format!(" {cell}"),
        }
    }
}
