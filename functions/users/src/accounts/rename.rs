//! `PATCH /users/{id}`: change a person's name.

use axum::extract::State;
use domain::{id::UserId, text::PersonName};
use http::{Fields, IfMatch, Json, Path, Problem, Versioned, auth::Caller};
use serde::Deserialize;
use utoipa::ToSchema;

use super::decide;
use crate::{Users, refused::NotDecided, view::AccountView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenameAccountRequest {
    #[schema(value_type = PersonName)]
    name: Option<String>,
}

/// Change a person's name
///
/// The audit log and the patients' access logs keep showing the earlier names. The person gets an email.
#[utoipa::path(patch, path = "/users/{id}", tag = "accounts", operation_id = "rename_account", request_body = RenameAccountRequest,
    params(("id" = UserId, Path), IfMatch),
    responses((status = 200, body = Versioned<AccountView>), NotDecided))]
pub(crate) async fn rename(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: IfMatch,
    Json(request): Json<RenameAccountRequest>,
) -> Result<Versioned<AccountView>, Problem> {
    let mut fields = Fields::default();
    let Some(name) = fields.required("name", request.name, |text| PersonName::parse(&text)) else { return Err(fields.problem()) };
    decide(&users, &caller, id, if_match, |account| account.rename(name)).await
}
