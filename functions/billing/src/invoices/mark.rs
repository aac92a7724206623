//! `POST /invoices/mark`: many invoices are paid, or are not.

use axum::extract::State;
use domain::{
    billing::{Balance, NotPosted, Posting, Tender},
    id::{InvoiceId, PatientId, UserId},
    text::{Reason, Reference},
};
use http::{AppState, Fields, Json, Problem, auth::Caller};
use serde::{Deserialize, Serialize};
use store::billing::PostError;
use utoipa::ToSchema;

use crate::{authority::own_books, refused::not_posted, view::InvoiceSummary};

/// How many invoices one request names.
const AT_ONCE: usize = 50;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkInvoicesRequest {
    #[schema(value_type = Mark)]
    mark: Option<String>,
    /// Each once.
    #[schema(value_type = Vec<InvoiceRef>, min_items = 1, max_items = 50)]
    invoices: Option<Vec<InvoiceRef>>,
    /// How they were paid. Only with `paid`.
    #[schema(value_type = Option<Tender>)]
    tender: Option<String>,
    /// What the payment can be found by. Only with `paid`.
    #[schema(value_type = Option<Reference>)]
    reference: Option<String>,
    /// Why the payments do not count. Only with `unpaid`.
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
}

/// What the invoices are marked as.
#[derive(Debug, Clone, Copy, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// What is outstanding of each was paid.
    Paid,
    /// The payments of each did not happen.
    Unpaid,
}

/// An invoice of a patient.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvoiceRef {
    #[schema(value_type = PatientId)]
    patient_id: Option<String>,
    #[schema(value_type = InvoiceId)]
    invoice_id: Option<String>,
}

/// What became of one invoice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarkedInvoice {
    patient_id: PatientId,
    invoice_id: InvoiceId,
    /// Whether it is marked now.
    done: bool,
    /// Why not: stable and in snake case, for programs. Absent when it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z_]+$", example = "nothing_outstanding")]
    code: Option<&'static str>,
    /// Why not, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// How it stands now. Absent when there is no such invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice: Option<InvoiceSummary>,
}

/// What became of each invoice, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarkedInvoices {
    items: Vec<MarkedInvoice>,
}

/// Mark invoices as paid or unpaid
///
/// `paid` enters a payment of what is outstanding of each. `unpaid` takes back the payments of each: they were entered by mistake, or a bank has sent
/// them back. Each invoice has its own outcome: one that is refused does not keep the others from being marked. A request with an
/// id that cannot be one, or with an invoice twice, marks none. Every patient whose invoice was marked gets an
/// email.
#[utoipa::path(post, path = "/invoices/mark", tag = "invoices", operation_id = "mark_invoices",
    request_body = MarkInvoicesRequest, responses((status = 200, body = MarkedInvoices)))]
pub(crate) async fn mark(
    State(state): State<AppState>,
    caller: Caller,
    Json(request): Json<MarkInvoicesRequest>,
) -> Result<Json<MarkedInvoices>, Problem> {
    let mut fields = Fields::default();
    let mark = fields.required("mark", request.mark, |text| match text.as_str() {
        "paid" => Ok(Mark::Paid),
        "unpaid" => Ok(Mark::Unpaid),
        _ => Err(domain::Invalid::new("invalid_mark", "Use `paid` or `unpaid`.")),
    });
    let invoices = invoices(request.invoices, &mut fields);
    let tender = fields.optional("tender", request.tender, |text| Tender::parse(&text)).flatten();
    let reference = fields.optional("reference", request.reference, |text| Reference::parse(&text)).flatten();
    let reason = fields.optional("reason", request.reason, |text| Reason::parse(&text)).flatten();
    match mark {
        Some(Mark::Paid) if reason.is_some() => fields.refuse("reason", "not_with_paid", "Say why only when you mark them as unpaid."),
        Some(Mark::Paid) if tender.is_none() => fields.refuse("tender", "required", "Say how they were paid."),
        Some(Mark::Unpaid) if tender.is_some() || reference.is_some() => {
            fields.refuse("tender", "not_with_unpaid", "Give tender and reference only when you mark them as paid.");
        }
        Some(Mark::Unpaid) if reason.is_none() => fields.refuse("reason", "required", "Say why the payments do not count."),
        _ => {}
    }
    let (Some(_), Some(invoices), true) = (mark, invoices, fields.is_empty()) else { return Err(fields.problem()) };
    let how = match (tender, reason) {
        (Some(tender), _) => How::Paid { tender, reference },
        (None, Some(reason)) => How::Unpaid { reason },
        (None, None) => return Err(Problem::invalid_field("tender", "required", "Say how they were paid.")),
    };
    let mut items = Vec::new();
    for (patient_id, invoice_id) in invoices {
        let outcome = Box::pin(one(&state, &caller, (patient_id, invoice_id), &how)).await;
        let (balance, refusal) = match outcome {
            Ok(balance) => (Some(balance), None),
            Err(problem) if problem.status.is_server_error() && items.is_empty() => return Err(problem),
            Err(problem) => {
                let missing = problem.code == "not_found";
                // Others are marked already: what cannot be read now is left out.
                let read = async || state.store.invoice_balance(patient_id, invoice_id).await.ok().flatten();
                let balance = if missing { None } else { read().await };
                (balance, Some(problem))
            }
        };
        items.push(MarkedInvoice {
            patient_id,
            invoice_id,
            done: refusal.is_none(),
            code: refusal.as_ref().map(|problem| problem.code),
            detail: refusal.map(|problem| problem.detail),
            invoice: balance.map(|balance| InvoiceSummary::of(balance, &state)),
        });
    }
    Ok(Json(MarkedInvoices { items }))
}

/// What is done with each.
enum How {
    Paid { tender: Tender, reference: Option<Reference> },
    Unpaid { reason: Reason },
}

fn invoices(bodies: Option<Vec<InvoiceRef>>, fields: &mut Fields) -> Option<Vec<(PatientId, InvoiceId)>> {
    let Some(bodies) = bodies else {
        fields.refuse("invoices", "required", "This field is required.");
        return None;
    };
    if bodies.is_empty() || bodies.len() > AT_ONCE {
        fields.refuse("invoices", "out_of_range", format!("Name 1 to {AT_ONCE} invoices."));
        return None;
    }
    let mut all = Vec::new();
    for (at, body) in bodies.into_iter().enumerate() {
        let patient = fields.required(format!("invoices[{at}].patient_id"), body.patient_id, |text| text.parse::<PatientId>());
        let invoice = fields.required(format!("invoices[{at}].invoice_id"), body.invoice_id, |text| text.parse::<InvoiceId>());
        if let (Some(patient), Some(invoice)) = (patient, invoice) {
            if all.contains(&(patient, invoice)) {
                fields.refuse(format!("invoices[{at}].invoice_id"), "duplicate", "Name each invoice once.");
            }
            all.push((patient, invoice));
        }
    }
    Some(all)
}

/// Marks one invoice.
async fn one(state: &AppState, caller: &Caller, invoice: (PatientId, InvoiceId), how: &How) -> Result<Balance, Problem> {
    let missing = || Problem::not_found("invoice");
    let patient = state.store.patient(invoice.0).await?.ok_or_else(missing)?;
    if caller.patient_id == Some(patient.id) || state.is_guardian(caller, &patient) {
        return Err(own_books());
    }
    let balance = state.store.invoice_balance(invoice.0, invoice.1).await?.ok_or_else(missing)?;
    match how {
        How::Paid { tender, reference } => {
            let make = |balance: &Balance| match balance.outstanding() {
                0 if !balance.is_void() => Err(PostError::Not(NotPosted::MoreThanOutstanding(0))),
                amount => Ok(Posting::Paid {
                    receipt: balance.payments + 1,
                    amount,
                    tender: *tender,
                    reference: reference.clone(),
                    received_on: None,
                    overpayment: false,
                    same_reference: false,
                }),
            };
            match state.store.invoice_post(invoice, (Some(caller.user_id), state.clock.now()), make).await {
                Ok(receipt) => Ok(receipt.balance),
                Err(PostError::Not(NotPosted::MoreThanOutstanding(_))) => {
                    Err(Problem::conflict("nothing_outstanding", "Nothing is outstanding of this invoice."))
                }
                Err(why) => Err(not_posted(why, &balance)),
            }
        }
        How::Unpaid { reason } => take_all_back(state, caller.user_id, balance, reason).await,
    }
}

/// Takes back every payment that counts. Nothing is taken back of an invoice of which something was paid back, or is to be.
async fn take_all_back(state: &AppState, by: UserId, balance: Balance, reason: &Reason) -> Result<Balance, Problem> {
    let invoice = (balance.patient_id, balance.id);
    let entries = state.store.invoice_entries(invoice.0, invoice.1).await?;
    let mut payments = Vec::new();
    for entry in &entries {
        let Posting::Paid { amount, .. } = entry.posting else { continue };
        match balance.left_of(entry.entry, amount) {
            0 => {}
            left if left == amount => payments.push((entry.entry, amount)),
            _ => return Err(Problem::conflict("refunded", "A part of a payment was paid back, or is about to be.")),
        }
    }
    if payments.is_empty() {
        return Err(Problem::conflict("nothing_paid", "No payment of this invoice counts."));
    }
    let mut after = balance;
    for (payment, amount) in payments {
        let make = |_: &Balance| Ok(Posting::TakenBack { payment, amount, reason: reason.clone() });
        let posted = state.store.invoice_post(invoice, (Some(by), state.clock.now()), make).await;
        after = posted.map_err(|why| not_posted(why, &after))?.balance;
    }
    Ok(after)
}
