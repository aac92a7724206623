//! `POST /laboratories`: register a laboratory.

use axum::extract::State;
use domain::{
    id::LaboratoryId,
    laboratory::{Laboratory, ListedLaboratory},
    text::{Email, Phone, Title},
};
use http::{AppState, Created, Fields, Json, PeriodBody, Problem, auth::Caller, opening_hours};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{LaboratoryView, view};
use crate::refused::{WorksElsewhere, works_elsewhere};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterLaboratoryRequest {
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
}

/// Register a laboratory
///
/// Whoever registers it works in it from then on, and can add colleagues. A lab technician works in one laboratory.
#[utoipa::path(post, path = "/laboratories", tag = "laboratories", operation_id = "register_laboratory", request_body = RegisterLaboratoryRequest,
    responses((status = 201, body = Created<LaboratoryView>, description = "Registered"), WorksElsewhere))]
pub(crate) async fn register(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<RegisterLaboratoryRequest>,
) -> Result<Created<LaboratoryView>, Problem> {
    let mut fields = Fields::default();
    let name = fields.required("name", request.name, |text| Title::parse(&text));
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let phone = fields.required("phone", request.phone, |text| Phone::parse(&text));
    let periods = fields.required("opening_hours", request.opening_hours, Ok);
    let opening = periods.and_then(|periods| opening_hours(periods, &mut fields));
    let (Some(name), Some(email), Some(phone), Some(opening)) = (name, email, phone, opening) else {
        return Err(fields.problem());
    };
    let now = state.clock.now();
    let account = state.store.account(caller.user_id).await?.ok_or_else(|| Problem::not_found("account"))?.account;
    let id = LaboratoryId::new(now, state.random.u128()?);
    let laboratory = Laboratory {
        listed: ListedLaboratory { id, name, phone, hours: opening },
        email,
        registered_by: caller.user_id,
        registered_at: now,
        version: 1,
    };
    state.store.laboratory_register(&laboratory, &account).await.map_err(works_elsewhere)?;
    let shown = view(laboratory, &state);
    Ok(Created { location: format!("/laboratories/{id}"), version: shown.version, body: shown.body })
}
