//! Choices.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0410",
        "unknown choice",
        "`offer` needs a declared choice, and a choice has only the options of its block.",
        "choice treat {\n  option cake { give 5 points }\n  option tea { give 3 points }\n}\nrule thanks on visit { offer treet }",
        "choice treat {\n  option cake { give 5 points }\n  option tea { give 3 points }\n}\nrule thanks on visit { offer treat }",
    ),
    code(
        "E0411",
        "nothing to choose",
        "A choice has two options or more; with one, a rule can give it at once.",
        "choice treat {\n  option cake { give 5 points }\n}",
        "choice treat {\n  option cake { give 5 points }\n  option tea { give 3 points }\n}",
    ),
    code(
        "E0412",
        "end of an offer",
        "An offer with a deadline says what happens to it then: one of its options by `default`, or nothing by `forfeit`.",
        "choice treat {\n  option cake { give 5 points }\n  option tea { give 3 points }\n  within 14 days\n}",
        "choice treat {\n  option cake { give 5 points }\n  option tea { give 3 points }\n  within 14 days\n  default tea\n}",
    ),
    code(
        "E0413",
        "a thing where a number is meant",
        "A choice or a draw is no number; its parts are, such as `treat.open`.",
        "choice treat {\n  option cake { give 5 points }\n  option tea { give 3 points }\n}\nsegment spoilt = treat > 2",
        "choice treat {\n  option cake { give 5 points }\n  option tea { give 3 points }\n}\nsegment spoilt = treat.open > 2",
    ),
];
