//! The `program` block: what holds for the whole program.

use std::sync::Arc;

use crate::hir::{FieldType, Settings, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Late, Timezone};
use crate::value::{Currency, LeapDay, Rounding, Starts, TimeSpan, Weekday, Zone};

use super::context::Checker;
use super::errors;
use super::literal::{day, weekday};
use super::scope::Scope;

impl Checker<'_> {
    /// The program's block; its absence is reported.
    pub fn program_block(&mut self, whole: Span) -> Option<&ast::Program> {
        let programs = self.items.programs.clone();
        let Some((first, more)) = programs.split_first() else {
            return self.fail(errors::program::missing(whole));
        };
        for second in more {
            self.report(errors::program::second(second.at.0, first.at.0));
        }
        Some(first)
    }
    /// Currency and zone, which everything else needs.
    pub fn currency_and_zone(&mut self, program: &ast::Program) {
        match &program.currency {
            None => {
                let block = self.block_start(program.at.0);
                self.report(errors::program::no_currency(program.at.0, block, self.currency_written()));
            }
            Some(code) => match Currency::parse(&code.text) {
                Some(currency) => {
                    self.currency = currency;
                    self.currency_known = true;
                }
                None => self.report(errors::literals::unknown_currency(
                    code.span(),
                    &code.text,
                    super::habits::currency_named(&code.text),
                )),
            },
        }
        let zone = match program.timezone.as_ref().map(|zone| &zone.value) {
            None => return self.report(errors::program::no_timezone(program.at.0, self.block_start(program.at.0))),
            Some(Timezone::Named(name)) => Some(name),
            Some(Timezone::Member { fallback }) => fallback.as_ref(),
        };
        if let Some(name) = zone {
            match Zone::parse(&name.value) {
                Ok(zone) => self.zone = zone,
                Err(error) => self.report(errors::program::unknown_zone(name.at.0, &name.value, error.suggestion)),
            }
        }
    }
    /// The code of the currency whose sign stands first in the program.
    fn currency_written(&self) -> &'static str {
        let texts = self.sources.files().map(|(_, source)| &*source.text);
        let sign = texts.flat_map(str::chars).find(|c| matches!(c, '$' | '€' | '£' | '¥'));
        match sign {
            Some('€') => "EUR",
            Some('£') => "GBP",
            Some('¥') => "JPY",
            _ => "USD",
        }
    }
    /// The whole block.
    pub fn settings(&mut self, program: &ast::Program) -> Settings {
        let zone_of_member = match program.timezone.as_ref() {
            Some(ast::Spanned { value: Timezone::Member { .. }, at }) => {
                let found =
                    self.attributes.find(|field| &*field.name == "timezone" && matches!(field.ty, FieldType::Text));
                if found.is_none() {
                    self.report(errors::program::no_timezone_attribute(at.0));
                }
                found
            }
            _ => None,
        };
        let mut accepts: Vec<(Currency, crate::hir::Expr, Rounding)> = Vec::new();
        for accept in &program.accepts {
            let rate = self.cases_of(&accept.rate, &Scope::member(), Type::Number);
            let Some(currency) = Currency::parse(&accept.currency.text) else {
                self.report(errors::literals::unknown_currency(
                    accept.currency.span(),
                    &accept.currency.text,
                    super::habits::currency_named(&accept.currency.text),
                ));
                continue;
            };
            if currency == self.currency || accepts.iter().any(|(known, ..)| *known == currency) {
                self.report(errors::program::accepted_already(accept.currency.span(), &accept.currency.text));
                continue;
            }
            if let Some(rate) = rate {
                if self.reads(&rate).is_empty() {
                    let rounding = match accept.rounded {
                        None => Rounding::Nearest,
                        Some(ast::Rounded::Down) => Rounding::Down,
                        Some(ast::Rounded::Up) => Rounding::Up,
                    };
                    self.accepted.push(currency);
                    accepts.push((currency, rate, rounding));
                } else {
                    self.report(errors::types::not_constant(rate.span, "an exchange rate"));
                }
            }
        }
        let leap_day = match program.leap_day {
            None => LeapDay::Feb28,
            Some(day) => match (day.month, day.day) {
                (2, 28) => LeapDay::Feb28,
                (3, 1) => LeapDay::Mar1,
                _ => {
                    self.report(errors::program::leap_day(day.at.0));
                    LeapDay::Feb28
                }
            },
        };
        let late = match program.late.as_ref().map(|late| &late.value) {
            None | Some(Late::Accept(None)) => None,
            Some(Late::Accept(Some(within))) => self.duration(within),
            Some(Late::Refuse) => Some(TimeSpan::ZERO),
        };
        Settings {
            currency: self.currency,
            accepts,
            zone: self.zone.clone(),
            zone_of_member,
            starts: self.starts(program),
            leap_day,
            late,
            join_required: program.join_required.is_some(),
            effective_from: program.effective.map(day),
        }
    }
    /// The first days of periods; quarters follow the year where nothing else is said.
    fn starts(&mut self, program: &ast::Program) -> Starts {
        let year = match program.year {
            Some(day) if day.day > 28 => {
                self.report(errors::program::year_start(day.at.0));
                (day.month, 28)
            }
            Some(day) => (day.month, day.day),
            None => (1, 1),
        };
        Starts {
            week: program.week.as_ref().map_or(Weekday::Monday, |week| weekday(week.value)),
            year,
            quarter: program.quarters.map_or(year, |month| (month, 1)),
        }
    }
    /// The name that the program gives itself.
    pub fn program_name(program: &ast::Program) -> Arc<str> {
        Arc::clone(&program.name.value)
    }
}
