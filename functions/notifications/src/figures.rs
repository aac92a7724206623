//! Daily figures follow from appointments, stays, invoices and so on, each as it stands now. They can be checked, and put right.

use aws_lambda_events::dynamodb::EventRecord;
use domain::{
    admission::Admission,
    allocation::Allocation,
    appointment::Appointment,
    billing::Balance,
    critical_result::CriticalResult,
    emergency::EmergencyCase,
    feedback::Feedback,
    figures::{self, Countable, Counts},
    lab_order::LabOrder,
    record::{Clinical, Entry, encounter::Encounter, prescription::Medicine},
    ward::EstablishedWard,
};
use mail::EventState;
use serde::{Deserialize, Serialize};
use store::{
    Record, StoreError,
    figures::{Checked, Terms},
    from_stream,
    stock::StoredMovement,
};

use crate::change::kind;

/// How many things are counted again in one call.
const AT_ONCE: usize = 500;

/// What counts of a record of the stream, if anything does. Where the two images say the same, nothing has changed: each change has a record of its own.
pub(crate) fn countable(record: &EventRecord, state: &EventState) -> Result<Option<Countable>, StoreError> {
    let Some(kind) = kind(&record.change.new_image) else { return Ok(None) };
    let Terms { scale, zone } = terms(state);
    match kind {
        Appointment::KIND => {
            changed(record, |one: &Appointment| (Countable::Appointment { id: one.id }, figures::of_appointment(one, zone)))
        }
        Medicine::KIND => changed(record, |one: &Entry<Medicine>| {
            (Countable::Medicine { patient: one.patient_id, id: one.id }, figures::of_medicine(one))
        }),
        CriticalResult::KIND => changed(record, |one: &CriticalResult| {
            let (patient, id) = (one.listed.patient_id, one.listed.order_id);
            (Countable::CriticalResult { patient, id }, figures::of_critical_result(one, zone))
        }),
        Admission::KIND => changed(record, |one: &Admission| {
            (Countable::Admission { patient: one.patient_id, id: one.id }, figures::of_admission(one, zone))
        }),
        EmergencyCase::KIND => changed(record, |one: &EmergencyCase| (Countable::Case { id: one.id }, figures::of_case(one, scale, zone))),
        LabOrder::KIND => changed(record, |one: &LabOrder| {
            let (patient, id) = (one.listed.patient_id, one.listed.id);
            (Countable::LabOrder { patient, id }, figures::of_lab_order(one, zone))
        }),
        Allocation::KIND => changed(record, |one: &Allocation| {
            let (patient, id) = (one.listed.patient_id, one.listed.id);
            (Countable::Allocation { patient, id }, figures::of_allocation(one, &[], zone))
        }),
        Feedback::KIND => {
            changed(record, |one: &Feedback| (Countable::Feedback { patient: one.patient_id, id: one.id }, figures::of_feedback(one, zone)))
        }
        // What these count for depends on other things, or on nothing that changes.
        Encounter::KIND => now(record, |one: &Entry<Encounter>| Countable::Encounter { patient: one.patient_id, id: one.id }),
        Balance::KIND => now(record, |one: &Balance| Countable::Invoice { patient: one.patient_id, id: one.id }),
        EstablishedWard::KIND => now(record, |one: &EstablishedWard| Countable::Ward { ward: one.ward }),
        StoredMovement::KIND => now(record, |one: &StoredMovement| Countable::Movement { medicine: one.medicine_id, id: one.movement.id }),
        _ => Ok(None),
    }
}

fn now<R: Record>(record: &EventRecord, name: impl Fn(&R) -> Countable) -> Result<Option<Countable>, StoreError> {
    Ok(Some(name(&from_stream(record.change.new_image.clone())?)))
}

fn changed<R: Record>(record: &EventRecord, count: impl Fn(&R) -> (Countable, Counts)) -> Result<Option<Countable>, StoreError> {
    let (countable, counts) = count(&from_stream(record.change.new_image.clone())?);
    if !record.change.old_image.is_empty() && count(&from_stream(record.change.old_image.clone())?).1 == counts {
        return Ok(None);
    }
    Ok(Some(countable))
}

fn terms(state: &EventState) -> Terms<'_> {
    Terms { scale: &state.hospital.triage, zone: &state.hospital.zone }
}

pub(crate) async fn follow(state: &EventState, countable: Countable) -> Result<(), StoreError> {
    state.store.figures_follow(countable, terms(state)).await.map(drop)
}

/// What `infra/check_figures.py` calls this function with.
#[derive(Debug, Deserialize)]
pub struct Requested {
    check_figures: Check,
}

/// What to check.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    /// Things to count that may never have been counted.
    #[serde(default)]
    count: Vec<Countable>,
    /// Where an earlier call has stopped.
    #[serde(default)]
    after: Option<String>,
    /// Whether figures are made what they should be.
    #[serde(default)]
    repair: bool,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// How many things were counted again.
    pub sources: usize,
    /// Those that had added something else to the figures than they should. They are counted anew now.
    pub stale: Vec<String>,
    /// Where the next call continues. `None` when everything is counted.
    pub next: Option<String>,
    /// What the figures are, compared with what was counted. Only in the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
}

/// Counts things again. When all are counted, the figures are added up.
pub(crate) async fn check(state: &EventState, Requested { check_figures }: Requested) -> Result<Report, StoreError> {
    let Check { count, after, repair } = check_figures;
    if !count.is_empty() {
        let mut report = Report::default();
        for countable in count {
            report.sources += 1;
            if Box::pin(state.store.figures_follow(countable, terms(state))).await? {
                report.stale.push(countable.to_string());
            }
        }
        return Ok(report);
    }
    let again = state.store.figures_recount(after.as_deref(), AT_ONCE, terms(state)).await?;
    let checked = if again.next.is_none() { Some(Box::pin(state.store.figures_check(repair)).await?) } else { None };
    Ok(Report { sources: again.sources, stale: again.stale, next: again.next, checked })
}
