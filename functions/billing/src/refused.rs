//! The problem documents for what does not follow from how an invoice stands.

use domain::billing::{
    Balance, NotPosted,
    balance::{MOST_PAYMENTS, MOST_REFUNDS},
};
use http::{MoneyBody, Problem, refusals};
use store::{
    StoreError,
    billing::{CreditError, PostError},
};

refusals! {
    pub(crate) NotPaid {
        409 "void",
        409 "more_than_outstanding" { outstanding: MoneyBody },
        409 "same_reference",
        409 "too_many_payments" { at_most: u16 },
    }
    pub(crate) NotTakenBack {
        409 "more_than_paid" { left: MoneyBody },
        409 "not_a_payment",
    }
    pub(crate) NotAsked {
        409 "more_than_paid" { left: MoneyBody },
        409 "more_than_overpaid" { overpaid: MoneyBody },
        409 "not_a_payment",
        409 "too_many_refunds" { at_most: usize },
    }
    pub(crate) NotApproved {
        409 "no_open_refund",
        409 "approved_already",
        409 "own_refund",
    }
    pub(crate) NotRejected {
        409 "no_open_refund",
    }
    pub(crate) NotCompleted {
        409 "no_open_refund",
        409 "not_approved",
    }
    pub(crate) NotCredited {
        409 "void",
        409 "credited_already" { charge: u32 },
        409 "too_many_reopened",
    }
}

/// Something is not posted to an invoice. `balance` is the invoice as it was read.
pub(crate) fn not_posted(why: PostError, balance: &Balance) -> Problem {
    let money = |minor| MoneyBody::from(balance.money(minor));
    match why {
        PostError::Unknown => Problem::not_found("invoice"),
        PostError::Moved | PostError::Not(NotPosted::OutOfOrder) => {
            StoreError::Unavailable("the invoice is changed by others at this moment".into()).into()
        }
        PostError::Store(error) => error.into(),
        PostError::Not(NotPosted::Void) => void(),
        PostError::Not(NotPosted::MoreThanOutstanding(outstanding)) => {
            let detail = "This is more than what is outstanding. If the patient has paid it all the same, send `overpayment` with `true`.";
            Problem::conflict("more_than_outstanding", detail).with("outstanding", money(outstanding))
        }
        PostError::Not(NotPosted::SameReference) => {
            let detail =
                "Another payment of this invoice has the same reference. If it is another payment, send `same_reference` with `true`.";
            Problem::conflict("same_reference", detail)
        }
        PostError::Not(NotPosted::TooMany) if balance.payments >= MOST_PAYMENTS => {
            let detail = format!("An invoice has at most {MOST_PAYMENTS} payments.");
            Problem::conflict("too_many_payments", detail).with("at_most", MOST_PAYMENTS)
        }
        PostError::Not(NotPosted::TooMany) => {
            let detail = format!("At most {MOST_REFUNDS} refunds of an invoice can be on their way. Complete or reject one of them first.");
            Problem::conflict("too_many_refunds", detail).with("at_most", MOST_REFUNDS)
        }
        PostError::Not(NotPosted::MoreThanPaid(left)) => {
            let detail = "This is more than what is left of the payment: the rest was taken back or paid back, or is about to be.";
            Problem::conflict("more_than_paid", detail).with("left", money(left))
        }
        PostError::Not(NotPosted::MoreThanOverpaid(overpaid)) => {
            let detail = "This is more than what is overpaid, so the patient would owe it again. Issue a credit note first for what is not to be paid. If the patient is to pay it again, send `owed_again` with `true`.";
            Problem::conflict("more_than_overpaid", detail).with("overpaid", money(overpaid))
        }
        PostError::Not(NotPosted::NoRefund) => {
            Problem::conflict("no_open_refund", "No such refund is on its way. It was rejected or completed, or never asked for.")
        }
        PostError::Not(NotPosted::NotApproved) => Problem::conflict("not_approved", "Somebody else has to approve this refund first."),
        PostError::Not(NotPosted::Approved) => Problem::conflict("approved_already", "This refund is approved already."),
        PostError::Not(NotPosted::OwnRefund) => {
            Problem::conflict("own_refund", "You have asked for this refund. Somebody else has to approve it.")
        }
        PostError::Not(NotPosted::CreditedAlready(charge)) => credited_already(charge),
    }
}

pub(crate) fn not_credited(why: CreditError) -> Problem {
    match why {
        CreditError::Unknown => Problem::not_found("invoice"),
        CreditError::NoSuchCharge(charge) => {
            Problem::invalid_field("charges", "not_on_invoice", format!("The invoice has no charge {charge}. Name charges of its lines."))
        }
        CreditError::CreditedAlready(charge) => credited_already(charge),
        CreditError::Void => void(),
        CreditError::TooManyReopened => {
            let detail = "Too many invoices of this patient wait to be billed again. Issue an invoice first.";
            Problem::conflict("too_many_reopened", detail)
        }
        CreditError::Stale | CreditError::Moved => Problem::stale(),
        CreditError::Store(error) => error.into(),
    }
}

fn void() -> Problem {
    Problem::conflict("void", "Credit notes have taken this invoice back. Nothing is to be paid or credited any more.")
}

fn credited_already(charge: u32) -> Problem {
    Problem::conflict("credited_already", format!("Charge {charge} was credited already.")).with("charge", charge)
}

/// What was named is another entry of the invoice, or none.
pub(crate) fn not_a_payment() -> Problem {
    Problem::conflict("not_a_payment", "This entry of the invoice is not a payment. The invoice lists its entries.")
}
