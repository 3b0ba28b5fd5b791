//! Finds files of events and opens them in the format that they have.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cells::{Cells, Separator, sniff};
use super::csv::{Layout, Table};
use super::documents::JsonDocuments;
use super::encoding::{Encoding, as_utf8};
use super::head::lacking;
use super::json::JsonLines;
use super::lines::{Line, Lines};
use super::stream::Reader;
use super::unpack::unpack;
use super::wrapper::Wrapper;
use super::yaml::Yaml;

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object on each line.
    JsonLines,
    /// A list of JSON objects, or objects over several lines.
    Json,
    /// A table of text.
    Csv,
    /// YAML documents or a list.
    Yaml,
}

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A file or folder cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Unreadable {
        /// As it was named.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A folder has no files of events.
    #[error("the folder `{0}` has no files of events: .jsonl, .json, .csv, .tsv, .yaml, plain, .gz or .zst")]
    Empty(String),
    /// The standard input was named twice.
    #[error("`-` can be read only once")]
    Twice,
}

/// Reads ahead what takes long to read.
pub type Aside = fn(Box<dyn Read + Send>) -> Box<dyn BufRead + Send>;

/// Files to be read one after another.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    paths: Vec<PathBuf>,
    aside: Option<Aside>,
}

impl Inputs {
    /// The files that arguments name: a file, every file of events in a folder in order of its path, or `-` for the standard input.
    ///
    /// # Errors
    /// [`InputError`] where a file cannot be opened or a folder has nothing to read.
    pub fn find(arguments: &[PathBuf]) -> Result<Self, InputError> {
        let mut paths: Vec<PathBuf> = Vec::new();
        for argument in arguments {
            if argument == Path::new("-") {
                if paths.contains(argument) {
                    return Err(InputError::Twice);
                }
                paths.push(argument.clone());
                continue;
            }
            let unreadable = |error| InputError::Unreadable { path: argument.display().to_string(), error };
            if argument.metadata().map_err(unreadable)?.is_dir() {
                let before = paths.len();
                for entry in ignore::WalkBuilder::new(argument).sort_by_file_path(Path::cmp).require_git(false).build()
                {
                    let entry = entry.map_err(|error| unreadable(io::Error::other(error)))?;
                    if entry.file_type().is_some_and(|kind| kind.is_file()) && by_name(entry.path()).is_some() {
                        paths.push(entry.into_path());
                    }
                }
                if paths.len() == before {
                    return Err(InputError::Empty(argument.display().to_string()));
                }
            } else {
                File::open(argument).map_err(unreadable)?;
                paths.push(argument.clone());
            }
        }
        Ok(Self { paths, aside: None })
    }

    /// The same, with packed files unpacked by `aside`.
    #[must_use]
    pub fn unpacked(self, aside: Aside) -> Self {
        Self { aside: Some(aside), ..self }
    }

    /// What unpacks packed files; they are unpacked as they are read where `None`.
    pub(crate) fn aside(&self) -> Option<Aside> {
        self.aside
    }

    /// The files in the order in which they are read.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}

/// The name by which messages call a file: with `/` between folders, on every system.
pub(crate) fn shown(path: &Path) -> Arc<str> {
    Arc::from(path.display().to_string().replace('\\', "/"))
}

/// The format that a name promises; the endings of packers do not count.
fn by_name(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    match name.rsplit_once('.')?.1 {
        "jsonl" | "ndjson" => Some(Format::JsonLines),
        "json" => Some(Format::Json),
        "csv" | "tsv" => Some(Format::Csv),
        "yaml" | "yml" => Some(Format::Yaml),
        _ => None,
    }
}

/// The format that the first bytes show, whatever the name promises; where they show none, what it promises.
fn by_content(start: &[u8], named: Option<Format>) -> Format {
    let text = start.trim_ascii_start();
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next().unwrap_or_default();
    let inside = text.get(1..).unwrap_or_default().trim_ascii_start();
    match (text.first(), named) {
        // YAML knows lists and objects of JSON too.
        (Some(b'[' | b'{'), Some(Format::Yaml)) => Format::Yaml,
        (Some(b'['), Some(Format::JsonLines | Format::Csv)) if !inside.starts_with(b"{") => {
            named.unwrap_or(Format::Json)
        }
        (Some(b'['), _) => Format::Json,
        (Some(b'{'), Some(Format::JsonLines)) if first != b"{" => Format::JsonLines,
        (Some(b'{'), Some(Format::Csv)) if !inside.starts_with(b"\"") => Format::Csv,
        (Some(b'{'), _) => {
            let second_begins = lines.find(|line| !line.is_empty()).is_some_and(|line| line.starts_with(b"{"));
            if first.ends_with(b"}") || second_begins { Format::JsonLines } else { Format::Json }
        }
        (Some(_), Some(_)) if is_header(first) => Format::Csv,
        (_, Some(format)) => format,
        _ if text.starts_with(b"---") || text.starts_with(b"- ") || text.starts_with(b"# ") => Format::Yaml,
        _ => {
            let key = first.iter().position(|byte| *byte == b':');
            let word =
                key.and_then(|end| first.get(..end)).is_some_and(|key| key.iter().all(u8::is_ascii_alphanumeric));
            if word && key.is_some_and(|end| matches!(first.get(end + 1), None | Some(b' '))) {
                Format::Yaml
            } else {
                Format::Csv
            }
        }
    }
}

/// Whether a line names the columns that a table of events needs.
fn is_header(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let names = Cells::new(line, Separator::Byte(sniff(line, None))).collect::<Result<Vec<_>, _>>();
    names.is_ok_and(|names| lacking(names.iter().map(|name| name.trim())).is_empty())
}

/// A file that is open.
pub(crate) enum Opened {
    /// A table, whose columns are known.
    Table(Box<Table>),
    /// A record on each line.
    Lines(Box<JsonLines>),
    /// Anything else.
    Records(Box<dyn Reader + Send>),
}

/// What is known of a file before it is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The format; what the name and the first bytes show where `None`.
    pub(crate) format: Option<Format>,
    /// The encoding; what the first bytes show where `None`.
    pub(crate) encoding: Option<Encoding>,
    /// What is known of tables.
    pub(crate) layout: Layout,
    /// What is around the records of JSON.
    pub(crate) wrapper: Option<Wrapper>,
}

impl Known {
    /// What is known of a file that a map reads: its columns may have any name.
    pub(super) fn mapped() -> Self {
        Self { layout: Layout { mapped: true, ..Layout::default() }, ..Self::default() }
    }
}

/// The first lines of a file, whatever their bytes are.
pub(crate) fn first_lines(path: &Path, most: usize) -> io::Result<Vec<Vec<u8>>> {
    let mut lines = Lines::new(as_utf8(unpack(File::open(path)?, None)?, None)?);
    let mut found = Vec::new();
    while found.len() < most {
        let mut line = Vec::new();
        match lines.append(&mut line) {
            Line::Text | Line::TooLong => found.push(line),
            Line::End | Line::Failed(_) => break,
        }
    }
    Ok(found)
}

/// Opens a file, or the standard input for `-`.
pub(crate) fn open(path: &Path, known: &Known, aside: Option<Aside>) -> io::Result<Opened> {
    let input = if path == Path::new("-") { unpack(io::stdin(), aside)? } else { unpack(File::open(path)?, aside)? };
    let mut input = as_utf8(input, known.encoding)?;
    let format = match known.format {
        Some(format) => format,
        None => by_content(input.fill_buf()?, by_name(path)),
    };
    let file = shown(path);
    let wrapper = known.wrapper.clone();
    Ok(match format {
        Format::Csv | Format::Yaml if wrapper.is_some() => {
            let reason = "the map names the list of `records`, which only JSON has, and this file is none";
            return Err(io::Error::new(io::ErrorKind::Unsupported, reason));
        }
        Format::JsonLines if wrapper.is_none() => Opened::Lines(Box::new(JsonLines::new(file, Lines::new(input)))),
        Format::JsonLines | Format::Json => Opened::Records(Box::new(JsonDocuments::new(file, input, wrapper))),
        Format::Yaml => Opened::Records(Box::new(Yaml::new(file, Lines::new(input)))),
        Format::Csv => Opened::Table(Box::new(Table::open(file, Lines::new(input), &known.layout))),
    })
}
