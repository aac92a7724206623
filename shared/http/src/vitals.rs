//! Vital signs as requests send them and answers show them.

use domain::{
    Invalid,
    record::vitals::{Flag, Measured, Reading, VitalSign},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One value of a set of vital signs.
#[derive(Debug, Serialize, ToSchema)]
pub struct VitalSignView {
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

impl VitalSignView {
    #[must_use]
    pub fn of(reading: &Reading) -> Self {
        Self {
            code: reading.measured.sign,
            loinc: reading.measured.sign.loinc(),
            value: reading.measured.value(),
            unit: reading.measured.sign.unit(),
            flag: reading.flag,
        }
    }
}

/// The values of a set of vital signs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VitalSigns {
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
    /// Parses the values. `check` gets the name of each with its outcome, and notes what was refused.
    pub fn parse(&self, mut check: impl FnMut(&str, Result<Measured, Invalid>) -> Option<Measured>) -> Option<Vec<Measured>> {
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
        let given = given.into_iter().filter_map(|(sign, value)| Some((sign, value?)));
        let checked: Vec<_> = given.map(|(sign, value)| check(sign.as_str(), Measured::new(sign, value))).collect();
        checked.into_iter().collect()
    }
}
