//! `GET /patients/{patient_id}/record/{entry_id}/versions`: what an entry says now, and what it said before.

use std::str::FromStr;

use axum::extract::State;
use domain::{
    Invalid,
    id::{
        BloodTypingId, DiagnosisId, EncounterId, ImageId, LabResultId, LabTestId, MedicineId, PatientId, SurgeryId, TreatmentPlanId,
        VitalsId,
    },
    policy::Relationship,
    record::{
        Entry,
        blood_group::BloodTyping,
        diagnosis::Diagnosis,
        encounter::{Encounter, EncounterNote},
        image::Image,
        lab_result::LabResult,
        prescription::{LabTest, Medicine},
        surgery::Surgery,
        treatment_plan::TreatmentPlan,
        vitals::Vitals,
    },
    role::Role,
};
use http::{AppState, Json, Listing, NoFilter, Page, Path, Problem, auth::PatientAccess};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    blood_typings::BloodTypingView,
    diagnoses::DiagnosisView,
    encounters::{EncounterNoteView, shows_note},
    entries::Shown,
    images::ImageView,
    lab_tests::LabTestView,
    medicines::MedicineView,
    results::ResultView,
    surgeries::SurgeryView,
    treatment_plans::TreatmentPlanView,
    vitals::VitalsView,
};

/// How many versions are on a page at most.
const ON_A_PAGE: usize = 20;

/// The id of an entry. Its prefix says of which kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EntryId {
    BloodTyping(BloodTypingId),
    Diagnosis(DiagnosisId),
    Encounter(EncounterId),
    Image(ImageId),
    LabTest(LabTestId),
    Medicine(MedicineId),
    Result(LabResultId),
    Surgery(SurgeryId),
    TreatmentPlan(TreatmentPlanId),
    Vitals(VitalsId),
}

impl FromStr for EntryId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let diagnosis = || text.parse().map(Self::Diagnosis);
        diagnosis()
            .or_else(|_| text.parse().map(Self::BloodTyping))
            .or_else(|_| text.parse().map(Self::Encounter))
            .or_else(|_| text.parse().map(Self::Image))
            .or_else(|_| text.parse().map(Self::LabTest))
            .or_else(|_| text.parse().map(Self::Medicine))
            .or_else(|_| text.parse().map(Self::Result))
            .or_else(|_| text.parse().map(Self::Surgery))
            .or_else(|_| text.parse().map(Self::TreatmentPlan))
            .or_else(|_| text.parse().map(Self::Vitals))
    }
}

/// What an entry says in one of its versions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum EntryVersion {
    BloodTyping(BloodTypingView),
    Diagnosis(DiagnosisView),
    EncounterNote(EncounterNoteView),
    Image(ImageView),
    LabTest(LabTestView),
    Medicine(MedicineView),
    Result(ResultView),
    Surgery(SurgeryView),
    TreatmentPlan(TreatmentPlanView),
    Vitals(VitalsView),
}

/// One version of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// Whether it was taken out of view with this version.
    pub(crate) entered_in_error: bool,
    pub(crate) entry: EntryVersion,
}

/// Read the history of an entry
///
/// What it says now and what it said before, newest first, each version with who wrote it, when and why. What was entered in error is here and
/// nowhere else. The id is that of any entry; that of an encounter stands for its note.
#[utoipa::path(get, path = "/patients/{patient_id}/record/{entry_id}/versions", tag = "medical record", operation_id = "list_entry_versions",
    params(("patient_id" = PatientId, Path), ("entry_id" = String, Path, description = "The id of an entry."), Listing<NoFilter>),
    responses((status = 200, body = Page<VersionView>)))]
pub(crate) async fn versions(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<EntryId>,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<VersionView>>, Problem> {
    let reads_everything =
        access.is_patient() || access.relationships.contains(&Relationship::Treating) || access.on_shift_as.contains(&Role::Nurse);
    if !reads_everything && !matches!(id, EntryId::BloodTyping(_) | EntryId::Image(_) | EntryId::LabTest(_) | EntryId::Result(_)) {
        return Err(Problem::forbidden("Lab technicians read the history of lab tests, results, images and blood typings."));
    }
    let asked = (&state, &access, &listing);
    match id {
        EntryId::BloodTyping(id) => page::<BloodTyping>(asked, id, EntryVersion::BloodTyping).await,
        EntryId::Diagnosis(id) => page::<Diagnosis>(asked, id, EntryVersion::Diagnosis).await,
        EntryId::Encounter(id) => {
            // Of an encounter that was entered in error, too. A draft is not for the patient's eyes.
            let encounter = state.store.record_entry::<Encounter>(access.patient.id, id).await?;
            if !encounter.is_some_and(|encounter| shows_note(&encounter, &access)) {
                return Err(Problem::not_found("entry"));
            }
            page::<EncounterNote>(asked, id, EntryVersion::EncounterNote).await
        }
        EntryId::Image(id) => page::<Image>(asked, id, EntryVersion::Image).await,
        EntryId::LabTest(id) => page::<LabTest>(asked, id, EntryVersion::LabTest).await,
        EntryId::Medicine(id) => page::<Medicine>(asked, id, EntryVersion::Medicine).await,
        EntryId::Result(id) => page::<LabResult>(asked, id, EntryVersion::Result).await,
        EntryId::Surgery(id) => page::<Surgery>(asked, id, EntryVersion::Surgery).await,
        EntryId::TreatmentPlan(id) => page::<TreatmentPlan>(asked, id, EntryVersion::TreatmentPlan).await,
        EntryId::Vitals(id) => page::<Vitals>(asked, id, EntryVersion::Vitals).await,
    }
}

type Asked<'a> = (&'a AppState, &'a PatientAccess, &'a Listing<NoFilter>);

async fn page<C: Shown>(
    (state, access, listing): Asked<'_>,
    id: C::Id,
    wrap: fn(C::View) -> EntryVersion,
) -> Result<Json<Page<VersionView>>, Problem> {
    let patient = access.patient.id;
    let missing = || Problem::not_found("entry");
    let now = state.store.record_entry::<C>(patient, id).await?.filter(|now| C::is_seen_by(now, access)).ok_or_else(missing)?;
    let (list, limit) = (format!("versions?{patient}&{id}"), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?.and_then(|version| version.parse::<u64>().ok());
    let mut found: Vec<Entry<C>> = before.is_none().then_some(now).into_iter().collect();
    found.extend(state.store.record_versions::<C>(patient, id, before, limit + 1).await?);
    let mut page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.version.to_string()));
    // Versions from before the patient saw it are not for the patient's eyes, either.
    page.items.retain(|entry| C::is_seen_by(entry, access));
    Ok(Json(page.map(|entry| VersionView { entered_in_error: entry.in_error, entry: wrap(C::view(entry, state)) })))
}
