//! Emails about beds and emergencies: to sweepers, ward managers, doctors and administrators. And to a patient who has left.

use askama::Template;
use domain::{
    admission::{Admission, Departure},
    bed::BedNumber,
    emergency::EmergencyCase,
    patient::Patient,
    ward::Ward,
};
use jiff::Timestamp;
use platform::config::Hospital;
use store::wards::CleaningTask;

use super::write;
use crate::{Message, RenderError};

#[derive(Template)]
#[template(path = "bed-to-clean.email")]
struct ToClean<'a> {
    late: bool,
    ward: &'a str,
    bed: &'a str,
    since: &'a str,
    due: &'a str,
    url: &'a str,
}

/// To the sweepers on shift: a bed waits to be cleaned. To the ward's manager when it is late.
pub fn to_clean(hospital: &Hospital, task: &CleaningTask, late: bool) -> Result<Message, RenderError> {
    write(&ToClean {
        late,
        ward: &task.ward.in_words(),
        bed: &task.bed.to_string(),
        since: &hospital.instant_in_words(task.since),
        due: &hospital.instant_in_words(task.due_at()),
        url: &hospital.portal("cleaning"),
    })
}

#[derive(Template)]
#[template(path = "stay-ended.email")]
struct StayEnded<'a> {
    patient: &'a str,
    came: &'a str,
    left: &'a str,
    follow_up: Option<&'a str>,
    against_advice: bool,
    url: &'a str,
}

/// To the patient: the stay has ended. It does not name the wards: some say why the patient was there.
pub fn stay_ended(hospital: &Hospital, patient: &Patient, admission: &Admission, left: Timestamp) -> Result<Message, RenderError> {
    write(&StayEnded {
        patient: patient.name.as_str(),
        came: &hospital.instant_in_words(admission.admitted_at),
        left: &hospital.instant_in_words(left),
        follow_up: admission.ready.as_ref().map(|ready| ready.follow_up.as_str()),
        against_advice: admission.left.as_ref().is_some_and(|left| left.how == Departure::AgainstAdvice),
        url: &hospital.portal("bills"),
    })
}

#[derive(Template)]
#[template(path = "patient-comes-to-ward.email")]
struct Comes<'a> {
    mrn: &'a str,
    ward: &'a str,
    bed: &'a str,
    since: &'a str,
    critical: bool,
    url: &'a str,
}

/// To the ward's manager: a patient has a bed there.
pub fn comes(
    hospital: &Hospital,
    patient: &Patient,
    (ward, bed, since): (Ward, BedNumber, Timestamp),
    critical: bool,
) -> Result<Message, RenderError> {
    write(&Comes {
        mrn: patient.mrn.as_str(),
        ward: &ward.in_words(),
        bed: &bed.to_string(),
        since: &hospital.instant_in_words(since),
        critical,
        url: &hospital.portal(&format!("wards/{}", ward.as_str())),
    })
}

#[derive(Template)]
#[template(path = "patient-leaves-ward.email")]
struct Goes<'a> {
    mrn: &'a str,
    from: &'a str,
    ward: &'a str,
    bed: &'a str,
    since: &'a str,
    url: &'a str,
}

/// To the manager of the ward that a patient leaves for another one.
pub fn goes(
    hospital: &Hospital,
    patient: &Patient,
    from: Ward,
    (ward, bed, since): (Ward, BedNumber, Timestamp),
) -> Result<Message, RenderError> {
    write(&Goes {
        mrn: patient.mrn.as_str(),
        from: &from.in_words(),
        ward: &ward.in_words(),
        bed: &bed.to_string(),
        since: &hospital.instant_in_words(since),
        url: &hospital.portal(&format!("wards/{}", from.as_str())),
    })
}

#[derive(Template)]
#[template(path = "no-critical-bed.email")]
struct NoCriticalBed<'a> {
    mrn: &'a str,
    arrived: &'a str,
    has_ward: bool,
    url: &'a str,
}

/// To the managers of the ICU and the administrators: somebody needs critical care, and there is no bed.
pub fn no_critical_bed(hospital: &Hospital, case: &EmergencyCase, has_ward: bool) -> Result<Message, RenderError> {
    write(&NoCriticalBed {
        mrn: case.mrn.as_str(),
        arrived: &hospital.instant_in_words(case.arrived_at),
        has_ward,
        url: &hospital.portal(&format!("emergency/cases/{}", case.id)),
    })
}

#[derive(Template)]
#[template(path = "emergency-waits-too-long.email")]
struct WaitsTooLong<'a> {
    at_once: bool,
    mrn: &'a str,
    level: &'a str,
    arrived: &'a str,
    due: &'a str,
    url: &'a str,
}

/// To the doctors on duty and the manager of the Emergency ward: no doctor has seen a patient in time.
pub fn waits_too_long(hospital: &Hospital, case: &EmergencyCase, due: Timestamp) -> Result<Message, RenderError> {
    let level = case.level();
    write(&WaitsTooLong {
        at_once: hospital.triage.limit(level).is_zero(),
        mrn: case.mrn.as_str(),
        level: &format!("{} ({})", level as u8 + 1, level.as_str().replace('_', "-")),
        arrived: &hospital.instant_in_words(case.arrived_at),
        due: &hospital.instant_in_words(due),
        url: &hospital.portal(&format!("emergency/cases/{}", case.id)),
    })
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let (ward, bed, since, due, url, patient, mrn, arrived) = (value, value, value, value, value, value, value, value);
    let mut samples = vec![
        ("bed-to-clean", write(&ToClean { late: false, ward, bed, since, due, url })),
        ("bed-to-clean", write(&ToClean { late: true, ward, bed, since, due, url })),
        ("patient-leaves-ward", write(&Goes { mrn, from: value, ward, bed, since, url })),
    ];
    for follow_up in [None, Some(value)] {
        for against_advice in [false, true] {
            samples.push(("stay-ended", write(&StayEnded { patient, came: value, left: value, follow_up, against_advice, url })));
        }
    }
    for yes in [false, true] {
        samples.push(("patient-comes-to-ward", write(&Comes { mrn, ward, bed, since, critical: yes, url })));
        samples.push(("no-critical-bed", write(&NoCriticalBed { mrn, arrived, has_ward: yes, url })));
        samples.push(("emergency-waits-too-long", write(&WaitsTooLong { at_once: yes, mrn, level: value, arrived, due, url })));
    }
    samples
}
