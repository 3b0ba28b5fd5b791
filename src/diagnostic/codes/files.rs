//! Files, imports and versions.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code("E0400", "file cannot be read", "The file is not there, may not be read, or is not text in UTF-8.", "", ""),
    code(
        "E0401",
        "import goes around",
        "Files that import each other have no first one. Move what both need into a third.",
        "",
        "",
    ),
    code("E0402", "import cannot be read", "The path of an import is relative to the file that it stands in.", "", ""),
    code(
        "E0403",
        "versions of one day",
        "Each version of a program in a folder is in force from a day of its own on; at most one is without a day.",
        "",
        "",
    ),
    code("E0404", "rules among tests", "A file that ends in `.test.meed` holds only scenarios.", "", ""),
    code(
        "E0405",
        "a version that forgets",
        "A later version of a program has no unit, tiers or reward of a name that an earlier one has. Members may hold points, tiers or vouchers \
         of it, and nobody has said what becomes of them. Keep the declaration, even if nothing gives any more of it, or rename it with `was`.",
        "",
        "",
    ),
    code(
        "E0500",
        "too many declarations",
        "A program has at most 20000 declarations, so that it is checked in bounded time. Rules that differ only in their numbers or words are \
         rows of a `table`, and one rule that looks them up.",
        "",
        "",
    ),
    code(
        "E0605",
        "more messages than are told",
        "Of one file and of one program 1000 messages are told. So many nearly always have few causes: a file of another format, a name that is misspelt where it is declared, a bracket that closes too early. \
         Mend the first messages and check again; most of the others go with them.",
        "",
        "",
    ),
];
