//! Leave: asked for, decided, taken off a balance, and what it is in the way of.

use std::sync::Arc;

use domain::{account::Account, role::Role};
use serde_json::{Value, json};

use crate::support::{Answer, App, Doctor, Patient, at_once, booking};

struct Hospital {
    app: App,
    admin: String,
    nurse: Account,
    nurses_token: String,
    doctor: Doctor,
    ada: Patient,
    seen: usize,
}

async fn hospital() -> Hospital {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (nurse, nurses_token) = app.staff("Mary Seacole", Role::Nurse).await;
    let (doctor, ada) = (app.doctor("Dr. Helen Taussig").await, app.patient("Ada Byron").await);
    let mut hospital = Hospital { app, admin, nurse, nurses_token, doctor, ada, seen: 0 };
    hospital.app.new_mails(&mut hospital.seen).await;
    hospital
}

fn annual(from: &str, to: &str) -> Value {
    json!({ "type": "annual", "from": from, "to": to })
}

impl Hospital {
    async fn ask(&self, token: &str, body: &Value) -> Answer {
        self.app.post("/leaves", body).bearer(token).send().await
    }

    async fn decide(&self, id: &str, what: &str, body: &Value) -> Answer {
        self.app.post(&format!("/leaves/{id}/{what}"), body).bearer(&self.admin).send().await
    }

    async fn approved(&self, token: &str, body: &Value) -> String {
        let id = self.ask(token, body).await.expect(201).id();
        self.decide(&id, "approve", &json!({})).await.expect(200);
        id
    }

    /// Days left of annual leave.
    async fn left(&self, year: i16) -> Value {
        let balances = self.app.get(&format!("/leaves/balances?year={year}")).bearer(&self.nurses_token).send().await.expect(200);
        balances.body["items"].as_array().unwrap().iter().find(|item| item["type"] == "annual").unwrap()["days_left"].clone()
    }

    async fn mails(&mut self) -> Vec<(String, String, String)> {
        let mails = self.app.new_mails(&mut self.seen).await;
        mails.into_iter().map(|mail| (mail.to.clone(), mail.subject.clone(), mail.text.clone())).collect()
    }

    async fn slots(&self, day: &str) -> usize {
        let path = format!("/doctors/{}/slots?from={day}&to={day}", self.doctor.id);
        self.app.get(&path).bearer(&self.ada.token).send().await.expect(200).body["items"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn from_the_request_to_the_patients_email() {
    let mut hospital = hospital().await;
    let booked = hospital.app.book(&hospital.ada, &hospital.doctor, "2026-03-10T10:00:00Z").await.expect(201).id();
    let kept = hospital.app.book(&hospital.ada, &hospital.doctor, "2026-03-12T11:00:00Z").await.expect(201).id();
    let shift = json!({ "user_id": hospital.doctor.user_id, "role": "doctor", "ward": "icu", "shift": "day", "date": "2026-03-11" });
    hospital.app.post("/shifts", &shift).bearer(&hospital.admin).send().await.expect(201);
    hospital.mails().await;

    let mut body = annual("2026-03-09", "2026-03-12");
    body["reason"] = json!("My knee");
    // The last day until noon: the doctor works from 09:00 to 12:00, so the whole of it is lost.
    body["ends_at_noon"] = json!(true);
    let asked = hospital.ask(&hospital.doctor.token, &body).await.expect(201);
    assert_eq!((&asked.body["status"], &asked.body["days"]), (&json!("pending"), &json!(3.5)));
    let mails = hospital.mails().await;
    let told: Vec<_> = mails.iter().map(|(to, subject, _)| (to.as_str(), subject.as_str())).collect();
    assert_eq!(
        told,
        [
            ("dr--helen-taussig@example.org", "We have your request for leave"),
            ("florence-nightingale@example.org", "Dr. Helen Taussig asks for annual leave")
        ]
    );
    assert!(mails.iter().all(|(.., text)| !text.contains("knee") && text.contains("Thursday 12 March 2026, until noon")), "{mails:?}");

    // The administrator sees what it is in the way of, and approves.
    let id = asked.id();
    let pending = hospital.app.get("/leaves?status=pending").bearer(&hospital.admin).send().await.expect(200);
    assert_eq!(pending.body["items"][0]["id"], json!(id));
    let seen = hospital.app.get(&format!("/leaves/{id}")).bearer(&hospital.admin).send().await.expect(200);
    let of = |answer: &Answer, what: &str, name: &str| -> Vec<String> {
        let items = answer.body["impact"][what].as_array().unwrap().iter();
        items.map(|item| item[name].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (of(&seen, "appointments", "id"), of(&seen, "shifts", "date")),
        (vec![booked.clone(), kept.clone()], vec!["2026-03-11".to_owned()])
    );
    assert_eq!(hospital.slots("2026-03-11").await, 6, "it is only asked for");
    let approved = hospital.decide(&id, "approve", &json!({ "note": "Enjoy it." })).await.expect(200);
    assert_eq!((&approved.body["status"], of(&approved, "appointments", "id").len()), (&json!("approved"), 2));

    // From the answer on, nobody books the time.
    for (day, free) in [("2026-03-09", 0), ("2026-03-10", 0), ("2026-03-11", 0), ("2026-03-12", 0), ("2026-03-13", 6)] {
        assert_eq!(hospital.slots(day).await, free, "{day}");
    }
    let grace = hospital.app.patient("Grace Hopper").await;
    let refused = hospital.app.book(&grace, &hospital.doctor, "2026-03-11T09:00:00Z").await.refused(409, "doctor_away");
    assert_eq!(refused.body["next_free"][0]["starts_at"], "2026-03-13T09:00:00+00:00");
    let mails = hospital.mails().await;
    let decided = mails.iter().find(|(to, ..)| to.starts_with("dr-")).unwrap();
    assert!(decided.1 == "Your leave is approved" && decided.2.contains("Enjoy it."), "{}", decided.2);
    let to_ada: Vec<_> = mails.iter().filter(|(to, ..)| *to == hospital.ada.email).collect();
    assert_eq!(to_ada.len(), 2, "one for each appointment");
    assert!(
        to_ada
            .iter()
            .all(|(_, subject, text)| subject.starts_with("Please choose a new time") && text.contains("Friday 13 March 2026, 09:00"))
    );
    let displaced = format!("/appointments?doctor_id={}&needs_new_time=true", hospital.doctor.id);
    let listed = hospital.app.get(&displaced).bearer(&hospital.admin).send().await.expect(200);
    assert_eq!((listed.body["items"].as_array().unwrap().len(), &listed.body["items"][0]["needs_new_time"]), (2, &json!("leave")));
    // On the roster, the shift is uncovered.
    let roster = hospital.app.get("/shifts?ward=icu&from=2026-03-11").bearer(&hospital.admin).send().await.expect(200);
    assert_eq!(roster.body["items"][0]["on_leave"], true);
    let on_duty = hospital.app.get("/on-duty?ward=icu&at=2026-03-11T09:00:00Z").bearer(&hospital.admin).send().await.expect(200);
    assert_eq!(on_duty.body["items"], json!([]));

    // Back early: what is left of it is free again, and its appointment takes place.
    let doctor = hospital.app.fresh_doctor(&hospital.doctor).await;
    let cancel =
        hospital.app.post(&format!("/leaves/{id}/cancel"), &json!({ "from": "2026-03-11" })).bearer(&doctor).send().await.expect(200);
    assert_eq!((&cancel.body["to"], &cancel.body["days"], &cancel.body["status"]), (&json!("2026-03-10"), &json!(2.0), &json!("approved")));
    assert_eq!((hospital.slots("2026-03-10").await, hospital.slots("2026-03-11").await, hospital.slots("2026-03-12").await), (0, 6, 5));
    let mails = hospital.mails().await;
    let mut told: Vec<_> = mails.iter().map(|(to, subject, _)| (to.as_str(), subject.as_str())).collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("ada-byron@example.org", "Your appointment with Dr. Helen Taussig takes place after all"),
            ("dr--helen-taussig@example.org", "Leave of Dr. Helen Taussig ends earlier"),
            ("florence-nightingale@example.org", "Leave of Dr. Helen Taussig ends earlier"),
        ]
    );
    let now = async |id: &str| hospital.app.get(&format!("/appointments/{id}")).bearer(&hospital.admin).send().await.expect(200).body;
    assert_eq!((now(&booked).await["needs_new_time"].as_str(), now(&kept).await.get("needs_new_time")), (Some("leave"), None));
}

#[tokio::test]
async fn a_balance_is_lowered_by_approval_and_given_back() {
    let hospital = hospital().await;
    assert_eq!((hospital.left(2026).await, hospital.left(2027).await), (json!(28.0), json!(28.0)));
    let mut body = annual("2026-12-30", "2027-01-02");
    body["starts_at_noon"] = json!(true);
    let id = hospital.ask(&hospital.nurses_token, &body).await.expect(201).id();
    assert_eq!(hospital.left(2026).await, 28.0, "it is only asked for");
    hospital.decide(&id, "approve", &json!({})).await.expect(200);
    assert_eq!((hospital.left(2026).await, hospital.left(2027).await), (json!(26.5), json!(26.0)));
    hospital.decide(&id, "approve", &json!({})).await.refused(409, "wrong_status");
    // More than is left, in one of the years: nothing changes.
    let long = hospital.ask(&hospital.nurses_token, &annual("2026-03-03", "2026-03-29")).await.expect(201).id();
    let refused = hospital.decide(&long, "approve", &json!({})).await.refused(409, "not_enough_left");
    assert_eq!((&refused.body["year"], &refused.body["days_left"], hospital.left(2026).await), (&json!(2026), &json!(26.5), json!(26.5)));
    let set = async |days: f64| {
        let body = json!({ "user_id": hospital.nurse.id, "year": 2026, "type": "annual", "days": days });
        hospital.app.post("/leaves/balances", &body).bearer(&hospital.admin).send().await
    };
    assert_eq!(set(1.0).await.refused(409, "more_taken").body["days_taken"], 1.5);
    assert_eq!(set(28.5).await.expect(200).body["days_left"], 27.0);
    hospital.decide(&long, "approve", &json!({})).await.expect(200);
    assert_eq!(hospital.left(2026).await, 0.0);
    hospital.decide(&long, "cancel", &json!({})).await.expect(200);
    hospital.decide(&long, "cancel", &json!({})).await.refused(409, "wrong_status");
    assert_eq!(hospital.left(2026).await, 27.0);
    // The days can be asked for again, and a shift can be entered.
    let shift = json!({ "user_id": hospital.nurse.id, "role": "nurse", "ward": "icu", "shift": "day", "date": "2026-03-03" });
    hospital.app.post("/shifts", &shift).bearer(&hospital.admin).send().await.expect(201);
    hospital.approved(&hospital.nurses_token, &annual("2026-03-04", "2026-03-04")).await;
    let on_leave = json!({ "user_id": hospital.nurse.id, "role": "nurse", "ward": "icu", "shift": "night", "date": "2026-03-04" });
    assert_eq!(
        hospital.app.post("/shifts", &on_leave).bearer(&hospital.admin).send().await.refused(409, "on_leave").body["date"],
        "2026-03-04"
    );
}

#[tokio::test]
async fn a_request_can_be_changed_and_withdrawn_until_it_is_decided() {
    let mut hospital = hospital().await;
    let first = hospital.ask(&hospital.nurses_token, &annual("2026-03-09", "2026-03-10")).await.expect(201);
    let path = format!("/leaves/{}", first.id());
    let overlap = hospital.ask(&hospital.nurses_token, &annual("2026-03-10", "2026-04-10")).await.refused(409, "leave_overlaps");
    assert_eq!((&overlap.body["leave_id"], &overlap.body["date"]), (&first.body["id"], &json!("2026-03-10")));
    let mut noon = annual("2026-03-10", "2026-03-10");
    noon["starts_at_noon"] = json!(true);
    let moved = hospital.app.call("PATCH", &path).json(&noon).bearer(&hospital.nurses_token).header("if-match", first.etag()).send().await;
    assert_eq!(moved.expect(200).body["days"], 0.5);
    // The morning is free again.
    let mut morning = annual("2026-03-09", "2026-03-10");
    morning["ends_at_noon"] = json!(true);
    let second = hospital.ask(&hospital.nurses_token, &morning).await.expect(201).id();
    let stale = hospital.app.call("PATCH", &path).json(&noon).bearer(&hospital.nurses_token).header("if-match", first.etag()).send().await;
    assert_eq!(stale.status, 412);
    hospital.mails().await;
    hospital.app.call("POST", &format!("{path}/withdraw")).bearer(&hospital.nurses_token).send().await.expect(200);
    hospital.app.call("POST", &format!("{path}/withdraw")).bearer(&hospital.nurses_token).send().await.refused(409, "wrong_status");
    hospital.decide(&first.id(), "approve", &json!({})).await.refused(409, "wrong_status");
    let rejected = hospital.decide(&second, "reject", &json!({ "note": "We need you." })).await.expect(200);
    assert_eq!((&rejected.body["status"], &rejected.body["note"]), (&json!("rejected"), &json!("We need you.")));
    let mails = hospital.mails().await;
    assert_eq!(
        mails.iter().map(|(to, subject, _)| (to.as_str(), subject.as_str())).collect::<Vec<_>>(),
        [("mary-seacole@example.org", "Your leave is not approved")]
    );
    assert!(mails[0].2.contains("We need you."));
    hospital.app.call("PATCH", &path).json(&noon).bearer(&hospital.nurses_token).send().await.refused(409, "wrong_status");
    // Nothing of it is in the way of another request.
    hospital.ask(&hospital.nurses_token, &annual("2026-03-09", "2026-03-10")).await.expect(201);
    let own = hospital.app.get("/leaves?limit=2").bearer(&hospital.nurses_token).send().await.expect(200).body;
    assert_eq!((own["items"].as_array().unwrap().len(), own["items"][0]["status"].as_str().is_some()), (2, true));
    let rest = format!("/leaves?limit=2&cursor={}", own["next_cursor"].as_str().unwrap());
    let rest = hospital.app.get(&rest).bearer(&hospital.nurses_token).send().await.expect(200).body;
    assert_eq!((rest["items"].as_array().unwrap().len(), rest.get("next_cursor")), (1, None));
}

#[tokio::test]
async fn refused_leave() {
    let hospital = hospital().await;
    let refused = async |body: Value, expected: &[(&str, &str)]| {
        hospital.ask(&hospital.nurses_token, &body).await.invalid(expected);
    };
    refused(json!({}), &[("type", "required"), ("from", "required"), ("to", "required")]).await;
    refused(
        json!({ "type": "holiday", "from": "x", "to": "2026-02-30" }),
        &[("type", "invalid_type_of_leave"), ("from", "invalid_date"), ("to", "invalid_date")],
    )
    .await;
    refused(annual("2026-03-10", "2026-03-09"), &[("to", "before_from")]).await;
    refused(annual("2026-03-01", "2026-03-09"), &[("from", "in_the_past")]).await;
    refused(annual("2026-03-10", "2027-03-11"), &[("to", "range_too_long")]).await;
    refused(annual("2027-03-10", "2027-03-11"), &[("from", "too_far_ahead")]).await;
    refused(json!({ "type": "sick", "from": "2026-02-15", "to": "2026-03-02" }), &[("from", "in_the_past")]).await;
    let sick =
        hospital.ask(&hospital.nurses_token, &json!({ "type": "sick", "from": "2026-02-16", "to": "2026-03-02" })).await.expect(201).id();
    hospital.decide(&sick, "cancel", &json!({})).await.refused(409, "wrong_status");
    hospital.decide(&sick, "approve", &json!({ "note": "x".repeat(301) })).await.invalid(&[("note", "too_long")]);
    hospital.decide(&sick, "approve", &json!({})).await.expect(200);
    hospital.decide(&sick, "cancel", &json!({ "from": "2026-03-01" })).await.invalid(&[("from", "in_the_past")]);
    hospital.decide(&sick, "cancel", &json!({ "from": "2026-03-03" })).await.refused(409, "leave_over");
    // Nobody decides about their own, and others do not learn of it.
    let (_, boss) = hospital.app.staff("Ethel Fenwick", Role::Administrator).await;
    let own = hospital.ask(&boss, &annual("2026-05-04", "2026-05-08")).await.expect(201).id();
    for what in ["approve", "reject"] {
        hospital.app.post(&format!("/leaves/{own}/{what}"), &json!({})).bearer(&boss).send().await.refused(409, "not_yourself");
    }
    hospital.app.get(&format!("/leaves/{own}")).bearer(&hospital.nurses_token).send().await.refused(404, "not_found");
    hospital.app.post(&format!("/leaves/{own}/approve"), &json!({})).bearer(&hospital.nurses_token).send().await.refused(403, "forbidden");
    hospital.app.get("/leaves?status=pending").bearer(&hospital.nurses_token).send().await.refused(403, "forbidden");
    hospital
        .app
        .get(&format!("/leaves?user_id={}", hospital.nurse.id))
        .bearer(&hospital.doctor.token)
        .send()
        .await
        .refused(403, "forbidden");
    let both = format!("/leaves?status=pending&user_id={}", hospital.nurse.id);
    hospital.app.get(&both).bearer(&boss).send().await.invalid(&[("status", "one_of")]);
    hospital.ask(&hospital.ada.token, &annual("2026-05-04", "2026-05-08")).await.refused(403, "forbidden");
    let set = async |change: Value, expected: &[(&str, &str)]| {
        let mut body = json!({ "user_id": hospital.nurse.id, "year": 2026, "type": "annual", "days": 10 });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        hospital.app.post("/leaves/balances", &body).bearer(&boss).send().await.invalid(expected);
    };
    set(json!({ "days": 0.25, "year": 1999 }), &[("days", "invalid_days"), ("year", "invalid_year")]).await;
    set(json!({ "days": -1 }), &[("days", "invalid_days")]).await;
    set(json!({ "user_id": hospital.ada.user_id }), &[("user_id", "unknown")]).await;
    let of_ada = format!("/leaves/balances?user_id={}", hospital.ada.user_id);
    hospital.app.get(&of_ada).bearer(&boss).send().await.invalid(&[("user_id", "unknown")]);
    let own = hospital.app.get("/users/me").bearer(&boss).send().await.expect(200).body["id"].clone();
    let body = json!({ "user_id": own, "year": 2026, "type": "annual", "days": 40 });
    hospital.app.post("/leaves/balances", &body).bearer(&boss).send().await.refused(409, "not_yourself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_approvals_at_once_never_take_more_than_is_left() {
    let hospital = hospital().await;
    // Twenty requests of two days each, and 28 days.
    let mut requests = Vec::new();
    for number in 0..20 {
        let from = jiff::civil::date(2026, 4, 1).saturating_add(jiff::ToSpan::days(number * 3));
        let body = annual(&from.to_string(), &from.tomorrow().unwrap().to_string());
        let id = hospital.ask(&hospital.nurses_token, &body).await.expect(201).id();
        requests.push((format!("/leaves/{id}/approve"), json!({}), hospital.admin.clone()));
    }
    let (app, nurses_token) = (Arc::new(hospital.app), hospital.nurses_token);
    let answers = at_once(&app, requests.clone()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 14);
    for lost in answers.into_iter().filter(|answer| answer.status != 200) {
        lost.refused(409, "not_enough_left");
    }
    let balances = app.get("/leaves/balances").bearer(&nurses_token).send().await.expect(200).body;
    assert_eq!(balances["items"][0]["days_left"], 0.0);
    // The same request again and again: it was decided once.
    let again: Vec<_> = requests.into_iter().cycle().take(1).collect();
    assert!(at_once(&app, again).await[0].status == 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn leave_and_a_booking_at_the_same_moment() {
    for _ in 0..3 {
        let hospital = hospital().await;
        let id = hospital.ask(&hospital.doctor.token, &annual("2026-03-09", "2026-03-13")).await.expect(201).id();
        let app = Arc::new(hospital.app);
        let requests = vec![
            ("/appointments".to_owned(), booking(&hospital.doctor, "2026-03-11T09:30:00Z"), hospital.ada.token.clone()),
            (format!("/leaves/{id}/approve"), json!({}), hospital.admin.clone()),
        ];
        let answers = at_once(&app, requests).await;
        answers[1].clone().expect(200);
        app.drain().await;
        if answers[0].status == 201 {
            // It was first, so it is known to be in the way.
            let path = format!("/appointments/{}", answers[0].body["id"].as_str().unwrap());
            let there = app.get(&path).bearer(&hospital.admin).send().await.expect(200);
            assert_eq!(there.body["needs_new_time"], "leave");
        } else {
            answers[0].clone().refused(409, "doctor_away");
        }
    }
}

#[tokio::test]
async fn what_was_taken_stays_taken() {
    let hospital = hospital().await;
    let today = hospital.approved(&hospital.nurses_token, &annual("2026-03-02", "2026-03-02")).await;
    assert_eq!(hospital.left(2026).await, json!(27.0));
    let cut = hospital.decide(&today, "cancel", &json!({})).await.expect(200);
    assert_eq!((&cut.body["days"], &cut.body["ends_at_noon"], hospital.left(2026).await), (&json!(0.5), &json!(true), json!(27.5)));
    hospital.decide(&today, "cancel", &json!({})).await.refused(409, "leave_over");
}

#[tokio::test]
async fn of_two_leaves_that_follow_each_other_neither_takes_the_other_away() {
    let hospital = hospital().await;
    let app = &hospital.app;
    let day = annual("2026-03-10", "2026-03-10");
    let first = hospital.approved(&hospital.doctor.token, &day).await;
    let approved = app.store().leave(first.parse().unwrap()).await.unwrap().unwrap();
    hospital.decide(&first, "cancel", &json!({})).await.expect(200);
    let cancelled = app.store().leave(first.parse().unwrap()).await.unwrap().unwrap();
    let second = hospital.approved(&hospital.doctor.token, &day).await;
    app.drain().await;
    // Whatever comes late or again of the first one.
    for (leave, before) in [(&approved, None), (&cancelled, Some(&approved)), (&approved, None)] {
        app.store().leave_follow_in_days(hospital.doctor.id, leave, before).await.unwrap();
    }
    assert_eq!(hospital.slots("2026-03-10").await, 0);
    hospital.decide(&second, "cancel", &json!({})).await.expect(200);
    assert_eq!(hospital.slots("2026-03-10").await, 6);
}

#[tokio::test]
async fn a_spare_steps_in_for_a_receptionist_on_leave() {
    let hospital = hospital().await;
    let app = &hospital.app;
    let (rosa, token) = app.staff("Rosa Parks", Role::Receptionist).await;
    let (ruth, _) = app.staff("Ruth Davis", Role::Receptionist).await;
    let shift = |person: &Account, spare: bool| json!({ "user_id": person.id, "role": "receptionist", "shift": "day", "date": "2026-03-03", "spare": spare });
    for body in [shift(&rosa, false), shift(&ruth, true)] {
        app.post("/shifts", &body).bearer(&hospital.admin).send().await.expect(201);
    }
    let mut morning = annual("2026-03-03", "2026-03-03");
    morning["ends_at_noon"] = json!(true);
    hospital.approved(&token, &morning).await;
    app.drain().await;
    let on_duty = async |at: &str| {
        let path = format!("/on-duty?role=receptionist&at=2026-03-03T{at}:00Z");
        app.get(&path).bearer(&hospital.admin).send().await.expect(200).body["items"][0]["name"].clone()
    };
    assert_eq!((on_duty("08:00").await, on_duty("12:00").await), (json!("Ruth Davis"), json!("Rosa Parks")));
}
