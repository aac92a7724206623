//! `POST /wards/{ward}/beds/{bed}/put-back`: a bed is put back into use.

use axum::extract::State;
use domain::{
    bed::{BedEvent, BedNumber},
    ward::Ward,
};
use http::{AppState, Json, NoBody, Path, Problem, auth::NotHere};

use super::{BedView, WrongStatus, change};
use crate::authority::OnWard;

/// Put a bed back into use
///
/// It is cleaned first.
#[utoipa::path(post, path = "/wards/{ward}/beds/{bed}/put-back", tag = "wards", operation_id = "put_bed_back",
    params(("ward" = Ward, Path), ("bed" = BedNumber, Path)), responses((status = 200, body = BedView), NotHere, WrongStatus))]
pub(crate) async fn put_back(
    State(state): State<AppState>,
    on: OnWard,
    Path(number): Path<BedNumber>,
    _: NoBody,
) -> Result<Json<BedView>, Problem> {
    change(&state, (on.ward.ward, number), "Only a bed that was taken out is put back.", |bed| {
        bed.after(BedEvent::PutBack, state.clock.now())
    })
    .await
}
