//! Admissions: a patient's stay in the hospital, from the first bed to the day on which they leave.
//!
//! A stay ends in two steps. A clinician says that the patient is medically ready to leave; later the patient is gone. Only then is the bed
//! no longer theirs.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    bed::BedNumber,
    doctor::Doctor,
    id::{AdmissionId, CaseId, DoctorId, PatientId, UserId},
    money::Money,
    stay::Segment,
    text::{PersonName, Reason},
    ward::Ward,
};

/// How others are kept from a patient's infection, or the patient from theirs (Centers for Disease Control and Prevention, Guideline for
/// Isolation Precautions, 2007).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// Gown and gloves.
    Contact,
    /// A mask, within two metres.
    Droplet,
    /// A room with negative pressure, and a respirator.
    Airborne,
    /// The patient is protected from what others have.
    Protective,
}

/// How ill a patient is (American Hospital Association, conditions of patients).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Acuity {
    /// Vital signs are unstable and not within normal limits. The patient may be unconscious.
    Critical,
    /// Acutely ill. Vital signs may be unstable.
    Serious,
    /// Vital signs are stable, and the patient is conscious.
    Fair,
    /// Vital signs are stable, and the patient is comfortable.
    Good,
}

/// How a patient left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// To their home, or to where they live.
    Home,
    /// To another hospital.
    TransferredOut,
    /// Against medical advice.
    AgainstAdvice,
    /// They died.
    Died,
}

named! {
    Isolation, "invalid_isolation": { Contact = "contact", Droplet = "droplet", Airborne = "airborne", Protective = "protective" }
    Acuity, "invalid_acuity": { Critical = "critical", Serious = "serious", Fair = "fair", Good = "good" }
    Departure, "invalid_departure": {
        Home = "home", TransferredOut = "transferred_out", AgainstAdvice = "against_advice", Died = "died",
    }
}

/// The doctor who is responsible for a stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attending {
    /// The doctor.
    pub id: DoctorId,
    /// The doctor's name at that time.
    pub name: PersonName,
}

impl Attending {
    /// A doctor, as a stay keeps them.
    #[must_use]
    pub fn of(doctor: &Doctor) -> Self {
        Self { id: doctor.id, name: doctor.name.clone() }
    }
}

/// A clinician says that the patient can leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// When.
    pub at: Timestamp,
    /// Who says so.
    pub by: UserId,
    /// What the patient has to do afterwards. It goes to them by email.
    pub follow_up: Reason,
}

/// The patient is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// When.
    pub at: Timestamp,
    /// Who noted it.
    pub by: UserId,
    /// How they left.
    pub how: Departure,
}

/// An admission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// Its id.
    pub id: AdmissionId,
    /// The patient.
    pub patient_id: PatientId,
    /// Who is responsible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctor: Option<Attending>,
    /// The emergency that it follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// When the patient came into the first bed.
    pub admitted_at: Timestamp,
    /// Who admitted them. Nobody, when a bed became free for somebody on the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted_by: Option<UserId>,
    /// Where the patient lay, in order. The last one is where they are or were last.
    #[serde(with = "crate::stay::stored")]
    pub segments: Vec<Segment>,
    /// When they are expected to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_discharge: Option<Date>,
    /// How an infection is kept from others, or from the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<Isolation>,
    /// How ill they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acuity: Option<Acuity>,
    /// That they are medically ready to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<Ready>,
    /// That they are gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// Where an admission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdmissionStatus {
    /// The patient has a bed.
    Admitted,
    /// The patient still has the bed, and can leave.
    MedicallyReady,
    /// The patient is gone.
    Left,
}

/// A change that cannot be made as an admission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// The patient is gone.
    HasLeft,
    /// Nobody has said that the patient can leave.
    NotReady,
    /// Somebody has said so already.
    ReadyAlready,
}

impl Admission {
    /// Where it stands.
    #[must_use]
    pub const fn status(&self) -> AdmissionStatus {
        match (&self.left, &self.ready) {
            (Some(_), _) => AdmissionStatus::Left,
            (None, Some(_)) => AdmissionStatus::MedicallyReady,
            (None, None) => AdmissionStatus::Admitted,
        }
    }

    /// Where the patient is, or was last. There always is one.
    #[must_use]
    pub fn place(&self) -> Option<(Ward, BedNumber)> {
        self.segments.last().map(|segment| (segment.ward, segment.bed))
    }

    const fn changing(&self) -> Result<(), NotNow> {
        if self.left.is_some() { Err(NotNow::HasLeft) } else { Ok(()) }
    }

    /// A new one, still without a bed.
    #[must_use]
    pub const fn new(id: AdmissionId, patient_id: PatientId, now: Timestamp) -> Self {
        Self {
            id,
            patient_id,
            doctor: None,
            case_id: None,
            admitted_at: now,
            admitted_by: None,
            segments: Vec::new(),
            expected_discharge: None,
            isolation: None,
            acuity: None,
            ready: None,
            left: None,
            version: 1,
        }
    }

    /// With the patient in another bed. On another ward a day costs what it costs there now, and a doctor has to say anew that the patient can
    /// leave. Within the ward neither changes.
    ///
    /// # Errors
    /// When the patient is gone.
    pub fn moved(mut self, ward: Ward, bed: BedNumber, daily_fee: Money, now: Timestamp) -> Result<Self, NotNow> {
        self.changing()?;
        let here = self.segments.last().filter(|last| last.ward == ward).map(|last| last.daily_fee);
        if here.is_none() {
            self.ready = None;
        }
        let daily_fee = here.unwrap_or(daily_fee);
        if let Some(last) = self.segments.last_mut() {
            last.to = Some(now);
        }
        self.segments.push(Segment { ward, bed, daily_fee, from: now, to: None });
        Ok(Self { version: self.version + 1, ..self })
    }

    /// With what a clinician says about leaving.
    ///
    /// # Errors
    /// When the patient is gone, or somebody has said so already.
    pub fn ready(self, ready: Ready) -> Result<Self, NotNow> {
        self.changing()?;
        if self.ready.is_some() {
            return Err(NotNow::ReadyAlready);
        }
        Ok(Self { ready: Some(ready), version: self.version + 1, ..self })
    }

    /// With that taken back.
    ///
    /// # Errors
    /// When the patient is gone, or nobody has said so.
    pub fn not_ready(self) -> Result<Self, NotNow> {
        self.changing()?;
        if self.ready.is_none() {
            return Err(NotNow::NotReady);
        }
        Ok(Self { ready: None, version: self.version + 1, ..self })
    }

    /// With the patient gone. Who dies, or leaves against advice, need not be ready.
    ///
    /// # Errors
    /// When the patient is gone already, or goes home and nobody has said that they can.
    pub fn left(mut self, left: Left) -> Result<Self, NotNow> {
        self.changing()?;
        if self.ready.is_none() && matches!(left.how, Departure::Home | Departure::TransferredOut) {
            return Err(NotNow::NotReady);
        }
        if let Some(last) = self.segments.last_mut() {
            last.to = Some(left.at);
        }
        Ok(Self { left: Some(left), version: self.version + 1, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn fee(amount: &str) -> Money {
        Money::parse(amount, Currency::parse("GBP").unwrap()).unwrap()
    }

    fn bed(number: i64) -> BedNumber {
        BedNumber::new(number).unwrap()
    }

    fn admission() -> Admission {
        let from = at("2026-03-02T10:00:00Z");
        let segments = vec![Segment { ward: Ward::Icu, bed: bed(1), daily_fee: fee("900"), from, to: None }];
        Admission { segments, ..Admission::new(AdmissionId::new(from, 1), PatientId::new(from, 2), from) }
    }

    fn ready() -> Ready {
        let follow_up = Reason::parse("See your doctor in a week.").unwrap();
        Ready { at: at("2026-03-04T08:00:00Z"), by: UserId::new(Timestamp::UNIX_EPOCH, 1), follow_up }
    }

    fn left(how: Departure) -> Left {
        Left { at: at("2026-03-04T12:00:00Z"), by: UserId::new(Timestamp::UNIX_EPOCH, 1), how }
    }

    #[test]
    fn a_transfer_ends_a_segment_and_begins_another_at_its_own_fee() {
        let moved = admission().moved(Ward::General, bed(7), fee("200"), at("2026-03-03T10:00:00Z")).unwrap();
        assert_eq!(moved.place(), Some((Ward::General, bed(7))));
        assert_eq!((moved.segments[0].to, moved.segments[1].from), (Some(moved.segments[1].from), at("2026-03-03T10:00:00Z")));
        assert_eq!((moved.segments[0].daily_fee, moved.segments[1].daily_fee), (fee("900"), fee("200")));
    }

    #[test]
    fn a_stay_ends_in_two_steps_and_once() {
        assert_eq!(admission().left(left(Departure::Home)), Err(NotNow::NotReady));
        assert_eq!(admission().not_ready(), Err(NotNow::NotReady));
        let can_leave = admission().ready(ready()).unwrap();
        assert_eq!((can_leave.status(), can_leave.clone().ready(ready())), (AdmissionStatus::MedicallyReady, Err(NotNow::ReadyAlready)));
        assert_eq!(can_leave.clone().not_ready().unwrap().status(), AdmissionStatus::Admitted);
        let elsewhere = can_leave.clone().moved(Ward::General, bed(2), fee("200"), at("2026-03-04T09:00:00Z")).unwrap();
        assert_eq!(elsewhere.status(), AdmissionStatus::Admitted, "on another ward a doctor says it anew");
        let other_bed = can_leave.clone().moved(Ward::Icu, bed(2), fee("999"), at("2026-03-04T09:00:00Z")).unwrap();
        assert_eq!((other_bed.status(), other_bed.segments[1].daily_fee), (AdmissionStatus::MedicallyReady, fee("900")));
        let gone = can_leave.left(left(Departure::Home)).unwrap();
        assert_eq!((gone.status(), gone.segments[0].to), (AdmissionStatus::Left, Some(at("2026-03-04T12:00:00Z"))));
        assert_eq!(gone.clone().left(left(Departure::Died)), Err(NotNow::HasLeft));
        assert_eq!(gone.clone().moved(Ward::Icu, bed(2), fee("1"), at("2026-03-05T00:00:00Z")), Err(NotNow::HasLeft));
        assert_eq!((gone.clone().ready(ready()), gone.not_ready()), (Err(NotNow::HasLeft), Err(NotNow::HasLeft)));
    }

    #[test]
    fn the_dead_and_those_who_insist_leave_without_being_ready() {
        for how in Departure::ALL {
            let waits = matches!(how, Departure::Home | Departure::TransferredOut);
            assert_eq!(admission().left(left(*how)).is_err(), waits, "{how:?}");
        }
    }
}
