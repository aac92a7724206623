//! What the hospital has decided about its bills: discounts by income, taxes, what a missed appointment costs, and when an invoice is due.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ChargeKind;
use crate::{
    Invalid,
    money::{Currency, Money},
};

/// A percentage from 0 to 100, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Percent(u16);

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Parses a percentage such as `5` or `7.25`.
    ///
    /// # Errors
    /// When it is not one, or has more than two decimals.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new("invalid_percentage", "Give a percentage from 0 to 100 with at most two decimals, such as `7.5`.");
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fits = (1..=3).contains(&whole.len()) && decimals.len() <= 2 && text.contains('.') != decimals.is_empty();
        if !fits || !digits(whole) || !digits(decimals) {
            return Err(refused());
        }
        let hundredths: u32 = format!("{whole}{decimals:0<2}").parse().map_err(|_| refused())?;
        u16::try_from(hundredths).ok().filter(|hundredths| *hundredths <= 10_000).map(Self).ok_or_else(refused)
    }

    /// This part of an amount, rounded half to even.
    #[must_use]
    pub fn of(self, minor: i64) -> i64 {
        let exact = i128::from(minor) * i128::from(self.0);
        let (whole, rest) = (exact.div_euclid(10_000), exact.rem_euclid(10_000));
        let up = rest > 5_000 || rest == 5_000 && whole % 2 != 0;
        i64::try_from(whole + i128::from(up)).unwrap_or(i64::MAX)
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        match hundredths {
            0 => write!(f, "{whole}"),
            tenths if tenths % 10 == 0 => write!(f, "{whole}.{}", tenths / 10),
            hundredths => write!(f, "{whole}.{hundredths:02}"),
        }
    }
}

/// The discount for patients with an income of up to an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bracket {
    /// The highest monthly income that it is for. `None` for all higher ones.
    pub up_to: Option<Money>,
    /// How much less they pay.
    pub percent: Percent,
}

/// The discount of an invoice, with what it follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// How much less the patient pays.
    pub percent: Percent,
    /// The patient's monthly income as it was known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub income: Option<Money>,
    /// The highest income of the bracket that it is in. `None` for the one without an end, and when the income is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Money>,
    /// All brackets as they were configured then.
    pub brackets: String,
}

impl Discount {
    /// The rule in words, such as `50 % for a monthly income of up to USD 20000.00`. It does not name the income itself.
    #[must_use]
    pub fn in_words(&self) -> String {
        match (self.income, self.up_to) {
            (None, _) => "none, because the monthly income is not known".to_owned(),
            (Some(_), Some(up_to)) => format!("{} % for a monthly income of up to {up_to}", self.percent),
            (Some(_), None) => format!("{} % for a monthly income above the highest bracket", self.percent),
        }
    }
}

/// What the hospital has decided about its bills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The currency of every amount.
    pub currency: Currency,
    /// From the lowest income to the highest.
    pub brackets: Vec<Bracket>,
    /// As they were configured.
    pub brackets_text: String,
    /// What a missed appointment costs. Nothing, if it is zero.
    pub no_show_fee: Money,
    /// What the tax is called.
    pub tax_name: String,
    /// What is taxed, and how much.
    pub taxes: Vec<(ChargeKind, Percent)>,
    /// Within how many days an invoice is to be paid.
    pub payment_days: u16,
    /// Where and how to pay, as invoices say it.
    pub how_to_pay: Option<String>,
}

/// The brackets of a hospital that has not decided otherwise.
pub const BRACKETS: &str = "20000=50,50000=30,above=5";
/// How many days there are to pay, unless the hospital has decided otherwise.
pub const PAYMENT_DAYS: u16 = 30;

impl Terms {
    /// The terms of a hospital that has not decided anything.
    #[must_use]
    pub fn of(currency: Currency) -> Self {
        Self {
            currency,
            brackets: brackets(BRACKETS, currency).unwrap_or_default(),
            brackets_text: BRACKETS.to_owned(),
            no_show_fee: Money::of_minor(0, currency),
            tax_name: "Tax".to_owned(),
            taxes: Vec::new(),
            payment_days: PAYMENT_DAYS,
            how_to_pay: None,
        }
    }

    /// With other brackets, such as `20000=50,50000=30,above=5`.
    ///
    /// # Errors
    /// When they are not written like this.
    pub fn with_brackets(self, text: &str) -> Result<Self, Invalid> {
        Ok(Self { brackets: brackets(text, self.currency)?, brackets_text: text.to_owned(), ..self })
    }

    /// With taxes by what is charged, such as `medicine=5,bed_day=7.5`. An empty text means none.
    ///
    /// # Errors
    /// When they are not written like this.
    pub fn with_taxes(self, name: &str, text: &str) -> Result<Self, Invalid> {
        let mut taxes = Vec::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let refused = || Invalid::new("invalid_taxes", "Give each kind of charge its tax, such as `medicine=5,bed_day=7.5`.");
            let (kind, percent) = part.split_once('=').ok_or_else(refused)?;
            let kind = ChargeKind::parse(kind)?;
            if taxes.iter().any(|(other, _)| *other == kind) {
                return Err(refused());
            }
            taxes.push((kind, Percent::parse(percent)?));
        }
        Ok(Self { tax_name: name.to_owned(), taxes, ..self })
    }

    /// The discount for a patient with this monthly income. Without a known income there is none.
    #[must_use]
    pub fn discount(&self, income: Option<Money>) -> Discount {
        let fits = |bracket: &&Bracket| income.is_some_and(|income| bracket.up_to.is_none_or(|up_to| income.minor() <= up_to.minor()));
        let bracket = self.brackets.iter().find(fits);
        Discount {
            percent: bracket.map_or(Percent::ZERO, |bracket| bracket.percent),
            income,
            up_to: bracket.and_then(|bracket| bracket.up_to),
            brackets: self.brackets_text.clone(),
        }
    }
}

fn brackets(text: &str, currency: Currency) -> Result<Vec<Bracket>, Invalid> {
    let refused = || {
        let detail = "Give the brackets from the lowest monthly income to the highest, each with its discount, and the last one for all above, \
            such as `20000=50,50000=30,above=5`.";
        Invalid::new("invalid_brackets", detail)
    };
    let mut brackets: Vec<Bracket> = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (up_to, percent) = part.split_once('=').ok_or_else(refused)?;
        let up_to = if up_to == "above" { None } else { Some(Money::parse(up_to, currency)?) };
        let grows = brackets.last().is_none_or(|last| match (last.up_to, up_to) {
            (Some(last), Some(next)) => last.minor() < next.minor(),
            (last, _) => last.is_some(),
        });
        if !grows {
            return Err(refused());
        }
        brackets.push(Bracket { up_to, percent: Percent::parse(percent)? });
    }
    Ok(brackets)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(amount: &str) -> Money {
        Money::parse(amount, Currency::parse("USD").unwrap()).unwrap()
    }

    fn terms() -> Terms {
        Terms::of(Currency::parse("USD").unwrap())
    }

    #[test]
    fn a_discount_follows_from_the_income() {
        for (income, percent) in [("0", "50"), ("20000", "50"), ("20000.01", "30"), ("50000", "30"), ("50000.01", "5"), ("9000000000", "5")]
        {
            assert_eq!(terms().discount(Some(usd(income))).percent.to_string(), percent, "{income}");
        }
        let unknown = terms().discount(None);
        assert_eq!((unknown.percent, unknown.income, unknown.brackets.as_str()), (Percent::ZERO, None, BRACKETS));
        assert_eq!(terms().discount(Some(usd("100"))).in_words(), "50 % for a monthly income of up to USD 20000.00");
        let none = terms().with_brackets("").unwrap();
        assert_eq!(none.discount(Some(usd("1"))).percent, Percent::ZERO);
    }

    #[test]
    fn what_is_configured_is_read_once() {
        for wrong in ["x", "20000", "20000=101", "20000=50,20000=30", "50000=30,20000=50", "above=5,20000=50", "20000=1.234", "-1=5"] {
            assert!(terms().with_brackets(wrong).is_err(), "{wrong}");
        }
        let taxed = terms().with_taxes("VAT", "medicine=5,bed_day=7.25").unwrap();
        assert_eq!(taxed.taxes[1], (ChargeKind::BedDay, Percent(725)));
        for wrong in ["medicine", "medicine=x", "food=5", "medicine=5,medicine=6"] {
            assert!(terms().with_taxes("VAT", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_half_goes_to_the_even_side() {
        let half = Percent::parse("50").unwrap();
        assert_eq!([1, 3, 5, 7].map(|minor| half.of(minor)), [0, 2, 2, 4]);
        assert_eq!(Percent::parse("7.5").unwrap().of(333), 25, "24.975");
        assert_eq!(
            ["0", "5", "7.5", "7.25", "100"].map(|text| Percent::parse(text).unwrap().to_string()),
            ["0", "5", "7.5", "7.25", "100"]
        );
        for wrong in ["", "101", "100.01", "-5", "5.", ".5", "5.001", "1e1"] {
            assert!(Percent::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_part_is_near_its_exact_value(minor in 0..Money::MAX_MINOR, hundredths in 0u16..=10_000) {
            let part = i128::from(Percent(hundredths).of(minor)) * 10_000;
            let exact = i128::from(minor) * i128::from(hundredths);
            prop_assert!((part - exact).abs() <= 5_000);
        }
    }
}
