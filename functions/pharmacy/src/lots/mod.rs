//! The lots of a medicine: what was received, and what is there of it.

pub(crate) mod adjust;
pub(crate) mod by_expiry;
pub(crate) mod list;
pub(crate) mod receive;
pub(crate) mod to_supplier;
pub(crate) mod write_off;

use domain::{
    id::{LotId, StockedMedicineId, UserId},
    instant::Instant,
    pharmacy::{ListedLot, ReceivedLot},
    stock::{LotNumber, Movement, MovementKind},
    text::Reason,
};
use http::{AppState, Fields, Json, MoneyBody, Problem, whole};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::stock::{MedicineStock, Units};
use utoipa::ToSchema;

use crate::{authority::OfLot, movements::MovementView, refused::not_moved};

/// A lot of a medicine.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LotView {
    #[serde(flatten)]
    summary: LotSummary,
    /// How many units were received.
    received: u32,
    /// What a unit cost the pharmacy.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_cost: Option<MoneyBody>,
    received_at: Instant,
    received_by: UserId,
}

/// A lot, and what is there of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LotSummary {
    id: LotId,
    medicine_id: StockedMedicineId,
    /// What it is, as it was called when it was received.
    medicine: String,
    lot_number: LotNumber,
    /// The first day on which it must not be used any more.
    #[schema(value_type = String, format = Date)]
    expires_on: Date,
    /// How many units patients can have, until it expires.
    left: u32,
    /// How many units have expired and wait to be destroyed or returned.
    quarantined: u32,
}

impl From<ListedLot> for LotSummary {
    fn from(lot: ListedLot) -> Self {
        Self {
            id: lot.id,
            medicine_id: lot.medicine_id,
            medicine: lot.medicine,
            lot_number: lot.number,
            expires_on: lot.expires_on,
            left: lot.left,
            quarantined: lot.quarantined,
        }
    }
}

impl LotView {
    /// A lot with what is there of it now.
    pub(crate) fn of(lot: ReceivedLot, stock: &MedicineStock, state: &AppState) -> Self {
        let (left, quarantined) = stock.stock.there(lot.listed.id);
        Self {
            received_at: state.hospital.instant(lot.listed.id.made_at()),
            summary: ListedLot { left, quarantined, ..lot.listed }.into(),
            received: lot.received,
            unit_cost: lot.unit_cost.map(Into::into),
            received_by: lot.by,
        }
    }
}

/// How many units go, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitsGoRequest {
    /// How many units. Those in quarantine go first.
    #[schema(value_type = u32, minimum = 1, maximum = 1_000_000)]
    units: Option<i64>,
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

impl UnitsGoRequest {
    pub(crate) fn parse(self) -> Result<(Units, Reason), Problem> {
        let mut fields = Fields::default();
        let units = fields.required("units", self.units, |units| whole(units, 1, domain::stock::MOST_UNITS.into()));
        let reason = fields.required("reason", self.reason, |text| Reason::parse(&text));
        units.zip(reason).map(|(units, reason)| (Units::Go(units), reason)).ok_or_else(|| fields.problem())
    }
}

/// Writes a movement of a lot by hand.
pub(crate) async fn by_hand(
    state: &AppState,
    of: OfLot,
    kind: MovementKind,
    units: Units,
    reason: Reason,
) -> Result<Json<MovementView>, Problem> {
    let (id, at, by) = (state.store.movement_id(state.clock.now())?, state.clock.now(), Some(of.caller.user_id));
    let make = |changes| Movement { id, kind, changes, at, by, reason: Some(reason.clone()), allocation: None };
    let moved = state.store.stock_move(of.medicine.id, &of.lot, units, make).await.map_err(not_moved)?;
    moved.map(|movement| Json(MovementView::of_movement(movement, state))).ok_or_else(|| Problem::not_found("lot"))
}
