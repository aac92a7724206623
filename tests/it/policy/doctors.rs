//! Requests of `/doctors`.

use domain::policy::{Relationship, Relationships, Rule};
use serde_json::json;

use super::{Person, Sample, World};

pub(super) fn sample(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    if path.starts_with("/doctors/me") {
        // It is always about the caller.
        let own = *standing == Relationships::from([Relationship::Own]);
        return (own == caller.doctor_id.is_some()).then(|| (path.to_owned(), json!({})));
    }
    if path.contains("exceptions") {
        let own = *standing == Relationships::from([Relationship::Own]);
        let doctor = if own { caller.doctor_id? } else { world.doctor.id };
        let path = path.replace("{id}", &doctor.to_string()).replace("{exception_id}", world.exceptions.get(&doctor.to_string())?);
        let known = own || standing.is_empty() || *standing == Relationships::from([Relationship::OnShift]);
        return known.then(|| (path, json!({ "kind": "blocked" })));
    }
    let known = standing.is_empty() || *standing == Relationships::from([Relationship::OnShift]);
    known.then(|| (path.replace("{id}", &world.doctor.id.to_string()), json!({})))
}
