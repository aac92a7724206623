//! What an invoice is made of: its lines, the discount, the taxes and the total.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Charge, ChargeKind, Discount, Percent, Terms};
use crate::{id::AdmissionId, text::PostalAddress};

/// How many charges one invoice has at most. Those behind them stay open for the next one.
pub const MOST_LINES: usize = 500;
/// How many lines one credit note names at most, unless it is for the whole invoice.
pub const MOST_CREDITED: usize = 40;

/// The charges of a patient from one number to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first one.
    pub from: u32,
    /// The last one.
    pub to: u32,
}

impl Span {
    /// Whether a charge is among them.
    #[must_use]
    pub const fn contains(self, number: u32) -> bool {
        self.from <= number && number <= self.to
    }
}

/// A tax on what is charged of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// What is taxed.
    pub kind: ChargeKind,
    /// How much.
    pub percent: Percent,
    /// Of what: the lines of this kind less their discount.
    pub base: i64,
    /// The tax.
    pub amount: i64,
}

/// What was issued. Amounts are in the smallest unit of the invoice's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The charges that it is for. Those that were reversed before are not among its lines.
    pub spans: Vec<Span>,
    /// The version of the patient's account then. What was reversed since was on the invoice.
    pub as_of: u64,
    /// How many lines it has.
    pub lines: u32,
    /// What all lines cost.
    pub subtotal: i64,
    /// The discount, with what it follows from.
    pub rule: Discount,
    /// What the discount takes off.
    pub discount: i64,
    /// What the tax is called.
    pub tax_name: String,
    /// The taxes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Tax>,
    /// What is to be paid.
    pub total: i64,
    /// Until when.
    pub due_on: Date,
    /// Where the patient lived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<PostalAddress>,
    /// The stay at whose end it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission_id: Option<AdmissionId>,
}

/// One line of an invoice: a charge with its share of the discount and of the tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The charge.
    pub charge: Charge,
    /// What all units cost.
    pub amount: i64,
    /// Its share of the discount.
    pub discount: i64,
    /// Its share of the tax.
    pub tax: i64,
}

impl Line {
    /// What is to be paid for it.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.amount.saturating_sub(self.discount).saturating_add(self.tax)
    }
}

/// Charges with their prices, discount and taxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// One line for each charge, in the order of the charges.
    pub lines: Vec<Line>,
    /// What all lines cost.
    pub subtotal: i64,
    /// What the discount takes off.
    pub discount: i64,
    /// The taxes.
    pub taxes: Vec<Tax>,
    /// What is to be paid.
    pub total: i64,
}

/// Prices charges: the discount is taken of all lines together, and each tax of the lines of its kind after the discount.
#[must_use]
pub fn price(charges: Vec<Charge>, percent: Percent, rates: &[(ChargeKind, Percent)]) -> Priced {
    let amounts: Vec<i64> = charges.iter().map(|charge| charge.amount().minor()).collect();
    let subtotal = sum(&amounts);
    let discount = percent.of(subtotal);
    let discounts = share(discount, &amounts);
    let mut lines: Vec<Line> = (charges.into_iter().zip(amounts).zip(discounts))
        .map(|((charge, amount), discount)| Line { charge, amount, discount, tax: 0 })
        .collect();
    let mut taxes = Vec::new();
    for (kind, percent) in rates {
        let nets: Vec<i64> = lines.iter().map(|line| if line.charge.kind == *kind { line.total() } else { 0 }).collect();
        let base = sum(&nets);
        let amount = percent.of(base);
        if base == 0 || percent.is_zero() {
            continue;
        }
        for (line, tax) in lines.iter_mut().zip(share(amount, &nets)) {
            line.tax += tax;
        }
        taxes.push(Tax { kind: *kind, percent: *percent, base, amount });
    }
    let total = lines.iter().map(Line::total).fold(0, i64::saturating_add);
    Priced { lines, subtotal, discount, taxes, total }
}

impl Issued {
    /// An invoice of priced charges.
    #[must_use]
    pub fn of(
        priced: &Priced,
        (spans, as_of): (Vec<Span>, u64),
        rule: Discount,
        terms: &Terms,
        today: Date,
        admission_id: Option<AdmissionId>,
    ) -> Self {
        let days = jiff::Span::new().days(terms.payment_days);
        Self {
            spans,
            as_of,
            lines: u32::try_from(priced.lines.len()).unwrap_or(u32::MAX),
            subtotal: priced.subtotal,
            rule,
            discount: priced.discount,
            tax_name: terms.tax_name.clone(),
            taxes: priced.taxes.clone(),
            total: priced.total,
            due_on: today.saturating_add(days),
            address: None,
            admission_id,
        }
    }

    /// The same charges priced once more, by the terms that the invoice has kept. It gives the lines, and proves that they equal the invoice.
    #[must_use]
    pub fn price(&self, charges: Vec<Charge>) -> Priced {
        let rates: Vec<_> = self.taxes.iter().map(|tax| (tax.kind, tax.percent)).collect();
        price(charges, self.rule.percent, &rates)
    }

    /// Whether the invoice equals its lines.
    #[must_use]
    pub fn equals(&self, priced: &Priced) -> bool {
        let lines = usize::try_from(self.lines).unwrap_or(usize::MAX);
        (lines, self.subtotal, self.discount, self.total) == (priced.lines.len(), priced.subtotal, priced.discount, priced.total)
            && self.taxes == priced.taxes
    }
}

/// Shares a total among weights, in proportion. The shares add up to the total.
#[must_use]
pub fn share(total: i64, weights: &[i64]) -> Vec<i64> {
    let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if all == 0 {
        return vec![0; weights.len()];
    }
    let exact = weights.iter().map(|weight| i128::from(total) * i128::from(*weight));
    let (mut shares, rests): (Vec<i64>, Vec<i128>) = exact.map(|exact| (small(exact / all), exact % all)).unzip();
    let left = usize::try_from(total - sum(&shares)).unwrap_or_default();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(rests.get(*at).copied()));
    for at in order.into_iter().take(left) {
        if let Some(share) = shares.get_mut(at) {
            *share += 1;
        }
    }
    shares
}

fn small(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn sum(amounts: &[i64]) -> i64 {
    amounts.iter().copied().fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        billing::ChargeRule,
        id::PatientId,
        money::{Currency, Money},
    };

    fn charge(number: u32, kind: ChargeKind, quantity: u32, minor: i64) -> Charge {
        Charge {
            patient_id: PatientId::new(Timestamp::UNIX_EPOCH, 1),
            number,
            kind,
            what: "A thing".to_owned(),
            on: date(2026, 3, 2),
            quantity,
            unit_price: Money::of_minor(minor, Currency::parse("USD").unwrap()),
            rule: ChargeRule::EnteredByHand,
            source: None,
            at: Timestamp::UNIX_EPOCH,
            by: None,
            reason: None,
        }
    }

    fn percent(text: &str) -> Percent {
        Percent::parse(text).unwrap()
    }

    #[test]
    fn what_is_left_of_a_discount_goes_to_the_largest_remainders() {
        let charges =
            vec![charge(1, ChargeKind::Other, 1, 333), charge(2, ChargeKind::Other, 1, 333), charge(3, ChargeKind::Other, 1, 334)];
        let priced = price(charges, percent("5"), &[]);
        assert_eq!((priced.subtotal, priced.discount, priced.total), (1_000, 50, 950));
        assert_eq!(priced.lines.iter().map(|line| line.discount).collect::<Vec<_>>(), [17, 16, 17]);
        assert_eq!(share(2, &[1, 1, 1]), [1, 1, 0], "the earlier ones first");
        assert_eq!(share(0, &[0, 0]), [0, 0]);
    }

    #[test]
    fn a_tax_is_of_its_kind_after_the_discount() {
        let charges =
            vec![charge(1, ChargeKind::Medicine, 21, 25), charge(2, ChargeKind::BedDay, 3, 20_000), charge(3, ChargeKind::Medicine, 1, 99)];
        let priced = price(charges, percent("30"), &[(ChargeKind::Medicine, percent("7.25")), (ChargeKind::Surgery, percent("5"))]);
        assert_eq!((priced.subtotal, priced.discount), (60_624, 18_187));
        let [tax] = &priced.taxes[..] else { panic!("{:?}", priced.taxes) };
        let nets: i64 = priced.lines.iter().filter(|line| line.tax > 0).map(|line| line.amount - line.discount).sum();
        assert_eq!((tax.base, tax.amount), (nets, percent("7.25").of(nets)));
        assert_eq!(priced.total, priced.subtotal - priced.discount + tax.amount);
    }

    proptest! {
        /// The lines always add up, whatever the rounding.
        #[test]
        fn lines_add_up(
            charges in prop::collection::vec((0usize..ChargeKind::ALL.len(), 1u32..1_000, 0i64..100_000_000), 1..40), discount in 0u16..=10_000, tax in 0u16..=10_000,
        ) {
            let charges: Vec<_> = (1..).zip(charges).map(|(number, (kind, quantity, minor))| charge(number, ChargeKind::ALL[kind], quantity, minor)).collect();
            let hundredths = |value: u16| percent(&format!("{}.{:02}", value / 100, value % 100));
            let priced = price(charges, hundredths(discount), &[(ChargeKind::Medicine, hundredths(tax)), (ChargeKind::LabTest, hundredths(tax))]);
            let all = |of: fn(&Line) -> i64| priced.lines.iter().map(of).sum::<i64>();
            prop_assert_eq!(all(|line| line.amount), priced.subtotal);
            prop_assert_eq!(all(|line| line.discount), priced.discount);
            prop_assert_eq!(all(|line| line.tax), priced.taxes.iter().map(|tax| tax.amount).sum::<i64>());
            prop_assert_eq!(all(Line::total), priced.total);
            prop_assert!(priced.lines.iter().all(|line| (0..=line.amount).contains(&line.discount) && line.tax >= 0));
        }
    }
}
