//! Terms as Markdown and as one HTML page.

use super::{Language, Terms};
use crate::html::{document, escaped, inline};

impl Terms {
    /// As Markdown.
    pub fn markdown(&self) -> String {
        let colon = if self.language == Language::Chinese { "：" } else { ": " };
        let mut out = format!("# {}\n\n{}\n", self.title, self.intro);
        for section in &self.sections {
            out.push_str(&format!("\n## {}\n\n", section.title));
            for entry in &section.entries {
                out.push_str(&format!("- **{}**{colon}{}\n", entry.name, entry.text));
                entry.details.iter().for_each(|detail| out.push_str(&format!("  - {detail}\n")));
            }
        }
        out
    }

    /// As a page of its own.
    pub fn html(&self) -> String {
        let language = if self.language == Language::Chinese { "zh" } else { "en" };
        let mut out = format!("<h1>{}</h1>\n<p class=\"intro\">{}</p>\n", escaped(&self.title), escaped(&self.intro));
        for section in &self.sections {
            out.push_str(&format!("<section>\n<h2>{}</h2>\n<dl>\n", escaped(&section.title)));
            for entry in &section.entries {
                let (name, text) = (escaped(&entry.name), inline(&entry.text));
                out.push_str(&format!("<div id=\"{}\"><dt>{name}</dt><dd>{text}", anchor(&entry.anchor)));
                if !entry.details.is_empty() {
                    let items = entry.details.iter().map(|detail| format!("<li>{}</li>", inline(detail)));
                    out.push_str(&format!("\n<ul>{}</ul>", items.collect::<String>()));
                }
                out.push_str("</dd></div>\n");
            }
            out.push_str("</dl>\n</section>\n");
        }
        document(language, &self.title, STYLE, &out)
    }
}

const STYLE: &str = include_str!("../html/terms.css");

fn anchor(text: &str) -> String {
    escaped(&text.replace(char::is_whitespace, "-"))
}
