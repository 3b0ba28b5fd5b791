//! Choices and draws.

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
    code(
        "E0414",
        "unknown draw",
        "`enter` and `gives entry` need a declared draw.",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug 2%\n}\nrule spin on visit { enter weel }",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug 2%\n}\nrule spin on visit { enter wheel }",
    ),
    code(
        "E0415",
        "commitment of a draw",
        "The outcome of a draw hangs on a secret seed. Its hash is published first, in the program, so that anybody can check later that the seed was not chosen to suit somebody. `meed draw commit` makes a seed and prints the line.",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  prize mug 2%\n}",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug 2%\n}",
    ),
    code(
        "E0416",
        "prizes of a draw",
        "A draw has one prize or more, each once.",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug 2%\n  prize mug 3% stock 5\n}",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug 5% stock 5\n}",
    ),
    code(
        "E0417",
        "odds of a prize",
        "Where entries are decided at once, each prize says how likely it is, and all together are at most 100%. Where winners are drawn, each prize goes to somebody and has no odds.",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug\n}",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug 2%\n}",
    ),
    code(
        "E0418",
        "stock of a prize",
        "A draw keeps the stock of its prizes itself. Where winners are drawn, the stock says how many.",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug\n  drawn at 2026-06-30\n}",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug stock 3\n  drawn at 2026-06-30\n}",
    ),
    code(
        "E0419",
        "what does not go together in a draw",
        "`pity` gives a prize of the draw to the entry that ends a row of losses; `several prizes per member` is about winners who are drawn together.",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug 2%\n  pity cup after 10 losses\n}",
        "reward mug { gives product \"mug\" }\ndraw wheel {\n  commitment \"sha256:abababababababababababababababababababababababababababababababab\"\n  prize mug 2%\n  pity  mug after 10 losses\n}",
    ),
];
