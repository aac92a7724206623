//! `GET /wards/{ward}/board`: every bed of a ward, and who is in it.

use axum::extract::State;
use domain::{
    admission::{Acuity, Isolation},
    bed::{Bed, BedNumber, BedStatus, Occupant},
    id::{AdmissionId, PatientId},
    instant::Instant,
    record::vitals::{Flag, VitalSign},
    role::Role,
    text::Reason,
    ward::{BedCounts, Ward},
};
use http::{
    AppState, Json, Problem,
    auth::{Caller, NotHere},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use store::trail;
use utoipa::ToSchema;

use crate::authority::OnWard;

/// A ward's board.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Board {
    ward: Ward,
    free: u8,
    occupied: u8,
    cleaning: u8,
    maintenance: u8,
    #[schema(min_items = 40, max_items = 40)]
    beds: Vec<BoardBed>,
}

#[derive(Debug, Serialize, ToSchema)]
struct BoardBed {
    bed: BedNumber,
    status: BedStatus,
    /// Since when it has this status.
    since: Instant,
    /// Why it is out of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Who is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<OccupantView>,
}

/// The patient in a bed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OccupantView {
    patient_id: PatientId,
    admission_id: AdmissionId,
    /// The first letters of the first and the last name. Others can see a board.
    initials: String,
    admitted_at: Instant,
    /// For how many hours the patient has been in the hospital.
    hours: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    expected_discharge: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    isolation: Option<Isolation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) acuity: Option<Acuity>,
    /// Since when the patient is medically ready to leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    medically_ready_at: Option<Instant>,
    /// Whether the patient has died, and has not left yet.
    deceased: bool,
    /// Which of the latest vital signs are critical. Somebody has to act. Those who work at the front desk do not see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) critical_vitals: Vec<CriticalSign>,
    /// When the latest vital signs were taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    vitals_at: Option<Instant>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CriticalSign {
    code: VitalSign,
    flag: Flag,
}

impl OccupantView {
    pub(crate) fn of(occupant: Occupant, caller: &Caller, now: Timestamp, state: &AppState) -> Self {
        let instant = |at| state.hospital.instant(at);
        let sees_vitals = caller.roles.iter().any(|role| matches!(role, Role::Doctor | Role::Nurse | Role::WardManager));
        let vitals = occupant.vitals.filter(|_| sees_vitals);
        let vitals_at = vitals.as_ref().and_then(|vitals| vitals.at).map(instant);
        let critical = vitals.into_iter().flat_map(|vitals| vitals.critical);
        Self {
            patient_id: occupant.patient_id,
            admission_id: occupant.admission_id,
            initials: occupant.initials,
            admitted_at: instant(occupant.admitted_at),
            hours: now.duration_since(occupant.admitted_at).as_hours(),
            expected_discharge: occupant.expected_discharge,
            isolation: occupant.isolation,
            acuity: occupant.acuity,
            medically_ready_at: occupant.ready_at.map(instant),
            deceased: occupant.deceased,
            critical_vitals: critical.map(|(code, flag)| CriticalSign { code, flag }).collect(),
            vitals_at,
        }
    }
}

/// Read a ward's board
///
/// Every bed, with the initials of the patient in it. The audit log notes that the board was read, not everybody on it.
#[utoipa::path(get, path = "/wards/{ward}/board", tag = "wards", operation_id = "get_ward_board", params(("ward" = Ward, Path)),
    responses((status = 200, body = Board), NotHere))]
pub(crate) async fn board(State(state): State<AppState>, on: OnWard) -> Result<Json<Board>, Problem> {
    let (ward, now) = (on.ward.ward, state.clock.now());
    trail::detail(ward.as_str().to_owned());
    let beds = state.store.beds(ward).await?;
    let BedCounts { free, occupied, cleaning, maintenance } = BedCounts::of(&beds);
    let shown = |bed: Bed| BoardBed {
        bed: bed.number,
        status: bed.status,
        since: state.hospital.instant(bed.since),
        reason: bed.reason,
        patient: bed.occupant.map(|occupant| OccupantView::of(occupant, &on.caller, now, &state)),
    };
    Ok(Json(Board { ward, free, occupied, cleaning, maintenance, beds: beds.into_iter().map(shown).collect() }))
}
