//! As much of XML as is needed to hold a document against its rules.

use std::collections::BTreeMap;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Element>,
    pub text: String,
}

/// The root of a well-formed document; else what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Element, String> {
    let rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").ok_or("no declaration")?;
    let mut open = vec![Element::default()];
    let mut rest = rest;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        open.last_mut().unwrap().text.push_str(&plain(before)?);
        let end = tag.find('>').ok_or("a tag without end")?;
        let (inside, behind) = (&tag[1..end], &tag[end + 1..]);
        rest = behind;
        if let Some(name) = inside.strip_prefix('/') {
            let done = open.pop().unwrap();
            if done.name != name {
                return Err(format!("</{name}> closes <{}>", done.name));
            }
            open.last_mut().ok_or("closed too often")?.children.push(done);
            continue;
        }
        let (inside, empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        let element =
            Element { name: name.to_owned(), attributes: read(attributes)?, children: Vec::new(), text: String::new() };
        if empty { open.last_mut().unwrap().children.push(element) } else { open.push(element) }
    }
    let mut root = open.pop().ok_or("closed too often")?;
    match (open.is_empty(), root.children.len(), rest.trim().is_empty()) {
        (true, 1, true) => Ok(root.children.remove(0)),
        _ => Err("it has not one root".to_owned()),
    }
}

fn read(mut text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    while !text.trim().is_empty() {
        let (name, rest) = text.trim_start().split_once("=\"").ok_or("an attribute without value")?;
        let (value, rest) = rest.split_once('"').ok_or("a value without end")?;
        if found.insert(name.to_owned(), plain(value)?).is_some() {
            return Err(format!("{name} stands twice"));
        }
        text = rest;
    }
    Ok(found)
}

/// A text with its references resolved.
fn plain(text: &str) -> Result<String, String> {
    let known = [("lt", "<"), ("gt", ">"), ("quot", "\""), ("#10", "\n"), ("#9", "\t"), ("amp", "&")];
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').ok_or("a bare `&`")?;
        let (_, sign) = known.iter().find(|(known, _)| *known == name).ok_or(format!("&{name}; is unknown"))?;
        out.push_str(sign);
        out.push_str(rest);
    }
    Ok(out)
}
