//! What was posted to an invoice, and who is told of it by email. It holds ids only, so that it can be kept with an email that SES refused. Whether it
//! is still true is read when it is told.

use domain::{
    billing::{Balance, Entry, Issued, Posting, balance::REMINDERS},
    id::{InvoiceId, PatientId},
    role::Role,
    text::Reason,
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
            Posting::RefundAsked { amount, reason, .. } => {
                return Box::pin(self.refund_asked(&whole.balance, &entry, (*amount, reason))).await;
            }
            Posting::Paid { receipt, amount, tender, reference, received_on, .. } => {
                let on = received_on.unwrap_or_else(|| hospital.zone.to_datetime(entry.at).date());
                emails::received(hospital, &balance, (*receipt, *amount), (*tender, reference.as_ref()), on)?
            }
            Posting::TakenBack { payment, amount, .. } => {
                let Some(receipt) = whole.entry(*payment).and_then(receipt) else { return Ok(()) };
                emails::taken_back(hospital, &balance, (receipt, *amount), self.today())?
            }
            Posting::Credited { note, amount, bill_again, reason, .. } => {
                emails::credited(hospital, &balance, (*note, *amount, reason.as_ref()), *bill_again)?
            }
            Posting::Refunded { refund, amount, tender, reference } => {
                let reason = whole.entry(*refund).and_then(why_asked);
                emails::refund_paid(hospital, &balance, (*amount, reason), (*tender, reference.as_ref()), entry.at)?
            }
            Posting::Reminded { times } if whole.balance.outstanding() > 0 => {
                return Box::pin(self.overdue(&whole.balance, entry.entry, *times >= REMINDERS)).await;
            }
            Posting::Reminded { .. } | Posting::RefundApproved { .. } | Posting::RefundRejected { .. } => return Ok(()),
        };
        self.to_patient(&balance, entry.entry, &email).await?;
        Ok(())
    }

    /// Whether an email reaches the patient, or who acts for them.
    async fn to_patient(&self, balance: &Balance, entry: u64, email: &Message) -> Result<bool, MailError> {
        let Some(patient) = self.store.patient(balance.patient_id).await? else { return Ok(false) };
        let Some(to) = self.acts_for(&patient).await? else { return Ok(false) };
        self.mailer.send(&format!("{}-{entry}-patient", balance.id), &to, email).await?;
        Ok(true)
    }

    /// The patient is reminded. If no email reaches them, an accountant hears of it.
    async fn overdue(&self, balance: &Balance, entry: u64, last: bool) -> Result<(), MailError> {
        if self.to_patient(balance, entry, &emails::overdue(&self.hospital, balance, last)?).await? {
            return Ok(());
        }
        let email = emails::overdue_by_post(&self.hospital, balance)?;
        self.to_accountant(balance.ward, &format!("{}-{entry}-accountant", balance.id), &email).await
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
        let email = emails::to_collect(&self.hospital, balance, issued, by_post)?;
        self.to_accountant(balance.ward, &format!("{}-issued-accountant", balance.id), &email).await?;
        outcome
    }

    /// The invoice as a file.
    fn invoice_pdf(&self, whole: &WholeInvoice) -> Result<Vec<u8>, RenderError> {
        let WholeInvoice { balance, issued, lines, entries } = whole;
        let document = pdf::invoice::document(&self.hospital, pdf::invoice::Invoice { balance, issued, lines, entries });
        Ok(pdf::render(&document)?)
    }

    /// To the accountant on duty. If nobody is, to the administrators.
    async fn to_accountant(&self, ward: Option<Ward>, id: &str, email: &Message) -> Result<(), MailError> {
        match self.accountant(ward).await? {
            Some(to) => self.mailer.send(id, &to, email).await,
            None => self.to_administrators(id, None, email).await,
        }
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
    async fn refund_asked(&self, balance: &Balance, entry: &Entry, (amount, reason): (i64, &Reason)) -> Result<(), MailError> {
        let waits = balance.refunds.iter().any(|open| open.refund == entry.entry && !open.approved);
        if !waits {
            return Ok(());
        }
        let email = emails::refund_asked(&self.hospital, balance, (amount, reason))?;
        let name = format!("{}-{}-refund", balance.id, entry.entry);
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

/// Why somebody asked for a refund.
const fn why_asked(entry: &Entry) -> Option<&Reason> {
    match &entry.posting {
        Posting::RefundAsked { reason, .. } => Some(reason),
        _ => None,
    }
}
