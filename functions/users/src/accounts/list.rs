//! `GET /users`: the accounts of one group, such as those that wait for approval, or the account with one email address.

use axum::extract::State;
use domain::{account::Group, text::Email};
use http::{Fields, Json, Listing, Page, Problem, auth::Caller};
use serde::Deserialize;
use store::{accounts::ListedAccount, trail};
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
    /// The account with this email address, in whatever group. Send it without `group`.
    #[param(value_type = Option<Email>)]
    email: Option<String>,
}

/// List accounts
///
/// Lists the accounts of one group, sorted by name, or finds the account with one email address.
#[utoipa::path(get, path = "/users", tag = "accounts", operation_id = "list_accounts", params(Listing<AccountsQuery>),
    responses((status = 200, body = Page<AccountSummary>)))]
pub(crate) async fn list(
    State(users): State<Users>,
    _: Caller,
    listing: Listing<AccountsQuery>,
) -> Result<Json<Page<AccountSummary>>, Problem> {
    let state = &users.base;
    if let Some(email) = &listing.filter.email {
        if listing.filter.group.is_some() {
            return Err(Problem::invalid_field("email", "one_of", "Send a group or an email address, not both."));
        }
        let mut fields = Fields::default();
        let Some(email) = fields.check("email", Email::parse(email)) else { return Err(fields.problem()) };
        // It has one page, so there is no cursor for it.
        listing.after(&state.cursors, "accounts?email")?;
        let found = state.store.account_by_email(&email).await?.map(|stored| stored.account);
        if let Some(account) = &found {
            trail::account(account.id);
        }
        let items = found.iter().map(|account| summary(ListedAccount::of(account), &state.hospital)).collect();
        return Ok(Json(Page { items, next_cursor: None }));
    }
    let group = listing.filter.group.as_deref().unwrap_or("pending");
    let unknown = "Use `pending`, `administrators`, `staff`, `patients`, `rejected`, `suspended` or `closed`.";
    let group = Group::parse(group).ok_or_else(|| Problem::invalid_field("group", "invalid_group", unknown))?;
    let list = format!("accounts?{}", group.as_str());
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.account_list(group, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|account| summary(account.entry, &state.hospital))))
}
