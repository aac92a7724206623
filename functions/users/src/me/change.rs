//! `PATCH /users/me`: change the caller's name and phone number.

use axum::extract::State;
use domain::{
    patient::Patient,
    text::{PersonName, Phone},
};
use http::{Fields, IfMatch, Json, Problem, Versioned, auth::Caller};
use serde::Deserialize;
use store::accounts::{AccountChange, StoredAccount};
use utoipa::ToSchema;

use crate::{
    Users,
    refused::{NotChanged, NotRenamed, not_changed, refused},
    view::{AccountView, view},
};

/// A field that is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeAccountRequest {
    /// Your name. Only an administrator can change the name of staff. The name in a patient profile is changed at the front desk, against
    /// an identity document.
    #[schema(value_type = Option<PersonName>)]
    name: Option<String>,
    /// A patient's phone number is kept in the patient profile.
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
}

/// Change your own account
#[utoipa::path(patch, path = "/users/me", tag = "own account", operation_id = "change_own_account", request_body = ChangeAccountRequest,
    params(IfMatch),
    responses((status = 200, body = Versioned<AccountView>), NotRenamed, NotChanged))]
pub(crate) async fn change(
    State(users): State<Users>,
    caller: Caller,
    if_match: IfMatch,
    Json(request): Json<ChangeAccountRequest>,
) -> Result<Versioned<AccountView>, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let name = fields.optional("name", request.name, |text| PersonName::parse(&text));
    let phone = fields.optional("phone", request.phone, |text| Phone::parse(&text));
    let (Some(name), Some(phone)) = (name, phone) else { return Err(fields.problem()) };

    let before = users.own_account(&caller).await?;
    if_match.check(before.account.version)?;
    let mut account = match name.filter(|name| *name != before.account.name) {
        Some(name) => before.account.clone().rename_own(name).map_err(refused)?,
        None => before.account.clone().changed(),
    };
    let mut patient = None;
    match (phone, account.patient_id) {
        (Some(phone), Some(id)) => {
            let profile = state.store.patient(id).await?.ok_or_else(|| Problem::not_found("patient profile"))?;
            let changed = Patient { phone: Some(phone), version: profile.version + 1, ..profile.clone() };
            patient = Some((profile, changed));
        }
        (Some(phone), None) => account.phone = Some(phone),
        (None, _) => {}
    }
    let after = StoredAccount { account, ..before.clone() };
    let change = AccountChange { patient: patient.as_ref().map(|(before, after)| (before, after)), ..AccountChange::new(&before, &after) };
    state.store.account_change(change).await.map_err(not_changed)?;
    let phone = match patient {
        Some((_, patient)) => patient.phone,
        None => users.profile_phone(&after.account).await?,
    };
    Ok(view(after.account, phone, &state.hospital))
}
