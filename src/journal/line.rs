//! One line of the journal, with names in place of identifiers.

use std::borrow::Cow;

use serde::Serialize;

use crate::engine::{Account, Outcome, VoucherChange, What, words};
use crate::hir::{Program, UnitId};
use crate::value::{Exact, Instant, format_instant, format_minor};

/// One line; the order of its parts is that of the keys in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the table of the module says what each key means")]
pub struct Line<'a> {
    pub seq: u64,
    pub time: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub member: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<&'a str>,
    pub what: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ladder: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voucher: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeem: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prizes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaderboard: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub giver: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub votes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    pub by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'a str>,
    pub version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// The line of an outcome, with the names of the version of the program that it came from.
    pub fn new(program: &'a Program, outcome: &'a Outcome, seq: u64) -> Self {
        let line = words::declared(program, outcome.cause).map(|span| Cow::Owned(program.sources.at(span)));
        Self::declared_at(line, program, outcome, seq)
    }

    /// The same where it is known in which line of the program its cause is declared.
    pub fn declared_at(line: Option<Cow<'a, str>>, program: &'a Program, outcome: &'a Outcome, seq: u64) -> Self {
        let (by, declared) = words::cause(program, outcome.cause);
        let mut line = Line {
            seq,
            time: format_instant(outcome.time, &program.settings.zone),
            member: &outcome.member,
            event: outcome.event.as_deref(),
            by,
            rule: declared.map(|(name, _)| name.as_ref()),
            version: outcome.version.saturating_add(1),
            line,
            corrects: outcome.corrects.as_deref(),
            ..Line::default()
        };
        line.tell(program, &outcome.what);
        line
    }

    /// Adds what happened.
    fn tell(&mut self, program: &'a Program, what: &'a What) {
        match what {
            What::Posted { unit, from, to, amount, lot, line } => {
                self.what = "posted";
                self.unit(program, *unit, *amount);
                self.from = Some(account(from));
                self.to = Some(account(to));
                self.lot = *lot;
                self.item = line.map(|line| line.saturating_add(1));
            }
            What::Limited { limit, requested, granted } => {
                self.what = "limited";
                self.limit = program.limits.get(*limit).map(|limit| match &limit.name {
                    Some(name) => Cow::Borrowed(name.as_ref()),
                    None => Cow::Owned(program.sources.at(limit.span)),
                });
                self.requested = Some(requested);
                self.granted = Some(granted);
            }
            What::Tier { ladder, from, to, until } => {
                self.what = "tier";
                if let Some(ladder) = program.ladders.get(*ladder) {
                    let name = |level: u32| {
                        let tier = usize::try_from(level).ok().and_then(|level| ladder.tiers.get(level));
                        tier.map(|tier| Cow::Borrowed(tier.name.as_ref()))
                    };
                    self.ladder = Some(&ladder.name);
                    self.from = name(*from);
                    self.to = name(*to);
                }
                self.until(program, *until);
            }
            What::Issued { reward, voucher, value, expires } => {
                self.what = "issued";
                self.reward = program.rewards.get(*reward).map(|reward| reward.name.as_ref());
                self.voucher = Some(*voucher);
                self.value = value.map(|minor| money(program, minor));
                self.until(program, *expires);
            }
            What::Voucher { reward, voucher, change } => {
                self.what = "voucher";
                self.reward = program.rewards.get(*reward).map(|reward| reward.name.as_ref());
                self.voucher = Some(*voucher);
                self.change = Some(match change {
                    VoucherChange::Used => "used",
                    VoucherChange::Returned => "returned",
                    VoucherChange::Cancelled => "cancelled",
                    VoucherChange::Expired => "expired",
                });
            }
            What::CardUsed { reward, voucher, amount, left } => {
                self.what = "card_used";
                self.reward = program.rewards.get(*reward).map(|reward| reward.name.as_ref());
                self.voucher = Some(*voucher);
                self.value = Some(money(program, *amount));
                self.left = Some(money(program, *left));
            }
            What::Paid { redeem, amount, value } => {
                self.what = "paid";
                if let Some(redeem) = program.redeems.get(*redeem) {
                    self.redeem = Some(&redeem.name);
                    self.unit(program, redeem.unit, *amount);
                }
                self.value = Some(money(program, *value));
            }
            What::Badge { badge, given } => {
                self.what = "badge";
                self.badge = program.badges.get(*badge).map(|badge| badge.name.as_ref());
                self.change = Some(if *given { "given" } else { "taken" });
            }
            What::Message { channel, language, text } => {
                self.what = "message";
                self.channel = Some(channel);
                self.language = Some(language.as_ref()).filter(|language| !language.is_empty());
                self.text = Some(text);
            }
            What::Withheld { channel, reason } => {
                self.what = "message";
                self.channel = Some(channel);
                self.change = Some("withheld");
                self.reason = Some(reason);
            }
            What::Owed { unit, debt } => {
                self.what = "owed";
                self.unit(program, *unit, *debt);
            }
            What::Challenge { challenge, stage, progress, target, .. } => {
                self.what = "challenge";
                self.challenge = program.challenges.get(*challenge).map(|challenge| challenge.name.as_ref());
                self.change = Some(words::stage(*stage));
                self.progress = Some(progress);
                self.target = target.as_deref();
            }
            What::Settled { partner, unit, side, amount, value } => {
                self.what = "settled";
                self.partner = program.partners.get(*partner).map(|partner| partner.name.as_ref());
                self.unit(program, *unit, *amount);
                // Not rounded: the statements round the sum.
                let minor = Exact::from(10_i64.saturating_pow(program.settings.currency.exponent().into()));
                self.value = value.div(minor).ok().map(|value| value.to_string());
                self.change = Some(side.word());
            }
            What::Donated { charity, amount, matched, giver, receipt } => {
                self.what = "donated";
                self.cause = program.charities.get(*charity).map(|charity| charity.name.as_ref());
                self.value = Some(money(program, amount.saturating_abs()));
                self.matched = Some(*matched).filter(|added| *added != 0).map(|added| money(program, added));
                self.giver = Some(giver.word());
                self.receipt = *receipt;
                self.change = Some(if *amount < 0 { "taken" } else { "given" });
            }
            What::Divided { charity, votes, amount } => {
                self.what = "divided";
                self.cause = program.charities.get(*charity).map(|charity| charity.name.as_ref());
                self.value = Some(money(program, *amount));
                self.votes = Some(*votes);
            }
            What::Charged(fee) => {
                self.what = "charged";
                self.value = Some(money(program, *fee));
            }
            What::Undecided(at) => {
                self.what = "undecided";
                self.until(program, Some(*at));
            }
            What::Unreached(reason) => {
                self.what = "unreached";
                self.reason = Some(reason);
            }
            What::Refused(reason) => {
                self.what = "refused";
                self.reason = Some(reason);
            }
            What::Failed(reason) => {
                self.what = "failed";
                self.reason = Some(reason);
            }
            What::Irreversible(reason) => {
                self.what = "irreversible";
                self.reason = Some(reason);
            }
            What::Offer { choice, offer, change, option } => {
                self.what = "choice";
                self.choice = program.choices.get(*choice).map(|choice| choice.name.as_ref());
                self.offer = Some(*offer);
                self.option = option.as_deref();
                self.change = Some(change.word());
            }
            What::Entry { draw, entry, change, prize } => {
                self.what = "draw";
                self.draw = program.draws.get(*draw).map(|draw| draw.name.as_ref());
                self.entry = Some(entry);
                self.change = Some(change.word());
                self.reward = prize.and_then(|prize| program.rewards.get(prize)).map(|reward| reward.name.as_ref());
            }
            What::Ranked { board, place, of, score } => {
                self.what = "ranked";
                self.leaderboard = program.leaderboards.get(*board).map(|board| board.name.as_ref());
                (self.place, self.of, self.score) = (Some(*place), Some(*of), Some(score.as_str()));
            }
            What::Drawn { draw, entries, prizes } => {
                self.what = "drawn";
                self.draw = program.draws.get(*draw).map(|draw| draw.name.as_ref());
                self.entries = Some(*entries);
                self.prizes = Some(*prizes);
            }
            What::Withdrawn(inner) => {
                self.tell(program, inner);
                self.withdrawn = true;
            }
        }
    }

    fn unit(&mut self, program: &'a Program, unit: UnitId, steps: i64) {
        if let Some(unit) = program.units.get(unit) {
            self.unit = Some(&unit.name);
            self.amount = Some(format_minor(steps, unit.decimals));
        }
    }

    fn until(&mut self, program: &Program, until: Option<Instant>) {
        self.until = until.map(|until| format_instant(until, &program.settings.zone));
    }
}

fn money(program: &Program, minor: i64) -> String {
    format_minor(minor, program.settings.currency.exponent())
}

fn account(account: &Account) -> Cow<'static, str> {
    Cow::Borrowed(match account {
        Account::Available => "available",
        Account::Pending => "pending",
        Account::Issuer => "issuer",
        Account::Partner(name) => return Cow::Owned(format!("partner:{name}")),
        Account::Transfer => "transfer",
        Account::Cause(name) => return Cow::Owned(format!("cause:{name}")),
        Account::Expired => "expired",
        Account::Redeemed => "redeemed",
    })
}
