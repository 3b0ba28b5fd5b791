//! What the words of a status say about an order: whether it was paid, waits for that, or came back.

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// It was paid.
    Paid,
    /// It is not paid, or not yet.
    Open,
    /// It came back, or never was one.
    Back,
}

/// How words begin that say so, the strongest first: what was paid and came back has come back.
const WORDS: [(Status, &[&str]); 3] = [
    (
        Status::Back,
        &[
            "refund",
            "cancel",
            "return",
            "void",
            "revers",
            "chargeback",
            "charged",
            "storn",
            "erstatt",
            "annul",
            "rembours",
            "retour",
            "devuel",
            "reembols",
            "退",
            "取消",
            "已退",
            "已取消",
        ],
    ),
    (
        Status::Open,
        &[
            "unpaid",
            "open",
            "pending",
            "draft",
            "hold",
            "await",
            "waiting",
            "fail",
            "declin",
            "expired",
            "abandon",
            "reject",
            "denied",
            "authori",
            "unfulfilled",
            "offen",
            "unbezahlt",
            "entwurf",
            "ausstehend",
            "abgelehnt",
            "attente",
            "pendiente",
            "待",
            "未",
        ],
    ),
    (
        Status::Paid,
        &[
            "paid",
            "complet",
            "fulfilled",
            "shipped",
            "delivered",
            "closed",
            "success",
            "succeeded",
            "captured",
            "settled",
            "processed",
            "done",
            "finished",
            "bezahlt",
            "versandt",
            "versendet",
            "geliefert",
            "abgeschlossen",
            "erledigt",
            "payé",
            "livré",
            "terminé",
            "pagado",
            "entregado",
            "已付",
            "已支付",
            "完成",
        ],
    ),
];

/// Words that leave a part of it in doubt, or turn it round.
const DOUBT: [&str; 10] = ["part", "not", "no", "non", "teil", "nicht", "un", "in", "to", "部分"];

/// What a status says; none where nobody knows.
pub(super) fn status(text: &str) -> Option<Status> {
    let plain = text.to_lowercase();
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let part = |word: &&str| word.starts_with("part") || DOUBT.contains(word);
    if words.iter().any(part) {
        return None;
    }
    let says = |begins: &[&str]| words.iter().any(|word| begins.iter().any(|begin| word.starts_with(begin)));
    WORDS.iter().find(|(_, begins)| says(begins)).map(|(status, _)| *status)
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
            ("Geliefert", Some(Status::Paid)),
            ("wc-completed", Some(Status::Paid)),
            ("shipped, then refunded", Some(Status::Back)),
            ("cancelled", Some(Status::Back)),
            ("已取消", Some(Status::Back)),
            ("退款", Some(Status::Back)),
            ("on-hold", Some(Status::Open)),
            ("payment_pending", Some(Status::Open)),
            ("unfulfilled", Some(Status::Open)),
            ("unpaid", Some(Status::Open)),
            ("not paid", None),
            ("partially_refunded", None),
            ("Partially paid", None),
            ("processing", None),
            ("in transit", None),
            ("A1", None),
            ("", None),
        ] {
            assert_eq!(status(text), expected, "{text}");
        }
    }
}
