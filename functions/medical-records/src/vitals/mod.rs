//! Vital signs.

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;

use domain::{
    Invalid,
    id::{EncounterId, VitalsId},
    instant::{Instant, parse_instant},
    patient::DateOfBirth,
    record::{Entry, vitals::Measured},
    text::Reason,
};
use http::{AppState, Problem, VitalSignView, VitalSigns, auth::PatientAccess};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use domain::record::vitals::Vitals;

use crate::entries::{EntryHead, In, Shown, head, not_before_birth};

/// Vital signs that were taken together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VitalsView {
    id: VitalsId,
    taken_at: Instant,
    values: Vec<VitalSignView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Reason>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for Vitals {
    type View = VitalsView;
    const PATH: &'static str = "vitals";

    fn view(entry: Entry<Self>, state: &AppState) -> VitalsView {
        let values = entry.content.readings.iter().map(VitalSignView::of);
        let (values, taken_at) = (values.collect(), state.hospital.instant(entry.content.taken_at));
        VitalsView { id: entry.id, taken_at, values, head: head(&entry, state), detail: entry.content.detail }
    }
}

/// What vital signs say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VitalsBody {
    /// The encounter in which they were taken.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    /// When they were taken. When left out: now, and in a correction as it was.
    #[schema(value_type = Option<Instant>)]
    taken_at: Option<String>,
    /// At least one.
    #[schema(value_type = VitalSigns)]
    values: Option<VitalSigns>,
    /// More about them: the patient's position, the device.
    #[schema(value_type = Option<Reason>)]
    detail: Option<String>,
}

impl VitalsBody {
    fn parse(self, fields: &mut In<'_>, access: &PatientAccess, state: &AppState) -> Option<(Option<EncounterId>, Parsed)> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let taken_at = fields.optional("taken_at", self.taken_at, |at| not_before_birth(parse_instant(&at)?, access, state));
        let detail = fields.optional("detail", self.detail, |text| Reason::parse(&text));
        let values = fields
            .required("values", self.values, Ok::<_, Invalid>)
            .and_then(|values| values.parse(|name, checked| fields.check(&format!("values.{name}"), checked)));
        let parsed = Parsed { taken_at: taken_at?, values: values?, detail: detail? };
        // Whether they can be true together does not depend on the time.
        fields.check("values", parsed.flagged(state.clock.now(), None, state))?;
        Some((encounter?, parsed))
    }
}

/// What was written about vital signs, before it is known when they were taken.
struct Parsed {
    taken_at: Option<Timestamp>,
    values: Vec<Measured>,
    detail: Option<Reason>,
}

impl Parsed {
    /// The vital signs with their flags. `otherwise` is when they were taken if nobody said so.
    fn flagged(&self, otherwise: Timestamp, born: Option<DateOfBirth>, state: &AppState) -> Result<Vitals, Invalid> {
        let taken_at = self.taken_at.unwrap_or(otherwise);
        let on = state.hospital.zone.to_datetime(taken_at).date();
        Vitals::new(taken_at, &self.values, self.detail.clone(), born.map(DateOfBirth::date), on)
    }

    fn vitals(&self, otherwise: Timestamp, access: &PatientAccess, state: &AppState) -> Result<Vitals, Problem> {
        let flagged = self.flagged(otherwise, access.patient.date_of_birth, state);
        flagged.map_err(|why| Problem::invalid_field("values", why.code, why.detail))
    }
}
