//! The four ways to round, each named in the program.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::exact::{ArithmeticError, Exact};

/// How an exact amount becomes a whole number of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
    /// To the nearest, halves away from zero.
    Nearest,
    /// To the nearest, halves to the even neighbour.
    HalfEven,
}

impl Rounding {
    /// The whole number that `exact` is rounded to. Amounts with decimals are counted in their smallest step, so the
    /// caller scales before.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where the whole number does not fit.
    pub fn round(self, exact: Exact) -> Result<i64, ArithmeticError> {
        let toward_zero = exact.numerator() / exact.denominator();
        let rest = (exact.numerator() % exact.denominator()).unsigned_abs();
        let away = rest != 0
            && match self {
                Self::Down => false,
                Self::Up => true,
                Self::Nearest => half(rest, exact) != Ordering::Less,
                Self::HalfEven => match half(rest, exact) {
                    Ordering::Less => false,
                    Ordering::Equal => toward_zero % 2 != 0,
                    Ordering::Greater => true,
                },
            };
        let step = match (away, exact.is_negative()) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => -1,
        };
        toward_zero.checked_add(step).and_then(|whole| i64::try_from(whole).ok()).ok_or(ArithmeticError::Overflow)
    }
}

/// A part in percent of a whole, in steps of some decimals (`decimals` of 1: tenths of a percent), halves away from zero; never nothing or all for
/// what is not quite that. `None` where the whole is nothing.
pub fn percent(part: i128, whole: i128, decimals: u8) -> Option<i128> {
    let all = 100 * 10_i128.pow(u32::from(decimals));
    let share = Exact::new(part, whole)?.mul(Exact::new(all, 1)?).ok()?;
    let steps = i128::from(Rounding::Nearest.round(share).ok()?);
    let exact = share.numerator().checked_abs()?.cmp(&steps.abs().checked_mul(share.denominator())?);
    let sign = share.numerator().signum();
    Some(match exact {
        Ordering::Greater if steps == 0 || steps.abs() == all => steps + sign,
        Ordering::Less if steps.abs() == all => steps - sign,
        _ => steps,
    })
}

/// How the rest of a division compares with half of the denominator.
fn half(rest: u128, exact: Exact) -> Ordering {
    rest.cmp(&(exact.denominator().unsigned_abs() - rest))
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::Nearest => "nearest",
            Self::HalfEven => "half even",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_both_signs_alike() {
        let cases: [(i128, i128, [i64; 4]); 8] = [
            (5, 2, [2, 3, 3, 2]),
            (-5, 2, [-2, -3, -3, -2]),
            (7, 2, [3, 4, 4, 4]),
            (-7, 2, [-3, -4, -4, -4]),
            (1, 3, [0, 1, 0, 0]),
            (-2, 3, [0, -1, -1, -1]),
            (1, 2, [0, 1, 1, 0]),
            (4, 1, [4, 4, 4, 4]),
        ];
        for (numerator, denominator, expected) in cases {
            let exact = Exact::new(numerator, denominator).unwrap();
            let rounded = [Rounding::Down, Rounding::Up, Rounding::Nearest, Rounding::HalfEven]
                .map(|rounding| rounding.round(exact).unwrap());
            assert_eq!(rounded, expected, "{exact}");
        }
    }

    #[test]
    fn the_largest_denominator_has_a_half() {
        let just_below_half = Exact::new(i128::MAX / 2, i128::MAX).unwrap();
        assert_eq!(Rounding::Nearest.round(just_below_half), Ok(0));
        let just_above_half = Exact::new(i128::MAX / 2 + 1, i128::MAX).unwrap();
        assert_eq!(Rounding::Nearest.round(just_above_half), Ok(1));
    }

    #[test]
    fn a_share_is_all_or_nothing_only_where_it_is() {
        for (part, whole, tenths) in [
            (2, 3, 667),
            (9, 39, 231),
            (30, 39, 769),
            (-290, 291, -997),
            (10_300, 75_776, 136),
            (1, 2, 500),
            (1, 5_000, 1),
            (-1, 5_000, -1),
            (0, 7, 0),
            (4_999, 5_000, 999),
            (5_001, 5_000, 1_001),
            (-4_999, 5_000, -999),
            (7, 7, 1_000),
            (21, 7, 3_000),
        ] {
            assert_eq!(percent(part, whole, 1), Some(tenths), "{part} of {whole}");
        }
        assert_eq!((percent(17, 21, 0), percent(1, 0, 0)), (Some(81), None));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let beyond = Exact::new(i128::from(i64::MAX) * 2 + 1, 2).unwrap();
        assert_eq!(Rounding::Down.round(beyond), Ok(i64::MAX));
        assert_eq!(Rounding::Up.round(beyond), Err(ArithmeticError::Overflow));
    }
}
