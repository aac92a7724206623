//! An account as this API shows it.

use domain::{
    account::{Account, Status},
    id::{DoctorId, PatientId, UserId},
    instant::Instant,
    role::Role,
    text::{Email, PersonName, Phone},
};
use http::Versioned;
use platform::config::Hospital;
use serde::Serialize;
use store::accounts::ListedAccount;
use utoipa::{
    ToSchema,
    openapi::schema::{ObjectBuilder, Schema, Type},
};

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    id: UserId,
    name: PersonName,
    /// The owner's earlier names, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier_names: Vec<PersonName>,
    email: Email,
    /// Whether the owner has confirmed the email address.
    email_confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    status: Status,
    roles: Vec<Role>,
    /// The role that waits for an administrator's approval, for the confirmed email address, or for both.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_role: Option<Role>,
    /// Whether an administrator has granted the requested role.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<bool>,
    /// The owner's patient profile, if they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    patient_id: Option<PatientId>,
    /// The owner's doctor profile, if they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_id: Option<DoctorId>,
    created_at: Instant,
}

pub(crate) fn view(account: Account, phone: Option<Phone>, hospital: &Hospital) -> Versioned<AccountView> {
    Versioned {
        version: account.version,
        body: AccountView {
            id: account.id,
            name: account.name,
            earlier_names: account.earlier_names,
            email: account.email,
            email_confirmed: account.email_confirmed,
            phone: phone.or(account.phone),
            status: account.status,
            roles: account.roles.into_iter().collect(),
            approved: account.requested_role.map(|_| account.approved),
            requested_role: account.requested_role,
            patient_id: account.patient_id,
            doctor_id: account.doctor_id,
            created_at: hospital.instant(account.created_at),
        },
    }
}

/// An account in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountSummary {
    id: UserId,
    name: PersonName,
    email: Email,
    email_confirmed: bool,
    status: Status,
    roles: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_role: Option<Role>,
    created_at: Instant,
}

pub(crate) fn summary(account: ListedAccount, hospital: &Hospital) -> AccountSummary {
    AccountSummary {
        id: account.id,
        name: account.name,
        email: account.email,
        email_confirmed: account.email_confirmed,
        status: account.status,
        roles: account.roles,
        requested_role: account.requested_role,
        created_at: hospital.instant(account.created_at),
    }
}

/// The roles of staff, for the API document.
pub(crate) fn staff_role() -> Schema {
    roles(Role::is_staff)
}

/// The role of patients, for the API document.
pub(crate) fn patient_role() -> Schema {
    roles(|role| !role.is_staff())
}

fn roles(which: impl Fn(Role) -> bool) -> Schema {
    let names = Role::ALL.into_iter().filter(|role| which(*role)).map(Role::as_str).collect::<Vec<_>>();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
}
