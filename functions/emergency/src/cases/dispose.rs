//! `POST /emergency/cases/{id}/dispose`: note how an emergency ended, unless the patient is admitted.

use axum::extract::State;
use domain::{
    Invalid,
    emergency::{Closed, Disposition},
    id::CaseId,
    role::Role,
    text::Reason,
};
use http::{AppState, Fields, IfMatch, Json, Problem, Versioned, auth::NotHere};
use serde::Deserialize;
use store::emergency::{CaseWrite, InBedList};
use utoipa::ToSchema;

use super::{CaseView, view};
use crate::{
    authority::OfCase,
    refused::{NotDisposed, cannot_now, not_written},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisposeRequest {
    #[schema(inline, value_type = End)]
    disposition: Option<String>,
    /// More about it, such as the other hospital.
    #[schema(value_type = Option<Reason>)]
    note: Option<String>,
}

/// How an emergency ends without a bed.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only the API document needs it")]
enum End {
    Discharged,
    TransferredOut,
    LeftWithoutBeingSeen,
    AgainstAdvice,
    Died,
}

/// Note how an emergency ended
///
/// Doctors say that a patient is discharged, transferred to another hospital, or has died. Everybody who works here can note that a patient left by
/// themselves: without being seen, or afterwards against medical advice. A death is noted with `POST /patients/{patient_id}/death`, which ends the
/// emergency as well. Who waits for a bed no longer does.
#[utoipa::path(post, path = "/emergency/cases/{id}/dispose", tag = "emergencies", operation_id = "dispose_emergency",
    params(("id" = CaseId, Path), IfMatch), request_body = DisposeRequest,
    responses((status = 200, body = Versioned<CaseView>), NotHere, NotDisposed))]
pub(crate) async fn dispose(
    State(state): State<AppState>,
    of: OfCase,
    if_match: IfMatch,
    Json(request): Json<DisposeRequest>,
) -> Result<Versioned<CaseView>, Problem> {
    let mut fields = Fields::default();
    let how = fields.required("disposition", request.disposition, |text| match Disposition::parse(&text)? {
        Disposition::Admitted => Err(Invalid::new("invalid_disposition", "Use `POST /emergency/cases/{id}/admit`.")),
        how => Ok(how),
    });
    let note = fields.optional("note", request.note, |text| Reason::parse(&text));
    let (Some(how), Some(note)) = (how, note) else { return Err(fields.problem()) };
    let by_themselves = matches!(how, Disposition::LeftWithoutBeingSeen | Disposition::AgainstAdvice);
    if !by_themselves && !of.caller.roles.contains(&Role::Doctor) {
        let detail = "A doctor says how an emergency ends. You can note that the patient left by themselves.";
        return Err(Problem::forbidden(detail).coded("doctors_only"));
    }
    if how == Disposition::Died && of.patient.deceased.is_none() {
        let detail = "Note the death with `POST /patients/{patient_id}/death`. It ends the emergency as well.";
        return Err(Problem::conflict("death_not_noted", detail));
    }
    if_match.check(of.case.version)?;
    let closed = Closed { at: state.clock.now(), by: Some(of.caller.user_id), how, note };
    let after = of.case.clone().close(closed).map_err(cannot_now)?;
    let waits = state.store.bed_request(of.patient.id).await?;
    let in_bed_list = waits.as_ref().map_or(InBedList::AsBefore, InBedList::NoLonger);
    state.store.case_write(CaseWrite::Changed { before: &of.case, after: &after }, in_bed_list).await.map_err(not_written)?;
    Ok(view(after, &of.caller, &state))
}
