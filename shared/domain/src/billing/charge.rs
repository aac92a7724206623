//! Charges: what was done for a patient, and what it costs.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{AdmissionId, AllocationId, AppointmentId, LabOrderId, PatientId, SurgeryId, UserId},
    money::Money,
    text::{Reason, shortened},
};

/// What a charge is for. An invoice groups its lines by it, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// A doctor has seen the patient.
    Consultation,
    /// The patient did not come to an appointment.
    NoShow,
    /// A day in a bed.
    BedDay,
    /// A surgery.
    Surgery,
    /// Medicines that were handed over.
    Medicine,
    /// A lab test.
    LabTest,
    /// What an accountant has entered.
    Other,
}

/// How the price and the quantity of a charge were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargeRule {
    /// The doctor's fee when the appointment was booked.
    FeeAtBooking,
    /// The hospital's fee for an appointment that was missed.
    NoShowFee,
    /// One day for each midnight in the bed, or one for a stay within a day. The ward's fee is that of when the patient came into the bed. See
    /// [`crate::stay::days`].
    MidnightCensus,
    /// The fee that the doctor noted with the surgery.
    FeeOfSurgery,
    /// The pharmacy's price for a unit when it was set aside.
    PriceWhenSetAside,
    /// The laboratory's price when the test was ordered.
    PriceWhenOrdered,
    /// An accountant has entered it.
    EnteredByHand,
}

named! {
    ChargeKind, "invalid_kind": {
        Consultation = "consultation", NoShow = "no_show", BedDay = "bed_day", Surgery = "surgery", Medicine = "medicine", LabTest = "lab_test",
        Other = "other",
    }
    ChargeRule, "invalid_rule": {
        FeeAtBooking = "fee_at_booking", NoShowFee = "no_show_fee", MidnightCensus = "midnight_census", FeeOfSurgery = "fee_of_surgery",
        PriceWhenSetAside = "price_when_set_aside", PriceWhenOrdered = "price_when_ordered", EnteredByHand = "entered_by_hand",
    }
}

impl ChargeKind {
    /// The heading of its lines on an invoice.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Consultation => "Consultations",
            Self::NoShow => "Missed appointments",
            Self::BedDay => "Bed days",
            Self::Surgery => "Surgeries",
            Self::Medicine => "Medicines",
            Self::LabTest => "Laboratory tests",
            Self::Other => "Other",
        }
    }
}

/// What a charge follows from. In JSON it is the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// An appointment.
    Appointment(AppointmentId),
    /// A stay.
    Admission(AdmissionId),
    /// A surgery.
    Surgery(SurgeryId),
    /// What a pharmacy has set aside.
    Allocation(AllocationId),
    /// An order of a lab test.
    LabOrder(LabOrderId),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Appointment(id) => id.fmt(f),
            Self::Admission(id) => id.fmt(f),
            Self::Surgery(id) => id.fmt(f),
            Self::Allocation(id) => id.fmt(f),
            Self::LabOrder(id) => id.fmt(f),
        }
    }
}

/// What is to be charged for something, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Tells the parts of one source apart, such as the segments of a stay.
    pub part: u16,
    /// What it is.
    pub kind: ChargeKind,
    /// What it is in words.
    pub what: String,
    /// The day on which it was done, or began.
    pub on: Date,
    /// How many units.
    pub quantity: u32,
    /// What a unit costs.
    pub unit_price: Money,
    /// How price and quantity were found.
    pub rule: ChargeRule,
}

/// A charge. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The patient.
    pub patient_id: PatientId,
    /// Its place among the patient's charges: 1, 2, 3 and so on, without gaps.
    pub number: u32,
    /// What it is.
    #[serde(rename = "of")]
    pub kind: ChargeKind,
    /// What it is in words.
    pub what: String,
    /// The day on which it was done, or began.
    pub on: Date,
    /// How many units.
    pub quantity: u32,
    /// What a unit costs, as it was then.
    pub unit_price: Money,
    /// How price and quantity were found.
    pub rule: ChargeRule,
    /// What it follows from. `None` if an accountant has entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// When it was written.
    pub at: Timestamp,
    /// The accountant who has entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Why the accountant did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Charge {
    /// What all units cost.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.unit_price.times(self.quantity)
    }
}

/// That a charge no longer counts. It is an entry of its own, beside the charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    /// The patient.
    pub patient_id: PatientId,
    /// The charge.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// Who. `None` when it follows from what the charge is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Why, if somebody did it: otherwise what it was for was cancelled or corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The version of the patient's account then. An invoice that was issued later does not have the charge.
    pub as_of: u64,
}

impl Service {
    /// The same for services that an invoice describes in the same way. The days of a stay come in several charges, each from its own day on.
    #[must_use]
    pub fn described(&self) -> String {
        let on = if self.kind == ChargeKind::BedDay { String::new() } else { self.on.to_string() };
        shortened(&format!("{} {on} {}", self.kind.as_str(), self.what))
    }
}

/// A charge that counts, of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counting {
    /// Which part of the source it is for.
    #[serde(rename = "p")]
    pub part: u16,
    /// The charge.
    #[serde(rename = "n")]
    pub number: u32,
    /// How many units.
    #[serde(rename = "q")]
    pub quantity: u32,
    /// What a unit costs.
    #[serde(rename = "u")]
    pub unit_price: Money,
    /// What it says, shortened.
    #[serde(rename = "d")]
    pub described: String,
}

/// What has been charged for something so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charged {
    /// The patient.
    pub patient_id: PatientId,
    /// What it is for.
    pub source: Source,
    /// The charges that count.
    pub counting: Vec<Counting>,
    /// The parts that an accountant has taken back. They are not charged again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<u16>,
    /// Grows with each change. 0 before the first one, which is not stored.
    pub version: u64,
}

/// What makes the charges of something what they should be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Corrections {
    /// The charges that no longer count.
    pub reverse: Vec<u32>,
    /// What is charged anew.
    pub add: Vec<Service>,
}

impl Corrections {
    /// Whether all is as it should be.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.reverse.is_empty() && self.add.is_empty()
    }
}

impl Charged {
    /// Nothing yet.
    #[must_use]
    pub const fn nothing(patient_id: PatientId, source: Source) -> Self {
        Self { patient_id, source, counting: Vec::new(), waived: Vec::new(), version: 0 }
    }

    /// What has to be written so that the charges are for this and for nothing else. It does not matter how often or in which order anybody asks:
    /// what counts is how the source stands now, and what has been charged for it so far.
    #[must_use]
    pub fn corrections(&self, wanted: &[Service]) -> Corrections {
        let mut corrections = Corrections::default();
        let so_far = |part: u16| self.counting.iter().filter(move |counting| counting.part == part);
        // What a missed appointment costs is asked once, whatever the hospital decides later.
        let fixed =
            |service: &Service| service.kind == ChargeKind::NoShow && so_far(service.part).any(|one| one.described == service.described());
        let costs = |service: &Service| service.quantity > 0 && (service.unit_price.minor() > 0 || fixed(service));
        for service in wanted.iter().filter(|service| costs(service) && !self.waived.contains(&service.part)) {
            let as_before = |one: &Counting| one.unit_price == service.unit_price && one.described == service.described();
            let same = fixed(service) || so_far(service.part).all(as_before);
            let units: u32 = so_far(service.part).map(|counting| counting.quantity).sum();
            if same && units == service.quantity {
                continue;
            }
            let mut add = service.clone();
            if same && units < service.quantity {
                // A stay that goes on: the days that came since.
                add.quantity -= units;
                if service.kind == ChargeKind::BedDay {
                    add.on = add.on.saturating_add(jiff::Span::new().days(units));
                }
            } else {
                corrections.reverse.extend(so_far(service.part).map(|counting| counting.number));
            }
            corrections.add.push(add);
        }
        let unwanted = |counting: &&Counting| !wanted.iter().any(|service| service.part == counting.part && costs(service));
        corrections.reverse.extend(self.counting.iter().filter(unwanted).map(|counting| counting.number));
        corrections
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    pub(crate) fn service(part: u16, quantity: u32, minor: i64) -> Service {
        Service {
            part,
            kind: ChargeKind::BedDay,
            what: "Bed".to_owned(),
            on: date(2026, 3, 2),
            quantity,
            unit_price: Money::of_minor(minor, Currency::parse("USD").unwrap()),
            rule: ChargeRule::MidnightCensus,
        }
    }

    fn nothing() -> Charged {
        let (patient, stay) = (PatientId::new(Timestamp::UNIX_EPOCH, 1), AdmissionId::new(Timestamp::UNIX_EPOCH, 1));
        Charged::nothing(patient, Source::Admission(stay))
    }

    /// What counts after the corrections, with the next charges numbered from here.
    fn corrected(mut charged: Charged, corrections: &Corrections, next: &mut u32) -> Charged {
        charged.counting.retain(|counting| !corrections.reverse.contains(&counting.number));
        for service in &corrections.add {
            *next += 1;
            let Service { part, quantity, unit_price, .. } = *service;
            charged.counting.push(Counting { part, number: *next, quantity, unit_price, described: service.described() });
        }
        charged
    }

    #[test]
    fn a_stay_that_goes_on_adds_its_days_and_a_price_that_changes_reverses_the_charge() {
        let mut next = 0;
        let first = nothing().corrections(&[service(0, 3, 100)]);
        let charged = corrected(nothing(), &first, &mut next);
        assert!(charged.corrections(&[service(0, 3, 100)]).is_empty(), "twice is once");
        let more = charged.corrections(&[service(0, 5, 100), service(1, 1, 900)]);
        assert_eq!(more.reverse, Vec::<u32>::new());
        assert_eq!((more.add[0].quantity, more.add[0].on, more.add[1].quantity), (2, date(2026, 3, 5), 1));
        let charged = corrected(charged, &more, &mut next);
        let dearer = charged.corrections(&[service(0, 5, 120), service(1, 1, 900)]);
        assert_eq!((dearer.reverse, dearer.add.len()), (vec![1, 2], 1));
        let fewer = charged.corrections(&[service(0, 4, 100), service(1, 1, 900)]);
        assert_eq!((fewer.reverse, fewer.add[0].quantity), (vec![1, 2], 4));
        assert_eq!(charged.corrections(&[]).reverse, [1, 2, 3]);
        assert_eq!(charged.corrections(&[service(0, 5, 0), service(1, 0, 900)]).reverse, [1, 2, 3], "what is free is not charged");
    }

    #[test]
    fn what_is_corrected_at_the_same_price_is_charged_anew() {
        let mut next = 0;
        let surgery = Service { kind: ChargeKind::Surgery, ..service(0, 1, 100) };
        let charged = corrected(nothing(), &nothing().corrections(std::slice::from_ref(&surgery)), &mut next);
        for other in [
            Service { what: "Appendectomy".to_owned(), ..surgery.clone() },
            Service { on: date(2026, 3, 1), ..surgery.clone() },
            Service { kind: ChargeKind::Other, ..surgery.clone() },
        ] {
            let corrections = charged.corrections(&[other]);
            assert_eq!((corrections.reverse, corrections.add.len()), (vec![1], 1));
        }
        let waived = Charged { waived: vec![0], counting: Vec::new(), ..charged };
        assert!(waived.corrections(&[Service { quantity: 2, ..surgery }]).is_empty(), "what was taken back by hand");
    }

    #[test]
    fn a_missed_appointment_costs_what_it_did_when_it_was_charged() {
        let mut next = 0;
        let missed = |minor| Service { kind: ChargeKind::NoShow, ..service(0, 1, minor) };
        let charged = corrected(nothing(), &nothing().corrections(&[missed(20)]), &mut next);
        assert!(charged.corrections(&[missed(50)]).is_empty() && charged.corrections(&[missed(0)]).is_empty());
        assert_eq!(charged.corrections(&[]).reverse, [1]);
    }

    proptest! {
        /// Whatever came before, the charges that count are for what is wanted now.
        #[test]
        fn what_counts_is_what_is_wanted(states in prop::collection::vec(prop::collection::vec((0u16..3, 0u32..5, 0i64..3), 0..4), 1..12)) {
            let (mut charged, mut next) = (nothing(), 0);
            for state in states {
                let mut wanted: Vec<Service> = state.into_iter().map(|(part, quantity, minor)| service(part, quantity, minor)).collect();
                wanted.sort_by_key(|service| service.part);
                wanted.dedup_by_key(|service| service.part);
                charged = corrected(charged.clone(), &charged.corrections(&wanted), &mut next);
                prop_assert!(charged.corrections(&wanted).is_empty());
                let owed: i64 = charged.counting.iter().map(|counting| i64::from(counting.quantity) * counting.unit_price.minor()).sum();
                let should: i64 = wanted.iter().map(|service| i64::from(service.quantity) * service.unit_price.minor()).sum();
                prop_assert_eq!(owed, should);
            }
        }
    }
}
