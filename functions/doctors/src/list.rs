//! `GET /doctors`: the directory, sorted by specialization and name.

use axum::extract::State;
use domain::{
    id::DoctorId,
    schedule::SlotLength,
    text::{PersonName, Specialization},
};
use http::{AppState, Fields, Json, Listing, MoneyBody, Page, Problem, auth::Caller};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::doctors::DirectoryEntry;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Only doctors of this specialization, such as `cardiology`.
    #[param(value_type = Option<Specialization>)]
    specialization: Option<String>,
}

/// A doctor in the directory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorSummary {
    id: DoctorId,
    name: PersonName,
    specialization: Specialization,
    consultation_fee: MoneyBody,
    slot_minutes: SlotLength,
}

/// List doctors
#[utoipa::path(get, path = "/doctors", tag = "doctors", operation_id = "list_doctors", params(Listing<ListQuery>), responses((status = 200, body = Page<DoctorSummary>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<ListQuery>,
) -> Result<Json<Page<DoctorSummary>>, Problem> {
    let mut fields = Fields::default();
    let Some(specialization) =
        fields.optional("specialization", listing.filter.specialization.clone(), |text| Specialization::parse(&text))
    else {
        return Err(fields.problem());
    };
    let list = format!("doctors?{}", specialization.as_ref().map_or("", Specialization::as_str));
    let after = listing.after(&state.cursors, &list)?;

    let found = state.store.doctor_list(specialization.as_ref(), after.as_deref(), listing.limit + 1).await?;
    let today = state.today();
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|doctor| DoctorSummary::of(doctor.entry, today))))
}

impl DoctorSummary {
    fn of(entry: DirectoryEntry, today: Date) -> Self {
        let (consultation_fee, slot_minutes) = entry.on(today);
        Self {
            id: entry.id,
            name: entry.name,
            specialization: entry.specialization,
            consultation_fee: consultation_fee.into(),
            slot_minutes,
        }
    }
}
