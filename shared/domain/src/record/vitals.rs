//! Vital signs: what is measured, in which unit, what can be true of a person, and what stands out at an age.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clinical, Entry, Full, Point, Summary, summary::Newest};
use crate::{Invalid, id::VitalsId, text::Reason};

/// What is measured. Each has one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VitalSign {
    /// Beats a minute. LOINC 8867-4.
    HeartRate,
    /// Breaths a minute. LOINC 9279-1.
    RespiratoryRate,
    /// Systolic blood pressure in mmHg. LOINC 8480-6.
    SystolicPressure,
    /// Diastolic blood pressure in mmHg. LOINC 8462-4.
    DiastolicPressure,
    /// Body temperature in degrees Celsius. LOINC 8310-5.
    Temperature,
    /// Oxygen saturation in percent, by pulse oximetry. LOINC 59408-5.
    OxygenSaturation,
    /// Body weight in kg. LOINC 29463-7.
    Weight,
    /// Body height in cm. LOINC 8302-2.
    Height,
    /// Pain from 0 (none) to 10 (the worst), as the patient says. LOINC 72514-3.
    Pain,
}

/// What is known of a vital sign: its name, its LOINC code, its unit in UCUM, and the lowest and the highest value that can be true, in tenths.
struct Known {
    sign: VitalSign,
    name: &'static str,
    loinc: &'static str,
    unit: &'static str,
    possible: (i32, i32),
    /// Whether tenths of the unit are measured.
    tenths: bool,
}

const fn known(sign: VitalSign, name: &'static str, loinc: &'static str, unit: &'static str, possible: (i32, i32), tenths: bool) -> Known {
    Known { sign, name, loinc, unit, possible, tenths }
}

const ALL: [Known; 9] = [
    known(VitalSign::HeartRate, "heart_rate", "8867-4", "/min", (100, 3500), false),
    known(VitalSign::RespiratoryRate, "respiratory_rate", "9279-1", "/min", (10, 1200), false),
    known(VitalSign::SystolicPressure, "systolic_pressure", "8480-6", "mm[Hg]", (300, 3200), false),
    known(VitalSign::DiastolicPressure, "diastolic_pressure", "8462-4", "mm[Hg]", (100, 2200), false),
    known(VitalSign::Temperature, "temperature", "8310-5", "Cel", (200, 450), true),
    known(VitalSign::OxygenSaturation, "oxygen_saturation", "59408-5", "%", (200, 1000), false),
    known(VitalSign::Weight, "weight", "29463-7", "kg", (2, 6500), true),
    known(VitalSign::Height, "height", "8302-2", "cm", (150, 2750), true),
    known(VitalSign::Pain, "pain", "72514-3", "{score}", (0, 100), false),
];

impl VitalSign {
    fn known(self) -> &'static Known {
        // Every one is in the list; a test says so.
        ALL.iter().find(|known| known.sign == self).unwrap_or(&ALL[0])
    }

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When there is no such vital sign.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let names = ALL.iter().map(|known| known.name).collect::<Vec<_>>().join("`, `");
        let found = ALL.iter().find(|known| known.name == text);
        found.map(|known| known.sign).ok_or_else(|| Invalid::new("invalid_vital_sign", format!("Use `{names}`.")))
    }

    /// The name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.known().name
    }

    /// Its LOINC code.
    #[must_use]
    pub fn loinc(self) -> &'static str {
        self.known().loinc
    }

    /// Its unit, in UCUM.
    #[must_use]
    pub fn unit(self) -> &'static str {
        self.known().unit
    }
}

/// A value of a vital sign, in tenths of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// What was measured.
    pub sign: VitalSign,
    /// The value in tenths of the unit.
    pub tenths: i32,
}

impl Measured {
    /// Checks a value. What no living person has is a slip of the hand.
    ///
    /// # Errors
    /// When it is impossible, or finer than what is measured.
    pub fn new(sign: VitalSign, value: f64) -> Result<Self, Invalid> {
        let known = sign.known();
        let (low, high) = known.possible;
        let scaled = value * 10.0;
        if !scaled.is_finite() || scaled < f64::from(low) || scaled > f64::from(high) {
            let (low, high) = (f64::from(low) / 10.0, f64::from(high) / 10.0);
            return Err(Invalid::new("impossible", format!("Use {low} to {high} {}.", known.unit)));
        }
        let step = if known.tenths { 1.0 } else { 10.0 };
        let steps = (scaled / step).round();
        if (scaled - steps * step).abs() > 1e-6 {
            let finest = if known.tenths { "one decimal" } else { "a whole number" };
            return Err(Invalid::new("too_fine", format!("Use {finest}.")));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 6500, and whole")]
        let tenths = (steps * step) as i32;
        Ok(Self { sign, tenths })
    }

    /// The value in the sign's unit.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.tenths) / 10.0
    }

    /// How it stands out for somebody who was born then. `None` when nothing is known of that age, or nothing stands out at any.
    #[must_use]
    pub fn flag(self, born: Option<Date>, on: Date) -> Option<Flag> {
        let limits = limits(self.sign, born?, on)?;
        Some(match self.tenths {
            value if value <= limits.critical_low => Flag::CriticalLow,
            value if value < limits.low => Flag::Low,
            value if value >= limits.critical_high => Flag::CriticalHigh,
            value if value > limits.high => Flag::High,
            _ => Flag::Normal,
        })
    }
}

/// How a value stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// So low that somebody has to act at once.
    CriticalLow,
    /// Lower than usual.
    Low,
    /// As usual at this age.
    Normal,
    /// Higher than usual.
    High,
    /// So high that somebody has to act at once.
    CriticalHigh,
}

impl Flag {
    /// The flag in words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::CriticalLow => "critical low",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::CriticalHigh => "critical high",
        }
    }

    /// Whether somebody has to act at once.
    #[must_use]
    pub const fn is_critical(self) -> bool {
        matches!(self, Self::CriticalLow | Self::CriticalHigh)
    }

    /// How soon somebody has to look at it: the highest first.
    #[must_use]
    pub const fn urgency(self) -> u8 {
        match self {
            Self::Normal => 0,
            Self::Low | Self::High => 1,
            Self::CriticalLow | Self::CriticalHigh => 2,
        }
    }
}

/// What is usual, both ends included, and from where on it is critical, in tenths.
struct Limits {
    critical_low: i32,
    low: i32,
    high: i32,
    critical_high: i32,
}

/// Nothing is critical on this side.
const NEVER_LOW: i32 = i32::MIN;
const NEVER_HIGH: i32 = i32::MAX;

/// What is usual for a child until an age in months: heart rate, respiratory rate and systolic pressure.
const CHILDREN: [(i32, [(i32, i32); 3]); 7] = [
    (1, [(100, 205), (30, 53), (67, 84)]),
    (12, [(100, 180), (30, 53), (72, 104)]),
    (36, [(98, 140), (22, 37), (86, 106)]),
    (72, [(80, 120), (20, 28), (89, 112)]),
    (120, [(75, 118), (18, 25), (97, 115)]),
    (144, [(75, 118), (18, 25), (102, 120)]),
    (192, [(60, 100), (12, 20), (110, 131)]),
];

/// The limits of a sign at an age. From 16 years on those of NEWS2 (Royal College of Physicians, National Early Warning Score 2, 2017): usual is
/// what scores 0, and critical what scores 3. For children what is usual awake (American Heart Association, Pediatric Advanced Life Support, 2020);
/// no value of theirs is called critical, because no score is behind it.
fn limits(sign: VitalSign, born: Date, on: Date) -> Option<Limits> {
    let adult = |critical_low, low, high, critical_high| Some(Limits { critical_low, low, high, critical_high });
    if born.saturating_add(16.years()) <= on {
        return match sign {
            VitalSign::HeartRate => adult(400, 510, 900, 1310),
            VitalSign::RespiratoryRate => adult(80, 120, 200, 250),
            VitalSign::SystolicPressure => adult(900, 1110, 2190, 2200),
            VitalSign::Temperature => adult(350, 361, 380, NEVER_HIGH),
            VitalSign::OxygenSaturation => adult(910, 960, 1000, NEVER_HIGH),
            VitalSign::DiastolicPressure | VitalSign::Weight | VitalSign::Height | VitalSign::Pain => None,
        };
    }
    let (_, usual) = CHILDREN.iter().find(|(months, _)| on < born.saturating_add(months.months()))?;
    let (low, high) = match sign {
        VitalSign::HeartRate => usual[0],
        VitalSign::RespiratoryRate => usual[1],
        VitalSign::SystolicPressure => usual[2],
        // The same as of adults.
        VitalSign::Temperature => (36, 38),
        _ => return None,
    };
    Some(Limits { critical_low: NEVER_LOW, low: low * 10, high: high * 10, critical_high: NEVER_HIGH })
}

/// One value of a set, and how it stood out when it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The value.
    #[serde(flatten)]
    pub measured: Measured,
    /// How it stands out at the patient's age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
}

/// Vital signs that were taken together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vitals {
    /// When they were taken.
    pub taken_at: Timestamp,
    /// At least one, each sign once.
    pub readings: Vec<Reading>,
    /// More about them: the patient's position, the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Reason>,
}

/// How far ahead of the hospital's clock a time may be that somebody read from another clock.
pub const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

impl Vitals {
    /// Flags the values for somebody who was born then.
    ///
    /// # Errors
    /// When there is none, or they cannot be true together.
    pub fn new(taken_at: Timestamp, measured: &[Measured], detail: Option<Reason>, born: Option<Date>, on: Date) -> Result<Self, Invalid> {
        let of = |sign| measured.iter().find(|measured| measured.sign == sign).map(|measured| measured.tenths);
        if measured.is_empty() {
            return Err(Invalid::new("required", "Give at least one value."));
        }
        if let (Some(systolic), Some(diastolic)) = (of(VitalSign::SystolicPressure), of(VitalSign::DiastolicPressure))
            && systolic <= diastolic
        {
            return Err(Invalid::new(
                "impossible",
                "The systolic pressure must be higher than the diastolic one. Check whether they are swapped.",
            ));
        }
        let readings = measured.iter().map(|measured| Reading { measured: *measured, flag: measured.flag(born, on) }).collect();
        Ok(Self { taken_at, readings, detail })
    }
}

impl Clinical for Vitals {
    type Id = VitalsId;
    const KIND: &'static str = "vitals";
    const IN_SUMMARY: bool = true;

    fn show(_before: Option<&Entry<Self>>, entry: &Entry<Self>, summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        // What this entry was the newest of is found anew: an earlier version of it may have said something else.
        let lost: Vec<_> = summary.vitals.iter().filter(|(_, newest)| newest.id == entry.id).map(|(sign, _)| *sign).collect();
        summary.vitals.retain(|_, newest| newest.id != entry.id);
        for reading in entry.content.readings.iter().filter(|_| !entry.in_error) {
            let newest = Newest { id: entry.id, at: entry.content.taken_at, tenths: reading.measured.tenths, flag: reading.flag };
            summary.offer(reading.measured.sign, newest);
        }
        Ok(lost)
    }

    fn points(entry: &Entry<Self>) -> Vec<Point> {
        let of = |reading: &Reading| Point {
            code: reading.measured.sign.as_str().to_owned(),
            at: entry.content.taken_at,
            value: reading.measured.value(),
            unit: reading.measured.sign.unit().to_owned(),
            flag: reading.flag,
        };
        if entry.in_error { Vec::new() } else { entry.content.readings.iter().map(of).collect() }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const SIGNS: [VitalSign; 9] = [
        VitalSign::HeartRate,
        VitalSign::RespiratoryRate,
        VitalSign::SystolicPressure,
        VitalSign::DiastolicPressure,
        VitalSign::Temperature,
        VitalSign::OxygenSaturation,
        VitalSign::Weight,
        VitalSign::Height,
        VitalSign::Pain,
    ];

    #[test]
    fn every_sign_is_known_once() {
        for sign in SIGNS {
            assert_eq!((VitalSign::parse(sign.as_str()), sign.known().sign), (Ok(sign), sign));
            assert!(!sign.loinc().is_empty() && !sign.unit().is_empty());
        }
        assert_eq!((ALL.len(), VitalSign::parse("x").unwrap_err().code), (SIGNS.len(), "invalid_vital_sign"));
    }

    #[test]
    fn what_nobody_has_is_refused() {
        let code = |sign, value| Measured::new(sign, value).map(|measured| measured.tenths).map_err(|why| why.code);
        assert_eq!(code(VitalSign::Temperature, 36.6), Ok(366));
        assert_eq!(code(VitalSign::Temperature, 366.0), Err("impossible"));
        assert_eq!(code(VitalSign::Temperature, 36.66), Err("too_fine"));
        assert_eq!(code(VitalSign::HeartRate, 72.5), Err("too_fine"));
        assert_eq!(
            (code(VitalSign::Pain, 0.0), code(VitalSign::Pain, 10.0), code(VitalSign::Pain, 11.0)),
            (Ok(0), Ok(100), Err("impossible"))
        );
        for value in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            assert_eq!(code(VitalSign::Weight, value), Err("impossible"), "{value}");
        }
    }

    #[test]
    fn flags_at_the_boundaries_and_by_age() {
        let on = date(2026, 3, 2);
        let flag = |sign, value: f64, born| Measured::new(sign, value).unwrap().flag(born, on);
        let adult = Some(date(1990, 12, 10));
        for (value, expected) in [
            (40.0, Flag::CriticalLow),
            (41.0, Flag::Low),
            (50.0, Flag::Low),
            (51.0, Flag::Normal),
            (90.0, Flag::Normal),
            (91.0, Flag::High),
            (130.0, Flag::High),
            (131.0, Flag::CriticalHigh),
        ] {
            assert_eq!(flag(VitalSign::HeartRate, value, adult), Some(expected), "{value}");
        }
        for (value, expected) in
            [(35.0, Flag::CriticalLow), (35.1, Flag::Low), (36.1, Flag::Normal), (38.0, Flag::Normal), (38.1, Flag::High)]
        {
            assert_eq!(flag(VitalSign::Temperature, value, adult), Some(expected), "{value}");
        }
        assert_eq!(
            (flag(VitalSign::OxygenSaturation, 91.0, adult), flag(VitalSign::OxygenSaturation, 96.0, adult)),
            (Some(Flag::CriticalLow), Some(Flag::Normal))
        );
        // 120 beats a minute: usual for a baby, high for a child of seven and for an adult. The day of the birthday counts.
        let of = |born| flag(VitalSign::HeartRate, 120.0, Some(born));
        assert_eq!((of(date(2025, 9, 1)), of(date(2019, 3, 2))), (Some(Flag::Normal), Some(Flag::High)));
        let sixteen = |born| flag(VitalSign::HeartRate, 95.0, Some(born));
        assert_eq!((sixteen(date(2010, 3, 3)), sixteen(date(2010, 3, 2))), (Some(Flag::Normal), Some(Flag::High)));
        assert_eq!((flag(VitalSign::HeartRate, 95.0, None), flag(VitalSign::Weight, 70.0, adult)), (None, None));
    }

    proptest! {
        #[test]
        fn a_value_is_what_was_said(sign in prop::sample::select(SIGNS.as_slice()), tenths in 0i32..7_000) {
            let value = f64::from(tenths) / 10.0;
            if let Ok(measured) = Measured::new(sign, value) {
                prop_assert_eq!(measured.tenths, tenths);
                prop_assert!((measured.value() - value).abs() < 1e-9);
            }
        }

        #[test]
        fn a_higher_value_never_has_a_lower_flag(sign in prop::sample::select(SIGNS.as_slice()), months in 0i32..1_200, tenths in 0i32..3_000) {
            let (on, order) = (date(2026, 3, 2), [Flag::CriticalLow, Flag::Low, Flag::Normal, Flag::High, Flag::CriticalHigh]);
            let rank = |tenths| Measured { sign, tenths }.flag(Some(on.saturating_sub(months.months())), on)
                .and_then(|flag| order.iter().position(|other| *other == flag));
            prop_assert!(rank(tenths) <= rank(tenths + 10));
        }
    }
}
