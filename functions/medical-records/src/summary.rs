//! `GET /patients/{patient_id}/record`: what has to be known at once.

use axum::extract::State;
use domain::{
    history::AllergySeverity,
    id::{DiagnosisId, HistoryId, ImageId, LabResultId, LabTestId, MedicineId, PatientId, VitalsId},
    instant::Instant,
    record::{
        Summary,
        diagnosis::{Icd10, VerificationStatus},
        image::Modality,
        medicines::{Ingredient, MedicineClass},
        prescription::Route,
        summary::{Certainty, RECENT},
        vitals::{Flag, VitalSign},
    },
    staff::BloodGroup,
    text::{Reason, Title},
};
use http::{AppState, Json, Problem, auth::PatientAccess};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// What has to be known at once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordSummary {
    patient_id: PatientId,
    /// The newest value of each vital sign.
    vitals: Vec<NewestVitalSign>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blood_group: Option<KnownBloodGroup>,
    /// The active diagnoses.
    problems: Vec<ActiveProblem>,
    /// The allergies of the medical history. When there is none, `none_known` of the history says whether somebody has asked.
    allergies: Vec<KnownAllergy>,
    /// The medicines that the patient takes today.
    medicines: Vec<ActiveMedicineView>,
    /// The lab tests that wait for a result.
    lab_tests: Vec<OpenLabTestView>,
    /// At most five of the latest images.
    images: Vec<RecentImageView>,
    /// At most five of the latest results.
    results: Vec<RecentResultView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct NewestVitalSign {
    code: VitalSign,
    /// LOINC.
    loinc: &'static str,
    value: f64,
    /// UCUM.
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Flag>,
    taken_at: Instant,
    vitals_id: VitalsId,
}

/// The blood group that was found last.
#[derive(Debug, Serialize, ToSchema)]
struct KnownBloodGroup {
    blood_group: BloodGroup,
    certainty: Certainty,
}

#[derive(Debug, Serialize, ToSchema)]
struct ActiveProblem {
    diagnosis_id: DiagnosisId,
    what: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    icd10: Option<Icd10>,
    verification_status: VerificationStatus,
}

#[derive(Debug, Serialize, ToSchema)]
struct KnownAllergy {
    history_id: HistoryId,
    what: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<MedicineClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<AllergySeverity>,
}

/// A medicine that the patient takes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActiveMedicineView {
    prescription_id: MedicineId,
    drug: Title,
    ingredients: Vec<Ingredient>,
    dose: Title,
    route: Route,
    frequency: Title,
    /// The last day of the course, with all refills.
    #[schema(value_type = String, format = Date)]
    until: Date,
}

/// A lab test that waits for a result.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenLabTestView {
    prescription_id: LabTestId,
    test: Title,
}

/// One of the latest images.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecentImageView {
    image_id: ImageId,
    title: Title,
    modality: Modality,
    #[schema(value_type = String, format = Date)]
    taken_on: Date,
}

/// One of the latest results.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecentResultView {
    result_id: LabResultId,
    name: Title,
    taken_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Flag>,
}

pub(crate) fn medicines(summary: &Summary, today: Date) -> Vec<ActiveMedicineView> {
    let view = |medicine: &domain::record::summary::ActiveMedicine| ActiveMedicineView {
        prescription_id: medicine.id,
        drug: medicine.drug.clone(),
        ingredients: medicine.ingredients.clone(),
        dose: medicine.dose.clone(),
        route: medicine.route,
        frequency: medicine.frequency.clone(),
        until: medicine.until,
    };
    summary.medicines_on(today).map(view).collect()
}

pub(crate) fn lab_tests(summary: &Summary) -> Vec<OpenLabTestView> {
    summary.lab_tests.iter().map(|open| OpenLabTestView { prescription_id: open.id, test: open.test.clone() }).collect()
}

pub(crate) fn images(summary: &Summary) -> Vec<RecentImageView> {
    let view = |image: &domain::record::summary::RecentImage| RecentImageView {
        image_id: image.id,
        title: image.title.clone(),
        modality: image.modality,
        taken_on: image.taken_on,
    };
    summary.images.iter().take(RECENT).map(view).collect()
}

/// The latest results; for the patient, those that are released.
pub(crate) fn results(summary: &Summary, access: &PatientAccess, state: &AppState) -> Vec<RecentResultView> {
    let view = |result: &domain::record::summary::RecentResult| RecentResultView {
        result_id: result.id,
        name: result.name.clone(),
        taken_at: state.hospital.instant(result.taken_at),
        flag: result.flag,
    };
    summary.results.iter().filter(|result| result.released || !access.is_patient()).take(RECENT).map(view).collect()
}

/// Read the summary of a medical record
///
/// What a clinician has to know at once, in one item however long the record is: the newest value of each vital sign, the active diagnoses,
/// the allergies, and the medicines that the patient takes today.
#[utoipa::path(get, path = "/patients/{patient_id}/record", tag = "medical record", operation_id = "get_record_summary",
    params(("patient_id" = PatientId, Path)), responses((status = 200, body = RecordSummary)))]
pub(crate) async fn summary(State(state): State<AppState>, access: PatientAccess) -> Result<Json<RecordSummary>, Problem> {
    let found = state.store.record_summary(access.patient.id).await?;
    let vitals = found.vitals.iter().map(|(sign, newest)| NewestVitalSign {
        code: *sign,
        loinc: sign.loinc(),
        value: newest.value(*sign),
        unit: sign.unit(),
        flag: newest.flag,
        taken_at: state.hospital.instant(newest.at),
        vitals_id: newest.id,
    });
    let problems = found.problems.iter().map(|problem| ActiveProblem {
        diagnosis_id: problem.id,
        what: problem.what.clone(),
        icd10: problem.icd10.clone(),
        verification_status: problem.verification_status,
    });
    let allergies = found.allergies.iter().map(|allergy| KnownAllergy {
        history_id: allergy.id,
        what: allergy.what.clone(),
        class: allergy.class,
        severity: allergy.severity,
    });
    Ok(Json(RecordSummary {
        patient_id: found.patient_id,
        vitals: vitals.collect(),
        blood_group: found.blood_group().map(|(blood_group, certainty)| KnownBloodGroup { blood_group, certainty }),
        problems: problems.collect(),
        allergies: allergies.collect(),
        medicines: medicines(&found, state.today()),
        lab_tests: lab_tests(&found),
        images: images(&found),
        results: results(&found, &access, &state),
    }))
}
