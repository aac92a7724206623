//! What a report shows of a day, or of all days together.

use domain::{
    figures::{Book, Figures, Measure, Period, mean},
    money::{Currency, Money},
};
use http::MoneyBody;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// The figures of a subject on some days.
pub(crate) struct Over<'a> {
    pub(crate) figures: &'a Figures,
    pub(crate) days: Period,
    pub(crate) currency: Currency,
}

impl Over<'_> {
    /// What happened.
    pub(crate) fn sum(&self, measure: Measure) -> i64 {
        self.figures.sum(self.days, measure)
    }

    /// What a balance is at the end of the last day.
    pub(crate) fn at_end(&self, measure: Measure) -> i64 {
        self.figures.at_end_of(self.days.to, measure)
    }

    /// What a balance was at the end of each day, added up.
    fn at_each_end(&self, measure: Measure) -> i64 {
        let mut balance = self.at_end(measure) - self.sum(measure);
        let each = self.days.days().map(|day| {
            balance += self.figures.on(day, measure);
            balance
        });
        each.sum()
    }

    fn money(&self, minor: i64) -> MoneyBody {
        Money::of_minor(minor, self.currency).into()
    }

    fn sum_of_money(&self, measure: Measure) -> MoneyBody {
        self.money(self.sum(measure))
    }
}

/// How much one number is of another one, in percent with one decimal. `None` of nothing.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn percent(part: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| (part as f64 * 1000.0 / of as f64).round() / 10.0)
}

/// The seconds of a minute, and of an hour.
pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// The minutes of a day, and of an hour.
const MINUTES_A_DAY: i64 = 24 * 60;
const MINUTES_AN_HOUR: i64 = 60;

/// What a cell of a CSV file says.
pub(crate) trait Cell {
    fn cell(&self) -> String;
}

impl Cell for i64 {
    fn cell(&self) -> String {
        self.to_string()
    }
}

impl Cell for Option<f64> {
    fn cell(&self) -> String {
        self.map(|number| number.to_string()).unwrap_or_default()
    }
}

impl Cell for MoneyBody {
    fn cell(&self) -> String {
        self.amount.clone()
    }
}

/// The figures of one report.
pub(crate) trait Shown: Serialize + ToSchema {
    const BOOK: Book;
    /// What the columns are called.
    const COLUMNS: &'static [&'static str];
    fn of(over: &Over<'_>) -> Self;
    fn cells(&self) -> Vec<String>;
}

macro_rules! shown {
    ($($(#[$doc:meta])* $name:ident of $book:ident |$over:ident| { $($(#[$of:meta])* $field:ident: $type:ty = $value:expr,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize, ToSchema)]
        pub(crate) struct $name {
            $($(#[$of])* pub(crate) $field: $type,)+
        }

        impl Shown for $name {
            const BOOK: Book = Book::$book;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            fn of($over: &Over<'_>) -> Self {
                Self { $($field: $value),+ }
            }

            fn cells(&self) -> Vec<String> {
                vec![$(self.$field.cell()),+]
            }
        }
    )+};
}

shown! {
    /// Beds and who lay in them.
    OccupancyFigures of Occupancy |over| {
        /// The beds, added up over the days. On one day: the beds, also those that are out of use.
        bed_days: i64 = over.at_each_end(Measure::Beds),
        /// The patients who lay in a bed at midnight at the end of a day, added up over the days. Today: those who lie there now.
        patient_days: i64 = over.at_each_end(Measure::Occupied),
        /// How many of the beds had a patient at midnight, in percent.
        #[serde(skip_serializing_if = "Option::is_none")]
        occupancy_percent: Option<f64> = percent(over.at_each_end(Measure::Occupied), over.at_each_end(Measure::Beds)),
        /// Patients who came into the hospital.
        admitted: i64 = over.sum(Measure::Admitted),
        /// Patients who came from another ward.
        moved_in: i64 = over.sum(Measure::MovedIn),
        /// Patients who went to another ward.
        moved_out: i64 = over.sum(Measure::MovedOut),
        /// Patients who left the hospital.
        left: i64 = over.sum(Measure::Left),
        /// Those of them who died.
        died: i64 = over.sum(Measure::Died),
        /// How long those who left had stayed in the hospital, in days of 24 hours on average.
        #[serde(skip_serializing_if = "Option::is_none")]
        mean_stay_days: Option<f64> = mean(over.sum(Measure::StayMinutes), over.sum(Measure::Left), MINUTES_A_DAY),
        /// How many hours there were from when a doctor said that the patient can leave until the patient left, on average.
        #[serde(skip_serializing_if = "Option::is_none")]
        mean_hours_until_left: Option<f64> = mean(over.sum(Measure::ReadyMinutes), over.sum(Measure::WereReady), MINUTES_AN_HOUR),
    }

    /// Appointments, on the day for which they are booked.
    AppointmentFigures of Appointments |over| {
        /// All of them, whatever became of them.
        booked: i64 = over.sum(Measure::Booked),
        /// Those that were completed.
        held: i64 = over.sum(Measure::Held),
        /// Those that were cancelled.
        cancelled: i64 = over.sum(Measure::Cancelled),
        /// Those to which the patient did not come.
        missed: i64 = over.sum(Measure::Missed),
        /// How many were completed, in percent of those that were completed, cancelled or missed.
        #[serde(skip_serializing_if = "Option::is_none")]
        held_percent: Option<f64> = percent(over.sum(Measure::Held), ended(over)),
        /// How many were cancelled, in percent of the same.
        #[serde(skip_serializing_if = "Option::is_none")]
        cancelled_percent: Option<f64> = percent(over.sum(Measure::Cancelled), ended(over)),
        /// How many were missed, in percent of the same.
        #[serde(skip_serializing_if = "Option::is_none")]
        missed_percent: Option<f64> = percent(over.sum(Measure::Missed), ended(over)),
    }

    /// Emergencies, on the day on which the patient came.
    EmergencyFigures of Emergency |over| {
        /// All of them.
        cases: i64 = over.sum(Measure::Cases),
        /// Those that a doctor has seen, or that got a bed at once.
        seen: i64 = over.sum(Measure::Seen),
        /// Those of them that a doctor has seen as soon as the triage asks for.
        seen_in_time: i64 = over.sum(Measure::SeenInTime),
        /// The same in percent of those that a doctor has seen.
        #[serde(skip_serializing_if = "Option::is_none")]
        in_time_percent: Option<f64> = percent(over.sum(Measure::SeenInTime), over.sum(Measure::Seen)),
        /// From the arrival until a doctor saw the patient, in minutes on average.
        #[serde(skip_serializing_if = "Option::is_none")]
        mean_wait_minutes: Option<f64> = mean(over.sum(Measure::SeenSeconds), over.sum(Measure::Seen), MINUTE),
        /// Patients who went before a doctor saw them.
        left_unseen: i64 = over.sum(Measure::LeftUnseen),
        /// Patients who got a bed.
        admitted: i64 = over.sum(Measure::CasesAdmitted),
    }

    /// Invoices and payments, on the day on which they were entered.
    RevenueFigures of Revenue |over| {
        /// What the invoices say, after discount and with taxes.
        billed: MoneyBody = over.sum_of_money(Measure::Billed),
        /// What the discount took off.
        discount: MoneyBody = over.sum_of_money(Measure::Discount),
        /// The taxes.
        tax: MoneyBody = over.sum_of_money(Measure::Tax),
        /// What credit notes took off.
        credited: MoneyBody = over.sum_of_money(Measure::Credited),
        /// What was paid.
        paid: MoneyBody = over.sum_of_money(Measure::Paid),
        /// Payments that were taken back.
        taken_back: MoneyBody = over.sum_of_money(Measure::TakenBack),
        /// What was paid back.
        refunded: MoneyBody = over.sum_of_money(Measure::Refunded),
        /// What is outstanding at the end of the last day, of all invoices so far.
        outstanding: MoneyBody = over.money(over.at_end(Measure::Outstanding)),
        /// What was paid too much until then, and can be paid back.
        overpaid: MoneyBody = over.money(over.at_end(Measure::Overpaid)),
    }

    /// Lab orders, each step on its day.
    LaboratoryFigures of Laboratory |over| {
        /// Orders that were placed.
        ordered: i64 = over.sum(Measure::Ordered),
        /// Specimens that were taken.
        collected: i64 = over.sum(Measure::Collected),
        /// Specimens that could not be used.
        rejected: i64 = over.sum(Measure::Rejected),
        /// The same in percent of the specimens that were taken.
        #[serde(skip_serializing_if = "Option::is_none")]
        rejected_percent: Option<f64> = percent(over.sum(Measure::Rejected), over.sum(Measure::Collected)),
        /// Orders that were cancelled.
        cancelled: i64 = over.sum(Measure::OrdersCancelled),
        /// Results that were released.
        released: i64 = over.sum(Measure::Released),
        /// Those of them that were released when they were due, or before.
        released_in_time: i64 = over.sum(Measure::ReleasedInTime),
        /// The same in percent of the results that were released.
        #[serde(skip_serializing_if = "Option::is_none")]
        in_time_percent: Option<f64> = percent(over.sum(Measure::ReleasedInTime), over.sum(Measure::Released)),
        /// From the specimen to the release, in minutes on average.
        #[serde(skip_serializing_if = "Option::is_none")]
        mean_minutes: Option<f64> = mean(over.sum(Measure::ReleaseSeconds), over.sum(Measure::Released), MINUTE),
        /// Results that were replaced after their release.
        amended: i64 = over.sum(Measure::Amended),
        /// Critical results.
        critical: i64 = over.sum(Measure::Critical),
        /// Those of them that a doctor acknowledged within 30 minutes.
        acknowledged_in_time: i64 = over.sum(Measure::Acknowledged),
    }

    /// The stock of pharmacies, and what is set aside for patients. Values are what units cost the pharmacy. A lot whose cost nobody entered counts
    /// with nothing.
    PharmacyFigures of Pharmacy |over| {
        /// Units on the shelf at the end of the last day, with those that have expired and wait there.
        stock_units: i64 = over.at_end(Measure::Stock),
        stock_value: MoneyBody = over.money(over.at_end(Measure::StockValue)),
        /// Units that suppliers delivered.
        received_units: i64 = over.sum(Measure::Received),
        /// Units that were set aside for patients.
        set_aside_units: i64 = over.sum(Measure::Used),
        set_aside_value: MoneyBody = over.sum_of_money(Measure::UsedValue),
        /// Units that were set aside, and put back.
        put_back_units: i64 = over.sum(Measure::PutBack),
        put_back_value: MoneyBody = over.sum_of_money(Measure::PutBackValue),
        /// Units that have expired.
        expired_units: i64 = over.sum(Measure::Expired),
        expired_value: MoneyBody = over.sum_of_money(Measure::ExpiredValue),
        /// Units that were destroyed or lost, or went back to the supplier.
        written_off_units: i64 = over.sum(Measure::WrittenOff),
        written_off_value: MoneyBody = over.sum_of_money(Measure::WrittenOffValue),
        /// How often something was set aside for a patient.
        allocated: i64 = over.sum(Measure::Allocated),
        /// How often a patient got it, or a part of it.
        handed_over: i64 = over.sum(Measure::HandedOver),
        /// How many hours that had waited for the patient, on average.
        #[serde(skip_serializing_if = "Option::is_none")]
        mean_hours_until_handed_over: Option<f64> = mean(over.sum(Measure::HandOverSeconds), over.sum(Measure::HandedOver), HOUR),
        /// How often nobody collected it.
        not_collected: i64 = over.sum(Measure::NotCollected),
        /// How often it was given up.
        cancelled: i64 = over.sum(Measure::AllocationsCancelled),
    }
}

fn ended(over: &Over<'_>) -> i64 {
    over.sum(Measure::Held) + over.sum(Measure::Cancelled) + over.sum(Measure::Missed)
}

/// One day as a period.
pub(crate) const fn one(day: Date) -> Period {
    Period { from: day, to: day }
}
