//! Requests of `/pharmacies`, and of what pharmacies set aside for patients.

use domain::{
    policy::{Relationship, Relationships, Rule},
    role::Role,
};
use serde_json::json;

use super::{Person, Sample, World, patients::patient};

pub(super) fn has(path: &str) -> bool {
    matches!(path.split('/').nth(3), Some("allocations" | "dispenses"))
}

/// Which of the two pharmacies it is about. Of the callers, only the pharmacist works in one.
fn which(caller: &Person, standing: &Relationships) -> Option<usize> {
    match standing.iter().collect::<Vec<_>>()[..] {
        [] => Some(1),
        [Relationship::SamePharmacy] if caller.roles.contains(&Role::Pharmacist) => Some(0),
        _ => None,
    }
}

/// Requests of `/pharmacies`.
pub(super) fn pharmacy(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let shelf = &world.pharmacies[which(caller, standing)?];
    let path = path.replace("{pharmacy_id}", &shelf.pharmacy).replace("{id}", &shelf.medicine).replace("{lot_id}", &shelf.lot);
    Some((path.replace("{user_id}", &world.nurse.to_string()), json!({ "x": 1 })))
}

/// Requests of what is set aside for a patient, and of what a patient got.
pub(super) fn of_patient(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let by_shift = caller.roles.contains(&Role::Nurse);
    // Everybody with a role is on shift.
    if by_shift && standing.is_empty() && rule.admits(&caller.roles) {
        return None;
    }
    // The pharmacist among the callers works in a pharmacy, and asks there.
    let works = caller.roles.contains(&Role::Pharmacist) && !standing.contains(&Relationship::SamePharmacy);
    if works && rule.route == "POST /patients/{patient_id}/allocations" {
        return None;
    }
    let on_shift = by_shift && *standing == Relationships::from([Relationship::OnShift]);
    let same_pharmacy = caller.roles.contains(&Role::Pharmacist) && standing.contains(&Relationship::SamePharmacy);
    let none = Relationships::new();
    let of = if on_shift || (same_pharmacy && standing.len() == 1) { &none } else { standing };
    let patient = patient(world, caller, of)?;
    let allocation = &world.allocations[&patient][usize::from(!same_pharmacy)];
    Some((path.replace("{patient_id}", &patient).replace("{id}", allocation), json!({ "x": 1 })))
}
