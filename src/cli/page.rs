//! Results in parts with titles, tables and lines: for terminals and as Markdown.

use anstyle::{AnsiColor, Style};
use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, Table};

/// How a line is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Bad,
    Faint,
    Strong,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Faint => Style::new().dimmed(),
            Self::Strong => Style::new().bold(),
        }
    }
}

enum Part {
    Title(String),
    Line(Tone, String),
    /// A command to be run.
    Command(String),
    /// A text in the language, to be taken over as it is.
    Paste(String),
    Table(Vec<String>, Vec<Vec<String>>),
    /// A text in the language, before and after.
    Difference(Option<String>, Option<String>),
}

/// A result as it grows.
#[derive(Default)]
pub(super) struct Page {
    parts: Vec<Part>,
}

impl Page {
    pub fn title(&mut self, title: impl Into<String>) {
        self.parts.push(Part::Title(title.into()));
    }

    pub fn line(&mut self, tone: Tone, line: impl Into<String>) {
        self.parts.push(Part::Line(tone, line.into()));
    }

    pub fn command(&mut self, command: impl Into<String>) {
        self.parts.push(Part::Command(command.into()));
    }

    pub fn paste(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Paste(text.into()));
    }

    pub fn difference(&mut self, before: Option<String>, after: Option<String>) {
        self.parts.push(Part::Difference(before, after));
    }

    /// A table; all columns but the first are numbers.
    pub fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>) {
        self.parts.push(Part::Table(header.iter().map(|name| (*name).to_owned()).collect(), rows));
    }

    /// For a terminal; styles are taken away by the stream where it has none.
    pub fn full(&self) -> String {
        let mut out = String::new();
        for (place, part) in self.parts.iter().enumerate() {
            match part {
                Part::Title(title) => {
                    let apart = if place == 0 { "" } else { "\n" };
                    out.push_str(&format!("{apart}{}\n", painted(Tone::Strong, title)));
                }
                Part::Line(tone, line) => out.push_str(&format!("{}\n", painted(*tone, &format!("  {line}")))),
                Part::Command(command) => out.push_str(&format!("    {}\n", painted(Tone::Faint, command))),
                Part::Paste(text) => out.push_str(&format!("\n{text}")),
                Part::Difference(before, after) => {
                    before.iter().for_each(|text| out.push_str(&painted(Tone::Bad, &format!("    - {text}\n"))));
                    after.iter().for_each(|text| out.push_str(&painted(Tone::Good, &format!("    + {text}\n"))));
                }
                Part::Table(header, rows) => {
                    let mut table = Table::new();
                    table.load_preset(UTF8_BORDERS_ONLY);
                    table.set_header(header.clone());
                    table.add_rows(rows.clone());
                    for column in table.column_iter_mut().skip(1) {
                        column.set_cell_alignment(CellAlignment::Right);
                    }
                    table.lines().for_each(|line| out.push_str(&format!("{}\n", line.trim_end())));
                }
            }
        }
        out
    }

    /// As a comment on a change request.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let mut last_was_line = false;
        for (place, part) in self.parts.iter().enumerate() {
            let line = matches!(part, Part::Line(..) | Part::Command(_) | Part::Difference(..));
            if place > 0 && !(line && last_was_line) {
                out.push('\n');
            }
            last_was_line = line;
            match part {
                Part::Title(title) => out.push_str(&format!("### {title}\n")),
                Part::Line(Tone::Strong, line) => out.push_str(&format!("- **{line}**\n")),
                // What is set in on a terminal goes on with the line before.
                Part::Line(_, line) if line.starts_with(' ') => out.push_str(&format!("\n  {}\n", line.trim_start())),
                Part::Line(_, line) => out.push_str(&format!("- {line}\n")),
                Part::Command(command) => out.push_str(&format!("  `{command}`\n")),
                Part::Paste(text) => out.push_str(&format!("\n```meed\n{text}```\n")),
                Part::Difference(before, after) => {
                    let lines = before.iter().map(|text| format!("  - {text}\n"));
                    let lines = lines.chain(after.iter().map(|text| format!("  + {text}\n")));
                    let lines: String = lines.collect();
                    if !lines.is_empty() {
                        out.push_str(&format!("\n  ```diff\n{lines}  ```\n"));
                    }
                }
                Part::Table(header, rows) => {
                    let row = |cells: &[String]| {
                        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
                        format!("| {} |\n", cells.join(" | "))
                    };
                    out.push_str(&row(header));
                    let rule = header.iter().enumerate().map(|(i, _)| if i == 0 { ":--" } else { "--:" }.to_owned());
                    out.push_str(&row(&rule.collect::<Vec<_>>()));
                    rows.iter().for_each(|cells| out.push_str(&row(cells)));
                }
            }
        }
        out
    }
}

fn painted(tone: Tone, text: &str) -> String {
    let style = tone.style();
    let (body, end) = text.strip_suffix('\n').map_or((text, ""), |body| (body, "\n"));
    format!("{style}{body}{style:#}{end}")
}
