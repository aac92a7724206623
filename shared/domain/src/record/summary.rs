//! The summary of a record: what a clinician has to know at once. It is one small item, however long the record is.
//!
//! Every change of what it shows goes through it, under its version. So two doctors cannot prescribe the same medicine at the same moment
//! without one of them seeing it.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    diagnosis::{Icd10, VerificationStatus},
    image::Modality,
    medicines::{Ingredient, MedicineClass},
    prescription::Route,
    vitals::{Flag, Measured, VitalSign},
};
use crate::{
    history::{self, AllergySeverity, HistoryKind},
    id::{BloodTypingId, DiagnosisId, DoctorId, HistoryId, ImageId, LabResultId, LabTestId, MedicineId, PatientId, VitalsId},
    staff::BloodGroup,
    text::{Reason, Title},
};

/// How many active diagnoses the summary has room for. Whoever has more needs some of them resolved first.
pub const PROBLEMS: usize = 40;
/// How many allergies.
pub const ALLERGIES: usize = 30;
/// How many medicines at the same time.
pub const MEDICINES: usize = 30;
/// How many lab tests that wait.
pub const LAB_TESTS: usize = 20;
/// How many requests that a doctor has not answered.
pub const REQUESTS: u8 = 10;
/// How many of the latest things that the patient has not read about.
pub const UNREAD: usize = 20;
/// How many of the latest images and results are shown.
pub const RECENT: usize = 5;
/// How many of them are known, so that others follow when some were entered in error.
const KNOWN: usize = 8;

/// There is no room for another one: what, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full(pub &'static str, pub usize);

/// The summary of one patient's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Whose record it is.
    pub patient_id: PatientId,
    /// The newest value of each vital sign.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vitals: BTreeMap<VitalSign, Newest>,
    /// The latest typings of the patient's blood, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blood_typings: Vec<Typed>,
    /// The active diagnoses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// The allergies of the medical history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allergies: Vec<Allergy>,
    /// The medicines that are prescribed. Those whose course is over are left out when it is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub medicines: Vec<ActiveMedicine>,
    /// The lab tests that wait.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lab_tests: Vec<OpenLabTest>,
    /// The latest images, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<RecentImage>,
    /// The latest results, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<RecentResult>,
    /// How many requests wait for a doctor.
    #[serde(default)]
    pub requests: u8,
    /// What the patient has not read yet, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Notice>,
    /// Grows with each change.
    pub version: u64,
}

/// Something new in the record, for the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it is.
    pub news: News,
    /// The entry.
    pub about: String,
    /// When.
    pub at: Timestamp,
}

/// What is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A medicine was prescribed.
    MedicinePrescribed,
    /// The prescription of a medicine was changed.
    MedicineRevised,
    /// A medicine was stopped.
    MedicineStopped,
    /// A lab test was prescribed.
    LabTestPrescribed,
    /// The prescription of a lab test was changed.
    LabTestRevised,
    /// A lab test was stopped.
    LabTestStopped,
    /// A doctor granted what the patient asked for.
    RequestGranted,
    /// A doctor declined what the patient asked for.
    RequestDeclined,
    /// There is an image.
    ImageAvailable,
    /// There is a result.
    ResultAvailable,
    /// A result says something else than before.
    ResultAmended,
}

impl News {
    /// A prescription of a medicine: new, changed, stopped.
    pub(super) const MEDICINE: [Self; 3] = [Self::MedicinePrescribed, Self::MedicineRevised, Self::MedicineStopped];
    /// A prescription of a lab test: new, changed, stopped.
    pub(super) const LAB_TEST: [Self; 3] = [Self::LabTestPrescribed, Self::LabTestRevised, Self::LabTestStopped];

    /// Which of the three it is.
    pub(super) const fn of_change(is_new: bool, is_stopped: bool, [new, revised, stopped]: [Self; 3]) -> Self {
        match (is_new, is_stopped) {
            (_, true) => stopped,
            (true, false) => new,
            (false, false) => revised,
        }
    }
}

/// The newest value of a vital sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// The entry that it is in.
    pub id: VitalsId,
    /// When it was taken.
    pub at: Timestamp,
    /// The value, in tenths of the sign's unit.
    pub tenths: i32,
    /// How it stands out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
}

/// A typing of the patient's blood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// The entry.
    pub id: BloodTypingId,
    /// The group.
    pub group: BloodGroup,
    /// When it was determined.
    pub determined_on: Date,
}

/// What is known of a patient's blood group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// One typing has found it.
    DeterminedOnce,
    /// Two typings of different days agree.
    Certain,
    /// Two typings disagree. Type again before a transfusion.
    Contradictory,
}

/// An active diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The diagnosis.
    pub id: DiagnosisId,
    /// What it is.
    pub what: Reason,
    /// Its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icd10: Option<Icd10>,
    /// How sure the doctor is.
    pub verification_status: VerificationStatus,
}

/// An allergy of the medical history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allergy {
    /// The entry of the history.
    pub id: HistoryId,
    /// The substance.
    pub what: Reason,
    /// The class of medicines that it belongs to, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<MedicineClass>,
    /// How bad a reaction was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<AllergySeverity>,
}

/// A medicine that is prescribed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveMedicine {
    /// The prescription.
    pub id: MedicineId,
    /// The drug.
    pub drug: Title,
    /// Its active ingredients.
    pub ingredients: Vec<Ingredient>,
    /// The dose.
    pub dose: Title,
    /// How it is given.
    pub route: Route,
    /// How often.
    pub frequency: Title,
    /// The last day of the course, with all refills.
    pub until: Date,
}

/// A lab test that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLabTest {
    /// The prescription.
    pub id: LabTestId,
    /// The test.
    pub test: Title,
    /// The doctor who prescribed it.
    pub doctor_id: DoctorId,
}

/// One of the latest images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentImage {
    /// The image.
    pub id: ImageId,
    /// What it is called.
    pub title: Title,
    /// How it was made.
    pub modality: Modality,
    /// When it was made.
    pub taken_on: Date,
}

/// One of the latest results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentResult {
    /// The result.
    pub id: LabResultId,
    /// What was examined.
    pub name: Title,
    /// When the specimen was taken.
    pub taken_at: Timestamp,
    /// How it stands out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
    /// Whether the patient may see it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub released: bool,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "for serde")]
const fn is_yes(so: &bool) -> bool {
    *so
}

impl Summary {
    /// The summary of an empty record.
    #[must_use]
    pub const fn new(patient_id: PatientId) -> Self {
        Self {
            patient_id,
            vitals: BTreeMap::new(),
            blood_typings: Vec::new(),
            problems: Vec::new(),
            allergies: Vec::new(),
            medicines: Vec::new(),
            lab_tests: Vec::new(),
            images: Vec::new(),
            results: Vec::new(),
            requests: 0,
            unread: Vec::new(),
            version: 0,
        }
    }

    /// Takes a value if it is newer than the one that is known.
    pub fn offer(&mut self, sign: VitalSign, newest: Newest) {
        let known = self.vitals.get(&sign);
        if known.is_none_or(|known| (known.at, known.id) <= (newest.at, newest.id)) {
            self.vitals.insert(sign, newest);
        }
    }

    /// Makes it say what an entry of the history says now.
    ///
    /// # Errors
    /// When there is no room for another allergy.
    pub fn show_allergy(&mut self, entry: &history::Entry) -> Result<(), Full> {
        let known = entry.kind == HistoryKind::Allergy && entry.withdrawn.is_none();
        let line = known.then(|| Allergy { id: entry.id, what: entry.what.clone(), class: entry.class, severity: entry.severity });
        put(&mut self.allergies, line, |other| other.id == entry.id, Full("allergies", ALLERGIES))
    }

    /// Takes back what the patient was told of an entry.
    pub fn take_back(&mut self, about: &impl ToString) {
        let about = about.to_string();
        self.unread.retain(|notice| notice.about != about);
    }

    /// Tells the patient of something. Of the news about one entry only the latest is kept.
    pub fn tell(&mut self, news: News, about: &impl ToString, at: Timestamp) {
        let about = about.to_string();
        self.unread.retain(|notice| notice.about != about);
        self.unread.insert(0, Notice { news, about, at });
        self.unread.truncate(UNREAD);
    }

    /// The blood group that was found last, and how certain it is.
    #[must_use]
    pub fn blood_group(&self) -> Option<(BloodGroup, Certainty)> {
        let [latest, earlier @ ..] = self.blood_typings.as_slice() else { return None };
        let certainty = match earlier {
            earlier if earlier.iter().any(|typed| typed.group != latest.group) => Certainty::Contradictory,
            // The same day is the same sample, as far as anybody can tell.
            earlier if earlier.iter().any(|typed| typed.determined_on != latest.determined_on) => Certainty::Certain,
            _ => Certainty::DeterminedOnce,
        };
        Some((latest.group, certainty))
    }

    /// The medicines that the patient takes on a day.
    pub fn medicines_on(&self, today: Date) -> impl Iterator<Item = &ActiveMedicine> {
        self.medicines.iter().filter(move |medicine| medicine.until >= today)
    }
}

impl Newest {
    /// The value in the sign's unit.
    #[must_use]
    pub fn value(&self, sign: VitalSign) -> f64 {
        Measured { sign, tenths: self.tenths }.value()
    }
}

/// Replaces the line of an entry, adds one, or takes it out.
pub(super) fn put<T>(lines: &mut Vec<T>, line: Option<T>, same: impl Fn(&T) -> bool, full: Full) -> Result<(), Full> {
    match (lines.iter().position(same), line) {
        (Some(at), Some(line)) => lines[at] = line,
        (Some(at), None) => drop(lines.remove(at)),
        (None, Some(_)) if lines.len() >= full.1 => return Err(full),
        (None, Some(line)) => lines.push(line),
        (None, None) => {}
    }
    Ok(())
}

/// Replaces the line of an entry or takes it out, and keeps the newest lines.
pub(super) fn put_recent<T, K: Ord>(lines: &mut Vec<T>, line: Option<T>, same: impl Fn(&T) -> bool, newest: impl Fn(&T) -> K) {
    lines.retain(|other| !same(other));
    lines.extend(line);
    lines.sort_by_key(|line| std::cmp::Reverse(newest(line)));
    lines.truncate(KNOWN);
}
