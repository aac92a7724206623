//! The policy, walked: every route of the API document, for every role and every relationship, over HTTP.

use std::collections::BTreeSet;

use domain::{
    id::{DoctorId, PatientId, UserId},
    policy::{POLICY, Relationship, Rule, page},
    role::Role,
    roster::Shift,
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, App, booking};

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let document: Value = serde_json::from_str(&local::openapi::json().unwrap()).unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            let rule = Rule::of(&method.to_uppercase(), path).unwrap_or_else(|| panic!("{route} has no row in domain::policy"));
            assert!(operation["description"].as_str().unwrap().contains(&rule.told()), "{route} does not say who may");
            documented.insert(route);
        }
    }
    assert_eq!(documented, POLICY.iter().map(|rule| rule.route.to_owned()).collect());
}

#[test]
fn the_published_table_is_fresh() {
    let published = include_str!("../../infra/permissions.md");
    assert!(published.ends_with(&page()), "write it again: cargo run -- permissions > infra/permissions.md");
}

/// Somebody who calls. `None` is an account that waits for approval.
struct Person {
    token: String,
    user_id: UserId,
    patient_id: Option<PatientId>,
    doctor_id: Option<DoctorId>,
    roles: BTreeSet<Role>,
}

/// Who and what the routes are about, other than the caller.
struct World {
    app: App,
    patient: crate::support::Patient,
    doctor: crate::support::Doctor,
    desk: String,
    number: usize,
}

impl World {
    async fn new() -> Self {
        let app = App::new().await;
        let (patient, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
        Self { app, patient, doctor, desk, number: 0 }
    }

    async fn person(&mut self, role: Option<Role>) -> Person {
        self.number += 1;
        let (app, name) = (&self.app, format!("Caller {}", self.number));
        let roles = role.into_iter().collect();
        match role {
            Some(Role::Patient) => {
                let patient = app.patient(&name).await;
                Person { token: patient.token, user_id: patient.user_id, patient_id: Some(patient.id), doctor_id: None, roles }
            }
            Some(Role::Doctor) => {
                let doctor = app.doctor(&name).await;
                Person { token: doctor.token, user_id: doctor.user_id, patient_id: None, doctor_id: Some(doctor.id), roles }
            }
            Some(staff) => {
                let (account, token) = app.staff(&name, staff).await;
                Person { token, user_id: account.id, patient_id: None, doctor_id: None, roles }
            }
            None => {
                let (account, token) = app.waiting(&name, Role::Nurse).await;
                Person { token, user_id: account.id, patient_id: None, doctor_id: None, roles }
            }
        }
    }

    /// A visit to which the caller stands so.
    async fn visit(&self, caller: &Person, relationship: Relationship) -> String {
        let mut visit = booking(&self.doctor, "");
        let mut patient = self.patient.id;
        match relationship {
            Relationship::Own => patient = caller.patient_id.unwrap(),
            Relationship::Treating => visit["doctor_id"] = json!(caller.doctor_id.unwrap()),
            _ => {}
        }
        visit["patient_id"] = json!(patient);
        // Each at a time of its own, on workdays of four weeks.
        let (day, time) = (self.number / 6, ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"][self.number % 6]);
        let day = [3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25, 26, 27][day];
        visit["starts_at"] = json!(format!("2026-03-{day:02}T{time}:00Z"));
        self.app.post("/appointments", &visit).bearer(&self.desk).send().await.expect(201).id()
    }
}

/// Whether somebody can stand so to what a route is about: without the role of a patient nobody has a record of their own.
fn can_stand(rule: &Rule, as_role: Option<Role>, relationship: Relationship) -> bool {
    let (_, path) = rule.route.split_once(' ').unwrap();
    let only_own = path.contains("/me") || path.starts_with("/auth/");
    match relationship {
        Relationship::Own => as_role == Some(Role::Patient) || only_own,
        Relationship::Treating => as_role == Some(Role::Doctor) && path.starts_with("/appointments"),
        // There is no ward yet to work on; the day there is one, `request` has to put the caller there.
        Relationship::SameWard => false,
        Relationship::OnShift => as_role.is_some() && !only_own,
        Relationship::Any => !only_own,
    }
}

/// The route's request by a caller, about something to which they stand so.
async fn request(world: &World, rule: &Rule, caller: &Person, relationship: Relationship) -> (String, Value) {
    let (_, path) = rule.route.split_once(' ').unwrap();
    if relationship == Relationship::OnShift {
        let (start, end) = (world.app.now(), world.app.now() + SignedDuration::from_hours(8));
        let on_duty_as = *caller.roles.first().unwrap();
        // Somebody else may be on duty already: then the caller is not.
        world.app.store().enter_shift(&Shift { role: on_duty_as, user_id: caller.user_id, start, end }).await.unwrap();
    }
    let patient = if relationship == Relationship::Own { caller.patient_id } else { Some(world.patient.id) };
    let body = match rule.route {
        "POST /users/me/password" => json!({ "current_password": "x", "new_password": "correct horse battery" }),
        "POST /users/me/email" => json!({ "email": "x@example.org", "password": "x" }),
        "POST /users/me/email/confirm" => json!({ "token": "x" }),
        "POST /users/invitations" => json!({ "name": "N", "email": "x@example.org", "role": "nurse" }),
        "PATCH /users/{id}" => json!({ "name": "N" }),
        "POST /users/{id}/roles" => json!({ "roles": ["nurse"] }),
        "POST /appointments" => {
            let mut visit = booking(&world.doctor, "2026-03-30T09:00:00Z");
            visit["patient_id"] = json!(patient);
            visit
        }
        "POST /appointments/{id}/reschedule" => json!({ "starts_at": "2026-03-30T09:00:00Z" }),
        _ => json!({}),
    };
    let path = match path {
        "/users/me/sessions/{id}" => {
            let own = world.app.get("/users/me/sessions").bearer(&caller.token).send().await;
            path.replace("{id}", own.body["items"][0]["id"].as_str().unwrap())
        }
        path if path.starts_with("/users/{id}") => {
            let (account, _) = world.app.waiting(&format!("Subject {}", world.app.random()), Role::Sweeper).await;
            path.replace("{id}", &account.id.to_string())
        }
        path if path.starts_with("/patients/{id}") => path.replace("{id}", &patient.unwrap().to_string()),
        path if path.starts_with("/doctors/{id}") => path.replace("{id}", &world.doctor.id.to_string()),
        path if path.starts_with("/appointments/{id}") => path.replace("{id}", &world.visit(caller, relationship).await),
        "/appointments" if rule.route.starts_with("GET") => match relationship {
            Relationship::Treating => format!("/appointments?doctor_id={}", caller.doctor_id.unwrap()),
            _ => format!("/appointments?patient_id={}", patient.unwrap()),
        },
        path => path.to_owned(),
    };
    (path, body)
}

/// Whether authority was the obstacle; what is wrong with the request itself comes after.
fn kept_out(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        401 | 404 => true,
        403 => answer.body["code"] != "wrong_password",
        500.. => panic!("{}", answer.text),
        _ => false,
    }
}

/// Where account and sign-in are looked up, a token is worth nothing once its sign-in has ended.
async fn out_is_out(world: &mut World, rule: &Rule) {
    let looked_up = |role: &Role| rule.admits(&[*role].into()) && rule.looks_up(&[*role].into());
    let Some(admitted) = Role::ALL.into_iter().find(looked_up) else { return };
    let caller = world.person(Some(admitted)).await;
    world.app.post("/auth/logout", &json!({})).bearer(&caller.token).send().await.expect(204);
    let (method, path) = rule.route.split_once(' ').unwrap();
    let path = path.replace("{id}", "usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR");
    world.app.call(method, &path).json(&json!({})).bearer(&caller.token).send().await.refused(401, "signed_out");
}

async fn walk(part: impl Fn(&str) -> bool) {
    let mut cells = 0;
    for rule in POLICY.iter().filter(|rule| !rule.is_open() && part(rule.route)) {
        let mut world = World::new().await;
        out_is_out(&mut world, rule).await;
        for role in Role::ALL.into_iter().map(Some).chain([None]) {
            for relationship in
                [Relationship::Own, Relationship::Treating, Relationship::SameWard, Relationship::OnShift, Relationship::Any]
            {
                if !can_stand(rule, role, relationship) {
                    continue;
                }
                let caller = world.person(role).await;
                let (path, body) = request(&world, rule, &caller, relationship).await;
                let (method, _) = rule.route.split_once(' ').unwrap();
                let call = |path: &str| {
                    let call = world.app.call(method, path).bearer(&caller.token);
                    if method == "GET" { call } else { call.json(&body) }
                };
                let answer = call(&path).send().await;
                let expected = rule.permits(&caller.roles, relationship);
                assert_eq!(!kept_out(&answer), expected, "{} as {role:?}, {relationship:?}: {} {}", rule.route, answer.status, answer.text);
                cells += 1;

                // What one may not see and what does not exist are answered alike.
                if !expected && rule.route.contains("{id}") {
                    let id = path.split('/').find(|part| part.contains('_')).unwrap();
                    let prefix = id.split('_').next().unwrap();
                    let missing = call(&path.replace(id, &format!("{prefix}_01JD8Z0V3XQ5T4E2W9K7M6N8PR"))).send().await;
                    assert_eq!((missing.status, missing.text), (answer.status, answer.text), "{}", rule.route);
                }
            }
        }
    }
    assert!(cells >= 12, "{cells}");
}

fn is_own_account(route: &str) -> bool {
    route.contains(" /users/me") || route.contains(" /auth/")
}

fn is_visit(route: &str) -> bool {
    route.contains(" /appointments")
}

fn is_patient_or_doctor(route: &str) -> bool {
    route.contains(" /patients") || route.contains(" /doctors")
}

#[tokio::test]
async fn one_s_own_account() {
    walk(is_own_account).await;
}

#[tokio::test]
async fn patients_and_doctors() {
    walk(is_patient_or_doctor).await;
}

#[tokio::test]
async fn visits() {
    walk(is_visit).await;
}

#[tokio::test]
async fn everything_else() {
    walk(|route| !is_own_account(route) && !is_visit(route) && !is_patient_or_doctor(route)).await;
}
