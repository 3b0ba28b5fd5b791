//! A comparison for people.

use std::path::Path;

use super::DiffArgs;
use crate::change::{Case, Change, Comparison, Effect, Impact, Judged, Kind, Ladder, Verdict};
use crate::cli::page::{Page, Tone};
use crate::cli::summary::{decimal, grouped};
use crate::engine::words;
use crate::hir::Program;
use crate::value::{Exact, percent};

/// Everything that was found.
pub(super) struct Found<'f> {
    pub args: &'f DiffArgs,
    pub program: &'f Program,
    pub comparison: &'f Comparison,
    pub impact: Option<&'f Impact>,
    pub verdicts: &'f [Verdict],
}

impl Found<'_> {
    pub fn page(&self) -> Page {
        let mut page = Page::default();
        let changes = &self.comparison.changes;
        page.title(match changes.len() {
            0 => format!("{}: nothing means anything else", self.program.name),
            count => {
                let breaking = self.comparison.breaking();
                let plural = if count == 1 { "" } else { "s" };
                format!("{}: {count} change{plural}, {breaking} breaking", self.program.name)
            }
        });
        changes.iter().for_each(|change| told(change, &mut page));
        if !self.comparison.cosmetic.is_empty() {
            page.line(Tone::Faint, format!("no change of meaning: {}", self.comparison.cosmetic.join("; ")));
        }
        if let Some(impact) = self.impact {
            self.figures(impact, &mut page);
            self.rules(impact, &mut page);
            self.members(impact, &mut page);
        }
        if !self.verdicts.is_empty() {
            page.title("bounds");
            for verdict in self.verdicts {
                let (tone, word) = if verdict.exceeded { (Tone::Bad, "exceeded") } else { (Tone::Good, "kept") };
                page.line(tone, format!("{word}: {} (it is {})", verdict.gate, verdict.found));
            }
        }
        page
    }

    fn money(&self, minor: i128) -> String {
        let minor = i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX });
        words::money(self.program, Exact::from(minor))
    }

    fn figures(&self, impact: &Impact, page: &mut Page) {
        let some = |count: u64, what: &str| format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" });
        page.title(format!("over {} of {}", some(impact.events, "event"), some(impact.members(), "member")));
        let mut rows = Vec::new();
        for (unit, decimals, before, after) in &impact.units {
            for (name, old, new) in [
                ("issued", before.issued, after.issued),
                ("taken back", before.reversed, after.reversed),
                ("spent", before.spent, after.spent),
                ("expired", before.expired, after.expired),
                ("outstanding", before.outstanding, after.outstanding),
            ] {
                if old != 0 || new != 0 {
                    let shown = |steps| decimal(steps, *decimals, "_");
                    rows.push(row(format!("{unit} {name}"), old, new, &shown));
                }
            }
        }
        let money = |minor| self.money(minor);
        for (name, (old, new)) in
            [("money off bills", impact.off), ("given in all, in money", impact.cost), ("liability", impact.liability)]
        {
            if old != 0 || new != 0 {
                rows.push(row(name.to_owned(), old, new, &money));
            }
        }
        for (name, (old, new)) in [("refused", impact.refused), ("failed", impact.failed)] {
            if old != new {
                let shown = |count| decimal(count, 0, "_");
                rows.push(row(name.to_owned(), i128::from(old), i128::from(new), &shown));
            }
        }
        page.table(&["", "before", "after", "change", ""], rows);
    }

    fn rules(&self, impact: &Impact, page: &mut Page) {
        if impact.rules.is_empty() {
            return;
        }
        page.title("rule by rule");
        for rule in &impact.rules {
            let name = format!("{} {}", rule.item, rule.name);
            let untouched = if rule.changed { "" } else { ", through what it uses" };
            match &rule.judged {
                Judged::Unknown(reason) => page.line(Tone::Strong, format!("{name}: unknown, {reason}")),
                Judged::Known(given, money) => {
                    let mut parts: Vec<String> =
                        given.iter().map(|(unit, change)| self.more(impact, unit, *change)).collect();
                    if *money != 0 {
                        parts.push(signed(*money, &|minor| self.money(minor)));
                    }
                    let own = |ladder: &&Ladder| rule.item == "tiers" && ladder.name == rule.name;
                    if let Some(ladder) = impact.ladders.iter().find(own) {
                        parts.push(match elsewhere(ladder) {
                            0 => "nobody is in another tier".to_owned(),
                            1 => "one member is in another tier".to_owned(),
                            count => format!("{} members are in another tier", grouped(count)),
                        });
                    }
                    let what = if parts.is_empty() { "gives the same".to_owned() } else { parts.join(", ") };
                    page.line(Tone::Plain, format!("{name}: {what}{untouched}"));
                }
            }
        }
    }

    fn more(&self, impact: &Impact, unit: &str, change: i128) -> String {
        let decimals = impact.units.iter().find(|(name, ..)| name == unit).map_or(0, |(_, decimals, ..)| *decimals);
        format!("{} {unit}", signed(change, &|steps| decimal(steps, decimals, "_")))
    }

    fn members(&self, impact: &Impact, page: &mut Page) {
        page.title("members");
        let moved = impact.moved;
        let all = impact.members();
        let share = |count: u64| share(i128::from(count), i128::from(all)).unwrap_or_default();
        let rows = [
            ("better off", moved.better),
            ("worse off", moved.worse),
            ("more of one thing, less of another", moved.mixed),
            ("unchanged", moved.unchanged),
        ];
        let rows = rows.into_iter().map(|(name, count)| vec![name.to_owned(), grouped(count), share(count)]);
        page.table(&["", "members", ""], rows.collect());
        impact.ladders.iter().for_each(|ladder| matrix(ladder, page));
        if !impact.worst.is_empty() {
            page.title("who loses most");
        }
        for case in &impact.worst {
            page.line(Tone::Plain, format!("{}: {}", case.member, self.loss(impact, case)));
            page.command(self.command(case));
        }
    }

    fn loss(&self, impact: &Impact, case: &Case) -> String {
        let units = case.units.iter().map(|(unit, change)| self.more(impact, unit, i128::from(*change)));
        let mut parts: Vec<String> = units.collect();
        if case.off != 0 {
            parts.push(format!("{} off bills", signed(i128::from(case.off), &|minor| self.money(minor))));
        }
        parts.extend(case.tiers.iter().map(|(before, after)| format!("{after} instead of {before}")));
        if case.vouchers != 0 {
            let plural = if case.vouchers.abs() == 1 { "" } else { "s" };
            parts.push(format!("{} voucher{plural}", signed(i128::from(case.vouchers), &|count| count.to_string())));
        }
        match case.refused {
            0 => {}
            1 => parts.push("one more request is refused".to_owned()),
            more if more > 1 => parts.push(format!("{more} more requests are refused")),
            -1 => parts.push("one request less is refused".to_owned()),
            fewer => parts.push(format!("{} requests less are refused", -fewer)),
        }
        parts.join(", ")
    }

    /// The command that explains a case.
    pub fn command(&self, case: &Case) -> String {
        let quoted = |path: &Path| {
            let text = path.display().to_string();
            if text.contains([' ', '\'', '"', '$']) { format!("'{}'", text.replace('\'', "'\\''")) } else { text }
        };
        let mut words = vec!["meed explain".to_owned(), quoted(&self.args.new)];
        words.extend(self.args.events.iter().map(|path| quoted(path)));
        words.extend(self.args.history.source.map.iter().map(|path| format!("--map {}", quoted(path))));
        words.push(match &case.event {
            Some(event) => format!("--event {}", quoted(Path::new(event))),
            None => format!("--member {}", quoted(Path::new(&case.member))),
        });
        words.join(" ")
    }
}

fn told(change: &Change, page: &mut Page) {
    let name = if change.name.is_empty() { String::new() } else { format!(" {}", change.name) };
    let verb = match (change.kind, change.before.is_some() && change.after.is_some()) {
        (Kind::Added, _) => "new in ",
        (Kind::Removed, _) => "gone from ",
        _ => "",
    };
    page.line(Tone::Strong, format!("{verb}{}{name}  ({})", change.item, change.at));
    let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    page.difference(said(&change.before), said(&change.after));
    let word = match change.effect {
        Effect::Better => "better",
        Effect::Worse => "worse",
        Effect::Open => "open",
        Effect::None => "the same",
    };
    let breaking = if change.breaking { ", breaking" } else { "" };
    let tone = match change.effect {
        Effect::Worse | Effect::Open if change.breaking => Tone::Bad,
        Effect::Better => Tone::Good,
        _ => Tone::Faint,
    };
    page.line(tone, format!("  {word} for members{breaking}: {}", change.reason));
}

fn signed(change: i128, shown: &dyn Fn(i128) -> String) -> String {
    if change > 0 { format!("+{}", shown(change)) } else { shown(change) }
}

/// A part of a whole, to a tenth of a percent.
fn share(part: i128, whole: i128) -> Option<String> {
    Some(format!("{}%", decimal(percent(part, whole, 1)?, 1, "")))
}

fn row(name: String, old: i128, new: i128, shown: &dyn Fn(i128) -> String) -> Vec<String> {
    let change = new - old;
    let share = match share(change, old.abs()) {
        _ if change == 0 => String::new(),
        Some(share) if change > 0 => format!("+{share}"),
        Some(share) => share,
        None => "new".to_owned(),
    };
    let change = if change == 0 { "same".to_owned() } else { signed(change, shown) };
    vec![name, shown(old), shown(new), change, share]
}

/// How many members hold another tier than before.
fn elsewhere(ladder: &Ladder) -> u64 {
    let moved = |(row, tier): (&Vec<u64>, &String)| -> u64 {
        row.iter().zip(&ladder.after).filter(|(_, other)| *other != tier).map(|(count, _)| count).sum()
    };
    ladder.moves.iter().zip(&ladder.before).map(moved).sum()
}

fn matrix(ladder: &Ladder, page: &mut Page) {
    if elsewhere(ladder) == 0 {
        page.line(Tone::Plain, format!("{}: nobody is in another tier", ladder.name));
        return;
    }
    page.title(format!("{}: before (down) and after (across)", ladder.name));
    let header: Vec<&str> = std::iter::once("").chain(ladder.after.iter().map(String::as_str)).collect();
    let rows = ladder.moves.iter().zip(&ladder.before).map(|(row, tier)| {
        let counts = row.iter().map(|count| if *count == 0 { "·".to_owned() } else { grouped(*count) });
        std::iter::once(tier.clone()).chain(counts).collect()
    });
    page.table(&header, rows.collect());
}
