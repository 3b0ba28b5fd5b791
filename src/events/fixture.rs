//! A program for tests of this room and of the journal.

use std::sync::Arc;

use crate::arena::Arena;
use crate::hir::{
    Case, EnumDef, EventDef, EventKind, Expr, FieldDef, FieldId, FieldType, Guard, Kind, Order, Program, RefundFloor,
    ReturnOrder, Returned, Reversal, RoundScope, Settings, SpendOrder, Type, Unit, Unmatched,
};
use crate::source::{FileId, Sources, Span};
use crate::value::{Currency, Day, Exact, LeapDay, Rounding, Starts, Value, Weekday, Zone};

fn span() -> Span {
    Span::new(FileId(0), 0, 5)
}

fn field(name: &str, ty: FieldType) -> FieldDef {
    FieldDef { name: Arc::from(name), span: span(), ty, optional: false, default: None }
}

fn optional(name: &str, ty: FieldType) -> FieldDef {
    FieldDef { optional: true, ..field(name, ty) }
}

fn number(text: &str) -> Expr {
    Expr { kind: Kind::Const(Value::Exact(Exact::parse_decimal(text).unwrap())), ty: Type::Number, span: span() }
}

fn event(name: &str, kind: EventKind, fields: Arena<FieldId, FieldDef>) -> EventDef {
    EventDef { name: Arc::from(name), span: span(), kind, fields, reversal: None, reversible: None }
}

/// A shop in USD and New York that accepts EUR, with the event `purchase` and its `refund`.
pub(crate) fn program() -> Program {
    let mut sources = Sources::default();
    sources.add("shop.meed", "event purchase {}\n");
    let words = |words: &[&str]| EnumDef { words: words.iter().map(|word| Arc::from(*word)).collect() };
    let mut enums: Arena<_, _> = [Weekday::ALL.len(), 12].iter().map(|_| words(&[])).collect();
    let channel = enums.push(words(&["store", "web", "click and collect"]));
    let attributes: Vec<FieldDef> = vec![
        optional("name", FieldType::Text),
        optional("id", FieldType::Text),
        optional("birthday", FieldType::Date),
        optional("app", FieldType::Flag),
    ];
    let mut events = Arena::default();
    for (kind, name) in EventKind::BUILTIN {
        let fields: Arena<FieldId, FieldDef> = match kind {
            EventKind::Join | EventKind::Update => {
                attributes.iter().filter(|def| *def.name != *"id").cloned().collect()
            }
            EventKind::Redeem => [
                optional("reward", FieldType::Text),
                optional("amount", FieldType::Number),
                optional("bill", FieldType::Money),
                optional("order", FieldType::Id),
                FieldDef { default: Some(Value::Exact(Exact::ONE)), ..field("quantity", FieldType::Count) },
            ]
            .into_iter()
            .collect(),
            _ => Arena::default(),
        };
        events.push(event(name, kind, fields));
    }
    let lines: Arena<FieldId, FieldDef> =
        [field("sku", FieldType::Id), field("price", FieldType::Money)].into_iter().collect();
    let purchase: Arena<FieldId, FieldDef> = [
        field("order", FieldType::Id),
        field("subtotal", FieldType::Money),
        FieldDef { default: Some(Value::Exact(Exact::ONE)), ..field("qty", FieldType::Count) },
        optional("channel", FieldType::OneOf(channel)),
        optional("items", FieldType::List(lines)),
        optional("weight", FieldType::Number),
        optional("gift", FieldType::Flag),
        optional("day", FieldType::Date),
        optional("shipped", FieldType::Moment),
        optional("warranty", FieldType::Duration),
        optional("note", FieldType::Text),
    ]
    .into_iter()
    .collect();
    let purchase = events.push(event("purchase", EventKind::Declared, purchase));
    let refund = [field("order", FieldType::Id), field("subtotal", FieldType::Money)].into_iter().collect();
    let refund = events.push(event("refund", EventKind::Declared, refund));
    events.at_mut(refund).reversal = Some(Reversal {
        by: refund,
        of: purchase,
        key: vec![(FieldId(0), FieldId(0))],
        amounts: vec![(FieldId(1), FieldId(1))],
        lines: None,
        order: Order::LatestFirst,
        spans: false,
        unmatched: Unmatched::Refused,
        excess_dropped: false,
        within: None,
    });
    let case = |rate: &str, from: Option<&str>, until: Option<&str>| Case {
        guard: Guard { from: from.and_then(Day::parse), until: until.and_then(Day::parse), when: None },
        value: number(rate),
    };
    let cases = vec![case("1.08", None, Some("2026-03-31")), case("1.10", Some("2026-04-01"), Some("2026-12-31"))];
    let euro = Expr { kind: Kind::Cases(cases), ty: Type::Number, span: span() };
    let mut units = Arena::default();
    units.push(Unit {
        name: Arc::from("points"),
        also: Some(Arc::from("point")),
        was: None,
        span: span(),
        label: None,
        money: false,
        decimals: 2,
        rounding: Rounding::Down,
        scope: RoundScope::Event,
        pending: Vec::new(),
        expiry: Vec::new(),
        keeps_while: None,
        spends: SpendOrder::SoonestExpiry,
        at_most: None,
        refunds: RefundFloor::StopAtZero,
        refunds_in_order: false,
        returned: Returned::Forfeit,
        return_order: ReturnOrder::ProRata,
        worth: None,
        transferable: true,
        buckets: None,
    });
    Program {
        name: Arc::from("Shop"),
        sources: Arc::new(sources),
        settings: Settings {
            currency: Currency::parse("USD").unwrap(),
            accepts: vec![
                (Currency::parse("EUR").unwrap(), euro, Rounding::Nearest),
                (Currency::parse("JPY").unwrap(), number("0.0065"), Rounding::Down),
            ],
            zone: Zone::parse("America/New_York").unwrap(),
            zone_of_member: None,
            starts: Starts::default(),
            leap_day: LeapDay::default(),
            late: None,
            join_required: false,
            effective_from: None,
        },
        enums,
        events,
        attributes: attributes.into_iter().collect(),
        units,
        lets: Arena::default(),
        tables: Arena::default(),
        measures: Arena::default(),
        segments: Arena::default(),
        ladders: Arena::default(),
        earns: Arena::default(),
        boosts: Arena::default(),
        stacks: Arena::default(),
        limits: Arena::default(),
        rules: Arena::default(),
        rewards: Arena::default(),
        redeems: Arena::default(),
        badges: Arena::default(),
        challenges: Arena::default(),
        choices: Arena::default(),
        draws: Arena::default(),
        leaderboards: Arena::default(),
        transfers: Arena::default(),
        referrals: Arena::default(),
        pools: Arena::default(),
        partners: Arena::default(),
        exchanges: Arena::default(),
        charities: Arena::default(),
        funds: Arena::default(),
        meets: false,
        consents: Vec::new(),
        invariants: Vec::new(),
        scenarios: Vec::new(),
    }
}
