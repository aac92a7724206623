//! `GET /appointments`: the upcoming or past appointments of a patient or a doctor.

use axum::extract::State;
use domain::{
    Invalid,
    appointment::When,
    id::{AppointmentId, DoctorId, PatientId},
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller, yes_or_no};
use jiff::Timestamp;
use serde::Deserialize;
use store::{
    appointments::{After, Which},
    trail,
};
use utoipa::IntoParams;

use crate::view::{AppointmentSummary, summary};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// `upcoming` (the default): appointments that are neither over nor cancelled, next first. `past`: all others, latest first. A
    /// doctor's list contains no cancelled appointments.
    #[param(value_type = Option<When>, inline)]
    when: Option<String>,
    /// The patient whose appointments the front desk or a guardian asks for.
    #[param(value_type = Option<PatientId>)]
    patient_id: Option<String>,
    /// The doctor whose appointments the front desk asks for.
    #[param(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// With `true`: only those upcoming ones that cannot take place as booked, because the doctor is away or has other hours.
    #[param(value_type = Option<bool>)]
    needs_new_time: Option<String>,
}

#[derive(Debug, Clone, Copy)]
enum Whose {
    Patient(PatientId),
    /// Another patient, of whom it is still to be shown that the caller is their guardian.
    ChildOf(PatientId),
    Doctor(DoctorId),
}

/// List appointments
///
/// Patients and doctors get their own appointments. The front desk names a patient or a doctor. A doctor's list follows a change a moment
/// later.
#[utoipa::path(get, path = "/appointments", tag = "appointments", operation_id = "list_appointments", params(Listing<ListQuery>), responses((status = 200, body = Page<AppointmentSummary>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listing: Listing<ListQuery>,
) -> Result<Json<Page<AppointmentSummary>>, Problem> {
    let displaced = listing.filter.needs_new_time.as_deref().map(yes_or_no).transpose();
    let displaced = displaced.map_err(|why| Problem::invalid_field("needs_new_time", why.code, why.detail))?.unwrap_or_default();
    let (when, whose) = listing.filter.clone().parse(&caller)?;
    if let Whose::ChildOf(id) = whose {
        let child = state.store.patient(id).await?;
        if !child.is_some_and(|child| state.is_guardian(&caller, &child)) {
            return Err(not_theirs());
        }
        trail::detail("as guardian".to_owned());
    }
    if displaced && when == When::Past {
        let detail = "Use it for upcoming appointments only: what is past needs no other time.";
        return Err(Problem::invalid_field("needs_new_time", "not_here", detail));
    }
    let list = format!("appointments?{when:?}&{whose:?}&{displaced}");
    let after = listing.after(&state.cursors, &list)?.map(|place| position(&place)).transpose()?;

    let (now, which) = (state.clock.now(), Which { when, needs_new_time: displaced });
    let found = match whose {
        Whose::Patient(id) | Whose::ChildOf(id) => {
            state.store.appointment_list_of_patient(id, which, now, &state.hospital.zone, after, listing.limit).await?
        }
        Whose::Doctor(id) => state.store.appointment_list_of_doctor(id, which, now, after, listing.limit).await?,
    };
    let page = Page::cut(found, listing.limit, |last| {
        let after = After::of(last);
        state.cursors.seal(&list, &format!("{} {}", after.start, after.id))
    });
    Ok(Json(page.map(|entry| summary(entry, &state.hospital))))
}

fn position(text: &str) -> Result<After, Problem> {
    let parsed = text.split_once(' ').and_then(|(start, id)| Some((start.parse::<Timestamp>().ok()?, id.parse::<AppointmentId>().ok()?)));
    let (start, id) = parsed.ok_or_else(|| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged."))?;
    Ok(After { start, id })
}

fn not_theirs() -> Problem {
    Problem::forbidden("You can list your own appointments, and those of a child whose guardian you are.")
}

impl ListQuery {
    fn parse(self, caller: &Caller) -> Result<(When, Whose), Problem> {
        let mut fields = Fields::default();
        let when = fields.check(
            "when",
            match self.when.as_deref() {
                None | Some("upcoming") => Ok(When::Upcoming),
                Some("past") => Ok(When::Past),
                Some(_) => Err(Invalid::new("invalid_when", "Use `upcoming` or `past`.")),
            },
        );
        let patient = fields.optional("patient_id", self.patient_id, |text| text.parse());
        let doctor = fields.optional("doctor_id", self.doctor_id, |text| text.parse());
        let (Some(when), Some(patient), Some(doctor)) = (when, patient, doctor) else { return Err(fields.problem()) };
        patient.into_iter().for_each(trail::patient);

        let whose = match (patient, doctor, caller.patient_id, caller.doctor_id) {
            (Some(_), Some(_), _, _) => {
                return Err(Problem::invalid_field("doctor_id", "one_of", "Name a patient or a doctor, not both."));
            }
            (Some(patient), None, own, _) if own == Some(patient) || caller.may_without_relationship() => Whose::Patient(patient),
            (None, Some(doctor), _, own) if own == Some(doctor) || caller.may_without_relationship() => Whose::Doctor(doctor),
            (Some(child), None, Some(_), _) => Whose::ChildOf(child),
            (Some(_), None, _, _) | (None, Some(_), _, _) => return Err(not_theirs()),
            (None, None, Some(own), _) => Whose::Patient(own),
            (None, None, None, Some(own)) => Whose::Doctor(own),
            (None, None, None, None) if caller.may_without_relationship() => {
                return Err(Problem::invalid_field("patient_id", "required", "Name a patient or a doctor."));
            }
            (None, None, None, None) => return Err(Problem::forbidden("Only patients, doctors and the front desk can list appointments.")),
        };
        Ok((when, whose))
    }
}
