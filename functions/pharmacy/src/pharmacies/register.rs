//! `POST /pharmacies`: register a pharmacy.

use axum::extract::State;
use domain::{
    id::PharmacyId,
    pharmacy::{ListedPharmacy, Pharmacy},
    text::{Email, Phone, Title},
};
use http::{AppState, Created, Fields, Json, PeriodBody, Problem, auth::Caller, opening_hours};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{PharmacyView, hours, view};
use crate::refused::{WorksElsewhere, works_elsewhere};

/// Three days, as patients are used to.
const COLLECT_WITHIN_HOURS: u16 = 72;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterPharmacyRequest {
    #[schema(value_type = Title)]
    name: Option<String>,
    /// Where its emails go. They name no patients.
    #[schema(value_type = Email)]
    email: Option<String>,
    /// How people reach it.
    #[schema(value_type = Phone)]
    phone: Option<String>,
    /// When it is open each week, in the hospital's time zone. A period that ends before the time at which it begins goes on over midnight.
    #[schema(value_type = Vec<PeriodBody>, max_items = 42)]
    opening_hours: Option<Vec<PeriodBody>>,
    /// For how many hours it keeps what is set aside for a patient. When left out: 72.
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 336)]
    collect_within_hours: Option<i64>,
}

/// Register a pharmacy
///
/// Whoever registers it works in it from then on, and can add colleagues. A pharmacist works in one pharmacy.
#[utoipa::path(post, path = "/pharmacies", tag = "pharmacies", operation_id = "register_pharmacy", request_body = RegisterPharmacyRequest,
    responses((status = 201, body = Created<PharmacyView>, description = "Registered"), WorksElsewhere))]
pub(crate) async fn register(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<RegisterPharmacyRequest>,
) -> Result<Created<PharmacyView>, Problem> {
    let mut fields = Fields::default();
    let name = fields.required("name", request.name, |text| Title::parse(&text));
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let phone = fields.required("phone", request.phone, |text| Phone::parse(&text));
    let periods = fields.required("opening_hours", request.opening_hours, Ok);
    let opening = periods.and_then(|periods| opening_hours(periods, &mut fields));
    let within = fields.optional("collect_within_hours", request.collect_within_hours, hours);
    let (Some(name), Some(email), Some(phone), Some(opening), Some(within)) = (name, email, phone, opening, within) else {
        return Err(fields.problem());
    };
    let now = state.clock.now();
    let account = state.store.account(caller.user_id).await?.ok_or_else(|| Problem::not_found("account"))?.account;
    let id = PharmacyId::new(now, state.random.u128()?);
    let pharmacy = Pharmacy {
        listed: ListedPharmacy { id, name, phone, hours: opening },
        email,
        collect_within_hours: within.unwrap_or(COLLECT_WITHIN_HOURS),
        registered_by: caller.user_id,
        registered_at: now,
        version: 1,
    };
    state.store.pharmacy_register(&pharmacy, &account).await.map_err(works_elsewhere)?;
    let shown = view(pharmacy, &state);
    Ok(Created { location: format!("/pharmacies/{id}"), version: shown.version, body: shown.body })
}
