//! Requests of `/waiting-list`.

use domain::policy::{Relationships, Rule};
use serde_json::json;

use super::{Person, Sample, World, patients::patient};

pub(super) fn sample(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let patient = patient(world, caller, standing)?;
    let join = json!({ "patient_id": patient, "specialization": "surgery", "to": "2026-03-20", "reason": "Cough" });
    Some(match rule.route {
        "POST /waiting-list" => (path.to_owned(), join),
        "GET /waiting-list" => (format!("/waiting-list?patient_id={patient}"), json!({})),
        _ => (path.replace("{id}", world.waits.get(&patient)?), json!({})),
    })
}
