//! The rules that readers of JUnit's XML hold a document to: which elements stand where, which attributes they must and may have, and
//! counts that are those of what is inside.

use super::xml::Element;

struct Rule {
    name: &'static str,
    /// Inside what.
    within: &'static [&'static str],
    must: &'static [&'static str],
    may: &'static [&'static str],
    text: bool,
}

const RULES: &[Rule] = &[
    Rule {
        name: "testsuites",
        within: &[""],
        must: &[],
        may: &["name", "tests", "failures", "errors", "skipped", "time", "disabled"],
        text: false,
    },
    Rule {
        name: "testsuite",
        within: &["testsuites"],
        must: &["name", "tests"],
        may: &["failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package", "file"],
        text: false,
    },
    Rule {
        name: "testcase",
        within: &["testsuite"],
        must: &["name", "classname"],
        may: &["time", "file", "line", "assertions", "status"],
        text: false,
    },
    Rule { name: "skipped", within: &["testcase"], must: &[], may: &["message"], text: true },
    Rule { name: "failure", within: &["testcase"], must: &[], may: &["message", "type"], text: true },
];

/// Whether a document keeps the rules; else which it breaks.
pub(super) fn valid(root: &Element) -> Result<(), String> {
    look(root, "")?;
    let suites = || root.children.iter();
    for (attribute, inside) in
        [("tests", None), ("failures", Some("failure")), ("skipped", Some("skipped")), ("errors", Some("error"))]
    {
        let count = |suite: &Element| {
            let has = |case: &&Element| inside.is_none_or(|name| case.children.iter().any(|child| child.name == name));
            suite.children.iter().filter(has).count()
        };
        for suite in suites() {
            same(suite, attribute, count(suite))?;
        }
        same(root, attribute, suites().map(count).sum())?;
    }
    Ok(())
}

fn same(element: &Element, attribute: &str, count: usize) -> Result<(), String> {
    match element.attributes.get(attribute) {
        Some(value) if *value != count.to_string() => {
            Err(format!("<{}> says {attribute} {value}, and there are {count}", element.name))
        }
        _ => Ok(()),
    }
}

fn look(element: &Element, within: &str) -> Result<(), String> {
    let name = element.name.as_str();
    let rule = RULES.iter().find(|rule| rule.name == name).ok_or(format!("<{name}> is unknown"))?;
    if !rule.within.contains(&within) {
        return Err(format!("<{name}> stands in <{within}>"));
    }
    if let Some(missing) = rule.must.iter().find(|must| !element.attributes.contains_key(**must)) {
        return Err(format!("<{name}> has no {missing}"));
    }
    let allowed =
        |attribute: &&String| rule.must.contains(&attribute.as_str()) || rule.may.contains(&attribute.as_str());
    if let Some(strange) = element.attributes.keys().find(|attribute| !allowed(attribute)) {
        return Err(format!("<{name}> has {strange}"));
    }
    if !rule.text && !element.text.trim().is_empty() {
        return Err(format!("<{name}> has text"));
    }
    element.children.iter().try_for_each(|child| look(child, name))
}
