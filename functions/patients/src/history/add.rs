//! `POST /patients/{patient_id}/history`: add to the medical history.

use axum::{extract::State, http::StatusCode};
use domain::{
    history::{AllergySeverity, Entry, HistoryKind},
    id::{HistoryId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, Json, Problem, auth::PatientAccess};
use serde::Deserialize;
use store::history::HistoryError;
use utoipa::ToSchema;

use super::{ATTEMPTS, HistoryEntryView, TryAgain, note, try_again, view};

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
}

/// Add to the medical history
///
/// Patients, guardians and treating doctors add what they know. An entry is never changed: withdraw what was wrong, and add it anew.
#[utoipa::path(post, path = "/patients/{patient_id}/history", tag = "patients", operation_id = "add_history", request_body = AddHistoryRequest,
    params(("patient_id" = PatientId, Path)), responses((status = 201, body = HistoryEntryView, description = "Added"), TryAgain))]
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
    let (Some(kind), Some(what), Some(detail), Some(severity)) = (kind, what, detail, severity) else { return Err(fields.problem()) };
    if severity.is_some() && kind != HistoryKind::Allergy {
        return Err(Problem::invalid_field("severity", "allergies_only", "Only an allergy has a severity. Leave it out."));
    }
    let noted = note(&state, &access);
    let id = HistoryId::new(noted.at, state.random.u128()?);
    let entry = Entry { id, patient_id: access.patient.id, kind, what, detail, severity, noted, withdrawn: None, version: 1 };
    for _ in 0..ATTEMPTS {
        let asked = state.store.history_asked(access.patient.id).await?;
        match state.store.history_add(&entry, asked).await {
            Ok(()) => return Ok((StatusCode::CREATED, Json(view(entry, &state.hospital)))),
            Err(HistoryError::Stale) => {}
            Err(HistoryError::Store(error)) => return Err(error.into()),
        }
    }
    Err(try_again())
}
