//! Orders of lab tests, and their way through the laboratory. Each step has a file.

pub(crate) mod amend;
pub(crate) mod cancel;
pub(crate) mod collect;
pub(crate) mod entered;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod of_laboratory;
pub(crate) mod place;
pub(crate) mod reject;
pub(crate) mod release;
pub(crate) mod result;
pub(crate) mod start;
pub(crate) mod verify;

use domain::{
    id::{AdmissionId, CaseId, DoctorId, LabOrderId, LabReportId, LabResultId, LabTestId, LaboratoryId, OfferedTestId, PatientId, UserId},
    instant::Instant,
    lab_order::{LabOrder, LabOrderStatus, LabOrderStep, Side, StepBy, Upload},
    laboratory::Specimen,
    mrn::Mrn,
    record::{
        Entry,
        image::{ImageStatus, Rejection},
        lab_result::Loinc,
        prescription::{LabTest, Priority},
    },
    text::{PersonName, Reason, Title},
};
use http::{AppState, MoneyBody, Problem, Versioned};
use serde::Serialize;
use store::medical_record::Resulting;
use utoipa::ToSchema;

use crate::{
    authority::OfOrder,
    refused::{not_taken, not_written, overtaken},
};

/// An order of a lab test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LabOrderView {
    id: LabOrderId,
    status: LabOrderStatus,
    patient_id: PatientId,
    /// The patient's name at that time.
    patient_name: PersonName,
    /// The patient's medical record number.
    mrn: Mrn,
    laboratory_id: LaboratoryId,
    /// The laboratory's name at that time.
    laboratory: Title,
    test_id: OfferedTestId,
    /// The test, as it was called then.
    test: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    loinc: Option<Loinc>,
    specimen: Specimen,
    priority: Priority,
    /// What the laboratory has to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<Reason>,
    /// The prescription that it answers. Absent when a doctor ordered it directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    prescription_id: Option<LabTestId>,
    /// The doctor who prescribed it, and who looks at the result.
    doctor_id: DoctorId,
    doctor_name: PersonName,
    /// The stay in which it was ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    admission_id: Option<AdmissionId>,
    /// The emergency in which it was ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<CaseId>,
    /// What it costs, as it was then.
    price: MoneyBody,
    /// What it costs as it stands: nothing, once it was cancelled.
    amount: MoneyBody,
    placed_at: Instant,
    placed_by: ActorView,
    /// From when on the laboratory is open for it.
    open_from: Instant,
    /// How long the laboratory has from the specimen to the release of the result, in minutes.
    expected_minutes: u32,
    /// When the next thing is due: the specimen of somebody who is not in the hospital, otherwise the release of the result. Nothing is due while the
    /// laboratory is closed.
    due_at: Instant,
    /// Whether that time has passed.
    overdue: bool,
    /// Until when the order waits for a specimen. After that, it is cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    specimen_until: Option<Instant>,
    /// When the specimen was taken that is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_at: Option<Instant>,
    /// The steps that were taken, in their order.
    steps: Vec<StepView>,
    /// The result. For the patient, once it is released.
    #[serde(skip_serializing_if = "Option::is_none")]
    result_id: Option<LabResultId>,
    /// For those who work in the laboratory: the report that was announced last.
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<UploadView>,
}

/// A step that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StepView {
    step: LabOrderStep,
    at: Instant,
    /// Absent when the time of the order was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ActorView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActorView {
    account_id: UserId,
    /// Their name at that time.
    name: PersonName,
}

impl From<StepBy> for ActorView {
    fn from(by: StepBy) -> Self {
        Self { account_id: by.id, name: by.name }
    }
}

/// A report in the form of a PDF file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadView {
    /// Name it when you enter or amend the result.
    report_id: LabReportId,
    status: ImageStatus,
    /// The size of the file in bytes.
    size: u64,
    upload_until: Instant,
    /// Why the file was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_because: Option<Rejection>,
}

impl UploadView {
    pub(crate) fn of(upload: &Upload, state: &AppState) -> Self {
        Self {
            report_id: upload.id,
            status: upload.status,
            size: upload.size,
            upload_until: state.hospital.instant(upload.upload_until),
            rejected_because: upload.rejected_because,
        }
    }
}

pub(crate) fn view(order: LabOrder, side: Side, state: &AppState) -> Versioned<LabOrderView> {
    let (instant, amount, now) = (|at| state.hospital.instant(at), order.amount(), state.clock.now());
    let (specimen_until, listed) = (order.specimen_until(), order.listed);
    let step = |taken: domain::lab_order::StepTaken| StepView {
        step: taken.step,
        at: instant(taken.at),
        by: taken.by.map(ActorView::from),
        reason: taken.reason,
    };
    let body = LabOrderView {
        id: listed.id,
        status: listed.status,
        patient_id: listed.patient_id,
        patient_name: listed.patient_name,
        mrn: listed.mrn,
        laboratory_id: order.laboratory_id,
        laboratory: order.laboratory,
        test_id: order.test_id,
        test: listed.test,
        loinc: order.loinc,
        specimen: listed.specimen,
        priority: listed.priority,
        instructions: order.instructions,
        prescription_id: order.prescription_id,
        doctor_id: order.doctor_id,
        doctor_name: order.doctor_name,
        admission_id: order.admission_id,
        case_id: order.case_id,
        price: order.price.into(),
        amount: amount.into(),
        placed_at: instant(listed.id.made_at()),
        placed_by: order.placed_by.into(),
        open_from: instant(order.from),
        expected_minutes: order.minutes,
        due_at: instant(listed.due_at),
        overdue: listed.status.is_open() && now >= listed.due_at,
        specimen_until: specimen_until.map(instant),
        taken_at: order.taken_at.map(instant),
        steps: order.steps.into_iter().map(step).collect(),
        result_id: order.result_id.filter(|_| side != Side::Patient || listed.status == LabOrderStatus::Released),
        upload: order.upload.filter(|_| side == Side::Laboratory).map(|upload| UploadView::of(&upload, state)),
    };
    Versioned { version: order.version, body }
}

/// Takes a step that changes the order alone.
async fn step(of: OfOrder, step: LabOrderStep, reason: Option<Reason>, state: &AppState) -> Result<Versioned<LabOrderView>, Problem> {
    let after = of.order.clone().take(of.step(step, reason, state)).map_err(not_taken)?;
    written(&of, after, state).await
}

/// The order with when its next thing is due at its laboratory.
async fn due(order: LabOrder, state: &AppState) -> Result<LabOrder, Problem> {
    let laboratory = state.store.laboratory(order.laboratory_id).await?.ok_or_else(|| Problem::not_found("laboratory"))?;
    Ok(order.due(|at, takes| laboratory.listed.hours.due(at, takes, &state.hospital.zone)))
}

/// The prescription that an order answers.
async fn prescription(of: &OfOrder, state: &AppState) -> Result<Option<Entry<LabTest>>, Problem> {
    Ok(match of.order.prescription_id {
        Some(id) => state.store.record_entry(of.patient.id, id).await?,
        None => None,
    })
}

/// Writes the order with its result, and with all that follows from that.
async fn written_with_result(of: &OfOrder, step: Resulting<'_>, state: &AppState) -> Result<Versioned<LabOrderView>, Problem> {
    let after = step.order.1.clone();
    match state.store.lab_order_result(step).await {
        Ok(()) => Ok(view(after, of.side, state)),
        Err(why) => Err(not_written(why, state, &of.order).await),
    }
}

/// Writes the order alone.
async fn written(of: &OfOrder, after: LabOrder, state: &AppState) -> Result<Versioned<LabOrderView>, Problem> {
    if state.store.lab_order_change(&of.order, &after).await? {
        Ok(view(after, of.side, state))
    } else {
        Err(overtaken(state, &of.order).await)
    }
}
