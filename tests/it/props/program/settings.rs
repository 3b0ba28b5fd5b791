//! What every program declares: events, members, tables, segments.

use std::fmt::Write as _;

use super::super::tape::Tape;
use super::{Recipe, UNITS, Writer};

impl Writer {
    pub fn settings(&mut self, recipe: &Recipe, t: &mut Tape<'_>) {
        self.names.currency = t.pick(&["USD", "USD", "JPY", "KWD"]);
        let zone =
            t.pick(&["America/New_York", "UTC", "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]);
        let _ = writeln!(self.out, "program \"Random\" {{\n  currency {}", self.names.currency);
        let own = if t.chance(30) { "of member else " } else { "" };
        self.line(format!("timezone {own}\"{zone}\""));
        self.line(format!("week starts {}", t.pick(&["monday", "sunday"])));
        if t.chance(30) {
            self.line("leap day birthdays on mar 1");
        }
        if t.chance(15) {
            self.line("join required");
        }
        let _ = writeln!(self.out, "}}");
        let (optional, reversible) =
            (t.pick(&[", optional", ""]), if t.chance(15) { "\n  reversible within 60 days" } else { "" });
        let counts = |t: &mut Tape<'_>| if t.chance(25) { "\n  unmatched counts" } else { "" };
        let within = if t.chance(15) { "\n  within 40 days" } else { "" };
        let whole = t.pick(&["subtotal money", "subtotal money\n  qty count default 0"]);
        let _ = writeln!(
            self.out,
            "event purchase {{
  order id
  subtotal money
  tip money default {zero}
  qty count default 1
  channel one of store, web, app{optional}
  online flag default no
  booked date, optional
  items list of {{ sku id, category text, price money, weight number default 0 }}, optional{reversible}
}}
event refund reverses purchase by order {{\n  {whole}{}{within}\n}}
event cancel reverses purchase by order
event giveback reverses purchase by order and items.sku {{
  items list of {{ sku id, price money }}{}
}}
event visit {{ place one of a, b, c }}
event delivered {{ order id }}
event sale {{\n  sku id\n  price money\n}}
event credit_note reverses sale by sku, {} first {{\n  price money{}\n}}
member {{
  birthday date, optional
  region text default \"north\"
  app_user flag default no
  timezone text, optional
  referred_by member, optional
}}",
            counts(t),
            counts(t),
            t.pick(&["latest", "oldest"]),
            counts(t),
            zero = self.names.money(0),
        );
        let (low, high) = (self.names.money(1000), self.names.money(10_000));
        let _ = writeln!(
            self.out,
            "let rate = 4 until 2026-06-30, 3 after\nlet floor_spend = {high} until 2026-12-31, {low} after"
        );
        let _ = writeln!(self.out, "table bonus by how, loud {{\n  web, yes 3\n  app, _ 5\n  else 1\n}}");
        let _ =
            writeln!(self.out, "table band by size in bands {{\n  up to {low} 1\n  below {high} 7\n  above 12.5\n}}");
        let _ = writeln!(
            self.out,
            "table tax by size in marginal bands {{\n  up to {low} 1%\n  up to {high} 2.5%\n  above 4%\n}}"
        );
        let _ = writeln!(self.out, "segment regulars = days since join >= 20 and member.app_user");
        self.names.segments.push("regulars".into());
        let decimals = if self.names.currency == "JPY" {
            0
        } else if self.names.currency == "KWD" {
            3
        } else {
            2
        };
        for (i, bytes) in recipe.units.iter().enumerate() {
            let money = i == 3;
            let decimals =
                if money { decimals } else { [0, 0, 1, 2][usize::from(bytes.first().copied().unwrap_or(0)) % 4] };
            self.names.units.push((UNITS[i].0, decimals, money));
        }
    }
}
