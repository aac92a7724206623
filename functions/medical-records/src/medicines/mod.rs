//! Prescriptions of medicines.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod prescribe;
pub(crate) mod revise;
pub(crate) mod stop;

use domain::{
    id::{DoctorId, EncounterId, MedicineId, RequestId},
    record::{
        Entry, Summary,
        medicines::Ingredient,
        prescribing::{Hit, HitLevel, Override, OverrideReason, check, not_understood, unanswered},
        prescription::{MedicineStatus, Route},
        request::{PrescriptionRequest, RequestStatus},
    },
    text::{PersonName, Reason, Title},
};
use http::{Answer, AppState, OverrideBody, Problem, auth::PatientAccess, refusals, whole};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::medical_record::{Answered, RecordError};
use utoipa::ToSchema;

pub(crate) use domain::record::prescription::Medicine;

use crate::entries::{EntryHead, In, Shown, author, head, to_change};

refusals! {
    pub(crate) NotAnswered {
        409 "request_answered" { current_status: RequestStatus },
    }
}

/// A medicine that was prescribed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MedicineView {
    id: MedicineId,
    status: MedicineStatus,
    drug: Title,
    ingredients: Vec<Ingredient>,
    dose: Title,
    route: Route,
    frequency: Title,
    /// How long, in days, without refills.
    duration_days: u16,
    /// The last day of the course, with all refills.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// How many units are dispensed at a time: tablets, bottles.
    quantity: u32,
    /// How often the quantity may be dispensed again.
    refills: u8,
    /// How many units are left to be dispensed, with refills.
    left: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<Reason>,
    /// The doctor who prescribed it or revised it last.
    doctor_id: DoctorId,
    /// The doctor's name at that time.
    doctor_name: PersonName,
    #[schema(value_type = String, format = Date)]
    prescribed_on: Date,
    /// What the doctor said to what speaks against it.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    accepted: Option<OverrideView>,
    /// What speaks against it. Only in the answer to a doctor who prescribes or revises.
    #[serde(skip_serializing_if = "Option::is_none")]
    hits: Option<Vec<Hit>>,
    /// Ingredients whose class is not known here, so that only the same substance was looked for. Only in the answer to a doctor who
    /// prescribes or revises.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_classified: Option<Vec<Ingredient>>,
    /// Allergies of the medical history that the check can make nothing of: brands, foods, misspelt names. Read them yourself. Only in the
    /// answer to a doctor who prescribes or revises.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_understood: Option<Vec<Reason>>,
    #[serde(flatten)]
    head: EntryHead,
}

/// Why a medicine is right although something speaks against it.
#[derive(Debug, Serialize, ToSchema)]
struct OverrideView {
    reason: OverrideReason,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Reason>,
    /// The stops that it answers.
    hits: Vec<Hit>,
}

impl Shown for Medicine {
    type View = MedicineView;
    const PATH: &'static str = "prescriptions/medicines";

    fn view(entry: Entry<Self>, state: &AppState) -> MedicineView {
        let (head, content) = (head(&entry, state), entry.content);
        MedicineView {
            id: entry.id,
            status: content.status(state.today()),
            until: content.until(),
            left: content.left(),
            drug: content.drug,
            ingredients: content.ingredients,
            dose: content.dose,
            route: content.route,
            frequency: content.frequency,
            duration_days: content.duration_days,
            quantity: content.quantity,
            refills: content.refills,
            instructions: content.instructions,
            doctor_id: content.doctor_id,
            doctor_name: content.doctor_name,
            prescribed_on: content.prescribed_on,
            accepted: content.accepted.map(|Override { reason, note, hits }| OverrideView { reason, note, hits }),
            hits: None,
            not_classified: None,
            not_understood: None,
            head,
        }
    }
}

/// What a prescription of a medicine says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MedicineBody {
    /// The encounter in which it is prescribed.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    /// The drug as it is sold or written: `Amoxicillin 500 mg capsules`.
    #[schema(value_type = Title)]
    drug: Option<String>,
    /// Its active ingredients, by their international names. The allergy check looks at nothing else.
    #[schema(value_type = Vec<Ingredient>, min_items = 1, max_items = 5)]
    ingredients: Option<Vec<String>>,
    /// How much at a time: `1 capsule`.
    #[schema(value_type = Title)]
    dose: Option<String>,
    #[schema(value_type = Route)]
    route: Option<String>,
    /// How often: `every 8 hours`.
    #[schema(value_type = Title)]
    frequency: Option<String>,
    /// How long, in days, without refills.
    #[schema(value_type = u16, minimum = 1, maximum = 366)]
    duration_days: Option<i64>,
    /// How many units are dispensed at a time: tablets, bottles.
    #[schema(value_type = u32, minimum = 1, maximum = 1000)]
    quantity: Option<i64>,
    /// How often the quantity may be dispensed again. When left out: 0.
    #[schema(value_type = Option<u8>, minimum = 0, maximum = 12)]
    refills: Option<i64>,
    /// What the patient has to know.
    #[schema(value_type = Option<Reason>)]
    instructions: Option<String>,
    /// Why it is right although something speaks against it.
    #[serde(rename = "override")]
    accepted: Option<OverrideBody>,
    /// The patient's request that it answers.
    #[schema(value_type = Option<RequestId>)]
    request_id: Option<String>,
}

/// What was parsed of a prescription.
struct Parsed {
    encounter_id: Option<EncounterId>,
    request_id: Option<RequestId>,
    accepted: Option<Answer>,
    medicine: Medicine,
}

impl MedicineBody {
    fn parse(self, fields: &mut In<'_>, (doctor_id, doctor_name): (DoctorId, PersonName), today: Date) -> Option<Parsed> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let request = fields.optional("request_id", self.request_id, |id| id.parse());
        let drug = fields.required("drug", self.drug, |text| Title::parse(&text));
        let ingredients = fields.required("ingredients", self.ingredients, |names| Ingredient::parse_all(&names));
        let dose = fields.required("dose", self.dose, |text| Title::parse(&text));
        let route = fields.required("route", self.route, |text| Route::parse(&text));
        let frequency = fields.required("frequency", self.frequency, |text| Title::parse(&text));
        let duration_days = fields.required("duration_days", self.duration_days, |days| whole(days, 1, 366));
        let quantity = fields.required("quantity", self.quantity, |quantity| whole(quantity, 1, 1000));
        let refills = fields.optional("refills", self.refills, |refills| whole(refills, 0, 12));
        let instructions = fields.optional("instructions", self.instructions, |text| Reason::parse(&text));
        let accepted = match self.accepted {
            Some(body) => fields.within("override", |at, fields| body.parse(at, fields)).map(Some),
            None => Some(None),
        };
        let medicine = Medicine {
            drug: drug?,
            ingredients: ingredients?,
            dose: dose?,
            route: route?,
            frequency: frequency?,
            duration_days: duration_days?,
            quantity: quantity?,
            refills: refills?.unwrap_or_default(),
            instructions: instructions?,
            doctor_id,
            doctor_name,
            prescribed_on: today,
            dispensed: 0,
            stopped: false,
            accepted: None,
        };
        Some(Parsed { encounter_id: encounter?, request_id: request?, accepted: accepted?, medicine })
    }
}

/// What the check says to a doctor who may go on.
#[derive(Default)]
struct Found {
    hits: Vec<Hit>,
    not_understood: Vec<Reason>,
}

/// Everything that speaks against a medicine, if the doctor has answered the stops. What an earlier version answered stays answered as long
/// as the ingredients are the same.
fn checked(parsed: &Parsed, before: Option<&Entry<Medicine>>, summary: &Summary, today: Date) -> Result<(Medicine, Found), RecordError> {
    let hits = check(&parsed.medicine.ingredients, summary, today, before.map(|before| before.id));
    let same = before.filter(|before| before.content.ingredients == parsed.medicine.ingredients);
    let earlier = same.and_then(|before| before.content.accepted.clone());
    let mut answered: Vec<_> = earlier.iter().flat_map(|accepted| &accepted.hits).map(|hit| hit.id.clone()).collect();
    answered.extend(parsed.accepted.iter().flat_map(|(_, _, hits)| hits.clone()));
    if !unanswered(&hits, &answered).is_empty() {
        return Err(RecordError::Stopped(hits));
    }
    let stops: Vec<_> = hits.iter().filter(|hit| hit.level == HitLevel::Stop).cloned().collect();
    let accepted = match &parsed.accepted {
        Some((reason, note, _)) if !stops.is_empty() => Some(Override { reason: *reason, note: note.clone(), hits: stops }),
        _ => earlier,
    };
    let not_understood = not_understood(&parsed.medicine.ingredients, summary);
    Ok((Medicine { accepted, ..parsed.medicine.clone() }, Found { hits, not_understood }))
}

/// The request that a prescription answers, before and after.
async fn answered(state: &AppState, access: &PatientAccess, id: Option<RequestId>, by: MedicineId) -> Result<Option<Answered>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let unknown = || Problem::invalid_field("request_id", "unknown_request", "The patient has no such request.");
    let before = state.store.record_entry::<PrescriptionRequest>(access.patient.id, id).await?.ok_or_else(unknown)?;
    if before.content.status != RequestStatus::Open {
        return Err(crate::requests::is_answered(before.content.status));
    }
    let content = PrescriptionRequest { status: RequestStatus::Granted, prescription_id: Some(by), ..before.content.clone() };
    let after = before.changed(author(state, access), None, content);
    Ok(Some(Answered { before, after }))
}

/// The answer to the doctor, with what speaks against the medicine.
fn with_hits(entry: Entry<Medicine>, found: Found, state: &AppState) -> MedicineView {
    let not_classified = entry.content.ingredients.iter().filter(|one| one.class().is_none()).cloned().collect();
    let Found { hits, not_understood } = found;
    let view = Medicine::view(entry, state);
    MedicineView { hits: Some(hits), not_classified: Some(not_classified), not_understood: Some(not_understood), ..view }
}

/// The prescription that a doctor revises or stops.
async fn active(state: &AppState, access: &PatientAccess, id: MedicineId, version: u64) -> Result<Entry<Medicine>, Problem> {
    let before = to_change::<Medicine>(state, access, id, version).await?;
    if before.content.stopped {
        return Err(Problem::conflict("already_stopped", "This prescription was stopped. Prescribe the medicine anew."));
    }
    Ok(before)
}
