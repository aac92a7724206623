//! `PATCH /patients/{patient_id}`: change a patient profile at the front desk.

use axum::extract::State;
use domain::{
    patient::{DateOfBirth, Gender, Identity, Patient, ProfileChange},
    text::{PersonName, Phone, PostalAddress, Reason},
};
use http::{AppState, EmergencyContactBody, Fields, Json, Problem, RequiredIfMatch, Versioned, auth::PatientAccess, next_of_kin};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    guardians::{self, GuardianBody},
    refused::not_changed,
    view::{PatientView, view},
};

/// A field that is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePatientAtDeskRequest {
    /// Why the profile changes. It is kept with the values from before.
    #[schema(value_type = Reason)]
    reason: Option<String>,
    /// `confirmed` when you have seen a document, `stated` when the patient says who they are.
    #[schema(value_type = Option<Identity>)]
    identity: Option<String>,
    #[schema(value_type = Option<PersonName>)]
    name: Option<String>,
    #[schema(value_type = Option<DateOfBirth>)]
    date_of_birth: Option<String>,
    /// Whether only the year of the date of birth counts. A date of birth that you send is exact unless you say otherwise.
    date_of_birth_estimated: Option<bool>,
    #[schema(value_type = Option<Gender>)]
    gender: Option<String>,
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
    emergency_contact: Option<EmergencyContactBody>,
    /// The closest relatives, besides the emergency contact. They replace those that are there.
    #[schema(max_items = 4)]
    next_of_kin: Option<Vec<EmergencyContactBody>>,
    #[schema(value_type = Option<PostalAddress>)]
    address: Option<String>,
    /// Who cares for a child, all of them. An empty list removes them.
    #[schema(max_items = 4)]
    guardians: Option<Vec<GuardianBody>>,
}

/// Change a patient profile at the front desk
///
/// The values from before are kept, with who changed them and why: see the changes of the profile. The medical record number and everything
/// that belongs to the patient stay.
#[utoipa::path(patch, path = "/patients/{patient_id}", tag = "patients", operation_id = "change_patient",
    request_body = ChangePatientAtDeskRequest, params(("patient_id" = domain::id::PatientId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<PatientView>)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: PatientAccess,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangePatientAtDeskRequest>,
) -> Result<Versioned<PatientView>, Problem> {
    let before = access.patient;
    let (after, reason) = request.apply(before.clone(), &state).await?;
    if before.version != version {
        return Err(Problem::stale());
    }
    let by = (access.caller.user_id, access.caller.name.clone());
    let note = ProfileChange::of(&before, &after, state.clock.now(), by, reason);
    state.store.patient_change_noted(&before, &after, &note).await.map_err(not_changed)?;
    Ok(view(after, &state.hospital))
}

impl ChangePatientAtDeskRequest {
    async fn apply(self, before: Patient, state: &AppState) -> Result<(Patient, Reason), Problem> {
        let mut fields = Fields::default();
        let today = state.today();
        let reason = fields.required("reason", self.reason, |text| Reason::parse(&text));
        let identity = fields.optional("identity", self.identity, |text| Identity::parse(&text));
        let name = fields.optional("name", self.name, |text| PersonName::parse(&text));
        let birth = fields.optional("date_of_birth", self.date_of_birth, |text| DateOfBirth::parse(&text, today));
        let gender = fields.optional("gender", self.gender, |text| Gender::parse(&text));
        let phone = fields.optional("phone", self.phone, |text| Phone::parse(&text));
        let contact = match self.emergency_contact {
            Some(contact) => contact.parse("emergency_contact", &mut fields).map(Some),
            None => Some(None),
        };
        let address = fields.optional("address", self.address, |text| PostalAddress::parse(&text));
        let kin = match self.next_of_kin {
            Some(given) => next_of_kin(given, &mut fields).map(Some),
            None => Some(None),
        };
        let guardians = match self.guardians {
            Some(given) => guardians::parse(state, Some(before.id), given, &mut fields).await?.map(Some),
            None => Some(None),
        };
        let (
            Some(reason),
            Some(identity),
            Some(name),
            Some(birth),
            Some(gender),
            Some(phone),
            Some(contact),
            Some(address),
            Some(kin),
            Some(guardians),
        ) = (reason, identity, name, birth, gender, phone, contact, address, kin, guardians)
        else {
            return Err(fields.problem());
        };
        let estimated = match (self.date_of_birth_estimated, birth) {
            (Some(estimated), _) => estimated,
            (None, Some(_)) => false,
            (None, None) => before.date_of_birth_estimated,
        };
        let date_of_birth = birth.or(before.date_of_birth);
        let after = Patient {
            identity: identity.unwrap_or(before.identity),
            name: name.unwrap_or(before.name),
            date_of_birth,
            date_of_birth_estimated: estimated && date_of_birth.is_some(),
            gender: gender.unwrap_or(before.gender),
            phone: phone.or(before.phone),
            emergency_contact: contact.or(before.emergency_contact),
            address: address.or(before.address),
            next_of_kin: kin.unwrap_or(before.next_of_kin),
            guardians: guardians.unwrap_or(before.guardians),
            version: before.version + 1,
            ..before
        };
        Ok((after, reason))
    }
}
