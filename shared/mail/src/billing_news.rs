//! What was posted to an invoice, and who is told of it by email. It holds ids only, so that it can be kept with an email that SES refused. Whether it
//! is still true is read when it is told.

use domain::{
    billing::{Balance, Entry, Issued, Posting, balance::REMINDERS},
    id::{InvoiceId, PatientId},
    role::Role,
    ward::Ward,
};
use serde::{Deserialize, Serialize};
use store::billing::WholeInvoice;

use crate::{EventState, MailError, Message, Recipient, RenderError, emails::billing as emails};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingNews {
    pub patient_id: PatientId,
    pub invoice_id: InvoiceId,
    /// The entry in the invoice's ledger.
    pub entry: u64,
}

impl EventState {
    /// Tells whom it concerns. Each email goes out once.
    pub async fn tell_of_invoice(&self, news: &BillingNews) -> Result<(), MailError> {
        let Some(whole) = self.store.invoice_whole(news.patient_id, news.invoice_id).await? else { return Ok(()) };
        let Some(entry) = whole.entry(news.entry).cloned() else { return Ok(()) };
        // As it was after this entry: a receipt says what was outstanding then.
        let entries = whole.entries.iter().skip(1).filter(|other| other.entry <= entry.entry);
        let balance = Balance::replay(whole.balance.as_issued(), entries).unwrap_or_else(|_| whole.balance.clone());
        let hospital = &self.hospital;
        let email = match &entry.posting {
            Posting::Issued(issued) => return Box::pin(self.invoice_issued(&whole, issued)).await,
            Posting::RefundAsked { amount, .. } => return Box::pin(self.refund_asked(&whole.balance, &entry, *amount)).await,
            Posting::Paid { receipt, amount, tender, reference, .. } => {
                emails::received(hospital, &balance, (*receipt, *amount), (*tender, reference.as_ref()), entry.at)?
            }
            Posting::TakenBack { payment, amount, .. } => {
                let Some(receipt) = whole.entry(*payment).and_then(receipt) else { return Ok(()) };
                emails::taken_back(hospital, &balance, (receipt, *amount))?
            }
            Posting::Credited { note, amount, bill_again, .. } => emails::credited(hospital, &balance, (*note, *amount), *bill_again)?,
            Posting::Refunded { amount, tender, reference, .. } => {
                emails::refund_paid(hospital, &balance, *amount, (*tender, reference.as_ref()), entry.at)?
            }
            Posting::Reminded { times } if whole.balance.outstanding() > 0 => {
                emails::overdue(hospital, &whole.balance, *times >= REMINDERS)?
            }
            Posting::Reminded { .. } | Posting::RefundApproved { .. } | Posting::RefundRejected { .. } => return Ok(()),
        };
        self.to_patient(&balance, entry.entry, &email).await
    }

    async fn to_patient(&self, balance: &Balance, entry: u64, email: &Message) -> Result<(), MailError> {
        let Some(patient) = self.store.patient(balance.patient_id).await? else { return Ok(()) };
        match self.acts_for(&patient).await? {
            Some(to) => self.mailer.send(&format!("{}-{entry}-patient", balance.id), &to, email).await,
            None => Ok(()),
        }
    }

    /// The patient gets the invoice, and an accountant hears of it.
    async fn invoice_issued(&self, whole: &WholeInvoice, issued: &Issued) -> Result<(), MailError> {
        let balance = &whole.balance;
        if balance.is_void() {
            return Ok(());
        }
        let Some(patient) = self.store.patient(balance.patient_id).await? else { return Ok(()) };
        let to = self.acts_for(&patient).await?;
        let (by_post, mut outcome) = (to.is_none(), Ok(()));
        if let Some(to) = to {
            let email = emails::issued(&self.hospital, balance, self.invoice_pdf(whole)?)?;
            outcome = self.mailer.send(&format!("{}-issued-patient", balance.id), &to, &email).await;
        }
        if let Some(to) = self.accountant(balance.ward).await? {
            let email = emails::to_collect(&self.hospital, balance, by_post, issued.admission_id.is_some())?;
            self.mailer.send(&format!("{}-issued-accountant", balance.id), &to, &email).await?;
        }
        outcome
    }

    /// The invoice as a file.
    fn invoice_pdf(&self, whole: &WholeInvoice) -> Result<Vec<u8>, RenderError> {
        let WholeInvoice { balance, issued, lines, entries } = whole;
        let document = pdf::invoice::document(&self.hospital, pdf::invoice::Invoice { balance, issued, lines, entries });
        Ok(pdf::render(&document)?)
    }

    /// The accountant on duty for the patient's ward, or any who is on duty.
    async fn accountant(&self, ward: Option<Ward>) -> Result<Option<Recipient>, MailError> {
        if let Some(ward) = ward {
            let duties = self.store.on_duty(Some(Role::Accountant), Some(ward), self.clock.now(), &self.hospital.zone).await?;
            for duty in duties {
                if let Some(to) = self.colleague(duty.user_id, Role::Accountant).await? {
                    return Ok(Some(to));
                }
            }
        }
        self.on_duty(Role::Accountant, self.clock.now()).await
    }

    /// Another accountant on duty decides; if there is none, the administrators.
    async fn refund_asked(&self, balance: &Balance, entry: &Entry, amount: i64) -> Result<(), MailError> {
        let waits = balance.refunds.iter().any(|open| open.refund == entry.entry && !open.approved);
        if !waits {
            return Ok(());
        }
        let (email, name) = (emails::refund_asked(&self.hospital, balance, amount)?, format!("{}-{}-refund", balance.id, entry.entry));
        for duty in self.store.on_duty(Some(Role::Accountant), None, self.clock.now(), &self.hospital.zone).await? {
            if Some(duty.user_id) != entry.by
                && let Some(to) = self.colleague(duty.user_id, Role::Accountant).await?
            {
                return self.mailer.send(&format!("{name}-accountant"), &to, &email).await;
            }
        }
        self.to_administrators(&name, entry.by, &email).await
    }
}

/// The place of a payment among those of its invoice.
const fn receipt(entry: &Entry) -> Option<u16> {
    match entry.posting {
        Posting::Paid { receipt, .. } => Some(receipt),
        _ => None,
    }
}
