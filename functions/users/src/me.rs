//! `GET /users/me`: the caller's own account.

use axum::extract::State as Extract;
use domain::{
    id::{DoctorId, PatientId, UserId},
    role::Role,
};
use serde::Serialize;
use shared::{
    auth::Caller,
    http::{Json, Problem, Refusals},
};
use utoipa::ToSchema;

use crate::Users;

/// An account as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    #[schema(value_type = String)]
    id: UserId,
    name: String,
    email: String,
    #[schema(value_type = Vec<String>, example = json!(["patient"]))]
    roles: Vec<Role>,
    /// The caller's own record, when they are a patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    patient_id: Option<PatientId>,
    /// The caller's profile, when they are a doctor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    doctor_id: Option<DoctorId>,
    created_at: String,
}

/// Read your own account
#[utoipa::path(get, path = "/users/me", tag = "users", responses((status = 200, body = AccountView), Refusals))]
pub(crate) async fn me(Extract(users): Extract<Users>, caller: Caller) -> Result<Json<AccountView>, Problem> {
    let account = users.base.store.account(caller.user_id).await?.ok_or_else(|| Problem::not_found("account"))?.account;
    Ok(Json(AccountView {
        id: account.id,
        name: account.name.into(),
        email: account.email.into(),
        roles: account.roles.into_iter().collect(),
        patient_id: account.patient_id,
        doctor_id: account.doctor_id,
        created_at: users.base.house.instant(account.created_at),
    }))
}
