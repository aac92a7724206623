//! What follows from a write: emails and reminder schedules, from the table's stream. And what comes back from emails.
//!
//! A record may come twice, late, or after one that replaced it. Each email has an id that names its cause, and is sent
//! once; a reminder's schedule is made to follow the appointment as it is now, whatever the record says.

mod account;
mod allocation;
mod appointment;
mod audit;
mod beds;
mod billing;
mod bounced;
mod change;
mod check_billing;
mod doctor;
mod email_token;
mod emergency;
mod figures;
mod lab_order;
mod leave;
mod new_patient;
mod patient_changed;
mod rating;
mod rebuild;
mod record;
mod resend;
mod review;
mod role_requested;
mod roster;
mod staff;
mod waiting;

use std::collections::{BTreeSet, HashSet};

use aws_lambda_events::{
    dynamodb::{Event, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
pub use bounced::{Report as Bounced, note};
use change::Change;
pub use check_billing::{Check, Report, Requested};
use domain::{
    Clock,
    account::{Account, Status},
    availability::ExceptionKind,
    id::AuditId,
    role::Role,
    waiting::Ending,
};
use mail::{
    EmailTokens, EventState, MailError,
    reminders::{ReminderError, Reminders},
};
use platform::{
    aws::{self, Patience},
    config::{Config, Scheduling, TokenKey},
};
pub use rebuild::Rebuild;
use serde::{Deserialize, Serialize};
use store::{StoreError, laboratories::TechnicianError, pharmacies::PharmacistError, wards::ManagerError};

/// What this function works with.
#[derive(Clone, Debug)]
pub struct Notifications {
    pub base: EventState,
    reminders: Reminders,
    tokens: EmailTokens,
}

impl Notifications {
    #[must_use]
    pub fn new(config: &Config, scheduling: Scheduling, tokens: &TokenKey, clock: Clock) -> Self {
        let sdk = aws::sdk_config(&config.aws, Patience::NobodyWaits);
        Self {
            base: EventState::new(config, &sdk, clock),
            reminders: Reminders::new(&config.aws, &sdk, scheduling),
            tokens: EmailTokens::new(tokens),
        }
    }
}

/// What this function is called with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Call {
    /// From the table's stream.
    Changes(Event),
    /// From SES, over the event bus.
    Bounced(Bounced),
    /// From an operator, after the table was restored.
    Rebuild(Rebuild),
    /// From an operator: `infra/check_billing.py`.
    Check(Requested),
    /// From an operator: `infra/check_figures.py`.
    Figures(figures::Requested),
}

/// What it answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Handled(DynamoDbEventResponse),
    Checked(Report),
    Figures(figures::Report),
}

/// Handles a call of either kind.
pub async fn answer(state: &Notifications, call: Call) -> Result<Answer, Failure> {
    match call {
        Call::Changes(event) => return Ok(Answer::Handled(handle(state, event).await)),
        Call::Bounced(report) => note(&state.base, report).await?,
        Call::Figures(requested) => return Ok(Answer::Figures(Box::pin(figures::check(&state.base, requested)).await?)),
        Call::Rebuild(rebuild) => rebuild::reminders(state, &rebuild).await?,
        Call::Check(requested) => {
            return Ok(Answer::Checked(Box::pin(check_billing::check(&state.base.store, requested.check_billing)).await?));
        }
    }
    Ok(Answer::Handled(DynamoDbEventResponse::default()))
}

/// Handles a batch, each record on its own: one that fails does not keep the others from being handled, only those that
/// come after it for the same item.
pub async fn handle(state: &Notifications, event: Event) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    let mut failed_items = HashSet::new();
    let mut noted = BTreeSet::new();
    for record in event.records {
        let item = format!("{:?}", record.change.keys.get("pk"));
        let sequence = record.change.sequence_number.clone().unwrap_or_default();
        let event_id = record.event_id.clone();
        if failed_items.contains(&item) {
            response.batch_item_failures.push(failed_record(sequence));
            continue;
        }
        if let Err(error) = one(state, record, &mut noted).await {
            tracing::error!(event_id, error = platform::logs::chain(&error), "record not handled");
            failed_items.insert(item);
            response.batch_item_failures.push(failed_record(sequence));
        }
    }
    response
}

/// A record that has to come again (`ReportBatchItemFailures`), by its sequence number.
fn failed_record(sequence: String) -> DynamoDbBatchItemFailure {
    let mut failure = DynamoDbBatchItemFailure::default();
    failure.item_identifier = Some(sequence);
    failure
}

async fn one(state: &Notifications, record: EventRecord, noted: &mut BTreeSet<AuditId>) -> Result<(), Failure> {
    // The log first: an email may have to be sent again, and a note must not wait for it.
    audit::note(&state.base, &record, noted).await?;
    let countable = figures::countable(&record, &state.base)?;
    let followed = match Change::of(record)? {
        Some(Change::EmailAskedForAgain { id, cause }) => Box::pin(resend::again(state, &id, &cause)).await,
        Some(change) => Box::pin(follow(state, change)).await,
        None => Ok(()),
    };
    // Figures do not wait for emails either.
    if let Some(countable) = countable {
        Box::pin(figures::follow(&state.base, countable)).await?;
    }
    followed
}

/// What follows from a change.
async fn follow(state: &Notifications, change: Change) -> Result<(), Failure> {
    let state = &match change.cause() {
        Some(cause) => Notifications { base: state.base.because_of(cause), ..state.clone() },
        None => state.clone(),
    };
    // In two parts, each in a box: together they would take more of the stack than a thread of the local hospital has.
    match Box::pin(follow_care(state, change)).await? {
        Some(other) => Box::pin(follow_people(state, other)).await,
        None => Ok(()),
    }
}

/// What follows from something that was done for a patient, or is to be paid. Gives back what it is not about. Where a bill follows too, one of the two
/// that fails does not keep the other from being done.
async fn follow_care(state: &Notifications, change: Change) -> Result<Option<Change>, Failure> {
    match change {
        Change::Vitals(patient) => state.base.store.board_show_vitals(patient).await?,
        Change::Bed { before, after } => Box::pin(beds::follow(state, before.as_deref(), &after)).await?,
        Change::Admission { before, after } => {
            let beds = Box::pin(beds::follow_admission(state, before.as_deref(), &after)).await;
            Box::pin(billing::follow_admission(state, before.as_deref(), &after)).await?;
            beds?;
        }
        Change::BedRequest(request) => Box::pin(beds::serve(state, request.ward, Some(&request))).await?,
        Change::Case { before, after } => Box::pin(emergency::follow(state, before.as_deref(), &after)).await?,
        Change::Allocation { before, after } => {
            let news = Box::pin(allocation::follow(state, before.as_deref(), &after)).await;
            Box::pin(billing::follow_allocation(state, &after)).await?;
            news?;
        }
        Change::LabOrder { before, after } => {
            let news = Box::pin(lab_order::follow(state, before.as_deref(), &after)).await;
            Box::pin(billing::follow_lab_order(state, before.as_deref(), &after)).await?;
            news?;
        }
        Change::Surgery(patient, id) => Box::pin(billing::follow_surgery(state, patient, id)).await?,
        Change::Invoice(patient, id) => Box::pin(billing::follow_invoice(state, patient, id)).await?,
        Change::Billing(news) => Box::pin(state.base.tell_of_invoice(&news)).await?,
        Change::CriticalResult { before, after } => Box::pin(lab_order::follow_critical(state, before.as_deref(), &after)).await?,
        Change::Lab(news) => Box::pin(state.base.tell_of_lab_order(&news)).await?,
        Change::Pharmacy(news) => Box::pin(state.base.tell_pharmacy(&news)).await?,
        Change::Wards(news) => Box::pin(state.base.tell_wards(&news)).await?,
        other => return Ok(Some(other)),
    }
    Ok(None)
}

/// What follows from everything else: accounts, appointments, the roster, prescriptions.
async fn follow_people(state: &Notifications, change: Change) -> Result<(), Failure> {
    match change {
        Change::AccountOpened(account) => {
            staff::follow_account(state, None, &account).await?;
            role_requested::ask_administrators(&state.base, &account).await?;
        }
        Change::AccountChanged { before, after } => {
            if let Some(patient) = after.account.patient_id.filter(|_| after.account.status == Status::Closed) {
                waiting::end_all(state, patient, Ending::Left).await?;
            }
            staff::follow_account(state, Some(&before.account), &after.account).await?;
            free_places(state, &before.account, &after.account).await?;
            if before.account.doctor_id != after.account.doctor_id {
                doctor::follow_new_profile(state, &after.account).await?;
            }
            if before.account.takes_appointments() != after.account.takes_appointments() {
                doctor::follow_account(state, &after.account).await?;
            }
            account::tell(&state.base, &before, &after).await?;
        }
        Change::EmailTokenPromised(token) => email_token::send(state, *token).await?,
        Change::PatientRegistered(patient) => new_patient::tell_front_desk(&state.base, &patient).await?,
        Change::PatientDied(id, origin) => {
            patient_changed::cancel_appointments(state, id, origin.as_deref()).await?;
            Box::pin(emergency::patient_died(state, id, origin.as_deref())).await?;
        }
        Change::PatientRenamed(id, origin) => {
            patient_changed::rename_in_appointments(state, id, origin.as_deref()).await?;
            Box::pin(emergency::patient_renamed(state, id, origin.as_deref())).await?;
        }
        Change::Appointment { before, after } => {
            let news = appointment::follow(state, before.as_deref(), &after).await;
            Box::pin(billing::follow_appointment(state, before.as_deref(), &after)).await?;
            news?;
        }
        Change::Wait { before, after } => waiting::follow(state, before.as_deref(), &after).await?,
        Change::Shift { before, after } => roster::tell(&state.base, before.as_deref(), &after).await?,
        Change::StaffProfile(user) => state.base.store.staff_list_follow(user).await?,
        Change::StaffMonth { before, after } => {
            state.base.store.roster_follow(before.as_deref(), &after).await?;
            doctor::follow_month(state, before.as_deref(), &after).await?;
        }
        Change::Leave { before, after } => leave::follow(state, before.as_deref(), &after).await?,
        Change::Doctor { before, after } => doctor::follow(state, &before, &after).await?,
        Change::Record(news) => record::tell(&state.base, &news).await?,
        Change::LowRating(patient, id, day) => rating::tell_administrators(&state.base, (patient, id), day).await?,
        Change::DoctorException(exception) => {
            let day = exception.slot.day(&state.base.hospital.zone);
            review::days(state, exception.doctor_id, (day, day)).await?;
            // A session that was added, or a blocked time that was taken back.
            if (exception.what == ExceptionKind::ExtraSession) != exception.cancelled {
                waiting::time_opened(state, exception.doctor_id, (day, day)).await?;
            }
        }
        Change::EmailAskedForAgain { .. }
        | Change::Vitals(_)
        | Change::Bed { .. }
        | Change::Admission { .. }
        | Change::BedRequest(_)
        | Change::Case { .. }
        | Change::Allocation { .. }
        | Change::LabOrder { .. }
        | Change::Surgery(..)
        | Change::Invoice(..)
        | Change::Billing(_)
        | Change::CriticalResult { .. }
        | Change::Lab(_)
        | Change::Pharmacy(_)
        | Change::Wards(_) => {}
    }
    Ok(())
}

/// Whether somebody no longer works here in a role. Who is suspended may come back, and keeps their place.
async fn no_longer(state: &Notifications, role: Role, before: &Account, after: &Account) -> Result<bool, StoreError> {
    let works = |account: &Account| account.roles.contains(&role) && account.status != Status::Closed;
    if !works(before) || works(after) {
        return Ok(false);
    }
    // As it is now: this record may come late.
    Ok(state.base.store.account(after.id).await?.is_none_or(|now| !works(&now.account)))
}

/// Frees the places of somebody who no longer works here in a role: a ward manager's shift, a pharmacist's pharmacy, a technician's laboratory.
async fn free_places(state: &Notifications, before: &Account, after: &Account) -> Result<(), StoreError> {
    let (store, user) = (&state.base.store, after.id);
    if no_longer(state, Role::WardManager, before, after).await?
        && let Some(shift) = store.manages(user).await?
    {
        store.ward_manager_end(&shift).await.map_err(ManagerError::to_retry)?;
    }
    if no_longer(state, Role::Pharmacist, before, after).await?
        && let Some(pharmacist) = store.works_in_pharmacy(user).await?
    {
        store.seat_end(&pharmacist).await.map_err(PharmacistError::to_retry)?;
    }
    if no_longer(state, Role::LabTechnician, before, after).await?
        && let Some(technician) = store.works_in_laboratory(user).await?
    {
        store.seat_end(&technician).await.map_err(TechnicianError::to_retry)?;
    }
    Ok(())
}

/// A record, or another call, could not be handled this time.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error(transparent)]
    Reminder(#[from] ReminderError),
}
