//! `POST /users/patient-accounts`: open an account for a patient whom the front desk has registered.

use axum::extract::State;
use domain::{
    account::Account,
    id::{EmailTokenId, PatientId, UserId},
    patient::{Identity, Patient},
    text::Email,
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
    view::{AccountView, view},
};

refusals! {
    pub(crate) NotOpened {
        409 "email_taken",
        409 "already_opened",
        409 "has_account",
        409 "patient_is_child",
        409 "patient_deceased",
        409 "identity_unknown",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenPatientAccountRequest {
    #[schema(value_type = PatientId)]
    patient_id: Option<String>,
    #[schema(value_type = Email)]
    email: Option<String>,
}

/// Open an account for a patient
///
/// For a patient whom the front desk has registered. The address gets a link with which the patient chooses a password: this proves that the
/// address is theirs. Until the front desk has confirmed who they are (`POST /users/patient-accounts/confirm`), the account shows nothing of the
/// profile, not even the name. So an address with a mistake in it does no harm.
#[utoipa::path(post, path = "/users/patient-accounts", tag = "accounts", operation_id = "open_patient_account",
    request_body = OpenPatientAccountRequest,
    responses((status = 201, body = Created<AccountView>, description = "Opened"), NotOpened))]
pub(crate) async fn open_for_patient(
    State(users): State<Users>,
    _: Caller,
    Json(request): Json<OpenPatientAccountRequest>,
) -> Result<Created<AccountView>, Problem> {
    let (state, now) = (&users.base, users.base.clock.now());
    let mut fields = Fields::default();
    let patient_id = fields.required("patient_id", request.patient_id, |text| text.parse::<PatientId>());
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let (Some(patient_id), Some(email)) = (patient_id, email) else { return Err(fields.problem()) };
    let patient = may_have_account(state, patient_id).await?;

    let account = Account::open_for_patient(UserId::new(now, state.random.u128()?), email, patient.id, now);
    trail::account(account.id);
    let id = EmailTokenId::new(now, state.random.u128()?);
    let token = EmailToken::new(id, Purpose::Invitation, account.email.clone(), Some(account.id), now);
    let stored = StoredAccount::new(account, None);
    match state.store.account_open(&stored, AccountParts { token: Some(&token), ..AccountParts::default() }).await {
        Ok(()) => {}
        Err(OpenError::Store(error)) => return Err(error.into()),
        Err(OpenError::EmailTaken | OpenError::MrnTaken | OpenError::NotAdministrator) => {
            let holder = state.store.account_by_email(&stored.account.email).await?;
            return Err(if holder.is_some_and(|holder| holder.account.opened_for == Some(patient.id)) {
                Problem::conflict("already_opened", "An account with this email address is open for this patient: confirm who they are.")
            } else {
                Problem::conflict("email_taken", "An account with this email address already exists. Use another address.")
            });
        }
    }
    let (location, shown) = (format!("/users/{}", stored.account.id), view(stored.account, None, &state.hospital));
    Ok(Created { location, version: shown.version, body: shown.body })
}

/// The patient, if the front desk can give them an account.
pub(super) async fn may_have_account(state: &AppState, id: PatientId) -> Result<Patient, Problem> {
    let unknown = || Problem::invalid_field("patient_id", "unknown", "There is nobody with this id.");
    let patient = state.store.patient(id).await?.ok_or_else(unknown)?;
    if patient.user_id.is_some() {
        return Err(Problem::conflict("has_account", "The patient has an account already."));
    }
    if patient.deceased.is_some() {
        return Err(Problem::conflict("patient_deceased", "The patient has died."));
    }
    if patient.is_child(state.today()) {
        return Err(Problem::conflict("patient_is_child", "The patient is a child. A guardian acts for them with their own account."));
    }
    if patient.identity == Identity::Temporary {
        return Err(Problem::conflict("identity_unknown", "The profile has a temporary name. Enter who the patient is first."));
    }
    Ok(patient)
}
