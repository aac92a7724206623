//! Results of lab tests.

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod review;

use domain::{
    Invalid,
    id::{DoctorId, EncounterId, ImageId, LabOrderId, LabReportId, LabResultId, LabTestId},
    instant::{Instant, parse_instant},
    policy::Relationship,
    record::{
        Author, Entry,
        image::{Image, ImageStatus},
        lab_result::{Found, Loinc, ResultStage, number, unit},
        vitals::Flag,
    },
    reference_range::Limits,
    role::Role,
    text::{Narrative, Reason, Title},
};
use http::{AppState, FindingView, Problem, auth::PatientAccess, refusals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use domain::record::lab_result::LabResult;

use crate::entries::{AuthorView, EntryHead, In, Shown, head, not_before_birth};

/// A result.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultView {
    id: LabResultId,
    /// What was examined.
    name: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    loinc: Option<Loinc>,
    /// A result is a number with its unit, a text, or `values`.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// The lowest usual value.
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    /// The highest usual value.
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Reason>,
    /// All values of a test that a laboratory of this hospital made.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<FindingView>>,
    /// What the laboratory says about the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Narrative>,
    /// Of `values`, the one that has to be looked at first. Absent when it is not known what is usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Flag>,
    /// When the specimen was taken.
    taken_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    laboratory: Option<Title>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lab_test_id: Option<LabTestId>,
    /// The report.
    #[serde(skip_serializing_if = "Option::is_none")]
    image_id: Option<ImageId>,
    /// The order of a laboratory that it is of. It is changed only there.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<LabOrderId>,
    /// How far the laboratory is with it. Patients do not see what is `preliminary`.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<ResultStage>,
    /// The report that the laboratory has uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    report_id: Option<LabReportId>,
    /// The doctor who looks at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_id: Option<DoctorId>,
    /// Who looked at it. Absent until somebody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_by: Option<AuthorView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_at: Option<Instant>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for LabResult {
    type View = ResultView;
    const PATH: &'static str = "results";

    fn view(entry: Entry<Self>, state: &AppState) -> ResultView {
        let (head, content) = (head(&entry, state), entry.content);
        let flag = content.found.flag();
        let (mut value, mut unit, mut low, mut high, mut text, mut values, mut comment) = (None, None, None, None, None, None, None);
        match content.found {
            Found::Number { value: number, unit: of, low: lowest, high: highest, .. } => {
                (value, unit, low, high) = (Some(number), Some(of), lowest, highest);
            }
            Found::Text(words) => text = Some(words),
            Found::Panel { values: all, text } => (values, comment) = (Some(all.into_iter().map(FindingView::of).collect()), text),
        }
        ResultView {
            id: entry.id,
            name: content.name,
            loinc: content.loinc,
            value,
            unit,
            low,
            high,
            text,
            values,
            comment,
            flag,
            taken_at: state.hospital.instant(content.taken_at),
            laboratory: content.laboratory,
            lab_test_id: content.lab_test_id,
            image_id: content.image_id,
            order_id: content.order.as_ref().map(|order| order.id),
            stage: content.order.as_ref().map(|order| order.stage),
            report_id: content.order.as_ref().and_then(|order| order.report_id),
            doctor_id: content.doctor_id,
            reviewed_by: content.reviewed.as_ref().map(AuthorView::of),
            reviewed_at: content.reviewed.map(|author| state.hospital.instant(author.at)),
            head,
        }
    }

    fn is_seen_by(entry: &Entry<Self>, access: &PatientAccess) -> bool {
        // Before its release, it is for those who treat the patient, and for the laboratory that it is of, which reads the order.
        let treats = access.relationships.contains(&Relationship::Treating) || access.on_shift_as.contains(&Role::Nurse);
        entry.content.is_released() || (treats && !access.is_patient())
    }
}

refusals! {
    pub(crate) OfALaboratory {
        409 "of_a_laboratory" { order_id: LabOrderId },
    }
}

/// Refuses to change what a laboratory has entered: it has its own way.
pub(crate) fn must_not_be_of_laboratory(result: &LabResult) -> Result<(), Problem> {
    let Some(order) = &result.order else { return Ok(()) };
    let detail =
        "A laboratory of this hospital has entered this result. It corrects it through its order, and amends it after the release.";
    Err(Problem::conflict("of_a_laboratory", detail).with("order_id", order.id))
}

/// What a result says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResultBody {
    /// The encounter that it belongs to.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    /// What was examined.
    #[schema(value_type = Title)]
    name: Option<String>,
    /// With it, a number has a place in a graph.
    #[schema(value_type = Option<Loinc>)]
    loinc: Option<String>,
    /// A number with its unit. Send either this or `text`.
    value: Option<f64>,
    #[schema(min_length = 1, max_length = 20, pattern = "^[!-~\u{b5}\u{3bc}]{1,20}$")]
    unit: Option<String>,
    /// The lowest usual value.
    low: Option<f64>,
    /// The highest usual value.
    high: Option<f64>,
    /// What was found, in words: `negative`.
    #[schema(value_type = Option<Reason>)]
    text: Option<String>,
    /// When the specimen was taken.
    #[schema(value_type = Instant)]
    taken_at: Option<String>,
    /// The laboratory, if it is not this hospital's.
    #[schema(value_type = Option<Title>)]
    laboratory: Option<String>,
    /// The prescription that it answers. It cannot be changed.
    #[schema(value_type = Option<LabTestId>)]
    lab_test_id: Option<String>,
    /// The report, which is an image that was uploaded and checked.
    #[schema(value_type = Option<ImageId>)]
    image_id: Option<String>,
    /// The doctor who looks at it. When left out: who prescribed the test, or the doctor who writes the result.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
}

impl ResultBody {
    fn parse(self, fields: &mut In<'_>, access: &PatientAccess, state: &AppState) -> Option<(Option<EncounterId>, LabResult)> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let name = fields.required("name", self.name, |text| Title::parse(&text));
        let loinc = fields.optional("loinc", self.loinc, |code| Loinc::parse(&code));
        let value = fields.optional("value", self.value, number);
        let (low, high) = (fields.optional("low", self.low, number), fields.optional("high", self.high, number));
        let unit = fields.optional("unit", self.unit, |text| unit(&text));
        let text = fields.optional("text", self.text, |text| Reason::parse(&text));
        let taken_at = fields.required("taken_at", self.taken_at, |at| not_before_birth(parse_instant(&at)?, access, state));
        let laboratory = fields.optional("laboratory", self.laboratory, |text| Title::parse(&text));
        let lab_test = fields.optional("lab_test_id", self.lab_test_id, |id| id.parse());
        let image = fields.optional("image_id", self.image_id, |id| id.parse());
        let doctor = fields.optional("doctor_id", self.doctor_id, |id| id.parse());
        let found = match (value?, unit?, low?, high?, text?) {
            (Some(value), Some(unit), low, high, None) => {
                let ordered = low.zip(high).is_none_or(|(low, high)| low <= high);
                let checked = ordered.then_some(()).ok_or_else(|| Invalid::new("reversed", "The lowest usual value is above the highest."));
                fields.check("low", checked)?;
                Found::measured(value, unit, Limits { low, high, ..Limits::default() })
            }
            (None, None, None, None, Some(text)) => Found::Text(text),
            _ => {
                let detail = "Send either `value` with its `unit`, or `text`.";
                return fields.check("value", Err(Invalid::new("value_or_text", detail)));
            }
        };
        let content = LabResult {
            name: name?,
            loinc: loinc?,
            found,
            taken_at: taken_at?,
            laboratory: laboratory?,
            lab_test_id: lab_test?,
            image_id: image?,
            order: None,
            patient_name: access.patient.name.clone(),
            doctor_id: doctor?,
            reviewed: None,
        };
        Some((encounter?, content))
    }
}

/// Checks the report and the doctor. A doctor who writes the result has looked at it.
async fn settled(content: LabResult, author: &Author, state: &AppState, access: &PatientAccess) -> Result<LabResult, Problem> {
    if let Some(id) = content.image_id {
        let image = state.store.record_entry::<Image>(access.patient.id, id).await?;
        if !image.is_some_and(|image| !image.in_error && image.content.status == ImageStatus::Available) {
            let detail = "The patient has no such image, or its file was not uploaded and checked.";
            return Err(Problem::invalid_field("image_id", "unknown_image", detail));
        }
    }
    let doctor_id = content.doctor_id.or(access.caller.doctor_id);
    let missing = || Problem::invalid_field("doctor_id", "required", "Name the doctor who looks at it: one who treats the patient.");
    let doctor = doctor_id.ok_or_else(missing)?;
    let own = doctor_id == access.caller.doctor_id;
    if !own && !state.store.patient_is_treated_by(doctor, access.patient.id, state.clock.now(), &state.hospital.zone).await? {
        let detail = "This doctor does not treat the patient, and so could not look at it. Name one who does.";
        return Err(Problem::invalid_field("doctor_id", "not_treating", detail));
    }
    Ok(LabResult { doctor_id, reviewed: own.then(|| author.clone()), ..content })
}
