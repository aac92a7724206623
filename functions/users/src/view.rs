//! An account as this API shows it.

use domain::{
    account::{Account, Refused},
    id::{DoctorId, PatientId, UserId},
    role::Role,
};
use serde::Serialize;
use shared::{
    config::House,
    http::{Problem, Versioned},
    store::accounts::{ChangeError, ListedAccount},
};
use utoipa::ToSchema;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    #[schema(value_type = String)]
    id: UserId,
    name: String,
    /// What its owner was called before, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier_names: Vec<String>,
    email: String,
    /// Whether its owner has shown that the address is theirs.
    email_confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// `pending`, `active`, `rejected`, `suspended` or `closed`.
    #[schema(example = "active")]
    status: &'static str,
    #[schema(value_type = Vec<String>, example = json!(["patient"]))]
    roles: Vec<Role>,
    /// The role that waits, for approval, for the confirmed address, or for both.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    requested_role: Option<Role>,
    /// Whether an administrator has granted the requested role.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<bool>,
    /// Their record, when they are a patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    patient_id: Option<PatientId>,
    /// Their profile, when they are a doctor who has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    doctor_id: Option<DoctorId>,
    created_at: String,
}

pub(crate) fn view(account: Account, phone: Option<String>, house: &House) -> Versioned<AccountView> {
    Versioned {
        version: account.version,
        body: AccountView {
            id: account.id,
            name: account.name.into(),
            earlier_names: account.earlier_names.into_iter().map(Into::into).collect(),
            email: account.email.into(),
            email_confirmed: account.email_confirmed,
            phone: phone.or_else(|| account.phone.map(Into::into)),
            status: account.status.as_str(),
            roles: account.roles.into_iter().collect(),
            approved: account.requested_role.map(|_| account.approved),
            requested_role: account.requested_role,
            patient_id: account.patient_id,
            doctor_id: account.doctor_id,
            created_at: house.instant(account.created_at),
        },
    }
}

/// An account in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountSummary {
    #[schema(value_type = String)]
    id: UserId,
    name: String,
    email: String,
    email_confirmed: bool,
    status: &'static str,
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    requested_role: Option<Role>,
    created_at: String,
}

pub(crate) fn summary(account: ListedAccount, house: &House) -> AccountSummary {
    AccountSummary {
        id: account.id,
        name: account.name.into(),
        email: account.email.into(),
        email_confirmed: account.email_confirmed,
        status: account.status.as_str(),
        roles: account.roles,
        requested_role: account.requested_role,
        created_at: house.instant(account.created_at),
    }
}

/// A change that the account's state does not allow.
pub(crate) fn refused(why: Refused) -> Problem {
    let status = |status: domain::account::Status| format!("The account is {}, so this cannot be done.", status.as_str());
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
        new one: `POST /auth/password/forgot` sends a letter.";
    Problem::forbidden(detail).coded("password_void")
}

/// Whatever is wrong with an emailed token, the answer is the same.
pub(crate) fn invalid_token() -> Problem {
    Problem::unauthenticated(
        "invalid_token",
        "This link is not valid any more: it has been used, it is too old, or it is incomplete. Ask for a new one.",
    )
}
