//! The problem documents for refusals about accounts. The matches are exhaustive, so a new rule needs a text here.

use domain::account::{Refused, Status};
use http::{Problem, refusals};
use store::accounts::ChangeError;

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

/// A change that the account's state does not allow.
pub(crate) fn refused(why: Refused) -> Problem {
    match why {
        Refused::Status(now) => {
            let detail = format!("The account is {}, so this cannot be done.", now.as_str());
            Problem::conflict("wrong_status", detail).with("account_status", now.as_str())
        }
        Refused::NothingRequested => Problem::conflict(
            "nothing_requested",
            "No staff role of this account waits for approval. The front desk confirms who a patient is.",
        ),
        Refused::PatientRole => {
            let detail = "An account with a patient profile keeps the role `patient`. Other accounts cannot have it.";
            Problem::invalid_field("roles", "patient_role", detail)
        }
        Refused::DoctorRole => {
            Problem::invalid_field("roles", "doctor_role", "This account has a doctor's profile: keep the role `doctor`.")
        }
        Refused::Unconfirmed => {
            let detail = "The account's email address is not confirmed. Its owner has to confirm it first, with the link in the email.";
            Problem::conflict("email_not_confirmed", detail)
        }
        Refused::NameOfStaff => {
            let detail = "Patients see the names of staff, so only an administrator can change them. Ask an administrator.";
            Problem::forbidden(detail).coded("name_of_staff")
        }
        Refused::StillNeeded => Problem::conflict(
            "still_needed",
            "Administrators, and doctors with a profile, cannot close their own account, because others rely on it. Ask another \
                administrator to suspend it.",
        ),
    }
}

/// A change that the table refused.
pub(crate) fn not_changed(why: ChangeError) -> Problem {
    match why {
        ChangeError::Stale | ChangeError::NotFirst => {
            Problem::conflict("changed_meanwhile", "The account was changed at the same moment. Read it and try again.")
        }
        ChangeError::EmailTaken => Problem::conflict("email_taken", "Another account has this email address."),
        ChangeError::BookingUnderWay => {
            Problem::conflict("booking_under_way", "An appointment was booked a moment ago. Try again in 30 seconds.").retry_after(30)
        }
        ChangeError::TokenUsed => invalid_token(),
        ChangeError::NotAdministrator => no_longer_administrator(),
        ChangeError::Store(error) => error.into(),
    }
}

/// The caller was an administrator when the request began, but no longer is one.
pub(crate) fn no_longer_administrator() -> Problem {
    Problem::forbidden("You are no longer an administrator.")
}

/// The password is right, but it no longer works.
pub(crate) fn password_void() -> Problem {
    let detail = "This password was chosen before the email address was confirmed. It stopped working with the first sign-in by email. \
        Choose a new one: `POST /auth/password/forgot` sends you an email.";
    Problem::forbidden(detail).coded("password_void")
}

/// The answer is the same, whatever is wrong with an emailed token.
pub(crate) fn invalid_token() -> Problem {
    Problem::unauthenticated(
        "invalid_token",
        "This link is not valid: it has been used, it is too old, or it is incomplete. Ask for a new one.",
    )
}
