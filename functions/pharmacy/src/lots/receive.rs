//! `POST /pharmacies/{pharmacy_id}/medicines/{id}/lots`: receive a lot.

use axum::{extract::State, http::StatusCode};
use domain::{
    Invalid,
    id::{LotId, PharmacyId, StockedMedicineId},
    patient::parse_date,
    pharmacy::{ListedLot, ReceivedLot},
    stock::{Change, LotNumber, MOST_UNITS, Movement, MovementKind, signed},
};
use http::{AppState, Fields, Json, MoneyBody, Problem, whole};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;
use utoipa::ToSchema;

use super::LotView;
use crate::{
    authority::OfMedicine,
    refused::{NotReceived, not_moved},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiveLotRequest {
    /// As the maker printed it.
    #[schema(value_type = LotNumber)]
    lot_number: Option<String>,
    /// The first day on which it must not be used any more: later than today, at most 20 years ahead. If the package names a month, it is the first
    /// day of the next one.
    #[schema(value_type = String, format = Date)]
    expires_on: Option<String>,
    /// How many units: tablets, bottles.
    #[schema(value_type = u32, minimum = 1, maximum = 1_000_000)]
    units: Option<i64>,
    /// What a unit cost the pharmacy.
    #[schema(value_type = Option<MoneyBody>)]
    unit_cost: Option<MoneyBody>,
}

/// Receive a lot
///
/// It is in the stock at once. What comes later of the same lot is received as another entry.
#[utoipa::path(post, path = "/pharmacies/{pharmacy_id}/medicines/{id}/lots", tag = "stock", operation_id = "receive_lot",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path)), request_body = ReceiveLotRequest,
    responses((status = 201, body = LotView, description = "Received"), NotReceived))]
pub(crate) async fn receive(
    State(state): State<AppState>,
    of: OfMedicine,
    Json(request): Json<ReceiveLotRequest>,
) -> Result<(StatusCode, Json<LotView>), Problem> {
    let mut fields = Fields::default();
    let number = fields.required("lot_number", request.lot_number, |text| LotNumber::parse(&text));
    let expires_on = fields.required("expires_on", request.expires_on, |text| expiry(&text, state.today()));
    let units = fields.required("units", request.units, |units| whole::<u32>(units, 1, MOST_UNITS.into()));
    let unit_cost = fields.optional("unit_cost", request.unit_cost, |money| money.parse(state.hospital.currency));
    let (Some(number), Some(expires_on), Some(units), Some(unit_cost)) = (number, expires_on, units, unit_cost) else {
        return Err(fields.problem());
    };
    let (now, medicine) = (state.clock.now(), of.medicine);
    let id = LotId::new(now, state.random.u128()?);
    let (medicine_id, what) = (medicine.id, medicine.what());
    let lot = ReceivedLot {
        listed: ListedLot { id, medicine_id, medicine: what, number, expires_on, left: units, quarantined: 0 },
        pharmacy_id: medicine.pharmacy_id,
        received: units,
        unit_cost,
        by: of.caller.user_id,
        as_of: 0,
    };
    let movement = Movement {
        id: state.store.movement_id(now)?,
        kind: MovementKind::Received,
        changes: vec![Change::of(id, signed(units))],
        at: now,
        by: Some(of.caller.user_id),
        reason: None,
        allocation: None,
    };
    state.store.stock_receive(&lot, &movement).await.map_err(not_moved)?;
    let stock = state.store.stock(medicine.id).await?.ok_or_else(|| Problem::not_found("medicine"))?;
    Ok((StatusCode::CREATED, Json(LotView::of(lot, &stock, &state))))
}

fn expiry(text: &str, today: Date) -> Result<Date, Invalid> {
    let date = parse_date(text)?;
    if date <= today || date > today.saturating_add(20.years()) {
        return Err(Invalid::new(
            "out_of_range",
            "Choose a day later than today, at most 20 years ahead. What has expired is not received.",
        ));
    }
    Ok(date)
}
