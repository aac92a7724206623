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
    record::{
        Entry,
        vitals::{Flag, Measured, VitalSign},
    },
    text::Reason,
};
use http::{AppState, Problem, auth::PatientAccess};
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

#[derive(Debug, Serialize, ToSchema)]
struct VitalSignView {
    code: VitalSign,
    /// LOINC.
    loinc: &'static str,
    value: f64,
    /// UCUM.
    unit: &'static str,
    /// How it stood out at the patient's age when it was written. Absent when nothing is known of that sign or that age.
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Flag>,
}

impl Shown for Vitals {
    type View = VitalsView;
    const PATH: &'static str = "vitals";

    fn view(entry: Entry<Self>, state: &AppState) -> VitalsView {
        let values = entry.content.readings.iter().map(|reading| VitalSignView {
            code: reading.measured.sign,
            loinc: reading.measured.sign.loinc(),
            value: reading.measured.value(),
            unit: reading.measured.sign.unit(),
            flag: reading.flag,
        });
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

/// The values.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VitalSigns {
    /// Beats a minute.
    #[schema(minimum = 10, maximum = 350)]
    heart_rate: Option<f64>,
    /// Breaths a minute.
    #[schema(minimum = 1, maximum = 120)]
    respiratory_rate: Option<f64>,
    /// In mmHg, higher than the diastolic one.
    #[schema(minimum = 30, maximum = 320)]
    systolic_pressure: Option<f64>,
    /// In mmHg.
    #[schema(minimum = 10, maximum = 220)]
    diastolic_pressure: Option<f64>,
    /// In degrees Celsius, with at most one decimal.
    #[schema(minimum = 20, maximum = 45)]
    temperature: Option<f64>,
    /// In percent.
    #[schema(minimum = 20, maximum = 100)]
    oxygen_saturation: Option<f64>,
    /// In kg, with at most one decimal.
    #[schema(minimum = 0.2, maximum = 650)]
    weight: Option<f64>,
    /// In cm, with at most one decimal.
    #[schema(minimum = 15, maximum = 275)]
    height: Option<f64>,
    /// From 0 (none) to 10 (the worst).
    #[schema(minimum = 0, maximum = 10)]
    pain: Option<f64>,
}

impl VitalSigns {
    fn parse(&self, fields: &mut In<'_>) -> Option<Vec<Measured>> {
        let given = [
            (VitalSign::HeartRate, self.heart_rate),
            (VitalSign::RespiratoryRate, self.respiratory_rate),
            (VitalSign::SystolicPressure, self.systolic_pressure),
            (VitalSign::DiastolicPressure, self.diastolic_pressure),
            (VitalSign::Temperature, self.temperature),
            (VitalSign::OxygenSaturation, self.oxygen_saturation),
            (VitalSign::Weight, self.weight),
            (VitalSign::Height, self.height),
            (VitalSign::Pain, self.pain),
        ];
        // All of them are checked, so that everything that is wrong is named at once.
        let checked: Vec<_> = given
            .into_iter()
            .filter_map(|(sign, value)| Some((sign, value?)))
            .map(|(sign, value)| fields.check(&format!("values.{}", sign.as_str()), Measured::new(sign, value)))
            .collect();
        checked.into_iter().collect()
    }
}

impl VitalsBody {
    fn parse(self, fields: &mut In<'_>, access: &PatientAccess, state: &AppState) -> Option<(Option<EncounterId>, Parsed)> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let taken_at = fields.optional("taken_at", self.taken_at, |at| not_before_birth(parse_instant(&at)?, access, state));
        let detail = fields.optional("detail", self.detail, |text| Reason::parse(&text));
        let values = fields.required("values", self.values, Ok::<_, Invalid>).and_then(|values| values.parse(fields));
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
