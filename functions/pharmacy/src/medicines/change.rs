//! `PATCH /pharmacies/{pharmacy_id}/medicines/{id}`: change what a medicine is called, what it costs, and when to order more.

use axum::extract::State;
use domain::{
    id::{PharmacyId, StockedMedicineId},
    pharmacy::{Atc, StockedMedicine},
    stock::MOST_UNITS,
    text::Title,
};
use http::{AppState, Fields, Json, MoneyBody, Problem, RequiredIfMatch, Versioned, whole};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{StockedMedicineView, view};
use crate::authority::OfMedicine;

/// What is left out stays as it is. Ingredients, form and strength stay: another one is another medicine.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeMedicineRequest {
    #[schema(value_type = Option<Title>)]
    name: Option<String>,
    #[schema(value_type = Option<Atc>)]
    atc: Option<String>,
    /// It counts for what is set aside from now on.
    #[schema(value_type = Option<MoneyBody>)]
    unit_price: Option<MoneyBody>,
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 1_000_000)]
    reorder_level: Option<i64>,
    over_the_counter: Option<bool>,
}

/// Change a medicine of a pharmacy
#[utoipa::path(patch, path = "/pharmacies/{pharmacy_id}/medicines/{id}", tag = "stock", operation_id = "change_stocked_medicine",
    params(("pharmacy_id" = PharmacyId, Path), ("id" = StockedMedicineId, Path), RequiredIfMatch), request_body = ChangeMedicineRequest,
    responses((status = 200, body = Versioned<StockedMedicineView>)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    of: OfMedicine,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangeMedicineRequest>,
) -> Result<Versioned<StockedMedicineView>, Problem> {
    let mut fields = Fields::default();
    let name = fields.optional("name", request.name, |text| Title::parse(&text));
    let atc = fields.optional("atc", request.atc, |text| Atc::parse(&text));
    let unit_price = fields.optional("unit_price", request.unit_price, |money| money.parse(state.hospital.currency));
    let reorder_level = fields.optional("reorder_level", request.reorder_level, |units| whole(units, 0, MOST_UNITS.into()));
    let (Some(name), Some(atc), Some(unit_price), Some(reorder_level)) = (name, atc, unit_price, reorder_level) else {
        return Err(fields.problem());
    };
    let before = of.medicine;
    if before.version != version {
        return Err(Problem::stale());
    }
    let was = before.clone();
    let after = StockedMedicine {
        name: name.unwrap_or(was.name),
        atc: atc.or(was.atc),
        unit_price: unit_price.unwrap_or(was.unit_price),
        reorder_level: reorder_level.unwrap_or(was.reorder_level),
        over_the_counter: request.over_the_counter.unwrap_or(was.over_the_counter),
        version: was.version + 1,
        ..before.clone()
    };
    if state.store.stocked_medicine_change(&before, &after).await? { view(&state, &after).await } else { Err(Problem::stale()) }
}
