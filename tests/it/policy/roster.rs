//! Requests of `/shifts`, `/on-duty`, `/staff` and `/leaves`.

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

/// Requests of `/leaves`.
pub(super) fn leave(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let own = *standing == Relationships::from([Relationship::Own]);
    let works_here = caller.roles.iter().any(|role| role.is_staff());
    let known = own || standing.is_empty() || *standing == Relationships::from([Relationship::OnShift]);
    if !known || (own && !works_here) || (rule.route == "POST /leaves" && own != works_here) {
        return None;
    }
    let whose = if own { caller.user_id } else { world.nurse };
    let path = match rule.route {
        "GET /leaves" | "GET /leaves/balances" => format!("{path}?user_id={whose}"),
        _ => path.replace("{id}", world.leaves.get(&whose)?),
    };
    Some((path, json!({})))
}
