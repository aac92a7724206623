//! `PATCH /pharmacies/{pharmacy_id}`: change what a pharmacy says of itself.

use axum::extract::State;
use domain::{
    id::PharmacyId,
    pharmacy::{ListedPharmacy, Pharmacy},
    text::{Email, Phone, Title},
};
use http::{AppState, Fields, Json, PeriodBody, Problem, RequiredIfMatch, Versioned, opening_hours};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{PharmacyView, hours, view};
use crate::authority::InPharmacy;

/// What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePharmacyRequest {
    #[schema(value_type = Option<Title>)]
    name: Option<String>,
    #[schema(value_type = Option<Email>)]
    email: Option<String>,
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
    /// The whole week.
    #[schema(value_type = Option<Vec<PeriodBody>>, max_items = 42)]
    opening_hours: Option<Vec<PeriodBody>>,
    /// It counts for what is set aside from now on.
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 336)]
    collect_within_hours: Option<i64>,
}

/// Change a pharmacy
#[utoipa::path(patch, path = "/pharmacies/{pharmacy_id}", tag = "pharmacies", operation_id = "change_pharmacy",
    params(("pharmacy_id" = PharmacyId, Path), RequiredIfMatch), request_body = ChangePharmacyRequest,
    responses((status = 200, body = Versioned<PharmacyView>)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    there: InPharmacy,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangePharmacyRequest>,
) -> Result<Versioned<PharmacyView>, Problem> {
    let mut fields = Fields::default();
    let name = fields.optional("name", request.name, |text| Title::parse(&text));
    let email = fields.optional("email", request.email, |text| Email::parse(&text));
    let phone = fields.optional("phone", request.phone, |text| Phone::parse(&text));
    let opening = match request.opening_hours {
        Some(periods) => opening_hours(periods, &mut fields).map(Some),
        None => Some(None),
    };
    let within = fields.optional("collect_within_hours", request.collect_within_hours, hours);
    let (Some(name), Some(email), Some(phone), Some(opening), Some(within)) = (name, email, phone, opening, within) else {
        return Err(fields.problem());
    };
    let before = there.pharmacy;
    if before.version != version {
        return Err(Problem::stale());
    }
    let was = before.clone();
    let listed = ListedPharmacy {
        id: was.listed.id,
        name: name.unwrap_or(was.listed.name),
        phone: phone.unwrap_or(was.listed.phone),
        hours: opening.unwrap_or(was.listed.hours),
    };
    let after = Pharmacy {
        listed,
        email: email.unwrap_or(was.email),
        collect_within_hours: within.unwrap_or(was.collect_within_hours),
        version: was.version + 1,
        ..before.clone()
    };
    if state.store.pharmacy_change(&before, &after).await? { Ok(view(after, &state)) } else { Err(Problem::stale()) }
}
