//! Money as a whole number of the currency's smallest unit (ISO 4217), never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// An ISO 4217 currency, such as `USD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Parses a three-letter code.
    ///
    /// # Errors
    /// When ISO 4217 does not list the code, or lists it without a smallest unit (gold, testing codes).
    pub fn parse(code: &str) -> Result<Self, Invalid> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| Invalid::new("invalid_currency", "Give an ISO 4217 currency code such as `USD`."))
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    fn digits(self) -> usize {
        usize::from(self.0.exponent().unwrap_or(0))
    }
}

impl TryFrom<String> for Currency {
    type Error = Invalid;
    fn try_from(code: String) -> Result<Self, Invalid> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

/// An amount that is not negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// The largest amount that is accepted, in smallest units.
    pub const MAX_MINOR: i64 = 1_000_000_000_000;

    /// Parses a decimal amount such as `1250.00`. The fraction may be left out, and has at most as many digits as the currency.
    ///
    /// # Errors
    /// When the text is not such an amount, is negative, or is above [`Self::MAX_MINOR`].
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, Invalid> {
        let digits = currency.digits();
        let refused = || {
            let example = Self { minor: 125_000, currency };
            Invalid::new(
                "invalid_amount",
                format!(
                    "Give a decimal amount that is not negative, with at most {digits} decimals and no other signs, such as `{}`.",
                    example.amount()
                ),
            )
        };
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fraction_fits = fraction.len() <= digits && amount.contains('.') != fraction.is_empty();
        if whole.is_empty() || whole.len() > 13 || !numeric(whole) || !numeric(fraction) || !fraction_fits {
            return Err(refused());
        }
        let minor: i64 = format!("{whole}{fraction:0<digits$}").parse().map_err(|_| refused())?;
        if minor > Self::MAX_MINOR {
            return Err(Invalid::new("too_large", "This amount is larger than the hospital accepts. Give a smaller one."));
        }
        Ok(Self { minor, currency })
    }

    /// An amount of so many smallest units. Nothing below zero is one.
    #[must_use]
    pub fn of_minor(minor: i64, currency: Currency) -> Self {
        Self { minor: minor.max(0), currency }
    }

    /// The decimal amount without the currency, such as `1250.00`.
    #[must_use]
    pub fn amount(self) -> String {
        let digits = self.currency.digits();
        let text = format!("{:0>width$}", self.minor, width = digits + 1);
        let (whole, fraction) = text.split_at(text.len() - digits);
        if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
    }

    /// The amount for so many units.
    #[must_use]
    pub fn times(self, units: u32) -> Self {
        Self { minor: self.minor.saturating_mul(i64::from(units)), ..self }
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount in smallest units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency.code(), self.amount())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(amount: &str, code: &str) -> Result<Money, Invalid> {
        Money::parse(amount, Currency::parse(code).unwrap())
    }

    #[test]
    fn follows_the_currency() {
        assert_eq!(money("1250", "USD").unwrap().to_string(), "USD 1250.00");
        assert_eq!(money("0.05", "USD").unwrap().minor(), 5);
        assert_eq!(money("5", "JPY").unwrap().to_string(), "JPY 5");
        assert_eq!(money("1.234", "KWD").unwrap().minor(), 1234);
    }

    #[test]
    fn refuses() {
        for bad in ["", "-1", "1.", ".5", "1.234", "1e3", "1,000", "NaN", "99999999999999999999"] {
            assert_eq!(money(bad, "USD").unwrap_err().code, "invalid_amount", "{bad}");
        }
        assert_eq!(money("9999999999999", "USD").unwrap_err().code, "too_large");
        assert_eq!(money("1.5", "JPY").unwrap_err().code, "invalid_amount");
        assert_eq!(Currency::parse("usd").unwrap_err().code, "invalid_currency");
        assert_eq!(Currency::parse("XAU").unwrap_err().code, "invalid_currency");
    }

    proptest! {
        #[test]
        fn survives_text(minor in 0..=Money::MAX_MINOR) {
            let money = Money { minor, currency: Currency::parse("EUR").unwrap() };
            prop_assert_eq!(Money::parse(&money.amount(), money.currency).unwrap(), money);
        }

        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Money::parse(&text, Currency::parse("USD").unwrap());
            let _ = Currency::parse(&text);
        }
    }
}
