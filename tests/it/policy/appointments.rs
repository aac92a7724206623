//! Requests of `/appointments`.

use domain::policy::{Relationship, Relationships, Rule};
use serde_json::json;

use super::{Person, Sample, World, patients::patient};
use crate::support::booking;

pub(super) fn sample(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let patient = patient(world, caller, standing)?;
    let known = standing.contains(&Relationship::Own) || standing.contains(&Relationship::Treating);
    let appointment = if standing.contains(&Relationship::Guardian) && caller.patient_id.is_some() {
        &world.childs_appointment
    } else if known {
        caller.appointment.as_ref()?
    } else {
        &world.appointment
    };
    let mut book = booking(&world.doctor, "2026-03-30T09:00:00Z");
    book["patient_id"] = json!(patient);
    Some(match rule.route {
        "POST /appointments" => ("/appointments".to_owned(), book),
        "GET /appointments" if standing.contains(&Relationship::Treating) => {
            (format!("/appointments?doctor_id={}", caller.doctor_id?), json!({}))
        }
        "POST /appointments/extra" => {
            let mut extra =
                json!({ "patient_id": patient, "starts_at": "2026-03-30T19:05:00Z", "minutes": 10, "reason": "x", "extra_because": "x" });
            if caller.doctor_id.is_none() {
                extra["doctor_id"] = json!(world.doctor.id);
            }
            ("/appointments/extra".to_owned(), extra)
        }
        "GET /appointments/calendar" => {
            let doctor = if standing.contains(&Relationship::Treating) { caller.doctor_id? } else { world.doctor.id };
            (format!("/appointments/calendar?doctor_id={doctor}"), json!({}))
        }
        "GET /appointments/day" => {
            let doctor = if standing.contains(&Relationship::Treating) { caller.doctor_id? } else { world.doctor.id };
            (format!("/appointments/day?doctor_id={doctor}"), json!({}))
        }
        "GET /appointments" => (format!("/appointments?patient_id={patient}"), json!({})),
        "POST /appointments/{id}/reschedule" => (path(rule, appointment), json!({ "starts_at": "2026-03-30T10:00:00Z" })),
        _ => (path(rule, appointment), json!({})),
    })
}

fn path(rule: &Rule, appointment: &str) -> String {
    let (_, path) = rule.route.split_once(' ').unwrap();
    path.replace("{id}", appointment)
}
