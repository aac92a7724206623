//! The two sides of a visit, as recipients.

use domain::{account::Account, appointment::Appointment, role::Role};
use jiff::Timestamp;

use super::{Letter, MailError, Recipient, calendar::Invitation};
use crate::{EventState, config::House};

/// One letter for each side of a visit; whoever has no account gets none.
#[derive(Debug, Clone)]
pub struct BothSides {
    pub patient: Letter,
    pub doctor: Letter,
}

impl EventState {
    /// Sends both letters, each at most once for its `cause`. A failure of one does not keep the other from going out.
    pub async fn send_to_both(&self, visit: &Appointment, cause: &str, letters: BothSides) -> Result<(), MailError> {
        let cause = format!("{}-{}-{cause}", visit.id, visit.sequence);
        let (patient, doctor) = (self.patient(visit).await?, self.doctor(visit).await?);
        let first = self.send_to(patient, &format!("{cause}-patient"), &letters.patient).await;
        self.send_to(doctor, &format!("{cause}-doctor"), &letters.doctor).await?;
        first
    }

    async fn send_to(&self, to: Option<Recipient>, id: &str, letter: &Letter) -> Result<(), MailError> {
        match to {
            Some(to) => self.mailer.send(id, &to, letter).await,
            None => Ok(()),
        }
    }

    async fn patient(&self, visit: &Appointment) -> Result<Option<Recipient>, MailError> {
        let account = self.store.patient(visit.patient_id).await?.and_then(|patient| patient.user_id);
        self.recipient(account).await
    }

    async fn doctor(&self, visit: &Appointment) -> Result<Option<Recipient>, MailError> {
        match self.store.doctor(visit.doctor_id).await? {
            Some(doctor) => self.colleague(doctor.user_id, Role::Doctor).await,
            None => Ok(None),
        }
    }

    /// Somebody who works here in a role, for letters that name patients.
    pub async fn colleague(&self, account: domain::id::UserId, role: Role) -> Result<Option<Recipient>, MailError> {
        let account = self.store.account(account).await?.map(|stored| stored.account);
        Ok(account.filter(|account| account.active_roles().contains(&role)).map(Into::into))
    }

    /// The person behind an account.
    pub async fn recipient(&self, account: Option<domain::id::UserId>) -> Result<Option<Recipient>, MailError> {
        let Some(id) = account else { return Ok(None) };
        let account = self.store.account(id).await?.map(|stored| stored.account);
        Ok(account.filter(Account::may_be_written_to).map(Into::into))
    }
}

impl House {
    /// Where the portal shows something.
    #[must_use]
    pub fn portal(&self, path: &str) -> String {
        format!("{}/{path}", self.portal_url.trim_end_matches('/'))
    }

    /// An instant as people say it, in the hospital's time.
    #[must_use]
    pub fn spoken_instant(&self, at: Timestamp) -> String {
        let zone = self.zone.iana_name().unwrap_or("UTC");
        format!("{} ({zone} time)", self.zone.to_datetime(at).strftime("%A %-d %B %Y, %H:%M"))
    }

    /// A slot as people say it, in the hospital's time.
    #[must_use]
    pub fn spoken(&self, slot: domain::schedule::Slot) -> String {
        let (start, end) = (self.zone.to_datetime(slot.start), self.zone.to_datetime(slot.end));
        let zone = self.zone.iana_name().unwrap_or("UTC");
        format!("{}, {} to {} ({zone} time)", start.strftime("%A %-d %B %Y"), start.strftime("%H:%M"), end.strftime("%H:%M"))
    }
}

/// The lines that letters about a visit share.
#[must_use]
pub fn facts_for_patient(visit: &Appointment, house: &House) -> Vec<(&'static str, String)> {
    vec![
        ("When", house.spoken(visit.slot)),
        ("With", format!("{}, {}", visit.doctor_name, visit.specialization)),
        ("Where", house.name.clone()),
    ]
}

/// The same for the doctor: who comes, not why.
#[must_use]
pub fn facts_for_doctor(visit: &Appointment, house: &House) -> Vec<(&'static str, String)> {
    vec![("When", house.spoken(visit.slot)), ("Patient", visit.patient_name.to_string())]
}

/// An invitation for each side.
#[must_use]
pub fn invitations(visit: &Appointment) -> (Invitation, Invitation) {
    (Invitation::for_patient(visit), Invitation::for_doctor(visit))
}
