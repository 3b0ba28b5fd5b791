//! `program`, `import`, `let`, `measure`, `segment`, `invariant`.

use super::{block_statements, choice, expr, literal, time};
use crate::syntax::ast::{
    Accept, At, ExprKind, Import, Invariant, Late, Let, Measure, Netting, Program, Rounded, Segment, ShareCap, Spanned,
    StreakOptions, Timezone,
};
use crate::syntax::errors;
use crate::syntax::grammar::Rule;
use crate::syntax::layout::Block;
use crate::syntax::node::Node;
use crate::syntax::reader::{Reader, Statement};

/// `program "…" { … }`.
pub(super) fn program<'t>(r: &mut Reader<'t>, head: &Node<'t>, block: Option<&Block>) -> Option<Program> {
    let mut out = Program {
        name: literal::text(r, &head.get(Rule::text)?)?,
        currency: None,
        accepts: Vec::new(),
        timezone: None,
        week: None,
        year: None,
        quarters: None,
        leap_day: None,
        late: None,
        join_required: None,
        effective: None,
        at: head.at(),
    };
    block_statements(r, block, Rule::program_lines, None, |r, s| line(r, s, &mut out));
    Some(out)
}

fn line<'t>(r: &mut Reader<'t>, s: &Statement<'t, '_>, out: &mut Program) -> Option<()> {
    let (n, at) = (&s.node, s.at);
    match n.rule() {
        Rule::currency_line => out.currency = Some(n.get(Rule::currency_code)?.as_ident()),
        Rule::accepts_line => {
            let currency = n.get(Rule::currency_code)?.as_ident();
            let rounded = n.pick(&[(Rule::kw_down, Rounded::Down), (Rule::kw_up, Rounded::Up)]);
            out.accepts.push(Accept { currency, rounded, rate: expr::the_cases(r, n)?, at });
        }
        Rule::timezone_line => {
            let name = match n.get(Rule::text) {
                Some(name) => Some(literal::text(r, &name)?),
                None => None,
            };
            let value =
                if n.has(Rule::kw_member) { Timezone::Member { fallback: name } } else { Timezone::Named(name?) };
            out.timezone = Some(Spanned { value, at });
        }
        Rule::week_line => out.week = Some(Spanned { value: time::weekday(&n.get(Rule::weekday)?)?, at }),
        Rule::year_line => out.year = Some(time::month_day(r, &n.get(Rule::month_day)?)?),
        Rule::quarters_line => out.quarters = Some(time::month(&n.get(Rule::month)?)?),
        Rule::leap_line => out.leap_day = Some(time::month_day(r, &n.get(Rule::month_day)?)?),
        Rule::late_line => {
            let value = if n.has(Rule::kw_refuse) {
                Late::Refuse
            } else {
                Late::Accept(n.get(Rule::duration).and_then(|d| literal::duration(&d)))
            };
            out.late = Some(Spanned { value, at });
        }
        Rule::join_line => out.join_required = Some(at),
        Rule::effective_line => out.effective = Some(literal::date(r, &n.get(Rule::date)?)?),
        _ => return None,
    }
    Some(())
}

/// `import "…"`.
pub(super) fn import(r: &mut Reader<'_>, head: &Node<'_>) -> Option<Import> {
    Some(Import { path: literal::text(r, &head.get(Rule::text)?)?, at: head.at() })
}

/// `let x = …`.
pub(super) fn constant<'t>(r: &mut Reader<'t>, head: &Node<'t>) -> Option<Let> {
    let value = expr::cases(r, &head.get(Rule::any_cases)?)?;
    Some(Let { name: head.ident()?, value, at: head.at() })
}

/// `segment x = …`.
pub(super) fn segment<'t>(r: &mut Reader<'t>, head: &Node<'t>) -> Option<Segment> {
    let condition = expr::expr(r, &head.get(Rule::expr)?)?;
    Some(Segment { name: head.ident()?, condition, at: head.at() })
}

/// `invariant x = …`.
pub(super) fn invariant<'t>(r: &mut Reader<'t>, head: &Node<'t>) -> Option<Invariant> {
    let condition = expr::expr(r, &head.get(Rule::expr)?)?;
    Some(Invariant { name: head.ident()?, condition, at: head.at() })
}

/// `measure x = …, options`.
pub(super) fn measure<'t>(r: &mut Reader<'t>, head: &Node<'t>) -> Option<Measure> {
    let value = expr::expr(r, &head.get(Rule::expr)?)?;
    let mut out = Measure {
        name: head.ident()?,
        was: head.was(),
        value,
        window: None,
        netting: None,
        shares: Vec::new(),
        streak: StreakOptions::default(),
        at: head.at(),
    };
    for option in head.all(Rule::measure_option) {
        let at = option.at();
        let inner = option.first()?;
        let earlier = match inner.rule() {
            Rule::share_option => {
                let percent = inner.get(Rule::percent)?.as_number()?;
                let filter = expr::expr(r, &inner.get(Rule::expr)?)?;
                out.shares.push(ShareCap { percent, filter, at });
                None
            }
            Rule::repairs_option
            | Rule::frozen_option
            | Rule::frozen_count
            | Rule::enough_option
            | Rule::within_option => streak_option(r, &inner, at, &mut out.streak)?,
            Rule::kw_gross | Rule::net_option => {
                let modes = [(Rule::kw_gross, Netting::Gross), (Rule::net_option, Netting::WhenReversed)];
                let earlier = out.netting.as_ref().map(|n| n.at);
                out.netting = choice(&option, at, &modes);
                earlier
            }
            _ => {
                let earlier = out.window.as_ref().map(|w| w.at);
                out.window = Some(time::window(&inner)?);
                earlier
            }
        };
        if let Some(earlier) = earlier {
            r.report(errors::option_twice(at.0, earlier.0));
        }
    }
    Some(out)
}

/// An option of a streak; gives the place of the same one before it.
fn streak_option<'t>(r: &mut Reader<'t>, n: &Node<'t>, at: At, out: &mut StreakOptions) -> Option<Option<At>> {
    Some(match n.rule() {
        Rule::repairs_option => {
            let repairs = (n.number()?, literal::duration(&n.get(Rule::duration)?)?, at);
            out.repairs.replace(repairs).map(|(.., at)| at)
        }
        Rule::frozen_option => out.frozen.replace((n.ident()?, at)).map(|(_, at)| at),
        Rule::frozen_count => out.frozen_count.replace(at),
        Rule::enough_option => {
            let ExprKind::Aggregate(fold) = expr::expr(r, &n.get(Rule::aggregate)?)?.kind else { return None };
            let reaches = expr::expr(r, &n.get(Rule::sum)?)?;
            out.enough.replace((fold, reaches, at)).map(|(.., at)| at)
        }
        _ => {
            let within = literal::duration(&n.get(Rule::duration)?)?;
            out.within.replace((within, at)).map(|(_, at)| at)
        }
    })
}
