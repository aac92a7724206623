//! `PATCH /laboratories/{laboratory_id}`: change what a laboratory says of itself.

use axum::extract::State;
use domain::{
    id::LaboratoryId,
    laboratory::{Laboratory, ListedLaboratory},
    text::{Email, Phone, Title},
};
use http::{AppState, Fields, Json, PeriodBody, Problem, RequiredIfMatch, Versioned, opening_hours};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{LaboratoryView, view};
use crate::authority::InLaboratory;

/// What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeLaboratoryRequest {
    #[schema(value_type = Option<Title>)]
    name: Option<String>,
    #[schema(value_type = Option<Email>)]
    email: Option<String>,
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
    /// The whole week.
    #[schema(value_type = Option<Vec<PeriodBody>>, max_items = 42)]
    opening_hours: Option<Vec<PeriodBody>>,
}

/// Change a laboratory
#[utoipa::path(patch, path = "/laboratories/{laboratory_id}", tag = "laboratories", operation_id = "change_laboratory",
    params(("laboratory_id" = LaboratoryId, Path), RequiredIfMatch), request_body = ChangeLaboratoryRequest,
    responses((status = 200, body = Versioned<LaboratoryView>)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    there: InLaboratory,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangeLaboratoryRequest>,
) -> Result<Versioned<LaboratoryView>, Problem> {
    let mut fields = Fields::default();
    let name = fields.optional("name", request.name, |text| Title::parse(&text));
    let email = fields.optional("email", request.email, |text| Email::parse(&text));
    let phone = fields.optional("phone", request.phone, |text| Phone::parse(&text));
    let opening = match request.opening_hours {
        Some(periods) => opening_hours(periods, &mut fields).map(Some),
        None => Some(None),
    };
    let (Some(name), Some(email), Some(phone), Some(opening)) = (name, email, phone, opening) else {
        return Err(fields.problem());
    };
    let before = there.laboratory;
    if before.version != version {
        return Err(Problem::stale());
    }
    let was = before.clone();
    let listed = ListedLaboratory {
        id: was.listed.id,
        name: name.unwrap_or(was.listed.name),
        phone: phone.unwrap_or(was.listed.phone),
        hours: opening.unwrap_or(was.listed.hours),
    };
    let after = Laboratory { listed, email: email.unwrap_or(was.email), version: was.version + 1, ..before.clone() };
    if state.store.laboratory_change(&before, &after).await? { Ok(view(after, &state)) } else { Err(Problem::stale()) }
}
