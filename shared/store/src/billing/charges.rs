//! A patient's charges. They follow from what was done, as it stands now: however often and in whichever order anybody looks, each is there once.

use aws_sdk_dynamodb::types::builders::ConditionCheckBuilder;
use domain::{
    billing::{
        BillingAccount, Charge, Charged, Service, Source, Span, Terms,
        charge::{Corrections, Counting, Reversal},
        invoice::MOST_LINES,
        services,
    },
    id::{PatientId, UserId},
    record::surgery::Surgery,
    text::Reason,
};
use jiff::{Timestamp, tz::TimeZone};

use super::{TRIES, invoices::CreditError, write_account};
use crate::{Item, Record, Store, StoreError, from_item, keys};

/// How many charges one transaction writes at most.
const AT_ONCE: usize = 30;

/// A charge with what has become of it.
#[derive(Debug, Clone)]
pub struct NumberedCharge {
    pub charge: Charge,
    pub reversal: Option<Reversal>,
}

/// Why a charge was not written or reversed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ChargeError {
    #[error("there is no such charge")]
    Unknown,
    #[error("the charge is reversed already")]
    Reversed,
    #[error("the charge is on an invoice")]
    Invoiced,
    /// Others have changed the account since it was read. It is read again.
    #[error("the account has changed since it was read")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// What a patient owes in all.
    pub async fn billing_account(&self, patient: PatientId) -> Result<BillingAccount, StoreError> {
        Ok(self.get(&keys::billing_account(patient)).await?.unwrap_or_else(|| BillingAccount::empty(patient)))
    }

    /// What has been charged for something.
    pub async fn charged(&self, patient: PatientId, source: Source) -> Result<Charged, StoreError> {
        Ok(self.get(&keys::charged(patient, source)).await?.unwrap_or_else(|| Charged::nothing(patient, source)))
    }

    /// A patient's charges, latest first, before a number.
    pub async fn charge_list(&self, patient: PatientId, before: Option<u32>, limit: usize) -> Result<Vec<NumberedCharge>, StoreError> {
        // Each may have a reversal beside it.
        let items = self.query(keys::charges_before(patient, before)).latest_first(true).first(limit * 2).await?;
        let mut charges = numbered(items)?;
        charges.reverse();
        charges.truncate(limit);
        Ok(charges)
    }

    /// The charges of some spans that were not reversed, as they are now, and where the last span has to end for an invoice to hold them.
    pub(super) async fn charges_in(&self, patient: PatientId, spans: &[Span]) -> Result<(Vec<Charge>, Vec<Span>), StoreError> {
        let (mut charges, mut taken) = (Vec::new(), Vec::<Span>::new());
        for span in spans {
            let mut next = span.from;
            // What was reversed takes no room.
            while next <= span.to && charges.len() < MOST_LINES {
                let room = u32::try_from(MOST_LINES - charges.len()).unwrap_or(u32::MAX);
                let part = Span { from: next, to: span.to.min(next.saturating_add(room - 1)) };
                let found = numbered(self.query(keys::charges_in(patient, part)).consistent().all().await?)?;
                charges.extend(found.into_iter().filter(|one| one.reversal.is_none()).map(|one| one.charge));
                next = part.to + 1;
            }
            if next == span.from {
                break;
            }
            taken.push(Span { from: span.from, to: next - 1 });
        }
        Ok((charges, taken))
    }

    /// Charges, as they are now, with what has become of each.
    pub async fn charges_of(&self, patient: PatientId, spans: &[Span]) -> Result<Vec<NumberedCharge>, StoreError> {
        let mut charges = Vec::new();
        for span in spans {
            charges.extend(numbered(self.query(keys::charges_in(patient, *span)).consistent().all().await?)?);
        }
        Ok(charges)
    }

    /// Makes the charges of something what they should be as it stands now. Once more does no harm. What is on an invoice already is taken back with
    /// a credit note.
    pub async fn charges_follow(
        &self,
        patient: PatientId,
        source: Source,
        now: Timestamp,
        (terms, zone): (&Terms, &TimeZone),
    ) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let before = self.charged(patient, source).await?;
            // Read after what was charged: whoever changes that in between has seen the source as it is now, or later.
            let corrections = before.corrections(&Box::pin(self.services(patient, source, now, (terms, zone))).await?);
            if corrections.is_empty() {
                return Ok(());
            }
            match Box::pin(self.charges_correct(&before, corrections, now)).await {
                Ok(()) | Err(ChargeError::Moved) => {}
                Err(ChargeError::Store(error)) => return Err(error),
                Err(other) => return Err(StoreError::refused(other)),
            }
        }
        Err(StoreError::Unavailable("the patient's account is changed by others at this moment".into()))
    }

    /// Makes some of the corrections: as many as fit into a transaction.
    async fn charges_correct(&self, before: &Charged, corrections: Corrections, now: Timestamp) -> Result<(), ChargeError> {
        let account = self.billing_account(before.patient_id).await?;
        let (mut gone, mut open, mut invoiced) = (Vec::new(), Vec::new(), None);
        for number in corrections.reverse.iter().take(AT_ONCE) {
            let found = self.charge(before.patient_id, *number).await?.ok_or(ChargeError::Unknown)?;
            match found.reversal {
                // An accountant has taken it back, or a credit note of an earlier attempt.
                Some(reversal) => gone.push((*number, reversal.by.is_some())),
                None if account.is_open(*number) => open.push(found.charge),
                None => invoiced = invoiced.or(Some(*number)),
            }
        }
        let mut after = before.clone();
        after.version += 1;
        if !gone.is_empty() {
            let waived = |one: &Counting| gone.contains(&(one.number, true));
            after.waived.extend(before.counting.iter().filter(|one| waived(one)).map(|one| one.part));
            after.counting.retain(|one| !gone.iter().any(|(number, _)| *number == one.number));
            let mut write = self.transaction();
            write.write_from(&after, before.version, |_| ChargeError::Moved)?;
            return write.commit().await;
        }
        if let Some(number) = invoiced {
            return Box::pin(self.charge_credit(&account, before, number, now)).await;
        }
        let add: Vec<Service> = corrections.add.into_iter().take(AT_ONCE).collect();
        Box::pin(self.charges_write(&account, (before, after), &open, add, now)).await
    }

    /// What is to be charged for something, as it stands now.
    async fn services(
        &self,
        patient: PatientId,
        source: Source,
        now: Timestamp,
        (terms, zone): (&Terms, &TimeZone),
    ) -> Result<Vec<Service>, StoreError> {
        let services = match source {
            Source::Appointment(id) => self.appointment(id).await?.map(|found| services::of_appointment(&found, terms, zone)),
            Source::Admission(id) => self.admission(patient, id).await?.map(|found| services::of_admission(&found, now, zone)),
            Source::Surgery(id) => self.record_entry::<Surgery>(patient, id).await?.map(|found| services::of_surgery(&found)),
            Source::Allocation(id) => self.allocation(patient, id).await?.map(|found| services::of_allocation(&found, zone)),
            Source::LabOrder(id) => self.lab_order(patient, id).await?.map(|found| services::of_lab_order(&found, zone)),
        };
        Ok(services.unwrap_or_default())
    }

    /// Reverses charges that are on no invoice, and writes new ones.
    async fn charges_write(
        &self,
        account: &BillingAccount,
        (before, mut after): (&Charged, Charged),
        reverse: &[Charge],
        add: Vec<Service>,
        now: Timestamp,
    ) -> Result<(), ChargeError> {
        let mut write = self.transaction();
        let mut account_after = account.clone();
        account_after.version += 1;
        for charge in reverse {
            after.counting.retain(|counting| counting.number != charge.number);
            account_after.open -= charge.amount().minor();
            let (number, as_of) = (charge.number, account_after.version);
            let reversal = Reversal { patient_id: account.patient_id, number, at: now, by: None, reason: None, as_of };
            write.put_new(&reversal, |_| ChargeError::Moved)?;
        }
        for service in add {
            account_after.charges += 1;
            let described = service.described();
            let Service { part, kind, what, on, quantity, unit_price, rule } = service;
            let charge = Charge {
                patient_id: account.patient_id,
                number: account_after.charges,
                kind,
                what,
                on,
                quantity,
                unit_price,
                rule,
                source: Some(before.source),
                at: now,
                by: None,
                reason: None,
            };
            account_after.open += charge.amount().minor();
            after.counting.push(Counting { part, number: charge.number, quantity, unit_price, described });
            write.put_new(&charge, |_| ChargeError::Moved)?;
        }
        write.write_from(&after, before.version, |_| ChargeError::Moved)?;
        write_account(&mut write, account, &account_after, (0, 0), || ChargeError::Moved)?;
        write.commit().await
    }

    /// Takes a charge back that is on an invoice: with a credit note, and a reversal so that no other invoice has it.
    async fn charge_credit(&self, account: &BillingAccount, before: &Charged, number: u32, now: Timestamp) -> Result<(), ChargeError> {
        let mut after = before.clone();
        after.counting.retain(|counting| counting.number != number);
        after.version += 1;
        let Some(invoice) = self.invoice_of_charge(before.patient_id, number).await? else { return Err(ChargeError::Unknown) };
        let numbers = [number];
        let credit = self.invoice_credit_charges((before.patient_id, invoice), &numbers, (None, None), now, (None, Some((before, &after))));
        match Box::pin(credit).await {
            Ok(_) => Ok(()),
            // The whole invoice was taken back: only what counts has to follow, unless the charge is open again by now.
            Err(CreditError::Void) => {
                let mut write = self.transaction();
                write.write_from(&after, before.version, |_| ChargeError::Moved)?;
                let version = crate::number(account.version);
                let same = |check: ConditionCheckBuilder| {
                    check.condition_expression("version = :version").expression_attribute_values(":version", version)
                };
                write.check(&account.key(), same, |_| ChargeError::Moved)?;
                write.commit().await
            }
            Err(CreditError::NoSuchCharge(_)) => Err(ChargeError::Unknown),
            Err(CreditError::Store(error)) => Err(error.into()),
            Err(_) => Err(ChargeError::Moved),
        }
    }

    /// Writes a charge that an accountant enters, with the next number.
    pub async fn charge_add(&self, charge: Charge) -> Result<Charge, StoreError> {
        for _ in 0..TRIES {
            let account = self.billing_account(charge.patient_id).await?;
            let charge = Charge { number: account.charges + 1, ..charge.clone() };
            let mut after = account.clone();
            (after.charges, after.version, after.open) = (charge.number, after.version + 1, after.open + charge.amount().minor());
            match self.charge_write(&charge, &account, &after).await {
                Ok(()) => return Ok(charge),
                Err(ChargeError::Store(error)) => return Err(error),
                Err(_) => {}
            }
        }
        Err(StoreError::Unavailable("the patient's account is changed by others at this moment".into()))
    }

    async fn charge_write(&self, charge: &Charge, account: &BillingAccount, after: &BillingAccount) -> Result<(), ChargeError> {
        let mut write = self.transaction();
        write.put_new(charge, |_| ChargeError::Moved)?;
        write_account(&mut write, account, after, (0, 0), || ChargeError::Moved)?;
        write.commit().await
    }

    /// A charge, with what has become of it.
    pub async fn charge(&self, patient: PatientId, number: u32) -> Result<Option<NumberedCharge>, StoreError> {
        let Some(charge) = self.get::<Charge>(&keys::charge(patient, number)).await? else { return Ok(None) };
        let reversal = self.get(&keys::charge_reversal(patient, number)).await?;
        Ok(Some(NumberedCharge { charge, reversal }))
    }

    /// Reverses a charge that is on no invoice. What it follows from does not charge it again.
    pub async fn charge_reverse(
        &self,
        patient: PatientId,
        number: u32,
        by: UserId,
        reason: &Reason,
        now: Timestamp,
    ) -> Result<NumberedCharge, ChargeError> {
        for _ in 0..TRIES {
            let account = self.billing_account(patient).await?;
            let found = self.charge(patient, number).await?.ok_or(ChargeError::Unknown)?;
            if found.reversal.is_some() {
                return Err(ChargeError::Reversed);
            }
            if !account.is_open(number) {
                return Err(ChargeError::Invoiced);
            }
            let mut after = account.clone();
            (after.version, after.open) = (after.version + 1, after.open - found.charge.amount().minor());
            let reason = Some(reason.clone());
            let reversal = Reversal { patient_id: patient, number, at: now, by: Some(by), reason, as_of: after.version };
            let mut write = self.transaction();
            write.put_new(&reversal, |_| ChargeError::Reversed)?;
            write_account(&mut write, &account, &after, (0, 0), || ChargeError::Moved)?;
            match write.commit().await {
                Ok(()) => return Ok(NumberedCharge { reversal: Some(reversal), ..found }),
                Err(ChargeError::Moved) => {}
                Err(other) => return Err(other),
            }
        }
        Err(StoreError::Unavailable("the patient's account is changed by others at this moment".into()).into())
    }
}

/// Charges, in the order of their numbers, each with its reversal.
fn numbered(items: Vec<Item>) -> Result<Vec<NumberedCharge>, StoreError> {
    let (mut charges, mut reversals) = (Vec::<Charge>::new(), Vec::<Reversal>::new());
    for item in items {
        let is_reversal = item.get("kind").and_then(|kind| kind.as_s().ok()).is_some_and(|kind| kind == Reversal::KIND);
        if is_reversal {
            reversals.push(from_item(item)?);
        } else {
            charges.push(from_item(item)?);
        }
    }
    charges.sort_by_key(|charge| charge.number);
    let with = |charge: Charge| {
        let reversal = reversals.iter().find(|reversal| reversal.number == charge.number).cloned();
        NumberedCharge { charge, reversal }
    };
    Ok(charges.into_iter().map(with).collect())
}
