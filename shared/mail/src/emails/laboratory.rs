//! Emails about lab orders: to patients, doctors and laboratories. None says what was found. Those to laboratories name no patient, those to doctors
//! name the patient by number.

use askama::Template;
use domain::{
    critical_result::{CriticalResult, CriticalState},
    lab_order::LabOrder,
    laboratory::{Laboratory, in_words},
    record::prescription::Priority,
};
use jiff::{SignedDuration, Timestamp};
use platform::config::Hospital;

use super::write;
use crate::{Message, RenderError};

#[derive(Template)]
#[template(path = "lab-order-placed.email")]
struct Placed<'a> {
    patient: &'a str,
    test: &'a str,
    specimen: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    opens: Option<&'a str>,
    until: Option<&'a str>,
    takes: &'a str,
    inpatient: bool,
    url: &'a str,
}

/// To the patient: a laboratory has an order.
pub fn placed(
    hospital: &Hospital,
    order: &LabOrder,
    laboratory: &Laboratory,
    patient: &str,
    now: Timestamp,
) -> Result<Message, RenderError> {
    let opens = (order.from > now).then(|| hospital.instant_in_words(order.from));
    // Whoever is in the hospital does not come.
    let until = order.specimen_until().filter(|_| !order.in_hospital()).map(|until| hospital.instant_in_words(until));
    write(&Placed {
        patient,
        test: order.listed.test.as_str(),
        specimen: &order.listed.specimen.in_words(),
        laboratory: laboratory.listed.name.as_str(),
        phone: laboratory.listed.phone.as_str(),
        opens: opens.as_deref(),
        until: until.as_deref(),
        takes: &in_words(SignedDuration::from_mins(order.minutes.into())),
        inpatient: order.in_hospital(),
        url: &to_patient(hospital, order),
    })
}

#[derive(Template)]
#[template(path = "lab-order-received.email")]
struct Received<'a> {
    test: &'a str,
    specimen: &'a str,
    due: &'a str,
    urgent: bool,
    url: &'a str,
}

/// To the laboratory: there is an order.
pub fn received(hospital: &Hospital, order: &LabOrder) -> Result<Message, RenderError> {
    write(&Received {
        test: order.listed.test.as_str(),
        specimen: &order.listed.specimen.in_words(),
        due: &hospital.instant_in_words(order.listed.due_at),
        urgent: order.listed.priority == Priority::Urgent,
        url: &hospital.portal("laboratory/orders"),
    })
}

#[derive(Template)]
#[template(path = "lab-order-cancelled.email")]
struct Cancelled<'a> {
    patient: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    expired: bool,
    url: &'a str,
}

/// To the patient: an order was cancelled.
pub fn cancelled(
    hospital: &Hospital,
    order: &LabOrder,
    laboratory: &Laboratory,
    patient: &str,
    expired: bool,
) -> Result<Message, RenderError> {
    let (name, phone) = (laboratory.listed.name.as_str(), laboratory.listed.phone.as_str());
    write(&Cancelled { patient, laboratory: name, phone, expired, url: &to_patient(hospital, order) })
}

#[derive(Template)]
#[template(path = "lab-order-cancelled-for-laboratory.email")]
struct CancelledForLaboratory<'a> {
    test: &'a str,
    order: &'a str,
    expired: bool,
    url: &'a str,
}

/// To the laboratory: an order was cancelled.
pub fn cancelled_for_laboratory(hospital: &Hospital, order: &LabOrder, expired: bool) -> Result<Message, RenderError> {
    let (test, id) = (order.listed.test.as_str(), &order.listed.id.to_string());
    write(&CancelledForLaboratory { test, order: id, expired, url: &hospital.portal("laboratory/orders") })
}

#[derive(Template)]
#[template(path = "lab-order-cancelled-for-doctor.email")]
struct CancelledForDoctor<'a> {
    mrn: &'a str,
    test: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    url: &'a str,
}

/// To the doctor: an order was cancelled.
pub fn cancelled_for_doctor(hospital: &Hospital, order: &LabOrder, laboratory: &Laboratory) -> Result<Message, RenderError> {
    write(&CancelledForDoctor {
        mrn: order.listed.mrn.as_str(),
        test: order.listed.test.as_str(),
        laboratory: laboratory.listed.name.as_str(),
        phone: laboratory.listed.phone.as_str(),
        url: &to_doctor(hospital, order),
    })
}

#[derive(Template)]
#[template(path = "specimen-rejected.email")]
struct Rejected<'a> {
    patient: &'a str,
    test: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    until: Option<&'a str>,
    url: &'a str,
}

/// To the patient: another specimen is needed.
pub fn rejected(hospital: &Hospital, order: &LabOrder, laboratory: &Laboratory, patient: &str) -> Result<Message, RenderError> {
    write(&Rejected {
        patient,
        test: order.listed.test.as_str(),
        laboratory: laboratory.listed.name.as_str(),
        phone: laboratory.listed.phone.as_str(),
        until: order.specimen_until().map(|until| hospital.instant_in_words(until)).as_deref(),
        url: &to_patient(hospital, order),
    })
}

#[derive(Template)]
#[template(path = "specimen-rejected-for-doctor.email")]
struct RejectedForDoctor<'a> {
    mrn: &'a str,
    test: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    here: bool,
    withdrawn: bool,
    url: &'a str,
}

/// To the doctor of somebody in the hospital, or of whom there was a result: another specimen is needed.
pub fn rejected_for_doctor(
    hospital: &Hospital,
    order: &LabOrder,
    laboratory: &Laboratory,
    (here, withdrawn): (bool, bool),
) -> Result<Message, RenderError> {
    write(&RejectedForDoctor {
        mrn: order.listed.mrn.as_str(),
        test: order.listed.test.as_str(),
        laboratory: laboratory.listed.name.as_str(),
        phone: laboratory.listed.phone.as_str(),
        here,
        withdrawn,
        url: &to_doctor(hospital, order),
    })
}

#[derive(Template)]
#[template(path = "specimen-awaited.email")]
struct Awaited<'a> {
    patient: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    until: &'a str,
    url: &'a str,
}

/// To the patient: no specimen has been taken yet.
pub fn awaited(
    hospital: &Hospital,
    order: &LabOrder,
    laboratory: &Laboratory,
    patient: &str,
    until: Timestamp,
) -> Result<Message, RenderError> {
    write(&Awaited {
        patient,
        laboratory: laboratory.listed.name.as_str(),
        phone: laboratory.listed.phone.as_str(),
        until: &hospital.instant_in_words(until),
        url: &to_patient(hospital, order),
    })
}

#[derive(Template)]
#[template(path = "result-released.email")]
struct Released<'a> {
    patient: &'a str,
    laboratory: &'a str,
    url: &'a str,
}

/// To the patient: a result is there.
pub fn released(hospital: &Hospital, order: &LabOrder, patient: &str) -> Result<Message, RenderError> {
    write(&Released { patient, laboratory: order.laboratory.as_str(), url: &to_patient(hospital, order) })
}

#[derive(Template)]
#[template(path = "result-amended.email")]
struct Amended<'a> {
    patient: &'a str,
    laboratory: &'a str,
    url: &'a str,
}

/// To the patient: a result counts no longer.
pub fn amended(hospital: &Hospital, order: &LabOrder, patient: &str) -> Result<Message, RenderError> {
    write(&Amended { patient, laboratory: order.laboratory.as_str(), url: &to_patient(hospital, order) })
}

#[derive(Template)]
#[template(path = "result-amended-for-doctor.email")]
struct AmendedForDoctor<'a> {
    mrn: &'a str,
    test: &'a str,
    laboratory: &'a str,
    at: &'a str,
    url: &'a str,
}

/// To the doctor: a result counts no longer.
pub fn amended_for_doctor(hospital: &Hospital, order: &LabOrder, at: Timestamp) -> Result<Message, RenderError> {
    write(&AmendedForDoctor {
        mrn: order.listed.mrn.as_str(),
        test: order.listed.test.as_str(),
        laboratory: order.laboratory.as_str(),
        at: &hospital.instant_in_words(at),
        url: &to_doctor(hospital, order),
    })
}

#[derive(Template)]
#[template(path = "critical-result.email")]
struct Critical<'a> {
    mrn: &'a str,
    test: &'a str,
    since: &'a str,
    doctor: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    escalated: bool,
    url: &'a str,
}

/// To the doctor who ordered it, or to those on duty: a value is critical.
pub fn critical(hospital: &Hospital, critical: &CriticalResult, laboratory: &Laboratory, escalated: bool) -> Result<Message, RenderError> {
    let listed = &critical.listed;
    write(&Critical {
        mrn: listed.mrn.as_str(),
        test: listed.test.as_str(),
        since: &hospital.instant_in_words(listed.since),
        doctor: listed.doctor_name.as_str(),
        laboratory: listed.laboratory.as_str(),
        phone: laboratory.listed.phone.as_str(),
        escalated,
        url: &hospital.portal(&format!("patients/{}/lab-orders/{}", listed.patient_id, listed.order_id)),
    })
}

#[derive(Template)]
#[template(path = "critical-result-corrected.email")]
struct Corrected<'a> {
    mrn: &'a str,
    test: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    withdrawn: bool,
    url: &'a str,
}

/// To whoever knows of a critical value: it was wrong, or its specimen was rejected.
pub fn corrected(hospital: &Hospital, critical: &CriticalResult, laboratory: &Laboratory) -> Result<Message, RenderError> {
    let listed = &critical.listed;
    write(&Corrected {
        mrn: listed.mrn.as_str(),
        test: listed.test.as_str(),
        laboratory: listed.laboratory.as_str(),
        phone: laboratory.listed.phone.as_str(),
        withdrawn: critical.state() == CriticalState::Withdrawn,
        url: &hospital.portal(&format!("patients/{}/lab-orders/{}", listed.patient_id, listed.order_id)),
    })
}

#[derive(Template)]
#[template(path = "lab-order-overdue.email")]
struct Overdue<'a> {
    test: &'a str,
    mrn: Option<&'a str>,
    due: &'a str,
    status: &'a str,
    laboratory: &'a str,
    phone: &'a str,
    url: &'a str,
}

/// To the doctor, or to the laboratory: a result is late.
pub fn overdue(hospital: &Hospital, order: &LabOrder, laboratory: &Laboratory, to_laboratory: bool) -> Result<Message, RenderError> {
    let listed = &order.listed;
    write(&Overdue {
        test: listed.test.as_str(),
        mrn: (!to_laboratory).then(|| listed.mrn.as_str()),
        due: &hospital.instant_in_words(listed.due_at),
        status: &listed.status.as_str().replace('_', " "),
        laboratory: laboratory.listed.name.as_str(),
        phone: laboratory.listed.phone.as_str(),
        url: &if to_laboratory { hospital.portal("laboratory/orders") } else { to_doctor(hospital, order) },
    })
}

fn to_patient(hospital: &Hospital, order: &LabOrder) -> String {
    hospital.portal(&format!("lab-orders/{}", order.listed.id))
}

fn to_doctor(hospital: &Hospital, order: &LabOrder) -> String {
    hospital.portal(&format!("patients/{}/lab-orders/{}", order.listed.patient_id, order.listed.id))
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let (patient, test, specimen, laboratory, phone, takes, url) = (value, value, value, value, value, value, value);
    let (mrn, due, until, at, since, doctor, status, order) = (value, value, value, value, value, value, value, value);
    let mut samples = vec![
        ("lab-order-cancelled-for-doctor", write(&CancelledForDoctor { mrn, test, laboratory, phone, url })),
        ("specimen-awaited", write(&Awaited { patient, laboratory, phone, until, url })),
        ("result-released", write(&Released { patient, laboratory, url })),
        ("result-amended", write(&Amended { patient, laboratory, url })),
        ("result-amended-for-doctor", write(&AmendedForDoctor { mrn, test, laboratory, at, url })),
    ];
    for yes in [false, true] {
        let some = yes.then_some(value);
        let (opens, until, inpatient) = (some, some, yes);
        let placed = Placed { patient, test, specimen, laboratory, phone, opens, until, takes, inpatient, url };
        samples.push(("lab-order-placed", write(&placed)));
        let for_doctor = RejectedForDoctor { mrn, test, laboratory, phone, here: yes, withdrawn: !yes, url };
        samples.push(("specimen-rejected-for-doctor", write(&for_doctor)));
        samples.push(("specimen-rejected", write(&Rejected { patient, test, laboratory, phone, until, url })));
        samples.push(("critical-result-corrected", write(&Corrected { mrn, test, laboratory, phone, withdrawn: yes, url })));
        samples.push(("lab-order-received", write(&Received { test, specimen, due, urgent: yes, url })));
        samples.push(("lab-order-cancelled", write(&Cancelled { patient, laboratory, phone, expired: yes, url })));
        samples.push(("lab-order-cancelled-for-laboratory", write(&CancelledForLaboratory { test, order, expired: yes, url })));
        samples.push(("critical-result", write(&Critical { mrn, test, since, doctor, laboratory, phone, escalated: yes, url })));
        samples.push(("lab-order-overdue", write(&Overdue { test, mrn: some, due, status, laboratory, phone, url })));
    }
    samples
}
