//! Numbers as people write them: `1.234,50` and `1,234.50`.

use std::borrow::Cow;

use crate::hir::Program;
use crate::value::Exact;

use super::amount::digits_of;
use super::node::{Node, View, clip};

/// What separates the decimals of a number, and the groups of its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Notation {
    /// As programs write them: a point, and no groups.
    #[default]
    Plain,
    /// A point, and groups of three digits apart by a comma, a blank or an apostrophe.
    Point,
    /// A comma, and groups of three digits apart by a point, a blank or an apostrophe.
    Comma,
}

impl Notation {
    /// The same number with a point and without groups; what stands before and behind it, such as a currency, is left as it is.
    pub(super) fn plain<'t>(self, text: &'t str) -> Result<Cow<'t, str>, String> {
        let (decimal, other, example) = match self {
            Self::Plain => return Ok(Cow::Borrowed(text)),
            Self::Point => ('.', ',', "1,234.50"),
            Self::Comma => (',', '.', "1.234,50"),
        };
        let wrong = || format!("`{}` is not a number such as `{example}`", clip(text, 60));
        let start = text.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
        let end = text.rfind(|c: char| c.is_ascii_digit()).map_or(start, |at| at + 1);
        let (before, digits) = (text.get(..start).unwrap_or_default(), text.get(start..end).unwrap_or_default());
        let (whole, part) = digits.split_once(decimal).map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let separates = |c: char| c == other || c.is_whitespace() || matches!(c, '\'' | '’');
        let mut groups = whole.split(separates);
        let first = groups.next().unwrap_or_default();
        let groups: Vec<&str> = groups.collect();
        let grouped = groups.is_empty() || first.len() <= 3 && groups.iter().all(|group| group.len() == 3);
        // One number has one separator.
        let mut separators = whole.chars().filter(|c| separates(*c));
        let one = separators.next().is_none_or(|first| separators.all(|c| c == first));
        let digits_only =
            all_digits(first) && groups.iter().all(|group| all_digits(group)) && part.is_none_or(all_digits);
        // Old systems write the minus behind the number.
        let behind = text.get(end..).unwrap_or_default();
        let minus = behind.trim_start().strip_prefix('-').filter(|_| !before.contains('-'));
        let (sign, behind) = minus.map_or(("", behind), |behind| ("-", behind));
        if !(grouped && one && digits_only) || [before, behind].iter().any(|part| part.contains([decimal, other])) {
            return Err(wrong());
        }
        let mut plain = format!("{sign}{before}{first}{}", groups.concat());
        if let Some(part) = part {
            plain.push('.');
            plain.push_str(part);
        }
        plain.push_str(behind);
        Ok(Cow::Owned(plain))
    }

    /// Why a text is no number.
    pub(super) fn why_none(self, text: &str) -> String {
        let none = |_| format!("`{}` is not a number", clip(text, 60));
        self.plain(text.trim()).map_or_else(|why| why, none)
    }

    /// What is read of a value, whose text is first written plainly where it is one.
    pub(super) fn read<T>(
        self,
        value: View<'_>,
        read: impl FnOnce(View<'_>) -> Result<T, String>,
    ) -> Result<T, String> {
        match value {
            View::Text(text) | View::Cell(text) if self != Self::Plain => read(View::Cell(&self.plain(text.trim())?)),
            value => read(value),
        }
    }

    /// The number that a value is, if it is one, or that of an amount, whatever its currency.
    pub(super) fn number(self, node: &Node<'_>, program: &Program) -> Option<Exact> {
        match node {
            Node::Exact(number) => Some(*number),
            Node::Number(text) => written(text),
            Node::Text(text) | Node::Cell(text) => {
                let plain = self.plain(text.trim()).ok()?;
                written(&plain).or_else(|| written(&digits_of(program, &plain)?))
            }
            _ => None,
        }
    }
}

/// The number that is written plainly.
pub(super) fn written(text: &str) -> Option<Exact> {
    if text.contains('_') { None } else { Exact::parse_decimal(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_decimals_are_told_apart() {
        let read = |notation: Notation, text| notation.plain(text).map(Cow::into_owned).unwrap_or_default();
        for (text, plain) in [
            ("1.234,50", "1234.50"),
            ("1 234 567,5", "1234567.5"),
            ("1\u{202f}234,50 €", "1234.50 €"),
            ("-1'234", "-1234"),
            ("1234,5", "1234.5"),
            ("€ 12", "€ 12"),
            ("1.234,50-", "-1234.50"),
            ("1.234,50- EUR", "-1234.50 EUR"),
            ("€ 12 -", "-€ 12"),
        ] {
            assert_eq!(read(Notation::Comma, text), plain, "{text}");
        }
        for text in [
            "1.50",
            "1.2345",
            "1234.567,0",
            "1.234 567,0",
            "1,2,3",
            ",5",
            ".5",
            "5,",
            "5,-",
            "5-3",
            "",
            "zero",
            "1_000",
        ] {
            assert_eq!(read(Notation::Comma, text), "", "{text}");
        }
        assert_eq!(read(Notation::Point, "$1,234.50"), "$1234.50");
        assert_eq!(read(Notation::Point, "1,234.50-"), "-1234.50");
        assert_eq!(read(Notation::Point, "1,50"), "");
        assert_eq!(read(Notation::Point, "12,34,567"), "");
        assert_eq!(read(Notation::Plain, "1,50"), "1,50");
    }
}
