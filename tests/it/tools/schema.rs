//! As much of JSON Schema as the schema of SARIF uses, to hold a document against it.

use regex::Regex;
use serde_json::Value;

/// Whether a document keeps a schema; else where and what it breaks.
pub(super) fn valid(document: &Value, schema: &Value) -> Result<(), String> {
    check(document, schema, schema, "$")
}

fn check(value: &Value, rule: &Value, root: &Value, at: &str) -> Result<(), String> {
    if let Some(name) = rule["$ref"].as_str() {
        return check(value, root.pointer(&name[1..]).unwrap(), root, at);
    }
    if let Some(ty) = rule["type"].as_str()
        && !is(value, ty)
    {
        return Err(format!("{at} is no {ty}: {value}"));
    }
    if let Some(allowed) = rule["enum"].as_array()
        && !allowed.contains(value)
    {
        return Err(format!("{at} is none of {allowed:?}: {value}"));
    }
    for (word, least) in [("minimum", true), ("maximum", false)] {
        if let (Some(bound), Some(number)) = (rule[word].as_i64(), value.as_i64())
            && (if least { number < bound } else { number > bound })
        {
            return Err(format!("{at} is beyond {word} {bound}: {number}"));
        }
    }
    if let (Some(pattern), Some(text)) = (rule["pattern"].as_str(), value.as_str())
        && !Regex::new(pattern).unwrap().is_match(text)
    {
        return Err(format!("{at} does not fit {pattern}: {text}"));
    }
    for (word, one) in [("anyOf", false), ("oneOf", true)] {
        if let Some(rules) = rule[word].as_array() {
            let fitting = rules.iter().filter(|rule| check(value, rule, root, at).is_ok()).count();
            if fitting == 0 || (one && fitting > 1) {
                return Err(format!("{at} fits {fitting} of {word}"));
            }
        }
    }
    if let Some(items) = value.as_array() {
        if rule["minItems"].as_u64().is_some_and(|least| (items.len() as u64) < least) {
            return Err(format!("{at} has too few items"));
        }
        if rule["uniqueItems"] == true && items.iter().enumerate().any(|(place, item)| items[..place].contains(item)) {
            return Err(format!("{at} has an item twice"));
        }
        for (place, item) in items.iter().enumerate() {
            check(item, &rule["items"], root, &format!("{at}[{place}]"))?;
        }
    }
    let Some(object) = value.as_object() else { return Ok(()) };
    for name in rule["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            return Err(format!("{at} has no {name}"));
        }
    }
    for (name, inner) in object {
        match (rule["properties"].get(name), &rule["additionalProperties"]) {
            (Some(known), _) => check(inner, known, root, &format!("{at}.{name}"))?,
            (None, Value::Bool(false)) => return Err(format!("{at} has {name}, which nobody knows")),
            (None, others) => check(inner, others, root, &format!("{at}.{name}"))?,
        }
    }
    Ok(())
}

fn is(value: &Value, ty: &str) -> bool {
    match ty {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("the schema has a type `{other}`"),
    }
}
