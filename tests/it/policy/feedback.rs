//! Requests of feedback, performance and reports.

use domain::{
    policy::{Relationship, Relationships, Rule},
    role::Role,
};
use serde_json::json;

use super::{Person, Sample, World, patients::patient};

pub(super) fn has(path: &str) -> bool {
    path.split('/').nth(3) == Some("feedback")
}

/// Every patient has rated the hospital after an appointment.
pub(super) fn of_patient(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let patient = patient(world, caller, standing)?;
    let path = path.replace("{patient_id}", &patient).replace("{id}", &world.feedback[&patient]);
    Some((path, json!({ "x": 1 })))
}

/// What is about somebody, somewhere or everything.
pub(super) fn of_all(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let is = |role| caller.roles.contains(&role);
    let one = match standing.iter().collect::<Vec<_>>()[..] {
        [] => None,
        [one] => Some(*one),
        _ => return None,
    };
    let path = match (path, one) {
        ("/feedback/staff/{user_id}", None) => path.replace("{user_id}", &world.nurse.to_string()),
        ("/feedback/staff/{user_id}", Some(Relationship::Own)) => path.replace("{user_id}", &caller.user_id.to_string()),
        ("/performance/doctors/{doctor_id}", Some(Relationship::Own)) => path.replace("{doctor_id}", &caller.doctor_id?.to_string()),
        ("/performance/laboratories/{laboratory_id}", None) => path.replace("{laboratory_id}", &world.laboratories[1].laboratory),
        ("/performance/laboratories/{laboratory_id}", Some(Relationship::SameLaboratory)) if is(Role::LabTechnician) => {
            path.replace("{laboratory_id}", &world.laboratories[0].laboratory)
        }
        ("/performance/pharmacies/{pharmacy_id}", None) => path.replace("{pharmacy_id}", &world.pharmacies[1].pharmacy),
        ("/performance/pharmacies/{pharmacy_id}", Some(Relationship::SamePharmacy)) if is(Role::Pharmacist) => {
            path.replace("{pharmacy_id}", &world.pharmacies[0].pharmacy)
        }
        // The manager among the callers manages the ICU.
        ("/performance/wards/{ward}", None) => path.replace("{ward}", "general"),
        ("/performance/wards/{ward}", Some(Relationship::Own)) if is(Role::WardManager) => path.replace("{ward}", "icu"),
        ("/reports/occupancy", None) => format!("{path}?ward=general"),
        ("/reports/occupancy", Some(Relationship::Own)) if is(Role::WardManager) => format!("{path}?ward=icu"),
        (_, None) => path.replace("{doctor_id}", &world.doctor.id.to_string()).replace("{service}", "outpatient"),
        _ => return None,
    };
    Some((path, json!({})))
}
