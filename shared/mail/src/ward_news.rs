//! What happens to beds and emergencies, and who is told of it by email. It holds ids and times only, so that it can be kept with an email that SES
//! refused. Whether it is still true is read when it is told.

use std::collections::BTreeSet;

use domain::{
    emergency::EmergencyCase,
    id::{AdmissionId, CaseId, PatientId},
    role::Role,
    roster::Duty,
    shifts::ShiftTime,
    ward::Ward,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::wards::CleaningTask;

use crate::{EventState, MailError, Message, Recipient, emails::ward as emails};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WardNews {
    /// A bed waits to be cleaned.
    ToClean(CleaningTask),
    /// Nobody has cleaned it in time.
    NotCleaned(CleaningTask),
    /// A patient has a bed on another ward than before.
    Comes { patient_id: PatientId, admission_id: AdmissionId, ward: Ward, since: Timestamp, from: Option<Ward> },
    /// A patient has left.
    Left { patient_id: PatientId, admission_id: AdmissionId },
    /// Somebody needs critical care, and there is no bed.
    NoCriticalBed { case_id: CaseId },
    /// No doctor has seen a patient in time.
    WaitsTooLong { case_id: CaseId, due_at: Timestamp },
}

impl EventState {
    /// Tells whom it concerns, if it is still so. Each email goes out once.
    pub async fn tell_wards(&self, news: &WardNews) -> Result<(), MailError> {
        match news {
            WardNews::ToClean(task) => self.to_clean(task).await,
            WardNews::NotCleaned(task) => {
                if !self.still_waits(task).await? {
                    return Ok(());
                }
                let (id, email) = (format!("{}-late", name(task)), emails::to_clean(&self.hospital, task, true)?);
                self.send_to_each_or_administrators(&id, self.who_runs(task.ward).await?, &email).await
            }
            WardNews::Comes { patient_id, admission_id, ward, since, from } => {
                self.comes(*patient_id, *admission_id, (*ward, *since), *from).await
            }
            WardNews::Left { patient_id, admission_id } => {
                let Some(admission) = self.store.admission(*patient_id, *admission_id).await? else { return Ok(()) };
                let Some(left) = &admission.left else { return Ok(()) };
                let Some(patient) = self.store.patient(*patient_id).await? else { return Ok(()) };
                // Nobody writes to the dead: the profile says so, or whoever noted how they left.
                let Some(to) = self.acts_for(&patient).await?.filter(|_| left.how != domain::admission::Departure::Died) else {
                    return Ok(());
                };
                let email = emails::stay_ended(&self.hospital, &patient, &admission, left.at)?;
                self.mailer.send(&format!("{admission_id}-left"), &to, &email).await
            }
            WardNews::NoCriticalBed { case_id } => {
                let Some(case) = self.store.emergency_case(*case_id).await?.filter(|case| case.closed.is_none()) else { return Ok(()) };
                let has_ward = self.store.ward(Ward::Icu).await?.is_some();
                let email = emails::no_critical_bed(&self.hospital, &case, has_ward)?;
                self.send_to_managers_and_administrators(&format!("{case_id}-no-bed"), Ward::Icu, &email).await
            }
            WardNews::WaitsTooLong { case_id, due_at } => {
                let Some(case) = self.store.emergency_case(*case_id).await? else { return Ok(()) };
                // The schedule may be that of another level, or of a scale that the hospital has changed since.
                match case.due(&self.hospital.triage) {
                    Some(due) if due <= self.clock.now().max(*due_at) => self.waits_too_long(&case, due).await,
                    _ => Ok(()),
                }
            }
        }
    }

    async fn still_waits(&self, task: &CleaningTask) -> Result<bool, MailError> {
        Ok(self.store.bed(task.ward, task.bed).await?.is_some_and(|bed| task.holds(&bed)))
    }

    /// The sweepers on shift, of the ward and of the whole hospital. If there is none, whoever runs the ward.
    async fn to_clean(&self, task: &CleaningTask) -> Result<(), MailError> {
        if !self.still_waits(task).await? {
            return Ok(());
        }
        let mut to = self.on_duty_on(Role::Sweeper, Some(task.ward)).await?;
        to.extend(self.on_duty_on(Role::Sweeper, None).await?);
        if to.is_empty() {
            to = self.who_runs(task.ward).await?;
        }
        self.send_to_each_or_administrators(&name(task), to, &emails::to_clean(&self.hospital, task, false)?).await
    }

    /// The managers on shift of the ward where the patient comes, and of the one that they leave. Who needs critical care is never overlooked: the
    /// doctors on shift there are told, and if there is no manager, all managers of the ward and the administrators.
    async fn comes(
        &self,
        patient: PatientId,
        admission: AdmissionId,
        (ward, since): (Ward, Timestamp),
        from: Option<Ward>,
    ) -> Result<(), MailError> {
        let Some(admission) = self.store.admission(patient, admission).await? else { return Ok(()) };
        let Some((_, bed)) = admission.place().filter(|(there, _)| *there == ward && admission.left.is_none()) else { return Ok(()) };
        let Some(patient) = self.store.patient(patient).await? else { return Ok(()) };
        let case = match admission.case_id {
            Some(case) => self.store.emergency_case(case).await?,
            None => None,
        };
        let critical = ward == Ward::Icu && case.is_some_and(|case| case.is_critical());
        let (id, at) = (format!("{}-{}", admission.id, since.as_millisecond()), (ward, bed, since));
        let email = emails::comes(&self.hospital, &patient, at, critical)?;
        if let Some(from) = from
            && let Some(manager) = self.manager_on_shift(from).await?
        {
            let goes = emails::goes(&self.hospital, &patient, from, at)?;
            self.send_to_each(&format!("{id}-goes"), vec![manager], &goes).await?;
        }
        let doctors = if critical { self.on_duty_on(Role::Doctor, Some(ward)).await? } else { Vec::new() };
        self.send_to_each(&id, doctors, &email).await?;
        match self.manager_on_shift(ward).await? {
            Some(manager) => self.send_to_each(&id, vec![manager], &email).await,
            None if critical => self.send_to_managers_and_administrators(&id, ward, &email).await,
            None => Ok(()),
        }
    }

    /// The doctors on duty on the Emergency ward and for the whole hospital, and the ward's manager. If there is none of these, all doctors on duty
    /// and all of its managers; if there are none, the administrators.
    async fn waits_too_long(&self, case: &EmergencyCase, due: Timestamp) -> Result<(), MailError> {
        let mut to = self.doctors_on_duty(Some(Ward::Emergency)).await?;
        to.extend(self.who_runs(Ward::Emergency).await?);
        let (id, email) = (format!("{}-late-{}", case.id, due.as_millisecond()), emails::waits_too_long(&self.hospital, case, due)?);
        self.send_to_each_or_administrators(&id, to, &email).await
    }

    /// The doctors on duty on a ward and for the whole hospital. If there is none of these, all doctors on duty.
    pub(crate) async fn doctors_on_duty(&self, ward: Option<Ward>) -> Result<Vec<Recipient>, MailError> {
        let mut to = self.on_duty_on(Role::Doctor, None).await?;
        if let Some(ward) = ward {
            to.extend(self.on_duty_on(Role::Doctor, Some(ward)).await?);
        }
        if to.is_empty() {
            to = self.colleagues(self.store.on_duty(Some(Role::Doctor), None, self.clock.now(), &self.hospital.zone).await?).await?;
        }
        Ok(to)
    }

    /// The ward's manager on shift. If there is none, all of its managers.
    async fn who_runs(&self, ward: Ward) -> Result<Vec<Recipient>, MailError> {
        match self.manager_on_shift(ward).await? {
            Some(manager) => Ok(vec![manager]),
            None => self.managers(ward).await,
        }
    }

    async fn manager_on_shift(&self, ward: Ward) -> Result<Option<Recipient>, MailError> {
        let (now, zone) = (self.clock.now(), &self.hospital.zone);
        let (_, time) = ShiftTime::at(now, zone);
        match self.store.ward_manager(ward, time).await? {
            Some(shift) if self.store.manager_at_work(&shift, now, zone).await? => self.colleague(shift.user_id, Role::WardManager).await,
            _ => Ok(None),
        }
    }

    async fn managers(&self, ward: Ward) -> Result<Vec<Recipient>, MailError> {
        let mut managers = Vec::new();
        for shift in self.store.ward_managers(ward).await? {
            managers.extend(self.colleague(shift.user_id, Role::WardManager).await?);
        }
        Ok(managers)
    }

    /// Those who are on duty in a role on a ward, or for the whole hospital.
    async fn on_duty_on(&self, role: Role, ward: Option<Ward>) -> Result<Vec<Recipient>, MailError> {
        let mut duties = self.store.on_duty(Some(role), ward, self.clock.now(), &self.hospital.zone).await?;
        duties.retain(|duty| duty.ward == ward);
        self.colleagues(duties).await
    }

    async fn colleagues(&self, duties: Vec<Duty>) -> Result<Vec<Recipient>, MailError> {
        let mut colleagues = Vec::new();
        for duty in duties {
            colleagues.extend(self.colleague(duty.user_id, duty.role).await?);
        }
        Ok(colleagues)
    }

    async fn send_to_managers_and_administrators(&self, id: &str, ward: Ward, email: &Message) -> Result<(), MailError> {
        let managers = self.managers(ward).await?;
        self.send_to_each(id, managers, email).await?;
        self.to_administrators(id, None, email).await
    }

    /// To each of them. If there is nobody, to the administrators.
    pub(crate) async fn send_to_each_or_administrators(&self, id: &str, to: Vec<Recipient>, email: &Message) -> Result<(), MailError> {
        if to.is_empty() { self.to_administrators(id, None, email).await } else { self.send_to_each(id, to, email).await }
    }

    /// Sends an email to each of them, once. A failure of one does not keep the others from getting theirs.
    async fn send_to_each(&self, id: &str, to: Vec<Recipient>, email: &Message) -> Result<(), MailError> {
        let (mut told, mut outcome) = (BTreeSet::new(), Ok(()));
        for to in to {
            if told.insert(to.user_id) {
                outcome = self.mailer.send(&format!("{id}-{}", to.user_id), &to, email).await.and(outcome);
            }
        }
        outcome
    }
}

/// The name of a task, for the ids of its emails.
fn name(task: &CleaningTask) -> String {
    format!("clean-{}-{}-{}", task.ward.as_str(), task.bed, task.since.as_millisecond())
}
