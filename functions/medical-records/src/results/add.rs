//! `POST /patients/{patient_id}/results`: a result is there.

use axum::extract::State;
use domain::{
    id::{LabResultId, LabTestId, PatientId},
    record::{
        Entry,
        prescription::{LabTest, LabTestStatus},
    },
};
use http::{AppState, Created, Json, Problem, auth::PatientAccess};

use super::{LabResult, ResultBody, ResultView, settled};
use crate::{
    entries::{author, content, created, encounter},
    lab_tests::{NotOpen, must_be_open},
    refused::{Busy, not_written},
};

/// Write a result
///
/// Of a lab test that was prescribed, or one that the patient brought along. It waits on the doctor's dashboard until the doctor has looked at
/// it; who writes a result for themselves has. A lab test has one result: more values of it are results without `lab_test_id`.
#[utoipa::path(post, path = "/patients/{patient_id}/results", tag = "medical record", operation_id = "add_result", request_body = ResultBody,
    params(("patient_id" = PatientId, Path)), responses((status = 201, body = Created<ResultView>, description = "Written"), NotOpen, Busy))]
pub(crate) async fn add(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(body): Json<ResultBody>,
) -> Result<Created<ResultView>, Problem> {
    let (encounter_id, content) = content(body, |body, fields| body.parse(fields, &access, &state))?;
    let encounter_id = encounter(&state, access.patient.id, encounter_id).await?;
    let test = match content.lab_test_id {
        Some(id) => Some(open_test(&state, &access, id).await?),
        None => None,
    };
    let tested = test.as_ref().and_then(|test| test.content.loinc.as_ref());
    if tested.zip(content.loinc.as_ref()).is_some_and(|(tested, found)| tested != found) {
        let detail = "The prescription is of another test. Check the code, or leave `lab_test_id` out.";
        return Err(Problem::invalid_field("loinc", "other_test", detail));
    }
    let author = author(&state, &access);
    let doctor_id = content.doctor_id.or(test.as_ref().map(|test| test.content.doctor_id));
    let content = settled(LabResult { doctor_id, ..content }, &author, &state, &access).await?;
    let entry = Entry::new(LabResultId::new(author.at, state.random.u128()?), access.patient.id, encounter_id, author.clone(), content);
    let resulted = test.map(|before| {
        let content = LabTest { status: LabTestStatus::Resulted, ..before.content.clone() };
        let after = before.changed(author, None, content);
        (before, after)
    });
    let test = resulted.as_ref().map(|(before, after)| (before, after));
    state.store.lab_result_write(None, &entry, test).await.map_err(not_written)?;
    Ok(created(entry, &state))
}

async fn open_test(state: &AppState, access: &PatientAccess, id: LabTestId) -> Result<Entry<LabTest>, Problem> {
    let unknown = || Problem::invalid_field("lab_test_id", "unknown_prescription", "The patient has no such prescription.");
    let test = state.store.record_entry::<LabTest>(access.patient.id, id).await?.filter(|test| !test.in_error).ok_or_else(unknown)?;
    must_be_open(&test.content, "Leave `lab_test_id` out, or correct the result.")?;
    Ok(test)
}
