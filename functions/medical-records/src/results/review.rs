//! `POST /patients/{patient_id}/results/{id}/review`: a doctor has looked at a result.

use axum::extract::State;
use domain::id::{LabResultId, PatientId};
use http::{AppState, NoBody, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess, refusals};

use super::{LabResult, ResultView};
use crate::{
    entries::{author, shown, to_change},
    refused::{Busy, not_written},
};

refusals! {
    pub(crate) NotReviewed {
        409 "already_reviewed",
    }
}

/// Note that you have looked at a result
///
/// It no longer waits on the dashboard of the doctor for whom it was.
#[utoipa::path(post, path = "/patients/{patient_id}/results/{id}/review", tag = "medical record", operation_id = "review_result",
    params(("patient_id" = PatientId, Path), ("id" = LabResultId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<ResultView>), NotReviewed, Busy))]
pub(crate) async fn review(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<LabResultId>,
    RequiredIfMatch(version): RequiredIfMatch,
    _: NoBody,
) -> Result<Versioned<ResultView>, Problem> {
    let before = to_change::<LabResult>(&state, &access, id, version).await?;
    if before.content.reviewed.is_some() {
        return Err(Problem::conflict("already_reviewed", "A doctor has looked at this result already."));
    }
    let author = author(&state, &access);
    let content = LabResult { reviewed: Some(author.clone()), ..before.content.clone() };
    let after = before.changed(author, None, content);
    state.store.record_change(&before, &after).await.map_err(not_written)?;
    Ok(shown(after, &state))
}
