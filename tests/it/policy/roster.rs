//! Requests of `/shifts`, `/on-duty` and `/staff`.

use domain::policy::{Relationship, Relationships, Rule};
use serde_json::json;

use super::{Person, Sample, World};

pub(super) fn sample(world: &World, rule: &Rule, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let known = standing.is_empty() || *standing == Relationships::from([Relationship::OnShift]);
    let body = match rule.route {
        "POST /shifts" => json!({ "user_id": world.subject.id, "role": "sweeper", "shift": "day", "date": "2026-03-03" }),
        _ => json!({}),
    };
    known.then(|| (path.replace("{id}", &world.shift.to_string()), body))
}

/// Requests of `/staff`.
pub(super) fn profile(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    if path == "/staff/me" {
        // It is always about the caller.
        let own = *standing == Relationships::from([Relationship::Own]);
        let works_here = caller.roles.iter().any(|role| role.is_staff());
        return (own == works_here).then(|| (path.to_owned(), json!({})));
    }
    let known = standing.is_empty() || *standing == Relationships::from([Relationship::OnShift]);
    known.then(|| (path.replace("{id}", &world.nurse.to_string()), json!({})))
}
