//! Prescriptions of medicines and of lab tests.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Clinical, Entry, Full, Summary,
    lab_result::Loinc,
    medicines::Ingredient,
    prescribing::Override,
    summary::{ActiveMedicine, LAB_TESTS, MEDICINES, News, OpenLabTest, put},
    vitals::VitalSign,
};
use crate::{
    id::{DoctorId, LabOrderId, LabTestId, MedicineId},
    text::{PersonName, Reason, Title},
};

/// How a medicine gets into the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// By mouth.
    Oral,
    /// Under the tongue.
    Sublingual,
    /// Breathed in.
    Inhaled,
    /// Into a vein.
    Intravenous,
    /// Into a muscle.
    Intramuscular,
    /// Under the skin.
    Subcutaneous,
    /// On the skin.
    Topical,
    /// Through the skin, from a patch.
    Transdermal,
    /// Into the rectum.
    Rectal,
    /// Into the vagina.
    Vaginal,
    /// Into the eye.
    Ophthalmic,
    /// Into the ear.
    Otic,
    /// Into the nose.
    Nasal,
}

named! {
    Route, "invalid_route": {
        Oral = "oral", Sublingual = "sublingual", Inhaled = "inhaled", Intravenous = "intravenous", Intramuscular = "intramuscular",
        Subcutaneous = "subcutaneous", Topical = "topical", Transdermal = "transdermal", Rectal = "rectal", Vaginal = "vaginal",
        Ophthalmic = "ophthalmic", Otic = "otic", Nasal = "nasal",
    }
}

/// A medicine that a doctor prescribed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medicine {
    /// The drug as it is sold or written: `Amoxicillin 500 mg capsules`.
    pub drug: Title,
    /// Its active ingredients, at least one.
    pub ingredients: Vec<Ingredient>,
    /// How much at a time.
    pub dose: Title,
    /// How it is given.
    pub route: Route,
    /// How often.
    pub frequency: Title,
    /// How long, in days, without refills.
    pub duration_days: u16,
    /// How many units are dispensed at a time: tablets, bottles.
    pub quantity: u32,
    /// How often the quantity may be dispensed again.
    pub refills: u8,
    /// What the patient has to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Reason>,
    /// The doctor who prescribed it or revised it last.
    pub doctor_id: DoctorId,
    /// The doctor's name at that time.
    pub doctor_name: PersonName,
    /// The day on which it was first prescribed.
    pub prescribed_on: Date,
    /// How many units have been dispensed.
    #[serde(default)]
    pub dispensed: u32,
    /// Whether it was stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
    /// What the doctor said to what speaks against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Override>,
}

/// How a prescription of a medicine stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MedicineStatus {
    /// The patient takes it.
    Active,
    /// Its course is over.
    Completed,
    /// A doctor stopped it.
    Stopped,
}

impl Medicine {
    /// How many units are left to be dispensed.
    #[must_use]
    pub const fn left(&self) -> u32 {
        if self.stopped { 0 } else { self.prescribed().saturating_sub(self.dispensed) }
    }

    /// How many units were prescribed, with refills.
    #[must_use]
    pub const fn prescribed(&self) -> u32 {
        self.quantity.saturating_mul(self.refills as u32 + 1)
    }

    /// The last day of its course, with all refills.
    #[must_use]
    pub fn until(&self) -> Date {
        let days = i64::from(self.duration_days) * (i64::from(self.refills) + 1) - 1;
        self.prescribed_on.saturating_add(days.days())
    }

    /// How it stands on a day.
    #[must_use]
    pub fn status(&self, today: Date) -> MedicineStatus {
        match self {
            _ if self.stopped => MedicineStatus::Stopped,
            _ if self.until() < today => MedicineStatus::Completed,
            _ => MedicineStatus::Active,
        }
    }
}

impl Clinical for Medicine {
    type Id = MedicineId;
    const KIND: &'static str = "medicine_prescription";
    const IN_SUMMARY: bool = true;

    fn show(before: Option<&Entry<Self>>, entry: &Entry<Self>, summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        let content = &entry.content;
        let line = (!entry.in_error && !content.stopped).then(|| ActiveMedicine {
            id: entry.id,
            drug: content.drug.clone(),
            ingredients: content.ingredients.clone(),
            dose: content.dose.clone(),
            route: content.route,
            frequency: content.frequency.clone(),
            until: content.until(),
        });
        // Courses that are over make room. A day more, because the hospital's day may be an earlier one.
        let yesterday = TimeZone::UTC.to_datetime(entry.author.at).date().saturating_sub(1.day());
        summary.medicines.retain(|medicine| medicine.id == entry.id || medicine.until >= yesterday);
        put(&mut summary.medicines, line, |other| other.id == entry.id, Full("medicines", MEDICINES))?;
        if entry.in_error {
            summary.take_back(&entry.id);
        } else {
            summary.tell(News::of_change(before.is_none(), content.stopped, News::MEDICINE), &entry.id, entry.author.at);
        }
        Ok(Vec::new())
    }
}

/// How soon a test is needed (HL7 FHIR R4 value set `request-priority`, the part that applies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When its turn comes.
    Routine,
    /// Before others.
    Urgent,
}

named! {
    Priority, "invalid_priority": { Routine = "routine", Urgent = "urgent", }
}

/// How a prescription of a lab test stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabTestStatus {
    /// It waits for a result.
    Open,
    /// A laboratory has it.
    Ordered,
    /// There is a result.
    Resulted,
    /// A doctor stopped it.
    Stopped,
}

/// A lab test that a doctor prescribed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabTest {
    /// What is to be examined.
    pub test: Title,
    /// Its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loinc: Option<Loinc>,
    /// How soon.
    pub priority: Priority,
    /// What the patient or the laboratory has to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Reason>,
    /// The doctor who prescribed it, and who looks at the result.
    pub doctor_id: DoctorId,
    /// The doctor's name at that time.
    pub doctor_name: PersonName,
    /// How it stands.
    pub status: LabTestStatus,
    /// The order at a laboratory, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<LabOrderId>,
}

impl LabTest {
    /// Whether it waits for a result.
    #[must_use]
    pub const fn waits(&self) -> bool {
        matches!(self.status, LabTestStatus::Open | LabTestStatus::Ordered)
    }

    /// It is taken to a laboratory.
    #[must_use]
    pub fn ordered(&self, order: LabOrderId) -> Self {
        Self { status: LabTestStatus::Ordered, order_id: Some(order), ..self.clone() }
    }

    /// The laboratory gives it back.
    #[must_use]
    pub fn given_back(&self) -> Self {
        Self { status: LabTestStatus::Open, order_id: None, ..self.clone() }
    }

    /// Whether it says what it said before: only the laboratory or a result has changed it.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        *self == Self { status: self.status, order_id: self.order_id, ..other.clone() }
    }
}

impl Clinical for LabTest {
    type Id = LabTestId;
    const KIND: &'static str = "lab_test_prescription";
    const IN_SUMMARY: bool = true;

    fn show(before: Option<&Entry<Self>>, entry: &Entry<Self>, summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        let content = &entry.content;
        let line = (!entry.in_error && content.waits()).then(|| OpenLabTest {
            id: entry.id,
            test: content.test.clone(),
            doctor_id: content.doctor_id,
        });
        put(&mut summary.lab_tests, line, |other| other.id == entry.id, Full("open lab tests", LAB_TESTS))?;
        // A result says itself that it is there, and a laboratory what it does.
        let told = before.is_some_and(|before| before.content.says_the_same(content)) && content.status != LabTestStatus::Stopped;
        if entry.in_error {
            summary.take_back(&entry.id);
        } else if content.status != LabTestStatus::Resulted && !told {
            let stopped = content.status == LabTestStatus::Stopped;
            summary.tell(News::of_change(before.is_none(), stopped, News::LAB_TEST), &entry.id, entry.author.at);
        }
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::*;

    fn medicine(duration_days: u16, quantity: u32, refills: u8, dispensed: u32) -> Medicine {
        let title = |text: &str| Title::parse(text).unwrap();
        Medicine {
            drug: title("Amoxicillin 500 mg capsules"),
            ingredients: vec![Ingredient::parse("amoxicillin").unwrap()],
            dose: title("1 capsule"),
            route: Route::Oral,
            frequency: title("every 8 hours"),
            duration_days,
            quantity,
            refills,
            instructions: None,
            doctor_id: DoctorId::new(Timestamp::UNIX_EPOCH, 1),
            doctor_name: PersonName::parse("Dr. Helen Taussig").unwrap(),
            prescribed_on: date(2026, 3, 2),
            dispensed,
            stopped: false,
            accepted: None,
        }
    }

    #[test]
    fn what_is_left_and_until_when() {
        let one = medicine(7, 21, 0, 0);
        assert_eq!((one.left(), one.until()), (21, date(2026, 3, 8)));
        assert_eq!((one.status(date(2026, 3, 8)), one.status(date(2026, 3, 9))), (MedicineStatus::Active, MedicineStatus::Completed));
        let refilled = medicine(30, 30, 2, 30);
        assert_eq!((refilled.left(), refilled.until()), (60, date(2026, 5, 30)));
        assert_eq!(Medicine { stopped: true, ..refilled }.status(date(2026, 3, 2)), MedicineStatus::Stopped);
        assert_eq!(medicine(1, 5, 0, 9).left(), 0, "never less than nothing");
    }
}
