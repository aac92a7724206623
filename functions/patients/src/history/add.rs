//! `POST /patients/{patient_id}/history`: add to the medical history.

use axum::{extract::State, http::StatusCode};
use domain::{
    history::{AllergySeverity, Entry, HistoryKind},
    id::{HistoryId, PatientId},
    record::{Full, medicines::MedicineClass},
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, auth::PatientAccess, refusals};
use serde::Deserialize;
use store::history::HistoryError;
use utoipa::ToSchema;

use super::{ATTEMPTS, HistoryEntryView, TryAgain, note, try_again, view};

refusals! {
    pub(crate) TooMany {
        409 "too_many_allergies" { at_most: usize },
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddHistoryRequest {
    #[schema(value_type = HistoryKind)]
    kind: Option<String>,
    /// The condition, operation, medicine or, for an allergy, the substance.
    #[schema(value_type = Reason)]
    what: Option<String>,
    /// The reaction to a substance, the dose of a medicine, the relative.
    #[schema(value_type = Option<Reason>)]
    detail: Option<String>,
    /// For an allergy only.
    #[schema(value_type = Option<AllergySeverity>)]
    severity: Option<String>,
    /// For an allergy only: the class of medicines that the substance belongs to. A doctor who prescribes one of it is warned or stopped.
    #[schema(value_type = Option<MedicineClass>)]
    class: Option<String>,
}

/// Add to the medical history
///
/// Patients, guardians and treating doctors add what they know. An entry is never changed: withdraw what was wrong, and add it anew.
#[utoipa::path(post, path = "/patients/{patient_id}/history", tag = "patients", operation_id = "add_history", request_body = AddHistoryRequest,
    params(("patient_id" = PatientId, Path)), responses((status = 201, body = HistoryEntryView, description = "Added"), TooMany, TryAgain))]
pub(crate) async fn add(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<AddHistoryRequest>,
) -> Result<(StatusCode, Json<HistoryEntryView>), Problem> {
    let mut fields = Fields::default();
    let kind = fields.required("kind", request.kind, |text| HistoryKind::parse(&text));
    let what = fields.required("what", request.what, |text| Reason::parse(&text));
    let detail = fields.optional("detail", request.detail, |text| Reason::parse(&text));
    let severity = fields.optional("severity", request.severity, |text| AllergySeverity::parse(&text));
    let class = fields.optional("class", request.class, |text| MedicineClass::parse(&text));
    let (Some(kind), Some(what), Some(detail), Some(severity), Some(class)) = (kind, what, detail, severity, class) else {
        return Err(fields.problem());
    };
    if severity.is_some() && kind != HistoryKind::Allergy {
        return Err(Problem::invalid_field("severity", "allergies_only", "Only an allergy has a severity. Leave it out."));
    }
    if class.is_some() && kind != HistoryKind::Allergy {
        return Err(Problem::invalid_field("class", "allergies_only", "Only an allergy has a class. Leave it out."));
    }
    let noted = note(&state, &access);
    let id = HistoryId::new(noted.at, state.random.u128()?);
    let entry = Entry { id, patient_id: access.patient.id, kind, what, detail, severity, class, noted, withdrawn: None, version: 1 };
    for _ in 0..ATTEMPTS {
        let asked = state.store.history_asked(access.patient.id).await?;
        match state.store.history_add(&entry, asked).await {
            Ok(()) => return Ok((StatusCode::CREATED, Json(view(entry, &state.hospital)))),
            Err(HistoryError::Stale | HistoryError::Moved) => {}
            Err(HistoryError::Full(full)) => return Err(too_many_allergies(full)),
            Err(HistoryError::Store(error)) => return Err(error.into()),
        }
    }
    Err(try_again())
}

fn too_many_allergies(full: Full) -> Problem {
    let detail = format!("The history has {} allergies already. Withdraw those that are wrong or said twice.", full.1);
    Problem::conflict("too_many_allergies", detail).with("at_most", full.1)
}
