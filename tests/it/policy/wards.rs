//! Requests of `/wards`, of patients' stays and of `/emergency`.

use domain::{
    policy::{Relationship, Relationships, Rule},
    role::Role,
};
use serde_json::json;

use super::{Person, Sample, World, patients::patient};

pub(super) fn has(path: &str) -> bool {
    matches!(path.split('/').nth(3), Some("admissions" | "bed-requests"))
}

/// Everybody with a role is on shift: nurses and managers on the ICU, the others in the whole hospital. So a caller whose shift counts has no
/// other relationship.
fn at_work(rule: &Rule, caller: &Person, standing: &Relationships) -> Option<bool> {
    let counts = !rule.roles_asked(&caller.roles, Relationship::OnShift).is_empty();
    let on_ward = caller.roles.contains(&Role::Nurse) || caller.roles.contains(&Role::WardManager);
    let of_shift: Relationships = [Relationship::OnShift, Relationship::SameWard].into();
    let same_ward = standing.contains(&Relationship::SameWard);
    match (counts, standing.contains(&Relationship::OnShift)) {
        (true, true) if standing.is_subset(&of_shift) && (on_ward || !same_ward) => Some(same_ward),
        // All relationships together stand for a shift on the ward.
        (true, true) if on_ward && standing.len() == Relationship::ALL.len() => Some(true),
        (true, _) => None,
        (false, _) => Some(false),
    }
}

/// Requests of `/wards`, `/cleaning-tasks` and `/critical-care`.
pub(super) fn ward(rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let same_ward = at_work(rule, caller, standing)?;
    let is_manager = caller.roles.contains(&Role::WardManager);
    if path.ends_with("/release") {
        // The manager among the callers has the day shift.
        let own = *standing == Relationships::from([Relationship::Own]);
        let known = standing.is_empty() || (own && is_manager);
        let shift = if own { "day" } else { "night" };
        return known.then(|| (path.replace("{ward}", "icu").replace("{shift}", shift), json!({ "x": 1 })));
    }
    let counts = !rule.roles_asked(&caller.roles, Relationship::OnShift).is_empty();
    let on_ward = is_manager || caller.roles.contains(&Role::Nurse);
    // It is always about the ICU.
    if path == "/critical-care" && counts && on_ward && !same_ward {
        return None;
    }
    let ward = if same_ward || !counts { "icu" } else { "general" };
    Some((path.replace("{ward}", ward).replace("{bed}", "40"), json!({})))
}

/// Requests of patients' stays.
pub(super) fn stay(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let same_ward = at_work(rule, caller, standing)?;
    let counts = !rule.roles_asked(&caller.roles, Relationship::OnShift).is_empty();
    let on_ward = caller.roles.contains(&Role::Nurse) || caller.roles.contains(&Role::WardManager);
    let none = Relationships::new();
    let patient = patient(world, caller, if counts { &none } else { standing })?;
    // Lists show the stays of the ward, and every patient lies in the ICU now. Who asks for another ward may know of the patient, and is told so:
    // there is a test for this.
    if counts && on_ward && !same_ward && (path.ends_with("/admissions") || path.contains("bed-requests")) {
        return None;
    }
    let (icu, general) = &world.stays[&patient];
    let stay = if same_ward || !counts || !on_ward { icu } else { general };
    let ward = if same_ward { "icu" } else { "general" };
    let body = match rule.route {
        "POST /patients/{patient_id}/admissions" | "POST /patients/{patient_id}/bed-requests" => json!({ "ward": ward }),
        _ => json!({ "x": 1 }),
    };
    if path.contains("bed-requests/{id}") {
        // There is none, and who may not withdraw it is told otherwise: a test of its own.
        return None;
    }
    Some((path.replace("{patient_id}", &patient).replace("{id}", stay), body))
}

/// Requests of `/emergency`.
pub(super) fn emergency(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let same_ward = at_work(rule, caller, standing)?;
    // The manager among the callers is that of the ICU, and a nurse of any ward can help.
    if same_ward && caller.roles.contains(&Role::WardManager) {
        return None;
    }
    Some((path.replace("{id}", &world.case), json!({ "x": 1 })))
}
