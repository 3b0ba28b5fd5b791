//! Terms as Markdown and as one HTML page.

use super::{Language, Terms};

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

    /// As a page of its own: readable in the dark, on paper and without scripts.
    pub fn html(&self) -> String {
        let language = if self.language == Language::Chinese { "zh" } else { "en" };
        let title = escaped(&self.title);
        let mut out = format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p class=\"intro\">{}</p>\n",
            escaped(&self.intro)
        );
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
        out + "</main>\n</body>\n</html>\n"
    }
}

const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1d2433; --soft: #5a6478; --line: #dfe3ea; --ground: #fff; --accent: #1f5fae; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #9aa5b8; --line: #313a4a; --ground: #12161e; --accent: #7fb2f0; }
}
body { margin: 0; background: var(--ground); color: var(--ink); font: 17px/1.55 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; color: var(--accent); }
.intro { color: var(--soft); margin: 0; }
dl { margin: 0; }
dl > div { border-top: 1px solid var(--line); padding: .75rem 0; }
dt { font-weight: 600; }
dd { margin: .15rem 0 0; }
ul { margin: .35rem 0 0; padding-left: 1.2rem; color: var(--soft); }
code { overflow-wrap: anywhere; font-size: .85em; }
@media print {
  :root { --ink: #000; --soft: #333; --line: #bbb; --ground: #fff; --accent: #000; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  dl > div { break-inside: avoid; }
  h2 { break-after: avoid; }
}
";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text in which `**` marks what is strong and backticks mark what is literal.
fn inline(text: &str) -> String {
    let marked = |text: String, mark: &str, tag: &str| {
        let parts = text.split(mark).enumerate().map(|(place, part)| match place % 2 {
            1 => format!("<{tag}>{part}</{tag}>"),
            _ => part.to_owned(),
        });
        parts.collect::<String>()
    };
    marked(marked(escaped(text), "**", "strong"), "`", "code")
}

fn anchor(text: &str) -> String {
    escaped(&text.replace(char::is_whitespace, "-"))
}
