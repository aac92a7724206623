//! Emergencies, one by one.

pub(crate) mod admit;
mod critical;
pub(crate) mod dispose;
pub(crate) mod get;
pub(crate) mod open;
pub(crate) mod see;
pub(crate) mod triage;

use domain::{
    emergency::{CaseStatus, Disposition, EmergencyCase, Triage},
    id::{AdmissionId, CaseId, DoctorId, PatientId, UserId},
    instant::Instant,
    mrn::Mrn,
    patient::{DateOfBirth, Patient},
    record::{Author, vitals::Vitals},
    role::Role,
    text::{PersonName, Reason},
    triage::TriageLevel,
};
use http::{AppState, Fields, Problem, Versioned, VitalSignView, VitalSigns, auth::Caller};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An emergency.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseView {
    id: CaseId,
    patient_id: PatientId,
    patient_name: PersonName,
    mrn: Mrn,
    status: CaseStatus,
    complaint: Reason,
    level: TriageLevel,
    /// Whether the patient needs critical care. Until they have a bed of the ICU, they are at the head of its list.
    critical_care: bool,
    arrived_at: Instant,
    /// By when a doctor has to see the patient. Absent when one has, or the patient is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_due_at: Option<Instant>,
    /// Every judgement, the first one first.
    #[schema(min_items = 1, max_items = 100)]
    triages: Vec<TriageView>,
    /// When the first doctor saw the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<Instant>,
    /// Who treats the patient now.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_id: Option<DoctorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_name: Option<PersonName>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    disposition: Option<Disposition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// More about the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Reason>,
    /// The stay that follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    admission_id: Option<AdmissionId>,
}

/// Somebody's judgement of how urgent it is.
#[derive(Debug, Serialize, ToSchema)]
struct TriageView {
    at: Instant,
    account_id: UserId,
    name: PersonName,
    level: TriageLevel,
    critical_care: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Reason>,
    /// The vital signs at that time. They are in the medical record, too. Doctors and nurses see them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vitals: Vec<VitalSignView>,
}

pub(crate) fn view(case: EmergencyCase, caller: &Caller, state: &AppState) -> Versioned<CaseView> {
    let sees_vitals = caller.roles.iter().any(|role| matches!(role, Role::Doctor | Role::Nurse));
    let instant = |at| state.hospital.instant(at);
    let (status, level, critical_care, due) = (case.status(), case.level(), case.is_critical(), case.due(&state.hospital.triage));
    let triage = |triage: Triage| TriageView {
        at: instant(triage.author.at),
        account_id: triage.author.by,
        name: triage.author.name,
        level: triage.level,
        critical_care: triage.critical,
        note: triage.note,
        vitals: triage.vitals.iter().filter(|_| sees_vitals).flat_map(|vitals| &vitals.readings).map(VitalSignView::of).collect(),
    };
    let seen_at = case.seen.first().map(|seen| instant(seen.at));
    let (doctor_id, doctor_name) = case.doctor().map(|doctor| (doctor.id, doctor.name)).unzip();
    let (ended_at, end) = case.closed.map(|closed| (instant(closed.at), (closed.how, closed.note))).unzip();
    let (disposition, note) = end.unzip();
    Versioned {
        version: case.version,
        body: CaseView {
            id: case.id,
            patient_id: case.patient_id,
            patient_name: case.patient_name,
            mrn: case.mrn,
            status,
            complaint: case.complaint,
            level,
            critical_care,
            arrived_at: instant(case.arrived_at),
            doctor_due_at: due.map(instant),
            triages: case.triages.into_iter().map(triage).collect(),
            seen_at,
            doctor_id,
            doctor_name,
            disposition,
            ended_at,
            note: note.flatten(),
            admission_id: case.admission_id,
        },
    }
}

/// How urgent it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TriageBody {
    /// See `GET /emergency/scale`.
    #[schema(value_type = TriageLevel)]
    level: Option<String>,
    /// Whether the patient needs critical care. They get a free bed of the ICU at once. When there is none, they are at the head of its list. `false`
    /// takes them off the list. When left out: as before, and at first `false`.
    critical_care: Option<bool>,
    /// Why this level.
    #[schema(value_type = Option<Reason>)]
    note: Option<String>,
    /// At least one value. What stands out at the patient's age is flagged.
    #[schema(value_type = Option<VitalSigns>)]
    vitals: Option<VitalSigns>,
}

impl TriageBody {
    /// Parses it. `at` is the path of the field that it is in.
    pub(crate) fn parse(
        self,
        at: &str,
        born: Option<DateOfBirth>,
        critical_before: bool,
        caller: &Caller,
        state: &AppState,
        fields: &mut Fields,
    ) -> Option<Triage> {
        let (now, name) = (state.clock.now(), caller.name.clone().unwrap_or_else(PersonName::new_patient));
        let level = fields.required(format!("{at}level"), self.level, |text| TriageLevel::parse(&text));
        let note = fields.optional(format!("{at}note"), self.note, |text| Reason::parse(&text));
        let vitals = match self.vitals {
            None => Some(None),
            Some(values) => {
                let measured = values.parse(|sign, checked| fields.check(format!("{at}vitals.{sign}"), checked));
                let flagged = |measured: Vec<_>| Vitals::new(now, &measured, None, born.map(DateOfBirth::date), state.today());
                measured.and_then(|measured| fields.check(format!("{at}vitals"), flagged(measured))).map(Some)
            }
        };
        let author = Author { at: now, by: caller.user_id, name };
        Some(Triage { author, level: level?, critical: self.critical_care.unwrap_or(critical_before), note: note?, vitals: vitals? })
    }
}

/// A new case of a patient.
pub(crate) fn new_case(state: &AppState, patient: &Patient, complaint: Reason, triage: Triage) -> Result<EmergencyCase, Problem> {
    let now = state.clock.now();
    Ok(EmergencyCase {
        id: CaseId::new(now, state.random.u128()?),
        patient_id: patient.id,
        patient_name: patient.name.clone(),
        mrn: patient.mrn.clone(),
        complaint,
        arrived_at: now,
        triages: vec![triage],
        seen: Vec::new(),
        admission_id: None,
        closed: None,
        version: 1,
    })
}
