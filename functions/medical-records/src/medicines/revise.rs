//! `PUT /patients/{patient_id}/prescriptions/medicines/{id}`: change a prescription.

use axum::extract::State;
use domain::{
    id::{MedicineId, PatientId},
    record::{Entry, prescription::Medicine},
};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess, refusals};

use super::{Found, MedicineBody, MedicineView, NotAnswered, active, answered, checked, with_hits};
use crate::{
    entries::{Revision, author, doctor, encounter, revision},
    refused::{Busy, NoRoom, NotPrescribed, PatientDied, not_written},
};

refusals! {
    pub(crate) NotRevised {
        409 "already_stopped",
        409 "below_dispensed" { dispensed: u32 },
    }
}

/// Revise the prescription of a medicine
///
/// Writes a new version, with the checks of a new prescription. What an earlier version has overridden stays so as long as the ingredients are
/// the same. More refills make the course longer. The patient gets an email.
#[utoipa::path(put, path = "/patients/{patient_id}/prescriptions/medicines/{id}", tag = "medical record", operation_id = "revise_medicine",
    request_body = Revision<MedicineBody>, params(("patient_id" = PatientId, Path), ("id" = MedicineId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<MedicineView>), NotPrescribed, NotRevised, NotAnswered, PatientDied, NoRoom, Busy))]
pub(crate) async fn revise(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<MedicineId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(body): Json<Revision<MedicineBody>>,
) -> Result<Versioned<MedicineView>, Problem> {
    let (doctor, today) = (doctor(&access)?, state.today());
    let (reason, parsed) = revision(body, |body, fields| body.parse(fields, doctor, today))?;
    let before = active(&state, &access, id, version).await?;
    let dispensed = before.content.dispensed;
    if parsed.medicine.prescribed() < dispensed {
        let detail = format!("{dispensed} units have been dispensed already. Prescribe at least as many, or stop the prescription.");
        return Err(Problem::conflict("below_dispensed", detail).with("dispensed", dispensed));
    }
    let encounter_id = encounter(&state, access.patient.id, parsed.encounter_id).await?;
    let (author, answered) = (author(&state, &access), answered(&state, &access, parsed.request_id, id).await?);
    let mut hits = Found::default();
    let written = state
        .store
        .medicine_write(access.patient.id, Some(&before), answered.as_ref(), |summary| {
            let (medicine, found) = checked(&parsed, Some(&before), summary, today)?;
            hits = found;
            let medicine = Medicine { prescribed_on: before.content.prescribed_on, dispensed, ..medicine };
            Ok(Entry { encounter_id, ..before.changed(author.clone(), Some(reason.clone()), medicine) })
        })
        .await
        .map_err(not_written)?;
    Ok(Versioned { version: written.version, body: with_hits(written, hits, &state) })
}
