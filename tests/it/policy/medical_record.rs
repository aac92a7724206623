//! Requests of `/patients/{patient_id}/record` and of what else is in the medical record.

use domain::{
    policy::{Relationship, Relationships, Rule},
    role::Role,
};
use serde_json::json;

use super::{Person, Sample, World, patients::patient};

const PARTS: [&str; 12] = [
    "dashboard",
    "record",
    "series",
    "encounters",
    "diagnoses",
    "vitals",
    "treatment-plans",
    "surgeries",
    "prescriptions",
    "prescription-requests",
    "images",
    "blood-typings",
];

pub(super) fn has(path: &str) -> bool {
    let part = path.split('/').nth(3).unwrap_or_default();
    PARTS.contains(&part) || part == "results"
}

pub(super) fn sample(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let by_shift = caller.roles.contains(&Role::Nurse) || caller.roles.contains(&Role::LabTechnician);
    // Everybody with a role is on shift.
    if by_shift && standing.is_empty() && !rule.admits(&[].into()) && rule.admits(&caller.roles) {
        return None;
    }
    let of = if by_shift && *standing == Relationships::from([Relationship::OnShift]) { &Relationships::new() } else { standing };
    let patient = patient(world, caller, of)?;
    let entries = &world.entries[&patient];
    let kind = match path.split('/').skip(3).find(|part| !part.starts_with('{') && *part != "prescriptions").unwrap() {
        "encounters" => "enc_",
        "diagnoses" => "dia_",
        "treatment-plans" => "pla_",
        "surgeries" => "sur_",
        "medicines" => "med_",
        "lab-tests" => "lab_",
        "prescription-requests" => "req_",
        "images" => "img_",
        "results" => "res_",
        "blood-typings" => "blo_",
        // Of any kind: one that a nurse and a lab technician may take out of view, too.
        "record" if caller.roles.contains(&Role::LabTechnician) => "res_",
        _ => "vit_",
    };
    let path = path.replace("{patient_id}", &patient).replace("{id}", &entries[kind]).replace("{entry_id}", &entries[kind]);
    Some((path.replace("/series", "/series?code=heart_rate"), json!({ "reason": "x" })))
}
