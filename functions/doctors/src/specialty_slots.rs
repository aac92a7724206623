//! `GET /doctors/slots`: the free slots of a specialty, whoever the doctor is.

use axum::extract::State;
use domain::{
    id::DoctorId,
    schedule::Slot,
    text::{PersonName, Specialization},
};
use http::{AppState, Fields, Json, Problem, Query, SlotView, auth::Caller, days};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::doctors::DirectoryEntry;
use tokio::task::JoinSet;
use utoipa::{IntoParams, ToSchema};

/// Of how many doctors slots are looked for. It bounds what a request reads.
const DOCTORS: usize = 30;
/// How many slots are shown.
const SHOWN: usize = 50;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpecialtySlotsQuery {
    #[param(value_type = Specialization, required = true)]
    specialization: Option<String>,
    /// The first day in the hospital's time zone, as `YYYY-MM-DD`. When left out: today.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, included: at most thirty days after the first. When left out: six days after the first.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

/// The soonest slots that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpecialtySlots {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// At most 50, soonest first. For later ones, ask again with a later `from`.
    items: Vec<SlotOfDoctor>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SlotOfDoctor {
    doctor_id: DoctorId,
    doctor_name: PersonName,
    #[serde(flatten)]
    slot: SlotView,
}

/// List the free slots of a specialty
///
/// The soonest slots of all doctors of the specialty; of the first 30 by name, if there are more.
#[utoipa::path(get, path = "/doctors/slots", tag = "doctors", operation_id = "list_free_slots_of_specialty", params(SpecialtySlotsQuery),
    responses((status = 200, body = SpecialtySlots)))]
pub(crate) async fn specialty_slots(
    State(state): State<AppState>,
    _: Caller,
    Query(query): Query<SpecialtySlotsQuery>,
) -> Result<Json<SpecialtySlots>, Problem> {
    let mut fields = Fields::default();
    let specialization = fields.required("specialization", query.specialization, |text| Specialization::parse(&text));
    let today = state.today();
    let (from, to) = days(query.from, query.to, today, &mut fields)?;
    let Some(specialization) = specialization else { return Err(fields.problem()) };

    let doctors = state.store.doctor_list(Some(&specialization), None, DOCTORS).await?;
    let mut reading: JoinSet<_> = doctors.into_iter().map(|doctor| free(state.clone(), doctor.entry, (from, to))).collect();
    let mut all = Vec::new();
    while let Some(read) = reading.join_next().await {
        all.extend(read.map_err(|crash| Problem::internal(&crash))??);
    }
    all.sort_by(|(one, with), (other, and)| one.start.cmp(&other.start).then_with(|| with.name.cmp(&and.name)));
    all.truncate(SHOWN);
    let shown = |(slot, doctor): (Slot, DirectoryEntry)| SlotOfDoctor {
        doctor_id: doctor.id,
        doctor_name: doctor.name,
        slot: SlotView::of(slot, &state.hospital),
    };
    Ok(Json(SpecialtySlots { from, to, items: all.into_iter().map(shown).collect() }))
}

/// One doctor's free slots, with the doctor.
async fn free(state: AppState, entry: DirectoryEntry, days: (Date, Date)) -> Result<Vec<(Slot, DirectoryEntry)>, Problem> {
    let Some(doctor) = state.store.doctor_for_search(entry.id).await? else { return Ok(Vec::new()) };
    if !state.store.doctor_takes_appointments(&doctor).await? {
        return Ok(Vec::new());
    }
    let slots = state.store.doctor_free_slots(&doctor, days, state.clock.now(), &state.hospital.zone).await?;
    Ok(slots.into_iter().take(SHOWN).map(|slot| (slot, entry.clone())).collect())
}
