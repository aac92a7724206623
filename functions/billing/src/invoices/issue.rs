//! `POST /patients/{patient_id}/invoices`: an invoice for everything that is on none yet.

use axum::extract::State;
use domain::{billing::Source, id::PatientId};
use http::{AppState, Created, NoBody, Problem, auth::PatientAccess, refusals};
use store::{
    StoreError,
    billing::{IssueError, NewInvoice, Stay},
};

use super::get::{InvoiceView, whole};

refusals! {
    pub(crate) NotIssued {
        409 "nothing_to_invoice",
    }
}

/// Issue an invoice
///
/// For the patient and for accountants. It has all charges that are on no invoice yet, up to 500 of them; of a stay that goes on, the days so far, and
/// one day at least. The discount follows from the patient's monthly income as the profile has it now, and is none if that is not known. The discount,
/// and the tax of each kind, are rounded once, half to even, to the currency's smallest unit. An invoice never changes: corrections are credit notes.
/// The patient gets it by email as a PDF file, and an accountant on duty is told. At the end of a stay an invoice is issued by itself.
#[utoipa::path(post, path = "/patients/{patient_id}/invoices", tag = "invoices", operation_id = "issue_invoice",
    params(("patient_id" = PatientId, Path)), responses((status = 201, body = Created<InvoiceView>), NotIssued))]
pub(crate) async fn issue(State(state): State<AppState>, access: PatientAccess, _: NoBody) -> Result<Created<InvoiceView>, Problem> {
    let (patient, now) = (&access.patient, state.clock.now());
    let latest = state.store.admission_list(patient.id, None, 1).await?.pop();
    if let Some(stay) = latest.as_ref().filter(|stay| stay.left.is_none()) {
        // The days of a stay are charged when it ends. Until then, those so far are charged when somebody asks for the invoice.
        let terms = (&state.hospital.billing, &state.hospital.zone);
        state.store.charges_follow(patient.id, Source::Admission(stay.id), now, terms).await?;
    }
    let new = NewInvoice {
        id: state.store.invoice_id(now)?,
        patient,
        by: Some(access.caller.user_id),
        admission: None,
        stay: latest.and_then(|stay| Stay::of(&stay, &state.hospital.zone)),
        terms: &state.hospital.billing,
        today: state.today(),
        now,
    };
    let issued = match state.store.invoice_issue(new).await {
        Ok(issued) => issued.balance,
        Err(IssueError::Nothing) => {
            let detail = "There is nothing to invoice: no charge is without an invoice. A charge follows a moment after what it is for.";
            return Err(Problem::conflict("nothing_to_invoice", detail));
        }
        Err(IssueError::Store(error)) => return Err(error.into()),
        Err(other) => return Err(StoreError::Unavailable(Box::new(other)).into()),
    };
    let location = format!("/patients/{}/invoices/{}", patient.id, issued.id);
    let invoice = state.store.invoice_whole(patient.id, issued.id).await?.ok_or_else(|| Problem::not_found("invoice"))?;
    Ok(Created { location, version: invoice.balance.version, body: whole(invoice, &state) })
}
