//! `GET /pharmacies/{pharmacy_id}/medicines/{id}/movements`: the ledger of a medicine.

use axum::extract::State;
use domain::{
    id::{AllocationId, LotId, PharmacyId, StockedMedicineId, UserId},
    instant::Instant,
    stock::{Change, Movement, MovementKind},
    text::Reason,
};
use http::{AppState, Json, Listing, NoFilter, Page, Problem};
use serde::Serialize;
use store::stock::LedgerEntry;
use utoipa::ToSchema;

use crate::authority::OfMedicine;

/// An entry of the ledger. It is never changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovementView {
    /// The movement or the allocation.
    id: String,
    kind: MovementKind,
    changes: Vec<ChangeView>,
    at: Instant,
    /// Who did it. Absent when a patient or nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// The allocation that it is, or takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    allocation_id: Option<AllocationId>,
}

/// What came or went of a lot.
#[derive(Debug, Serialize, ToSchema)]
struct ChangeView {
    lot_id: LotId,
    /// More than zero came, less than zero went.
    units: i32,
    /// The same of the units in quarantine.
    quarantined: i32,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self { lot_id: change.lot, units: change.units, quarantined: change.quarantined }
    }
}

impl MovementView {
    pub(crate) fn of_movement(movement: Movement, state: &AppState) -> Self {
        Self {
            id: movement.id.to_string(),
            kind: movement.kind,
            changes: movement.changes.into_iter().map(Into::into).collect(),
            at: state.hospital.instant(movement.at),
            by: movement.by,
            reason: movement.reason,
            allocation_id: movement.allocation,
        }
    }

    fn of(entry: LedgerEntry, state: &AppState) -> Self {
        match entry {
            LedgerEntry::Movement(movement) => Self::of_movement(*movement, state),
            LedgerEntry::Allocation(allocation) => Self {
                id: allocation.id.to_string(),
                kind: MovementKind::Allocated,
                changes: allocation.changes().into_iter().map(Into::into).collect(),
                at: state.hospital.instant(allocation.id.made_at()),
                by: None,
                reason: None,
                allocation_id: Some(allocation.id),
            },
        }
    }
}

/// List the stock movements of a medicine
///
/// Everything that came and went, the latest first. The units that are there are the sum of it. What was written shows a moment later.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/medicines/{id}/movements", tag = "stock", operation_id = "list_stock_movements",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path), Listing<NoFilter>),
    responses((status = 200, body = Page<MovementView>)))]
pub(crate) async fn movements(
    State(state): State<AppState>,
    of: OfMedicine,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<MovementView>>, Problem> {
    let list = format!("movements?{}", of.medicine.id);
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.ledger(of.medicine.id, before.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| MovementView::of(line.entry, &state))))
}
