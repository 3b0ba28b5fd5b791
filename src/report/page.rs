//! A report as one HTML page.

use std::fmt::Write as _;

use crate::html::{document, escaped, inline};

use super::chart::drawn;
use super::figure::{Chart, Figure, Report, Section, Table};
use super::value::{Answer, Quantity};

const STYLE: &str = include_str!("../html/report.css");

/// What cannot be told, by reason.
type Untold<'r> = Vec<(&'r str, Vec<String>)>;

impl Report {
    /// As a page of its own.
    pub fn html(&self) -> String {
        let mut body = self.head();
        let (told, untold): (Vec<&Section>, Vec<&Section>) = self.sections.iter().partition(|section| is_told(section));
        let told: Vec<(String, &Section)> =
            told.into_iter().zip(1_u32..).map(|(section, number)| (format!("part-{number}"), section)).collect();
        let links =
            told.iter().map(|(anchor, section)| format!("<a href=\"#{anchor}\">{}</a>", escaped(&section.title)));
        let _ = writeln!(body, "<nav aria-label=\"Parts of the report\">{}</nav>", links.collect::<String>());
        told.iter().for_each(|(anchor, section)| part(section, anchor, &mut body));
        self.foot(&untold, &mut body);
        document("en", &format!("{}: report", self.program), STYLE, &body)
    }

    fn head(&self) -> String {
        let days = |(from, to): (crate::value::Day, crate::value::Day)| format!("{from} to {to}");
        let months = if self.months == 1 { "1 month".to_owned() } else { format!("{} months", self.months) };
        let mut out = format!(
            "<header>\n<p class=\"kind\">Loyalty report</p>\n<h1>{}</h1>\n<dl class=\"times\">\
             <div><dt>The period</dt><dd>{} <span>({months})</span></dd></div>\
             <div><dt>The earlier period</dt><dd>{}</dd></div>\
             <div><dt>Records</dt><dd>{}</dd></div></dl>\n",
            escaped(&self.program),
            days(self.period),
            days(self.earlier),
            days(self.history)
        );
        let earlier: Vec<_> = self.figures().filter_map(|figure| figure.earlier.as_ref()).collect();
        if let (Some(Err(why)), true) = (earlier.first(), earlier.iter().all(|earlier| earlier.is_err())) {
            let _ =
                writeln!(out, "<p class=\"aside\">Nothing is compared with the earlier period: {}.</p>", inline(why));
        }
        if self.period.0 < self.history.0 {
            let _ = writeln!(out, "<p class=\"aside\">The records begin within the period, on {}.</p>", self.history.0);
        }
        out + "</header>\n"
    }

    /// What the page rests on, and what it cannot say.
    fn foot(&self, untold: &[&Section], out: &mut String) {
        let mut reasons: Untold<'_> = Vec::new();
        for section in untold {
            let figures = section
                .figures
                .iter()
                .filter_map(|figure| Some((figure.definition.name, figure.value.as_ref().err()?)));
            let tables =
                section.tables.iter().filter_map(|table| Some((table.definition.name, table.unknown.as_ref()?)));
            for (name, why) in figures.chain(tables) {
                match reasons.iter_mut().find(|(other, _)| *other == why.as_str()) {
                    Some((_, names)) => names.push(name.to_owned()),
                    None => reasons.push((why, vec![name.to_owned()])),
                }
            }
        }
        out.push_str("<footer>\n");
        if !reasons.is_empty() {
            out.push_str("<h2>What cannot be told</h2>\n<dl class=\"notes\">\n");
            for (why, names) in reasons {
                let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(&names.join(", ")), inline(why));
            }
            out.push_str("</dl>\n");
        }
        out.push_str("<h2>What this rests on</h2>\n<dl class=\"notes\">\n");
        let mut note = |name: &str, text: String| {
            let _ = writeln!(out, "<div><dt>{name}</dt><dd>{text}</dd></div>");
        };
        if let Ok(purchase) = &self.purchase {
            note("Purchases", inline(purchase));
        }
        if let Ok(survey) = &self.survey {
            note("Answers", inline(survey));
        }
        let count = |number: u64| Quantity::Count(i64::try_from(number).unwrap_or(i64::MAX)).shown();
        let records = &self.records;
        note(
            "Records",
            format!(
                "Events judged: {}, of these refused: {}, failed: {}. Seen before: {}. Records rejected: {}, left out by the map: {}.",
                count(records.events),
                count(records.refused),
                count(records.failed),
                count(records.duplicates),
                count(records.rejected),
                count(records.left_out)
            ),
        );
        note(
            "Numbers",
            format!(
                "Money is in {}. Everything is computed exactly and rounded only to be shown. Days are those of the \
                 program’s time zone; what lapses at midnight lapses with the day that ends.",
                escaped(&self.currency)
            ),
        );
        out.push_str("</dl>\n</footer>\n");
    }
}

/// One part of the page.
fn part(section: &Section, anchor: &str, out: &mut String) {
    let title = escaped(&section.title);
    let _ = writeln!(out, "<section id=\"{anchor}\">\n<h2>{title}</h2>");
    if !section.figures.is_empty() {
        out.push_str("<div class=\"figures\">\n");
        section.figures.iter().for_each(|figure| card(figure, out));
        out.push_str("</div>\n");
    }
    if !section.tables.is_empty() {
        out.push_str("<div class=\"panels\">\n");
    }
    let mut tables = section.tables.iter().peekable();
    while let Some(table) = tables.next() {
        let beside = tables.next_if(|next| is_short(table) && is_short(next));
        panel(table, beside.is_some(), out);
        beside.into_iter().for_each(|table| panel(table, true, out));
    }
    out.push_str(if section.tables.is_empty() { "</section>\n" } else { "</div>\n</section>\n" });
}

/// Whether there is anything to show of it.
fn is_told(section: &Section) -> bool {
    section.figures.iter().any(|figure| figure.value.is_ok())
        || section.tables.iter().any(|table| table.unknown.is_none())
}

fn card(figure: &Figure, out: &mut String) {
    let _ = write!(out, "<article class=\"figure\">\n<h3>{}</h3>\n", escaped(figure.definition.name));
    match &figure.value {
        Ok(quantity) => {
            let _ = writeln!(out, "<p class=\"value\">{}</p>", escaped(&quantity.shown()));
        }
        Err(why) => {
            let _ = writeln!(out, "<p class=\"value unknown\">unknown</p>\n<p class=\"why\">{}</p>", inline(why));
        }
    }
    let earlier = figure.earlier.as_ref().and_then(|earlier| earlier.as_ref().ok());
    let compared = earlier.zip(figure.value.as_ref().ok()).map(|(before, now)| {
        let arrow = match now.size().cmp(&before.size()) {
            std::cmp::Ordering::Greater => "↑ from",
            std::cmp::Ordering::Less => "↓ from",
            std::cmp::Ordering::Equal => "as in the earlier period:",
        };
        format!("<span class=\"before\">{arrow} {}</span>", escaped(&before.shown()))
    });
    let notes: Vec<String> = compared.into_iter().chain(figure.note.iter().map(|note| escaped(note))).collect();
    if !notes.is_empty() {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", notes.join(" · "));
    }
    let _ = write!(out, "<p class=\"means\">{}</p>\n</article>\n", escaped(figure.definition.formula));
}

/// Whether it needs no more than half of the page.
fn is_short(table: &Table) -> bool {
    !matches!(table.chart, Some(Chart::Stacked(_) | Chart::Grouped(..))) && table.columns.len() < 5
}

fn panel(table: &Table, half: bool, out: &mut String) {
    let name = escaped(table.definition.name);
    let class = if half { "panel half" } else { "panel" };
    let _ = write!(
        out,
        "<article class=\"{class}\">\n<h3>{name}</h3>\n<p class=\"means\">{}</p>\n",
        escaped(table.definition.formula)
    );
    if let Some(why) = &table.unknown {
        let _ = write!(out, "<p class=\"why\">unknown: {}</p>\n</article>\n", inline(why));
        return;
    }
    let title = match &table.of {
        Some(of) => format!("{}, {}", of.label, table.definition.name),
        None => table.definition.name.to_owned(),
    };
    let chart = drawn(table, &title);
    let class = if chart.is_empty() { "both alone" } else { "both" };
    let _ = writeln!(out, "<div class=\"{class}\">");
    if !chart.is_empty() {
        let _ = writeln!(out, "<figure>\n{chart}</figure>");
    }
    let _ = write!(
        out,
        "<div class=\"numbers\"><table>\n<caption class=\"hidden\">{}</caption>\n<thead><tr>",
        escaped(&title)
    );
    for (place, column) in table.columns.iter().enumerate() {
        let class = if is_text(table, place) { " class=\"text\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escaped(&column.label));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            out.push_str(&if place == 0 { head(cell) } else { data(cell) });
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n</div>\n");
    let mut reasons: Vec<&str> =
        table.rows.iter().flatten().filter_map(|cell| cell.as_ref().err()).map(String::as_str).collect();
    reasons.dedup();
    for why in reasons {
        let _ = writeln!(out, "<p class=\"why\">unknown: {}</p>", inline(why));
    }
    out.push_str("</article>\n");
}

fn is_text(table: &Table, column: usize) -> bool {
    let mut cells = table.rows.iter().filter_map(|row| row.get(column)?.as_ref().ok());
    cells.next().is_some_and(|cell| matches!(cell, Quantity::Text(_) | Quantity::Named(_)))
}

fn head(cell: &Answer) -> String {
    format!(
        "<th scope=\"row\" class=\"text\">{}</th>",
        escaped(&cell.as_ref().map(Quantity::shown).unwrap_or_default())
    )
}

fn data(cell: &Answer) -> String {
    match cell {
        Ok(words @ (Quantity::Text(_) | Quantity::Named(_))) => {
            format!("<td class=\"text\">{}</td>", escaped(&words.shown()))
        }
        Ok(quantity) => format!("<td>{}</td>", escaped(&quantity.shown())),
        Err(_) => "<td class=\"unknown\">unknown</td>".to_owned(),
    }
}
