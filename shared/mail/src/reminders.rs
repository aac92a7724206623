//! The one-shot schedules behind an appointment's reminder and its no-show, and behind the end of an offer to somebody who waits.
//!
//! A schedule's name follows from what it is for, so that creating, moving and deleting it can be repeated in any order: what counts is
//! the appointment or the wait as it is now. It carries ids and times only, never health data.

use aws_sdk_scheduler::{
    Client,
    error::SdkError,
    operation::{create_schedule::CreateScheduleError, delete_schedule::DeleteScheduleError, update_schedule::UpdateScheduleError},
    types::{ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, Target},
};
use aws_types::SdkConfig;
use domain::{
    allocation::{Allocation, AllocationStatus},
    appointment::Appointment,
    bed::Bed,
    billing::Balance,
    critical_result::CriticalResult,
    emergency::EmergencyCase,
    id::{AllocationId, AppointmentId, CaseId, InvoiceId, LabOrderId, LotId, PatientId, StockedMedicineId, WaitId},
    lab_order::LabOrder,
    pharmacy::ReceivedLot,
    triage::Scale,
    waiting::{State, Wait},
};
use jiff::{SignedDuration, Timestamp};
use platform::config::{Aws, Hospital, Scheduling};
use serde::{Deserialize, Serialize};
use store::wards::CleaningTask;

/// Scheduler knows minutes, and refuses what is over.
const SOON: SignedDuration = SignedDuration::from_mins(1);

/// What the `reminders` function is called with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderDue {
    pub appointment_id: AppointmentId,
    /// The start that the reminder was scheduled for: when the appointment has moved since, this reminder is void.
    pub starts_at: Timestamp,
}

impl ReminderDue {
    /// Whether the appointment, as it is now, still calls for it.
    #[must_use]
    pub fn holds(&self, appointment: &Appointment, now: Timestamp) -> bool {
        appointment.status.is_ahead() && appointment.slot.start == self.starts_at && now < appointment.slot.start
    }
}

/// What the `reminders` function is called with when an offer has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferEnds {
    pub wait_id: WaitId,
    /// Until when the slot was held: when the wait has changed since, this is void.
    pub held_until: Timestamp,
}

/// What the `reminders` function is called with some time after an appointment's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissedDue {
    pub appointment_id: AppointmentId,
    /// When it was due: when the appointment has moved since, or a note was taken back, this is void.
    pub due_at: Timestamp,
}

/// What the `reminders` function is called with when a bed should be clean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CleaningDue {
    pub clean: CleaningTask,
}

/// What the `reminders` function is called with when a doctor should have seen an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoctorDue {
    pub case_id: CaseId,
    /// When it was due: when a doctor has seen the patient since, or the level has changed, this is void.
    pub due_at: Timestamp,
}

/// What the `reminders` function is called with when a patient should have collected what is set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectDue {
    pub allocation_id: AllocationId,
    pub patient_id: PatientId,
    pub collect_by: Timestamp,
}

/// What the `reminders` function is called with when a lot expires soon, or has expired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotDue {
    pub lot_id: LotId,
    pub medicine_id: StockedMedicineId,
    /// How many days are left.
    pub stage: u16,
    /// When it was due.
    pub due_at: Timestamp,
}

/// What the `reminders` function is called with when somebody has to look at a lab order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabOrderDue {
    pub lab_order_id: LabOrderId,
    pub patient_id: PatientId,
    /// When: if the order asks for another time by now, this is void.
    pub due_at: Timestamp,
}

/// What the `reminders` function is called with when a critical result should have been acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriticalDue {
    pub critical_order_id: LabOrderId,
    pub patient_id: PatientId,
    /// When: if it was acknowledged or has changed since, this is void.
    pub due_at: Timestamp,
}

/// What the `reminders` function is called with when an invoice is overdue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceDue {
    pub invoice_id: InvoiceId,
    pub patient_id: PatientId,
    /// When the patient is reminded: if the invoice was paid or they were reminded since, this is void.
    pub due_at: Timestamp,
}

/// Schedules reminders, no-shows, the ends of offers, and when a bed should be clean or a doctor have seen an emergency.
#[derive(Clone, Debug)]
pub struct Reminders {
    client: Client,
    settings: Scheduling,
}

/// Scheduler did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ReminderError {
    #[error("the schedule could not be described")]
    Build(#[from] aws_sdk_scheduler::error::BuildError),
    #[error("the reminder could not be created")]
    Create(#[source] Box<SdkError<CreateScheduleError>>),
    #[error("the reminder could not be moved")]
    Update(#[source] Box<SdkError<UpdateScheduleError>>),
    #[error("the reminder could not be deleted")]
    Delete(#[source] Box<SdkError<DeleteScheduleError>>),
}

/// The name of the schedule behind a reminder.
#[must_use]
pub fn schedule_name(id: AppointmentId) -> String {
    format!("appt-{id}-1h")
}

/// What an appointment's reminder calls with.
fn reminder(appointment: &Appointment) -> String {
    serde_json::json!({ "appointment_id": appointment.id, "starts_at": appointment.slot.start }).to_string()
}

impl Reminders {
    #[must_use]
    pub fn new(aws: &Aws, sdk: &SdkConfig, settings: Scheduling) -> Self {
        let mut client = aws_sdk_scheduler::config::Builder::from(sdk);
        client.set_endpoint_url(aws.scheduler_endpoint.clone());
        Self { client: Client::from_conf(client.build()), settings }
    }

    /// Makes the schedules what the appointment as it is now calls for: there at the right time, or not there.
    pub async fn follow(&self, appointment: &Appointment, now: Timestamp) -> Result<(), ReminderError> {
        self.follow_missed(appointment, now).await?;
        match appointment.reminder_due(now) {
            Some(due) => self.set(&schedule_name(appointment.id), due, &reminder(appointment)).await,
            None => self.clear(&schedule_name(appointment.id)).await,
        }
    }

    async fn follow_missed(&self, appointment: &Appointment, now: Timestamp) -> Result<(), ReminderError> {
        let name = format!("appt-{}-missed", appointment.id);
        match appointment.missed_due() {
            Some(due) => {
                let input = serde_json::json!({ "appointment_id": appointment.id, "due_at": due }).to_string();
                self.set(&name, due.max(now.saturating_add(SOON).unwrap_or(now)), &input).await
            }
            None => self.clear(&name).await,
        }
    }

    /// Makes the schedule what the wait as it is now calls for: there at the end of an offer, or not there.
    pub async fn follow_offer(&self, wait: &Wait, now: Timestamp) -> Result<(), ReminderError> {
        let name = format!("wait-{}", wait.id);
        match &wait.state {
            State::Offered(offer) => {
                let input = serde_json::json!({ "wait_id": wait.id, "held_until": offer.until }).to_string();
                // An offer that has ended already still has to be handled, and Scheduler refuses what is over.
                self.set(&name, offer.until.max(now.saturating_add(SOON).unwrap_or(now)), &input).await
            }
            _ => self.clear(&name).await,
        }
    }

    /// Makes the schedule what a bed as it is now calls for: there when it should be clean, or not there.
    pub async fn follow_bed(&self, bed: &Bed, now: Timestamp) -> Result<(), ReminderError> {
        let name = format!("clean-{}-{}", bed.ward.as_str(), bed.number);
        match CleaningTask::of(bed) {
            Some(task) => {
                let due = task.due_at().max(now.saturating_add(SOON).unwrap_or(now));
                self.set(&name, due, &serde_json::json!({ "clean": task }).to_string()).await
            }
            None => self.clear(&name).await,
        }
    }

    /// Makes the schedule what a case as it is now calls for: there when a doctor should have seen the patient, or not there.
    pub async fn follow_case(&self, case: &EmergencyCase, scale: &Scale, now: Timestamp) -> Result<(), ReminderError> {
        let name = format!("case-{}", case.id);
        match case.due(scale).filter(|due| *due > now) {
            Some(due) => {
                let input = serde_json::json!({ "case_id": case.id, "due_at": due }).to_string();
                self.set(&name, due.max(now.saturating_add(SOON).unwrap_or(now)), &input).await
            }
            None => self.clear(&name).await,
        }
    }

    /// Makes the schedule what an allocation as it is now calls for: there when the patient should have collected it, or not there.
    pub async fn follow_allocation(&self, allocation: &Allocation, now: Timestamp) -> Result<(), ReminderError> {
        let (listed, name) = (&allocation.listed, format!("collect-{}", allocation.listed.id));
        if allocation.status != AllocationStatus::Allocated {
            return self.clear(&name).await;
        }
        let (allocation_id, patient_id, collect_by) = (listed.id, listed.patient_id, listed.collect_by);
        let input = serde_json::json!({ "allocation_id": allocation_id, "patient_id": patient_id, "collect_by": collect_by });
        self.set(&name, collect_by.max(now.saturating_add(SOON).unwrap_or(now)), &input.to_string()).await
    }

    /// Has a lot looked at when so many days are left.
    pub async fn schedule_lot(&self, lot: &ReceivedLot, days: u16, at: Timestamp, now: Timestamp) -> Result<(), ReminderError> {
        let input = serde_json::json!({ "lot_id": lot.listed.id, "medicine_id": lot.listed.medicine_id, "stage": days, "due_at": at });
        let name = format!("{}-{days}", lot.listed.id);
        self.set(&name, at.max(now.saturating_add(SOON).unwrap_or(now)), &input.to_string()).await
    }

    /// Makes the schedule what a lab order as it is now calls for: there when somebody has to look at it, or not there.
    pub async fn follow_lab_order(&self, order: &LabOrder, now: Timestamp) -> Result<(), ReminderError> {
        let (listed, name) = (&order.listed, format!("lab-{}", order.listed.id));
        let Some(due) = order.next_look() else { return self.clear(&name).await };
        let input = serde_json::json!({ "lab_order_id": listed.id, "patient_id": listed.patient_id, "due_at": due });
        self.set(&name, due.max(now.saturating_add(SOON).unwrap_or(now)), &input.to_string()).await
    }

    /// Makes the schedule what a critical result as it is now calls for: there when it should be acknowledged, or not there.
    pub async fn follow_critical_result(&self, critical: &CriticalResult, now: Timestamp) -> Result<(), ReminderError> {
        let (listed, name) = (&critical.listed, format!("critical-{}", critical.listed.order_id));
        let Some(due) = critical.escalates_at() else { return self.clear(&name).await };
        let input = serde_json::json!({ "critical_order_id": listed.order_id, "patient_id": listed.patient_id, "due_at": due });
        self.set(&name, due.max(now.saturating_add(SOON).unwrap_or(now)), &input.to_string()).await
    }

    /// Makes the schedule what an invoice as it is now calls for: there when the patient is reminded to pay it, or not there.
    pub async fn follow_invoice(&self, balance: &Balance, hospital: &Hospital, now: Timestamp) -> Result<(), ReminderError> {
        let name = format!("invoice-{}", balance.id);
        let Some(due) = balance.reminder_due(|day| hospital.morning_after(day)) else { return self.clear(&name).await };
        let input = serde_json::json!({ "invoice_id": balance.id, "patient_id": balance.patient_id, "due_at": due });
        self.set(&name, due.max(now.saturating_add(SOON).unwrap_or(now)), &input.to_string()).await
    }

    /// Has the appointment's reminder fire once more, as soon as Scheduler can.
    pub async fn again(&self, appointment: &Appointment, now: Timestamp) -> Result<(), ReminderError> {
        self.set(&schedule_name(appointment.id), now.saturating_add(SOON).unwrap_or(now), &reminder(appointment)).await
    }

    async fn set(&self, name: &str, due: Timestamp, input: &str) -> Result<(), ReminderError> {
        // Always UTC: not every implementation reads a time zone beside it.
        let at = format!("at({})", due.strftime("%Y-%m-%dT%H:%M:%S"));
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build()?;
        let create = self
            .client
            .create_schedule()
            .group_name(&self.settings.group)
            .name(name)
            .schedule_expression(&at)
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window.clone())
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(self.target(input)?)
            .send()
            .await;
        match create {
            Ok(_) => return Ok(()),
            Err(error) if error.as_service_error().is_some_and(CreateScheduleError::is_conflict_exception) => {}
            Err(error) => return Err(ReminderError::Create(Box::new(error))),
        }
        let update = self
            .client
            .update_schedule()
            .group_name(&self.settings.group)
            .name(name)
            .schedule_expression(&at)
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(self.target(input)?)
            .send()
            .await;
        // If it fired and vanished in between, the failed record comes again and finds no conflict.
        update.map(drop).map_err(|error| ReminderError::Update(Box::new(error)))
    }

    async fn clear(&self, name: &str) -> Result<(), ReminderError> {
        let delete = self.client.delete_schedule().group_name(&self.settings.group).name(name).send().await;
        match delete {
            Err(error) if !error.as_service_error().is_some_and(DeleteScheduleError::is_resource_not_found_exception) => {
                Err(ReminderError::Delete(Box::new(error)))
            }
            _ => Ok(()),
        }
    }

    fn target(&self, input: &str) -> Result<Target, aws_sdk_scheduler::error::BuildError> {
        Target::builder()
            .arn(&self.settings.target_arn)
            .role_arn(&self.settings.role_arn)
            .input(input)
            // A reminder that is late by half an hour is worth little; by then the appointment is near.
            .retry_policy(RetryPolicy::builder().maximum_retry_attempts(5).maximum_event_age_in_seconds(1800).build())
            .dead_letter_config(DeadLetterConfig::builder().arn(&self.settings.dead_letter_arn).build())
            .build()
    }
}
