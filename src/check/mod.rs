//! From tree to typed program: names resolved, dimensions proven, nothing that moves value left implicit.
//!
//! Heads first (names, fields, smallest steps), then everything that has a value, on demand where it has a name; last, what
//! only a whole program can show: missing declarations and rules without an end.

mod board;
mod cases;
mod cells;
mod challenge;
mod charity;
mod consent;
mod context;
mod cycles;
mod draw;
mod earn;
mod effect;
mod errors;
mod event;
mod expr;
mod fold;
mod gates;
mod graph;
mod habits;
mod lasting;
mod limit;
mod limits;
mod literal;
mod local;
mod lookalike;
mod manner;
mod measure;
mod meeting;
mod mixed;
mod named;
mod names;
mod operators;
mod outside;
mod partner;
mod path;
mod play;
mod record;
mod refund;
mod require;
mod reversal;
mod reward;
mod rule;
mod scenario;
mod scope;
mod settings;
mod slips;
mod spoken;
mod table;
mod tier;
mod unit;
mod walk;
mod weight;
mod window;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::arena::{Arena, Id as _};
use crate::diagnostic::{Diagnostic, Severity, render};
use crate::hir::{
    Badge, ChallengeId, CharityId, ChoiceId, DrawId, EnumDef, ExchangeId, FundId, LadderId, LeaderboardId, LetId,
    MeasureId, PartnerId, PoolId, Program, RedeemId, ReferralId, RewardId, RuleId, SegmentId, Settings, Stack,
    StackMode, TableId, TransferId,
};
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast::{self, Item};
use crate::value::{Currency, Month, Weekday, Zone};

pub use limits::*;

use context::{Checker, Items, Slot, UnitHead};
use names::{Meeting, Names, Offer, Prize, Symbol};
use weight::Place;

/// Reads a table's file: the name of the file that asks, and the name it asks for. The error is a reason in plain words.
pub type Loader<'a> = dyn Fn(&str, &str) -> Result<String, String> + 'a;

/// Checks the files of one program, which are all in `sources`. The program is there only where no message is an error; messages
/// are in order of place.
pub fn check(files: &[ast::File], sources: &Arc<Sources>, load: &Loader<'_>) -> (Option<Program>, Vec<Diagnostic>) {
    let count: usize = files.iter().map(|file| file.items.len()).sum();
    if count > MAX_ITEMS {
        return (None, vec![errors::program::too_many_items(Span::new(FileId(0), 0, 0), count)]);
    }
    let mut checker = Checker::new(files, sources, load);
    let program = checker.run(sources);
    let mut messages = render::sorted(checker.errors);
    let failed = messages.iter().any(|message| message.severity == Severity::Error);
    if let Some(first) = messages.get(MAX_MESSAGES) {
        let severity = if failed { Severity::Error } else { Severity::Warning };
        let untold = Diagnostic::untold(severity, first.span, MAX_MESSAGES);
        messages.truncate(MAX_MESSAGES);
        messages.push(untold);
    }
    (program.filter(|_| !failed), messages)
}

impl<'a> Checker<'a> {
    fn new(files: &'a [ast::File], sources: &'a Sources, load: &'a Loader<'a>) -> Self {
        let mut items = Items::default();
        for item in files.iter().flat_map(|file| &file.items) {
            match item {
                Item::Program(x) => items.programs.push(x),
                Item::Import(_) => {}
                Item::Event(x) => items.events.push(x),
                Item::Member(x) => items.members.push(x),
                Item::Unit(x) => items.units.push(x),
                Item::Let(x) => items.lets.push(x),
                Item::Table(x) => items.tables.push(x),
                Item::Measure(x) => items.measures.push(x),
                Item::Segment(x) => items.segments.push(x),
                Item::Invariant(x) => items.invariants.push(x),
                Item::Tiers(x) => items.ladders.push(x),
                Item::Earn(x) => items.earns.push(x),
                Item::Boost(x) => items.boosts.push(x),
                Item::Stack(x) => items.stacks.push(x),
                Item::Limit(x) => items.limits.push(x),
                Item::Rule(x) => items.rules.push(x),
                Item::Reward(x) => items.rewards.push(x),
                Item::Redeem(x) => items.redeems.push(x),
                Item::Challenge(x) => items.challenges.push(x),
                Item::Transfer(x) => items.transfers.push(x),
                Item::Referral(x) => items.referrals.push(x),
                Item::Pool(x) => items.pools.push(x),
                Item::Partner(x) => items.partners.push(x),
                Item::Exchange(x) => items.exchanges.push(x),
                Item::Cause(x) => items.causes.push(x),
                Item::Fund(x) => items.funds.push(x),
                Item::Scenario(x) => items.scenarios.push(x),
                Item::Choice(x) => items.choices.push(x),
                Item::Draw(x) => items.draws.push(x),
                Item::Leaderboard(x) => items.leaderboards.push(x),
            }
        }
        let words = |words: Vec<String>| EnumDef { words: words.into_iter().map(Arc::from).collect() };
        let mut enums = Arena::default();
        enums.push(words(Weekday::ALL.iter().map(Weekday::to_string).collect()));
        enums.push(words(Month::ALL.iter().map(Month::to_string).collect()));
        Checker {
            sources,
            load,
            lets: vec![Slot::Waiting; items.lets.len()],
            tables: vec![Slot::Waiting; items.tables.len()],
            measures: vec![Slot::Waiting; items.measures.len()],
            segments: vec![Slot::Waiting; items.segments.len()],
            worths: vec![Slot::Waiting; items.units.len()],
            items,
            errors: Vec::new(),
            names: Names::default(),
            currency: dollar(),
            currency_known: false,
            accepted: Vec::new(),
            zone: Zone::utc(),
            enums,
            events: Arena::default(),
            attributes: Arena::default(),
            units: Arena::default(),
            ladders: Arena::default(),
            table_keys: HashMap::new(),
            busy: Vec::new(),
            place: Place::default(),
            weights: HashMap::new(),
            badges: Arena::default(),
            boosts: Arena::default(),
            limits: Arena::default(),
            called: Vec::new(),
            failed_locals: HashSet::new(),
            optionals: HashMap::new(),
            written: HashMap::new(),
        }
    }
    /// All passes in order. `None` where an error makes a whole program impossible.
    fn run(&mut self, sources: &Arc<Sources>) -> Option<Program> {
        let start = Span::new(FileId::new(0), 0, 0);
        let block = self.program_block(start).cloned();
        if let Some(block) = &block {
            self.currency_and_zone(block);
        }
        self.unit_heads();
        self.ladder_heads();
        self.declare();
        self.attributes();
        self.built_in_events();
        let events = self.events();
        for (item, id) in self.items.events.clone().into_iter().zip(&events) {
            if let Some(id) = id {
                self.reversal(item, *id);
            }
        }
        let settings = block.as_ref().map(|block| self.settings(block));
        self.values();
        let mut earns: outside::Earns =
            self.items.earns.clone().into_iter().map(|item| self.lower_earn(item)).collect();
        for item in self.items.boosts.clone() {
            self.lower_boost(item, &mut earns);
        }
        self.refunds_of_earns(&mut earns);
        let mut rules: outside::Rules =
            self.items.rules.clone().into_iter().map(|item| self.lower_rule(item)).collect();
        for item in self.items.limits.clone() {
            self.shared_limits(item, &mut earns, &mut rules);
        }
        let units: Vec<_> = self
            .items
            .units
            .clone()
            .into_iter()
            .enumerate()
            .map(|(at, item)| self.lower_unit(item, UnitHead::id(at)))
            .collect();
        let ladders: Vec<_> = self
            .items
            .ladders
            .clone()
            .into_iter()
            .enumerate()
            .map(|(at, item)| self.lower_ladder(item, LadderId::new(at)))
            .collect();
        let rewards: Vec<_> = self.items.rewards.clone().into_iter().map(|item| self.lower_reward(item)).collect();
        let redeems: Vec<_> = self.items.redeems.clone().into_iter().map(|item| self.lower_redeem(item)).collect();
        let challenges: Vec<_> =
            self.items.challenges.clone().into_iter().map(|item| self.lower_challenge(item)).collect();
        let transfers: Vec<_> =
            self.items.transfers.clone().into_iter().map(|item| self.lower_transfer(item)).collect();
        let referrals: Vec<_> =
            self.items.referrals.clone().into_iter().map(|item| self.lower_referral(item)).collect();
        let pools: Vec<_> = self.items.pools.clone().into_iter().map(|item| self.lower_pool(item)).collect();
        let partners: Vec<_> = self.items.partners.clone().into_iter().map(|item| self.lower_partner(item)).collect();
        let exchanges: Vec<_> = (self.items.exchanges.clone().into_iter().enumerate())
            .map(|(at, item)| self.lower_exchange(item, ExchangeId::new(at)))
            .collect();
        let charities: Vec<_> = self.items.causes.clone().into_iter().map(|item| self.lower_charity(item)).collect();
        let funds: Vec<_> = self.items.funds.clone().into_iter().map(|item| self.lower_fund(item)).collect();
        let choices: Vec<_> = self.items.choices.clone().into_iter().map(|item| self.lower_choice(item)).collect();
        let draws: Vec<_> = self.items.draws.clone().into_iter().map(|item| self.lower_draw(item)).collect();
        let boards: Vec<_> =
            self.items.leaderboards.clone().into_iter().map(|item| self.lower_leaderboard(item)).collect();
        let invariants: Vec<_> =
            self.items.invariants.clone().into_iter().map(|item| self.lower_invariant(item)).collect();
        let scenarios: Vec<_> =
            self.items.scenarios.clone().into_iter().map(|item| self.lower_scenario(item)).collect();
        rules.extend(std::mem::take(&mut self.called).into_iter().map(Some));
        let consents = self.consents();
        self.unused_tables();
        self.lookalikes();
        self.required(&units, &earns, &rules);
        let (name, settings) = (block.as_ref().map(Checker::program_name)?, settings?);
        let program = self.whole_program(name, settings, sources)?;
        let program = Program {
            units: whole(units)?,
            ladders: whole(ladders)?,
            earns: whole(earns)?,
            rules: whole(rules)?,
            rewards: whole(rewards)?,
            redeems: whole(redeems)?,
            challenges: whole(challenges)?,
            transfers: whole(transfers)?,
            referrals: whole(referrals)?,
            pools: whole(pools)?,
            consents: consents?,
            partners: whole(partners)?,
            exchanges: whole(exchanges)?,
            charities: whole(charities)?,
            funds: whole(funds)?,
            choices: whole(choices)?,
            draws: whole(draws)?,
            leaderboards: whole(boards)?,
            invariants: invariants.into_iter().collect::<Option<Vec<_>>>()?,
            scenarios: scenarios.into_iter().collect::<Option<Vec<_>>>()?,
            ..program
        };
        let program = Program { meets: meet(&program), ..program };
        let endless = self.endless(&program);
        self.errors.extend(endless);
        Some(program)
    }
    /// What is kept by the checker itself, and nothing yet of the rest.
    fn whole_program(&mut self, name: Arc<str>, settings: Settings, sources: &Arc<Sources>) -> Option<Program> {
        let stacks = self.items.stacks.iter().map(|item| Stack {
            name: Arc::clone(&item.name.text),
            span: item.name.span(),
            mode: match item.mode.value {
                ast::StackMode::Best => StackMode::Best,
                ast::StackMode::Add => StackMode::Add,
                ast::StackMode::Multiply => StackMode::Multiply,
                ast::StackMode::First => StackMode::First,
                ast::StackMode::Exclusive => StackMode::Exclusive,
            },
        });
        Some(Program {
            name,
            sources: Arc::clone(sources),
            settings,
            enums: self.enums.clone(),
            events: self.events.clone(),
            attributes: self.attributes.clone(),
            units: Arena::default(),
            lets: done(&self.lets)?,
            tables: done(&self.tables)?,
            measures: done(&self.measures)?,
            segments: done(&self.segments)?,
            ladders: Arena::default(),
            earns: Arena::default(),
            boosts: self.boosts.clone(),
            stacks: stacks.collect(),
            limits: self.limits.clone(),
            rules: Arena::default(),
            rewards: Arena::default(),
            redeems: Arena::default(),
            badges: self.badges.clone(),
            challenges: Arena::default(),
            transfers: Arena::default(),
            referrals: Arena::default(),
            pools: Arena::default(),
            partners: Arena::default(),
            exchanges: Arena::default(),
            charities: Arena::default(),
            funds: Arena::default(),
            choices: Arena::default(),
            draws: Arena::default(),
            leaderboards: Arena::default(),
            meets: false,
            consents: Vec::new(),
            invariants: Vec::new(),
            scenarios: Vec::new(),
        })
    }
    /// Lowers everything with a name that nothing needed yet.
    fn values(&mut self) {
        for (at, item) in self.items.lets.clone().into_iter().enumerate() {
            self.need_let(LetId::new(at), item.name.span());
        }
        for (at, item) in self.items.measures.clone().into_iter().enumerate() {
            self.need_measure(MeasureId::new(at), item.name.span());
        }
        for (at, item) in self.items.segments.clone().into_iter().enumerate() {
            self.need_segment(SegmentId::new(at), item.name.span());
        }
    }
    /// Lowers tables that nothing uses; the first use says what the keys of a table are, so this comes after all uses.
    fn unused_tables(&mut self) {
        for (at, item) in self.items.tables.clone().into_iter().enumerate() {
            self.need_table(TableId::new(at), item.name.span());
        }
    }
    /// Names of everything that is no event or field; badges by their first mention.
    fn declare(&mut self) {
        let mut errors = Vec::new();
        let names = &mut self.names;
        let items = &self.items;
        let mut note = |result: Result<(), Box<Diagnostic>>| errors.extend(result.err().map(|error| *error));
        for (at, item) in items.units.iter().enumerate() {
            for name in std::iter::once(&item.name).chain(&item.also) {
                note(names.values.declare(name, Symbol::Unit(UnitHead::id(at))));
            }
        }
        for (at, item) in items.lets.iter().enumerate() {
            note(names.values.declare(&item.name, Symbol::Let(LetId::new(at))));
        }
        for (at, item) in items.tables.iter().enumerate() {
            note(names.values.declare(&item.name, Symbol::Table(TableId::new(at))));
        }
        for (at, item) in items.measures.iter().enumerate() {
            note(names.values.declare(&item.name, Symbol::Measure(MeasureId::new(at))));
        }
        for (at, item) in items.segments.iter().enumerate() {
            note(names.values.declare(&item.name, Symbol::Segment(SegmentId::new(at))));
        }
        for (at, item) in items.ladders.iter().enumerate() {
            note(names.values.declare(&item.name, Symbol::Ladder(LadderId::new(at))));
        }
        for (at, item) in items.earns.iter().enumerate() {
            note(names.offers.declare(&item.name, Offer::Earn(crate::hir::EarnId::new(at))));
        }
        for (at, item) in items.boosts.iter().enumerate() {
            note(names.offers.declare(&item.name, Offer::Boost(at)));
        }
        for (at, item) in items.rules.iter().enumerate() {
            note(names.offers.declare(&item.name, Offer::Rule(RuleId::new(at))));
        }
        for (at, item) in items.rewards.iter().enumerate() {
            note(names.prizes.declare(&item.name, Prize::Reward(RewardId::new(at))));
        }
        for (at, item) in items.redeems.iter().enumerate() {
            note(names.prizes.declare(&item.name, Prize::Redeem(RedeemId::new(at))));
        }
        for (at, item) in items.challenges.iter().enumerate() {
            note(names.values.declare(&item.name, Symbol::Challenge(ChallengeId::new(at))));
            note(names.offers.declare(&item.name, Offer::Challenge(ChallengeId::new(at))));
        }
        for (at, item) in items.transfers.iter().enumerate() {
            note(names.meetings.declare(&item.name, Meeting::Transfer(TransferId::new(at))));
        }
        for (at, item) in items.referrals.iter().enumerate() {
            note(names.meetings.declare(&item.name, Meeting::Referral(ReferralId::new(at))));
        }
        for (at, item) in items.pools.iter().enumerate() {
            note(names.meetings.declare(&item.name, Meeting::Pool(PoolId::new(at))));
        }
        for (at, item) in items.partners.iter().enumerate() {
            note(names.partners.declare(&item.name, PartnerId::new(at)));
        }
        for (at, item) in items.exchanges.iter().enumerate() {
            note(names.exchanges.declare(&item.name, ExchangeId::new(at)));
            if item.every.is_some() {
                note(names.offers.declare(&item.name, Offer::Exchange));
            }
        }
        for (at, item) in items.causes.iter().enumerate() {
            note(names.charities.declare(&item.name, CharityId::new(at)));
        }
        for (at, item) in items.funds.iter().enumerate() {
            note(names.funds.declare(&item.name, FundId::new(at)));
        }
        for (at, item) in items.choices.iter().enumerate() {
            note(names.values.declare(&item.name, Symbol::Choice(ChoiceId::new(at))));
        }
        for (at, item) in items.draws.iter().enumerate() {
            note(names.values.declare(&item.name, Symbol::Draw(DrawId::new(at))));
        }
        for (at, item) in items.leaderboards.iter().enumerate() {
            note(names.leaderboards.declare(&item.name, LeaderboardId::new(at)));
        }
        for item in &items.invariants {
            note(names.invariants.declare(&item.name, ()));
        }
        for (at, item) in items.stacks.iter().enumerate() {
            note(names.stacks.declare(&item.name, crate::hir::StackId::new(at)));
        }
        for (at, item) in items.limits.iter().enumerate() {
            note(names.limits.declare(&item.name, crate::hir::LimitId::new(at)));
        }
        let sides = items.referrals.iter().flat_map(|item| item.friend.iter().chain(&item.referrer));
        let steps = items.challenges.iter().flat_map(|item| item.milestones.iter().flat_map(|step| &step.effects));
        let options = items.choices.iter().flat_map(|choice| &choice.options);
        let effects = items.rules.iter().flat_map(|rule| &rule.effects).chain(sides.flat_map(|side| &side.effects));
        let effects = effects.chain(items.challenges.iter().flat_map(|item| &item.effects)).chain(steps);
        let places = items.leaderboards.iter().flat_map(|board| &board.places);
        let effects = effects.chain(options.flat_map(|option| &option.effects));
        let effects = effects.chain(places.flat_map(|place| &place.effects));
        let effects = effects.map(|effect| match &effect.value {
            ast::Effect::When(conditional) => &conditional.0,
            effect => effect,
        });
        for effect in effects {
            if let ast::Effect::Badge(name) = effect {
                if names.prizes.get(&name.text).is_some() {
                    note(Err(Box::new(errors::names::badge_and_reward(name.span(), &name.text))));
                } else if self.badges.find(|badge| badge.name == name.text).is_none() {
                    self.badges.push(Badge { name: Arc::clone(&name.text), span: name.span() });
                }
            }
        }
        self.errors.extend(errors);
        self.old_names();
    }
    /// Old names must be free: what members hold under a name goes to one thing only.
    fn old_names(&mut self) {
        let items = &self.items;
        let units: Vec<_> = items.units.iter().map(|item| (&item.name, &item.was)).collect();
        let measures: Vec<_> = items.measures.iter().map(|item| (&item.name, &item.was)).collect();
        let ladders: Vec<_> = items.ladders.iter().map(|item| (&item.name, &item.was)).collect();
        let earns: Vec<_> = items.earns.iter().map(|item| (&item.name, &item.was)).collect();
        let rules: Vec<_> = items.rules.iter().map(|item| (&item.name, &item.was)).collect();
        let rewards: Vec<_> = items.rewards.iter().map(|item| (&item.name, &item.was)).collect();
        let redeems: Vec<_> = items.redeems.iter().map(|item| (&item.name, &item.was)).collect();
        let transfers: Vec<_> = items.transfers.iter().map(|item| (&item.name, &item.was)).collect();
        let referrals: Vec<_> = items.referrals.iter().map(|item| (&item.name, &item.was)).collect();
        let pools: Vec<_> = items.pools.iter().map(|item| (&item.name, &item.was)).collect();
        let tiers =
            items.ladders.iter().map(|item| item.levels.iter().map(|level| (&level.name, &level.was)).collect());
        let challenges: Vec<_> = items.challenges.iter().map(|item| (&item.name, &item.was)).collect();
        let partners: Vec<_> = items.partners.iter().map(|item| (&item.name, &item.was)).collect();
        let exchanges: Vec<_> = items.exchanges.iter().map(|item| (&item.name, &item.was)).collect();
        let causes: Vec<_> = items.causes.iter().map(|item| (&item.name, &item.was)).collect();
        let funds: Vec<_> = items.funds.iter().map(|item| (&item.name, &item.was)).collect();
        let choices: Vec<_> = items.choices.iter().map(|item| (&item.name, &item.was)).collect();
        let draws: Vec<_> = items.draws.iter().map(|item| (&item.name, &item.was)).collect();
        let boards: Vec<_> = items.leaderboards.iter().map(|item| (&item.name, &item.was)).collect();
        let meetings =
            [transfers, referrals, pools, challenges, partners, exchanges, causes, funds, choices, draws, boards];
        let kinds = [units, measures, ladders, earns, rules, rewards, redeems];
        let kinds = kinds.into_iter().chain(meetings).chain(tiers);
        let mut errors = Vec::new();
        for kind in kinds {
            let mut taken: Vec<&ast::Ident> = kind.iter().map(|(name, _)| *name).collect();
            for (_, was) in kind {
                let Some(old) = was else { continue };
                match taken.iter().find(|name| name.text == old.text) {
                    Some(first) => errors.push(errors::names::old_name_in_use(old.span(), &old.text, first.span())),
                    None => taken.push(old),
                }
            }
        }
        self.errors.extend(errors);
    }
}

/// Whether members of a program write to each other.
fn meet(program: &Program) -> bool {
    let gives = |rule: &crate::hir::Rule| {
        rule.effects.iter().any(|(_, effect)| matches!(effect, crate::hir::Effect::GiveTo(..)))
    };
    !(program.leaderboards.is_empty()
        && program.transfers.is_empty()
        && program.referrals.is_empty()
        && program.pools.is_empty())
        || program.rules.iter().any(|rule| gives(rule) || rule.decided.is_some())
        || program.challenges.iter().any(|challenge| challenge.shared.is_some())
        || program.draws.iter().any(|draw| matches!(draw.kind, crate::hir::DrawKind::Sweepstake { .. }))
}

/// All of a kind in order, where none has errors.
fn whole<I: crate::arena::Id, T>(all: Vec<Option<T>>) -> Option<Arena<I, T>> {
    all.into_iter().collect::<Option<Vec<T>>>().map(|all| all.into_iter().collect())
}

/// The lowered things in order, where none has errors.
fn done<I: crate::arena::Id, T: Clone>(slots: &[Slot<T>]) -> Option<Arena<I, T>> {
    slots.iter().map(|slot| slot.done().cloned()).collect::<Option<Vec<T>>>().map(|all| all.into_iter().collect())
}

/// What amounts are counted in where the program forgot to say.
#[expect(clippy::expect_used, reason = "the currency of a constant code exists")]
fn dollar() -> Currency {
    Currency::parse("USD").expect("USD is a currency")
}

#[cfg(test)]
mod tests;
