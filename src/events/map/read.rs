//! Reads maps.

use crate::value::{Exact, Instant, InstantError, Rounding, TimeOfDay, Zone, parse_instant};

use super::super::cells::Separator;
use super::super::encoding::Encoding;
use super::super::input::{Format, Known};
use super::super::node::{Entry, Node};
use super::super::notation::Notation;
use super::super::wrapper::Wrapper;
use super::super::{MAX_MAP, did_you_mean, yaml};
use super::condition::{Condition, Test};
use super::form::{Form, Operation, Part, scalar};
use super::stamp::Stamp;
use super::time::{TimeForm, check_format};
use super::{Map, MapError, Rule, Skip, error};

/// Reads a map.
pub(super) fn read(name: &str, text: &str) -> Result<Map, MapError> {
    if text.len() > MAX_MAP {
        let message = format!("a map of {} bytes is too long: at most {MAX_MAP} are read", text.len());
        return Err(MapError { place: name.to_owned(), message });
    }
    let root = yaml::parse(text)
        .map_err(|(message, line, column)| MapError { place: format!("{name}:{line}:{column}"), message })?;
    Reader { name, text, zone: None }.map(&root)
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    /// The zone of times that name none.
    zone: Option<Zone>,
}

/// A value of the map with the way to it.
#[derive(Clone)]
struct At<'n> {
    node: &'n Node<'static>,
    path: String,
}

impl<'n> At<'n> {
    fn key(&self, key: &str, node: &'n Node<'static>) -> Self {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Self { node, path }
    }
}

type Keys<'n> = Vec<(String, At<'n>)>;

fn take<'n>(keys: &Keys<'n>, key: &str) -> Option<At<'n>> {
    keys.iter().find(|(name, _)| name == key).map(|(_, at)| at.clone())
}

const FORMS: [&str; 17] = [
    "column", "constant", "text", "multiply", "add", "subtract", "negate", "absolute", "sum", "words", "default",
    "round", "decimals", "unit", "list", "each", "value",
];

/// What is counted of time, in milliseconds.
const SIZES: [(&str, i64); 5] =
    [("milliseconds", 1), ("seconds", 1_000), ("minutes", 60_000), ("hours", 3_600_000), ("days", 86_400_000)];

/// A key as maps know it: with blanks for underscores and hyphens.
fn plain_key(key: &str) -> String {
    key.trim().replace(['_', '-'], " ")
}

/// Whether names and values say how a time is written or counted.
fn is_of_time(entries: &[Entry<'_>]) -> bool {
    let find = |key: &str| entries.iter().find(|(name, _)| plain_key(name) == key).map(|(_, node)| node);
    let has = |key: &str| find(key).is_some();
    let counts = |word: &str| SIZES.iter().any(|(name, _)| *name == word);
    let is_written = ["column", "text"].into_iter().any(has) && ["format", "zone", "at"].into_iter().any(has);
    let is_counted = has("start") && SIZES.iter().any(|(name, _)| has(name));
    is_written || is_counted || find("unit").is_some_and(|unit| counts(&scalar(unit)))
}

impl<'t> Reader<'t> {
    fn fail<T>(&self, at: &At<'_>, word: &str, message: impl Into<String>) -> Result<T, MapError> {
        Err(error(self.name, self.text, &at.path, word, message))
    }

    /// The keys of an object, with blanks for underscores and hyphens, all of them known.
    fn keys<'n>(&self, at: &At<'n>, known: &[&str]) -> Result<Keys<'n>, MapError> {
        let Node::Object(entries) = at.node else {
            return self.fail(at, "", format!("names and values are needed, not {}", at.node));
        };
        let mut keys = Vec::new();
        for (key, node) in entries {
            let plain = plain_key(key);
            if !known.contains(&plain.as_str()) {
                return self.fail(
                    at,
                    key,
                    format!("a map has no `{key}` here{}", did_you_mean(&plain, known.iter().copied())),
                );
            }
            keys.push((plain, at.key(key, node)));
        }
        Ok(keys)
    }

    fn words(&self, at: &At<'_>) -> Result<String, MapError> {
        match at.node {
            Node::Text(_) | Node::Number(_) | Node::Bool(_) => Ok(scalar(at.node).into_owned()),
            other => self.fail(at, "", format!("a word or text is needed, not {other}")),
        }
    }

    fn list<'n>(&self, at: &At<'n>) -> Result<Vec<At<'n>>, MapError> {
        match at.node {
            Node::List(items) => {
                let item = |(index, node)| At { node, path: format!("{}[{index}]", at.path) };
                Ok(items.iter().enumerate().map(item).collect())
            }
            _ => Ok(vec![at.clone()]),
        }
    }

    fn zone(&self, at: &At<'_>) -> Result<Zone, MapError> {
        let name = self.words(at)?;
        Zone::parse(&name).or_else(|error| {
            let hint = error.suggestion.as_ref().map(|other| format!(": did you mean `{other}`?")).unwrap_or_default();
            self.fail(at, &name, format!("{error}{hint}"))
        })
    }

    fn number(&self, at: &At<'_>) -> Result<Exact, MapError> {
        let text = self.words(at)?;
        Exact::parse_decimal(&text)
            .map_or_else(|| self.fail(at, &text, format!("a number is needed, not `{text}`")), Ok)
    }

    fn map(&mut self, root: &Node<'static>) -> Result<Map, MapError> {
        let root = At { node: root, path: String::new() };
        let known = [
            "format",
            "encoding",
            "separator",
            "delimiter",
            "columns",
            "header",
            "records",
            "decimal",
            "zone",
            "skip",
            "events",
        ];
        let keys = self.keys(&root, &known)?;
        let mut map = Map {
            name: self.name.to_owned(),
            text: self.text.to_owned(),
            known: Known::mapped(),
            notation: Notation::Plain,
            zone: None,
            skips: Vec::new(),
            rules: Vec::new(),
        };
        if let Some(at) = take(&keys, "format") {
            let word = self.words(&at)?;
            map.known.format = Some(match word.as_str() {
                "json lines" | "jsonl" | "ndjson" => Format::JsonLines,
                "json" => Format::Json,
                "csv" | "table" | "tsv" => Format::Csv,
                "yaml" => Format::Yaml,
                _ => {
                    return self.fail(
                        &at,
                        &word,
                        format!("`{word}` is no format: write json lines, json, csv or yaml"),
                    );
                }
            });
        }
        if let Some(at) = take(&keys, "encoding") {
            let word = self.words(&at)?;
            let plain = word.to_ascii_lowercase().replace(['-', '_', ' '], "");
            map.known.encoding = Some(match plain.as_str() {
                "utf8" => Encoding::Utf8,
                "utf16" | "utf16le" => Encoding::Utf16(false),
                "utf16be" => Encoding::Utf16(true),
                "windows1252" | "latin1" | "iso88591" => Encoding::Windows1252,
                _ => {
                    let known = "write utf-8, utf-16, utf-16be or windows-1252";
                    return self.fail(&at, &word, format!("`{word}` is no encoding that is known here: {known}"));
                }
            });
        }
        if let Some(at) = take(&keys, "separator").or_else(|| take(&keys, "delimiter")) {
            let word = self.words(&at)?;
            map.known.layout.separator = Some(match (word.as_str(), word.as_bytes()) {
                ("whitespace" | "blanks" | "spaces", _) => Separator::Blanks,
                ("tab", _) => Separator::Byte(b'\t'),
                ("comma", _) => Separator::Byte(b','),
                ("semicolon", _) => Separator::Byte(b';'),
                (_, [byte]) if byte.is_ascii() => Separator::Byte(*byte),
                _ => return self.fail(&at, &word, format!("`{word}` separates nothing: write one sign, or `blanks`")),
            });
            map.known.format = map.known.format.or(Some(Format::Csv));
        }
        if let Some(at) = take(&keys, "columns") {
            let names: Result<Vec<_>, _> = self.list(&at)?.iter().map(|at| self.words(at)).collect();
            map.known.layout.columns = Some(names?);
            map.known.format = map.known.format.or(Some(Format::Csv));
        }
        match take(&keys, "header").map(|at| (at.node.clone(), at)) {
            None | Some((Node::Bool(false), _)) => {}
            Some((Node::Bool(true), _)) => map.known.layout.skip_header = map.known.layout.columns.is_some(),
            Some((Node::Number(line), at)) => {
                let Some(line) = line.parse().ok().filter(|line| *line > 0) else {
                    return self.fail(
                        &at,
                        &line,
                        "`header` is the number of the line with the names of the columns, from 1",
                    );
                };
                map.known.layout.header = Some(line);
                map.known.layout.skip_header = map.known.layout.columns.is_some();
                map.known.format = map.known.format.or(Some(Format::Csv));
            }
            Some((other, at)) => {
                return self.fail(&at, "", format!("`true`, `false` or the number of a line is needed, not {other}"));
            }
        }
        let no_header = take(&keys, "header").filter(|at| *at.node == Node::Bool(false));
        if let (Some(at), None) = (no_header, &map.known.layout.columns) {
            return self.fail(&at, "header", "without a header the map has to name the `columns`");
        }
        if let Some(at) = take(&keys, "records") {
            if matches!(map.known.format, Some(Format::Csv | Format::Yaml)) {
                return self.fail(
                    &at,
                    "records",
                    "`records` names a list inside JSON, and the map reads another format",
                );
            }
            map.known.wrapper = Some(Wrapper::new(&self.words(&at)?));
        }
        if let Some(at) = take(&keys, "decimal") {
            let word = self.words(&at)?;
            map.notation = match word.as_str() {
                "comma" | "," => Notation::Comma,
                "point" | "." => Notation::Point,
                _ => return self.fail(&at, &word, "`decimal` is `comma` or `point`"),
            };
        }
        self.zone = take(&keys, "zone").map(|at| self.zone(&at)).transpose()?;
        map.zone.clone_from(&self.zone);
        if let Some(at) = take(&keys, "skip") {
            for at in self.list(&at)? {
                let keys = self.keys(&at, &["when", "because"])?;
                let (Some(when), Some(because)) = (take(&keys, "when"), take(&keys, "because")) else {
                    return self.fail(
                        &at,
                        "",
                        "what is skipped needs `when` and `because`, so that nothing is lost without a reason",
                    );
                };
                map.skips.push(Skip { when: self.condition(&when)?, because: self.words(&because)? });
            }
        }
        let Some(at) = take(&keys, "events") else {
            return self.fail(&root, "", "the map has no `events`");
        };
        for at in self.list(&at)? {
            map.rules.push(self.rule(&at)?);
        }
        Ok(map)
    }

    fn rule(&self, at: &At<'_>) -> Result<Rule, MapError> {
        let known = ["event", "when", "id", "member", "time", "currency", "group by", "fields"];
        let keys = self.keys(at, &known)?;
        let Some(event) = take(&keys, "event") else {
            return self.fail(at, "", "`event` is missing: the type of event that this makes");
        };
        let form = |key: &str| take(&keys, key).map(|at| self.form(&at)).transpose();
        let or_same = |key: &str| Ok(form(key)?.unwrap_or_else(|| Form::Column(key.to_owned())));
        let mut fields = Vec::new();
        if let Some(at) = take(&keys, "fields") {
            fields = self.fields(&at)?;
        }
        let time = match take(&keys, "time") {
            Some(at) => self.time(&at)?,
            None => TimeForm::Text {
                form: Form::Column("time".to_owned()),
                formats: Vec::new(),
                zone: self.zone.clone(),
                at: TimeOfDay::NOON,
            },
        };
        let group = match take(&keys, "group by") {
            Some(at) => self.list(&at)?.iter().map(|at| self.words(at)).collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        Ok(Rule {
            path: at.path.clone(),
            event: self.words(&event)?,
            when: take(&keys, "when").map(|at| self.condition(&at)).transpose()?,
            id: or_same("id")?.of_identity(),
            member: or_same("member")?.of_identity(),
            time,
            currency: form("currency")?,
            group,
            fields,
        })
    }

    fn fields(&self, at: &At<'_>) -> Result<Vec<(String, Form)>, MapError> {
        let Node::Object(entries) = at.node else {
            return self.fail(at, "", format!("names and values are needed, not {}", at.node));
        };
        entries.iter().map(|(name, node)| Ok((name.to_string(), self.form(&at.key(name, node))?))).collect()
    }

    fn form(&self, at: &At<'_>) -> Result<Form, MapError> {
        let entries = match at.node {
            Node::Text(text) if text.is_empty() => return self.fail(at, "", "name the column here"),
            Node::Text(text) if text.contains('{') => return self.template(at, text),
            Node::Text(text) => return Ok(Form::Column(text.to_string())),
            Node::Number(_) | Node::Bool(_) => return Ok(Form::Constant(at.node.clone())),
            Node::Object(entries) => entries,
            other => return self.fail(at, "", format!("a column, a text or names and values are needed, not {other}")),
        };
        if is_of_time(entries) {
            return Ok(Form::Moment(Box::new(self.time(at)?)));
        }
        let is_form = |key: &str| FORMS.contains(&plain_key(key).as_str());
        if !entries.iter().any(|(key, _)| is_form(key)) {
            return Ok(Form::Lines(self.fields(at)?));
        }
        let keys = self.keys(at, &FORMS)?;
        let mut made: Option<Form> = None;
        for (key, at) in &keys {
            let operands = |at: &At<'_>| -> Result<Vec<Form>, MapError> {
                self.list(at)?.iter().map(|at| self.form(at)).collect()
            };
            let form = match key.as_str() {
                "column" => Form::Column(self.words(at)?),
                "constant" => Form::Constant(at.node.clone()),
                "text" => self.template(at, &self.words(at)?)?,
                "multiply" => Form::Arithmetic(Operation::Multiply, operands(at)?),
                "add" => Form::Arithmetic(Operation::Add, operands(at)?),
                "subtract" => Form::Arithmetic(Operation::Subtract, operands(at)?),
                "negate" => Form::Arithmetic(Operation::Subtract, vec![self.form(at)?]),
                "absolute" => Form::Absolute(Box::new(self.form(at)?)),
                "sum" => Form::Sum(Box::new(self.form(at)?)),
                "value" => self.form(at)?,
                "list" => {
                    let Some(each) = take(&keys, "each") else {
                        return self.fail(at, "list", "a `list` needs `each`: the fields of a line");
                    };
                    Form::Each(self.words(at)?, self.fields(&each)?)
                }
                _ => continue,
            };
            if made.replace(form).is_some() {
                return self.fail(
                    at,
                    key,
                    format!("`{key}` and what stands beside it are two values where one is needed"),
                );
            }
        }
        let Some(mut form) = made else {
            return self.fail(at, "", "a value is missing: name its `column`");
        };
        if let Some(at) = take(&keys, "words") {
            let Node::Object(words) = at.node else {
                return self.fail(&at, "words", "`words` are names and values: what is written and what it stands for");
            };
            form = Form::Words(Box::new(form), words.iter().map(|(from, to)| (from.to_string(), to.clone())).collect());
        }
        if let Some(at) = take(&keys, "default") {
            form = Form::Default(Box::new(form), at.node.clone());
        }
        if let Some(at) = take(&keys, "unit") {
            form = match self.words(&at)?.as_str() {
                "minor" => Form::Minor(Box::new(form)),
                "major" => form,
                word => return self.fail(&at, word, format!("`{word}` is no unit of money: write `minor` or `major`")),
            };
        }
        let decimals = match take(&keys, "decimals") {
            Some(at) => match self.number(&at)?.to_i64().and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= 12) {
                Some(decimals) => Some(decimals),
                None => return self.fail(&at, "decimals", "`decimals` is a number from 0 to 12"),
            },
            None => None,
        };
        if let Some(at) = take(&keys, "round") {
            let rounding = match self.words(&at)?.as_str() {
                "down" => Rounding::Down,
                "up" => Rounding::Up,
                "nearest" => Rounding::Nearest,
                "half even" => Rounding::HalfEven,
                word => {
                    return self.fail(
                        &at,
                        word,
                        format!("`{word}` is no rounding: write down, up, nearest or half even"),
                    );
                }
            };
            form = Form::Rounded(Box::new(form), rounding, decimals);
        } else if decimals.is_some() {
            return self.fail(at, "decimals", "`decimals` needs `round`");
        }
        Ok(form)
    }

    fn template(&self, at: &At<'_>, text: &str) -> Result<Form, MapError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return self.fail(at, text, format!("`{text}` opens a brace that nothing closes"));
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Column(name.trim().to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Form::Template(parts))
    }

    fn time(&self, at: &At<'_>) -> Result<TimeForm, MapError> {
        let text = |form| TimeForm::Text { form, formats: Vec::new(), zone: self.zone.clone(), at: TimeOfDay::NOON };
        if !matches!(at.node, Node::Object(_)) {
            return Ok(text(self.form(at)?));
        }
        let mut known = vec!["column", "text", "format", "zone", "at", "start", "unit"];
        known.extend(SIZES.iter().map(|(name, _)| *name));
        let keys = self.keys(at, &known)?;
        let own_zone = || Ok(take(&keys, "zone").map(|at| self.zone(&at)).transpose()?.or_else(|| self.zone.clone()));
        let counted = SIZES.iter().find_map(|(name, size)| take(&keys, name).map(|at| (at, *name, *size)));
        if let Some((count, unit, size)) = counted {
            let Some(at) = take(&keys, "start") else {
                return self.fail(at, "", "`start` is missing: the moment from which time is counted");
            };
            let text = self.words(&at)?;
            let zone = own_zone()?;
            // Days from a day of the calendar are days of the calendar, however long; all else is counted from a moment.
            let moment = parse_instant(&text, None);
            let local = zone.clone().filter(|_| unit == "days" && moment.is_err());
            let start = match &local {
                Some(_) => parse_instant(&text, Some(&Zone::utc())),
                None => moment.or_else(|_| parse_instant(&text, zone.as_ref())),
            };
            let start = start.or_else(|error| match error {
                InstantError::NoZone(_) => {
                    self.fail(&at, &text, format!("`{text}` has no time zone: give `zone` in the map"))
                }
                error => self.fail(&at, &text, error.to_string()),
            })?;
            return Ok(TimeForm::Since { start, local, form: self.form(&count)?, unit, size });
        }
        let form = match (take(&keys, "column"), take(&keys, "text")) {
            (Some(column), _) => Form::Column(self.words(&column)?),
            (None, Some(text)) => self.template(&text, &self.words(&text)?)?,
            (None, None) => return self.fail(at, "", "`column` is missing: where the time stands"),
        };
        if let Some(unit) = take(&keys, "unit") {
            let word = self.words(&unit)?;
            let start = Instant::from_millis(0);
            return match (SIZES.iter().find(|(name, _)| *name == word), start) {
                (Some((unit, size)), Some(start)) => {
                    Ok(TimeForm::Since { start, local: None, form, unit, size: *size })
                }
                _ => self.fail(
                    &unit,
                    &word,
                    format!("`{word}` counts no time: write `seconds` or `milliseconds` since 1970"),
                ),
            };
        }
        let mut formats = Vec::new();
        if let Some(at) = take(&keys, "format") {
            for at in self.list(&at)? {
                let format = self.words(&at)?;
                check_format(&format).or_else(|message| self.fail(&at, &format, message))?;
                formats.push(Stamp::new(format));
            }
        }
        let zone = own_zone()?;
        let clock = match take(&keys, "at") {
            Some(at) => {
                let word = self.words(&at)?;
                match TimeOfDay::parse(&word) {
                    Some(time) => time,
                    None => return self.fail(&at, &word, format!("`{word}` is not a time of day such as `09:00`")),
                }
            }
            None => TimeOfDay::NOON,
        };
        Ok(TimeForm::Text { form, formats, zone, at: clock })
    }

    fn condition(&self, at: &At<'_>) -> Result<Condition, MapError> {
        if let Node::List(_) = at.node {
            return Ok(Condition::All(self.list(at)?.iter().map(|at| self.condition(at)).collect::<Result<_, _>>()?));
        }
        const TESTS: [&str; 11] = [
            "equals",
            "in",
            "is",
            "starts with",
            "ends with",
            "contains",
            "empty",
            "above",
            "below",
            "at least",
            "at most",
        ];
        let mut known = vec!["column", "row starts with", "row contains", "not", "all", "any", "matches"];
        known.extend(TESTS);
        let keys = self.keys(at, &known)?;
        let mut parts = Vec::new();
        // In quotes a number is a text: `"01"` is another code than `"1"`.
        let wanted = |at: &At<'_>| {
            let text = self.words(at)?;
            let number = if let Node::Number(_) = at.node { Exact::parse_decimal(&text) } else { None };
            Ok((text, number))
        };
        let texts = |at: &At<'_>| self.list(at)?.iter().map(|at| self.words(at)).collect::<Result<Vec<_>, _>>();
        for (key, at) in &keys {
            let many = || self.list(at)?.iter().map(|at| self.condition(at)).collect::<Result<Vec<_>, _>>();
            match key.as_str() {
                "not" => parts.push(Condition::Not(Box::new(self.condition(at)?))),
                "all" => parts.push(Condition::All(many()?)),
                "any" => parts.push(Condition::Any(many()?)),
                "row starts with" => parts.push(Condition::Row(Test::StartsWith(texts(at)?))),
                "row contains" => parts.push(Condition::Row(Test::Contains(texts(at)?))),
                _ => {}
            }
        }
        if let Some(column) = take(&keys, "column") {
            let column = self.words(&column)?;
            let before = parts.len();
            for (key, at) in &keys {
                let (test, negated) = match key.as_str() {
                    "in" if matches!(at.node, Node::List(none) if none.is_empty()) => {
                        return self.fail(at, "in", format!("list the words of `{column}` that are this event here"));
                    }
                    "equals" | "in" => {
                        (Test::Equals(self.list(at)?.iter().map(wanted).collect::<Result<_, _>>()?), false)
                    }
                    "is" | "matches" => match self.words(at)?.as_str() {
                        "empty" | "missing" | "none" => (Test::Empty, false),
                        "present" | "not empty" => (Test::Empty, true),
                        _ => (Test::Equals(vec![wanted(at)?]), false),
                    },
                    "empty" => match at.node {
                        Node::Bool(flag) => (Test::Empty, !flag),
                        other => return self.fail(at, "empty", format!("`true` or `false` is needed, not {other}")),
                    },
                    "starts with" => (Test::StartsWith(texts(at)?), false),
                    "ends with" => (Test::EndsWith(texts(at)?), false),
                    "contains" => (Test::Contains(texts(at)?), false),
                    "above" => (Test::Above(self.number(at)?), false),
                    "below" => (Test::Below(self.number(at)?), false),
                    "at least" => (Test::AtLeast(self.number(at)?), false),
                    "at most" => (Test::AtMost(self.number(at)?), false),
                    _ => continue,
                };
                let test = Condition::Column(column.clone(), test);
                parts.push(if negated { Condition::Not(Box::new(test)) } else { test });
            }
            if parts.len() == before {
                return self.fail(
                    at,
                    &column,
                    format!("nothing is asked of `{column}`: write `equals`, `starts with`, `is: empty` or the like"),
                );
            }
        } else if let Some((key, at)) = keys.iter().find(|(key, _)| TESTS.contains(&key.as_str())) {
            return self.fail(at, key, format!("`{key}` needs a `column`"));
        }
        if parts.is_empty() {
            return self.fail(at, "", "the condition is empty");
        }
        Ok(Condition::All(parts))
    }
}
