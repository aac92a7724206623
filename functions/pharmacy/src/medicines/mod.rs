//! The medicines that a pharmacy keeps.

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod offers;

use domain::{
    id::{PharmacyId, StockedMedicineId},
    pharmacy::{Atc, Form, StockedMedicine},
    record::medicines::Ingredient,
    text::Title,
};
use http::{AppState, MoneyBody, Problem, Versioned};
use jiff::civil::Date;
use serde::Serialize;
use store::stock::{ListedMedicine, MedicineLine};
use utoipa::ToSchema;

/// A medicine that a pharmacy keeps, with how much of it is there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StockedMedicineView {
    pharmacy_id: PharmacyId,
    #[serde(flatten)]
    summary: StockedMedicineSummary,
}

/// A medicine in the list of a pharmacy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StockedMedicineSummary {
    id: StockedMedicineId,
    name: Title,
    ingredients: Vec<Ingredient>,
    form: Form,
    /// How much of the ingredients a unit has.
    strength: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    atc: Option<Atc>,
    /// What a unit costs.
    unit_price: MoneyBody,
    over_the_counter: bool,
    /// The pharmacy orders more when no more than that is left.
    reorder_level: u32,
    /// How many units patients can have.
    available: u32,
    /// How many units are there that nobody can have, because they have expired.
    expired: u32,
    /// When the next lot expires: the first day on which it must not be used any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    expires_next: Option<Date>,
    /// Whether no more is left than the reorder level.
    low_stock: bool,
}

impl From<ListedMedicine> for StockedMedicineSummary {
    fn from(listed: ListedMedicine) -> Self {
        Self {
            id: listed.id,
            name: listed.name,
            ingredients: listed.ingredients,
            form: listed.form,
            strength: listed.strength,
            atc: listed.atc,
            unit_price: listed.unit_price.into(),
            over_the_counter: listed.over_the_counter,
            reorder_level: listed.reorder_level,
            available: listed.available,
            expired: listed.expired,
            expires_next: listed.expires_next,
            low_stock: listed.low,
        }
    }
}

/// A medicine with what is there of it now.
pub(crate) async fn view(state: &AppState, medicine: &StockedMedicine) -> Result<Versioned<StockedMedicineView>, Problem> {
    let stock = state.store.stock(medicine.id).await?.ok_or_else(|| Problem::not_found("medicine"))?;
    let line = MedicineLine::of(medicine, &stock, state.today(), None);
    let body = StockedMedicineView { pharmacy_id: medicine.pharmacy_id, summary: line.listed.into() };
    Ok(Versioned { version: medicine.version, body })
}
