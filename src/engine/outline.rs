//! The names of a program by the identifiers that a stored member uses: all that is needed to carry the member to another version.

use serde::{Deserialize, Serialize};

use crate::arena::{Arena, Id as _};
use crate::hir::{FieldDef, FieldId, FieldType, LimitId, Program};
use crate::value::Instant;

/// Names by identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the table of that name")]
pub struct Outline {
    /// From when on the program is in force.
    pub from: Instant,
    pub units: Vec<String>,
    /// Ladders with their tiers.
    pub ladders: Vec<(String, Vec<String>)>,
    pub measures: Vec<String>,
    pub earns: Vec<String>,
    pub rules: Vec<String>,
    pub rewards: Vec<String>,
    pub redeems: Vec<String>,
    pub badges: Vec<String>,
    #[serde(default)]
    pub transfers: Vec<String>,
    #[serde(default)]
    pub pools: Vec<String>,
    #[serde(default)]
    pub challenges: Vec<String>,
    #[serde(default)]
    pub exchanges: Vec<String>,
    #[serde(default)]
    pub charities: Vec<String>,
    #[serde(default)]
    pub funds: Vec<String>,
    #[serde(default)]
    pub choices: Vec<String>,
    #[serde(default)]
    pub draws: Vec<String>,
    /// Leaderboards.
    #[serde(default)]
    pub leaderboards: Vec<String>,
    /// Limits by name where they have one, else by their place in what they bound.
    pub limits: Vec<String>,
    /// Events with their fields.
    pub events: Vec<(String, Vec<Field>)>,
    pub attributes: Vec<Field>,
}

/// A field, with the fields of its lines where it is a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The fields of its lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Field>,
    /// Its words, where it is one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

impl Outline {
    /// The outline of a program.
    pub fn of(program: &Program) -> Self {
        let text = |name: &std::sync::Arc<str>| name.to_string();
        let settings = &program.settings;
        Self {
            from: settings.effective_from.map_or(Instant::FIRST, |day| settings.zone.start_of(day)),
            units: program.units.iter().map(|x| text(&x.name)).collect(),
            ladders: program
                .ladders
                .iter()
                .map(|x| (text(&x.name), x.tiers.iter().map(|t| text(&t.name)).collect()))
                .collect(),
            measures: program.measures.iter().map(|x| text(&x.name)).collect(),
            earns: program.earns.iter().map(|x| text(&x.name)).collect(),
            rules: program.rules.iter().map(|x| text(&x.name)).collect(),
            rewards: program.rewards.iter().map(|x| text(&x.name)).collect(),
            redeems: program.redeems.iter().map(|x| text(&x.name)).collect(),
            transfers: program.transfers.iter().map(|x| text(&x.name)).collect(),
            challenges: program.challenges.iter().map(|x| text(&x.name)).collect(),
            draws: program.draws.iter().map(|x| text(&x.name)).collect(),
            leaderboards: program.leaderboards.iter().map(|x| text(&x.name)).collect(),
            choices: program.choices.iter().map(|x| text(&x.name)).collect(),
            pools: program.pools.iter().map(|x| text(&x.name)).collect(),
            exchanges: program.exchanges.iter().map(|x| text(&x.name)).collect(),
            charities: program.charities.iter().map(|x| text(&x.name)).collect(),
            funds: program.funds.iter().map(|x| text(&x.name)).collect(),
            badges: program.badges.iter().map(|x| text(&x.name)).collect(),
            limits: limits(program, |name, _| name.to_string()),
            events: program.events.iter().map(|x| (text(&x.name), fields(&x.fields, program))).collect(),
            attributes: fields(&program.attributes, program),
        }
    }
}

fn fields(defs: &Arena<FieldId, FieldDef>, program: &Program) -> Vec<Field> {
    let field = |def: &FieldDef| Field {
        name: def.name.to_string(),
        lines: if let FieldType::List(lines) = &def.ty { fields(lines, program) } else { Vec::new() },
        words: match &def.ty {
            FieldType::OneOf(words) => program.enums.at(*words).words.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        },
    };
    defs.iter().map(field).collect()
}

/// A name for every limit: its own, or that of the first declaration that it bounds and its place there. Declarations are called what
/// `call` makes of their name and the name they had before.
pub fn limits(program: &Program, call: impl Fn(&str, Option<&str>) -> String) -> Vec<String> {
    let mut names = vec![String::new(); program.limits.len()];
    let mut name = |owner: String, limits: &[LimitId]| {
        for (i, limit) in limits.iter().enumerate() {
            if let Some(slot) = names.get_mut(limit.index()).filter(|slot| slot.is_empty()) {
                *slot = match &program.limits.at(*limit).name {
                    Some(shared) => format!("limit {shared}"),
                    None => format!("{owner} {i}"),
                };
            }
        }
    };
    program.earns.iter().for_each(|x| name(format!("earn {}", call(&x.name, x.was.as_deref())), &x.limits));
    program.boosts.iter().for_each(|x| name(format!("boost {}", x.name), &x.limits));
    program.rules.iter().for_each(|x| name(format!("rule {}", call(&x.name, x.was.as_deref())), &x.limits));
    program.rewards.iter().for_each(|x| name(format!("reward {}", call(&x.name, x.was.as_deref())), &x.limits));
    program.redeems.iter().for_each(|x| name(format!("redeem {}", call(&x.name, x.was.as_deref())), &x.limits));
    program.transfers.iter().for_each(|x| name(format!("transfer {}", call(&x.name, x.was.as_deref())), &x.limits));
    for exchange in program.exchanges.iter() {
        let owner = format!("exchange {}", call(&exchange.name, exchange.was.as_deref()));
        let bonuses = exchange.bonuses.iter().flat_map(|bonus| &bonus.limits);
        name(owner, &exchange.limits.iter().chain(bonuses).copied().collect::<Vec<_>>());
    }
    program.charities.iter().for_each(|x| name(format!("cause {}", call(&x.name, x.was.as_deref())), &x.limits));
    program.funds.iter().for_each(|x| name(format!("fund {}", call(&x.name, x.was.as_deref())), &x.limits));
    names
}
