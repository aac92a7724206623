//! What each thing adds to the figures, as it stands now.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::{Book, Counts, Measure, Place, Subject};
use crate::{
    admission::{Admission, Departure},
    allocation::{Allocation, AllocationStatus},
    appointment::{Appointment, Status},
    billing::{ChargeKind, Entry as LedgerEntry, Posting, invoice::Line, invoice::share},
    critical_result::{ACKNOWLEDGE_WITHIN, CriticalResult},
    emergency::{Disposition, EmergencyCase},
    feedback::Feedback,
    id::PharmacyId,
    lab_order::{LabOrder, LabOrderStatus, LabOrderStep},
    record::{Entry, encounter::Encounter, prescription::Medicine},
    stock::{Movement, MovementKind},
    triage::Scale,
    ward::EstablishedWard,
};

/// How long after the booked time, or after a later arrival, an encounter still begins in time.
const IN_TIME_WITHIN: SignedDuration = SignedDuration::from_mins(15);

fn day(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

/// An appointment, on the day for which it is booked.
#[must_use]
pub fn of_appointment(appointment: &Appointment, zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let (doctor, specialization) = (Subject::Doctor(appointment.doctor_id), Subject::specialization(&appointment.specialization));
    let subjects = [&Subject::Hospital, &doctor, &specialization];
    let day = appointment.slot.day(zone);
    counts.add(Book::Appointments, &subjects, day, Measure::Booked, 1);
    let measure = match appointment.status {
        Status::Completed { .. } => Measure::Held,
        Status::Cancelled { .. } => Measure::Cancelled,
        Status::NoShow { .. } => Measure::Missed,
        Status::Scheduled | Status::Rescheduled | Status::Arrived { .. } => return counts,
    };
    counts.add(Book::Appointments, &subjects, day, measure, 1);
    counts
}

/// An encounter: how long the patient of an appointment waited for it, and whether it began in time.
#[must_use]
pub fn of_encounter(encounter: &Entry<Encounter>, appointment: Option<&Appointment>, zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let Some(appointment) = appointment.filter(|_| !encounter.in_error) else { return counts };
    let (started, doctor) = (encounter.content.started_at, Subject::Doctor(encounter.content.doctor_id));
    let on = day(started, zone);
    let mut add = |measure, more| counts.add(Book::Doctors, &[&doctor], on, measure, more);
    let expected = appointment.arrived_at.map_or(appointment.slot.start, |arrived| arrived.max(appointment.slot.start));
    add(Measure::Started, 1);
    add(Measure::OnTime, i64::from(started <= expected.saturating_add(IN_TIME_WITHIN).unwrap_or(Timestamp::MAX)));
    if let Some(arrived) = appointment.arrived_at {
        add(Measure::Waited, 1);
        add(Measure::WaitSeconds, started.duration_since(arrived).as_secs().max(0));
    }
    counts
}

/// A medicine that was prescribed, on the day of its first version.
#[must_use]
pub fn of_medicine(medicine: &Entry<Medicine>) -> Counts {
    let mut counts = Counts::default();
    if medicine.in_error {
        return counts;
    }
    let (doctor, day) = (Subject::Doctor(medicine.content.doctor_id), medicine.content.prescribed_on);
    counts.add(Book::Doctors, &[&doctor], day, Measure::Prescribed, 1);
    counts.add(Book::Doctors, &[&doctor], day, Measure::Overridden, i64::from(medicine.content.accepted.is_some()));
    counts
}

/// A critical result, on the day since which it is known. What the laboratory corrected before anybody acknowledged it does not count.
#[must_use]
pub fn of_critical_result(result: &CriticalResult, zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    if result.acknowledged.is_none() && result.gone.is_some() {
        return counts;
    }
    let (doctor, laboratory) = (Subject::Doctor(result.listed.doctor_id), Subject::Laboratory(result.listed.laboratory_id));
    let (since, on) = (result.listed.since, day(result.listed.since, zone));
    let in_time = result.acknowledged.as_ref().is_some_and(|by| by.at.duration_since(since) <= ACKNOWLEDGE_WITHIN);
    for (measure, more) in [(Measure::Critical, 1), (Measure::Acknowledged, i64::from(in_time))] {
        counts.add(Book::Doctors, &[&doctor], on, measure, more);
        counts.add(Book::Laboratory, &[&Subject::Hospital, &laboratory], on, measure, more);
    }
    counts
}

/// The beds of a ward, from the day on which it was established.
#[must_use]
pub fn of_ward(ward: &EstablishedWard, beds: i64, zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let subjects = [&Subject::Hospital, &Subject::Ward(ward.ward)];
    counts.add(Book::Occupancy, &subjects, day(ward.established_at, zone), Measure::Beds, beds);
    counts
}

/// A stay: who lay where at midnight, and how long it took.
#[must_use]
pub fn of_admission(admission: &Admission, zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let mut add = |subjects: &[&Subject], at, measure, more| counts.add(Book::Occupancy, subjects, day(at, zone), measure, more);
    let mut earlier = None;
    for segment in &admission.segments {
        let ward = Subject::Ward(segment.ward);
        let subjects = [&Subject::Hospital, &ward];
        add(&subjects, segment.from, Measure::Occupied, 1);
        if let Some(to) = segment.to {
            add(&subjects, to, Measure::Occupied, -1);
        }
        match earlier.replace(segment.ward) {
            None => add(&subjects, segment.from, Measure::Admitted, 1),
            Some(from) if from != segment.ward => {
                add(&[&Subject::Ward(from)], segment.from, Measure::MovedOut, 1);
                add(&[&ward], segment.from, Measure::MovedIn, 1);
            }
            Some(_) => {}
        }
    }
    let (Some(left), Some(last)) = (&admission.left, admission.segments.last()) else { return counts };
    let subjects = [&Subject::Hospital, &Subject::Ward(last.ward)];
    add(&subjects, left.at, Measure::Left, 1);
    add(&subjects, left.at, Measure::Died, i64::from(left.how == Departure::Died));
    add(&subjects, left.at, Measure::StayMinutes, minutes(left.at, admission.admitted_at));
    if let Some(ready) = &admission.ready {
        add(&subjects, left.at, Measure::WereReady, 1);
        add(&subjects, left.at, Measure::ReadyMinutes, minutes(left.at, ready.at));
    }
    counts
}

fn minutes(to: Timestamp, from: Timestamp) -> i64 {
    (to.duration_since(from).as_secs() / 60).max(0)
}

/// An emergency, by the level that it had when a doctor saw the patient, or has now. Who gets a bed at once was seen, too.
#[must_use]
pub fn of_case(case: &EmergencyCase, scale: &Scale, zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let admitted = case.closed.as_ref().filter(|closed| closed.how == Disposition::Admitted).map(|closed| closed.at);
    let seen = case.seen.first().map(|seen| seen.at).or(admitted);
    // As it was judged until then.
    let mut until_seen = EmergencyCase { seen: Vec::new(), closed: None, ..case.clone() };
    if let Some(seen) = seen {
        until_seen.triages.retain(|triage| triage.author.at <= seen);
    }
    let until_seen = if until_seen.triages.is_empty() { case } else { &until_seen };
    let level = Subject::Level(until_seen.level());
    let on = day(case.arrived_at, zone);
    let mut add = |measure, more| counts.add(Book::Emergency, &[&Subject::Hospital, &level], on, measure, more);
    add(Measure::Cases, 1);
    if let Some(seen) = seen {
        add(Measure::Seen, 1);
        add(Measure::SeenInTime, i64::from(scale.due(&until_seen.clocks()).is_none_or(|due| seen <= due)));
        add(Measure::SeenSeconds, seen.duration_since(case.arrived_at).as_secs().max(0));
    }
    let how = case.closed.as_ref().map(|closed| closed.how);
    add(Measure::LeftUnseen, i64::from(how == Some(Disposition::LeftWithoutBeingSeen)));
    add(Measure::CasesAdmitted, i64::from(how == Some(Disposition::Admitted)));
    counts
}

/// What a kind of charge has of an invoice so far.
#[derive(Debug, Clone, Copy, Default)]
struct OfKind {
    billed: i64,
    /// What is still to be paid of it, or less than zero: what was paid too much.
    owed: i64,
    paid: i64,
}

/// An invoice with everything that was posted to it, each on the day on which it was entered. A payment pays each kind of charge in proportion to what
/// is outstanding of it; what is more than that, and a payment that is taken back, goes by what was billed or paid. What a credit note makes
/// superfluous pays for the other kinds. So no kind is overpaid while another one is outstanding.
#[must_use]
pub fn of_invoice(lines: &[Line], entries: &[LedgerEntry], zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let mut kinds = [OfKind::default(); ChargeKind::ALL.len()];
    for entry in entries {
        let on = day(entry.at, zone);
        let mut add = |measure: Measure, of: &[i64]| {
            for (kind, more) in ChargeKind::ALL.iter().zip(of) {
                counts.add(Book::Revenue, &[&Subject::Hospital, &Subject::Kind(*kind)], on, measure, *more);
            }
        };
        let by_kind = |of: &dyn Fn(&Line) -> i64, which: &dyn Fn(&Line) -> bool| -> Vec<i64> {
            let lines_of = |kind: &ChargeKind| lines.iter().filter(|line| line.charge.kind == *kind && which(line)).map(of).sum();
            ChargeKind::ALL.iter().map(lines_of).collect()
        };
        let before = kinds;
        match &entry.posting {
            Posting::Issued(_) => {
                let totals = by_kind(&Line::total, &|_| true);
                add(Measure::Billed, &totals);
                add(Measure::Discount, &by_kind(&|line| line.discount, &|_| true));
                add(Measure::Tax, &by_kind(&|line| line.tax, &|_| true));
                kinds.iter_mut().zip(&totals).for_each(|(kind, total)| (kind.billed, kind.owed) = (*total, *total));
            }
            Posting::Credited { amount, charges, .. } => {
                let named = by_kind(&Line::total, &|line| charges.contains(&line.charge.number));
                let exact = !charges.is_empty() && named.iter().sum::<i64>() == *amount;
                let shares = if exact { named } else { share(*amount, &kinds.map(|kind| (kind.owed + kind.paid).max(0))) };
                add(Measure::Credited, &shares);
                kinds.iter_mut().zip(&shares).for_each(|(kind, share)| kind.owed -= share);
            }
            Posting::Paid { amount, .. } => {
                let shares = shared(*amount, &kinds.map(|kind| kind.owed.max(0)), &kinds.map(|kind| kind.billed));
                add(Measure::Paid, &shares);
                kinds.iter_mut().zip(&shares).for_each(|(kind, share)| (kind.paid, kind.owed) = (kind.paid + share, kind.owed - share));
            }
            Posting::TakenBack { amount, .. } => {
                let shares = shared(*amount, &kinds.map(|kind| kind.paid.max(0)), &kinds.map(|kind| kind.billed));
                add(Measure::TakenBack, &shares);
                kinds.iter_mut().zip(&shares).for_each(|(kind, share)| (kind.paid, kind.owed) = (kind.paid - share, kind.owed + share));
            }
            Posting::Refunded { amount, .. } => {
                let shares = shared(*amount, &kinds.map(|kind| (-kind.owed).max(0)), &kinds.map(|kind| kind.paid.max(0)));
                add(Measure::Refunded, &shares);
                kinds.iter_mut().zip(&shares).for_each(|(kind, share)| (kind.paid, kind.owed) = (kind.paid - share, kind.owed + share));
            }
            Posting::RefundAsked { .. } | Posting::RefundApproved { .. } | Posting::RefundRejected { .. } | Posting::Reminded { .. } => {}
        }
        even_out(&mut kinds);
        let change = |of: fn(i64) -> i64| kinds.iter().zip(&before).map(|(now, before)| of(now.owed) - of(before.owed)).collect::<Vec<_>>();
        add(Measure::Outstanding, &change(|owed| owed.max(0)));
        add(Measure::Overpaid, &change(|owed| (-owed).max(0)));
    }
    counts
}

/// What is paid too much of one kind pays for those of which something is outstanding.
fn even_out(kinds: &mut [OfKind; ChargeKind::ALL.len()]) {
    let (outstanding, overpaid) = (kinds.map(|kind| kind.owed.max(0)), kinds.map(|kind| (-kind.owed).max(0)));
    let moved = outstanding.iter().sum::<i64>().min(overpaid.iter().sum());
    let (to, from) = (share(moved, &outstanding), share(moved, &overpaid));
    for ((kind, to), from) in kinds.iter_mut().zip(to).zip(from) {
        kind.owed += from - to;
        kind.paid += to - from;
    }
}

/// Shares an amount: first what there is by one measure, then the rest by another one.
fn shared(amount: i64, first: &[i64], then: &[i64]) -> Vec<i64> {
    let at_first = amount.min(first.iter().sum());
    let mut shares = share(at_first, first);
    let rest = amount - at_first;
    // With nothing to go by, the first kind has it: nothing gets lost.
    let mut more = share(rest, then);
    if let Some(one) = more.first_mut().filter(|_| then.iter().sum::<i64>() == 0) {
        *one = rest;
    }
    shares.iter_mut().zip(more).for_each(|(share, more)| *share += more);
    shares
}

/// A lab order, each step on its day.
#[must_use]
pub fn of_lab_order(order: &LabOrder, zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let laboratory = Subject::Laboratory(order.laboratory_id);
    let mut add = |at, measure, more| {
        counts.add(Book::Laboratory, &[&Subject::Hospital, &laboratory], day(at, zone), measure, more);
    };
    add(order.listed.id.made_at(), Measure::Ordered, 1);
    for taken in &order.steps {
        let measure = match taken.step {
            LabOrderStep::Collect => Measure::Collected,
            LabOrderStep::Reject => Measure::Rejected,
            LabOrderStep::Cancel => Measure::OrdersCancelled,
            LabOrderStep::Amend => Measure::Amended,
            LabOrderStep::Start | LabOrderStep::Result | LabOrderStep::Verify | LabOrderStep::Release => continue,
        };
        add(taken.at, measure, 1);
    }
    let released = order.last(LabOrderStep::Release).filter(|_| order.listed.status == LabOrderStatus::Released);
    if let (Some(released), Some(specimen)) = (released, order.taken_at) {
        add(released.at, Measure::Released, 1);
        add(released.at, Measure::ReleasedInTime, i64::from(released.at <= order.listed.due_at));
        add(released.at, Measure::ReleaseSeconds, released.at.duration_since(specimen).as_secs().max(0));
    }
    counts
}

/// An allocation: what it took off the shelf on the day on which it was made, and how it ended. `cost` is what a unit of each of its lots cost.
#[must_use]
pub fn of_allocation(allocation: &Allocation, cost: &[i64], zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let pharmacy = Subject::Pharmacy(allocation.pharmacy_id);
    let mut add = |at, measure, more| counts.add(Book::Pharmacy, &[&Subject::Hospital, &pharmacy], day(at, zone), measure, more);
    let made = allocation.listed.id.made_at();
    add(made, Measure::Allocated, 1);
    for (lot, cost) in allocation.listed.lots.iter().zip(cost) {
        let (units, value) = (i64::from(lot.units), i64::from(lot.units).saturating_mul(*cost));
        add(made, Measure::Used, units);
        add(made, Measure::UsedValue, value);
        add(made, Measure::Stock, -units);
        add(made, Measure::StockValue, -value);
    }
    let Some(end) = &allocation.end else { return counts };
    match allocation.status {
        AllocationStatus::Allocated => {}
        AllocationStatus::HandedOver => {
            add(end.at, Measure::HandedOver, 1);
            add(end.at, Measure::HandOverSeconds, end.at.duration_since(made).as_secs().max(0));
        }
        AllocationStatus::Cancelled => add(end.at, Measure::AllocationsCancelled, 1),
        AllocationStatus::Expired => add(end.at, Measure::NotCollected, 1),
    }
    counts
}

/// An entry of a pharmacy's ledger. `cost` is what a unit of each of its lots cost.
#[must_use]
pub fn of_movement(movement: &Movement, pharmacy: PharmacyId, cost: &[i64], zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    let (pharmacy, on) = (Subject::Pharmacy(pharmacy), day(movement.at, zone));
    let mut add = |measure, more| counts.add(Book::Pharmacy, &[&Subject::Hospital, &pharmacy], on, measure, more);
    for (change, cost) in movement.changes.iter().zip(cost) {
        // What is in quarantine is still on the shelf.
        let units = i64::from(change.units) + i64::from(change.quarantined);
        let value = units.saturating_mul(*cost);
        add(Measure::Stock, units);
        add(Measure::StockValue, value);
        match movement.kind {
            MovementKind::Received => add(Measure::Received, units),
            MovementKind::Allocated => {
                add(Measure::Used, -units);
                add(Measure::UsedValue, -value);
            }
            MovementKind::PutBack => {
                add(Measure::PutBack, units);
                add(Measure::PutBackValue, value);
                // What expired while it was set aside.
                let expired = i64::from(change.quarantined);
                add(Measure::Expired, expired);
                add(Measure::ExpiredValue, expired.saturating_mul(*cost));
            }
            MovementKind::WrittenOff | MovementKind::Returned => {
                add(Measure::WrittenOff, -units);
                add(Measure::WrittenOffValue, -value);
            }
            MovementKind::Quarantined => {
                let expired = i64::from(change.quarantined);
                add(Measure::Expired, expired);
                add(Measure::ExpiredValue, expired.saturating_mul(*cost));
            }
            MovementKind::Adjusted => {}
        }
    }
    counts
}

/// A rating, on the day on which it was given.
#[must_use]
pub fn of_feedback(feedback: &Feedback, zone: &TimeZone) -> Counts {
    let subject = Subject::from(feedback.about);
    let measure = Measure::STARS.get(usize::from(feedback.rating.stars()).saturating_sub(1)).copied();
    let place = |measure| (Place { book: Book::Ratings, subject: subject.to_string(), day: day(feedback.at, zone), measure }, 1);
    measure.map(place).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        billing::{Balance, Charge, ChargeRule, Discount, Issued, Percent, Tender, Terms, balance::tests::issued, invoice::price},
        id::PatientId,
        money::{Currency, Money},
        text::Reason,
    };

    const DAY: i64 = 24 * 3600;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_772_409_600 + day * DAY).unwrap()
    }

    fn lines() -> Vec<Line> {
        let charge = |number, kind, minor| Charge {
            patient_id: PatientId::new(at(0), 1),
            number,
            kind,
            what: "A thing".to_owned(),
            on: jiff::civil::date(2026, 3, 2),
            quantity: 1,
            unit_price: Money::of_minor(minor, Currency::parse("GBP").unwrap()),
            rule: ChargeRule::EnteredByHand,
            source: None,
            at: at(0),
            by: None,
            reason: None,
        };
        let charges =
            vec![charge(1, ChargeKind::Consultation, 8_000), charge(2, ChargeKind::Medicine, 333), charge(3, ChargeKind::Other, 1_001)];
        price(charges, Percent::parse("30").unwrap(), &[]).lines
    }

    /// What happened to an invoice, as far as it can follow, and what its balance is then.
    fn ledger(steps: &[(u8, i64)]) -> (Vec<LedgerEntry>, Balance) {
        let (lines, percent) = (lines(), Percent::parse("30").unwrap());
        let priced = price(lines.iter().map(|line| line.charge.clone()).collect(), percent, &[]);
        let rule = Discount { income: None, up_to: None, percent, brackets: String::new() };
        let terms = Terms::of(Currency::parse("GBP").unwrap());
        let first = Issued::of(&priced, (Vec::new(), 1), rule, &terms, jiff::civil::date(2026, 3, 2), None);
        let mut balance = issued(priced.total);
        let (invoice_id, patient_id) = (balance.id, balance.patient_id);
        let entry = |number, day, posting| LedgerEntry { invoice_id, number: 1, patient_id, entry: number, at: at(day), by: None, posting };
        let mut entries = vec![entry(1, 0, Posting::Issued(Box::new(first)))];
        let mut payments = Vec::new();
        for (day, (what, amount)) in (1..).zip(steps) {
            let charge = usize::try_from(amount % 3).unwrap();
            let posting = match what % 3 {
                0 => Posting::Paid {
                    receipt: balance.payments + 1,
                    amount: *amount,
                    tender: Tender::Cash,
                    reference: None,
                    received_on: None,
                    overpayment: true,
                    same_reference: true,
                },
                1 => {
                    let Some((payment, amount)) = payments.pop() else { continue };
                    Posting::TakenBack { payment, amount, reason: Reason::parse("Tried").unwrap() }
                }
                _ => Posting::Credited {
                    note: balance.credit_notes + 1,
                    amount: lines[charge].total(),
                    charges: vec![lines[charge].charge.number],
                    bill_again: false,
                    reason: None,
                },
            };
            let Ok(after) = balance.post(&posting, None, at(day)) else { continue };
            balance = after;
            if let Posting::Paid { amount, .. } = posting {
                payments.push((balance.version, amount));
            }
            entries.push(entry(balance.version, day, posting));
        }
        (entries, balance)
    }

    fn sum(counts: &Counts, subject: &str, measure: Measure) -> i64 {
        counts.iter().filter(|(place, _)| place.subject == subject && place.measure == measure).map(|(_, figure)| figure).sum()
    }

    proptest! {
        /// Whatever is posted, the kinds add up to the invoice, and what is outstanding and overpaid is what its balance says.
        #[test]
        fn the_kinds_of_an_invoice_add_up(steps in prop::collection::vec((0u8..6, 1i64..4_000), 0..12)) {
            let (entries, balance) = ledger(&steps);
            let counts = of_invoice(&lines(), &entries, &TimeZone::UTC);
            for (measure, expected) in [
                (Measure::Billed, balance.total),
                (Measure::Credited, balance.credited),
                (Measure::Outstanding, balance.outstanding()),
                (Measure::Overpaid, balance.overpaid()),
            ] {
                prop_assert_eq!(sum(&counts, "hospital", measure), expected, "{:?}", measure);
                let kinds: i64 = ChargeKind::ALL.iter().map(|kind| sum(&counts, &Subject::Kind(*kind).to_string(), measure)).sum();
                prop_assert_eq!(kinds, expected, "{:?}", measure);
            }
            prop_assert_eq!(sum(&counts, "hospital", Measure::Paid) - sum(&counts, "hospital", Measure::TakenBack), balance.paid);
        }
    }
}
