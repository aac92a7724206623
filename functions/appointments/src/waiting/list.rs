//! `GET /waiting-list`: a patient's waits, or those who wait for a doctor or a specialization.

use axum::extract::State;
use domain::{
    id::{DoctorId, PatientId, WaitId},
    patient::parse_date,
    text::Specialization,
    waiting::Target,
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller};
use jiff::civil::Date;
use serde::Deserialize;
use store::trail;
use utoipa::IntoParams;

use super::{WaitView, view};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WaitingListQuery {
    /// The patient whose waits the front desk or a guardian asks for.
    #[param(value_type = Option<PatientId>)]
    patient_id: Option<String>,
    /// Those who wait for this doctor. For the front desk.
    #[param(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// Those who wait for any doctor of this specialization. For the front desk.
    #[param(value_type = Option<Specialization>)]
    specialization: Option<String>,
    /// With a doctor or a specialization: those who want an appointment on this day. Today when left out.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<String>,
}

/// List who waits
///
/// Patients get their own waits. The front desk names a patient, or a doctor or specialization: then those who came first are first.
#[utoipa::path(get, path = "/waiting-list", tag = "waiting list", operation_id = "list_waits", params(Listing<WaitingListQuery>),
    responses((status = 200, body = Page<WaitView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listing: Listing<WaitingListQuery>,
) -> Result<Json<Page<WaitView>>, Problem> {
    let mut fields = Fields::default();
    let WaitingListQuery { patient_id, doctor_id, specialization, date } = listing.filter.clone();
    let patient = fields.optional("patient_id", patient_id, |text| text.parse());
    let doctor = fields.optional("doctor_id", doctor_id, |text| text.parse());
    let specialization = fields.optional("specialization", specialization, |text| Specialization::parse(&text));
    let date = fields.optional("date", date, |text| parse_date(&text));
    let (Some(patient), Some(doctor), Some(specialization), Some(date)) = (patient, doctor, specialization, date) else {
        return Err(fields.problem());
    };
    match (patient.or(caller.patient_id.filter(|_| doctor.is_none() && specialization.is_none())), doctor, specialization) {
        (Some(patient), None, None) => of_patient(&state, &caller, &listing, patient).await,
        (None, Some(id), None) => {
            // A name is not part of the queue's key.
            let name = state.store.doctor(id).await?.ok_or_else(|| Problem::not_found("doctor"))?.name;
            queue(&state, &caller, &listing, Target::Doctor { id, name }, date).await
        }
        (None, None, Some(specialization)) => queue(&state, &caller, &listing, Target::Specialization(specialization), date).await,
        _ => Err(Problem::invalid_field("patient_id", "one_of", "Name a patient, a doctor or a specialization.")),
    }
}

async fn of_patient(
    state: &AppState,
    caller: &Caller,
    listing: &Listing<WaitingListQuery>,
    patient: PatientId,
) -> Result<Json<Page<WaitView>>, Problem> {
    trail::patient(patient);
    // It has one page, so there is no cursor for it.
    listing.after(&state.cursors, &format!("waiting-list?{patient}"))?;
    let own = caller.patient_id == Some(patient) || caller.may_without_relationship();
    if !own && !state.acts_as_guardian(caller, patient).await? {
        return Err(Problem::forbidden("You can list your own waits, and those of a child whose guardian you are."));
    }
    let (now, zone) = (state.clock.now(), &state.hospital.zone);
    let mut waits = state.store.waits_of_patient(patient).await?;
    waits.retain(|wait| wait.clone().at(now, zone).goes_on());
    waits.sort_by_key(|wait| wait.id);
    Ok(Json(Page { items: waits.into_iter().map(|wait| view(wait, state).body).collect(), next_cursor: None }))
}

async fn queue(
    state: &AppState,
    caller: &Caller,
    listing: &Listing<WaitingListQuery>,
    target: Target,
    date: Option<Date>,
) -> Result<Json<Page<WaitView>>, Problem> {
    if !caller.may_without_relationship() {
        return Err(Problem::forbidden("Only the front desk can see who waits."));
    }
    let day = date.unwrap_or_else(|| state.today());
    let whose = match &target {
        Target::Doctor { id, .. } => id.to_string(),
        Target::Specialization(specialization) => specialization.to_string(),
    };
    let list = format!("waiting-list?{whose}&{day}");
    let after = listing.after(&state.cursors, &list)?;
    let after = after.map(|id| id.parse::<WaitId>().map_err(|_| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged.")));
    let found = state.store.wait_queue(&target, day, after.transpose()?, listing.limit + 1).await?;
    let Page { items, next_cursor } = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.to_string()));
    let mut waits = Vec::new();
    for id in items {
        waits.extend(state.store.wait(id).await?.map(|wait| view(wait, state).body));
    }
    Ok(Json(Page { items: waits, next_cursor }))
}
