//! Daily figures: what reports, performance and ratings show. Each follows from appointments, stays and so on as they stand now, and from nothing
//! else, so that all of them can be counted again.

mod count;

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use count::{
    of_admission, of_allocation, of_appointment, of_case, of_critical_result, of_encounter, of_feedback, of_invoice, of_lab_order,
    of_medicine, of_movement, of_ward,
};

use crate::{
    billing::ChargeKind,
    feedback::{About, Service},
    id::{
        AdmissionId, AllocationId, AppointmentId, CaseId, DoctorId, EncounterId, FeedbackId, InvoiceId, LabOrderId, LaboratoryId,
        MedicineId, MovementId, PatientId, PharmacyId, StockedMedicineId, UserId,
    },
    text::Specialization,
    triage::TriageLevel,
    turnaround::Month,
    ward::Ward,
};

/// What figures are about. Those of a book, a subject and a month are one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// Beds and who lay in them.
    Occupancy,
    /// Appointments, on the day for which they are booked.
    Appointments,
    /// What a doctor did.
    Doctors,
    /// Emergencies, on the day on which the patient came.
    Emergency,
    /// Invoices and payments, on the day on which they were entered.
    Revenue,
    /// Lab orders.
    Laboratory,
    /// The stock of pharmacies, and what is set aside for patients.
    Pharmacy,
    /// Ratings, on the day on which they were given.
    Ratings,
}

named! {
    Book, "invalid_book": {
        Occupancy = "occupancy", Appointments = "appointments", Doctors = "doctors", Emergency = "emergency", Revenue = "revenue",
        Laboratory = "laboratory", Pharmacy = "pharmacy", Ratings = "ratings",
    }
}

impl Book {
    /// Whether anything of it is a balance, so that somebody has figures in a month in which nothing happened.
    #[must_use]
    pub const fn has_balances(self) -> bool {
        matches!(self, Self::Occupancy | Self::Revenue | Self::Pharmacy | Self::Ratings)
    }

    /// Whether any of it is money.
    #[must_use]
    pub const fn has_money(self) -> bool {
        matches!(self, Self::Revenue | Self::Pharmacy)
    }

    /// Whether days ahead have figures.
    #[must_use]
    pub const fn looks_ahead(self) -> bool {
        matches!(self, Self::Appointments)
    }
}

/// Whom or what figures are of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The whole hospital.
    Hospital,
    /// A doctor.
    Doctor(DoctorId),
    /// All doctors of a specialization.
    Specialization(String),
    /// A ward.
    Ward(Ward),
    /// A level of triage.
    Level(TriageLevel),
    /// A kind of charge.
    Kind(ChargeKind),
    /// A laboratory.
    Laboratory(LaboratoryId),
    /// A pharmacy.
    Pharmacy(PharmacyId),
    /// A service of the hospital.
    Service(Service),
    /// Somebody who works here.
    Staff(UserId),
}

impl Subject {
    /// All doctors of a specialization, however it is spelled.
    #[must_use]
    pub fn specialization(specialization: &Specialization) -> Self {
        Self::Specialization(specialization.as_str().to_lowercase())
    }
}

impl From<About> for Subject {
    fn from(about: About) -> Self {
        match about {
            About::Hospital => Self::Hospital,
            About::Service(service) => Self::Service(service),
            About::Doctor(id) => Self::Doctor(id),
            About::Staff(id) => Self::Staff(id),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hospital => write!(f, "hospital"),
            Self::Doctor(id) => write!(f, "doctor#{id}"),
            Self::Specialization(name) => write!(f, "specialization#{name}"),
            Self::Ward(ward) => write!(f, "ward#{}", ward.as_str()),
            Self::Level(level) => write!(f, "level#{}", level.as_str()),
            Self::Kind(kind) => write!(f, "kind#{}", kind.as_str()),
            Self::Laboratory(id) => write!(f, "laboratory#{id}"),
            Self::Pharmacy(id) => write!(f, "pharmacy#{id}"),
            Self::Service(service) => write!(f, "service#{}", service.as_str()),
            Self::Staff(id) => write!(f, "staff#{id}"),
        }
    }
}

macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        /// What is counted. A code has two letters: an item holds it once for each day.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure { $($(#[$doc])* $name,)+ }

        impl Measure {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

measures! {
    /// Beds that came into being. A balance.
    Beds = "be",
    /// Patients who came into a bed, less those who left one. A balance: what it amounts to is the census at midnight.
    Occupied = "oc",
    /// Patients who came into the hospital.
    Admitted = "ad",
    /// Patients who came from another ward.
    MovedIn = "mi",
    /// Patients who went to another ward.
    MovedOut = "mo",
    /// Patients who left the hospital.
    Left = "le",
    /// Those of them who died.
    Died = "di",
    /// The minutes that those who left had stayed in the hospital.
    StayMinutes = "sm",
    /// Those who left after a doctor had said that they can.
    WereReady = "wr",
    /// The minutes from then until they left.
    ReadyMinutes = "rm",
    /// Appointments that were booked.
    Booked = "bk",
    /// Appointments that were completed.
    Held = "he",
    /// Appointments that were cancelled.
    Cancelled = "ca",
    /// Appointments to which the patient did not come.
    Missed = "ms",
    /// Appointments that have an encounter and an arrival.
    Waited = "wn",
    /// The seconds from the arrival to the encounter.
    WaitSeconds = "ws",
    /// Appointments that have an encounter.
    Started = "st",
    /// Those of them that began in time.
    OnTime = "ot",
    /// Medicines that were prescribed.
    Prescribed = "rx",
    /// Those of them that were prescribed although something speaks against it.
    Overridden = "ov",
    /// Critical results.
    Critical = "cr",
    /// Those of them that a doctor acknowledged in time.
    Acknowledged = "ak",
    /// Emergencies.
    Cases = "cs",
    /// Those of them that a doctor has seen.
    Seen = "se",
    /// Those of them that a doctor has seen in time.
    SeenInTime = "si",
    /// The seconds from the arrival until a doctor saw the patient.
    SeenSeconds = "ss",
    /// Patients who went before a doctor saw them.
    LeftUnseen = "lu",
    /// Emergencies that ended with an admission.
    CasesAdmitted = "cd",
    /// What invoices say, after discount and with taxes.
    Billed = "bi",
    /// What the discount took off.
    Discount = "dc",
    /// The taxes.
    Tax = "tx",
    /// What credit notes took off.
    Credited = "cn",
    /// What was paid.
    Paid = "pa",
    /// Payments that were taken back.
    TakenBack = "tb",
    /// What was paid back.
    Refunded = "rf",
    /// What is outstanding. A balance.
    Outstanding = "ou",
    /// What was paid too much. A balance.
    Overpaid = "op",
    /// Lab orders that were placed.
    Ordered = "or",
    /// Specimens that were taken.
    Collected = "co",
    /// Specimens that could not be used.
    Rejected = "rj",
    /// Lab orders that were cancelled.
    OrdersCancelled = "oa",
    /// Results that were released.
    Released = "rl",
    /// Those of them that were released when they were due, or before.
    ReleasedInTime = "ri",
    /// The seconds from the specimen to the release.
    ReleaseSeconds = "rs",
    /// Results that were replaced after their release.
    Amended = "am",
    /// Units on the shelf. A balance.
    Stock = "sk",
    /// What they cost the pharmacy. A balance.
    StockValue = "sv",
    /// Units that suppliers delivered.
    Received = "rc",
    /// Units that were set aside for patients.
    Used = "us",
    /// What they cost the pharmacy.
    UsedValue = "uv",
    /// Units that were set aside, and put back.
    PutBack = "pb",
    /// What they cost the pharmacy.
    PutBackValue = "pv",
    /// Units whose lot has expired.
    Expired = "ex",
    /// What they cost the pharmacy.
    ExpiredValue = "ev",
    /// Units that were destroyed or lost, or went back to the supplier.
    WrittenOff = "wo",
    /// What they cost the pharmacy.
    WrittenOffValue = "wv",
    /// Allocations that were made.
    Allocated = "al",
    /// Allocations that the patient got, or a part of them.
    HandedOver = "ho",
    /// The seconds that those had waited for the patient.
    HandOverSeconds = "hs",
    /// Allocations that nobody collected.
    NotCollected = "nc",
    /// Allocations that were given up.
    AllocationsCancelled = "ac",
    /// Ratings of one star. A balance, as all ratings are.
    Stars1 = "s1",
    /// Ratings of two stars.
    Stars2 = "s2",
    /// Ratings of three stars.
    Stars3 = "s3",
    /// Ratings of four stars.
    Stars4 = "s4",
    /// Ratings of five stars.
    Stars5 = "s5",
}

impl Measure {
    /// The measure with this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|measure| measure.code() == code)
    }

    /// Whether what counts is everything up to a day, and not what happened on it.
    #[must_use]
    pub const fn is_balance(self) -> bool {
        matches!(
            self,
            Self::Beds
                | Self::Occupied
                | Self::Outstanding
                | Self::Overpaid
                | Self::Stock
                | Self::StockValue
                | Self::Stars1
                | Self::Stars2
                | Self::Stars3
                | Self::Stars4
                | Self::Stars5
        )
    }

    /// The ratings, the lowest first.
    pub const STARS: [Self; 5] = [Self::Stars1, Self::Stars2, Self::Stars3, Self::Stars4, Self::Stars5];
}

/// What is counted: figures follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Countable {
    /// An appointment.
    Appointment {
        /// Its id.
        id: AppointmentId,
    },
    /// An encounter.
    Encounter {
        /// Whose.
        patient: PatientId,
        /// Its id.
        id: EncounterId,
    },
    /// A medicine that was prescribed.
    Medicine {
        /// For whom.
        patient: PatientId,
        /// Its id.
        id: MedicineId,
    },
    /// A critical result of an order.
    CriticalResult {
        /// Whose.
        patient: PatientId,
        /// The order.
        id: LabOrderId,
    },
    /// A ward.
    Ward {
        /// Its type.
        ward: Ward,
    },
    /// A stay.
    Admission {
        /// Whose.
        patient: PatientId,
        /// Its id.
        id: AdmissionId,
    },
    /// An emergency.
    Case {
        /// Its id.
        id: CaseId,
    },
    /// An invoice.
    Invoice {
        /// Whose.
        patient: PatientId,
        /// Its id.
        id: InvoiceId,
    },
    /// A lab order.
    LabOrder {
        /// Whose.
        patient: PatientId,
        /// Its id.
        id: LabOrderId,
    },
    /// Units that are set aside for a patient.
    Allocation {
        /// For whom.
        patient: PatientId,
        /// Its id.
        id: AllocationId,
    },
    /// An entry of a pharmacy's ledger.
    Movement {
        /// The medicine.
        medicine: StockedMedicineId,
        /// Its id.
        id: MovementId,
    },
    /// A rating.
    Feedback {
        /// Whose.
        patient: PatientId,
        /// Its id.
        id: FeedbackId,
    },
}

impl fmt::Display for Countable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Appointment { id } => write!(f, "{id}"),
            Self::Encounter { id, .. } => write!(f, "{id}"),
            Self::Medicine { id, .. } => write!(f, "{id}"),
            Self::CriticalResult { id, .. } => write!(f, "critical#{id}"),
            Self::Ward { ward } => write!(f, "ward#{}", ward.as_str()),
            Self::Admission { id, .. } => write!(f, "{id}"),
            Self::Case { id } => write!(f, "{id}"),
            Self::Invoice { id, .. } => write!(f, "{id}"),
            Self::LabOrder { id, .. } => write!(f, "{id}"),
            Self::Allocation { id, .. } => write!(f, "{id}"),
            Self::Movement { id, .. } => write!(f, "{id}"),
            Self::Feedback { id, .. } => write!(f, "{id}"),
        }
    }
}

/// The place of one figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The book.
    pub book: Book,
    /// The subject, as text.
    pub subject: String,
    /// The day, in the hospital's time zone.
    pub day: Date,
    /// What is counted.
    pub measure: Measure,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}|{}", self.book.as_str(), self.subject, self.day, self.measure.code())
    }
}

impl Place {
    /// Reads what [`Place`] writes.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (book, rest) = text.split_once('|')?;
        let (rest, code) = rest.rsplit_once('|')?;
        let (subject, day) = rest.rsplit_once('|')?;
        Some(Self { book: Book::parse(book).ok()?, subject: subject.to_owned(), day: day.parse().ok()?, measure: Measure::of_code(code)? })
    }
}

/// What one thing adds to the figures: an appointment, a stay. Nothing that adds zero is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<Place, i64>);

impl Counts {
    /// Adds to a figure of some subjects.
    pub fn add(&mut self, book: Book, subjects: &[&Subject], day: Date, measure: Measure, more: i64) {
        for subject in subjects {
            self.put(&Place { book, subject: subject.to_string(), day, measure }, more);
        }
    }

    /// Adds to a figure.
    pub fn put(&mut self, place: &Place, more: i64) {
        let figure = self.0.entry(place.clone()).or_default();
        *figure += more;
        if *figure == 0 {
            self.0.remove(place);
        }
    }

    /// The figures.
    pub fn iter(&self) -> impl Iterator<Item = (&Place, i64)> {
        self.0.iter().map(|(place, figure)| (place, *figure))
    }

    /// Whether it adds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What has to be added to these counts to get others.
    #[must_use]
    pub fn towards(&self, others: &Self) -> Self {
        let mut change = others.clone();
        for (place, figure) in self.iter() {
            change.put(place, -figure);
        }
        change
    }
}

impl FromIterator<(Place, i64)> for Counts {
    fn from_iter<I: IntoIterator<Item = (Place, i64)>>(figures: I) -> Self {
        let mut counts = Self::default();
        figures.into_iter().for_each(|(place, figure)| counts.put(&place, figure));
        counts
    }
}

/// The figures of a subject, day by day, with what its balances were before the first one.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    days: BTreeMap<Date, BTreeMap<Measure, i64>>,
    before: BTreeMap<Measure, i64>,
}

impl Figures {
    /// Adds to the figure of a day.
    pub fn put(&mut self, day: Date, measure: Measure, figure: i64) {
        *self.days.entry(day).or_default().entry(measure).or_default() += figure;
    }

    /// Adds to what a balance was before the first day.
    pub fn put_before(&mut self, measure: Measure, figure: i64) {
        *self.before.entry(measure).or_default() += figure;
    }

    /// What happened on a day.
    #[must_use]
    pub fn on(&self, day: Date, measure: Measure) -> i64 {
        self.days.get(&day).and_then(|measures| measures.get(&measure)).copied().unwrap_or(0)
    }

    /// What happened on some days.
    #[must_use]
    pub fn sum(&self, days: Period, measure: Measure) -> i64 {
        self.days.range(days.from..=days.to).filter_map(|(_, measures)| measures.get(&measure)).sum()
    }

    /// What a balance is at the end of a day.
    #[must_use]
    pub fn at_end_of(&self, day: Date, measure: Measure) -> i64 {
        self.before(measure) + self.days.range(..=day).filter_map(|(_, measures)| measures.get(&measure)).sum::<i64>()
    }

    /// What a balance was before the first day.
    #[must_use]
    pub fn before(&self, measure: Measure) -> i64 {
        self.before.get(&measure).copied().unwrap_or(0)
    }
}

/// A mean with one decimal, in a unit. `None` of nothing.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub fn mean(sum: i64, count: i64, unit: i64) -> Option<f64> {
    (count > 0).then(|| (sum as f64 * 10.0 / (count as f64 * unit as f64)).round() / 10.0)
}

/// How many ratings there are, and their mean. `counts` says how many have one star, two, and so on.
#[must_use]
pub fn ratings(counts: [i64; 5]) -> (i64, Option<f64>) {
    let (count, sum) = (counts.iter().sum(), (1i64..).zip(counts).map(|(stars, count)| stars * count).sum());
    (count, mean(sum, count, 1))
}

/// The first and the last day of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Period {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

/// How many days a report can have.
pub const MOST_DAYS: i32 = 366;

/// Why a period is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAPeriod {
    /// Its end is before its beginning.
    Reversed,
    /// It has more than [`MOST_DAYS`] days.
    TooLong,
}

impl Period {
    /// From one day to another one, both included.
    ///
    /// # Errors
    /// When there is no day between them, or there are too many.
    pub fn new(from: Date, to: Date) -> Result<Self, NotAPeriod> {
        let days = (to - from).get_days();
        match days {
            ..0 => Err(NotAPeriod::Reversed),
            MOST_DAYS.. => Err(NotAPeriod::TooLong),
            _ => Ok(Self { from, to }),
        }
    }

    /// The days of a month.
    #[must_use]
    pub fn of(month: Month) -> Self {
        Self { from: month.first(), to: month.first().last_of_month() }
    }

    /// What of it is not ahead. `None` when all of it is.
    #[must_use]
    pub fn so_far(self, today: Date) -> Option<Self> {
        (self.from <= today).then(|| Self { to: self.to.min(today), ..self })
    }

    /// Its days.
    pub fn days(self) -> impl Iterator<Item = Date> {
        self.from.series(jiff::Span::new().days(1)).take_while(move |day| *day <= self.to)
    }

    /// The months that it touches.
    pub fn months(self) -> impl Iterator<Item = Month> {
        let last = Month::of_day(self.to);
        std::iter::successors(Some(Month::of_day(self.from)), |month| Some(month.next())).take_while(move |month| *month <= last)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_code_means_one_thing() {
        let codes: BTreeSet<_> = Measure::ALL.iter().map(|measure| measure.code()).collect();
        assert_eq!(codes.len(), Measure::ALL.len());
        assert!(codes.iter().all(|code| code.len() == 2));
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let subject = Subject::Specialization("ear|nose & throat".to_owned()).to_string();
        let place = Place { book: Book::Appointments, subject, day: date(2026, 3, 2), measure: Measure::Held };
        assert_eq!(Place::read(&place.to_string()), Some(place));
        assert_eq!(Place::read("appointments|hospital|2026-03-02|zz"), None);
    }

    #[test]
    fn counts_lead_from_one_to_the_other() {
        let place = |measure| Place { book: Book::Appointments, subject: "hospital".to_owned(), day: date(2026, 3, 2), measure };
        let counts = |figures: &[(Measure, i64)]| figures.iter().map(|(measure, figure)| (place(*measure), *figure)).collect::<Counts>();
        let (before, after) = (counts(&[(Measure::Booked, 1), (Measure::Held, 1)]), counts(&[(Measure::Booked, 1), (Measure::Missed, 1)]));
        assert_eq!(before.towards(&after), counts(&[(Measure::Held, -1), (Measure::Missed, 1)]));
        assert!(after.towards(&after).is_empty());
    }

    #[test]
    fn a_period_has_an_end_and_no_more_days_than_a_year() {
        let (first, last) = (date(2026, 1, 1), date(2026, 12, 31));
        let year = Period::new(first, last).unwrap();
        assert_eq!((year.days().count(), year.months().count()), (365, 12));
        assert_eq!(Period::new(date(2027, 6, 15), date(2028, 6, 14)).unwrap().days().count(), 366);
        assert_eq!(Period::new(first, date(2027, 1, 2)), Err(NotAPeriod::TooLong));
        assert_eq!(Period::new(last, first), Err(NotAPeriod::Reversed));
        assert_eq!(Period::new(first, first).unwrap().days().count(), 1);
    }
}
