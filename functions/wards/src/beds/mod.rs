//! What happens to a bed that has no patient.

pub(crate) mod cleaned;
pub(crate) mod put_back;
pub(crate) mod take_out;

use domain::{
    bed::{Bed, BedNumber, BedStatus},
    instant::Instant,
    text::Reason,
    ward::Ward,
};
use http::{AppState, Json, Problem, refusals};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

refusals! {
    pub(crate) WrongStatus {
        409 "bed_occupied",
        409 "wrong_status" { bed_status: BedStatus },
    }
}

/// A bed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BedView {
    ward: Ward,
    bed: BedNumber,
    status: BedStatus,
    since: Instant,
    /// Why it is out of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

const TRIES: usize = 8;

/// Changes a bed, unless its state does not allow it.
pub(crate) async fn change(
    state: &AppState,
    (ward, number): (Ward, BedNumber),
    hint: &str,
    change: impl Fn(Bed) -> Result<Bed, BedStatus>,
) -> Result<Json<BedView>, Problem> {
    for _ in 0..TRIES {
        let before = state.store.bed(ward, number).await?.ok_or_else(|| Problem::not_found("bed"))?;
        let after = change(before.clone()).map_err(|status| match status {
            BedStatus::Occupied => {
                Problem::conflict("bed_occupied", "A patient has this bed. It is cleaned, and free, when they have left it.")
            }
            status => {
                let detail = format!("The bed's status is `{}`. {hint}", status.as_str());
                Problem::conflict("wrong_status", detail).with("bed_status", status)
            }
        })?;
        if state.store.bed_change(&before, &after).await? {
            let since = state.hospital.instant(after.since);
            return Ok(Json(BedView { ward, bed: number, status: after.status, since, reason: after.reason }));
        }
    }
    Err(StoreError::Unavailable("the bed is changed by others at this moment".into()).into())
}
