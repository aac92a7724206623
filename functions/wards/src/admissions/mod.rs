//! A patient's stays.

pub(crate) mod admit;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod left;
pub(crate) mod list;
pub(crate) mod medically_ready;
pub(crate) mod not_ready;
pub(crate) mod transfer;

use domain::{
    Invalid,
    admission::{Acuity, Admission, AdmissionStatus, Departure, Isolation},
    bed::BedNumber,
    id::{AdmissionId, CaseId, DoctorId, PatientId},
    instant::Instant,
    patient::parse_date,
    stay::{Segment, days},
    text::{PersonName, Reason},
    ward::Ward,
};
use http::{AppState, MoneyBody, Problem, Versioned};
use jiff::{ToSpan, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

/// A patient's stay in the hospital.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdmissionView {
    id: AdmissionId,
    patient_id: PatientId,
    status: AdmissionStatus,
    /// Where the patient is, or was last.
    ward: Ward,
    bed: BedNumber,
    /// Who is responsible.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_id: Option<DoctorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_name: Option<PersonName>,
    /// The emergency that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<CaseId>,
    admitted_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    expected_discharge: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    isolation: Option<Isolation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acuity: Option<Acuity>,
    /// Since when the patient is medically ready to leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    medically_ready_at: Option<Instant>,
    /// What the patient has to do afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_up: Option<Reason>,
    /// When the patient left.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<Instant>,
    /// How they left.
    #[serde(skip_serializing_if = "Option::is_none")]
    departure: Option<Departure>,
    /// How many days it counts, until now or until its end. A day counts where the patient lies at its end. So the day of admission counts, the
    /// day of discharge does not, and a stay that begins and ends on one day counts one day (midnight census: Centers for Medicare & Medicaid
    /// Services, Medicare Benefit Policy Manual, chapter 3, 20.1).
    days: u32,
    /// Where the patient lay, in order.
    segments: Vec<SegmentView>,
}

/// The time in one bed.
#[derive(Debug, Serialize, ToSchema)]
struct SegmentView {
    ward: Ward,
    bed: BedNumber,
    /// What a day costs there, as it was when the patient came.
    daily_fee: MoneyBody,
    from: Instant,
    /// Absent while the patient lies there.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Instant>,
    /// How many of the stay's days count here.
    days: u32,
}

pub(crate) fn view(admission: &Admission, state: &AppState) -> Result<Versioned<AdmissionView>, Problem> {
    let instant = |at| state.hospital.instant(at);
    // Every admission has a bed from the beginning.
    let (ward, bed) = admission.place().ok_or_else(|| Problem::not_found("admission"))?;
    let counted = days(&admission.segments, state.clock.now(), &state.hospital.zone);
    let segment = |(segment, days): (&Segment, &u32)| SegmentView {
        ward: segment.ward,
        bed: segment.bed,
        daily_fee: segment.daily_fee.into(),
        from: instant(segment.from),
        to: segment.to.map(instant),
        days: *days,
    };
    let (doctor_id, doctor_name) = admission.doctor.clone().map(|doctor| (doctor.id, doctor.name)).unzip();
    let (medically_ready_at, follow_up) = admission.ready.clone().map(|ready| (instant(ready.at), ready.follow_up)).unzip();
    let (left_at, departure) = admission.left.as_ref().map(|left| (instant(left.at), left.how)).unzip();
    Ok(Versioned {
        version: admission.version,
        body: AdmissionView {
            id: admission.id,
            patient_id: admission.patient_id,
            status: admission.status(),
            ward,
            bed,
            doctor_id,
            doctor_name,
            case_id: admission.case_id,
            admitted_at: instant(admission.admitted_at),
            expected_discharge: admission.expected_discharge,
            isolation: admission.isolation,
            acuity: admission.acuity,
            medically_ready_at,
            follow_up,
            left_at,
            departure,
            days: counted.iter().sum(),
            segments: admission.segments.iter().zip(&counted).map(segment).collect(),
        },
    })
}

/// Checks the day on which a patient is expected to leave.
pub(crate) fn expected(text: &str, state: &AppState) -> Result<Date, Invalid> {
    let (date, today) = (parse_date(text)?, state.today());
    if date < today || date > today.saturating_add(366.days()) {
        return Err(Invalid::new("out_of_range", "Choose today or a later day, at most a year ahead."));
    }
    Ok(date)
}
