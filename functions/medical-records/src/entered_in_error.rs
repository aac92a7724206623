//! `POST /patients/{patient_id}/record/{entry_id}/entered-in-error`: an entry is wrong as a whole.

use axum::{extract::State, http::StatusCode};
use domain::{
    id::PatientId,
    policy::Relationship,
    record::{
        Entry,
        blood_group::BloodTyping,
        diagnosis::Diagnosis,
        encounter::{Encounter, EncounterNote},
        image::Image,
        lab_result::LabResult,
        prescription::{LabTest, LabTestStatus, Medicine},
        surgery::Surgery,
        treatment_plan::TreatmentPlan,
        vitals::Vitals,
    },
    role::Role,
    text::Reason,
};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, auth::PatientAccess, refusals};

use crate::{
    encounters::must_be_held_by_caller,
    entries::{Shown, WithReason, author, load, to_change},
    lab_tests::{NotOpen, must_be_open},
    refused::{Busy, NoRoom, not_written},
    results::{OfALaboratory, must_not_be_of_laboratory},
    versions::EntryId,
};

refusals! {
    pub(crate) NotYours {
        403 "not_your_encounter",
    }
}

/// Mark an entry as entered in error
///
/// It is out of view everywhere, the summary and the graphs included, and stays in its history with the reason. Nurses do this with vital
/// signs, lab technicians with results, images and blood typings, doctors with everything; with an encounter, by the ETag
/// of the encounter and together with its note, the doctor who holds it.
#[utoipa::path(post, path = "/patients/{patient_id}/record/{entry_id}/entered-in-error", tag = "medical record",
    operation_id = "mark_entered_in_error", request_body = WithReason,
    params(("patient_id" = PatientId, Path), ("entry_id" = String, Path, description = "The id of an entry."), RequiredIfMatch),
    responses((status = 204, description = "Out of view"), NotYours, NotOpen, OfALaboratory, NoRoom, Busy))]
pub(crate) async fn entered_in_error(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<EntryId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(body): Json<WithReason>,
) -> Result<StatusCode, Problem> {
    let reason = body.parse()?;
    let on_shift_as = |role| access.on_shift_as.contains(&role);
    let may = match id {
        _ if access.relationships.contains(&Relationship::Treating) => true,
        EntryId::Vitals(_) => on_shift_as(Role::Nurse),
        EntryId::Result(_) | EntryId::Image(_) | EntryId::BloodTyping(_) => on_shift_as(Role::LabTechnician),
        _ => false,
    };
    if !may {
        return Err(Problem::forbidden("Only a doctor who treats the patient can take an entry of this kind out of view."));
    }
    let asked = Asked { state: &state, access: &access, version, reason };
    match id {
        EntryId::BloodTyping(id) => asked.mark::<BloodTyping>(id).await?,
        EntryId::Diagnosis(id) => asked.mark::<Diagnosis>(id).await?,
        EntryId::Encounter(id) => {
            let (before, after) = asked.marked::<Encounter>(id).await?;
            must_be_held_by_caller(&before, &access)?;
            let note = load::<EncounterNote>(&state, &access, id).await?;
            let marked = note.entered_in_error(after.author.clone(), asked.reason.clone());
            state.store.encounter_in_error((&before, &after), (&note, &marked)).await.map_err(not_written)?;
        }
        EntryId::Image(id) => asked.mark::<Image>(id).await?,
        EntryId::LabTest(id) => {
            let (before, after) = asked.marked::<LabTest>(id).await?;
            if before.content.status == LabTestStatus::Ordered {
                must_be_open(&before.content, "")?;
            }
            asked.state.store.record_change(&before, &after).await.map_err(not_written)?;
        }
        EntryId::Medicine(id) => asked.mark::<Medicine>(id).await?,
        EntryId::Result(id) => asked.mark_result(id).await?,
        EntryId::Surgery(id) => asked.mark::<Surgery>(id).await?,
        EntryId::TreatmentPlan(id) => asked.mark::<TreatmentPlan>(id).await?,
        EntryId::Vitals(id) => asked.mark::<Vitals>(id).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

struct Asked<'a> {
    state: &'a AppState,
    access: &'a PatientAccess,
    version: u64,
    reason: Reason,
}

impl Asked<'_> {
    /// The entry before and after.
    async fn marked<C: Shown>(&self, id: C::Id) -> Result<(Entry<C>, Entry<C>), Problem> {
        let before = to_change::<C>(self.state, self.access, id, self.version).await?;
        let after = before.entered_in_error(author(self.state, self.access), self.reason.clone());
        Ok((before, after))
    }

    async fn mark<C: Shown>(&self, id: C::Id) -> Result<(), Problem> {
        let (before, after) = self.marked::<C>(id).await?;
        self.state.store.record_change(&before, &after).await.map_err(not_written)
    }

    /// A result, after which the lab test that it answered waits again.
    async fn mark_result(&self, id: domain::id::LabResultId) -> Result<(), Problem> {
        let (before, after) = self.marked::<LabResult>(id).await?;
        must_not_be_of_laboratory(&before.content)?;
        let test = match before.content.lab_test_id {
            Some(id) => self.state.store.record_entry::<LabTest>(before.patient_id, id).await?,
            None => None,
        };
        let again = test.filter(|test| !test.in_error && test.content.status == LabTestStatus::Resulted).map(|test| {
            let content = LabTest { status: LabTestStatus::Open, ..test.content.clone() };
            let open = test.changed(author(self.state, self.access), None, content);
            (test, open)
        });
        let again = again.as_ref().map(|(test, open)| (test, open));
        self.state.store.lab_result_write(Some(&before), &after, again).await.map_err(not_written)
    }
}
