//! `POST /wards/{ward}/beds/{bed}/cleaned`: a bed is clean.

use axum::extract::State;
use domain::{
    bed::{BedEvent, BedNumber},
    ward::Ward,
};
use http::{AppState, Json, NoBody, Path, Problem, auth::NotHere};

use super::{BedView, WrongStatus, change};
use crate::authority::OnWard;

/// Note that a bed is clean
///
/// It is free then. If somebody waits for a bed on this ward, they get it a moment later.
#[utoipa::path(post, path = "/wards/{ward}/beds/{bed}/cleaned", tag = "wards", operation_id = "note_bed_cleaned",
    params(("ward" = Ward, Path), ("bed" = BedNumber, Path)), responses((status = 200, body = BedView), NotHere, WrongStatus))]
pub(crate) async fn cleaned(
    State(state): State<AppState>,
    on: OnWard,
    Path(number): Path<BedNumber>,
    _: NoBody,
) -> Result<Json<BedView>, Problem> {
    change(&state, (on.ward.ward, number), "Only a bed that waits to be cleaned becomes clean.", |bed| {
        bed.after(BedEvent::Cleaned, state.clock.now())
    })
    .await
}
