//! `POST /pharmacies/{pharmacy_id}/medicines`: add a medicine to what a pharmacy keeps.

use axum::extract::State;
use domain::{
    id::{PharmacyId, StockedMedicineId},
    pharmacy::{Atc, Form, StockedMedicine},
    record::medicines::Ingredient,
    stock::MOST_UNITS,
    text::Title,
};
use http::{AppState, Created, Fields, Json, MoneyBody, Problem, whole};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{StockedMedicineView, view};
use crate::authority::InPharmacy;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddMedicineRequest {
    /// Its name, as it is sold: `Amoxil`.
    #[schema(value_type = Title)]
    name: Option<String>,
    /// Its active ingredients, by their international names. Prescriptions and allergies are compared with nothing else.
    #[schema(value_type = Vec<Ingredient>, min_items = 1, max_items = 5)]
    ingredients: Option<Vec<String>>,
    #[schema(value_type = Form)]
    form: Option<String>,
    /// How much of the ingredients a unit has: `500 mg`.
    #[schema(value_type = Title)]
    strength: Option<String>,
    #[schema(value_type = Option<Atc>)]
    atc: Option<String>,
    /// What a unit costs: a tablet, a bottle.
    #[schema(value_type = MoneyBody)]
    unit_price: Option<MoneyBody>,
    /// Order more when no more units than that are left.
    #[schema(value_type = u32, minimum = 0, maximum = 1_000_000)]
    reorder_level: Option<i64>,
    /// Whether it can be had without a prescription. When left out: `false`.
    over_the_counter: Option<bool>,
}

/// Add a medicine
///
/// One product in one form and strength. What it is stays: enter another strength as another medicine. Nothing of it is there until a lot is
/// received.
#[utoipa::path(post, path = "/pharmacies/{pharmacy_id}/medicines", tag = "stock", operation_id = "add_medicine",
    params(("pharmacy_id" = PharmacyId, Path)), request_body = AddMedicineRequest,
    responses((status = 201, body = Created<StockedMedicineView>, description = "Added")))]
pub(crate) async fn add(
    State(state): State<AppState>,
    there: InPharmacy,
    Json(request): Json<AddMedicineRequest>,
) -> Result<Created<StockedMedicineView>, Problem> {
    let mut fields = Fields::default();
    let name = fields.required("name", request.name, |text| Title::parse(&text));
    let ingredients = fields.required("ingredients", request.ingredients, |names| Ingredient::parse_all(&names));
    let form = fields.required("form", request.form, |text| Form::parse(&text));
    let strength = fields.required("strength", request.strength, |text| Title::parse(&text));
    let atc = fields.optional("atc", request.atc, |text| Atc::parse(&text));
    let unit_price = fields.required("unit_price", request.unit_price, |money| money.parse(state.hospital.currency));
    let reorder_level = fields.required("reorder_level", request.reorder_level, |units| whole(units, 0, MOST_UNITS.into()));
    let (Some(name), Some(ingredients), Some(form), Some(strength), Some(atc), Some(unit_price), Some(reorder_level)) =
        (name, ingredients, form, strength, atc, unit_price, reorder_level)
    else {
        return Err(fields.problem());
    };
    let medicine = StockedMedicine {
        id: StockedMedicineId::new(state.clock.now(), state.random.u128()?),
        pharmacy_id: there.pharmacy.listed.id,
        name,
        ingredients,
        form,
        strength,
        atc,
        unit_price,
        reorder_level,
        over_the_counter: request.over_the_counter.unwrap_or_default(),
        version: 1,
    };
    state.store.stocked_medicine_add(&medicine, state.today()).await?;
    let shown = view(&state, &medicine).await?;
    let location = format!("/pharmacies/{}/medicines/{}", medicine.pharmacy_id, medicine.id);
    Ok(Created { location, version: shown.version, body: shown.body })
}
