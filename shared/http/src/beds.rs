//! What the functions that give patients a bed have in common.

use domain::{
    admission::Attending,
    bed::BedNumber,
    bed_request::BedRequest,
    id::{DoctorId, PatientId},
    money::Money,
    ward::Ward,
};
use store::admissions::AdmitError;

use super::{AppState, Fields, Problem};

/// Where a request wants a bed.
#[derive(Debug, Clone, Copy)]
pub struct WantedBed {
    pub ward: Ward,
    /// Any free one when there is none.
    pub bed: Option<BedNumber>,
}

impl WantedBed {
    /// Parses the fields `ward` and `bed`.
    pub fn parse(ward: Option<String>, bed: Option<i64>, fields: &mut Fields) -> Option<Self> {
        let ward = fields.required("ward", ward, |text| Ward::parse(&text));
        let bed = fields.optional("bed", bed, BedNumber::new);
        Some(Self { ward: ward?, bed: bed? })
    }

    /// What a day costs there.
    pub async fn daily_fee(&self, state: &AppState) -> Result<Money, Problem> {
        Ok(state.store.ward(self.ward).await?.ok_or_else(ward_not_established)?.daily_fee)
    }

    /// What the patient waits for on this ward, if they do. Nobody gets a bed before those who wait for one there.
    pub async fn turn(&self, state: &AppState, patient: PatientId) -> Result<Option<BedRequest>, Problem> {
        let own = state.store.bed_request(patient).await?.filter(|own| own.ward == self.ward);
        let first = state.store.bed_request_list(self.ward, None, 1).await?.into_iter().next();
        if first.is_none_or(|first| own.as_ref().is_some_and(|own| own.id == first.entry.id)) {
            return Ok(own);
        }
        let detail = "Others wait for a bed on this ward, and come first. Put the patient on the list with \
            `POST /patients/{patient_id}/bed-requests`.";
        Err(Problem::conflict("others_wait", detail).with("ward", self.ward))
    }
}

/// The doctor who will be responsible, if the request names one.
pub async fn attending(state: &AppState, id: Option<DoctorId>) -> Result<Option<Attending>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let unknown = || Problem::invalid_field("doctor_id", "unknown", "There is no doctor with this id.");
    Ok(Some(Attending::of(&state.store.doctor(id).await?.ok_or_else(unknown)?)))
}

/// A patient who got no bed on a ward, or whose stay was not changed.
pub fn no_bed(why: AdmitError, ward: Ward) -> Problem {
    match why {
        AdmitError::AlreadyAdmitted(id) => {
            Problem::conflict("already_admitted", "The patient lies in the hospital already. Transfer them instead.")
                .with("admission_id", id)
        }
        AdmitError::Deceased => Problem::conflict("deceased", "The patient has died."),
        AdmitError::NoBed => ward_not_established(),
        AdmitError::NotFree(status) => {
            let detail = format!("The bed is not free: its status is `{}`. Choose another one, or any free one.", status.as_str());
            Problem::conflict("bed_not_free", detail).with("bed_status", status)
        }
        AdmitError::WardFull => {
            let detail = "No bed of this ward is free. Put the patient on its list with `POST /patients/{patient_id}/bed-requests`: the next \
                bed that becomes free is theirs.";
            Problem::conflict("ward_full", detail).with("ward", ward)
        }
        AdmitError::Stale | AdmitError::NotWaiting | AdmitError::BedChanged | AdmitError::Case(_) => Problem::stale(),
        AdmitError::Store(error) => error.into(),
    }
}

/// The ward is a type that the hospital does not have.
pub fn ward_not_established() -> Problem {
    Problem::invalid_field("ward", "not_established", "The hospital does not have this ward. See `GET /wards`.")
}
