//! Requests of `/doctors`.

use domain::policy::{Relationship, Relationships, Rule};
use serde_json::json;

use super::{Person, Sample, World};

pub(super) fn sample(world: &World, rule: &Rule, _: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let known = standing.is_empty() || *standing == Relationships::from([Relationship::OnShift]);
    known.then(|| (path.replace("{id}", &world.doctor.id.to_string()), json!({})))
}
