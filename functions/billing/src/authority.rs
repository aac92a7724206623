//! Who may do what with a patient's invoices. Whoever may not know of the patient gets 404.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use domain::{
    billing::{Balance, Posting},
    id::{InvoiceId, PatientId, UserId},
    patient::Patient,
};
use http::{AppState, Path, Problem, Versioned, auth::PatientAccess};
use store::billing::PostError;

use crate::{refused::not_posted, view::PostedView};

/// The patient in the path, for an accountant. Nobody keeps the books of themselves, or of somebody for whom they act.
pub(crate) struct Bookkeeping {
    pub(crate) patient: Patient,
    pub(crate) by: UserId,
}

impl<S> FromRequestParts<S> for Bookkeeping
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let access = PatientAccess::from_request_parts(parts, state).await?;
        if access.caller.patient_id == Some(access.patient.id) || AppState::from_ref(state).is_guardian(&access.caller, &access.patient) {
            return Err(own_books());
        }
        Ok(Self { patient: access.patient, by: access.caller.user_id })
    }
}

pub(crate) fn own_books() -> Problem {
    Problem::forbidden("Somebody else has to do this: the invoices are yours, or those of somebody for whom you act.")
}

/// The invoice in the path.
pub(crate) struct OfInvoice {
    pub(crate) access: PatientAccess,
    pub(crate) id: InvoiceId,
}

impl<S> FromRequestParts<S> for OfInvoice
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let access = PatientAccess::from_request_parts(parts, state).await?;
        let Path(id) = Path::<InvoiceId>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found("invoice"))?;
        Ok(Self { access, id })
    }
}

/// The invoice in the path, for an accountant.
pub(crate) struct InBooks {
    pub(crate) books: Bookkeeping,
    pub(crate) balance: Balance,
}

impl<S> FromRequestParts<S> for InBooks
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let books = Bookkeeping::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("invoice");
        let Path(id) = Path::<InvoiceId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let balance = AppState::from_ref(state).store.invoice_balance(books.patient.id, id).await?.ok_or_else(missing)?;
        Ok(Self { books, balance })
    }
}

impl InBooks {
    /// The invoice, and whose it is.
    pub(crate) const fn invoice(&self) -> (PatientId, InvoiceId) {
        (self.balance.patient_id, self.balance.id)
    }

    /// Posts something, by whoever asks. `make` says what, from the balance as it is then.
    pub(crate) async fn post(
        &self,
        state: &AppState,
        make: impl Fn(&Balance) -> Result<Posting, PostError>,
    ) -> Result<Versioned<PostedView>, Problem> {
        let posted = state.store.invoice_post(self.invoice(), (Some(self.books.by), state.clock.now()), make).await;
        Ok(PostedView::of(posted.map_err(|why| not_posted(why, &self.balance))?, state))
    }
}
