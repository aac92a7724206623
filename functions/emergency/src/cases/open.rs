//! `POST /emergency/cases`: open an emergency, also for somebody whom nobody knows.

use axum::extract::State;
use domain::{
    Invalid,
    id::PatientId,
    mrn::Mrn,
    patient::{Gender, Patient},
    text::Reason,
};
use http::{AppState, Created, Fields, Json, Problem, auth::NotHere};
use serde::Deserialize;
use store::{patients::RegisterError, trail};
use utoipa::ToSchema;

use super::{CaseView, TriageBody, critical, new_case, view};
use crate::{authority::AtEmergency, refused::NotOpened};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenCaseRequest {
    /// Who came. Leave it out for somebody whom nobody knows.
    #[schema(value_type = Option<PatientId>)]
    patient_id: Option<String>,
    /// Somebody whom nobody knows. They are registered under a temporary name, which the front desk replaces later.
    unknown: Option<UnknownPatient>,
    /// Why they came.
    #[schema(value_type = Reason)]
    complaint: Option<String>,
    #[schema(value_type = TriageBody)]
    triage: Option<TriageBody>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnknownPatient {
    /// What they look like.
    #[schema(value_type = Gender)]
    gender: Option<String>,
    /// How old they look, in years. Without it, no vital sign can be flagged.
    #[schema(minimum = 0, maximum = 120)]
    age: Option<i64>,
}

/// Open an emergency
///
/// Send a patient or `unknown`, not both. Nobody is in the queue twice. Who needs critical care gets a free bed of the ICU at once: then the case has
/// ended as `admitted`, and the ICU's manager and doctors on shift get an email. When no bed of the ICU is free, or the hospital has none, the case is
/// opened all the same, and the patient is at the head of the ICU's list. Then, and when no manager is on shift, all of its managers and the
/// administrators get an email.
#[utoipa::path(post, path = "/emergency/cases", tag = "emergencies", operation_id = "open_emergency", request_body = OpenCaseRequest,
    responses((status = 201, body = Created<CaseView>, description = "Opened"), NotHere, NotOpened))]
pub(crate) async fn open(
    State(state): State<AppState>,
    at: AtEmergency,
    Json(request): Json<OpenCaseRequest>,
) -> Result<Created<CaseView>, Problem> {
    let mut fields = Fields::default();
    let who = match (request.patient_id, request.unknown) {
        (Some(id), None) => fields.check("patient_id", id.parse::<PatientId>()).map(Who::Known),
        (None, Some(unknown)) => unknown.parse(&mut fields),
        _ => {
            fields.refuse("patient_id", "one_of", "Send a patient or `unknown`, not both.");
            None
        }
    };
    let complaint = fields.required("complaint", request.complaint, |text| Reason::parse(&text));
    // The age flags vital signs, so the patient comes first.
    let patient = match who {
        Some(Who::Known(id)) => {
            trail::patient(id);
            let unknown = || Invalid::new("unknown", "There is no patient with this id.");
            let found = state.store.patient(id).await?.ok_or_else(unknown);
            fields.check("patient_id", found).map(|patient| (patient, false))
        }
        Some(Who::Unknown(gender, age)) => Some((unknown_patient(&state, gender, age)?, true)),
        None => None,
    };
    let born = patient.as_ref().and_then(|(patient, _)| patient.date_of_birth);
    let triage = fields
        .required("triage", request.triage, Ok::<_, Invalid>)
        .and_then(|triage| triage.parse("triage.", born, false, &at.caller, &state, &mut fields));
    let (Some((mut patient, is_new)), Some(complaint), Some(triage)) = (patient, complaint, triage) else { return Err(fields.problem()) };
    if is_new {
        register(&state, &mut patient).await?;
    }
    let case = new_case(&state, &patient, complaint, triage)?;
    let case = critical::write(&state, &patient, None, case, &at.caller).await?;
    let location = format!("/emergency/cases/{}", case.id);
    let shown = view(case, &at.caller, &state);
    Ok(Created { location, version: shown.version, body: shown.body })
}

enum Who {
    Known(PatientId),
    Unknown(Gender, Option<i16>),
}

impl UnknownPatient {
    fn parse(self, fields: &mut Fields) -> Option<Who> {
        let gender = fields.required("unknown.gender", self.gender, |text| Gender::parse(&text));
        let age = fields.optional("unknown.age", self.age, |age| {
            let age = i16::try_from(age).ok().filter(|age| (0..=120).contains(age));
            age.ok_or_else(|| Invalid::new("out_of_range", "Use 0 to 120 years."))
        });
        Some(Who::Unknown(gender?, age?))
    }
}

fn unknown_patient(state: &AppState, gender: Gender, age: Option<i16>) -> Result<Patient, Problem> {
    let (now, here) = (state.clock.now(), state.hospital.zone.to_datetime(state.clock.now()));
    let (id, mrn) = (PatientId::new(now, state.random.u128()?), Mrn::from_random(state.random.u128()?));
    Patient::unknown(id, mrn, gender, age, now, here).map_err(|why| Problem::invalid_field("unknown", why.code, why.detail))
}

const ATTEMPTS: usize = 8;

/// Registers somebody whom nobody knows. It comes before the case and by itself: if the case cannot be written then, the patient is there, and the
/// receptionist on duty hears of them.
async fn register(state: &AppState, patient: &mut Patient) -> Result<(), Problem> {
    for _ in 0..ATTEMPTS {
        let duplicates = state.store.patient_duplicates(patient).await?;
        match state.store.patient_register(patient, &duplicates).await {
            Ok(()) => {
                trail::patient(patient.id);
                return Ok(());
            }
            Err(RegisterError::MrnTaken) => patient.mrn = Mrn::from_random(state.random.u128()?),
            // Somebody else whom nobody knows came at the same moment.
            Err(RegisterError::Overtaken) => {}
            Err(RegisterError::Store(error)) => return Err(error.into()),
        }
    }
    Err(Problem::conflict("try_again", "Many unknown patients are being registered at this moment. Try again.").retry_after(1))
}
