//! Requests of `/users`, `/auth`, `/audit-log`, `/emails` and `/notifications`.

use domain::{
    email::{DeliveryState, RefusalReason},
    policy::{Relationship, Relationships, Rule},
};
use serde_json::json;
use store::deliveries::{Delivery, ListedEmail};

use super::{Person, Sample, World};

pub(super) async fn sample(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    // These routes are about the caller, and all others about somebody else.
    let own = path.starts_with("/users/me") || path.starts_with("/auth/") || path == "/notifications";
    let known = if own {
        *standing == Relationships::from([Relationship::Own])
    } else {
        standing.is_empty() || *standing == Relationships::from([Relationship::OnShift])
    };
    if !known {
        return None;
    }
    let body = match rule.route {
        "POST /users/me/password" => json!({ "current_password": "x", "new_password": "correct horse battery" }),
        "POST /users/me/email" => json!({ "email": "x@example.org", "password": "x" }),
        "POST /users/me/email/confirm" => json!({ "token": "x" }),
        "POST /users/invitations" => json!({ "name": "N", "email": "x@example.org", "role": "nurse" }),
        "POST /users/patient-accounts" => json!({ "patient_id": world.treated.id, "email": "x@example.org" }),
        "POST /users/patient-accounts/confirm" => json!({ "patient_id": world.treated.id, "email": "x@example.org", "reason": "x" }),
        "PATCH /users/{id}" => json!({ "name": "N" }),
        "POST /users/{id}/roles" => json!({ "roles": ["nurse"] }),
        _ => json!({}),
    };
    let path = match path {
        "/users/me/sessions/{id}" => {
            let own = world.app.get("/users/me/sessions").bearer(&caller.token).send().await;
            path.replace("{id}", own.body["items"][0]["id"].as_str().unwrap())
        }
        "/emails/{id}/resend" => path.replace("{id}", &refused_email(world, caller).await),
        path => path.replace("{id}", &world.subject.id.to_string()),
    };
    Some((path, body))
}

/// An email to the caller that SES refused.
async fn refused_email(world: &World, caller: &Person) -> String {
    let (id, at, to) = (format!("{}-welcome", caller.user_id), world.app.now(), caller.user_id);
    let (state, reason) = (DeliveryState::Failed, Some(RefusalReason::NotVerified));
    let listed = Some(ListedEmail { id: id.clone(), to, at, subject: Some("Welcome".to_owned()), state, reason });
    let email = Delivery { id: id.clone(), to, state, since: at.as_second(), message_id: None, listed, cause: Some("{}".to_owned()) };
    world.app.store().delivery_settle(&email).await.unwrap();
    id
}
