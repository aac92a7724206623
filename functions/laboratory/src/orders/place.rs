//! `POST /patients/{patient_id}/lab-orders`: take a prescription to a laboratory, or order a test for a patient in the hospital.

use axum::extract::State;
use domain::{
    id::{DoctorId, LabOrderId, LabTestId, LaboratoryId, OfferedTestId, PatientId},
    instant::Instant,
    lab_order::{LabOrder, LabOrderStatus, ListedLabOrder, Side, StepBy},
    laboratory::{Laboratory, Match, OfferedTest},
    record::{
        Entry,
        prescription::{LabTest, LabTestStatus, Priority},
    },
    text::{PersonName, Reason},
};
use http::{AppState, Created, Fields, Json, Problem, refusals};
use jiff::Timestamp;
use serde::Deserialize;
use store::{StoreError, medical_record::RecordError, presence::Whereabouts};
use utoipa::ToSchema;

use super::{LabOrderView, view};
use crate::authority::{ForPatient, author};

refusals! {
    pub(crate) NotPlaced {
        409 "laboratory_closed" { opens_at: Option<Instant> },
        409 "not_offered",
        409 "other_test",
        409 "not_open" { current_status: LabTestStatus, order_id: Option<LabOrderId> },
        409 "not_an_inpatient",
        409 "deceased",
        409 "try_again",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceLabOrderRequest {
    #[schema(value_type = LaboratoryId)]
    laboratory_id: Option<String>,
    /// A test that the laboratory offers.
    #[schema(value_type = OfferedTestId)]
    test_id: Option<String>,
    /// The patient's prescription. A doctor who treats somebody in the hospital can leave it out.
    #[schema(value_type = Option<LabTestId>)]
    prescription_id: Option<String>,
    /// With `true`, an order to a laboratory that is closed counts from its next opening. When left out: `false`.
    at_next_opening: Option<bool>,
    /// How soon, without a prescription. When left out: `routine`.
    #[schema(value_type = Option<Priority>)]
    priority: Option<String>,
    /// What the laboratory has to know, without a prescription.
    #[schema(value_type = Option<Reason>)]
    instructions: Option<String>,
}

/// Place an order of a lab test
///
/// Patients take a prescription of theirs to a laboratory that offers the test. Those who work in the laboratory place it for somebody who stands at
/// the counter. Doctors and nurses order for patients who are in a bed, or are an emergency. A prescription has one order at a time. The price stays as it is now.
/// The laboratory and the patient get an email.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders", tag = "lab orders", operation_id = "place_lab_order",
    params(("patient_id" = PatientId, Path)), request_body = PlaceLabOrderRequest,
    responses((status = 201, body = Created<LabOrderView>, description = "Placed"), NotPlaced))]
pub(crate) async fn place(
    State(state): State<AppState>,
    access: ForPatient,
    Json(request): Json<PlaceLabOrderRequest>,
) -> Result<Created<LabOrderView>, Problem> {
    let mut fields = Fields::default();
    let laboratory_id = fields.required("laboratory_id", request.laboratory_id, |id| id.parse::<LaboratoryId>());
    let test_id = fields.required("test_id", request.test_id, |id| id.parse::<OfferedTestId>());
    let prescription_id = fields.optional("prescription_id", request.prescription_id, |id| id.parse::<LabTestId>());
    let priority = fields.optional("priority", request.priority, |text| Priority::parse(&text));
    let instructions = fields.optional("instructions", request.instructions, |text| Reason::parse(&text));
    let (Some(laboratory_id), Some(test_id), Some(prescription_id), Some(priority), Some(instructions)) =
        (laboratory_id, test_id, prescription_id, priority, instructions)
    else {
        return Err(fields.problem());
    };
    if prescription_id.is_some() && (priority.is_some() || instructions.is_some()) {
        let field = if priority.is_some() { "priority" } else { "instructions" };
        return Err(Problem::invalid_field(field, "prescribed", "The prescription says this. Leave it out."));
    }
    if access.only_in.is_some_and(|own| own != laboratory_id) {
        return Err(Problem::invalid_field("laboratory_id", "not_yours", "You place orders with the laboratory in which you work."));
    }
    if access.patient.deceased.is_some() {
        return Err(deceased());
    }
    if access.side == Side::Clinician && access.here.is_none() {
        let detail = "The patient is neither in a bed nor an emergency. They take the prescription to a laboratory themselves.";
        return Err(Problem::conflict("not_an_inpatient", detail));
    }
    let unknown = |field, code, detail: &str| Problem::invalid_field(field, code, detail);
    let laboratory = state.store.laboratory(laboratory_id).await?;
    let laboratory = laboratory.ok_or_else(|| unknown("laboratory_id", "unknown_laboratory", "There is no such laboratory."))?;
    let offered = state.store.offered_test(laboratory_id, test_id).await?;
    let offered = offered.ok_or_else(|| unknown("test_id", "unknown_test", "The laboratory has no such test."))?;
    if !offered.listed.offered {
        return Err(Problem::conflict("not_offered", "The laboratory does not offer this test any more. Choose another one."));
    }
    let prescription = match prescription_id {
        Some(id) => Some(prescribed(&state, &access, id, &offered).await?),
        None => None,
    };
    let from = opening(&laboratory, request.at_next_opening.unwrap_or_default(), &state)?;
    let ordered = match &prescription {
        Some(entry) => Ordered::of(&entry.content),
        None => Ordered::directly(&access, priority, instructions)?,
    };
    let order = new(&state, &access, &laboratory, &offered, prescription_id, ordered, from)?;
    let after =
        prescription.as_ref().map(|before| before.changed(author(&access.caller, &state), None, before.content.ordered(order.listed.id)));
    match state.store.lab_order_place(&order, &offered, prescription.as_ref().zip(after.as_ref())).await {
        Ok(()) => {}
        Err(why) => return Err(not_placed(why, &state, &access, prescription_id).await),
    }
    let location = format!("/patients/{}/lab-orders/{}", access.patient.id, order.listed.id);
    let shown = view(order, access.side, &state);
    Ok(Created { location, version: shown.version, body: shown.body })
}

/// What is ordered, and by which doctor.
struct Ordered {
    doctor: (DoctorId, PersonName),
    priority: Priority,
    instructions: Option<Reason>,
}

impl Ordered {
    fn of(prescribed: &LabTest) -> Self {
        Self {
            doctor: (prescribed.doctor_id, prescribed.doctor_name.clone()),
            priority: prescribed.priority,
            instructions: prescribed.instructions.clone(),
        }
    }

    /// Without a prescription, for a patient in the hospital, by a doctor.
    fn directly(access: &ForPatient, priority: Option<Priority>, instructions: Option<Reason>) -> Result<Self, Problem> {
        let doctor = access.caller.doctor_id.zip(access.caller.name.clone());
        let may = access.side == Side::Clinician;
        let required = || Problem::invalid_field("prescription_id", "required", "Name a prescription of the patient.");
        let doctor = doctor.filter(|_| may).ok_or_else(required)?;
        Ok(Self { doctor, priority: priority.unwrap_or(Priority::Routine), instructions })
    }
}

fn new(
    state: &AppState,
    access: &ForPatient,
    laboratory: &Laboratory,
    offered: &OfferedTest,
    prescription_id: Option<LabTestId>,
    ordered: Ordered,
    from: Timestamp,
) -> Result<LabOrder, Problem> {
    let (author, takes) = (author(&access.caller, state), offered.listed.takes(ordered.priority));
    let listed = ListedLabOrder {
        id: LabOrderId::new(author.at, state.random.u128()?),
        patient_id: access.patient.id,
        patient_name: access.patient.name.clone(),
        mrn: access.patient.mrn.clone(),
        test: offered.listed.name.clone(),
        specimen: offered.listed.specimen,
        priority: ordered.priority,
        status: LabOrderStatus::Ordered,
        due_at: from,
    };
    let (admission_id, case_id) = match access.here.map(|here| here.at) {
        Some(Whereabouts::Bed(id)) => (Some(id), None),
        Some(Whereabouts::Emergency(id)) => (None, Some(id)),
        None => (None, None),
    };
    let order = LabOrder {
        listed,
        laboratory_id: laboratory.listed.id,
        laboratory: laboratory.listed.name.clone(),
        test_id: offered.listed.id,
        loinc: offered.listed.loinc.clone(),
        prescription_id,
        doctor_id: ordered.doctor.0,
        doctor_name: ordered.doctor.1,
        admission_id,
        case_id,
        instructions: ordered.instructions,
        price: offered.listed.price,
        minutes: u32::try_from(takes.as_mins()).unwrap_or(u32::MAX),
        from,
        placed_by: StepBy { id: author.by, name: author.name, side: access.side },
        steps: Vec::new(),
        taken_at: None,
        result_id: None,
        upload: None,
        escalated: None,
        version: 1,
    };
    Ok(order.due(|at, takes| laboratory.listed.hours.due(at, takes, &state.hospital.zone)))
}

fn deceased() -> Problem {
    Problem::conflict("deceased", "The patient has died.")
}

/// The prescription, if it is the patient's, no laboratory has it, and it is of this test.
async fn prescribed(state: &AppState, access: &ForPatient, id: LabTestId, offered: &OfferedTest) -> Result<Entry<LabTest>, Problem> {
    let entry = state.store.record_entry::<LabTest>(access.patient.id, id).await?.filter(|entry| !entry.in_error);
    let entry = entry.ok_or_else(unknown_prescription)?;
    must_be_open(&entry.content)?;
    let matches = match offered.listed.answers(&entry.content) {
        Match::Same => true,
        // Those who know what the names mean say so by ordering it.
        Match::Unsure => access.side != Side::Patient,
        Match::Other => false,
    };
    if matches {
        return Ok(entry);
    }
    let (prescribed, test) = (entry.content.test.as_str(), offered.listed.name.as_str());
    let detail = format!(
        "The prescription is of `{prescribed}`, and this test is called `{test}`. Choose the test that was prescribed, or ask the laboratory to \
         enter the order."
    );
    Err(Problem::conflict("other_test", detail))
}

fn unknown_prescription() -> Problem {
    Problem::invalid_field("prescription_id", "unknown_prescription", "The patient has no such prescription.")
}

fn must_be_open(test: &LabTest) -> Result<(), Problem> {
    let detail = match test.status {
        LabTestStatus::Open => return Ok(()),
        LabTestStatus::Ordered => "A laboratory has this prescription already: `order_id` names the order. Cancel that one first.",
        LabTestStatus::Resulted => "This prescription was used: there is a result. Ask the doctor for a new one.",
        LabTestStatus::Stopped => "A doctor has stopped this prescription.",
    };
    let problem = Problem::conflict("not_open", detail).with("current_status", test.status);
    Err(match test.order_id {
        Some(order) => problem.with("order_id", order),
        None => problem,
    })
}

/// From when on the laboratory can begin with an order.
fn opening(laboratory: &Laboratory, at_next_opening: bool, state: &AppState) -> Result<Timestamp, Problem> {
    let now = state.clock.now();
    let opening = laboratory.listed.hours.at(now, &state.hospital.zone);
    if opening.open {
        return Ok(now);
    }
    let Some(opens) = opening.until else {
        let detail = "The laboratory is closed, and has no opening hours. Choose another one.";
        return Err(Problem::conflict("laboratory_closed", detail));
    };
    if at_next_opening {
        return Ok(opens);
    }
    let words = state.hospital.instant_in_words(opens);
    let detail = format!("The laboratory is closed. It opens on {words}. Send `at_next_opening` to order it from then on.");
    Err(Problem::conflict("laboratory_closed", detail).with("opens_at", state.hospital.instant(opens)))
}

/// Why an order was not placed, as things are now.
async fn not_placed(why: RecordError, state: &AppState, access: &ForPatient, prescription: Option<LabTestId>) -> Problem {
    let changed =
        || Problem::conflict("try_again", "The laboratory or the doctor has changed something at this moment. Read it and try again.");
    match why {
        RecordError::Deceased => deceased(),
        RecordError::Store(error) => error.into(),
        // Somebody else may have taken the prescription to a laboratory.
        RecordError::Stale => match now(state, access, prescription).await {
            Ok(Some(entry)) if !entry.in_error => must_be_open(&entry.content).err().unwrap_or_else(changed),
            Ok(_) => unknown_prescription(),
            Err(error) => error.into(),
        },
        RecordError::TestChanged | RecordError::Busy | RecordError::Moved => changed(),
        other => Problem::internal(&other),
    }
}

async fn now(state: &AppState, access: &ForPatient, prescription: Option<LabTestId>) -> Result<Option<Entry<LabTest>>, StoreError> {
    match prescription {
        Some(id) => state.store.record_entry::<LabTest>(access.patient.id, id).await,
        None => Ok(None),
    }
}
