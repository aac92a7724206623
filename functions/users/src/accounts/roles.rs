//! `POST /users/{id}/roles`: set a person's roles.

use std::collections::BTreeSet;

use axum::extract::State;
use domain::{id::UserId, role::Role};
use http::{Fields, IfMatch, Json, Path, Problem, Versioned, auth::Caller};
use serde::Deserialize;
use utoipa::ToSchema;

use super::decide;
use crate::{Users, refused::NotDecided, view::AccountView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetRolesRequest {
    /// All roles of the person, not only new ones. An account with a patient profile keeps the role `patient`, and an account with a
    /// doctor's profile keeps the role `doctor`.
    #[schema(value_type = BTreeSet<Role>, min_items = 1, example = json!(["nurse"]))]
    roles: Option<Vec<String>>,
}

/// Set an account's roles
///
/// The new roles count at once on routes that look the account up, and from the next token refresh on the others. The person gets an email.
#[utoipa::path(post, path = "/users/{id}/roles", tag = "accounts", operation_id = "set_account_roles", request_body = SetRolesRequest,
    params(("id" = UserId, Path), IfMatch),
    responses((status = 200, body = Versioned<AccountView>), NotDecided))]
pub(crate) async fn set_roles(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: IfMatch,
    Json(request): Json<SetRolesRequest>,
) -> Result<Versioned<AccountView>, Problem> {
    let mut fields = Fields::default();
    let Some(names) = fields.required("roles", request.roles, Ok) else { return Err(fields.problem()) };
    let mut roles = BTreeSet::new();
    for (index, name) in names.iter().enumerate().take(Role::ALL.len()) {
        roles.extend(fields.check(format!("roles[{index}]"), Role::parse(name)));
    }
    if roles.len() != names.len() || roles.is_empty() {
        fields.refuse("roles", "invalid_roles", "Name at least one role, each once. To end an account's access, suspend it.");
        return Err(fields.problem());
    }
    decide(&users, &caller, id, if_match, |account| account.set_roles(roles)).await
}
