//! What patients say of the hospital: a rating and a review, once for each appointment, stay or service and for each of those whom the patient had
//! to do with then.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    admission::Admission,
    allocation::{Allocation, AllocationStatus},
    appointment::{Appointment, Status},
    emergency::EmergencyCase,
    figures::Subject,
    id::{AdmissionId, AllocationId, AppointmentId, CaseId, DoctorId, FeedbackId, LabOrderId, PatientId, UserId},
    lab_order::{LabOrder, LabOrderStatus, Side},
    text::{Narrative, PersonName, Reason},
};

/// How long after it was given the patient can change it.
pub const CHANGED_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Administrators are told of ratings with no more stars than that.
pub const LOW: u8 = 2;

/// From one star to five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rating(u8);

impl Rating {
    /// So many stars.
    ///
    /// # Errors
    /// When these are not one to five.
    pub fn new(stars: i64) -> Result<Self, Invalid> {
        let stars = u8::try_from(stars).ok().filter(|stars| (1..=5).contains(stars));
        stars.map(Self).ok_or_else(|| Invalid::new("out_of_range", "Use a whole number from 1 to 5."))
    }

    /// How many stars.
    #[must_use]
    pub const fn stars(self) -> u8 {
        self.0
    }

    /// Whether administrators are told.
    #[must_use]
    pub const fn is_low(self) -> bool {
        self.0 <= LOW
    }
}

/// A service of the hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Appointments.
    Outpatient,
    /// Stays.
    Inpatient,
    /// Emergencies.
    Emergency,
    /// Lab tests.
    Laboratory,
    /// Medicines.
    Pharmacy,
}

named! {
    Service, "invalid_service": {
        Outpatient = "outpatient", Inpatient = "inpatient", Emergency = "emergency", Laboratory = "laboratory", Pharmacy = "pharmacy",
    }
}

impl FromStr for Service {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

/// What feedback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "id", rename_all = "snake_case")]
pub enum About {
    /// The whole hospital.
    Hospital,
    /// The service that the patient used.
    Service(Service),
    /// A doctor.
    Doctor(DoctorId),
    /// Somebody else who works here.
    Staff(UserId),
}

impl About {
    /// Which sort of thing it is.
    #[must_use]
    pub const fn what(self) -> What {
        match self {
            Self::Hospital => What::Hospital,
            Self::Service(_) => What::Service,
            Self::Doctor(_) => What::Doctor,
            Self::Staff(_) => What::Staff,
        }
    }
}

/// As its figures name it.
impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Subject::from(*self).fmt(f)
    }
}

/// Which sort of thing feedback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The whole hospital.
    Hospital,
    /// The service that the patient used.
    Service,
    /// A doctor whom the patient saw.
    Doctor,
    /// Somebody else who works here and had to do with the patient.
    Staff,
}

named! {
    What, "invalid_about": { Hospital = "hospital", Service = "service", Doctor = "doctor", Staff = "staff" }
}

/// What the patient came for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Visit {
    /// An appointment.
    Appointment(AppointmentId),
    /// A stay.
    Admission(AdmissionId),
    /// An emergency.
    Case(CaseId),
    /// A lab test.
    LabOrder(LabOrderId),
    /// A medicine.
    Allocation(AllocationId),
}

impl Visit {
    /// What an id begins with.
    pub const PREFIXES: [&'static str; 5] =
        [AppointmentId::PREFIX, AdmissionId::PREFIX, CaseId::PREFIX, LabOrderId::PREFIX, AllocationId::PREFIX];

    /// The service that the patient used.
    #[must_use]
    pub const fn service(self) -> Service {
        match self {
            Self::Appointment(_) => Service::Outpatient,
            Self::Admission(_) => Service::Inpatient,
            Self::Case(_) => Service::Emergency,
            Self::LabOrder(_) => Service::Laboratory,
            Self::Allocation(_) => Service::Pharmacy,
        }
    }
}

impl FromStr for Visit {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let none = |_| Invalid::new("invalid_id", "Give the id of an appointment, a stay, an emergency, a lab order or an allocation.");
        let appointment = text.parse().map(Self::Appointment);
        let stay = || text.parse().map(Self::Admission);
        let case = || text.parse().map(Self::Case);
        let order = || text.parse().map(Self::LabOrder);
        let allocation = || text.parse().map(Self::Allocation);
        appointment.or_else(|_: Invalid| stay()).or_else(|_| case()).or_else(|_| order()).or_else(|_| allocation()).map_err(none)
    }
}

impl fmt::Display for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Appointment(id) => id.fmt(f),
            Self::Admission(id) => id.fmt(f),
            Self::Case(id) => id.fmt(f),
            Self::LabOrder(id) => id.fmt(f),
            Self::Allocation(id) => id.fmt(f),
        }
    }
}

impl TryFrom<String> for Visit {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Visit> for String {
    fn from(visit: Visit) -> String {
        visit.to_string()
    }
}

/// Whom the patient had to do with, once it took place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Met {
    /// The doctors.
    pub doctors: Vec<(DoctorId, PersonName)>,
    /// Everybody else who is named in it.
    pub staff: Vec<UserId>,
}

impl Met {
    /// `None` until it took place.
    fn once(took_place: bool, doctors: Vec<(DoctorId, PersonName)>, staff: impl IntoIterator<Item = Option<UserId>>) -> Option<Self> {
        let mut met = Self::default();
        for doctor in doctors {
            if met.doctors.iter().all(|(id, _)| *id != doctor.0) {
                met.doctors.push(doctor);
            }
        }
        for user in staff.into_iter().flatten() {
            if !met.staff.contains(&user) {
                met.staff.push(user);
            }
        }
        took_place.then_some(met)
    }

    /// In an appointment that was held.
    #[must_use]
    pub fn in_appointment(appointment: &Appointment) -> Option<Self> {
        let doctor = (appointment.doctor_id, appointment.doctor_name.clone());
        Self::once(matches!(appointment.status, Status::Completed { .. }), vec![doctor], [])
    }

    /// In a stay that is over.
    #[must_use]
    pub fn in_admission(stay: &Admission) -> Option<Self> {
        let doctor = stay.doctor.iter().map(|doctor| (doctor.id, doctor.name.clone())).collect();
        let (ready, left) = (stay.ready.as_ref().map(|ready| ready.by), stay.left.as_ref().map(|left| left.by));
        Self::once(stay.left.is_some(), doctor, [stay.admitted_by, ready, left])
    }

    /// In an emergency that is closed.
    #[must_use]
    pub fn in_case(case: &EmergencyCase) -> Option<Self> {
        let doctors = case.seen.iter().map(|seen| (seen.doctor.id, seen.doctor.name.clone())).collect();
        Self::once(case.closed.is_some(), doctors, case.triages.iter().map(|triage| Some(triage.author.by)))
    }

    /// Of a lab test whose result is released.
    #[must_use]
    pub fn in_lab_order(order: &LabOrder) -> Option<Self> {
        let in_laboratory = order.steps.iter().filter_map(|taken| taken.by.as_ref()).filter(|by| by.side == Side::Laboratory);
        Self::once(order.listed.status == LabOrderStatus::Released, Vec::new(), in_laboratory.map(|by| Some(by.id)))
    }

    /// Of a medicine that was handed over.
    #[must_use]
    pub fn in_allocation(allocation: &Allocation) -> Option<Self> {
        let by = allocation.end.as_ref().and_then(|end| end.by);
        Self::once(allocation.status == AllocationStatus::HandedOver, Vec::new(), [by])
    }
}

/// Why the words of a review are not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// When.
    pub at: Timestamp,
    /// The administrator.
    pub by: UserId,
    /// Why.
    pub reason: Reason,
}

/// Feedback of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Its id.
    pub id: FeedbackId,
    /// The patient.
    pub patient_id: PatientId,
    /// What the patient came for.
    pub visit: Visit,
    /// What it is about.
    pub about: About,
    /// The name of whom it is about, if it is about somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_name: Option<PersonName>,
    /// How many stars.
    pub rating: Rating,
    /// What the patient says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Narrative>,
    /// When it was given.
    pub at: Timestamp,
    /// When it was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// That an administrator has hidden the review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Hidden>,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

impl Feedback {
    /// The first moment at which it can no longer be changed.
    #[must_use]
    pub fn changeable_until(&self) -> Timestamp {
        self.at.saturating_add(CHANGED_WITHIN).unwrap_or(Timestamp::MAX)
    }

    /// The words, unless they are hidden.
    #[must_use]
    pub fn shown_review(&self) -> Option<&Narrative> {
        self.review.as_ref().filter(|_| self.hidden.is_none())
    }

    /// With other stars and other words. What is hidden stays hidden, whatever it says then.
    ///
    /// # Errors
    /// When it is too late.
    pub fn changed(self, rating: Rating, review: Option<Narrative>, now: Timestamp) -> Result<Self, Timestamp> {
        let until = self.changeable_until();
        if now >= until {
            return Err(until);
        }
        Ok(Self { rating, review, changed_at: Some(now), version: self.version + 1, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_has_one_to_five_stars() {
        for stars in [0, 6, -1, 256, i64::MAX] {
            assert_eq!(Rating::new(stars).unwrap_err().code, "out_of_range", "{stars}");
        }
        assert!(Rating::new(1).unwrap().is_low() && Rating::new(2).unwrap().is_low() && !Rating::new(3).unwrap().is_low());
    }

    #[test]
    fn a_visit_is_told_by_its_id() {
        let id = AllocationId::new(Timestamp::UNIX_EPOCH, 7);
        assert_eq!(id.to_string().parse(), Ok(Visit::Allocation(id)));
        assert_eq!(Visit::Allocation(id).service(), Service::Pharmacy);
        assert_eq!(UserId::new(Timestamp::UNIX_EPOCH, 7).to_string().parse::<Visit>().unwrap_err().code, "invalid_id");
    }

    #[test]
    fn the_same_visit_and_the_same_doctor_have_one_feedback() {
        let (visit, other) = (AppointmentId::new(Timestamp::UNIX_EPOCH, 7), AppointmentId::new(Timestamp::UNIX_EPOCH, 8));
        let (doctor, staff) = (DoctorId::new(Timestamp::UNIX_EPOCH, 9), UserId::new(Timestamp::UNIX_EPOCH, 9));
        let of = |visit, about| FeedbackId::of(Visit::Appointment(visit), &about);
        assert_eq!(of(visit, About::Doctor(doctor)), of(visit, About::Doctor(doctor)));
        let all = [
            of(visit, About::Doctor(doctor)),
            of(visit, About::Staff(staff)),
            of(visit, About::Hospital),
            of(visit, About::Service(Service::Outpatient)),
            of(other, About::Hospital),
        ];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
    }
}
