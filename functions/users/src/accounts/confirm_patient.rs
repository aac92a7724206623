//! `POST /users/patient-accounts/confirm`: link an account to the profile of the patient for whom it was opened.

use axum::extract::State;
use domain::{
    account::Status,
    id::PatientId,
    patient::{Identity, Patient, ProfileChange},
    text::{Email, Reason},
};
use http::{Fields, Json, Problem, Versioned, auth::Caller, refusals};
use serde::Deserialize;
use store::{
    accounts::{AccountChange, StoredAccount},
    trail,
};
use utoipa::ToSchema;

use super::open_for_patient::may_have_account;
use crate::{
    Users,
    refused::{not_changed, refused},
    view::{AccountView, view},
};

refusals! {
    pub(crate) NotConfirmed {
        409 "not_opened",
        409 "wrong_status" { account_status: Status },
        409 "email_not_confirmed",
        409 "has_account",
        409 "patient_is_child",
        409 "patient_deceased",
        409 "identity_unknown",
        409 "changed_meanwhile",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmPatientRequest {
    #[schema(value_type = PatientId)]
    patient_id: Option<String>,
    /// The address as the patient says it.
    #[schema(value_type = Email)]
    email: Option<String>,
    /// How you know that it is the patient, such as the document that you saw. It is kept.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Confirm who a patient is
///
/// Possible once the patient has proven the email address. Then the account is active, and it is the patient's: they see their profile and
/// their appointments, and get the emails about them.
#[utoipa::path(post, path = "/users/patient-accounts/confirm", tag = "accounts", operation_id = "confirm_patient",
    request_body = ConfirmPatientRequest, responses((status = 200, body = Versioned<AccountView>), NotConfirmed))]
pub(crate) async fn confirm_patient(
    State(users): State<Users>,
    caller: Caller,
    Json(request): Json<ConfirmPatientRequest>,
) -> Result<Versioned<AccountView>, Problem> {
    let (state, now) = (&users.base, users.base.clock.now());
    let mut fields = Fields::default();
    let patient_id = fields.required("patient_id", request.patient_id, |text| text.parse::<PatientId>());
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let (Some(patient_id), Some(email), Some(reason)) = (patient_id, email, reason) else { return Err(fields.problem()) };
    let profile = may_have_account(state, patient_id).await?;
    let opened = state.store.account_by_email(&email).await?.filter(|stored| stored.account.opened_for == Some(patient_id));
    let not_opened = || Problem::conflict("not_opened", "No account with this email address is open for this patient. Open one first.");
    let before = opened.ok_or_else(not_opened)?;
    trail::account(before.account.id);
    let confirmed = before.account.clone().confirm_patient(profile.name.clone()).map_err(refused)?;
    let user_id = Some(before.account.id);
    let known = Patient { user_id, identity: Identity::Confirmed, version: profile.version + 1, ..profile.clone() };
    let note = ProfileChange::of(&profile, &known, now, (caller.user_id, caller.name.clone()), reason);
    let after = StoredAccount { account: confirmed, ..before.clone() };
    let change = AccountChange { patient: Some((&profile, &known)), patient_note: Some(&note), ..AccountChange::new(&before, &after) };
    state.store.account_change(change).await.map_err(not_changed)?;
    Ok(view(after.account, None, &state.hospital))
}
