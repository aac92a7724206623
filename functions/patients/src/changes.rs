//! `GET /patients/{patient_id}/changes`: what the front desk changed in a profile.

use axum::extract::State;
use domain::{
    id::UserId,
    instant::Instant,
    patient::{Before, DateOfBirth, Gender, Identity, ProfileChange},
    text::{PersonName, Phone, PostalAddress, Reason},
};
use http::{AppState, EmergencyContactBody, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};
use jiff::civil::Date;
use platform::config::Hospital;
use serde::Serialize;
use store::trail;
use utoipa::ToSchema;

use crate::guardians::GuardianBody;

/// A change of a profile.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProfileChangeView {
    at: Instant,
    /// The member of staff who made it.
    staff_id: UserId,
    /// Their name at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    reason: Reason,
    before: EarlierView,
}

/// The values that the profile had. Other fields did not change.
#[derive(Debug, Serialize, ToSchema)]
struct EarlierView {
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<Identity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_birth: Option<DateOfBirth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_birth_estimated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<Gender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<PostalAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emergency_contact: Option<EmergencyContactBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_of_kin: Option<Vec<EmergencyContactBody>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guardians: Option<Vec<GuardianBody>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    deceased_on: Option<Date>,
    /// The changed fields that had no value before, such as `phone`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    empty: Vec<&'static str>,
}

/// See what was changed in a profile
///
/// Latest first: the values from before, who changed them at the front desk, and why.
#[utoipa::path(get, path = "/patients/{patient_id}/changes", tag = "patients", operation_id = "list_patient_changes",
    params(("patient_id" = domain::id::PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<ProfileChangeView>)))]
pub(crate) async fn changes(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<ProfileChangeView>>, Problem> {
    let id = access.patient.id;
    let list = format!("patient-changes?{id}");
    let before = listing.after(&state.cursors, &list)?.and_then(|version| version.parse().ok());
    let found = state.store.patient_changes(id, before, listing.limit + 1).await?;
    let guardians = found.iter().take(listing.limit).flat_map(|change| change.before.guardians.iter().flatten());
    guardians.filter_map(|guardian| guardian.patient_id).for_each(trail::patient);
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.version.to_string()));
    Ok(Json(page.map(|change| shown(change, &state.hospital))))
}

fn shown(change: ProfileChange, hospital: &Hospital) -> ProfileChangeView {
    let before = change.before;
    let (date_of_birth, date_of_birth_estimated) = before.date_of_birth.unzip();
    let mut empty = Vec::new();
    if date_of_birth == Some(None) {
        empty.push("date_of_birth");
    }
    ProfileChangeView {
        at: hospital.instant(change.at),
        staff_id: change.by,
        name: change.by_name,
        reason: change.reason,
        before: EarlierView {
            identity: before.identity,
            name: before.name,
            date_of_birth: date_of_birth.flatten(),
            date_of_birth_estimated,
            gender: before.gender,
            phone: value("phone", before.phone, &mut empty),
            address: value("address", before.address, &mut empty),
            emergency_contact: value("emergency_contact", before.emergency_contact, &mut empty).map(Into::into),
            next_of_kin: before.next_of_kin.map(|kin| kin.into_iter().map(Into::into).collect()),
            guardians: before.guardians.map(|guardians| guardians.into_iter().map(Into::into).collect()),
            deceased_on: value("deceased_on", before.deceased_on, &mut empty),
            empty,
        },
    }
}

/// The value of a field that changed, or a note that it had none.
fn value<T>(field: &'static str, before: Option<Before<T>>, empty: &mut Vec<&'static str>) -> Option<T> {
    let changed = before.is_some();
    let value = before.and_then(|before| before.value);
    if changed && value.is_none() {
        empty.push(field);
    }
    value
}
