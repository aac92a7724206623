//! What is refused about accounts, as problem documents. Exhaustive: a new rule needs its words here.

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
        ChangeError::NotAdministrator => no_longer_administrator(),
        ChangeError::Store(error) => error.into(),
    }
}

/// Whoever decided was an administrator when the request began.
pub(crate) fn no_longer_administrator() -> Problem {
    Problem::forbidden("You are no longer an administrator.")
}

/// The right password, which no longer counts.
pub(crate) fn password_void() -> Problem {
    let detail = "This password was chosen before the address was confirmed, and went out of use with the first sign-in by email. Choose a \
        new one: `POST /auth/password/forgot` sends an email.";
    Problem::forbidden(detail).coded("password_void")
}

/// Whatever is wrong with an emailed token, the answer is the same.
pub(crate) fn invalid_token() -> Problem {
    Problem::unauthenticated(
        "invalid_token",
        "This link is not valid any more: it has been used, it is too old, or it is incomplete. Ask for a new one.",
    )
}
