//! What an email follows from, kept with one that SES refused, so that it can follow again: the email itself is not kept.

use domain::{
    appointment::{Appointment, Status},
    id::{FeedbackId, PatientId, UserId},
    leave::Leave,
    roster::Shift,
    text::Reason,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{accounts::StoredAccount, email_tokens::EmailToken};

use super::{
    MailError, billing_news::BillingNews, lab_news::LabNews, pharmacy_news::PharmacyNews, record_news::RecordNews, ward_news::WardNews,
};
use crate::reminders::{OfferEnds, ReminderDue};

/// A change or a reminder. Where the thing as it is now says enough, only its id is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    AccountOpened(UserId),
    AccountChanged {
        before: Box<StoredAccount>,
        after: Box<StoredAccount>,
    },
    EmailTokenPromised(Box<EmailToken>),
    PatientRegistered(PatientId),
    Appointment {
        before: Option<Box<Appointment>>,
        after: Box<Appointment>,
    },
    Reminder(ReminderDue),
    /// A shift was entered, or some of its days were cancelled.
    Shift {
        before: Option<Box<Shift>>,
        after: Box<Shift>,
    },
    /// Leave was asked for, decided or given back.
    Leave {
        before: Option<Box<Leave>>,
        after: Box<Leave>,
    },
    /// Something new in a medical record.
    Record(Box<RecordNews>),
    /// Something happened to a bed or an emergency.
    Wards(Box<WardNews>),
    /// Something happened in a pharmacy.
    Pharmacy(Box<PharmacyNews>),
    /// Something happened to a lab order.
    Lab(Box<LabNews>),
    /// Something was posted to an invoice.
    Billing(BillingNews),
    /// A patient has given few stars, or has changed to that: the rating, and the day (UTC).
    LowRating(PatientId, FeedbackId, Date),
    /// A slot is held for somebody who waits, until then.
    Offer(OfferEnds),
}

impl Cause {
    /// As it is kept.
    pub(super) fn write(&self) -> Result<String, MailError> {
        Ok(serde_json::to_string(self)?)
    }

    /// As it was kept.
    pub fn read(kept: &str) -> Result<Self, MailError> {
        Ok(serde_json::from_str(kept)?)
    }

    /// A change of an account. Of its password only whether it changed is kept, not the hash.
    #[must_use]
    pub fn account_changed(before: &StoredAccount, after: &StoredAccount) -> Self {
        let changed = before.password_hash != after.password_hash;
        let kept = |account: &StoredAccount, mark: &str| {
            let password_hash = account.password_hash.as_ref().map(|_| if changed { mark.to_owned() } else { "same".to_owned() });
            Box::new(StoredAccount { password_hash, ..account.clone() })
        };
        Self::AccountChanged { before: kept(before, "before"), after: kept(after, "after") }
    }

    /// A change of leave, without why somebody asked for it: no email says that.
    #[must_use]
    pub fn leave(before: Option<&Leave>, after: &Leave) -> Self {
        let kept = |leave: &Leave| Box::new(Leave { reason: None, ..leave.clone() });
        Self::Leave { before: before.map(kept), after: kept(after) }
    }

    /// A change of an appointment, without why the patient comes and why it was cancelled: no email says that.
    #[must_use]
    pub fn appointment(before: Option<&Appointment>, after: &Appointment) -> Self {
        let kept = |appointment: &Appointment| {
            let reason = Reason::parse("not kept").unwrap_or_else(|_| appointment.reason.clone());
            let status = match appointment.status.clone() {
                Status::Cancelled { at, by, .. } => Status::Cancelled { at, by, reason: None },
                status => status,
            };
            Box::new(Appointment { reason, status, ..appointment.clone() })
        };
        Self::Appointment { before: before.map(kept), after: kept(after) }
    }
}
