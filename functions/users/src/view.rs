//! An account as this API shows it.

use domain::{
    account::{Account, Refused, Status},
    id::{DoctorId, PatientId, UserId},
    instant::Instant,
    role::Role,
    text::{Email, PersonName, Phone},
};
use http::{Problem, Versioned, refusals};
use platform::config::Hospital;
use serde::Serialize;
use store::accounts::{ChangeError, ListedAccount};
use utoipa::{
    ToSchema,
    openapi::schema::{ObjectBuilder, Schema, Type},
};

refusals! {
    pub(crate) NotDecided {
        409 "not_yourself",
        409 "wrong_status" { account_status: Status },
        409 "nothing_requested",
        409 "email_not_confirmed",
        409 "changed_meanwhile",
    }
    pub(crate) NotRenamed {
        403 "name_of_staff",
    }
    pub(crate) NotChanged {
        409 "changed_meanwhile",
    }
    pub(crate) NotProven {
        409 "wrong_status" { account_status: Status },
        409 "email_taken",
        409 "changed_meanwhile",
    }
    pub(crate) InvalidToken {
        401 "invalid_token",
    }
    pub(crate) WrongPassword {
        403 "wrong_password",
        403 "password_void",
    }
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    id: UserId,
    name: PersonName,
    /// What its owner was called before, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier_names: Vec<PersonName>,
    email: Email,
    /// Whether its owner has shown that the address is theirs.
    email_confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    status: Status,
    roles: Vec<Role>,
    /// The role that waits, for approval, for the confirmed address, or for both.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_role: Option<Role>,
    /// Whether an administrator has granted the requested role.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<bool>,
    /// Their record, when they are a patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    patient_id: Option<PatientId>,
    /// Their profile, when they are a doctor who has one.
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

/// A change that the account's state does not allow.
pub(crate) fn refused(why: Refused) -> Problem {
    let status = |status: Status| format!("The account is {}, so this cannot be done.", status.as_str());
    match why {
        Refused::Status(now) => Problem::conflict("wrong_status", status(now)).with("account_status", now.as_str()),
        Refused::NothingRequested => Problem::conflict("nothing_requested", "No role of this account waits for approval."),
        Refused::PatientRole => Problem::invalid_field("roles", "patient_role", "The role `patient` goes with a patient's record."),
        Refused::DoctorRole => {
            Problem::invalid_field("roles", "doctor_role", "This account has a doctor's profile: keep the role `doctor`.")
        }
        Refused::Unconfirmed => Problem::conflict("email_not_confirmed", "Nobody has shown yet that the account's address is theirs."),
        Refused::NameOfStaff => {
            Problem::forbidden("Patients see the names of staff, so an administrator changes them. Ask one.").coded("name_of_staff")
        }
        Refused::StillNeeded => Problem::conflict(
            "still_needed",
            "An administrator, or a doctor with a profile, cannot close the account alone: others rely on it. Ask another administrator to suspend it.",
        ),
    }
}

/// A change that was not written.
pub(crate) fn not_changed(why: ChangeError) -> Problem {
    match why {
        ChangeError::Stale | ChangeError::NotFirst => {
            Problem::conflict("changed_meanwhile", "The account was changed at the same moment. Read it and try again.")
        }
        ChangeError::EmailTaken => Problem::conflict("email_taken", "Another account has this email address."),
        ChangeError::BookingUnderWay => {
            Problem::conflict("booking_under_way", "An appointment was booked a moment ago. Try again in half a minute.").retry_after(30)
        }
        ChangeError::TokenUsed => invalid_token(),
        ChangeError::NotAdministrator => Problem::forbidden("You are no administrator any more."),
        ChangeError::Store(error) => error.into(),
    }
}

/// The right password, which does not count any more.
pub(crate) fn password_void() -> Problem {
    let detail = "This password was chosen before the address was confirmed, and went out of use with the first sign-in by email. Choose a \
        new one: `POST /auth/password/forgot` sends a message.";
    Problem::forbidden(detail).coded("password_void")
}

/// Whatever is wrong with an emailed token, the answer is the same.
pub(crate) fn invalid_token() -> Problem {
    Problem::unauthenticated(
        "invalid_token",
        "This link is not valid any more: it has been used, it is too old, or it is incomplete. Ask for a new one.",
    )
}

/// The role of whoever works here, for the API document.
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
