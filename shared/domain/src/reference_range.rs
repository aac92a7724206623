//! What is usual of a value that a laboratory measures, by age and sex, and how a value stands out.
//!
//! Ranges are data of each laboratory: they depend on its methods and on whom it serves (CLSI EP28-A3c, Defining, Establishing, and Verifying
//! Reference Intervals in the Clinical Laboratory, 2010).

use jiff::{Span, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    patient::{Gender, Patient},
    record::vitals::Flag,
};

/// How many ranges a value has at most: ten ages of each sex, twice over.
pub const MOST_RANGES: usize = 40;

/// In what an age is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgeUnit {
    /// Days: for newborns.
    Days,
    /// Months of the calendar.
    Months,
    /// Years.
    Years,
}

/// The sex for which a range is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

named! {
    AgeUnit, "invalid_age_unit": { Days = "days", Months = "months", Years = "years", }
    Sex, "invalid_sex": { Female = "female", Male = "male", }
}

/// An age. It is reached on a day: of three months, by whoever was born on 31 January, on 30 April.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Age {
    count: u16,
    unit: AgeUnit,
}

impl Age {
    /// How many.
    #[must_use]
    pub const fn count(self) -> u16 {
        self.count
    }

    /// Of what.
    #[must_use]
    pub const fn unit(self) -> AgeUnit {
        self.unit
    }

    /// The day of birth.
    pub const BIRTH: Self = Self { count: 0, unit: AgeUnit::Days };

    /// An age.
    ///
    /// # Errors
    /// When nobody has been that old.
    pub fn new(count: u16, unit: AgeUnit) -> Result<Self, Invalid> {
        let age = Self { count, unit };
        if age.in_days() > 130 * 365 {
            return Err(Invalid::new("too_old", "Use an age of at most 130 years."));
        }
        Ok(age)
    }

    /// The day on which somebody who was born then is that old.
    fn reached(self, born: Date) -> Date {
        let count = i64::from(self.count);
        let span: Span = match self.unit {
            AgeUnit::Days => count.days(),
            AgeUnit::Months => count.months(),
            AgeUnit::Years => count.years(),
        };
        born.saturating_add(span)
    }

    /// About how many days, to put ages in order.
    fn in_days(self) -> u32 {
        let days = match self.unit {
            AgeUnit::Days => 1,
            AgeUnit::Months => 30,
            AgeUnit::Years => 365,
        };
        u32::from(self.count) * days
    }
}

/// What is usual, both ends included, and from where on somebody has to act at once. Any of the four can be unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// At this value or below it, somebody has to act at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical_low: Option<f64>,
    /// The lowest usual value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The highest usual value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// At this value or above it, somebody has to act at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical_high: Option<f64>,
}

impl Limits {
    /// Those that are known, from the lowest.
    pub fn all(self) -> impl Iterator<Item = f64> {
        [self.critical_low, self.low, self.high, self.critical_high].into_iter().flatten()
    }

    /// Checks that they are numbers that grow, and that there is one. A value cannot be both usual and critical.
    ///
    /// # Errors
    /// When there is none, or one is not above the one before it.
    pub fn check(self) -> Result<Self, Invalid> {
        let known: Vec<f64> = self.all().collect();
        if known.is_empty() {
            return Err(Invalid::new("no_limits", "Give at least one of `critical_low`, `low`, `high` and `critical_high`."));
        }
        if !known.iter().all(|limit| limit.is_finite()) || !known.is_sorted_by(|one, next| one < next) {
            let detail = "`critical_low`, `low`, `high` and `critical_high` must grow in this order.";
            return Err(Invalid::new("limits_not_in_order", detail));
        }
        Ok(self)
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.all().next().is_none()
    }

    /// Whether it is known from where on somebody has to act at once.
    #[must_use]
    pub const fn has_critical(self) -> bool {
        self.critical_low.is_some() || self.critical_high.is_some()
    }

    /// How a value stands out. `None` when it is not critical and nothing is known of what is usual.
    #[must_use]
    pub fn flag(self, value: f64) -> Option<Flag> {
        if self.critical_low.is_some_and(|limit| value <= limit) {
            Some(Flag::CriticalLow)
        } else if self.critical_high.is_some_and(|limit| value >= limit) {
            Some(Flag::CriticalHigh)
        } else if self.low.is_some_and(|limit| value < limit) {
            Some(Flag::Low)
        } else if self.high.is_some_and(|limit| value > limit) {
            Some(Flag::High)
        } else {
            (self.low.is_some() || self.high.is_some()).then_some(Flag::Normal)
        }
    }
}

/// The limits for people of an age and a sex.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReferenceRange {
    /// For whom. `None`: for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// From this age on.
    pub from: Age,
    /// Until the day before this age. `None`: for life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Age>,
    /// What is usual, and what is critical.
    pub limits: Limits,
}

impl ReferenceRange {
    /// Whether it is for somebody who was born then. Of somebody whose birth is not known, only a range for every age is.
    fn covers(&self, born: Option<Date>, on: Date) -> bool {
        match born {
            Some(born) => self.from.reached(born) <= on && self.to.is_none_or(|to| on < to.reached(born)),
            None => self.from == Age::BIRTH && self.to.is_none(),
        }
    }
}

/// All ranges of a value. No two are for the same person on the same day, unless one names the sex, and then it counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReferenceRanges(Vec<ReferenceRange>);

impl ReferenceRanges {
    /// Checks ranges whose limits are checked.
    ///
    /// # Errors
    /// When there are too many, one ends before it begins, or two of a sex share an age.
    pub fn new(mut ranges: Vec<ReferenceRange>) -> Result<Self, Invalid> {
        if ranges.len() > MOST_RANGES {
            return Err(Invalid::new("too_many_ranges", format!("Give at most {MOST_RANGES} ranges.")));
        }
        ranges.sort_by_key(|range| range.from.in_days());
        for born in births() {
            if ranges.iter().any(|range| range.to.is_some_and(|to| to.reached(born) <= range.from.reached(born))) {
                return Err(Invalid::new("ends_before_it_begins", "A range must end at an age above the one at which it begins."));
            }
            for sex in [None, Some(Sex::Female), Some(Sex::Male)] {
                let of_sex: Vec<_> = ranges.iter().filter(|range| range.sex == sex).collect();
                let apart =
                    |one: &ReferenceRange, next: &ReferenceRange| one.to.is_some_and(|to| to.reached(born) <= next.from.reached(born));
                if !of_sex.is_sorted_by(|one, next| apart(one, next)) {
                    let detail = "Two ranges share an age. Let each begin where the one before it ends, in the same unit.";
                    return Err(Invalid::new("ranges_overlap", detail));
                }
            }
        }
        Ok(Self(ranges))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a value can be critical at some age.
    #[must_use]
    pub fn has_critical(&self) -> bool {
        self.iter().any(|range| range.limits.has_critical())
    }

    /// All of them, from the youngest age on.
    pub fn iter(&self) -> impl Iterator<Item = &ReferenceRange> {
        self.0.iter()
    }

    /// The limits of each.
    pub fn limits(&self) -> impl Iterator<Item = Limits> {
        self.0.iter().map(|range| range.limits)
    }

    /// The range for a patient on the day on which the specimen was taken. `None` when none is certain to be right: no sex and no birth is guessed.
    #[must_use]
    pub fn of(&self, patient: &Patient, on: Date) -> Option<&ReferenceRange> {
        let born = patient.date_of_birth.map(crate::patient::DateOfBirth::date);
        self.certain(sex(patient.gender), born, patient.date_of_birth_estimated, on)
    }

    fn certain(&self, sex: Option<Sex>, born: Option<Date>, estimated: bool, on: Date) -> Option<&ReferenceRange> {
        let of = |born| {
            let fit = |sex: Option<Sex>| self.0.iter().find(move |range| range.sex == sex && range.covers(born, on));
            sex.and_then(|sex| fit(Some(sex))).or_else(|| fit(None))
        };
        let Some(year) = born.filter(|_| estimated) else { return of(born) };
        // Of an estimated birth only the year counts. All its days must say the same.
        let mut days = year.first_of_year().series(1.day()).take_while(|day| day.year() == year.year()).map(|day| of(Some(day)));
        let range = days.next()?;
        days.all(|other| other == range).then_some(range)?
    }
}

/// Ranges name two sexes. Whoever has neither gets those for everybody.
const fn sex(gender: Gender) -> Option<Sex> {
    match gender {
        Gender::Female => Some(Sex::Female),
        Gender::Male => Some(Sex::Male),
        Gender::Other | Gender::Unknown => None,
    }
}

/// Births on which ages in days, in months and in years are in every order that they can have: months and years differ in length.
fn births() -> impl Iterator<Item = Date> {
    (2023..=2024).flat_map(|year| {
        (1..=12).flat_map(move |month| {
            let first = jiff::civil::date(year, month, 1);
            [first, first.last_of_month()]
        })
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn years(count: u16) -> Age {
        Age::new(count, AgeUnit::Years).unwrap()
    }

    fn limits(low: f64, high: f64) -> Limits {
        Limits { low: Some(low), high: Some(high), ..Limits::default() }
    }

    fn range(sex: Option<Sex>, from: Age, to: Option<Age>, low: f64) -> ReferenceRange {
        ReferenceRange { sex, from, to, limits: limits(low, 20.0) }
    }

    /// Haemoglobin in g/dL, as a laboratory may have it.
    fn haemoglobin() -> ReferenceRanges {
        let days = Age::new(14, AgeUnit::Days).unwrap();
        ReferenceRanges::new(vec![
            range(Some(Sex::Male), years(12), None, 13.0),
            range(Some(Sex::Female), years(12), None, 12.0),
            range(None, days, Some(years(12)), 11.0),
            range(None, Age::BIRTH, Some(days), 14.0),
        ])
        .unwrap()
    }

    fn low_of(sex: Option<Sex>, born: Option<Date>, estimated: bool, on: Date) -> Option<f64> {
        haemoglobin().certain(sex, born, estimated, on)?.limits.low
    }

    #[test]
    fn ages_begin_on_birthdays() {
        let born = Some(date(2012, 2, 29));
        for (on, low) in [
            (date(2012, 2, 28), None),
            (date(2012, 2, 29), Some(14.0)),
            (date(2012, 3, 13), Some(14.0)),
            (date(2012, 3, 14), Some(11.0)),
            (date(2024, 2, 28), Some(11.0)),
            (date(2024, 2, 29), Some(12.0)),
        ] {
            assert_eq!(low_of(Some(Sex::Female), born, false, on), low, "{on}");
        }
        assert_eq!(Age::new(3, AgeUnit::Months).unwrap().reached(date(2026, 1, 31)), date(2026, 4, 30));
        assert_eq!(Age::new(131, AgeUnit::Years).unwrap_err().code, "too_old");
    }

    #[test]
    fn nothing_is_guessed() {
        let on = date(2026, 6, 1);
        let adult = Some(date(1990, 6, 1));
        assert_eq!(
            (low_of(Some(Sex::Male), adult, false, on), low_of(None, adult, false, on)),
            (Some(13.0), None),
            "no range for everybody"
        );
        assert_eq!(low_of(Some(Sex::Male), None, false, on), None, "at no age");
        let for_all =
            ReferenceRanges::new(vec![range(None, Age::BIRTH, None, 3.5), range(Some(Sex::Male), years(1), Some(years(2)), 4.0)]).unwrap();
        assert!(for_all.certain(None, None, false, on).is_some(), "a range for every age needs none");
        // Twelve this year, or last year.
        assert_eq!(low_of(Some(Sex::Male), Some(date(2014, 1, 1)), true, on), None);
        assert_eq!(low_of(Some(Sex::Male), Some(date(2013, 1, 1)), true, on), Some(13.0));
        assert_eq!(low_of(Some(Sex::Male), Some(date(2015, 1, 1)), true, on), Some(11.0));
        assert_eq!(
            [Gender::Female, Gender::Male, Gender::Other, Gender::Unknown].map(sex),
            [Some(Sex::Female), Some(Sex::Male), None, None]
        );
    }

    #[test]
    fn ranges_that_contradict_each_other_are_refused() {
        let code = |ranges: Vec<ReferenceRange>| ReferenceRanges::new(ranges).unwrap_err().code;
        let (month, days) = (Age::new(1, AgeUnit::Months).unwrap(), |count| Age::new(count, AgeUnit::Days).unwrap());
        assert_eq!(code(vec![range(None, years(1), None, 1.0), range(None, years(5), None, 2.0)]), "ranges_overlap");
        assert_eq!(code(vec![range(None, years(2), Some(years(2)), 1.0)]), "ends_before_it_begins");
        assert_eq!(code(vec![range(None, days(31), Some(month), 1.0)]), "ends_before_it_begins");
        // A month can have 28 days.
        assert_eq!(code(vec![range(None, Age::BIRTH, Some(days(30)), 1.0), range(None, month, None, 2.0)]), "ranges_overlap");
        assert_eq!(code(vec![range(None, years(1), Some(years(2)), 1.0); MOST_RANGES + 1]), "too_many_ranges");
        assert!(ReferenceRanges::new(vec![range(None, Age::BIRTH, Some(days(28)), 1.0), range(None, month, None, 2.0)]).is_ok());
        assert!(ReferenceRanges::new(vec![range(None, years(1), None, 1.0), range(Some(Sex::Male), years(1), None, 2.0)]).is_ok());
    }

    #[test]
    fn flags_at_the_limits() {
        let potassium = Limits { critical_low: Some(2.5), low: Some(3.5), high: Some(5.0), critical_high: Some(6.5) }.check().unwrap();
        for (value, flag) in [
            (2.5, Flag::CriticalLow),
            (2.51, Flag::Low),
            (3.49, Flag::Low),
            (3.5, Flag::Normal),
            (5.0, Flag::Normal),
            (5.01, Flag::High),
            (6.49, Flag::High),
            (6.5, Flag::CriticalHigh),
        ] {
            assert_eq!(potassium.flag(value), Some(flag), "{value}");
        }
        let only_critical = Limits { critical_high: Some(6.5), ..Limits::default() };
        assert_eq!((only_critical.flag(6.4), only_critical.flag(6.5)), (None, Some(Flag::CriticalHigh)));
        assert_eq!(Limits { high: Some(5.0), ..Limits::default() }.flag(0.1), Some(Flag::Normal));
        assert_eq!(Limits::default().check().unwrap_err().code, "no_limits");
        for wrong in [
            limits(2.0, 1.0),
            limits(1.0, f64::NAN),
            limits(f64::NEG_INFINITY, 1.0),
            Limits { critical_low: Some(1.0), ..limits(1.0, 2.0) },
        ] {
            assert_eq!(wrong.check().unwrap_err().code, "limits_not_in_order");
        }
    }

    proptest! {
        /// Whoever has an age has one range of their sex, and the next day has the same or the next one.
        #[test]
        fn no_day_of_a_life_is_without_a_range(born in 0..3000i64, age in 0..40_000i64, male in any::<bool>()) {
            let born = date(1990, 1, 1).saturating_add(born.days());
            let on = born.saturating_add(age.days());
            let sex = Some(if male { Sex::Male } else { Sex::Female });
            let ranges = haemoglobin();
            let fit = ranges.0.iter().filter(|range| range.sex.is_none_or(|of| Some(of) == sex) && range.covers(Some(born), on));
            prop_assert_eq!(fit.count(), 1);
            prop_assert!(ranges.certain(sex, Some(born), false, on).is_some());
        }
    }
}
