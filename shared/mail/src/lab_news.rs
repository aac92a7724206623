//! What happens to a lab order, and who is told of it by email. It holds ids only, so that it can be kept with an email that SES refused. Whether it
//! is still true is read when it is told.

use domain::{
    critical_result::{CriticalResult, CriticalState},
    id::{DoctorId, LabOrderId, PatientId},
    lab_order::{LabOrder, LabOrderStatus, LabOrderStep, Side},
    laboratory::Laboratory,
    role::Role,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EventState, MailError, Recipient, emails::laboratory as emails};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabNews {
    pub patient_id: PatientId,
    pub order_id: LabOrderId,
    pub what: What,
}

/// What is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// An order was placed.
    Placed,
    /// A specimen cannot be used; the version of the order.
    Rejected(u64),
    Released,
    /// A released result was replaced; the version of the order.
    Amended(u64),
    Cancelled,
    /// It is not released, and was due at this time.
    Overdue(Timestamp),
    /// A value is critical; the version of the result.
    Critical(u64),
    /// No doctor has acknowledged it in time.
    Unacknowledged(u64),
}

impl EventState {
    /// Tells whom it concerns, if it is still so. Each email goes out once.
    pub async fn tell_of_lab_order(&self, news: &LabNews) -> Result<(), MailError> {
        let Some(order) = self.store.lab_order(news.patient_id, news.order_id).await? else { return Ok(()) };
        let Some(laboratory) = self.store.laboratory(order.laboratory_id).await? else { return Ok(()) };
        let (status, about) = (order.listed.status, About { order: &order, laboratory: &laboratory });
        match news.what {
            What::Placed if status != LabOrderStatus::Cancelled => self.order_placed(&about).await,
            What::Rejected(version) if status == LabOrderStatus::Ordered => self.specimen_rejected(&about, version).await,
            What::Released => {
                let Some((to, name)) = self.patient_of(&order).await? else { return Ok(()) };
                let email = emails::released(&self.hospital, &order, &name)?;
                self.mailer.send(&about.email("released-patient"), &to, &email).await
            }
            What::Amended(version) => self.result_amended(&about, version).await,
            What::Cancelled => self.order_cancelled(&about).await,
            What::Overdue(due_at) if status.is_open() && order.listed.due_at == due_at => self.order_overdue(&about).await,
            What::Critical(version) => self.result_critical(&about, version, false).await,
            What::Unacknowledged(version) => self.result_critical(&about, version, true).await,
            What::Placed | What::Rejected(_) | What::Overdue(_) => Ok(()),
        }
    }

    async fn order_placed(&self, about: &About<'_>) -> Result<(), MailError> {
        let received = emails::received(&self.hospital, about.order)?;
        let outcome = self.mailer.send(&about.email("placed-laboratory"), &address(about.laboratory), &received).await;
        if let Some((to, name)) = self.patient_of(about.order).await? {
            let email = emails::placed(&self.hospital, about.order, about.laboratory, &name, self.clock.now())?;
            self.mailer.send(&about.email("placed-patient"), &to, &email).await?;
        }
        outcome
    }

    /// The patient comes again. For somebody in the hospital, the doctor sees to it.
    async fn specimen_rejected(&self, about: &About<'_>, version: u64) -> Result<(), MailError> {
        let mut outcome = Ok(());
        if about.order.admission_id.is_some()
            && let Some(to) = self.doctor_of(about.order.doctor_id).await?
        {
            let email = emails::rejected_for_doctor(&self.hospital, about.order, about.laboratory)?;
            outcome = self.mailer.send(&about.email(&format!("rejected-{version}-doctor")), &to, &email).await;
        }
        if let Some((to, name)) = self.patient_of(about.order).await?.filter(|_| about.order.admission_id.is_none()) {
            let email = emails::rejected(&self.hospital, about.order, about.laboratory, &name)?;
            self.mailer.send(&about.email(&format!("rejected-{version}-patient")), &to, &email).await?;
        }
        outcome
    }

    async fn result_amended(&self, about: &About<'_>, version: u64) -> Result<(), MailError> {
        let at = about.order.last(LabOrderStep::Amend).map_or(self.clock.now(), |amended| amended.at);
        let mut outcome = Ok(());
        if let Some(to) = self.doctor_of(about.order.doctor_id).await? {
            let email = emails::amended_for_doctor(&self.hospital, about.order, at)?;
            outcome = self.mailer.send(&about.email(&format!("amended-{version}-doctor")), &to, &email).await;
        }
        if let Some((to, name)) = self.patient_of(about.order).await? {
            let email = emails::amended(&self.hospital, about.order, &name)?;
            self.mailer.send(&about.email(&format!("amended-{version}-patient")), &to, &email).await?;
        }
        outcome
    }

    /// Whoever did not cancel it is told.
    async fn order_cancelled(&self, about: &About<'_>) -> Result<(), MailError> {
        let Some(cancelled) = about.order.last(LabOrderStep::Cancel) else { return Ok(()) };
        let (side, expired) = (cancelled.by.as_ref().map(|by| by.side), cancelled.by.is_none());
        let mut outcome = Ok(());
        if side != Some(Side::Laboratory) {
            let email = emails::cancelled_for_laboratory(&self.hospital, about.order, expired)?;
            outcome = self.mailer.send(&about.email("cancelled-laboratory"), &address(about.laboratory), &email).await;
        }
        if let Some((to, name)) = self.patient_of(about.order).await?.filter(|_| side != Some(Side::Patient)) {
            let email = emails::cancelled(&self.hospital, about.order, about.laboratory, &name, expired)?;
            self.mailer.send(&about.email("cancelled-patient"), &to, &email).await?;
        }
        outcome
    }

    /// Somebody who is not in the hospital is asked to come. Otherwise the laboratory is told, and the doctor who waits for the result.
    async fn order_overdue(&self, about: &About<'_>) -> Result<(), MailError> {
        let id = format!("overdue-{}", about.order.listed.due_at.as_second());
        if let Some(until) = about.order.specimen_until() {
            let Some((to, name)) = self.patient_of(about.order).await? else { return Ok(()) };
            let email = emails::awaited(&self.hospital, about.order, about.laboratory, &name, until)?;
            return self.mailer.send(&about.email(&format!("{id}-patient")), &to, &email).await;
        }
        let email = emails::overdue(&self.hospital, about.order, about.laboratory, true)?;
        let outcome = self.mailer.send(&about.email(&format!("{id}-laboratory")), &address(about.laboratory), &email).await;
        if let Some(to) = self.doctor_of(about.order.doctor_id).await? {
            let email = emails::overdue(&self.hospital, about.order, about.laboratory, false)?;
            self.mailer.send(&about.email(&format!("{id}-doctor")), &to, &email).await?;
        }
        outcome
    }

    /// The doctor who ordered it is told at once, and those on duty when nobody acknowledges it in time. If the doctor cannot be reached, those on
    /// duty are told at once.
    async fn result_critical(&self, about: &About<'_>, version: u64, unacknowledged: bool) -> Result<(), MailError> {
        let listed = &about.order.listed;
        let critical = self.store.critical_result(listed.patient_id, listed.id).await?;
        let still_so = |critical: &CriticalResult| critical.result_version == version && critical.state() == CriticalState::Open;
        let Some(critical) = critical.filter(still_so) else { return Ok(()) };
        let doctor = if unacknowledged { None } else { self.doctor_of(about.order.doctor_id).await? };
        if let Some(to) = doctor {
            let email = emails::critical(&self.hospital, &critical, about.laboratory, false)?;
            return self.mailer.send(&about.email(&format!("critical-{version}-doctor")), &to, &email).await;
        }
        let email = emails::critical(&self.hospital, &critical, about.laboratory, true)?;
        let ward = self.store.current_admission(listed.patient_id).await?.and_then(|admission| admission.place()).map(|(ward, _)| ward);
        let doctors = self.doctors_on_duty(ward).await?;
        self.send_to_each_or_administrators(&about.email(&format!("critical-{version}-duty")), doctors, &email).await
    }

    /// Whoever hears of the patient's results, and the patient's name.
    async fn patient_of(&self, order: &LabOrder) -> Result<Option<(Recipient, String)>, MailError> {
        let Some(patient) = self.store.patient(order.listed.patient_id).await? else { return Ok(None) };
        Ok(self.acts_for(&patient).await?.map(|to| (to, patient.name.as_str().to_owned())))
    }

    async fn doctor_of(&self, id: DoctorId) -> Result<Option<Recipient>, MailError> {
        match self.store.doctor(id).await? {
            Some(doctor) => self.colleague(doctor.user_id, Role::Doctor).await,
            None => Ok(None),
        }
    }
}

struct About<'a> {
    order: &'a LabOrder,
    laboratory: &'a Laboratory,
}

impl About<'_> {
    /// The id of an email about the order.
    fn email(&self, what: &str) -> String {
        format!("{}-{what}", self.order.listed.id)
    }
}

/// The laboratory's own address. It counts as that of whoever registered it. Nobody has shown whose it is, so no email to it names a patient.
fn address(laboratory: &Laboratory) -> Recipient {
    Recipient { user_id: laboratory.registered_by, name: None, email: laboratory.email.clone() }
}
