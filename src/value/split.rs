//! Splits that always add up: floor each share, then hand out the rest by largest remainder.

use super::exact::{ArithmeticError, Exact, gcd};

/// Splits `total` in proportion to `weights`: one share per weight, the sum exactly `total`.
///
/// What the floors leave goes one by one to the largest remainders, ties to the earlier position. The shares of `-total`
/// are those of `total` with the other sign, so that a reversal undoes a split exactly. Where the weights add up to zero
/// the first takes all; no weights, no shares.
///
/// # Errors
/// [`ArithmeticError::Overflow`] where the weights have no common denominator that fits, or a share does not fit.
pub fn split(total: i64, weights: &[Exact]) -> Result<Vec<i64>, ArithmeticError> {
    let weights = whole_weights(weights)?;
    let sum =
        weights.iter().try_fold(0i128, |sum, weight| sum.checked_add(*weight)).ok_or(ArithmeticError::Overflow)?;
    if sum == 0 {
        return Ok((0..weights.len()).map(|index| if index == 0 { total } else { 0 }).collect());
    }
    let size = i128::from(total.unsigned_abs());
    let mut shares = Vec::with_capacity(weights.len());
    let mut left = size;
    for weight in weights {
        let weight = if sum < 0 { weight.checked_neg() } else { Some(weight) };
        let part = weight.and_then(|weight| weight.checked_mul(size)).ok_or(ArithmeticError::Overflow)?;
        let divisor = sum.checked_abs().ok_or(ArithmeticError::Overflow)?;
        let share = Share { whole: part.div_euclid(divisor), rest: part.rem_euclid(divisor) };
        left = left.checked_sub(share.whole).ok_or(ArithmeticError::Overflow)?;
        shares.push(share);
    }
    hand_out(shares, left, total < 0)
}

/// Rounds exact shares so that they add up to `rounded_total`, the rounded sum of `parts`.
///
/// Each share is its floor or one more, by largest remainder, ties to the earlier position; the shares of the negated
/// parts and total are the negated shares. Should `rounded_total` be further from the sum than rounding goes, the
/// difference is spread evenly, so that the sum holds all the same. No parts, no shares.
///
/// # Errors
/// [`ArithmeticError::Overflow`] where a share does not fit.
pub fn allocate(parts: &[Exact], rounded_total: i64) -> Result<Vec<i64>, ArithmeticError> {
    let first_sign = || parts.iter().find(|part| !part.is_zero()).is_some_and(|part| part.is_negative());
    let mirrored = rounded_total < 0 || (rounded_total == 0 && first_sign());
    let mut shares = Vec::with_capacity(parts.len());
    let mut left = i128::from(rounded_total.unsigned_abs());
    for part in parts {
        let part = if mirrored { part.neg()? } else { *part };
        let whole = part.floor();
        left = left.checked_sub(whole.numerator()).ok_or(ArithmeticError::Overflow)?;
        shares.push(Share { whole: whole.numerator(), rest: part.sub(whole)? });
    }
    hand_out(shares, left, mirrored)
}

/// A share: its floor, and what the floor cut off, in any scale that the shares have in common.
struct Share<R> {
    whole: i128,
    rest: R,
}

/// Hands out `left` by largest rest, and gives the shares their sign.
fn hand_out<R: Ord>(mut shares: Vec<Share<R>>, left: i128, negative: bool) -> Result<Vec<i64>, ArithmeticError> {
    let Some(count) = i128::try_from(shares.len()).ok().filter(|count| *count > 0) else { return Ok(Vec::new()) };
    let each = left.div_euclid(count);
    let extra = usize::try_from(left.rem_euclid(count)).map_err(|_| ArithmeticError::Overflow)?;
    if extra > 0 {
        let mut order: Vec<usize> = (0..shares.len()).collect();
        // The sort is stable, so the earlier position wins a tie.
        order.sort_by(|a, b| shares.get(*b).map(|share| &share.rest).cmp(&shares.get(*a).map(|share| &share.rest)));
        for index in order.into_iter().take(extra) {
            if let Some(share) = shares.get_mut(index) {
                share.whole = share.whole.checked_add(1).ok_or(ArithmeticError::Overflow)?;
            }
        }
    }
    shares
        .into_iter()
        .map(|share| {
            let whole = share.whole.checked_add(each)?;
            i64::try_from(if negative { whole.checked_neg()? } else { whole }).ok()
        })
        .collect::<Option<Vec<i64>>>()
        .ok_or(ArithmeticError::Overflow)
}

/// The weights over their common denominator, which then cancels.
fn whole_weights(weights: &[Exact]) -> Result<Vec<i128>, ArithmeticError> {
    let common = weights.iter().try_fold(1i128, |common, weight| {
        let shared = gcd(common.unsigned_abs(), weight.denominator().unsigned_abs());
        common.checked_mul(weight.denominator() / i128::try_from(shared).ok()?)
    });
    let common = common.ok_or(ArithmeticError::Overflow)?;
    weights
        .iter()
        .map(|weight| weight.numerator().checked_mul(common / weight.denominator()))
        .collect::<Option<Vec<i128>>>()
        .ok_or(ArithmeticError::Overflow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(numbers: &[i64]) -> Vec<Exact> {
        numbers.iter().copied().map(Exact::from).collect()
    }

    fn thirds(numbers: &[i128]) -> Vec<Exact> {
        numbers.iter().map(|number| Exact::new(*number, 3).unwrap()).collect()
    }

    #[test]
    fn s09_the_rest_goes_to_the_largest_remainder_and_ties_to_the_first() {
        assert_eq!(split(100, &whole(&[1, 1, 1])), Ok(vec![34, 33, 33]));
        assert_eq!(split(10, &whole(&[1, 2, 3])), Ok(vec![2, 3, 5]));
        assert_eq!(split(5, &[Exact::new(1, 2).unwrap(), Exact::new(1, 3).unwrap()]), Ok(vec![3, 2]));
        assert_eq!(split(i64::MAX, &whole(&[1, 1])), Ok(vec![i64::MAX / 2 + 1, i64::MAX / 2]));
    }

    #[test]
    fn s09_a_negative_total_is_the_mirror_image() {
        assert_eq!(split(-100, &whole(&[1, 1, 1])), Ok(vec![-34, -33, -33]));
        assert_eq!(split(i64::MIN, &whole(&[1])), Ok(vec![i64::MIN]));
        assert_eq!(split(-100, &whole(&[-1, -1, -1])), Ok(vec![-34, -33, -33]));
    }

    #[test]
    fn s09_zero_weights() {
        assert_eq!(split(7, &whole(&[0, 0])), Ok(vec![7, 0]));
        assert_eq!(split(7, &whole(&[0, 2, 0, 1])), Ok(vec![0, 5, 0, 2]));
        assert_eq!(split(7, &[]), Ok(Vec::new()));
    }

    #[test]
    fn s09_exact_shares_are_rounded_to_their_rounded_sum() {
        assert_eq!(allocate(&thirds(&[1, 1, 1]), 1), Ok(vec![1, 0, 0]));
        assert_eq!(allocate(&thirds(&[4, 5, 2]), 4), Ok(vec![1, 2, 1]));
        assert_eq!(allocate(&thirds(&[4, 5, 2]), 3), Ok(vec![1, 2, 0]));
        assert_eq!(allocate(&thirds(&[-4, -5, -2]), -4), Ok(vec![-1, -2, -1]));
        assert_eq!(allocate(&thirds(&[1]), 1), Ok(vec![1]));
        assert_eq!(allocate(&thirds(&[3, 1]), 2), Ok(vec![1, 1]));
        assert_eq!(allocate(&whole(&[1, 1]), 7), Ok(vec![4, 3]));
        assert_eq!(allocate(&[], 0), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn s09_splits_add_up_and_stay_within_one_step(
            total in -1_000_000_000i64..1_000_000_000,
            weights in prop::collection::vec((0i128..10_000, 1i128..50), 1..12),
        ) {
            let weights: Vec<Exact> = weights.into_iter().map(|(top, bottom)| Exact::new(top, bottom).unwrap()).collect();
            let shares = split(total, &weights).unwrap();
            prop_assert_eq!(shares.iter().sum::<i64>(), total);
            let negated: Vec<i64> = shares.iter().map(|share| -share).collect();
            prop_assert_eq!(split(-total, &weights).unwrap(), negated);
            let sum = weights.iter().try_fold(Exact::ZERO, |sum, weight| sum.add(*weight)).unwrap();
            if !sum.is_zero() {
                for (share, weight) in shares.iter().zip(&weights) {
                    let ideal = weight.mul(Exact::from(total)).unwrap().div(sum).unwrap();
                    let off = Exact::from(*share).sub(ideal).unwrap().abs().unwrap();
                    prop_assert!(off < Exact::ONE);
                }
            }
        }

        #[test]
        fn s09_allocations_add_up(parts in prop::collection::vec((-10_000i128..10_000, 1i128..20), 1..12)) {
            use crate::value::Rounding;
            let parts: Vec<Exact> = parts.into_iter().map(|(top, bottom)| Exact::new(top, bottom).unwrap()).collect();
            let sum = parts.iter().try_fold(Exact::ZERO, |sum, part| sum.add(*part)).unwrap();
            for rounding in [Rounding::Down, Rounding::Up, Rounding::Nearest, Rounding::HalfEven] {
                let total = rounding.round(sum).unwrap();
                let shares = allocate(&parts, total).unwrap();
                prop_assert_eq!(shares.iter().sum::<i64>(), total);
                for (share, part) in shares.iter().zip(&parts) {
                    prop_assert!(Exact::from(*share).sub(*part).unwrap().abs().unwrap() <= Exact::ONE);
                }
                let negated: Vec<Exact> = parts.iter().map(|part| part.neg().unwrap()).collect();
                let mirrored: Vec<i64> = shares.iter().map(|share| -share).collect();
                prop_assert_eq!(allocate(&negated, -total).unwrap(), mirrored);
            }
        }
    }
}
