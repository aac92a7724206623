//! What happens to an invoice. Each posting is an entry that is never changed; the invoice's balance is what they add up to.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Issued;
use crate::{
    id::{InvoiceId, PatientId, UserId},
    text::{Reason, Reference},
};

/// How something was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tender {
    /// Coins and notes.
    Cash,
    /// A debit or credit card.
    Card,
    /// A bank transfer.
    BankTransfer,
    /// A cheque.
    Cheque,
    /// A payment by telephone.
    MobileMoney,
    /// The patient's insurance has paid.
    Insurance,
}

named! {
    Tender, "invalid_tender": {
        Cash = "cash", Card = "card", BankTransfer = "bank_transfer", Cheque = "cheque", MobileMoney = "mobile_money", Insurance = "insurance",
    }
}

impl Tender {
    /// As a receipt says it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::BankTransfer => "bank transfer",
            Self::Cheque => "cheque",
            Self::MobileMoney => "mobile money",
            Self::Insurance => "insurance",
        }
    }
}

/// What happened. Amounts are in the smallest unit of the invoice's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Posting {
    /// The invoice was issued.
    Issued(Box<Issued>),
    /// Somebody has paid.
    Paid {
        /// Its place among the invoice's payments: 1, 2, 3 and so on. With the invoice's number it is the number of the receipt.
        receipt: u16,
        /// How much.
        amount: i64,
        /// How.
        tender: Tender,
        /// What it can be found by, such as the number of a transfer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
        /// The day on which the money came, if it is another one than that of the entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_on: Option<Date>,
        /// Whether it may be more than what was outstanding.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        overpayment: bool,
        /// Whether it may have the reference of another payment.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        same_reference: bool,
    },
    /// A payment did not happen: it was entered by mistake, or a bank has sent it back.
    TakenBack {
        /// The entry of the payment.
        payment: u64,
        /// How much it was.
        amount: i64,
        /// Why.
        reason: Reason,
    },
    /// A credit note.
    Credited {
        /// Its place among the invoice's credit notes: 1, 2, 3 and so on.
        note: u16,
        /// How much less is to be paid.
        amount: i64,
        /// The charges that it is for. Empty when it is for all that is left of the invoice.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        charges: Vec<u32>,
        /// Whether the next invoice has the charges again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        bill_again: bool,
        /// Why, if somebody did it: otherwise what was charged was cancelled or corrected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// Somebody asks to pay money back.
    RefundAsked {
        /// The entry of the payment.
        payment: u64,
        /// How much that was.
        of: i64,
        /// How much is paid back.
        amount: i64,
        /// Why.
        reason: Reason,
    },
    /// Another person agrees.
    RefundApproved {
        /// The entry with which it was asked for.
        refund: u64,
    },
    /// Another person does not agree, or it is withdrawn.
    RefundRejected {
        /// The entry with which it was asked for.
        refund: u64,
        /// Why.
        reason: Reason,
    },
    /// The money was paid back.
    Refunded {
        /// The entry with which it was asked for.
        refund: u64,
        /// How much.
        amount: i64,
        /// How.
        tender: Tender,
        /// What it can be found by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// The patient was reminded to pay.
    Reminded {
        /// For which time.
        times: u8,
    },
}

/// A posting in the invoice's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The number of the invoice.
    pub number: u64,
    /// The patient.
    pub patient_id: PatientId,
    /// Its place in the invoice's ledger: 1, 2, 3 and so on, without gaps. It is the version of the balance afterwards.
    #[serde(rename = "place")]
    pub entry: u64,
    /// When.
    pub at: Timestamp,
    /// Who. `None` when nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// What.
    pub posting: Posting,
}
