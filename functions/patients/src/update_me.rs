//! `PATCH /patients/me`: change the caller's contact data.

use axum::extract::State;
use domain::{
    patient::Patient,
    text::{Phone, PostalAddress},
};
use http::{
    AppState, EmergencyContactBody, Fields, Json, MoneyBody, Problem, RequiredIfMatch, Versioned, auth::AsPatient, given, next_of_kin,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    refused::not_changed,
    view::{PatientView, view},
};

/// A field that is left out stays as it is. Name, date of birth and gender are changed at the front desk, against an identity document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePatientRequest {
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
    emergency_contact: Option<EmergencyContactBody>,
    /// The closest relatives, besides the emergency contact. They replace those that are there.
    #[schema(max_items = 4)]
    next_of_kin: Option<Vec<EmergencyContactBody>>,
    #[schema(value_type = Option<PostalAddress>)]
    address: Option<String>,
    /// `null` removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<MoneyBody>)]
    income: Option<Option<MoneyBody>>,
}

/// Change your own patient profile
#[utoipa::path(patch, path = "/patients/me", tag = "patients", operation_id = "change_own_patient", request_body = ChangePatientRequest,
    params(RequiredIfMatch),
    responses((status = 200, body = Versioned<PatientView>)))]
pub(crate) async fn update_me(
    State(state): State<AppState>,
    AsPatient(id): AsPatient,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangePatientRequest>,
) -> Result<Versioned<PatientView>, Problem> {
    let before = state.store.patient(id).await?.ok_or_else(|| Problem::not_found("patient profile"))?;
    let after = request.apply(before.clone(), &state)?;
    if before.version != version {
        return Err(Problem::stale());
    }
    state.store.patient_change(&before, &after).await.map_err(not_changed)?;
    Ok(view(after, &state.hospital))
}

impl ChangePatientRequest {
    fn apply(self, before: Patient, state: &AppState) -> Result<Patient, Problem> {
        let mut fields = Fields::default();
        let phone = fields.optional("phone", self.phone, |text| Phone::parse(&text));
        let address = fields.optional("address", self.address, |text| PostalAddress::parse(&text));
        let contact = match self.emergency_contact {
            Some(contact) => contact.parse("emergency_contact", &mut fields).map(Some),
            None => Some(None),
        };
        let income = match self.income {
            Some(income) => fields.optional("income", income, |money| money.parse(state.hospital.currency)).map(Some),
            None => Some(None),
        };
        let kin = match self.next_of_kin {
            Some(given) => next_of_kin(given, &mut fields).map(Some),
            None => Some(None),
        };
        let (Some(phone), Some(address), Some(contact), Some(kin), Some(income)) = (phone, address, contact, kin, income) else {
            return Err(fields.problem());
        };
        Ok(Patient {
            phone: phone.or(before.phone),
            address: address.or(before.address),
            emergency_contact: contact.or(before.emergency_contact),
            next_of_kin: kin.unwrap_or(before.next_of_kin),
            income: income.unwrap_or(before.income),
            version: before.version + 1,
            ..before
        })
    }
}
