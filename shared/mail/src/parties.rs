//! Who is told: the two sides of an appointment, whoever acts for a patient, colleagues, administrators.

use domain::{
    account::{Account, Group},
    appointment::Appointment,
    id::{PatientId, UserId},
    patient::Patient,
    role::Role,
};
use jiff::Timestamp;

use super::{MailError, Message, Recipient};
use crate::EventState;

/// Administrators are looked up in pages of this size.
const PAGE: usize = 100;

/// One email for each side of an appointment; whoever has no account gets none.
#[derive(Debug, Clone)]
pub struct BothSides {
    pub patient: Message,
    pub doctor: Message,
}

/// Who is told of something that a patient has to act on.
#[derive(Debug, Clone)]
pub enum ToTell {
    /// The patient, or a guardian.
    Patient(Recipient),
    /// The receptionist on duty, who calls the patient.
    FrontDesk(Recipient),
}

impl EventState {
    /// The patient or a guardian. If no email reaches them, the receptionist on duty.
    pub async fn patient_or_front_desk(&self, patient: PatientId) -> Result<Option<ToTell>, MailError> {
        if let Some(to) = self.patient(patient).await?
            && self.store.suppression(&to.email).await?.is_none()
        {
            return Ok(Some(ToTell::Patient(to)));
        }
        Ok(self.on_duty(Role::Receptionist, self.clock.now()).await?.map(ToTell::FrontDesk))
    }

    /// Sends both emails, each at most once for its `cause`. A failure of one does not keep the other from going out.
    pub async fn send_to_both(&self, appointment: &Appointment, cause: &str, messages: BothSides) -> Result<(), MailError> {
        let cause = format!("{}-{}-{cause}", appointment.id, appointment.sequence);
        let (patient, doctor) = (self.patient(appointment.patient_id).await?, self.doctor(appointment).await?);
        let first = self.send_to(patient, &format!("{cause}-patient"), &messages.patient).await;
        self.send_to(doctor, &format!("{cause}-doctor"), &messages.doctor).await?;
        first
    }

    async fn send_to(&self, to: Option<Recipient>, id: &str, message: &Message) -> Result<(), MailError> {
        match to {
            Some(to) => self.mailer.send(id, &to, message).await,
            None => Ok(()),
        }
    }

    /// Whoever hears of a patient's appointments: the patient, or a guardian.
    pub async fn patient(&self, id: PatientId) -> Result<Option<Recipient>, MailError> {
        match self.store.patient(id).await?.filter(Patient::hears_of_appointments) {
            Some(patient) => self.acts_for(&patient).await,
            None => Ok(None),
        }
    }

    /// The patient or a guardian, while the patient lives.
    pub async fn acts_for(&self, patient: &Patient) -> Result<Option<Recipient>, MailError> {
        if patient.deceased.is_some() {
            return Ok(None);
        }
        let today = self.today();
        let mut account = patient.user_id;
        if account.is_none() && patient.is_child(today) {
            // The first guardian with an account.
            for id in patient.guardians.iter().filter_map(|guardian| guardian.patient_id) {
                account = account.or(self.store.patient(id).await?.and_then(|guardian| guardian.user_id));
            }
        }
        self.recipient(account).await
    }

    async fn doctor(&self, appointment: &Appointment) -> Result<Option<Recipient>, MailError> {
        match self.store.doctor(appointment.doctor_id).await? {
            Some(doctor) => self.colleague(doctor.user_id, Role::Doctor).await,
            None => Ok(None),
        }
    }

    /// Whether an account is that of a patient who has died: no email goes to the dead.
    pub async fn has_died(&self, account: &Account) -> Result<bool, MailError> {
        let Some(id) = account.patient_id else { return Ok(false) };
        Ok(self.store.patient(id).await?.is_some_and(|patient| patient.deceased.is_some()))
    }

    /// Somebody who works here in a role, for emails that name patients.
    pub async fn colleague(&self, account: UserId, role: Role) -> Result<Option<Recipient>, MailError> {
        let account = self.store.account(account).await?.map(|stored| stored.account);
        Ok(account.filter(|account| account.active_roles().contains(&role)).map(Into::into))
    }

    /// Sends an email to every administrator but the one whom it is about.
    pub async fn to_administrators(&self, cause: &str, about: Option<UserId>, email: &Message) -> Result<(), MailError> {
        let mut after = None;
        loop {
            let administrators = self.store.account_list(Group::Administrators, after.as_deref(), PAGE).await?;
            for administrator in &administrators {
                let to = self.colleague(administrator.entry.id, Role::Administrator).await?;
                if let Some(to) = to.filter(|_| about != Some(administrator.entry.id)) {
                    self.mailer.send(&format!("{cause}-{}", administrator.entry.id), &to, email).await?;
                }
            }
            match administrators.last() {
                Some(last) if administrators.len() == PAGE => after = Some(last.position.clone()),
                _ => return Ok(()),
            }
        }
    }

    /// Who is on duty in a role at a moment, for the whole hospital: the first one by name.
    pub async fn on_duty(&self, role: Role, at: Timestamp) -> Result<Option<Recipient>, MailError> {
        for duty in self.store.on_duty(Some(role), None, at, &self.hospital.zone).await? {
            if let Some(colleague) = self.colleague(duty.user_id, role).await? {
                return Ok(Some(colleague));
            }
        }
        Ok(None)
    }

    /// The person behind an account, unless nobody has shown that its address is theirs: a stranger reads about nobody's appointments.
    async fn recipient(&self, account: Option<UserId>) -> Result<Option<Recipient>, MailError> {
        let Some(id) = account else { return Ok(None) };
        let account = self.store.account(id).await?.map(|stored| stored.account);
        Ok(account.filter(|account| account.email_confirmed && account.may_be_written_to()).map(Into::into))
    }
}
