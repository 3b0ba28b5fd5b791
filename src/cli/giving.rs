//! What a run comes to for partners and causes, for people.

use comfy_table::Table;

use crate::report::Giving;

/// Tables for people; `table` makes an empty one with these heads.
pub(super) fn tables(giving: &Giving<'_>, table: impl Fn(&[&str]) -> Table) -> Vec<Table> {
    let mut all = Vec::new();
    let statements = giving.statements().and_then(Result::ok).unwrap_or_default();
    if !statements.is_empty() {
        let heads = ["partner", "from", "to", "unit", "issued", "taken back", "redeemed", "returned", "due", "reserve"];
        let mut partners = table(&heads);
        for line in statements {
            partners.add_row([
                line.partner,
                line.from,
                line.to,
                line.unit,
                line.issued,
                line.taken_back,
                line.redeemed,
                line.returned,
                line.due,
                line.reserve,
            ]);
        }
        all.push(partners);
    }
    if !giving.causes().is_empty() {
        let mut causes = table(&["cause", "given", "matched"]);
        for line in giving.told() {
            causes.add_row([line.cause, line.given, line.matched]);
        }
        all.push(causes);
    }
    all
}
