//! Requests of `/shifts` and `/on-duty`.

use domain::policy::{Relationship, Relationships, Rule};
use serde_json::json;

use super::{Sample, World};

pub(super) fn sample(world: &World, rule: &Rule, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let known = standing.is_empty() || *standing == Relationships::from([Relationship::OnShift]);
    let body = match rule.route {
        "POST /shifts" => json!({ "user_id": world.subject.id, "role": "sweeper", "shift": "day", "date": "2026-03-03" }),
        _ => json!({}),
    };
    known.then(|| (path.replace("{id}", &world.shift.to_string()), body))
}
