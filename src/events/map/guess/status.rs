//! What the words of a status say about an order: whether it was paid, waits for that, was called off or came back.

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// It was paid.
    Paid,
    /// It is not paid, or not yet.
    Open,
    /// It was called off.
    Off,
    /// It was paid and came back.
    Back,
    /// It was paid, and a part of it came back.
    Part,
}

/// How words begin that say so, in the languages of large shop systems, the strongest first: what was paid and came back has come back.
const WORDS: [(Status, &[&str]); 4] = [
    (
        Status::Back,
        &[
            "refund",
            "return",
            "revers",
            "chargeback",
            "charged",
            "erstatt",
            "retour",
            "rückerstattet",
            "zurück",
            "rembours",
            "devuel",
            "devol",
            "reembols",
            "rimbors",
            "terugbetaald",
            "zwr",
            "退",
            "已退",
        ],
    ),
    (Status::Off, &["cancel", "void", "trash", "delet", "storn", "annul", "anul", "geannuleerd", "取消", "已取消"]),
    (
        Status::Open,
        &[
            "unpaid",
            "uncaptured",
            "unclaimed",
            "unshipped",
            "incomplete",
            "open",
            "pending",
            "draft",
            "hold",
            "held",
            "await",
            "waiting",
            "review",
            "requires",
            "fail",
            "declin",
            "expired",
            "abandon",
            "reject",
            "denied",
            "fraud",
            "blocked",
            "authori",
            "unfulfilled",
            "offen",
            "unbezahlt",
            "entwurf",
            "ausstehend",
            "wartend",
            "abgelehnt",
            "fehlgeschlagen",
            "attente",
            "brouillon",
            "impay",
            "échou",
            "échec",
            "erreur",
            "refus",
            "pendiente",
            "pendente",
            "espera",
            "borrador",
            "rascunho",
            "fallido",
            "rechazad",
            "impagad",
            "attesa",
            "bozza",
            "openstaand",
            "oczekuj",
            "szkic",
            "wstrzym",
            "nieop",
            "niezap",
            "nieuda",
            "odrzuc",
            "待",
            "未",
        ],
    ),
    (
        Status::Paid,
        &[
            "paid",
            "complet",
            "processing",
            "fulfilled",
            "shipped",
            "delivered",
            "success",
            "succeeded",
            "captured",
            "cleared",
            "settled",
            "processed",
            "done",
            "finished",
            "bezahlt",
            "versandt",
            "versendet",
            "verschickt",
            "geliefert",
            "abgeschlossen",
            "erledigt",
            "payé",
            "paye",
            "réglé",
            "expédié",
            "livré",
            "terminé",
            "accepté",
            "pagad",
            "pagat",
            "enviad",
            "entregad",
            "procesando",
            "terminad",
            "spedit",
            "consegnat",
            "betaald",
            "verzonden",
            "geleverd",
            "voltooid",
            "opłac",
            "zapłac",
            "zrealizowan",
            "wysłan",
            "dostarczon",
            "zakończon",
            "已付",
            "已支付",
            "完成",
        ],
    ),
];

/// How words begin that leave a part of it in doubt.
const PART: [&str; 6] = ["part", "teil", "częśc", "parcial", "parzial", "gedeelt"];

/// Words that turn it round.
const DOUBT: [&str; 9] = ["not", "no", "non", "nicht", "pas", "niet", "nie", "sin", "sans"];

/// Words that do so where they are the first.
const FIRST: [&str; 3] = ["to", "in", "un"];

/// What a status says; none where nobody knows.
pub(super) fn status(text: &str) -> Option<Status> {
    let plain = text.to_lowercase();
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let says = |begins: &[&str]| words.iter().any(|word| begins.iter().any(|begin| word.starts_with(begin)));
    let turned =
        words.iter().any(|word| DOUBT.contains(word)) || words.first().is_some_and(|word| FIRST.contains(word));
    if turned {
        return None;
    }
    let found = WORDS.iter().find(|(_, begins)| says(begins)).map(|(status, _)| *status);
    match found {
        Some(Status::Back) if says(&PART) => Some(Status::Part),
        _ if says(&PART) || plain.contains("部分") => None,
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_became_of_an_order() {
        for (text, expected) in [
            ("paid", Some(Status::Paid)),
            ("Completed", Some(Status::Paid)),
            ("FULFILLED", Some(Status::Paid)),
            ("processing", Some(Status::Paid)),
            ("Shipped - Delivered to Buyer", Some(Status::Paid)),
            ("Geliefert", Some(Status::Paid)),
            ("Paiement accepté", Some(Status::Paid)),
            ("Pagado", Some(Status::Paid)),
            ("Zrealizowane", Some(Status::Paid)),
            ("wc-completed", Some(Status::Paid)),
            ("shipped, then refunded", Some(Status::Back)),
            ("Shipped - Returned to Seller", Some(Status::Back)),
            ("Reembolsado", Some(Status::Back)),
            ("zwrócone", Some(Status::Back)),
            ("退款", Some(Status::Back)),
            ("partially_refunded", Some(Status::Part)),
            ("teilweise erstattet", Some(Status::Part)),
            ("cancelled", Some(Status::Off)),
            ("storniert", Some(Status::Off)),
            ("Anulowane", Some(Status::Off)),
            ("已取消", Some(Status::Off)),
            ("on-hold", Some(Status::Open)),
            ("pending_payment", Some(Status::Open)),
            ("requires_payment_method", Some(Status::Open)),
            ("unfulfilled", Some(Status::Open)),
            ("unpaid", Some(Status::Open)),
            ("Unshipped", Some(Status::Open)),
            ("En attente de paiement", Some(Status::Open)),
            ("not paid", None),
            ("Partially paid", None),
            ("closed", None),
            ("in transit", None),
            ("A1", None),
            ("", None),
        ] {
            assert_eq!(status(text), expected, "{text}");
        }
    }
}
