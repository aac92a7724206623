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
    figures::Countable,
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

/// What counts of a record of the stream, if anything does.
pub(crate) fn countable(record: &EventRecord) -> Result<Option<Countable>, StoreError> {
    let image = &record.change.new_image;
    let Some(kind) = kind(image) else { return Ok(None) };
    let read = || image.clone();
    Ok(Some(match kind {
        Appointment::KIND => Countable::Appointment { id: from_stream::<Appointment>(read())?.id },
        Encounter::KIND => {
            let encounter: Entry<Encounter> = from_stream(read())?;
            Countable::Encounter { patient: encounter.patient_id, id: encounter.id }
        }
        Medicine::KIND => {
            let medicine: Entry<Medicine> = from_stream(read())?;
            Countable::Medicine { patient: medicine.patient_id, id: medicine.id }
        }
        CriticalResult::KIND => {
            let listed = from_stream::<CriticalResult>(read())?.listed;
            Countable::CriticalResult { patient: listed.patient_id, id: listed.order_id }
        }
        EstablishedWard::KIND => Countable::Ward { ward: from_stream::<EstablishedWard>(read())?.ward },
        Admission::KIND => {
            let stay: Admission = from_stream(read())?;
            Countable::Admission { patient: stay.patient_id, id: stay.id }
        }
        EmergencyCase::KIND => Countable::Case { id: from_stream::<EmergencyCase>(read())?.id },
        Balance::KIND => {
            let balance: Balance = from_stream(read())?;
            Countable::Invoice { patient: balance.patient_id, id: balance.id }
        }
        LabOrder::KIND => {
            let listed = from_stream::<LabOrder>(read())?.listed;
            Countable::LabOrder { patient: listed.patient_id, id: listed.id }
        }
        Allocation::KIND => {
            let listed = from_stream::<Allocation>(read())?.listed;
            Countable::Allocation { patient: listed.patient_id, id: listed.id }
        }
        StoredMovement::KIND => {
            let StoredMovement { movement, medicine_id, .. } = from_stream(read())?;
            Countable::Movement { medicine: medicine_id, id: movement.id }
        }
        Feedback::KIND => {
            let feedback: Feedback = from_stream(read())?;
            Countable::Feedback { patient: feedback.patient_id, id: feedback.id }
        }
        _ => return Ok(None),
    }))
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
