//! What happens to a lab order, and who is told of it by email. It holds ids only, so that it can be kept with an email that SES refused. Whether it
//! is still true is read when it is told.

use domain::{
    critical_result::{CriticalResult, MOST_ESCALATIONS},
    id::{DoctorId, LabOrderId, PatientId},
    lab_order::{LabOrder, LabOrderStatus, LabOrderStep, Side},
    laboratory::Laboratory,
    role::Role,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::presence::Whereabouts;

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
    /// No doctor has acknowledged it in time; how often the doctors on duty are told by now.
    Unacknowledged {
        version: u64,
        escalations: u8,
    },
    /// No value is critical any more; the version of the result.
    Corrected(u64),
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
            What::Critical(version) => self.result_critical(&about, version, 0).await,
            What::Unacknowledged { version, escalations } => self.result_critical(&about, version, escalations).await,
            What::Corrected(version) => self.result_corrected(&about, version).await,
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

    /// The patient comes again. For somebody in the hospital, the doctor sees to it. The doctor is told as well when there was a result to be seen.
    async fn specimen_rejected(&self, about: &About<'_>, version: u64) -> Result<(), MailError> {
        let (here, mut outcome) = (self.is_still_here(about.order).await?, Ok(()));
        let withdrawn = about.order.had_result();
        if (here || withdrawn)
            && let Some(to) = self.doctor_of(about.order.doctor_id).await?
        {
            let email = emails::rejected_for_doctor(&self.hospital, about.order, about.laboratory, (here, withdrawn))?;
            outcome = self.mailer.send(&about.email(&format!("rejected-{version}-doctor")), &to, &email).await;
        }
        if let Some((to, name)) = self.patient_of(about.order).await?.filter(|_| !here) {
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

    /// Whoever did not cancel it is told; the doctor, unless a patient who is not in the hospital changed their mind.
    async fn order_cancelled(&self, about: &About<'_>) -> Result<(), MailError> {
        let Some(cancelled) = about.order.last(LabOrderStep::Cancel) else { return Ok(()) };
        let (side, expired) = (cancelled.by.as_ref().map(|by| by.side), cancelled.by.is_none());
        let mut outcome = Ok(());
        if side != Some(Side::Laboratory) {
            let email = emails::cancelled_for_laboratory(&self.hospital, about.order, expired)?;
            outcome = self.mailer.send(&about.email("cancelled-laboratory"), &address(about.laboratory), &email).await;
        }
        let of_doctor = side != Some(Side::Clinician) && (about.order.in_hospital() || side != Some(Side::Patient));
        if of_doctor && let Some(to) = self.doctor_of(about.order.doctor_id).await? {
            let email = emails::cancelled_for_doctor(&self.hospital, about.order, about.laboratory)?;
            outcome = self.mailer.send(&about.email("cancelled-doctor"), &to, &email).await.and(outcome);
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
        if let Some(until) = about.order.specimen_until()
            && !self.is_still_here(about.order).await?
        {
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
    /// duty are told at once. The last time, the administrators are told as well.
    async fn result_critical(&self, about: &About<'_>, version: u64, escalations: u8) -> Result<(), MailError> {
        let listed = &about.order.listed;
        let critical = self.store.critical_result(listed.patient_id, listed.id).await?;
        let Some(critical) = critical.filter(|critical| critical.result_version == version && critical.is_open()) else { return Ok(()) };
        let doctor = if escalations == 0 { self.doctor_of(about.order.doctor_id).await? } else { None };
        if let Some(to) = doctor {
            let email = emails::critical(&self.hospital, &critical, about.laboratory, false)?;
            return self.mailer.send(&about.email(&format!("critical-{version}-doctor")), &to, &email).await;
        }
        let (id, email) = (
            about.email(&format!("critical-{version}-{escalations}")),
            emails::critical(&self.hospital, &critical, about.laboratory, true)?,
        );
        let outcome = self.send_to_each_or_administrators(&id, self.duty(about.order).await?, &email).await;
        if escalations >= MOST_ESCALATIONS {
            self.to_administrators(&id, None, &email).await?;
        }
        outcome
    }

    /// Whoever knows of the critical value learns that it was wrong.
    async fn result_corrected(&self, about: &About<'_>, version: u64) -> Result<(), MailError> {
        let listed = &about.order.listed;
        let critical = self.store.critical_result(listed.patient_id, listed.id).await?;
        let still_so = |critical: &CriticalResult| critical.result_version == version && critical.gone.is_some();
        let Some(critical) = critical.filter(still_so) else { return Ok(()) };
        let email = emails::corrected(&self.hospital, &critical, about.laboratory)?;
        let mut to: Vec<_> = self.doctor_of(about.order.doctor_id).await?.into_iter().collect();
        if critical.escalations > 0 || to.is_empty() {
            to.extend(self.duty(about.order).await?);
        }
        if let Some(acknowledged) = &critical.acknowledged {
            to.extend(self.colleague(acknowledged.by, Role::Doctor).await?);
        }
        self.send_to_each_or_administrators(&about.email(&format!("corrected-{version}")), to, &email).await
    }

    /// The doctors on duty where the patient is, besides the patient.
    async fn duty(&self, order: &LabOrder) -> Result<Vec<Recipient>, MailError> {
        let patient = self.store.patient(order.listed.patient_id).await?.and_then(|patient| patient.user_id);
        let admission = self.store.current_admission(order.listed.patient_id).await?;
        let mut doctors = self.doctors_on_duty(admission.and_then(|admission| admission.place()).map(|(ward, _)| ward)).await?;
        doctors.retain(|doctor| Some(doctor.user_id) != patient);
        Ok(doctors)
    }

    /// Whether the patient is still where they were when it was ordered: in that bed or on another ward, or as that emergency or admitted since.
    async fn is_still_here(&self, order: &LabOrder) -> Result<bool, MailError> {
        if !order.in_hospital() {
            return Ok(false);
        }
        Ok(match self.store.presence(order.listed.patient_id).await? {
            Some(Whereabouts::Bed(id)) => order.admission_id.is_none_or(|ordered| ordered == id),
            Some(Whereabouts::Emergency(id)) => order.case_id == Some(id),
            None => false,
        })
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
