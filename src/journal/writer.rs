//! Writers of lines.

use std::borrow::Cow;
use std::io::{self, Write};

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::engine::{Outcome, words};
use crate::hir::Program;
use crate::source::Span;

use super::line::Line;

/// Writes any records as lines of JSON.
#[derive(Debug)]
pub struct LineWriter<W> {
    out: W,
    /// Kept between lines, so that each is one write.
    buffer: Vec<u8>,
    count: u64,
}

impl<W: Write> LineWriter<W> {
    /// Lines into `out`, which should have a buffer.
    pub fn new(out: W) -> Self {
        Self { out, buffer: Vec::new(), count: 0 }
    }

    /// Writes one record.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&mut self, record: &impl Serialize) -> io::Result<()> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, record)?;
        self.buffer.push(b'\n');
        self.out.write_all(&self.buffer)?;
        self.count += 1;
        Ok(())
    }

    /// How many lines were written.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Hands everything on and gives the output back.
    ///
    /// # Errors
    /// What `out` says.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes the journal.
#[derive(Debug)]
pub struct JournalWriter<'p, W> {
    versions: Vec<&'p Program>,
    /// Where causes are declared, by version: the same few come again and again.
    declared: FxHashMap<(u32, Span), Box<str>>,
    lines: LineWriter<W>,
}

impl<'p, W: Write> JournalWriter<'p, W> {
    /// A journal of a program into `out`; `versions` are in the order of [`Outcome::version`].
    pub fn new(versions: &[&'p Program], out: W) -> Self {
        Self { versions: versions.to_vec(), declared: FxHashMap::default(), lines: LineWriter::new(out) }
    }

    /// Writes one outcome. One of an unknown version is an error.
    ///
    /// # Errors
    /// What the output says.
    pub fn write(&mut self, outcome: &Outcome) -> io::Result<()> {
        let version = usize::try_from(outcome.version).ok().and_then(|version| self.versions.get(version));
        let program =
            version.ok_or_else(|| io::Error::other("an outcome names a version of the program that is not known"))?;
        let line = words::declared(program, outcome.cause).map(|span| {
            let at = || program.sources.at(span).into_boxed_str();
            Cow::Borrowed(&**self.declared.entry((outcome.version, span)).or_insert_with(at))
        });
        let seq = self.lines.count() + 1;
        self.lines.write(&Line::declared_at(line, program, outcome, seq))
    }

    /// How many lines were written.
    pub fn count(&self) -> u64 {
        self.lines.count()
    }

    /// Hands everything on and gives the output back.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(self) -> io::Result<W> {
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::{Account, Cause, Giver, Side, VoucherChange, What};
    use crate::events::fixture::program;
    use crate::hir::{
        Badge, BadgeId, Charity, CharityId, Gates, LadderId, LimitId, Partner, PartnerId, RedeemId, RewardId, UnitId,
    };
    use crate::value::{Exact, Instant, PeriodKind};

    fn outcome(what: What) -> Outcome {
        Outcome {
            member: Arc::from("ann"),
            time: Instant::from_millis(1_769_940_000_000).unwrap(),
            event: Some(Arc::from("e1")),
            version: 0,
            cause: Cause::Unit(UnitId(0)),
            what,
            corrects: None,
        }
    }

    fn written(outcomes: &[Outcome]) -> String {
        let mut program = program();
        let span = program.units.at(UnitId(0)).span;
        program.badges.push(Badge { name: Arc::from("explorer"), span });
        program.partners.push(Partner {
            name: Arc::from("acme"),
            was: None,
            span,
            label: None,
            settles: PeriodKind::Month,
            issued: Vec::new(),
            redeemed: Vec::new(),
            reserve: Exact::ZERO,
        });
        program.charities.push(Charity {
            name: Arc::from("oxfam"),
            was: None,
            span,
            label: None,
            rates: Vec::new(),
            vouchers: None,
            minimum: None,
            steps: None,
            matching: None,
            gates: Gates::default(),
            limits: Vec::new(),
        });
        let mut journal = JournalWriter::new(&[&program], Vec::new());
        for outcome in outcomes {
            journal.write(outcome).unwrap();
        }
        String::from_utf8(journal.finish().unwrap()).unwrap()
    }

    #[test]
    fn every_outcome_has_its_line() {
        let posted = What::Posted {
            unit: UnitId(0),
            from: Account::Partner(Arc::from("acme")),
            to: Account::Pending,
            amount: 12_345,
            lot: Some(3),
            line: Some(0),
        };
        let voucher = |change| What::Voucher { reward: RewardId(0), voucher: 1, change };
        let settled = What::Settled {
            partner: PartnerId(0),
            unit: UnitId(0),
            side: Side::TakenBack,
            amount: 150,
            value: Exact::new(5, 3).unwrap(),
        };
        let until = Instant::from_millis(1_800_000_000_000);
        let mut all = vec![
            outcome(posted.clone()),
            outcome(What::Limited { limit: LimitId(0), requested: "500".into(), granted: "120.5".into() }),
            outcome(What::Tier { ladder: LadderId(0), from: 0, to: 1, until }),
            outcome(What::Issued { reward: RewardId(0), voucher: 1, value: Some(500), expires: None }),
            outcome(voucher(VoucherChange::Used)),
            outcome(What::CardUsed { reward: RewardId(0), voucher: 1, amount: 300, left: 200 }),
            outcome(What::Paid { redeem: RedeemId(0), amount: 100, value: 500 }),
            outcome(What::Badge { badge: BadgeId(0), given: true }),
            outcome(What::Message {
                channel: Arc::from("email"),
                language: Arc::from(""),
                text: "Welcome \"ann\"".into(),
            }),
            outcome(What::Owed { unit: UnitId(0), debt: 5 }),
            outcome(settled),
            outcome(What::Donated {
                charity: CharityId(0),
                amount: -250,
                matched: 100,
                giver: Giver::Program,
                receipt: Some(7),
            }),
            outcome(What::Divided { charity: CharityId(0), votes: 3, amount: 1_000 }),
            outcome(What::Refused("not enough points".into())),
            outcome(What::Failed("no rate".into())),
            outcome(What::Withheld { channel: "email".into(), reason: "no consent: `email_ok` does not hold".into() }),
            outcome(What::Irreversible("a message was sent".into())),
            outcome(What::Withdrawn(Box::new(posted))),
        ];
        all.push(Outcome {
            event: None,
            corrects: Some(Arc::from("late1")),
            cause: Cause::Event,
            ..outcome(What::Refused("x".into()))
        });
        insta::assert_snapshot!(written(&all));
    }

    #[test]
    fn a_full_disk_is_an_error() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let program = program();
        let mut journal = JournalWriter::new(&[&program], Full);
        let error = journal.write(&outcome(What::Refused("x".into()))).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        let strange = Outcome { version: 7, ..outcome(What::Refused("x".into())) };
        assert!(JournalWriter::new(&[&program], Vec::new()).write(&strange).is_err());
    }
}
