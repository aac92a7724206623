//! `POST /patients/{patient_id}/consents`: what the patient agrees to, or no longer agrees to.

use axum::extract::State;
use domain::{
    id::PatientId,
    patient::{Consent, ConsentDecision, ConsentTo, Patient},
};
use http::{AppState, Fields, Json, Problem, Versioned, auth::PatientAccess};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    refused::not_changed,
    view::{PatientView, view_for},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideConsentRequest {
    #[schema(value_type = ConsentTo)]
    to: Option<String>,
    /// Whether the patient agrees. `false` withdraws an earlier consent.
    #[schema(value_type = bool)]
    given: Option<bool>,
}

/// Give or withdraw a consent
///
/// It counts from this moment on. Emails about appointments are sent until the patient withdraws `appointment_emails`. Earlier decisions
/// are kept.
#[utoipa::path(post, path = "/patients/{patient_id}/consents", tag = "patients", operation_id = "set_consent", request_body = DecideConsentRequest,
    params(("patient_id" = PatientId, Path)), responses((status = 200, body = Versioned<PatientView>)))]
pub(crate) async fn decide_consent(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<DecideConsentRequest>,
) -> Result<Versioned<PatientView>, Problem> {
    let (mut fields, now) = (Fields::default(), state.clock.now());
    let to = fields.required("to", request.to, |text| ConsentTo::parse(&text));
    let given = fields.required("given", request.given, Ok);
    let (Some(to), Some(given)) = (to, given) else { return Err(fields.problem()) };
    let before = access.patient;
    if before.consents.get(&to).is_some_and(|consent| consent.given == given) {
        return Ok(view_for(&access.caller, before, &state.hospital));
    }
    let mut after = Patient { version: before.version + 1, ..before.clone() };
    after.consents.insert(to, Consent { given, at: now });
    let by_name = access.caller.name.clone().filter(|_| access.caller.patient_id != Some(after.id));
    let decision = ConsentDecision { patient_id: after.id, version: after.version, to, given, at: now, by: access.caller.user_id, by_name };
    state.store.patient_change_noted(&before, &after, &decision).await.map_err(not_changed)?;
    Ok(view_for(&access.caller, after, &state.hospital))
}
