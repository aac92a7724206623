//! `POST /users/{id}/confirm-patient`: link an account to the profile of the patient for whom it was opened.

use axum::extract::State;
use domain::{
    account::Status,
    id::UserId,
    patient::{Identity, Patient, ProfileChange},
    text::Reason,
};
use http::{Fields, IfMatch, Json, Path, Problem, Versioned, auth::Caller, refusals};
use serde::Deserialize;
use store::{
    accounts::{AccountChange, StoredAccount},
    trail,
};
use utoipa::ToSchema;

use super::open_for_patient::has_account;
use crate::{
    Users,
    refused::{not_changed, refused},
    view::{AccountView, view},
};

refusals! {
    pub(crate) NotConfirmed {
        409 "wrong_status" { account_status: Status },
        409 "nothing_requested",
        409 "email_not_confirmed",
        409 "has_account",
        409 "changed_meanwhile",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmPatientRequest {
    /// How you know that it is the patient, such as the document that you saw. It is kept.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Confirm who a patient is
///
/// Possible once the patient has proven the email address. Then the account is active, and it is the patient's: they see their profile and
/// their appointments, and get the emails about them.
#[utoipa::path(post, path = "/users/{id}/confirm-patient", tag = "accounts", operation_id = "confirm_patient",
    request_body = ConfirmPatientRequest, params(("id" = UserId, Path), IfMatch),
    responses((status = 200, body = Versioned<AccountView>), NotConfirmed))]
pub(crate) async fn confirm_patient(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    if_match: IfMatch,
    Json(request): Json<ConfirmPatientRequest>,
) -> Result<Versioned<AccountView>, Problem> {
    let (state, now) = (&users.base, users.base.clock.now());
    let mut fields = Fields::default();
    let Some(reason) = fields.required("reason", request.reason, |text| Reason::parse(&text)) else { return Err(fields.problem()) };
    let before = state.store.account(id).await?.ok_or_else(|| Problem::not_found("account"))?;
    if_match.check(before.account.version)?;
    let confirmed = before.account.clone().confirm_patient().map_err(refused)?;
    let gone = || Problem::not_found("patient");
    let profile = state.store.patient(confirmed.patient_id.ok_or_else(gone)?).await?.ok_or_else(gone)?;
    if profile.user_id.is_some() {
        return Err(has_account());
    }
    let known = Patient { user_id: Some(id), identity: Identity::Confirmed, version: profile.version + 1, ..profile.clone() };
    let note = ProfileChange::of(&profile, &known, now, (caller.user_id, caller.name.clone()), reason);
    trail::detail("identity confirmed".to_owned());
    let after = StoredAccount { account: confirmed, ..before.clone() };
    let change = AccountChange { patient: Some((&profile, &known)), patient_note: Some(&note), ..AccountChange::new(&before, &after) };
    state.store.account_change(change).await.map_err(not_changed)?;
    Ok(view(after.account, None, &state.hospital))
}
