//! `GET /users`: accounts of a group, such as those that wait.

use axum::extract::State;
use domain::account::Group;
use http::{Json, Page, Problem, Query, auth::Caller, page};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    Users,
    view::{AccountSummary, summary},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountsQuery {
    /// `pending` when left out.
    #[param(value_type = Option<Group>)]
    group: Option<String>,
    /// 1 to 100, 20 when left out.
    limit: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List accounts
///
/// Of one group, by name.
#[utoipa::path(get, path = "/users", tag = "accounts", operation_id = "list_accounts", params(AccountsQuery),
    responses((status = 200, body = Page<AccountSummary>)))]
pub(crate) async fn list(
    State(users): State<Users>,
    _: Caller,
    Query(query): Query<AccountsQuery>,
) -> Result<Json<Page<AccountSummary>>, Problem> {
    let state = &users.base;
    let limit = page::limit(query.limit.as_deref())?;
    let group = query.group.as_deref().unwrap_or("pending");
    let unknown = "Use `pending`, `administrators`, `staff`, `patients`, `rejected`, `suspended` or `closed`.";
    let group = Group::parse(group).ok_or_else(|| Problem::invalid_field("group", "invalid_group", unknown))?;
    let list = format!("accounts?{}", group.as_str());
    let after = query.cursor.map(|cursor| state.cursors.open(&list, &cursor)).transpose()?;
    let found = state.store.account_list(group, after.as_deref(), limit + 1).await?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|account| summary(account.entry, &state.hospital))))
}
