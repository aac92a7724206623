//! What the entries of an invoice add up to, and which ones may follow.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Entry, Posting};
use crate::{
    id::{InvoiceId, PatientId, UserId},
    money::{Currency, Money},
    mrn::Mrn,
    text::{PersonName, Reason, Reference},
    ward::Ward,
};

/// How many payments one invoice can have.
pub const MOST_PAYMENTS: u16 = 100;
/// How many refunds of one invoice can be on their way at once.
pub const MOST_REFUNDS: usize = 5;
/// How often a patient is reminded of an invoice.
pub const REMINDERS: u8 = 3;
/// How long there is between two reminders.
pub const REMINDED_EVERY: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Nothing is paid yet, and it is not due.
    Unpaid,
    /// A part is paid, and the rest is not due.
    PartlyPaid,
    /// It was due, and something is still outstanding.
    Overdue,
    /// Nothing is outstanding.
    Paid,
    /// Credit notes have taken everything back.
    Void,
}

named! {
    InvoiceStatus, "invalid_status": { Unpaid = "unpaid", PartlyPaid = "partly_paid", Overdue = "overdue", Paid = "paid", Void = "void" }
}

/// A refund that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRefund {
    /// The entry with which it was asked for.
    pub refund: u64,
    /// The entry of the payment.
    pub payment: u64,
    /// How much.
    pub amount: i64,
    /// Who asks.
    pub asked_by: Option<UserId>,
    /// When.
    pub asked_at: Timestamp,
    /// Why.
    pub reason: Reason,
    /// Whether another person agrees.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approved: bool,
}

/// What is to be paid for an invoice, and what was. Amounts are in the currency's smallest unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The invoice.
    pub id: InvoiceId,
    /// The number of the invoice: 1, 2, 3 and so on in the whole hospital, without gaps.
    pub number: u64,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name when it was issued.
    pub patient_name: PersonName,
    /// The patient's medical record number.
    pub mrn: Mrn,
    /// The ward on which the patient lay last before it was issued. `None` for who was in no bed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ward: Option<Ward>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Until when it is to be paid.
    pub due_on: Date,
    /// The currency.
    pub currency: Currency,
    /// What the invoice says.
    pub total: i64,
    /// What credit notes take off it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub credited: i64,
    /// What was paid, without payments that were taken back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub paid: i64,
    /// What was paid back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refunded: i64,
    /// How many payments were entered.
    #[serde(default)]
    pub payments: u16,
    /// How many credit notes there are.
    #[serde(default)]
    pub credit_notes: u16,
    /// Whether everything was credited at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub voided: bool,
    /// The charges that were credited by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credited_charges: Vec<u32>,
    /// What of which payment was taken back, paid back, or is to be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<(u64, i64)>,
    /// The references of payments that count, shortened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<(u64, String)>,
    /// The refunds that are on their way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<OpenRefund>,
    /// How often the patient was reminded.
    #[serde(default)]
    pub reminders: u8,
    /// When the patient was reminded last, or something became outstanding again that was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// The number of the last entry.
    pub version: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// Why a posting does not follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPosted {
    /// The invoice is void.
    Void,
    /// It is more than what is outstanding, and nobody said that it may be.
    MoreThanOutstanding(i64),
    /// Another payment has the same reference, and nobody said that it may.
    SameReference,
    /// The invoice has as many payments or open refunds as it may have.
    TooMany,
    /// It is more than what is left of the payment.
    MoreThanPaid(i64),
    /// It is more than what is overpaid, and nobody said that it may be.
    MoreThanOverpaid(i64),
    /// There is no such refund on its way.
    NoRefund,
    /// Nobody has approved the refund.
    NotApproved,
    /// It is approved already.
    Approved,
    /// Whoever asks for a refund does not approve it.
    OwnRefund,
    /// The charge was credited already.
    CreditedAlready(u32),
    /// Something else comes first. The caller reads the invoice again.
    OutOfOrder,
}

impl Balance {
    fn owed(&self) -> i64 {
        self.total - self.credited - (self.paid - self.refunded)
    }

    /// What is still to be paid.
    #[must_use]
    pub fn outstanding(&self) -> i64 {
        self.owed().max(0)
    }

    /// What was paid too much, and can be paid back.
    #[must_use]
    pub fn overpaid(&self) -> i64 {
        (-self.owed()).max(0)
    }

    /// An amount of its currency.
    #[must_use]
    pub fn money(&self, minor: i64) -> Money {
        Money::of_minor(minor, self.currency)
    }

    /// How it stands on a day.
    #[must_use]
    pub fn status(&self, today: Date) -> InvoiceStatus {
        if self.is_void() {
            return InvoiceStatus::Void;
        }
        match self.outstanding() {
            0 => InvoiceStatus::Paid,
            _ if self.due_on < today => InvoiceStatus::Overdue,
            _ if self.paid > self.refunded => InvoiceStatus::PartlyPaid,
            _ => InvoiceStatus::Unpaid,
        }
    }

    /// Whether credit notes have taken everything back.
    #[must_use]
    pub const fn is_void(&self) -> bool {
        self.voided || self.total > 0 && self.credited == self.total
    }

    /// What can still be taken or paid back of a payment.
    #[must_use]
    pub fn left_of(&self, payment: u64, amount: i64) -> i64 {
        amount - self.taken.iter().filter(|(entry, _)| *entry == payment).map(|(_, taken)| taken).sum::<i64>()
    }

    /// The number of a receipt: the invoice's number and the payment's place.
    #[must_use]
    pub fn receipt_number(&self, receipt: u16) -> String {
        format!("{}-{receipt}", number_in_words(self.number))
    }

    /// The number of a credit note.
    #[must_use]
    pub fn credit_note_number(&self, note: u16) -> String {
        format!("{}-C{note}", number_in_words(self.number))
    }

    /// What is overpaid, and on its way back to nobody yet.
    #[must_use]
    pub fn refundable(&self) -> i64 {
        (self.overpaid() - self.refunds.iter().map(|open| open.amount).sum::<i64>()).max(0)
    }

    /// When the patient is reminded next: in the morning after the due day, and two weeks after they were asked last.
    #[must_use]
    pub fn reminder_due(&self, morning_after: impl Fn(Date) -> Timestamp) -> Option<Timestamp> {
        if self.outstanding() == 0 || self.is_void() || self.reminders >= REMINDERS {
            return None;
        }
        let first = morning_after(self.due_on);
        let later = self.asked_at.map(|asked| asked.saturating_add(REMINDED_EVERY).unwrap_or(asked));
        Some(later.map_or(first, |later| later.max(first)))
    }

    /// The balance after a posting.
    ///
    /// # Errors
    /// When it does not follow.
    pub fn post(&self, posting: &Posting, by: Option<UserId>, at: Timestamp) -> Result<Self, NotPosted> {
        let mut after = self.clone();
        after.version += 1;
        match posting {
            Posting::Issued(_) => return Err(NotPosted::OutOfOrder),
            Posting::Paid { receipt, amount, reference, overpayment, same_reference, .. } => {
                if self.is_void() {
                    return Err(NotPosted::Void);
                }
                if self.payments >= MOST_PAYMENTS {
                    return Err(NotPosted::TooMany);
                }
                if *receipt != self.payments + 1 {
                    return Err(NotPosted::OutOfOrder);
                }
                let reference = reference.as_ref().map(Reference::shortened);
                let known = |reference: &String| self.references.iter().any(|(_, known)| known == reference);
                if !same_reference && reference.as_ref().is_some_and(known) {
                    return Err(NotPosted::SameReference);
                }
                if !overpayment && *amount > self.outstanding() {
                    return Err(NotPosted::MoreThanOutstanding(self.outstanding()));
                }
                after.references.extend(reference.map(|reference| (after.version, reference)));
                (after.payments, after.paid) = (*receipt, self.paid + amount);
            }
            Posting::TakenBack { payment, amount, .. } => {
                if self.left_of(*payment, *amount) < *amount {
                    return Err(NotPosted::MoreThanPaid(self.left_of(*payment, *amount)));
                }
                after.take(*payment, *amount);
                after.paid -= amount;
                after.references.retain(|(entry, _)| entry != payment);
            }
            Posting::Credited { note, amount, charges, .. } => {
                if self.is_void() {
                    return Err(NotPosted::Void);
                }
                if let Some(twice) = charges.iter().find(|charge| self.credited_charges.contains(charge)) {
                    return Err(NotPosted::CreditedAlready(*twice));
                }
                if *note != self.credit_notes + 1 || *amount > self.total - self.credited {
                    return Err(NotPosted::OutOfOrder);
                }
                (after.credit_notes, after.credited) = (*note, self.credited + amount);
                after.credited_charges.extend(charges);
                after.voided = charges.is_empty();
                if after.voided {
                    after.credited_charges.clear();
                }
            }
            Posting::RefundAsked { payment, of, amount, reason } => {
                let (refund, payment, amount, reason) = (after.version, *payment, *amount, reason.clone());
                after.hold(OpenRefund { refund, payment, amount, asked_by: by, asked_at: at, reason, approved: false }, *of)?;
            }
            Posting::RefundApproved { refund } => {
                let open = after.refunds.iter_mut().find(|open| open.refund == *refund).ok_or(NotPosted::NoRefund)?;
                if open.approved {
                    return Err(NotPosted::Approved);
                }
                if open.asked_by == by {
                    return Err(NotPosted::OwnRefund);
                }
                open.approved = true;
            }
            Posting::RefundRejected { refund, .. } => {
                let open = after.close(*refund)?;
                after.take(open.payment, -open.amount);
            }
            Posting::Refunded { refund, amount, .. } => {
                let open = after.close(*refund)?;
                if open.amount != *amount {
                    return Err(NotPosted::OutOfOrder);
                }
                if !open.approved {
                    return Err(NotPosted::NotApproved);
                }
                after.refunded += open.amount;
            }
            Posting::Reminded { times } => {
                if *times != self.reminders + 1 {
                    return Err(NotPosted::OutOfOrder);
                }
                (after.reminders, after.asked_at) = (*times, Some(at));
            }
        }
        if self.outstanding() == 0 && after.outstanding() > 0 {
            after.asked_at = Some(at);
        }
        Ok(after)
    }

    fn take(&mut self, payment: u64, amount: i64) {
        match self.taken.iter_mut().find(|(entry, _)| *entry == payment) {
            Some((_, taken)) => *taken += amount,
            None => self.taken.push((payment, amount)),
        }
        self.taken.retain(|(_, taken)| *taken != 0);
    }

    /// From now on nobody else can pay that part of the payment back.
    fn hold(&mut self, refund: OpenRefund, paid: i64) -> Result<(), NotPosted> {
        if self.refunds.len() >= MOST_REFUNDS {
            return Err(NotPosted::TooMany);
        }
        let left = self.left_of(refund.payment, paid);
        if refund.amount > left {
            return Err(NotPosted::MoreThanPaid(left));
        }
        self.take(refund.payment, refund.amount);
        self.refunds.push(refund);
        Ok(())
    }

    fn close(&mut self, refund: u64) -> Result<OpenRefund, NotPosted> {
        let at = self.refunds.iter().position(|open| open.refund == refund).ok_or(NotPosted::NoRefund)?;
        Ok(self.refunds.remove(at))
    }

    /// What the entries after the first one add up to, from the balance as it was when the invoice was issued.
    ///
    /// # Errors
    /// When one of them does not follow from those before it.
    pub fn replay<'a>(issued: Self, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Self, NotPosted> {
        entries.into_iter().try_fold(issued, |balance, entry| {
            if balance.version + 1 == entry.entry { balance.post(&entry.posting, entry.by, entry.at) } else { Err(NotPosted::OutOfOrder) }
        })
    }

    /// The balance of an invoice that nothing has happened to since it was issued.
    #[must_use]
    pub fn as_issued(&self) -> Self {
        Self {
            credited: 0,
            paid: 0,
            refunded: 0,
            payments: 0,
            credit_notes: 0,
            voided: false,
            credited_charges: Vec::new(),
            taken: Vec::new(),
            references: Vec::new(),
            refunds: Vec::new(),
            reminders: 0,
            asked_at: None,
            version: 1,
            ..self.clone()
        }
    }
}

/// The number of an invoice as people read it: six digits or more.
#[must_use]
pub fn number_in_words(number: u64) -> String {
    format!("{number:06}")
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::billing::Tender;

    const EPOCH: Timestamp = Timestamp::UNIX_EPOCH;

    fn user(number: u128) -> UserId {
        UserId::new(Timestamp::UNIX_EPOCH, number)
    }

    fn reason() -> Reason {
        Reason::parse("Entered by mistake").unwrap()
    }

    pub(crate) fn issued(total: i64) -> Balance {
        Balance {
            id: InvoiceId::new(Timestamp::UNIX_EPOCH, 1),
            number: 42,
            patient_id: PatientId::new(Timestamp::UNIX_EPOCH, 1),
            patient_name: PersonName::parse("Ada Byron").unwrap(),
            mrn: Mrn::parse("100000006").unwrap(),
            ward: None,
            issued_at: Timestamp::UNIX_EPOCH,
            due_on: date(2026, 4, 1),
            currency: Currency::parse("USD").unwrap(),
            total,
            credited: 0,
            paid: 0,
            refunded: 0,
            payments: 0,
            credit_notes: 0,
            voided: false,
            credited_charges: Vec::new(),
            taken: Vec::new(),
            references: Vec::new(),
            refunds: Vec::new(),
            reminders: 0,
            asked_at: None,
            version: 1,
        }
    }

    fn paid(receipt: u16, amount: i64, reference: Option<&str>) -> Posting {
        let reference = reference.map(|text| Reference::parse(text).unwrap());
        Posting::Paid { receipt, amount, tender: Tender::Cash, reference, received_on: None, overpayment: false, same_reference: false }
    }

    fn credited(note: u16, amount: i64, charges: Vec<u32>) -> Posting {
        Posting::Credited { note, amount, charges, bill_again: false, reason: Some(reason()) }
    }

    #[test]
    fn a_payment_is_no_more_than_what_is_outstanding_unless_somebody_says_so() {
        let part = issued(1_000).post(&paid(1, 400, Some("TR 1")), Some(user(1)), EPOCH).unwrap();
        assert_eq!(
            (part.outstanding(), part.status(date(2026, 4, 1)), part.receipt_number(1)),
            (600, InvoiceStatus::PartlyPaid, "000042-1".to_owned())
        );
        assert_eq!(part.status(date(2026, 4, 2)), InvoiceStatus::Overdue);
        assert_eq!(part.post(&paid(2, 601, None), Some(user(1)), EPOCH), Err(NotPosted::MoreThanOutstanding(600)));
        assert_eq!(part.post(&paid(2, 600, Some("tr 1")), Some(user(1)), EPOCH), Err(NotPosted::SameReference));
        assert_eq!(part.post(&paid(1, 600, None), Some(user(1)), EPOCH), Err(NotPosted::OutOfOrder));
        let over = Posting::Paid {
            receipt: 2,
            amount: 700,
            tender: Tender::Card,
            reference: None,
            received_on: None,
            overpayment: true,
            same_reference: false,
        };
        let over = part.post(&over, Some(user(1)), EPOCH).unwrap();
        assert_eq!((over.outstanding(), over.overpaid(), over.status(date(2026, 5, 1))), (0, 100, InvoiceStatus::Paid));
    }

    #[test]
    fn money_goes_back_once_and_by_two_people() {
        let paid = issued(1_000).post(&paid(1, 1_000, None), Some(user(1)), EPOCH).unwrap();
        let ask = |amount| Posting::RefundAsked { payment: 2, of: 1_000, amount, reason: reason() };
        let asked = paid.post(&ask(700), Some(user(1)), EPOCH).unwrap();
        assert_eq!(asked.post(&ask(301), Some(user(1)), EPOCH), Err(NotPosted::MoreThanPaid(300)));
        let back = Posting::TakenBack { payment: 2, amount: 1_000, reason: reason() };
        assert_eq!(asked.post(&back, Some(user(1)), EPOCH), Err(NotPosted::MoreThanPaid(300)), "a part of it goes back already");
        let (approve, complete) =
            (Posting::RefundApproved { refund: 3 }, Posting::Refunded { refund: 3, amount: 700, tender: Tender::Cash, reference: None });
        assert_eq!(asked.post(&approve, Some(user(1)), EPOCH), Err(NotPosted::OwnRefund));
        assert_eq!(asked.post(&complete, Some(user(1)), EPOCH), Err(NotPosted::NotApproved));
        let approved = asked.post(&approve, Some(user(2)), EPOCH).unwrap();
        assert_eq!(approved.post(&approve, Some(user(3)), EPOCH), Err(NotPosted::Approved));
        let done = approved.post(&complete, Some(user(1)), EPOCH).unwrap();
        assert_eq!((done.outstanding(), done.refunded, done.left_of(2, 1_000)), (700, 700, 300));
        assert_eq!(done.post(&complete, Some(user(1)), EPOCH), Err(NotPosted::NoRefund));
        let rejected = asked.post(&Posting::RefundRejected { refund: 3, reason: reason() }, Some(user(2)), EPOCH).unwrap();
        assert_eq!((rejected.left_of(2, 1_000), rejected.refunds.len()), (1_000, 0));
        let taken = rejected.post(&back, Some(user(1)), EPOCH).unwrap();
        assert_eq!((taken.paid, taken.outstanding(), taken.left_of(2, 1_000)), (0, 1_000, 0));
    }

    #[test]
    fn a_credit_note_takes_a_line_back_once_and_the_whole_invoice_makes_it_void() {
        let line = issued(1_000).post(&credited(1, 300, vec![4]), Some(user(1)), EPOCH).unwrap();
        assert_eq!((line.outstanding(), line.credit_note_number(1)), (700, "000042-C1".to_owned()));
        assert_eq!(line.post(&credited(2, 300, vec![4]), Some(user(1)), EPOCH), Err(NotPosted::CreditedAlready(4)));
        assert_eq!(line.post(&credited(2, 701, vec![5]), Some(user(1)), EPOCH), Err(NotPosted::OutOfOrder));
        let void = line.post(&credited(2, 700, Vec::new()), Some(user(1)), EPOCH).unwrap();
        assert_eq!(
            (void.status(date(2026, 5, 1)), void.post(&paid(1, 1, None), Some(user(1)), EPOCH)),
            (InvoiceStatus::Void, Err(NotPosted::Void))
        );
        assert_eq!(void.post(&credited(3, 0, Vec::new()), Some(user(1)), EPOCH), Err(NotPosted::Void));
        // What was paid before can be paid back.
        let over = issued(1_000)
            .post(&paid(1, 1_000, None), Some(user(1)), EPOCH)
            .unwrap()
            .post(&credited(1, 1_000, Vec::new()), Some(user(1)), EPOCH)
            .unwrap();
        assert_eq!((over.outstanding(), over.overpaid()), (0, 1_000));
    }

    #[test]
    fn somebody_is_reminded_three_times() {
        let morning = |day: Date| day.tomorrow().unwrap().at(8, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let mut balance = issued(100);
        let mut due = Vec::new();
        while let Some(at) = balance.reminder_due(morning) {
            due.push(at.to_string());
            balance = balance.post(&Posting::Reminded { times: balance.reminders + 1 }, None, at).unwrap();
        }
        assert_eq!(due, ["2026-04-02T08:00:00Z", "2026-04-16T08:00:00Z", "2026-04-30T08:00:00Z"]);
        // A payment that bounces long afterwards: the patient has two weeks from then on.
        let paid = issued(100).post(&paid(1, 100, None), None, EPOCH).unwrap();
        let back = Posting::TakenBack { payment: 2, amount: 100, reason: reason() };
        let bounced = paid.post(&back, None, "2026-06-01T12:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(bounced.reminder_due(morning).unwrap().to_string(), "2026-06-15T12:00:00Z");
        assert_eq!(paid.reminder_due(morning), None);
    }

    proptest! {
        /// Whatever anybody tries: what was paid and what is outstanding is the total, nothing goes back twice, and the entries replay.
        #[test]
        fn paid_and_outstanding_is_the_total(tries in prop::collection::vec((0u8..8, 0i64..600, 0usize..6, any::<bool>()), 1..60)) {
            let first = issued(1_000);
            let (mut balance, mut entries, mut payments, mut credited_lines) = (first.clone(), Vec::<Entry>::new(), Vec::<(u64, i64)>::new(), Vec::new());
            for (what, amount, which, flag) in tries {
                let payment = payments.get(which).copied().unwrap_or((99, 500));
                let refund = balance.refunds.get(which).map_or(99, |open| open.refund);
                let held = balance.refunds.get(which).map_or(0, |open| open.amount);
                let by = Some(user(u128::from(flag)));
                let charge = u32::try_from(which).unwrap();
                let posting = match what {
                    0 | 1 => Posting::Paid { receipt: balance.payments + 1, amount, tender: Tender::Cash, reference: None, received_on: None, overpayment: flag, same_reference: false },
                    2 => Posting::TakenBack { payment: payment.0, amount: payment.1, reason: reason() },
                    3 => credited(balance.credit_notes + 1, amount.min(200), vec![charge]),
                    4 => Posting::RefundAsked { payment: payment.0, of: payment.1, amount, reason: reason() },
                    5 => Posting::RefundApproved { refund },
                    6 if flag => Posting::RefundRejected { refund, reason: reason() },
                    6 => Posting::Refunded { refund, amount: held, tender: Tender::Cash, reference: None },
                    _ => Posting::Reminded { times: balance.reminders + 1 },
                };
                // Only payments that were entered are named: the caller reads them.
                if matches!(what, 2 | 4) && payment.0 == 99 {
                    continue;
                }
                let Ok(after) = balance.post(&posting, by, Timestamp::UNIX_EPOCH) else { continue };
                match &posting {
                    Posting::Paid { amount, .. } => payments.push((after.version, *amount)),
                    Posting::Credited { charges, .. } => credited_lines.extend(charges.clone()),
                    _ => {}
                }
                entries.push(Entry { invoice_id: after.id, number: 42, patient_id: after.patient_id, entry: after.version, at: Timestamp::UNIX_EPOCH, by, posting });
                balance = after;
                prop_assert_eq!(balance.paid - balance.refunded + balance.outstanding() - balance.overpaid(), balance.total - balance.credited);
                prop_assert!(payments.iter().all(|(entry, amount)| (0..=*amount).contains(&balance.left_of(*entry, *amount))));
                let entered: i64 = payments.iter().map(|(_, amount)| amount).sum();
                prop_assert!(balance.refunded <= entered && balance.paid >= 0 && balance.refunded <= balance.paid + balance.refunded);
                prop_assert!((0..=balance.total).contains(&balance.credited));
            }
            credited_lines.sort_unstable();
            let all = credited_lines.len();
            credited_lines.dedup();
            prop_assert_eq!(credited_lines.len(), all);
            prop_assert_eq!(Balance::replay(first, &entries), Ok(balance.clone()));
            prop_assert_eq!(balance.as_issued(), issued(1_000));
        }
    }
}
