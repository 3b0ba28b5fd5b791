//! Pages that need nothing but themselves: readable in the dark, on paper, on a telephone and without scripts.

/// A whole page: `style` is added to what all pages have in common, `body` is what stands in it.
pub fn document(language: &str, title: &str, style: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}{style}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// A text as it stands between tags and in attributes.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text in which `**` marks what is strong and backticks mark what is literal.
pub fn inline(text: &str) -> String {
    let marked = |text: String, mark: &str, tag: &str| {
        let parts = text.split(mark).enumerate().map(|(place, part)| match place % 2 {
            1 => format!("<{tag}>{part}</{tag}>"),
            _ => part.to_owned(),
        });
        parts.collect::<String>()
    };
    marked(marked(escaped(text), "**", "strong"), "`", "code")
}

const STYLE: &str = include_str!("html/page.css");
