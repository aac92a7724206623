//! Requests of `/patients`.

use domain::policy::{Relationship, Relationships, Rule};
use serde_json::json;

use super::{Person, Sample, World};

pub(super) fn sample(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let patient = patient(world, caller, standing)?;
    // `/patients/me` is always the caller's own profile.
    if path.starts_with("/patients/me") && !standing.contains(&Relationship::Own) && caller.patient_id.is_some() {
        return None;
    }
    let entry = world.history.get(&patient).map_or("his_01JD8Z0V3XQ5T4E2W9K7M6N8PR", String::as_str);
    Some((path.replace("{patient_id}", &patient).replace("{id}", entry), json!({ "reason": "x" })))
}

/// A patient to whom the caller has these relationships. No caller has several of them yet.
pub(super) fn patient(world: &World, caller: &Person, standing: &Relationships) -> Option<String> {
    let standing: Vec<_> = standing.iter().collect();
    match standing[..] {
        [Relationship::Own] => caller.patient_id.map(|id| id.to_string()),
        [Relationship::Guardian] => caller.patient_id.map(|_| world.child.id.to_string()),
        [Relationship::Treating] => caller.doctor_id.map(|_| world.treated.id.to_string()),
        // Everybody with a role is on shift.
        [] | [Relationship::OnShift] => Some(world.patient.id.to_string()),
        _ => None,
    }
}
