//! Exact fractions: the numbers of every computation until its one declared rounding.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::scan::{Decimal, excerpt, power_of_ten};

/// Why an exact computation has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ArithmeticError {
    /// The result, or a step on the way to it, does not fit.
    #[error("the number is too large to compute with")]
    Overflow,
    /// The divisor is zero.
    #[error("division by zero")]
    DivisionByZero,
}

/// How many decimals [`Exact`] shows before it turns to `n/d`.
const DECIMALS_SHOWN: u32 = 12;

/// A rational number in lowest terms: `i128` numerator, positive `i128` denominator.
///
/// Shown as a decimal where it ends within 12 places, otherwise as `n/d`. Stored by serde as text, `n` or `n/d`.
// Aligned like a word: with the alignment of `i128`, each value that holds a number would be a fifth larger.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(C, packed(8))]
pub struct Exact {
    numerator: i128,
    denominator: i128,
}

impl Exact {
    /// 0.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// 1.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator` in lowest terms; `None` for a zero denominator, or where the terms do not fit.
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        if denominator == 0 {
            return None;
        }
        let top = numerator.unsigned_abs() / divisor;
        let bottom = i128::try_from(denominator.unsigned_abs() / divisor).ok()?;
        let top = if (numerator < 0) == (denominator < 0) {
            i128::try_from(top).ok()?
        } else {
            0i128.checked_sub_unsigned(top)?
        };
        Some(Self { numerator: top, denominator: bottom })
    }

    /// The number that digits write: `1_000.25`, `-3`, `12e-2`; `None` where they do not, or it does not fit.
    pub fn parse_decimal(text: &str) -> Option<Self> {
        let decimal = Decimal::read(text, true).ok()?;
        if let Some((numerator, denominator)) = decimal.small_fraction() {
            return Some(Self { numerator: numerator.into(), denominator: denominator.into() });
        }
        let (numerator, denominator) = decimal.fraction()?;
        Self::new(numerator, denominator)
    }

    /// The numerator in lowest terms; it carries the sign.
    pub const fn numerator(self) -> i128 {
        self.numerator
    }

    /// The denominator in lowest terms; always positive.
    pub const fn denominator(self) -> i128 {
        self.denominator
    }

    /// Whether it is 0.
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// Whether it is below 0.
    pub const fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// Whether it is whole.
    pub const fn is_integer(self) -> bool {
        self.denominator == 1
    }

    /// The whole number that it is; `None` where it has a fraction or does not fit.
    pub fn to_i64(self) -> Option<i64> {
        if self.is_integer() { i64::try_from(self.numerator).ok() } else { None }
    }

    /// The largest whole number that is not above it.
    #[must_use]
    pub fn floor(self) -> Self {
        if self.is_integer() {
            return self;
        }
        Self::whole(match (i64::try_from(self.numerator), i64::try_from(self.denominator)) {
            (Ok(numerator), Ok(denominator)) => numerator.div_euclid(denominator).into(),
            _ => self.numerator.div_euclid(self.denominator),
        })
    }

    /// The smallest whole number that is not below it.
    #[must_use]
    pub fn ceil(self) -> Self {
        let floor = self.numerator.div_euclid(self.denominator);
        // A fraction has a denominator of 2 or more, so its floor is far from the largest number.
        Self::whole(if self.is_integer() { floor } else { floor + 1 })
    }

    /// The whole number without the fraction, toward zero.
    #[must_use]
    pub fn trunc(self) -> Self {
        Self::whole(self.numerator / self.denominator)
    }

    const fn whole(numerator: i128) -> Self {
        Self { numerator, denominator: 1 }
    }

    /// Reads the stored form, `n` or `n/d`.
    fn parse_fraction(text: &str) -> Option<Self> {
        match text.split_once('/') {
            Some((top, bottom)) => Self::new(top.parse().ok()?, bottom.parse().ok()?),
            None => text.parse().ok().map(Self::whole),
        }
    }
}

#[expect(
    clippy::should_implement_trait,
    reason = "the operator traits would hide that the result must be checked; the names are the ones people look for"
)]
impl Exact {
    /// The sum.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn add(self, other: Self) -> Result<Self, ArithmeticError> {
        if self.denominator == other.denominator {
            let sum = self.numerator.checked_add(other.numerator).ok_or(ArithmeticError::Overflow)?;
            return if self.is_integer() { Ok(Self::whole(sum)) } else { reduced(sum, self.denominator) };
        }
        self.add_unlike(other).ok_or(ArithmeticError::Overflow)
    }

    /// The sum over the least common denominator; `None` where a step does not fit.
    fn add_unlike(self, other: Self) -> Option<Self> {
        let common = signed_gcd(self.denominator, other.denominator)?;
        let left = self.denominator / common;
        let right = other.denominator / common;
        let top = self.numerator.checked_mul(right)?.checked_add(other.numerator.checked_mul(left)?)?;
        // What can still be cancelled divides the common part of the denominators.
        let cancel = signed_gcd(top, common)?;
        Some(Self { numerator: top / cancel, denominator: left.checked_mul(other.denominator / cancel)? })
    }

    /// The difference.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn sub(self, other: Self) -> Result<Self, ArithmeticError> {
        if self.is_integer() && other.is_integer() {
            return self.numerator.checked_sub(other.numerator).map(Self::whole).ok_or(ArithmeticError::Overflow);
        }
        self.add(other.neg()?)
    }

    /// The product.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn mul(self, other: Self) -> Result<Self, ArithmeticError> {
        if self.is_integer() && other.is_integer() {
            return self.numerator.checked_mul(other.numerator).map(Self::whole).ok_or(ArithmeticError::Overflow);
        }
        self.mul_crosswise(other).ok_or(ArithmeticError::Overflow)
    }

    /// The product, cancelled before it is multiplied, so that only a product that does not fit is `None`.
    fn mul_crosswise(self, other: Self) -> Option<Self> {
        if let (Some((top, bottom)), Some((other_top, other_bottom))) = (self.small(), other.small()) {
            let ((top, other_bottom), (other_top, bottom)) =
                (cancelled(top, other_bottom), cancelled(other_top, bottom));
            return Some(Self { numerator: top * other_top, denominator: bottom * other_bottom });
        }
        let first = signed_gcd(self.numerator, other.denominator)?;
        let second = signed_gcd(other.numerator, self.denominator)?;
        Some(Self {
            numerator: (self.numerator / first).checked_mul(other.numerator / second)?,
            denominator: (self.denominator / second).checked_mul(other.denominator / first)?,
        })
    }

    /// Numerator and denominator, where both are as small as they nearly always are: a step with 64 bits is one instruction, with 128 a routine.
    fn small(self) -> Option<(i64, i64)> {
        Some((i64::try_from(self.numerator).ok()?, i64::try_from(self.denominator).ok()?))
    }

    /// The number times ten to the power of `places`, which may be negative.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn scaled(self, places: i32) -> Result<Self, ArithmeticError> {
        let power = 10_i128.checked_pow(places.unsigned_abs()).ok_or(ArithmeticError::Overflow)?;
        let power = Self::new(power, 1).ok_or(ArithmeticError::Overflow)?;
        if places < 0 { self.div(power) } else { self.mul(power) }
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`], [`ArithmeticError::Overflow`].
    pub fn div(self, other: Self) -> Result<Self, ArithmeticError> {
        if other.is_zero() {
            return Err(ArithmeticError::DivisionByZero);
        }
        let (top, bottom) = if other.is_negative() {
            let bottom = other.numerator.checked_neg().ok_or(ArithmeticError::Overflow)?;
            (-other.denominator, bottom)
        } else {
            (other.denominator, other.numerator)
        };
        self.mul(Self { numerator: top, denominator: bottom })
    }

    /// The number with the other sign.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], for the one numerator that has no counterpart.
    pub fn neg(self) -> Result<Self, ArithmeticError> {
        let numerator = self.numerator.checked_neg().ok_or(ArithmeticError::Overflow)?;
        Ok(Self { numerator, denominator: self.denominator })
    }

    /// The number without its sign.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], for the one numerator that has no counterpart.
    pub fn abs(self) -> Result<Self, ArithmeticError> {
        if self.is_negative() { self.neg() } else { Ok(self) }
    }
}

/// A numerator and a positive denominator without what they have in common.
fn cancelled(top: i64, bottom: i64) -> (i128, i128) {
    let common = match bottom {
        1 => 1,
        // At most the denominator, so it fits.
        _ => i64::try_from(gcd_small(top.unsigned_abs(), bottom.unsigned_abs())).unwrap_or(1),
    };
    if common == 1 { (top.into(), bottom.into()) } else { ((top / common).into(), (bottom / common).into()) }
}

fn reduced(numerator: i128, denominator: i128) -> Result<Exact, ArithmeticError> {
    Exact::new(numerator, denominator).ok_or(ArithmeticError::Overflow)
}

/// The greatest common divisor of a numerator and a positive denominator: at most the denominator, so it fits.
fn signed_gcd(numerator: i128, denominator: i128) -> Option<i128> {
    if denominator == 1 {
        return Some(1);
    }
    i128::try_from(gcd(numerator.unsigned_abs(), denominator.unsigned_abs())).ok()
}

/// The greatest common divisor; that of 0 and 0 is 0.
pub(super) fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    loop {
        if let (Ok(small_a), Ok(small_b)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(gcd_small(small_a, small_b));
        }
        if b == 0 {
            return a;
        }
        (a, b) = (b, a % b);
    }
}

fn gcd_small(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl From<i64> for Exact {
    fn from(number: i64) -> Self {
        Self::whole(i128::from(number))
    }
}

impl Default for Exact {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator().cmp(&other.numerator());
        }
        let left = self.numerator.checked_mul(other.denominator);
        let right = other.numerator.checked_mul(self.denominator);
        match (left, right) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => compare_by_parts((self.numerator, self.denominator), (other.numerator, other.denominator)),
        }
    }
}

/// Compares two fractions with positive denominators by their continued fractions, which never grow.
fn compare_by_parts(left: (i128, i128), right: (i128, i128)) -> Ordering {
    let (mut left, mut right) = (left, right);
    let mut turned = false;
    loop {
        let whole = left.0.div_euclid(left.1).cmp(&right.0.div_euclid(right.1));
        let rest_left = left.0.rem_euclid(left.1);
        let rest_right = right.0.rem_euclid(right.1);
        let order = match (whole, rest_left, rest_right) {
            (Ordering::Equal, 0, 0) => Ordering::Equal,
            (Ordering::Equal, 0, _) => Ordering::Less,
            (Ordering::Equal, _, 0) => Ordering::Greater,
            (Ordering::Equal, _, _) => {
                // The larger of two fractions has the smaller reciprocal.
                left = (left.1, rest_left);
                right = (right.1, rest_right);
                turned = !turned;
                continue;
            }
            (order, _, _) => order,
        };
        return if turned { order.reverse() } else { order };
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_integer() {
            return write!(f, "{}", self.numerator());
        }
        let Some(places) = decimal_places(self.denominator) else {
            return write!(f, "{}/{}", self.numerator(), self.denominator());
        };
        let top = self.numerator.unsigned_abs();
        let bottom = self.denominator.unsigned_abs();
        let power = power_of_ten(places).map_or(1, i128::unsigned_abs);
        let sign = if self.is_negative() { "-" } else { "" };
        // The denominator divides the power, and both are below 10^13, so the product fits.
        let decimals = (top % bottom) * (power / bottom);
        write!(f, "{sign}{}.{decimals:0width$}", top / bottom, width = places as usize)
    }
}

impl Exact {
    /// As people read it: a fraction that never ends as a decimal number is cut, and `…` says so: `83.33…`.
    pub fn readable(self) -> String {
        if self.is_integer() || decimal_places(self.denominator).is_some() {
            return self.to_string();
        }
        let (top, bottom) = (self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        let (whole, mut rest, mut decimals) = (top / bottom, top % bottom, String::new());
        let told = |decimals: &str| decimals.trim_start_matches('0').len() >= 2 || whole > 0 && decimals.len() >= 2;
        while !told(&decimals) && decimals.len() < DECIMALS_SHOWN as usize {
            // So small a part of a step that no reader misses it.
            let Some(next) = rest.checked_mul(10) else { break };
            decimals.push_str(&(next / bottom).to_string());
            rest = next % bottom;
        }
        let sign = if self.is_negative() { "-" } else { "" };
        format!("{sign}{whole}.{decimals}…")
    }
}

/// After how many decimals a fraction with this denominator ends, if soon enough to be shown.
fn decimal_places(denominator: i128) -> Option<u32> {
    (1..=DECIMALS_SHOWN).find(|places| power_of_ten(*places).is_some_and(|power| power % denominator == 0))
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_integer() {
            serializer.collect_str(&self.numerator())
        } else {
            serializer.collect_str(&format_args!("{}/{}", self.numerator(), self.denominator()))
        }
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_fraction(&text)
            .ok_or_else(|| de::Error::custom(format_args!("`{}` is not a fraction such as `3/4`", excerpt(&text))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_never_ends_is_cut_for_people() {
        let read = |n: i64, d: i64| Exact::from(n).div(Exact::from(d)).map(Exact::readable);
        assert_eq!(read(250, 3).as_deref(), Ok("83.33…"));
        assert_eq!(read(-1, 7).as_deref(), Ok("-0.14…"));
        assert_eq!(read(1, 3000).as_deref(), Ok("0.00033…"));
        assert_eq!(read(5, 4).as_deref(), Ok("1.25"));
    }

    fn exact(numerator: i128, denominator: i128) -> Exact {
        Exact::new(numerator, denominator).unwrap()
    }

    #[test]
    fn is_reduced_with_a_positive_denominator() {
        assert_eq!(exact(6, -4), exact(-3, 2));
        assert_eq!(exact(0, -7), Exact::ZERO);
        assert_eq!(Exact::new(1, 0), None);
        assert_eq!(Exact::new(0, 0), None);
        assert_eq!(exact(i128::MIN, i128::MIN), Exact::ONE);
        assert_eq!(Exact::new(i128::MIN, -1), None);
        assert_eq!(exact(i128::MIN, 2).numerator(), i128::MIN / 2);
    }

    #[test]
    fn reads_decimals() {
        assert_eq!(Exact::parse_decimal("1_000.25"), Exact::new(4001, 4));
        assert_eq!(Exact::parse_decimal("-12.50e-2"), Exact::new(-1, 8));
        assert_eq!(Exact::parse_decimal("+2E3"), Some(Exact::from(2000)));
        assert_eq!(Exact::parse_decimal("0e999999"), Some(Exact::ZERO));
        for bad in
            ["", "-", ".5", "5.", "1__0", "_1", "1_", "1e", "1 ", "1,5", "--1", "+-1", "1e99", "1e99999999999", "٣"]
        {
            assert_eq!(Exact::parse_decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn shows_decimals_that_end_and_fractions_that_do_not() {
        let shown = |numerator, denominator| exact(numerator, denominator).to_string();
        assert_eq!(shown(-5, 4), "-1.25");
        assert_eq!(shown(-1, 4), "-0.25");
        assert_eq!(shown(1, 3), "1/3");
        assert_eq!(shown(1, 1_000_000_000_000), "0.000000000001");
        assert_eq!(shown(1, 10_000_000_000_000), "1/10000000000000");
        assert_eq!(shown(i128::MAX, 2), "85070591730234615865843651857942052863.5");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let huge = exact(i128::MAX, 1);
        assert_eq!(huge.add(Exact::ONE), Err(ArithmeticError::Overflow));
        assert_eq!(huge.mul(Exact::from(2)), Err(ArithmeticError::Overflow));
        assert_eq!(exact(i128::MIN, 1).neg(), Err(ArithmeticError::Overflow));
        assert_eq!(exact(i128::MIN, 1).abs(), Err(ArithmeticError::Overflow));
        assert_eq!(Exact::ONE.div(Exact::ZERO), Err(ArithmeticError::DivisionByZero));
        assert_eq!(Exact::ONE.div(exact(i128::MIN, 1)), Err(ArithmeticError::Overflow));
        assert_eq!(huge.mul(exact(1, i128::MAX)), Ok(Exact::ONE));
    }

    #[test]
    fn huge_fractions_compare_exactly() {
        let a = exact(i128::MAX, i128::MAX - 1);
        let b = exact(i128::MAX - 1, i128::MAX - 2);
        assert!(a < b && a > Exact::ONE);
        assert_eq!(b.cmp(&a), Ordering::Greater);
        assert!(a.neg().unwrap() > b.neg().unwrap());
        assert!(exact(i128::MIN, 3) < exact(i128::MIN, 5));
        assert!(exact(i128::MIN, 3) < exact(i128::MAX, 5));
        assert_eq!(a.cmp(&a), Ordering::Equal);
    }

    #[test]
    fn whole_parts() {
        let below = exact(-7, 2);
        assert_eq!(below.floor(), Exact::from(-4));
        assert_eq!(below.ceil(), Exact::from(-3));
        assert_eq!(below.trunc(), Exact::from(-3));
        assert_eq!(exact(i128::MAX, 1).ceil(), exact(i128::MAX, 1));
        assert_eq!(below.to_i64(), None);
        assert_eq!(exact(i128::from(i64::MAX) + 1, 1).to_i64(), None);
    }

    #[test]
    fn is_stored_as_text() {
        for (number, text) in [(exact(3, 4), "\"3/4\""), (exact(-2, 1), "\"-2\"")] {
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
            assert_eq!(serde_json::from_str::<Exact>(text).unwrap(), number);
        }
        assert!(serde_json::from_str::<Exact>("\"1/0\"").is_err());
        assert!(serde_json::from_str::<Exact>("\"x\"").is_err());
    }

    fn any_exact() -> impl Strategy<Value = Exact> {
        (-1_000_000i128..1_000_000, 1i128..1_000_000).prop_map(|(top, bottom)| exact(top, bottom))
    }

    fn any_huge() -> impl Strategy<Value = Exact> {
        (any::<i128>(), 1..=i128::MAX).prop_map(|(top, bottom)| exact(top, bottom))
    }

    proptest! {
        #[test]
        fn addition_is_a_commutative_group(a in any_exact(), b in any_exact(), c in any_exact()) {
            prop_assert_eq!(a.add(b), b.add(a));
            prop_assert_eq!(a.add(b).unwrap().add(c), a.add(b.add(c).unwrap()));
            prop_assert_eq!(a.add(b).unwrap().sub(b), Ok(a));
            prop_assert_eq!(a.sub(a), Ok(Exact::ZERO));
        }

        #[test]
        fn decimals_are_read_in_lowest_terms(mantissa in any::<i64>(), places in 0_usize..20) {
            let digits = format!("{:0width$}", mantissa.unsigned_abs(), width = places + 1);
            let (whole, part) = digits.split_at(digits.len() - places);
            let sign = if mantissa < 0 { "-" } else { "" };
            let text = if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") };
            let power = 10_i128.pow(u32::try_from(places).unwrap());
            prop_assert_eq!(Exact::parse_decimal(&text), Exact::new(mantissa.into(), power));
        }

        #[test]
        fn multiplication_distributes_and_inverts(a in any_exact(), b in any_exact(), c in any_exact()) {
            prop_assert_eq!(a.mul(b), b.mul(a));
            let separately = a.mul(b).unwrap().add(a.mul(c).unwrap());
            prop_assert_eq!(a.mul(b.add(c).unwrap()), separately);
            if !b.is_zero() {
                prop_assert_eq!(a.mul(b).unwrap().div(b), Ok(a));
            }
        }

        #[test]
        fn results_are_in_lowest_terms(a in any_exact(), b in any_exact()) {
            for result in [a.add(b).unwrap(), a.mul(b).unwrap()] {
                prop_assert_eq!(Some(result), Exact::new(result.numerator(), result.denominator()));
            }
        }

        #[test]
        fn terms_of_64_bits_have_any_product_and_quotient(
            (a, c) in (any::<i64>(), any::<i64>()),
            (b, d) in (1..=i64::MAX, 1..=i64::MAX),
        ) {
            let [a, b, c, d] = [a, b, c, d].map(i128::from);
            prop_assert_eq!(exact(a, b).mul(exact(c, d)).ok(), Exact::new(a * c, b * d));
            prop_assert_eq!(exact(a, b).div(exact(c, d)).ok(), Exact::new(a * d, b * c));
        }

        #[test]
        fn order_agrees_with_difference(a in any_exact(), b in any_exact()) {
            let difference = a.sub(b).unwrap().numerator().cmp(&0);
            prop_assert_eq!(a.cmp(&b), difference);
            let by_parts = compare_by_parts((a.numerator, a.denominator), (b.numerator, b.denominator));
            prop_assert_eq!(by_parts, difference);
        }

        #[test]
        fn order_of_huge_numbers_is_total(a in any_huge(), b in any_huge(), c in any_huge()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
            let mut sorted = [a, b, c];
            sorted.sort();
            prop_assert!(sorted[0] <= sorted[2]);
        }

        #[test]
        fn decimals_read_back(steps in -1_000_000_000i128..1_000_000_000, places in 0u32..9) {
            let number = exact(steps, 10i128.pow(places));
            prop_assert_eq!(Exact::parse_decimal(&number.to_string()), Some(number));
        }
    }
}
