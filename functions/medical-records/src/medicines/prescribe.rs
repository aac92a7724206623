//! `POST /patients/{patient_id}/prescriptions/medicines`: prescribe a medicine.

use axum::extract::State;
use domain::{
    id::{MedicineId, PatientId},
    record::Entry,
};
use http::{AppState, Created, Json, Problem, auth::PatientAccess};

use super::{Found, MedicineBody, MedicineView, NotAnswered, answered, checked, with_hits};
use crate::{
    entries::{author, content, doctor, encounter},
    refused::{Busy, NoRoom, NotPrescribed, PatientDied, not_written},
};

/// Prescribe a medicine
///
/// What is checked: the allergies of the medical history, by substance and by class, and medicines with the same active ingredient that the
/// patient takes today. A stop refuses the prescription, until `override` says why it is right; the reason is stored. A warning is in the
/// answer. What is not checked: doses, interactions between different ingredients, pregnancy, age and kidneys, and allergies to what is not
/// among `ingredients`. The patient gets an email that does not name the medicine.
#[utoipa::path(post, path = "/patients/{patient_id}/prescriptions/medicines", tag = "medical record", operation_id = "prescribe_medicine",
    request_body = MedicineBody, params(("patient_id" = PatientId, Path)),
    responses((status = 201, body = Created<MedicineView>, description = "Prescribed"), NotPrescribed, NotAnswered, PatientDied, NoRoom, Busy))]
pub(crate) async fn prescribe(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(body): Json<MedicineBody>,
) -> Result<Created<MedicineView>, Problem> {
    let (doctor, today) = (doctor(&access)?, state.today());
    let parsed = content(body, |body, fields| body.parse(fields, doctor, today))?;
    let encounter_id = encounter(&state, access.patient.id, parsed.encounter_id).await?;
    let (id, author) = (MedicineId::new(state.clock.now(), state.random.u128()?), author(&state, &access));
    let answered = answered(&state, &access, parsed.request_id, id).await?;
    let mut hits = Found::default();
    let written = state
        .store
        .medicine_write(access.patient.id, None, answered.as_ref(), |summary| {
            let (medicine, found) = checked(&parsed, None, summary, today)?;
            hits = found;
            Ok(Entry::new(id, access.patient.id, encounter_id, author.clone(), medicine))
        })
        .await
        .map_err(not_written)?;
    let location = format!("/patients/{}/prescriptions/medicines/{id}", access.patient.id);
    Ok(Created { location, version: written.version, body: with_hits(written, hits, &state) })
}
