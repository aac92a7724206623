//! What was done for a patient, and what it costs.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod reverse;

use domain::{
    billing::{BillingAccount, ChargeKind, ChargeRule},
    id::UserId,
    instant::Instant,
    text::Reason,
};
use http::{AppState, MoneyBody};
use jiff::civil::Date;
use serde::Serialize;
use store::billing::NumberedCharge;
use utoipa::ToSchema;

/// What has become of a charge.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChargeStatus {
    /// It is on no invoice yet.
    Open,
    /// It is on an invoice.
    Invoiced,
    /// It no longer counts. If it was on an invoice, a credit note has taken it back.
    Reversed,
}

/// A charge.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChargeView {
    /// Its place among the patient's charges: 1, 2, 3 and so on, without gaps.
    number: u32,
    status: ChargeStatus,
    kind: ChargeKind,
    /// What it is in words.
    what: String,
    /// The day on which it was done, or began.
    #[schema(value_type = String, format = Date)]
    on: Date,
    quantity: u32,
    /// What a unit costs, as it was then.
    unit_price: MoneyBody,
    /// What all units cost, before discount and tax.
    amount: MoneyBody,
    /// How price and quantity were found.
    rule: ChargeRule,
    /// The appointment, the stay, the surgery, the allocation or the lab order that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(apt|adm|sur|alc|ord)_[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    source_id: Option<String>,
    entered_at: Instant,
    /// The accountant who has entered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    entered_by: Option<UserId>,
    /// Why the accountant did.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed_at: Option<Instant>,
    /// Who has reversed it. Absent when what it was for was cancelled or corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed_by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed_because: Option<Reason>,
}

pub(crate) fn view(found: NumberedCharge, account: &BillingAccount, state: &AppState) -> ChargeView {
    let NumberedCharge { charge, reversal } = found;
    let status = match &reversal {
        Some(_) => ChargeStatus::Reversed,
        None if account.is_open(charge.number) => ChargeStatus::Open,
        None => ChargeStatus::Invoiced,
    };
    ChargeView {
        number: charge.number,
        status,
        kind: charge.kind,
        on: charge.on,
        quantity: charge.quantity,
        unit_price: charge.unit_price.into(),
        amount: charge.amount().into(),
        rule: charge.rule,
        source_id: charge.source.map(|source| source.to_string()),
        entered_at: state.hospital.instant(charge.at),
        entered_by: charge.by,
        what: charge.what,
        reason: charge.reason,
        reversed_at: reversal.as_ref().map(|reversal| state.hospital.instant(reversal.at)),
        reversed_by: reversal.as_ref().and_then(|reversal| reversal.by),
        reversed_because: reversal.and_then(|reversal| reversal.reason),
    }
}
