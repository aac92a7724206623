//! What is to be charged for each thing that was done, as it stands now. What is still ahead, was cancelled or never began costs nothing.

use jiff::{Timestamp, tz::TimeZone};

use super::{ChargeKind, ChargeRule, Service, Terms};
use crate::{
    admission::Admission,
    allocation::{Allocation, AllocationStatus},
    appointment::{Appointment, Status},
    lab_order::{LabOrder, LabOrderStatus, LabOrderStep},
    record::{Entry, surgery::Surgery},
    stay,
};

/// The consultation, once it is completed. What the hospital asks for a missed appointment, if it does.
#[must_use]
pub fn of_appointment(appointment: &Appointment, terms: &Terms, zone: &TimeZone) -> Vec<Service> {
    let (kind, rule, unit_price, what) = match appointment.status {
        Status::Completed { .. } => (ChargeKind::Consultation, ChargeRule::FeeAtBooking, appointment.consultation_fee, "Consultation with"),
        Status::NoShow { .. } => (ChargeKind::NoShow, ChargeRule::NoShowFee, terms.no_show_fee, "Missed appointment with"),
        _ => return Vec::new(),
    };
    let what = format!("{what} {}, {}", appointment.doctor_name, appointment.specialization);
    vec![Service { part: 0, kind, what, on: appointment.slot.day(zone), quantity: 1, unit_price, rule }]
}

/// The days in each bed. While the patient lies there, the midnights so far; the rule for a stay within one day counts once it is over.
#[must_use]
pub fn of_admission(admission: &Admission, now: Timestamp, zone: &TimeZone) -> Vec<Service> {
    let day = |at| zone.to_datetime(at).date();
    let mut days = stay::days(&admission.segments, now, zone);
    if admission.left.is_none() && admission.segments.first().is_some_and(|first| day(first.from) == day(now)) {
        days.fill(0);
    }
    let counted = admission.segments.iter().zip(days).zip(0u16..);
    let services = counted.map(|((segment, quantity), part)| Service {
        part,
        kind: ChargeKind::BedDay,
        what: format!("Bed {}, {} ward", segment.bed, segment.ward.in_words()),
        on: day(segment.from),
        quantity,
        unit_price: segment.daily_fee,
        rule: ChargeRule::MidnightCensus,
    });
    services.collect()
}

/// The surgery, unless it was noted in error.
#[must_use]
pub fn of_surgery(surgery: &Entry<Surgery>) -> Vec<Service> {
    if surgery.in_error {
        return Vec::new();
    }
    let content = &surgery.content;
    vec![Service {
        part: 0,
        kind: ChargeKind::Surgery,
        what: content.procedure.as_str().split_whitespace().collect::<Vec<_>>().join(" "),
        on: content.performed_on,
        quantity: 1,
        unit_price: content.fee,
        rule: ChargeRule::FeeOfSurgery,
    }]
}

/// The units that the patient has got.
#[must_use]
pub fn of_allocation(allocation: &Allocation, zone: &TimeZone) -> Vec<Service> {
    let Some(end) = allocation.end.as_ref().filter(|_| allocation.status == AllocationStatus::HandedOver) else { return Vec::new() };
    vec![Service {
        part: 0,
        kind: ChargeKind::Medicine,
        what: allocation.listed.medicine.clone(),
        on: zone.to_datetime(end.at).date(),
        quantity: end.units,
        unit_price: allocation.unit_price,
        rule: ChargeRule::PriceWhenSetAside,
    }]
}

/// The lab test, once a specimen was taken for it. A specimen that is rejected is taken anew at no further cost.
#[must_use]
pub fn of_lab_order(order: &LabOrder, zone: &TimeZone) -> Vec<Service> {
    let first = order.steps.iter().find(|taken| taken.step == LabOrderStep::Collect);
    let Some(first) = first.filter(|_| order.listed.status != LabOrderStatus::Cancelled) else { return Vec::new() };
    vec![Service {
        part: 0,
        kind: ChargeKind::LabTest,
        what: order.listed.test.as_str().to_owned(),
        on: zone.to_datetime(first.at).date(),
        quantity: 1,
        unit_price: order.price,
        rule: ChargeRule::PriceWhenOrdered,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        admission::{Departure, Left},
        bed::BedNumber,
        id::{AdmissionId, PatientId, UserId},
        money::{Currency, Money},
        stay::Segment,
        ward::Ward,
    };

    #[test]
    fn a_stay_costs_its_midnights_so_far_and_one_day_at_least_once_it_is_over() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let daily_fee = Money::of_minor(10_000, Currency::parse("GBP").unwrap());
        let from = at("2026-03-02T10:00:00Z");
        let mut stay = Admission::new(AdmissionId::new(from, 1), PatientId::new(from, 1), from);
        stay.segments.push(Segment { ward: Ward::General, bed: BedNumber::new(7).unwrap(), daily_fee, from, to: None });
        let days = |stay: &Admission, now| of_admission(stay, at(now), &TimeZone::UTC)[0].quantity;
        assert_eq!((days(&stay, "2026-03-02T20:00:00Z"), days(&stay, "2026-03-04T20:00:00Z")), (0, 2));
        let left = |text: &str| {
            let mut stay = stay.clone();
            stay.segments[0].to = Some(at(text));
            stay.left = Some(Left { at: at(text), by: UserId::new(from, 1), how: Departure::Home });
            days(&stay, "2026-04-01T00:00:00Z")
        };
        assert_eq!((left("2026-03-02T20:00:00Z"), left("2026-03-05T09:00:00Z")), (1, 3));
    }
}
