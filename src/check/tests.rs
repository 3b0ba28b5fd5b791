//! Lowering, by example: exact steps, defaults, and what is decided where nothing is written.

use crate::arena::{Arena, Id as _};
use crate::hir::*;
use crate::value::{Exact, Instant, PeriodKind, TimeSpan, Value};

const FIRST: &str = include_str!("../../tests/cases/check/ok_first_program.meed");
const EVERYTHING: &str = include_str!("../../tests/cases/check/ok_everything.meed");

fn load(text: &str) -> Program {
    let mut loaded = Program::from_text("t.meed", text).unwrap_or_else(|error| panic!("{error}"));
    loaded.versions.remove(0)
}

/// A small program around some items.
fn around(items: &str) -> Program {
    load(&format!("{}{items}\n", crate::diagnostic::codes::AROUND))
}

fn by_name<'p, I: crate::arena::Id, T>(all: &'p Arena<I, T>, name: &str, own: impl Fn(&T) -> &str) -> &'p T {
    all.iter().find(|item| own(item) == name).unwrap()
}

fn earn<'p>(program: &'p Program, name: &str) -> &'p Earn {
    by_name(&program.earns, name, |earn| &earn.name)
}

fn exact(expr: &Expr) -> Exact {
    match &expr.kind {
        Kind::Const(Value::Exact(number)) => *number,
        other => panic!("{other:?} is not a constant"),
    }
}

#[test]
fn the_first_program_lowers_in_smallest_steps() {
    let program = load(FIRST);
    assert_eq!(&*program.name, "Beauty Insider");
    assert_eq!(program.settings.currency.code(), "USD");
    let points = &program.units.at(UnitId(0));
    assert_eq!(points.also.as_deref(), Some("point"));
    // $0.02 are 2 minor units for each whole point, which has no decimals.
    assert_eq!(exact(points.worth.as_ref().unwrap()), Exact::from(2));
    assert_eq!(points.refunds, RefundFloor::BelowZero(None));
    let Expiry::Idle { span, events, .. } = &points.expiry[0].cases[0].1.expiry else { panic!("{:?}", points.expiry) };
    assert_eq!((*span, events.len()), (TimeSpan::of_months(18), 1));

    let base = earn(&program, "base");
    let Kind::Rate { quantity, per, value, full, within } = &base.give.kind else { panic!("{:?}", base.give) };
    assert_eq!((exact(quantity), exact(per)), (Exact::ONE, Exact::from(100)));
    assert!(matches!(value.kind, Kind::Field(_)) && !full && within.is_zero());
    assert_eq!(base.on_refund, OnRefund::Proportion);
    assert_eq!(base.tier, TierAt::Before);
    let factors = base.boosts.iter().map(|id| match &program.boosts.at(*id).amount {
        BoostAmount::Factor(factor) => exact(factor).to_string(),
        BoostAmount::Share(_) | BoostAmount::Add(_) => panic!("adds"),
    });
    assert_eq!(factors.collect::<Vec<_>>(), ["1.25", "1.5"]);

    let week = earn(&program, "skincare_week");
    assert!(week.list.is_some() && week.gates.filter.len() == 1 && week.gates.during.len() == 1);

    let status = &program.ladders.at(LadderId(0));
    let thresholds: Vec<_> = status.tiers.iter().map(|tier| tier.threshold.as_ref().map(exact)).collect();
    assert_eq!(thresholds, [None, Some(Exact::from(35_000)), Some(Exact::from(100_000))]);
    assert_eq!(status.holds, Hold::Until(End::Period { kind: PeriodKind::Year, ahead: 1 }));

    let refund = by_name(&program.events, "refund", |event| &event.name);
    let reversal = refund.reversal.as_ref().unwrap();
    assert_eq!(&*program.events.at(reversal.of).name, "purchase");
    assert_eq!((reversal.key.len(), reversal.amounts.len()), (1, 1));
    // The key is a field of the reversal although its block does not declare it.
    assert_eq!(&*refund.fields.at(reversal.key[0].0).name, "order");
}

#[test]
fn scenarios_have_local_times_and_identifiers() {
    let program = load(FIRST);
    let scenario = &program.scenarios[0];
    let Step::Event(joined, _) = &scenario.steps[0] else { panic!("no event") };
    assert_eq!((&*joined.member, &*joined.id), ("ann", "s1"));
    // Noon in New York in winter is 17:00 in UTC.
    assert_eq!(joined.time, crate::value::parse_instant("2026-01-05T17:00:00Z", None).unwrap());
    let Step::Event(bought, expected) = &scenario.steps[1] else { panic!("no event") };
    assert_eq!(&*bought.id, "s2");
    assert!(matches!(expected[0], Expectation::Change(UnitId(0), 349, _)));
    assert!(bought.fields.iter().any(|(_, value)| *value == Value::Exact(Exact::from(34_900))));
    assert!(matches!(&scenario.steps[3], Step::Expect { member, .. } if &**member == "ann"));
    assert!(joined.time > Instant::FIRST);
}

#[test]
fn every_construct_lowers() {
    let program = load(EVERYTHING);
    assert_eq!(program.events.at(EventId(0)).kind, EventKind::Join);
    assert_eq!(program.events.iter().filter(|event| event.kind == EventKind::Declared).count(), 9);
    let points = &program.units.at(UnitId(0));
    assert_eq!(points.steps(), 100);
    assert_eq!(points.refunds, RefundFloor::BelowZero(Some(50_000)));
    assert_eq!(exact(points.worth.as_ref().unwrap()), Exact::new(1, 100).unwrap());
    assert_eq!(exact(points.at_most.as_ref().unwrap()), Exact::from(10_000_000));
    assert_eq!(points.expiry.len(), 3);
    assert!(points.expiry[2].also);

    let base = earn(&program, "base");
    assert!(matches!(base.tier, TierAt::Split(LadderId(0))));
    assert_eq!(base.combine, Combine::Multiply);
    // Own limits and the budget, then the two shared ones.
    assert_eq!(base.limits.len(), 5);
    assert!(program.limits.at(base.limits[2]).budget.is_some());
    // One counter for both earns, unless they count by fields of their own.
    let lines = earn(&program, "lines");
    let flat = earn(&program, "flat");
    assert_eq!(base.limits[3], flat.limits[0]);
    assert_ne!(base.limits[4], lines.limits[0]);
    // A boost from outside comes after the earn's own.
    assert_eq!(&*program.boosts.at(*base.boosts.last().unwrap()).name, "double_days");

    let cash = earn(&program, "cash");
    assert_eq!(cash.give.ty, Type::Quantity(cash.unit));
    assert!(program.units.at(cash.unit).money);
    let ladder = by_name(&program.redeems, "ladder_off", |redeem| &redeem.name);
    let RedeemForm::Ladder(steps) = &ladder.form else { panic!("{:?}", ladder.form) };
    assert_eq!(steps.first(), Some(&(50_000, 1_750)));
    assert_eq!(program.tables.len(), 3);
    let credit = by_name(&program.events, "credit", |event| &event.name).reversal.as_ref().unwrap();
    assert!(credit.spans && credit.key.len() == 2);
    let lines = by_name(&program.events, "return_items", |event| &event.name).reversal.as_ref().unwrap();
    assert_eq!(lines.lines.as_ref().unwrap().amounts.len(), 1);
    assert!(matches!(program.settings.zone_of_member, Some(field) if field.index() > 1));
}

#[test]
fn thresholds_make_refunds_judge_again() {
    let modes = around(
        "earn flat on purchase { give 10 points }
         earn step on purchase { give 10 points for every full $50 of subtotal }
         earn over on purchase { give 500 points when subtotal >= $50 }
         earn word on purchase { give 500 points when channel is web }
         earn capped on purchase { give min(100, subtotal / $1) as points }
         earn kept on purchase {
           give 500 points when subtotal >= $50
           refunds keep
         }
         earn sum on purchase { give 5 points when yearly_spend >= $50 }
         earn other on visit { give 5 points when order is \"x\" }",
    );
    let modes: Vec<_> = modes.earns.iter().map(|earn| earn.on_refund).collect();
    use OnRefund::{Keep, Proportion, Rejudge};
    assert_eq!(modes, [Proportion, Rejudge, Rejudge, Proportion, Rejudge, Keep, Proportion, Proportion]);
}

#[test]
fn a_single_case_is_the_statements_own_condition() {
    let program = around(
        "earn a on purchase.items { give 5 points when price > $3 }
         earn b on purchase { give 5 points until 2026-06-30 }
         earn c on purchase {
           give 5 points when channel is web
           give 1 point
         }",
    );
    assert_eq!(earn(&program, "a").gates.filter.len(), 1);
    assert_eq!(earn(&program, "b").gates.when.len(), 1);
    let Kind::Arithmetic(Operator::Add, first, _) = &earn(&program, "c").give.kind else { panic!("no sum") };
    let Kind::Cases(cases) = &first.kind else { panic!("no cases") };
    assert_eq!((cases.len(), exact(&cases[1].value)), (2, Exact::ZERO));
}

#[test]
fn constants_fold_and_names_stay() {
    let program = around(
        "let floor_spend = $350 * 2 - $1.50
         let rate = 4 until 2026-06-30, 3 after
         measure web = count of purchase where channel is web, last exactly 30 days",
    );
    assert_eq!(exact(&program.lets.at(LetId(0)).value), Exact::from(69_850));
    let Kind::Cases(cases) = &program.lets.at(LetId(1)).value.kind else { panic!("no cases") };
    let guards: Vec<_> = cases
        .iter()
        .map(|case| (case.guard.from.map(|d| d.to_string()), case.guard.until.map(|d| d.to_string())))
        .collect();
    assert_eq!(guards, [(None, Some("2026-06-30".to_owned())), (Some("2026-07-01".to_owned()), None)]);
    let web = by_name(&program.measures, "web", |measure| &measure.name);
    assert_eq!(web.window, Window::LastExactly(TimeSpan { millis: 30 * 86_400_000, ..TimeSpan::ZERO }));
}

#[test]
fn a_plain_number_beside_an_amount_counts_its_unit() {
    let program = around("segment rich = points.balance >= 500\nsegment none = yearly_spend > 0");
    let Kind::Compare(_, _, right) = &program.segments.at(SegmentId(0)).condition.kind else { panic!("no comparison") };
    assert_eq!((exact(right), right.ty), (Exact::from(500), Type::Quantity(UnitId(0))));
}

#[test]
fn messages_keep_their_places_for_values() {
    let program =
        around("rule r on visit { message email \"{member.name}: \\{1\\}\", zh \"{member.name} {points.balance}\" }");
    let (_, Effect::Message(channel, label, values)) = &program.rules.at(RuleId(0)).effects[0] else {
        panic!("no message")
    };
    assert_eq!((&**channel, values.len()), ("email", 2));
    assert_eq!(&*label.text, "{member.name}: {{1}}");
    assert_eq!(&*label.translations[0].1, "{member.name} {points.balance}");
}

#[test]
fn units_without_reversible_awards_stop_at_zero() {
    let program = around("event ping { order id }\nunit coins { expires never }\nearn a on ping { give 1 coins }");
    assert_eq!(program.units.at(UnitId(2)).refunds, RefundFloor::StopAtZero);
}

#[test]
fn old_names_are_kept_for_what_members_hold() {
    let program = load(include_str!("../../tests/cases/check/ok_renamed.meed"));
    let ladder = &program.ladders.at(LadderId(0));
    let old = [
        &program.units.at(UnitId(0)).was,
        &program.measures.at(MeasureId(0)).was,
        &ladder.was,
        &ladder.tiers[1].was,
        &program.earns.at(EarnId(0)).was,
        &program.rules.at(RuleId(0)).was,
        &program.rewards.at(RewardId(0)).was,
        &program.redeems.at(RedeemId(0)).was,
    ];
    let old: Vec<_> = old.into_iter().flatten().map(|old| &**old).collect();
    assert_eq!(old, ["stars", "purchases", "level", "silver", "basic", "greeting", "cup", "money_off"]);
}
