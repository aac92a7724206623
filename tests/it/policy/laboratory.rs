//! Requests of `/laboratories`, and of patients' lab orders.

use domain::{
    policy::{Relationship, Relationships, Rule},
    role::Role,
};
use serde_json::json;

use super::{Person, Sample, World, patients::patient};

pub(super) fn has(path: &str) -> bool {
    path.split('/').nth(3) == Some("lab-orders")
}

/// Requests of `/laboratories` and `/lab-tests`. Of the callers, only the lab technician works in one.
pub(super) fn laboratory(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let bench = match standing.iter().collect::<Vec<_>>()[..] {
        [] => &world.laboratories[1],
        [Relationship::SameLaboratory] if caller.roles.contains(&Role::LabTechnician) => &world.laboratories[0],
        _ => return None,
    };
    let path = path.replace("{laboratory_id}", &bench.laboratory).replace("{id}", &bench.test);
    Some((path.replace("{user_id}", &world.nurse.to_string()), json!({ "x": 1 })))
}

/// Requests of a patient's orders. All patients lie in the ICU, where the nurse is on shift; the doctor is on shift for the whole hospital.
pub(super) fn of_patient(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let is = |role| caller.roles.contains(&role) && rule.admits(&caller.roles);
    let only = |relationship| *standing == Relationships::from([relationship]);
    let counts = |relationship| !rule.roles_asked(&caller.roles, relationship).is_empty();
    let none = Relationships::new();
    let mut of = standing;
    if is(Role::Nurse) {
        let on_ward = standing.len() == Relationship::ALL.len();
        if !on_ward && (!only(Relationship::OnShift) || counts(Relationship::SameWard)) {
            return None;
        }
        of = &none;
    }
    if is(Role::Doctor) && counts(Relationship::OnShift) && standing.is_empty() {
        return None;
    }
    let same = is(Role::LabTechnician) && only(Relationship::SameLaboratory);
    if is(Role::LabTechnician) && !same && rule.route == "POST /patients/{patient_id}/lab-orders" {
        return None;
    }
    let patient = patient(world, caller, if same { &none } else { of })?;
    let order = &world.lab_orders[&patient][usize::from(!same)];
    Some((path.replace("{patient_id}", &patient).replace("{id}", order), json!({ "x": 1 })))
}
