//! Small readers of digits, shared by numbers, amounts, days and times.

/// A decimal number as it was written: `mantissa` times ten to the power of `exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    mantissa: i128,
    exponent: i32,
}

/// Why a text is not a [`Decimal`], or a [`Decimal`] not a whole number of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecimalError {
    /// The text is not a number.
    Malformed,
    /// The number has more digits than fit.
    TooLarge,
    /// The number is not a whole number of steps.
    Inexact,
}

impl Decimal {
    /// Reads `-1_000.25e-2`; underscores stand only between digits, and only where `underscores` allows them.
    pub(super) fn read(text: &str, underscores: bool) -> Result<Self, DecimalError> {
        let mut cursor = Cursor::new(text);
        let negative = !cursor.eat(b'+') && cursor.eat(b'-');
        let mut mantissa = 0i128;
        cursor.digits(&mut mantissa, underscores)?;
        let mut exponent = 0i32;
        if cursor.eat(b'.') {
            let places = cursor.digits(&mut mantissa, underscores)?;
            exponent = i32::try_from(places).map_err(|_| DecimalError::TooLarge)?.wrapping_neg();
        }
        if cursor.eat(b'e') || cursor.eat(b'E') {
            let down = !cursor.eat(b'+') && cursor.eat(b'-');
            let mut power = 0i128;
            cursor.digits(&mut power, false)?;
            let power = i32::try_from(power).map_err(|_| DecimalError::TooLarge)?;
            let shifted = if down { exponent.checked_sub(power) } else { exponent.checked_add(power) };
            exponent = shifted.ok_or(DecimalError::TooLarge)?;
        }
        if !cursor.is_at_end() {
            return Err(DecimalError::Malformed);
        }
        Ok(Self { mantissa: if negative { -mantissa } else { mantissa }, exponent })
    }

    /// The number as numerator and denominator in lowest terms, where both are short; a denominator has no divisors but 2 and 5.
    pub(super) fn small_fraction(self) -> Option<(i64, i64)> {
        let mut top = i64::try_from(self.mantissa).ok()?;
        let places = u32::try_from(self.exponent.checked_neg()?).ok().filter(|places| *places <= 18)?;
        if top == 0 || places == 0 {
            return Some((top, 1));
        }
        let (twos, mut fives) = (places - top.trailing_zeros().min(places), places);
        top >>= places - twos;
        while fives > 0 && top % 5 == 0 {
            top /= 5;
            fives -= 1;
        }
        Some((top, 5_i64.pow(fives) << twos))
    }

    /// The number as numerator and denominator, not reduced; `None` where one of them does not fit.
    pub(super) fn fraction(self) -> Option<(i128, i128)> {
        if self.mantissa == 0 {
            return Some((0, 1));
        }
        let power = power_of_ten(self.exponent.unsigned_abs())?;
        if self.exponent < 0 { Some((self.mantissa, power)) } else { Some((self.mantissa.checked_mul(power)?, 1)) }
    }

    /// The number in steps of ten to the power of minus `places`.
    pub(super) fn steps(self, places: u8) -> Result<i64, DecimalError> {
        if self.mantissa == 0 {
            return Ok(0);
        }
        let shift = self.exponent.checked_add(i32::from(places)).ok_or(DecimalError::TooLarge)?;
        let power = power_of_ten(shift.unsigned_abs());
        let steps = if shift < 0 {
            // A divisor beyond every mantissa leaves a fraction.
            let power = power.ok_or(DecimalError::Inexact)?;
            if self.mantissa % power != 0 {
                return Err(DecimalError::Inexact);
            }
            self.mantissa / power
        } else {
            power.and_then(|power| self.mantissa.checked_mul(power)).ok_or(DecimalError::TooLarge)?
        };
        i64::try_from(steps).map_err(|_| DecimalError::TooLarge)
    }
}

/// Ten to the power of `exponent`, where it fits.
pub(super) fn power_of_ten(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

/// A place in a text of ASCII characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// At the beginning of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes() }
    }

    /// Whether everything was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// What was not read yet; empty where that is no text.
    pub(super) fn rest(&self) -> &'a str {
        std::str::from_utf8(self.rest).unwrap_or_default()
    }

    /// Goes past `byte` if it comes next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Goes past one digit and returns its value.
    pub(super) fn digit(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        if !first.is_ascii_digit() {
            return None;
        }
        self.rest = rest;
        Some(first - b'0')
    }

    /// The number that exactly `count` digits write, at most nine of them.
    pub(super) fn number(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0u32, |number, _| number.checked_mul(10)?.checked_add(u32::from(self.digit()?)))
    }

    /// Appends one or more digits to `number` and returns how many there were.
    fn digits(&mut self, number: &mut i128, underscores: bool) -> Result<usize, DecimalError> {
        let mut count = 0;
        loop {
            let (part, places) = self.few_digits();
            if places == 0 {
                return Err(DecimalError::Malformed);
            }
            *number = if *number == 0 {
                part
            } else {
                let shifted = power_of_ten(places).and_then(|power| number.checked_mul(power));
                shifted.and_then(|number| number.checked_add(part)).ok_or(DecimalError::TooLarge)?
            };
            count += places as usize;
            let more = match self.rest.first() {
                Some(b'_') if underscores => self.eat(b'_'),
                Some(byte) => byte.is_ascii_digit(),
                None => false,
            };
            if !more {
                return Ok(count);
            }
        }
    }

    /// As many digits as always fit a machine word, and how many there were.
    fn few_digits(&mut self) -> (i128, u32) {
        let (mut number, mut places) = (0_u64, 0);
        while places < 18
            && let Some(digit) = self.digit()
        {
            number = number * 10 + u64::from(digit);
            places += 1;
        }
        (i128::from(number), places)
    }
}

/// The text for a message: cut where it is too long to be read there.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
