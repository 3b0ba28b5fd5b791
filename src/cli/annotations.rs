//! Messages about programs in the forms of other tools.

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::source::{Sources, Span};

/// A command that makes GitHub Actions show a text beside the line it is about.
pub(super) fn command(severity: &str, sources: &Sources, span: Span, title: &str, text: &str) -> String {
    let escaped = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    let (line, column) = sources.place(span);
    let file = property(&sources.file(span.file).name);
    format!("::{severity} file={file},line={line},col={column},title={}::{}\n", property(title), escaped(text))
}

/// Such commands for messages about programs.
pub(super) fn github(messages: &[Diagnostic], sources: &Sources) -> String {
    let told = |message: &Diagnostic| {
        let text = message.help.iter().fold(message.message.clone(), |text, help| format!("{text}\n{help}"));
        command(&message.severity.to_string(), sources, message.span, message.code.0, &text)
    };
    messages.iter().map(told).collect()
}

/// One result of SARIF for each message.
pub(super) fn sarif_results(messages: &[Diagnostic], sources: &Sources) -> Vec<Value> {
    let result = |message: &Diagnostic| {
        let file = sources.file(message.span.file);
        let (line, column) = file.place(message.span.start as usize);
        let (end_line, end_column) = file.place(message.span.end as usize);
        json!({
            "ruleId": message.code.0,
            "level": match message.severity { Severity::Error => "error", Severity::Warning => "warning" },
            "message": { "text": message.message },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(&file.name) },
                "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
            }}],
        })
    };
    messages.iter().map(result).collect()
}

/// A path as a reference that URIs allow.
fn uri(path: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    path.bytes().map(byte).collect()
}

/// A document of SARIF 2.1.0.
pub(super) fn sarif(results: Vec<Value>) -> Value {
    let mut used: Vec<&str> = results.iter().filter_map(|result| result.get("ruleId")?.as_str()).collect();
    used.sort_unstable();
    used.dedup();
    let rule = |code: &&str| match codes::explain(code) {
        Some(found) => {
            json!({ "id": code, "shortDescription": { "text": found.title }, "fullDescription": { "text": found.text } })
        }
        None => json!({ "id": code }),
    };
    let rules: Vec<Value> = used.iter().map(rule).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "meed", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}
