//! What is written as it is spoken: words behind `or`, and rates of half an amount.

use std::sync::Arc;

use crate::hir::Type;
use crate::syntax::ast::{self, BinaryOp, ExprKind};
use crate::value::Exact;

use super::context::Checker;
use super::errors;
use super::scope::Scope;

impl Checker<'_> {
    /// `kind is food or drink`: a word behind `or` is another one of what stands before.
    pub fn no_bare_words(&mut self, left: &ast::Expr, right: &ast::Expr, scope: &Scope) -> Option<()> {
        let mut sides = vec![right];
        let mut rest = left;
        while let ExprKind::Binary { op: BinaryOp::Or, left, right, .. } = &rest.kind {
            sides.push(right);
            rest = left;
        }
        sides.push(rest);
        sides.reverse();
        let bare = |side: &ast::Expr| matches!(side.kind, ExprKind::Text(_)) || self.is_word(side, scope);
        let Some(at) = sides.iter().position(|side| bare(side)).filter(|at| *at > 0) else { return Some(()) };
        let compared = sides.get(at - 1)?;
        let ExprKind::Binary { op: how @ (BinaryOp::Is | BinaryOp::IsNot), left: item, right: word, .. } =
            &compared.kind
        else {
            return Some(());
        };
        if !bare(word) {
            return Some(());
        }
        let others: Vec<&ast::Expr> = sides.iter().skip(at).copied().take_while(|side| bare(side)).collect();
        let span = compared.span().to(others.last()?.span());
        let (item_text, first) = (self.sources.text(item.span()).to_owned(), others.first()?.span());
        let quoted = self.expr(item, scope, None)?.ty == Type::Text;
        let words = [&**word].into_iter().chain(others).map(|word| match (&word.kind, quoted) {
            (ExprKind::Path(_), true) => format!("\"{}\"", self.sources.text(word.span())),
            _ => self.sources.text(word.span()).to_owned(),
        });
        let words: Vec<String> = words.collect();
        let sign = if *how == BinaryOp::Is { "in" } else { "not in" };
        let right = format!("{item_text} {sign} ({})", words.join(", "));
        let bare = self.sources.text(first).to_owned();
        self.fail(errors::types::word_behind_or(first, &bare, span, right))
    }
    /// `6.5 points per $1` are 13 points per $2, where half a point cannot be given.
    pub fn whole_rate(&mut self, quantity: &ast::Expr, per: &ast::Expr) -> Option<()> {
        /// Beyond it, another rate is meant.
        const MOST: i128 = 1_000;
        let (ExprKind::Quantity { number, unit }, ExprKind::Money { amount, .. } | ExprKind::Number(amount)) =
            (&quantity.kind, &per.kind)
        else {
            return Some(());
        };
        let Some(id) = self.units.find(|head| head.name == unit.text || head.also.as_ref() == Some(&unit.text)) else {
            return Some(());
        };
        let (given, step) = (Exact::parse_decimal(&number.text), Exact::parse_decimal(&amount.text));
        let (Some(given), Some(step)) = (given, step) else { return Some(()) };
        let Ok(steps) = given.mul(self.steps_of(id)) else { return Some(()) };
        if steps.is_integer() || steps.denominator() > MOST {
            return Some(());
        }
        let times = Exact::new(steps.denominator(), 1)?;
        let (Ok(given), Ok(step)) = (given.mul(times), step.mul(times)) else { return Some(()) };
        let head = self.units.at(id);
        let (name, decimals) = (Arc::clone(&head.name), head.decimals);
        let one = Arc::clone(head.also.as_ref().filter(|_| given == Exact::ONE).unwrap_or(&head.name));
        let step = match per.kind {
            ExprKind::Money { .. } => super::spoken::money(self.currency, &step.readable()),
            _ => step.readable(),
        };
        let span = quantity.span().to(per.span());
        let right = format!("{} {one} per {step}", given.readable());
        let error = errors::literals::too_fine(quantity.span(), &name, decimals);
        self.fail(error.help(format!("write the same rate in whole amounts: `{right}`")).edit(span, right))
    }
}
