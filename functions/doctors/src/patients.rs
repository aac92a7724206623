//! `GET /doctors/me/patients`: the patients whom the caller treats.

use axum::extract::State;
use domain::{id::PatientId, instant::Instant, mrn::Mrn, text::PersonName};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::AsDoctor};
use serde::Serialize;
use utoipa::ToSchema;

/// A patient whom a doctor treats.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TreatedPatientView {
    id: PatientId,
    mrn: Mrn,
    name: PersonName,
    /// When their latest appointment with the doctor begins, whether it is over or lies ahead.
    latest_appointment_at: Instant,
}

/// List the patients whom you treat
///
/// Those who have an appointment with you ahead, or had one in the last 90 days, by name. A change is on the list a moment later. The audit
/// log notes that the list was read, but not everybody on it: it does when you open a profile.
#[utoipa::path(get, path = "/doctors/me/patients", tag = "doctors", operation_id = "list_treated_patients", params(Listing<NoFilter>),
    responses((status = 200, body = Page<TreatedPatientView>)))]
pub(crate) async fn patients(
    State(state): State<AppState>,
    AsDoctor(doctor): AsDoctor,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<TreatedPatientView>>, Problem> {
    let list = format!("patients-of?{doctor}");
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.treated_list(doctor, after.as_deref(), listing.limit + 1).await?;
    let mut page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    // The table deletes a line some time after its end.
    let now = state.clock.now();
    page.items.retain(|line| line.entry.until > now);
    Ok(Json(page.map(|line| TreatedPatientView {
        id: line.entry.patient_id,
        mrn: line.entry.mrn,
        name: line.entry.name,
        latest_appointment_at: state.hospital.instant(line.entry.latest),
    })))
}
