//! The names of months and days of the week.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares a calendar enumeration with names in lower case, numbered from 1.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name {
            $($(#[$item_doc])* $item,)+
        }
        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$item,)+];
            /// Its position, from 1.
            pub const fn number(self) -> u8 {
                self as u8 + 1
            }
            /// The one at a position from 1.
            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
            }
            /// The one that a word in lower case names.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$item),)+
                    _ => None,
                }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$item => $word,)+ })
            }
        }
    };
}

named! {
    /// A month of any year; `january` is number 1.
    Month {
        /// `january`.
        January = "january",
        /// `february`.
        February = "february",
        /// `march`.
        March = "march",
        /// `april`.
        April = "april",
        /// `may`.
        May = "may",
        /// `june`.
        June = "june",
        /// `july`.
        July = "july",
        /// `august`.
        August = "august",
        /// `september`.
        September = "september",
        /// `october`.
        October = "october",
        /// `november`.
        November = "november",
        /// `december`.
        December = "december",
    }
}

impl Month {
    /// The month of an English name in any case, whole or its first three letters.
    pub fn named(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        let is_meant = |month: &Self| {
            let name = month.to_string();
            name == word || name.get(..3) == Some(&*word)
        };
        Self::ALL.iter().copied().find(is_meant)
    }
}

named! {
    /// A day of the week; `monday` is number 1.
    Weekday {
        /// `monday`.
        Monday = "monday",
        /// `tuesday`.
        Tuesday = "tuesday",
        /// `wednesday`.
        Wednesday = "wednesday",
        /// `thursday`.
        Thursday = "thursday",
        /// `friday`.
        Friday = "friday",
        /// `saturday`.
        Saturday = "saturday",
        /// `sunday`.
        Sunday = "sunday",
    }
}

impl Weekday {
    /// This day and those behind it up to another, over the end of the week where that comes first in it.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        let place = |day: Self| usize::from(day.number());
        let days = (place(last) + Self::ALL.len() - place(self)) % Self::ALL.len() + 1;
        Self::ALL.iter().copied().cycle().skip_while(move |day| *day != self).take(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Day;

    #[test]
    fn are_found_by_word_and_number() {
        let day = Day::parse("2026-02-01").unwrap();
        assert_eq!(day.weekday(), Weekday::Sunday);
        assert_eq!(day.month(), Month::February);
        assert_eq!(Weekday::parse("monday").map(Weekday::number), Some(1));
        assert_eq!(Month::from_number(12), Some(Month::December));
        assert_eq!(Month::from_number(0), None);
        assert_eq!(Weekday::Sunday.to_string(), "sunday");
        assert!(Weekday::Saturday.through(Weekday::Monday).eq([Weekday::Saturday, Weekday::Sunday, Weekday::Monday]));
    }
}
