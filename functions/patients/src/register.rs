//! `POST /patients`: register a patient at the front desk.

use std::collections::BTreeMap;

use axum::extract::State;
use domain::{
    duplicates::Agreement,
    id::PatientId,
    mrn::Mrn,
    patient::{DateOfBirth, Gender, Identity, Patient},
    text::{PersonName, Phone, PostalAddress, Reason},
};
use http::{AppState, Created, EmergencyContactBody, Fields, Json, Problem, auth::Caller, next_of_kin, refusals};
use serde::{Deserialize, Serialize};
use store::patients::{Duplicates, RegisterError};
use utoipa::{
    ToSchema,
    openapi::{
        Schema,
        schema::{ObjectBuilder, Type},
    },
};

use crate::{
    guardians::{self, GuardianBody},
    view::{PatientSummary, PatientView, summary, view},
};

refusals! {
    pub(crate) NotRegistered {
        409 "likely_duplicate" { candidates: Vec<Candidate> },
        409 "try_again",
    }
}

/// What the front desk sends, before it is parsed. The API document describes known and unknown people separately.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterPatientRequest {
    identity: Option<String>,
    name: Option<String>,
    date_of_birth: Option<String>,
    date_of_birth_estimated: Option<bool>,
    gender: Option<String>,
    phone: Option<String>,
    emergency_contact: Option<EmergencyContactBody>,
    next_of_kin: Option<Vec<EmergencyContactBody>>,
    address: Option<String>,
    guardians: Option<Vec<GuardianBody>>,
    not_a_duplicate: Option<String>,
}

/// Somebody who says who they are, or somebody whom nobody knows.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = RegisterNewPatientRequest)]
#[expect(dead_code, reason = "only the API document needs it")]
enum RegisterBody {
    Known(RegisterKnownPatientRequest),
    Unknown(RegisterUnknownPatientRequest),
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the API document needs it")]
struct RegisterKnownPatientRequest {
    /// `stated` (the default): what the patient or somebody with them says. `confirmed`: you have seen a document.
    #[schema(schema_with = known)]
    identity: Option<Identity>,
    name: PersonName,
    /// An estimate is better than nothing: see `date_of_birth_estimated`.
    #[schema(value_type = DateOfBirth)]
    date_of_birth: String,
    /// Whether only the year of the date of birth counts.
    date_of_birth_estimated: Option<bool>,
    gender: Gender,
    phone: Option<Phone>,
    emergency_contact: Option<EmergencyContactBody>,
    /// The closest relatives, besides the emergency contact.
    #[schema(max_items = 4)]
    next_of_kin: Option<Vec<EmergencyContactBody>>,
    address: Option<PostalAddress>,
    /// Who cares for a child.
    #[schema(max_items = 4)]
    guardians: Option<Vec<GuardianBody>>,
    /// Why the patient is none of the `candidates` of an earlier answer. The profile keeps it.
    not_a_duplicate: Option<Reason>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the API document needs it")]
struct RegisterUnknownPatientRequest {
    #[schema(schema_with = unknown)]
    identity: Identity,
    /// Leave it out: the patient gets a name that says when they came.
    name: Option<PersonName>,
    #[schema(value_type = Option<DateOfBirth>)]
    date_of_birth: Option<String>,
    /// Whether only the year of the date of birth counts.
    date_of_birth_estimated: Option<bool>,
    gender: Gender,
    phone: Option<Phone>,
    emergency_contact: Option<EmergencyContactBody>,
    /// The closest relatives, besides the emergency contact.
    #[schema(max_items = 4)]
    next_of_kin: Option<Vec<EmergencyContactBody>>,
    address: Option<PostalAddress>,
    /// Who cares for a child.
    #[schema(max_items = 4)]
    guardians: Option<Vec<GuardianBody>>,
    /// Why the patient is none of the `candidates` of an earlier answer. The profile keeps it.
    not_a_duplicate: Option<Reason>,
}

fn known() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["stated", "confirmed"])).into()
}

fn unknown() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["temporary"])).into()
}

/// A known patient who is likely to be the newcomer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candidate {
    patient: PatientSummary,
    /// 60 to 100.
    #[schema(minimum = 60, maximum = 100)]
    score: u8,
    /// What agrees.
    agreements: Vec<Agreement>,
}

/// Register a patient at the front desk
///
/// For people without an account. If somebody who is known is likely to be the same person, the answer is 409 with the `candidates`. Use
/// the known patient then. If it is somebody else, send the request again with the reason in `not_a_duplicate`.
#[utoipa::path(post, path = "/patients", tag = "patients", operation_id = "register_patient", request_body = RegisterBody,
    responses((status = 201, body = Created<PatientView>, description = "Registered"), NotRegistered))]
pub(crate) async fn register(
    State(state): State<AppState>,
    _: Caller,
    Json(request): Json<RegisterPatientRequest>,
) -> Result<Created<PatientView>, Problem> {
    let mut patient = request.parse(&state).await?;
    // Another newcomer at the same place may be the same person, so each time they are compared again.
    for _ in 0..ATTEMPTS {
        let duplicates = state.store.patient_duplicates(&patient).await?;
        if patient.not_a_duplicate.is_none() && !duplicates.likely.is_empty() {
            return Err(likely_duplicate(duplicates));
        }
        match state.store.patient_register(&patient, &duplicates).await {
            Ok(()) => {
                let (location, shown) = (format!("/patients/{}", patient.id), view(patient, &state.hospital));
                return Ok(Created { location, version: shown.version, body: shown.body });
            }
            Err(RegisterError::MrnTaken) => patient.mrn = Mrn::from_random(state.random.u128()?),
            Err(RegisterError::Overtaken) => {}
            Err(RegisterError::Store(error)) => return Err(error.into()),
        }
    }
    let detail = "Many patients with this name, date of birth or phone number are being registered at this moment. Try again.";
    Err(Problem::conflict("try_again", detail).retry_after(1))
}

const ATTEMPTS: usize = 5;

fn likely_duplicate(duplicates: Duplicates) -> Problem {
    let candidates = duplicates.likely.into_iter().map(|(patient, alike)| Candidate {
        patient: summary(patient),
        score: alike.score,
        agreements: alike.agreements,
    });
    let detail = "Somebody who is known is likely to be this person. Use the known patient, or say in `not_a_duplicate` why it is \
        somebody else.";
    Problem::conflict("likely_duplicate", detail).with("candidates", candidates.collect::<Vec<_>>())
}

impl RegisterPatientRequest {
    async fn parse(self, state: &AppState) -> Result<Patient, Problem> {
        let (now, mut fields) = (state.clock.now(), Fields::default());
        let here = state.hospital.zone.to_datetime(now);
        let identity = fields.check("identity", self.identity.map_or(Ok(Identity::Stated), |text| Identity::parse(&text)));
        let unknown = identity == Some(Identity::Temporary);
        let gender = fields.required("gender", self.gender, |text| Gender::parse(&text));
        let name = match self.name {
            None if unknown => fields.check("name", Patient::temporary_name(gender.unwrap_or(Gender::Unknown), here)),
            name => fields.required("name", name, |text| PersonName::parse(&text)),
        };
        let birth = match self.date_of_birth {
            None if unknown => Some(None),
            date => fields.required("date_of_birth", date, |text| DateOfBirth::parse(&text, here.date())).map(Some),
        };
        let phone = fields.optional("phone", self.phone, |text| Phone::parse(&text));
        let contact = match self.emergency_contact {
            Some(contact) => contact.parse("emergency_contact", &mut fields).map(Some),
            None => Some(None),
        };
        let kin = next_of_kin(self.next_of_kin.unwrap_or_default(), &mut fields);
        let address = fields.optional("address", self.address, |text| PostalAddress::parse(&text));
        let guardians = guardians::parse(state, None, self.guardians.unwrap_or_default(), &mut fields).await?;
        let reason = fields.optional("not_a_duplicate", self.not_a_duplicate, |text| Reason::parse(&text));
        let (
            Some(identity),
            Some(gender),
            Some(name),
            Some(date_of_birth),
            Some(phone),
            Some(emergency_contact),
            Some(address),
            Some(reason),
            Some(next_of_kin),
            Some(guardians),
        ) = (identity, gender, name, birth, phone, contact, address, reason, kin, guardians)
        else {
            return Err(fields.problem());
        };
        Ok(Patient {
            id: PatientId::new(now, state.random.u128()?),
            user_id: None,
            mrn: Mrn::from_random(state.random.u128()?),
            identity,
            name,
            date_of_birth,
            date_of_birth_estimated: date_of_birth.is_some() && self.date_of_birth_estimated == Some(true),
            gender,
            phone,
            emergency_contact,
            address,
            income: None,
            registered_at: now,
            next_of_kin,
            guardians,
            deceased: None,
            consents: BTreeMap::new(),
            not_a_duplicate: reason,
            version: 1,
        })
    }
}
