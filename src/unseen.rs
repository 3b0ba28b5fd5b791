//! Characters that nobody sees: what people read is then not what stands there.

/// Whether a character sets or ends a direction of what follows. Marks such as U+200F, which only place what is beside them, are not among
/// these.
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character shows nothing and joins nothing, so that texts with and without it look the same. Joiners, which shape letters of
/// some scripts, are not among these.
pub const fn is_invisible(c: char) -> bool {
    turns(c) || is_mark(c) || is_filler(c)
}

/// Marks that place, break or begin text, and tags.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Letters without a shape.
const fn is_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_joiners_are_seen() {
        for seen in ['a', ' ', '\u{200c}', '\u{200d}', '\u{e9}', '\u{ac00}', '\u{fe0f}'] {
            assert!(!is_invisible(seen), "{seen:?}");
        }
        for unseen in ['\u{ad}', '\u{200b}', '\u{202e}', '\u{2067}', '\u{3164}', '\u{feff}', '\u{e0041}'] {
            assert!(is_invisible(unseen), "{unseen:?}");
        }
        assert!(turns('\u{202e}') && !turns('\u{200f}'));
    }
}
