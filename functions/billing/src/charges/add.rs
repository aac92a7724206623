//! `POST /patients/{patient_id}/charges`: something that nothing else charges.

use axum::extract::State;
use domain::{
    billing::{Charge, ChargeKind, ChargeRule},
    id::PatientId,
    money::Money,
    text::{Reason, Title},
};
use http::{AppState, Created, Fields, Json, MoneyBody, Problem, whole};
use jiff::civil::Date;
use serde::Deserialize;
use store::billing::NumberedCharge;
use utoipa::ToSchema;

use super::{ChargeView, view};
use crate::authority::Bookkeeping;

/// How many units one charge has at most.
const MOST_UNITS: i64 = 1_000;
/// How many years ago it was done at most.
const YEARS: i16 = 5;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChargeRequest {
    /// What it is, as the invoice says it.
    #[schema(value_type = Title)]
    what: Option<String>,
    /// More than zero.
    #[schema(value_type = MoneyBody)]
    unit_price: Option<MoneyBody>,
    /// How many units. When left out: one.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    quantity: Option<i64>,
    /// The day on which it was done: not in the future, and in the last five years. When left out: today.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<String>,
    /// Why it is charged by hand. The patient can read it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Charge a patient by hand
///
/// For what follows from nothing else here. What follows from an appointment, a stay, a surgery, a medicine or a lab test is charged by itself.
#[utoipa::path(post, path = "/patients/{patient_id}/charges", tag = "charges", operation_id = "add_charge",
    params(("patient_id" = PatientId, Path)), request_body = ChargeRequest, responses((status = 201, body = Created<ChargeView>)))]
pub(crate) async fn add(
    State(state): State<AppState>,
    books: Bookkeeping,
    Json(request): Json<ChargeRequest>,
) -> Result<Created<ChargeView>, Problem> {
    let (mut fields, today) = (Fields::default(), state.today());
    let what = fields.required("what", request.what, |text| Title::parse(&text));
    let unit_price = fields.required("unit_price", request.unit_price, |body| more_than_zero(body.parse(state.hospital.currency)?));
    let quantity = fields.optional("quantity", request.quantity, |units| whole::<u32>(units, 1, MOST_UNITS));
    let on = fields.optional("on", request.on, |text| {
        let refused =
            || domain::Invalid::new("invalid_date", "Give a day of the last five years that is not in the future, such as `2026-03-02`.");
        let day: Date = text.parse().map_err(|_| refused())?;
        let earliest = today.saturating_sub(jiff::Span::new().years(YEARS));
        if (earliest..=today).contains(&day) && day.to_string() == text { Ok(day) } else { Err(refused()) }
    });
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let (Some(what), Some(unit_price), Some(quantity), Some(on), Some(reason)) = (what, unit_price, quantity, on, reason) else {
        return Err(fields.problem());
    };
    let quantity = quantity.unwrap_or(1);
    if unit_price.times(quantity).minor() > Money::MAX_MINOR {
        return Err(Problem::invalid_field("quantity", "too_large", "All units together cost more than the hospital accepts."));
    }
    let charge = Charge {
        patient_id: books.patient.id,
        number: 0,
        kind: ChargeKind::Other,
        what: what.as_str().to_owned(),
        on: on.unwrap_or(today),
        quantity,
        unit_price,
        rule: ChargeRule::EnteredByHand,
        source: None,
        at: state.clock.now(),
        by: Some(books.by),
        reason: Some(reason),
    };
    let charge = state.store.charge_add(charge).await?;
    let account = state.store.billing_account(books.patient.id).await?;
    let location = format!("/patients/{}/charges", books.patient.id);
    let (version, found) = (u64::from(charge.number), NumberedCharge { charge, reversal: None });
    Ok(Created { location, version, body: view(found, &account, &state) })
}

/// An amount that somebody owes or pays.
pub(crate) fn more_than_zero(amount: Money) -> Result<Money, domain::Invalid> {
    if amount.minor() > 0 { Ok(amount) } else { Err(domain::Invalid::new("too_small", "Give an amount above zero.")) }
}
