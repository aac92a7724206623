//! Diagnoses.

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;

use domain::{
    id::{DiagnosisId, EncounterId},
    patient::parse_date,
    record::{
        Entry,
        diagnosis::{ClinicalStatus, Icd10, VerificationStatus},
    },
    text::Reason,
};
use http::{AppState, auth::PatientAccess};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use domain::record::diagnosis::Diagnosis;

use crate::entries::{EntryHead, In, Shown, head};

/// A diagnosis.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiagnosisView {
    id: DiagnosisId,
    what: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    icd10: Option<Icd10>,
    clinical_status: ClinicalStatus,
    verification_status: VerificationStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    onset: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Reason>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for Diagnosis {
    type View = DiagnosisView;
    const PATH: &'static str = "diagnoses";

    fn view(entry: Entry<Self>, state: &AppState) -> DiagnosisView {
        let (head, content) = (head(&entry, state), entry.content);
        let Self { what, icd10, clinical_status, verification_status, onset, detail } = content;
        DiagnosisView { id: entry.id, what, icd10, clinical_status, verification_status, onset, detail, head }
    }
}

/// What a diagnosis says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiagnosisBody {
    /// The encounter in which it was made.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    /// What it is, in words.
    #[schema(value_type = Reason)]
    what: Option<String>,
    #[schema(value_type = Option<Icd10>)]
    icd10: Option<String>,
    #[schema(value_type = ClinicalStatus)]
    clinical_status: Option<String>,
    #[schema(value_type = VerificationStatus)]
    verification_status: Option<String>,
    /// Since when the patient has had it. Not in the future.
    #[schema(value_type = Option<String>, format = Date)]
    onset: Option<String>,
    /// More about it.
    #[schema(value_type = Option<Reason>)]
    detail: Option<String>,
}

impl DiagnosisBody {
    fn parse(self, fields: &mut In<'_>, access: &PatientAccess, state: &AppState) -> Option<(Option<EncounterId>, Diagnosis)> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let what = fields.required("what", self.what, |text| Reason::parse(&text));
        let icd10 = fields.optional("icd10", self.icd10, |code| Icd10::parse(&code));
        let clinical = fields.required("clinical_status", self.clinical_status, |text| ClinicalStatus::parse(&text));
        let verification = fields.required("verification_status", self.verification_status, |text| VerificationStatus::parse(&text));
        let onset = fields.optional("onset", self.onset, |day| crate::entries::not_ahead(parse_date(&day)?, access, state));
        let detail = fields.optional("detail", self.detail, |text| Reason::parse(&text));
        let content = Diagnosis {
            what: what?,
            icd10: icd10?,
            clinical_status: clinical?,
            verification_status: verification?,
            onset: onset?,
            detail: detail?,
        };
        Some((encounter?, content))
    }
}
