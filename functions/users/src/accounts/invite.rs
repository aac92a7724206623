//! `POST /users/invitations`: open an account for somebody who works here.

use axum::extract::State;
use domain::{
    Invalid,
    account::Account,
    doctor::Doctor,
    id::{EmailTokenId, UserId},
    role::Role,
    text::{Email, PersonName},
};
use http::{AppState, Created, Fields, Json, Problem, auth::Caller, refusals};
use serde::Deserialize;
use store::{
    accounts::{AccountParts, OpenError, StoredAccount},
    email_tokens::{EmailToken, Purpose},
    trail,
};
use utoipa::ToSchema;

use crate::{
    Users,
    refused::no_longer_administrator,
    view::{AccountView, staff_role, view},
};

refusals! {
    pub(crate) NotInvited {
        409 "email_taken" { account_id: Option<UserId> },
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteAccountRequest {
    #[schema(value_type = PersonName)]
    name: Option<String>,
    #[schema(value_type = Email)]
    email: Option<String>,
    /// Any role except `patient`.
    #[schema(schema_with = staff_role, required = true)]
    role: Option<String>,
}

/// Invite somebody
///
/// Sends a token to the email address. It works for 7 days. The person chooses a password with it (`POST /auth/password/reset`), and the
/// role becomes active. After 7 days, `POST /auth/password/forgot` sends another token.
#[utoipa::path(post, path = "/users/invitations", tag = "accounts", operation_id = "invite_account", request_body = InviteAccountRequest,
    responses((status = 201, body = Created<AccountView>, description = "Invited"), NotInvited))]
pub(crate) async fn invite_account(
    State(users): State<Users>,
    caller: Caller,
    Json(request): Json<InviteAccountRequest>,
) -> Result<Created<AccountView>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let name = fields.required("name", request.name, |text| PersonName::parse(&text));
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let patients = || Invalid::new("invalid_role", "Choose a staff role. Patients register themselves.");
    let staff = |text: String| Role::parse(&text).and_then(|role| if role.is_staff() { Ok(role) } else { Err(patients()) });
    let role = fields.required("role", request.role, staff);
    let (Some(name), Some(email), Some(role)) = (name, email, role) else { return Err(fields.problem()) };

    let account = Account::invite(UserId::new(state.clock.now(), state.random.u128()?), email, name, role, state.clock.now());
    trail::detail(format!("invited: {}", role.as_str()));
    let stored = invite(state, &caller, account, None).await?;
    let (location, shown) = (format!("/users/{}", stored.account.id), view(stored.account, None, &state.hospital));
    Ok(Created { location, version: shown.version, body: shown.body })
}

/// Opens an account for somebody, with a doctor's profile if one is given, and sends the token with which they choose a password.
pub(super) async fn invite(state: &AppState, caller: &Caller, account: Account, doctor: Option<&Doctor>) -> Result<StoredAccount, Problem> {
    trail::account(account.id);
    let (now, email) = (state.clock.now(), account.email.clone());
    let token = EmailToken::new(EmailTokenId::new(now, state.random.u128()?), Purpose::Invitation, email, Some(account.id), now);
    let stored = StoredAccount::new(account, None);
    let parts = AccountParts { doctor, token: Some(&token), by: Some(caller.user_id), ..AccountParts::default() };
    match state.store.account_open(&stored, parts).await {
        Ok(()) => Ok(stored),
        Err(OpenError::EmailTaken) => {
            let refusal = Problem::conflict(
                "email_taken",
                "An account with this email address already exists. Read it, then approve it or set its roles. To add a profile to an \
                    active doctor's account, send its `user_id` to `POST /doctors`.",
            );
            let holder = state.store.account_by_email(&stored.account.email).await?;
            Err(holder.into_iter().fold(refusal, |refusal, holder| refusal.with("account_id", holder.account.id)))
        }
        // An invited account has no patient profile, so nothing of it can be another patient's.
        Err(OpenError::NotAdministrator | OpenError::MrnTaken) => Err(no_longer_administrator()),
        Err(OpenError::Store(error)) => Err(error.into()),
    }
}
