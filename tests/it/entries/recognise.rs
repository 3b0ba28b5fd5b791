//! Records that are written like earlier ones and rows of tables, of which only the values are read.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use meed::Program;
use meed::compile::compile;
use meed::events::{EventStream, Inputs};
use meed::hir::FieldType;
use meed::kernel::{Batch, Block, Filler, Plan, Reading, Repeats, Row};

use super::scratch::with_file;

/// A program whose fields have every form that is read from plain records.
const FIELDS: &str = include_str!("../../cases/kernel/fields.meed");

/// The program, and what it is lowered to.
struct Lowered {
    program: Arc<Program>,
    plan: Plan,
}

static LOWERED: LazyLock<Lowered> = LazyLock::new(|| {
    let loaded = Program::from_text("fields.meed", FIELDS).unwrap_or_else(|wrong| panic!("{wrong}"));
    let program = Arc::new(loaded.versions.into_iter().next().unwrap());
    let plan = Plan::of(&compile(std::slice::from_ref(&program)).versions()[0]).unwrap();
    Lowered { program, plan }
});

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
    alike("any.jsonl", bytes);
    alike("any.csv", bytes);
}

/// What is read of a file, in either way.
pub fn alike(name: &str, bytes: &[u8]) -> Said {
    with_file(name, bytes, |path| {
        let (theirs, own) = (taken_apart(path), recognised(path));
        for (at, (own, theirs)) in own.events.iter().zip(&theirs.events).enumerate() {
            assert_eq!(own, theirs, "event {at}");
        }
        assert_eq!(own, theirs);
        theirs
    })
}

fn stream(path: &Path) -> EventStream<'static> {
    let inputs = Inputs::find(&[path.to_owned()]).unwrap();
    EventStream::new(&LOWERED.program, &inputs, None, 0).unwrap()
}

fn taken_apart(path: &Path) -> Said {
    let plan = &LOWERED.plan;
    let (mut filler, mut block, mut said) = (Filler::new(plan, Repeats::Expected), Block::default(), Said::default());
    for record in stream(path) {
        match record {
            Ok(event) if filler.event(&event, &mut block).is_some() => {}
            Ok(_) => {
                said.cut = true;
                break;
            }
            Err(reject) => said.rejects.push(reject.to_string()),
        }
    }
    Teller::default().tell(&block, &mut said);
    said
}

fn recognised(path: &Path) -> Said {
    let mut reading = Reading::new(&LOWERED.program, &LOWERED.plan, stream(path), Repeats::Expected);
    let (mut batch, mut said, mut teller) = (Batch::default(), Said::default(), Teller::default());
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

/// Says what rows say. Which number a text has that is not in the program depends on what was looked at before: such texts are numbered as
/// they come.
#[derive(Default)]
struct Teller {
    texts: HashMap<i64, usize>,
}

impl Teller {
    fn tell(&mut self, block: &Block, said: &mut Said) {
        said.events.extend(block.rows.iter().map(|row| self.row(block, row)));
    }

    fn row(&mut self, block: &Block, row: &Row) -> String {
        let shape = LOWERED.plan.shapes.events.at(row.event);
        let slots = block.slots(row, &LOWERED.plan.shapes);
        let def = LOWERED.program.events.at(row.event);
        let mut said = format!("{} of {} by {} at {}:", def.name, block.id(row), block.member(row), row.time);
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
        said
    }

    fn cell(&mut self, ty: &FieldType, cell: i64) -> String {
        let next = self.texts.len();
        match ty {
            FieldType::Text | FieldType::Id if cell != i64::MIN && !is_of_program(cell) => {
                format!(" text {}", self.texts.entry(cell).or_insert(next))
            }
            _ => format!(" {cell}"),
        }
    }
}

/// Whether a text with this number stands in the program.
fn is_of_program(number: i64) -> bool {
    (0..LOWERED.plan.shapes.words.count()).contains(&number)
}
