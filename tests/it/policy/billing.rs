//! Requests of patients' charges and invoices, and of those of all patients.

use domain::policy::{Relationships, Rule};
use serde_json::json;

use super::{Person, Sample, World, patients::patient};

pub(super) fn has(path: &str) -> bool {
    matches!(path.split('/').nth(3), Some("charges" | "invoices" | "statement"))
}

pub(super) fn of_all(rule: &Rule, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    standing.is_empty().then(|| (path.replace("{number}", "1"), json!({ "x": 1 })))
}

/// Every patient has a charge and an invoice with a payment.
pub(super) fn of_patient(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let patient = patient(world, caller, standing)?;
    let path = path.replace("{patient_id}", &patient).replace("{id}", &world.invoices[&patient]);
    Some((path.replace("{number}", "1").replace("{entry}", "2").replace("{refund}", "3"), json!({ "x": 1 })))
}
