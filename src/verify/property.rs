//! What must hold whatever members do.

use std::sync::Arc;

use super::script::Script;
use super::trial::{Target, Trial};

/// Something that must hold for every script.
#[derive(Clone)]
pub struct Property {
    /// Its name, as it is chosen and told.
    pub name: Arc<str>,
    /// What holds, in one sentence.
    pub sentence: Arc<str>,
    /// Whether it is looked at only by those who ask for it.
    pub on_request: bool,
    /// Whether the program declares it itself.
    pub own: bool,
    pub(super) kind: Kind,
}

/// How a property is looked at.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// By a function.
    BuiltIn(Look),
    /// The invariant of this position.
    Invariant(usize),
}

/// A script that is looked at, played once for all properties.
pub(super) struct Case<'t> {
    pub target: &'t Target,
    pub script: &'t Script,
    pub trial: Trial<'t>,
}

/// A script for which a property does not hold.
pub(super) struct Breach {
    pub script: Script,
    pub claim: Claim,
    /// What is the case, in words.
    pub because: String,
}

/// The expectation of a scenario that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Claim {
    /// None is needed: the invariant fails by itself.
    Itself,
    /// Of the last step.
    OfStep(String),
    /// Behind the last step.
    After(String),
}

impl<'t> Case<'t> {
    pub fn new(target: &'t Target, script: &'t Script) -> Self {
        Self { target, script, trial: Trial::new(target, script) }
    }

    /// The breach of this script, as far as a move.
    pub fn breach(&self, last: usize, claim: Claim, because: String) -> Breach {
        Breach { script: self.script.cut(last + 1), claim, because }
    }

    /// The breach of the whole script.
    pub fn breach_at_end(&self, (claim, because): (Claim, String)) -> Breach {
        Breach { script: self.script.clone(), claim, because }
    }
}

impl Property {
    /// The breach of this property by a script.
    pub(super) fn broken_by(&self, case: &mut Case<'_>) -> Option<Breach> {
        match self.kind {
            Kind::BuiltIn(look) => look(case),
            Kind::Invariant(position) => {
                let broken = super::invariant::broken(case.target, case.script, &[position]);
                broken.into_iter().next().map(|(_, breach)| breach)
            }
        }
    }
}

/// Looks for a breach.
type Look = fn(&mut Case<'_>) -> Option<Breach>;

/// A name, a sentence, and how it is looked at.
type Entry = (&'static str, &'static str, Look);

const BUILT_IN: &[Entry] = &[
    (
        "refunds-take-back",
        "whoever brings back everything they bought keeps none of the points it brought",
        super::refunds::units,
    ),
    (
        "refunds-take-gifts",
        "whoever brings back everything they bought keeps no voucher, reward or badge it brought",
        super::refunds::gifts,
    ),
    (
        "refunds-take-tiers",
        "whoever brings back everything they bought keeps no tier beyond the time that the program gives",
        super::refunds::tiers,
    ),
    ("less-earns-nothing", "an order of less than nothing earns nothing", super::orders::less_earns_nothing),
    (
        "points-buy-no-points",
        "what was paid with points, or with a gift card that they bought, earns no points again",
        super::orders::points_buy_no_points,
    ),
    ("circles-gain-nothing", "exchanging back and forth leaves nobody with more", super::moving::circles),
    ("transfers-renew-nothing", "points that are passed on neither grow nor live longer", super::moving::transfers),
    (
        "nobody-is-two",
        "nobody gets anything for bringing themselves, or twice for being there under two names",
        super::persons::two_as_one,
    ),
    ("zones-open-nothing", "another time zone of the member opens no limit again", super::persons::zones),
    ("limits-hold", "no limit is exceeded in any of its periods", super::books::limits),
    ("same-id-once", "an event that comes again changes nothing", super::books::same_id),
    ("any-order", "the order in which events arrive changes nothing", super::books::any_order),
    ("accounts-sum-to-zero", "what members have is what was posted to them", super::books::accounts),
];

const ON_REQUEST: &[Entry] =
    &[("orders-count-once", "an order that is sent again under another id earns nothing again", super::orders::once)];

/// All properties: those of every program, then the invariants of this one.
pub fn properties(target: &Target) -> Vec<Property> {
    let program = &target.program;
    let built_in = |on_request: bool| {
        move |(name, sentence, look): &Entry| Property {
            name: (*name).into(),
            sentence: (*sentence).into(),
            on_request,
            own: false,
            kind: Kind::BuiltIn(*look),
        }
    };
    let invariants = program.invariants.iter().enumerate().map(|(position, invariant)| {
        let text = program.sources.text(invariant.condition.span);
        Property {
            name: invariant.name.clone(),
            sentence: text.split_whitespace().collect::<Vec<_>>().join(" ").into(),
            on_request: false,
            own: true,
            kind: Kind::Invariant(position),
        }
    });
    BUILT_IN.iter().map(built_in(false)).chain(ON_REQUEST.iter().map(built_in(true))).chain(invariants).collect()
}
