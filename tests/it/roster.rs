//! The roster: shifts, seats that only one person can have, and who is on duty.

use std::{collections::BTreeSet, sync::Arc};

use domain::{account::Account, role::Role, shifts::ShiftTime, ward::Ward};
use local::services::mailbox::Refusal;
use serde_json::{Value, json};
use store::{StreamItem, keys::RosterOf, roster::StaffMonth};

use crate::support::{Answer, App, at_once, shared_database};

/// A hospital with an administrator, who is signed in, and a nurse.
struct Hospital {
    app: App,
    admin: String,
    nurse: Account,
    nurses_token: String,
}

async fn hospital() -> Hospital {
    in_zone("Europe/London").await
}

async fn in_zone(zone: &str) -> Hospital {
    let app = App::in_zone(zone).await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (nurse, nurses_token) = app.staff("Mary Seacole", Role::Nurse).await;
    Hospital { app, admin, nurse, nurses_token }
}

fn shift(person: &Account, role: Role, ward: Option<Ward>, time: ShiftTime, date: &str) -> Value {
    let mut body = json!({ "user_id": person.id, "role": role, "shift": time, "date": date });
    if let Some(ward) = ward {
        body["ward"] = json!(ward);
    }
    body
}

fn repeating(mut body: Value, weekdays: &[&str], until: &str) -> Value {
    body["repeat"] = json!({ "weekdays": weekdays, "until": until });
    body
}

impl Hospital {
    async fn enter(&self, body: &Value) -> Answer {
        self.app.post("/shifts", body).bearer(&self.admin).send().await
    }

    fn on_icu(&self, date: &str) -> Value {
        shift(&self.nurse, Role::Nurse, Some(Ward::Icu), ShiftTime::Day, date)
    }

    /// The names of those on duty.
    async fn on_duty(&self, query: &str) -> Vec<String> {
        let answer = self.app.get(&format!("/on-duty?{query}")).bearer(&self.nurses_token).send().await.expect(200);
        answer.body["items"].as_array().unwrap().iter().map(|duty| duty["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The days on the roster.
    async fn days(&self, query: &str) -> Vec<String> {
        let answer = self.app.get(&format!("/shifts?{query}")).bearer(&self.nurses_token).send().await.expect(200);
        answer.body["items"].as_array().unwrap().iter().map(|duty| duty["date"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_change_of_the_roster_is_one_email_and_shows_everywhere() {
    let hospital = hospital().await;
    let (app, mut seen) = (&hospital.app, 0);
    app.new_mails(&mut seen).await;
    let body = repeating(hospital.on_icu("2026-03-02"), &["monday", "wednesday"], "2026-04-30");
    let entered = hospital.enter(&body).await.expect(201);
    assert_eq!(entered.body["days"].as_array().unwrap().len(), 18);
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["mary-seacole@example.org"]);
    assert_eq!(mails[0].subject, "You have 18 new shifts");
    for said in ["every Monday and Wednesday, from Monday 2 March 2026 to Wednesday 29 April 2026", "day, 08:00 to 16:00", "nurse", "ICU"] {
        assert!(mails[0].text.contains(said), "{}", mails[0].text);
    }

    let week = ["2026-03-02", "2026-03-04"];
    assert_eq!(hospital.days("").await, week);
    assert_eq!(hospital.days("ward=icu&from=2026-03-02&to=2026-03-08").await, week);
    assert_eq!(hospital.days("role=nurse&ward=icu").await, week);
    assert_eq!(hospital.days("role=nurse").await, week);
    assert!(hospital.days("role=doctor&ward=icu").await.is_empty() && hospital.days("ward=burns").await.is_empty());
    assert_eq!(hospital.on_duty("role=nurse&ward=icu").await, ["Mary Seacole"]);
    assert_eq!(hospital.on_duty("at=2026-04-29T15:59:59%2B01:00").await, ["Mary Seacole"]);
    assert!(hospital.on_duty("at=2026-04-29T16:00:00%2B01:00").await.is_empty());
    assert!(hospital.on_duty("role=doctor").await.is_empty() && hospital.on_duty("ward=burns").await.is_empty());

    // One day, then all that are left.
    let cancel = format!("/shifts/{}/cancel", entered.id());
    let one = json!({ "from": "2026-03-04", "to": "2026-03-04" });
    let left = app.post(&cancel, &one).bearer(&hospital.admin).header("if-match", entered.etag()).send().await.expect(200);
    assert_eq!(left.body["days"].as_array().unwrap().len(), 17);
    assert_eq!(app.post(&cancel, &one).bearer(&hospital.admin).header("if-match", entered.etag()).send().await.status, 412);
    app.post(&cancel, &one).bearer(&hospital.admin).send().await.refused(409, "nothing_to_cancel");
    let mails = app.new_mails(&mut seen).await;
    assert_eq!((mails.len(), mails[0].subject.as_str()), (1, "A shift of yours is cancelled"));
    assert!(mails[0].text.contains("Wednesday 4 March 2026"), "{}", mails[0].text);
    assert_eq!((hospital.days("").await, hospital.days("ward=icu").await), (vec!["2026-03-02".to_owned()], vec!["2026-03-02".to_owned()]));
    app.post(&cancel, &json!({})).bearer(&hospital.admin).send().await.expect(200);
    let mails = app.new_mails(&mut seen).await;
    assert_eq!((mails.len(), mails[0].subject.as_str()), (1, "17 shifts of yours are cancelled"));
    assert!(hospital.on_duty("").await.is_empty() && hospital.days("").await.is_empty());
    // The time is free again.
    hospital.enter(&body).await.expect(201);
}

#[tokio::test]
async fn nobody_works_twice_at_a_time_and_the_conflict_is_named() {
    let hospital = hospital().await;
    let first = hospital.enter(&hospital.on_icu("2026-03-27")).await.expect(201).id();
    let burns = |date| shift(&hospital.nurse, Role::Nurse, Some(Ward::Burns), ShiftTime::Day, date);
    // The last of these days is taken, so none is entered.
    let body = repeating(burns("2026-03-20"), &["friday"], "2026-03-27");
    let refused = hospital.enter(&body).await.refused(409, "works_already");
    let named = json!([refused.body["shift_id"], refused.body["date"], refused.body["shift"], refused.body["role"], refused.body["ward"]]);
    assert_eq!(named, json!([first, "2026-03-27", "day", "nurse", "icu"]));
    assert!(hospital.days("from=2026-03-20&to=2026-03-26").await.is_empty());
    // The shifts of a day follow each other, also over midnight.
    for (time, date) in [(ShiftTime::Night, "2026-03-27"), (ShiftTime::Evening, "2026-03-27"), (ShiftTime::Night, "2026-03-28")] {
        hospital.enter(&shift(&hospital.nurse, Role::Nurse, Some(Ward::Burns), time, date)).await.expect(201);
    }
    let night = shift(&hospital.nurse, Role::Nurse, Some(Ward::Icu), ShiftTime::Night, "2026-03-28");
    assert_eq!(hospital.enter(&night).await.refused(409, "works_already").body["ward"], "burns");
}

#[tokio::test]
async fn a_shift_has_one_receptionist_and_spares_who_step_in() {
    let hospital = hospital().await;
    let app = &hospital.app;
    let (rosa, _) = app.staff("Rosa Parks", Role::Receptionist).await;
    let (ruth, _) = app.staff("Ruth Davis", Role::Receptionist).await;
    let desk = |person: &Account| shift(person, Role::Receptionist, None, ShiftTime::Day, "2026-03-02");
    hospital.enter(&desk(&rosa)).await.expect(201);
    let refused = hospital.enter(&desk(&ruth)).await.refused(409, "seat_taken");
    assert_eq!(refused.body["user_id"], json!(rosa.id));
    assert!(refused.body["detail"].as_str().unwrap().contains("Rosa Parks"), "{}", refused.text);
    let mut spare = desk(&ruth);
    spare["spare"] = json!(true);
    hospital.enter(&spare).await.expect(201);
    app.drain().await;
    assert_eq!(hospital.on_duty("role=receptionist").await, ["Rosa Parks"]);
    // A suspended account is not on duty, and a change of name shows.
    app.call("POST", &format!("/users/{}/suspend", rosa.id)).bearer(&hospital.admin).send().await.expect(200);
    app.call("PATCH", &format!("/users/{}", ruth.id))
        .json(&json!({ "name": "Ruth Frankland" }))
        .bearer(&hospital.admin)
        .send()
        .await
        .expect(200);
    app.drain().await;
    assert_eq!(hospital.on_duty("role=receptionist").await, ["Ruth Frankland"]);
    app.call("POST", &format!("/users/{}/reinstate", rosa.id)).bearer(&hospital.admin).send().await.expect(200);
    app.drain().await;
    assert_eq!(hospital.on_duty("role=receptionist").await, ["Rosa Parks"]);
}

#[tokio::test]
async fn an_email_that_goes_out_again_brings_no_role_back() {
    let hospital = hospital().await;
    let app = &hospital.app;
    hospital.enter(&hospital.on_icu("2026-03-02")).await.expect(201);
    app.drain().await;
    app.services.mailbox.refuse_next(Refusal::Rejected);
    let rename = json!({ "name": "Mary Grant" });
    app.call("PATCH", &format!("/users/{}", hospital.nurse.id)).json(&rename).bearer(&hospital.admin).send().await.expect(200);
    app.drain().await;
    let watcher = app.doctor("Dr. Helen Taussig").await;
    app.call("POST", &format!("/users/{}/suspend", hospital.nurse.id)).bearer(&hospital.admin).send().await.expect(200);
    app.drain().await;
    let refused = app.get("/emails").bearer(&hospital.admin).send().await.expect(200).body["items"][0]["id"].clone();
    app.call("POST", &format!("/emails/{}/resend", refused.as_str().unwrap())).bearer(&hospital.admin).send().await.expect(202);
    app.drain().await;
    let on_duty = app.get("/on-duty?ward=icu").bearer(&watcher.token).send().await.expect(200);
    assert_eq!(on_duty.body["items"], json!([]));
}

#[tokio::test]
async fn refused_shifts() {
    let hospital = hospital().await;
    let app = &hospital.app;
    let refused = async |change: Value, expected: &[(&str, &str)]| {
        let mut body = hospital.on_icu("2026-03-03");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        hospital.enter(&body).await.invalid(expected);
    };
    hospital.enter(&json!({})).await.invalid(&[("user_id", "required"), ("role", "required"), ("shift", "required"), ("date", "required")]);
    refused(json!({ "date": "2026-03-01" }), &[("date", "in_the_past")]).await;
    refused(json!({ "date": "2026-03-02", "shift": "night" }), &[("date", "in_the_past")]).await;
    refused(json!({ "date": "2027-03-05" }), &[("date", "too_far_ahead")]).await;
    refused(json!({ "date": "2026-02-30" }), &[("date", "invalid_date")]).await;
    refused(json!({ "ward": "ICU" }), &[("ward", "invalid_ward")]).await;
    refused(json!({ "role": "patient" }), &[("role", "invalid_role")]).await;
    refused(json!({ "role": "receptionist" }), &[("ward", "not_for_role")]).await;
    refused(json!({ "shift": "morning" }), &[("shift", "invalid_shift")]).await;
    refused(json!({ "spare": true }), &[("spare", "not_for_role")]).await;
    refused(json!({ "role": "doctor" }), &[("user_id", "not_in_role")]).await;
    refused(json!({ "user_id": "usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR" }), &[("user_id", "unknown")]).await;
    refused(json!({ "user_id": "x" }), &[("user_id", "invalid_id")]).await;
    let repeat = |weekdays: &[&str], until: &str| json!({ "repeat": { "weekdays": weekdays, "until": until } });
    refused(repeat(&["monday"], "2026-03-02"), &[("repeat.until", "before_from")]).await;
    refused(repeat(&["monday"], "2026-03-04"), &[("repeat.until", "no_day")]).await;
    refused(repeat(&["monday"], "2053-07-19"), &[("repeat.until", "too_many")]).await;
    refused(repeat(&["funday"], "2026-03-10"), &[("repeat.weekdays", "invalid_weekday")]).await;
    refused(repeat(&[], "2026-03-10"), &[("repeat.weekdays", "required")]).await;
    refused(json!({ "repeat": {} }), &[("repeat.weekdays", "required"), ("repeat.until", "required")]).await;
    let every_day = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let year = repeating(hospital.on_icu("2026-03-03"), &every_day, "2027-03-03");
    assert_eq!(hospital.enter(&year).await.expect(201).body["days"].as_array().unwrap().len(), 366);
    // Nobody who waits for approval, and only administrators enter.
    let (waits, _) = app.waiting("Edith Cavell", Role::Nurse).await;
    hospital.enter(&shift(&waits, Role::Nurse, Some(Ward::Icu), ShiftTime::Day, "2026-03-03")).await.invalid(&[("user_id", "not_in_role")]);
    app.post("/shifts", &hospital.on_icu("2026-03-03")).bearer(&hospital.nurses_token).send().await.refused(403, "forbidden");
    let list = async |query: &str, expected: &[(&str, &str)]| {
        app.get(&format!("/shifts?{query}")).bearer(&hospital.nurses_token).send().await.invalid(expected);
    };
    list("user_id=usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR&ward=icu", &[("user_id", "one_of")]).await;
    list("from=2026-03-02&to=2026-03-01", &[("to", "before_from")]).await;
    list("from=2026-03-02&to=2026-05-01", &[("to", "range_too_long")]).await;
    app.get("/on-duty?ward=x&role=x&at=x").bearer(&hospital.nurses_token).send().await.invalid(&[
        ("ward", "invalid_ward"),
        ("role", "invalid_role"),
        ("at", "invalid_instant"),
    ]);
    for (at, code) in [("1627-09-01T00:00:00Z", "too_long_ago"), ("2027-04-07T00:00:00Z", "too_far_ahead")] {
        app.get(&format!("/on-duty?at={at}")).bearer(&hospital.nurses_token).send().await.invalid(&[("at", code)]);
    }
}

#[tokio::test]
async fn shifts_are_as_long_as_the_clocks_make_them() {
    for (zone, date, starts_at, ends_at) in [
        ("Europe/London", "2026-03-29", "2026-03-29T00:00:00+00:00", "2026-03-29T08:00:00+01:00"),
        ("America/New_York", "2026-11-01", "2026-11-01T00:00:00-04:00", "2026-11-01T08:00:00-05:00"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-04T00:00:00+10:30", "2026-10-04T08:00:00+11:00"),
    ] {
        let hospital = in_zone(zone).await;
        hospital.enter(&shift(&hospital.nurse, Role::Nurse, Some(Ward::Icu), ShiftTime::Night, date)).await.expect(201);
        hospital.app.drain().await;
        let encoded = |at: &str| format!("at={}", at.replace('+', "%2B"));
        let list = format!("/on-duty?{}", encoded(starts_at));
        let duty = hospital.app.get(&list).bearer(&hospital.nurses_token).send().await.expect(200).body["items"][0].clone();
        assert_eq!((&duty["starts_at"], &duty["ends_at"]), (&json!(starts_at), &json!(ends_at)));
        assert!(hospital.on_duty(&encoded(ends_at)).await.is_empty());
    }
}

#[tokio::test]
async fn the_roster_comes_in_pages() {
    let hospital = hospital().await;
    let app = &hospital.app;
    for number in 0..5 {
        let (nurse, _) = app.staff(&format!("Nurse {number}"), Role::Nurse).await;
        let body = shift(&nurse, Role::Nurse, Some(Ward::Icu), ShiftTime::ALL[number % 3], "2026-03-03");
        hospital.enter(&repeating(body, &["tuesday", "thursday"], "2026-03-31")).await.expect(201);
    }
    app.drain().await;
    for query in ["ward=icu", "role=nurse"] {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/shifts?{query}&from=2026-03-02&to=2026-03-31&limit=7{cursor}");
            let page = app.get(&path).bearer(&hospital.nurses_token).send().await.expect(200).body;
            all.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|duty| (duty["date"].to_string(), duty["starts_at"].to_string(), duty["user_id"].to_string())),
            );
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(all.len(), 45);
        assert!(all.is_sorted() && all.iter().collect::<BTreeSet<_>>().len() == 45, "{all:?}");
    }
}

/// A person's month as the stream has it.
fn month(app: &App) -> StaffMonth {
    let request = serde_json::from_value(json!({ "TableName": app.table })).unwrap();
    let answer = serde_json::to_value(shared_database().0.scan(request).unwrap()).unwrap();
    let item = answer["Items"].as_array().unwrap().iter().find(|item| item["kind"]["S"] == "staff_month").unwrap().clone();
    StaffMonth::from_stream(serde_json::from_value::<StreamItem>(item).unwrap()).unwrap()
}

#[tokio::test]
async fn a_record_that_comes_twice_or_late_changes_nothing() {
    let hospital = hospital().await;
    let app = &hospital.app;
    let entered = hospital.enter(&hospital.on_icu("2026-03-02")).await.expect(201).id();
    let first = month(app);
    app.post(&format!("/shifts/{entered}/cancel"), &json!({})).bearer(&hospital.admin).send().await.expect(200);
    let second = month(app);
    for (before, after) in [(None, &first), (Some(&first), &second), (Some(&first), &second), (None, &first)] {
        app.store().roster_follow(before, after).await.unwrap();
    }
    assert!(hospital.on_duty("ward=icu").await.is_empty());
    let span = (jiff::civil::date(2026, 3, 2), jiff::civil::date(2026, 3, 2));
    assert!(app.store().duties(RosterOf::Role(Role::Nurse), None, span, None, 10).await.unwrap().is_empty());
}

fn won(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 201).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_want_the_same_seats() {
    let hospital = hospital().await;
    let app = Arc::new(hospital.app);
    let (mut desk, mut accounts, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..20 {
        let (receptionist, _) = app.staff(&format!("Receptionist {number}"), Role::Receptionist).await;
        let (accountant, _) = app.staff(&format!("Accountant {number}"), Role::Accountant).await;
        let request = |body| ("/shifts".to_owned(), body, hospital.admin.clone());
        desk.push(request(repeating(
            shift(&receptionist, Role::Receptionist, None, ShiftTime::Day, "2026-03-03"),
            &["tuesday"],
            "2026-04-30",
        )));
        accounts.push(request(shift(&accountant, Role::Accountant, Some(Ward::Icu), ShiftTime::ALL[number % 3], "2026-03-03")));
        same.push(request(shift(&hospital.nurse, Role::Nurse, Some(Ward::ALL[number]), ShiftTime::Day, "2026-03-03")));
    }
    for (requests, winners, code) in [(desk, 1, "seat_taken"), (accounts, 3, "seat_taken"), (same, 1, "works_already")] {
        let answers = at_once(&app, requests).await;
        assert_eq!(won(&answers), winners);
        for lost in answers.into_iter().filter(|answer| answer.status != 201) {
            lost.refused(409, code);
        }
    }
    app.drain().await;
    let on_duty =
        async |role| app.store().on_duty(Some(role), None, "2026-03-03T09:00:00Z".parse().unwrap(), &app.config.hospital.zone).await;
    assert_eq!((on_duty(Role::Receptionist).await.unwrap().len(), on_duty(Role::Accountant).await.unwrap().len()), (1, 1));
    assert_eq!(on_duty(Role::Nurse).await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_is_on_duty_costs_the_same_however_long_the_roster_is() {
    let hospital = hospital().await;
    let app = &hospital.app;
    hospital.enter(&hospital.on_icu("2026-03-02")).await.expect(201);
    app.drain().await;
    let spent = async || {
        let before = app.store().meter().read();
        assert_eq!(hospital.on_duty("ward=icu").await, ["Mary Seacole"]);
        (app.store().meter().read() - before).read
    };
    let few = spent().await;
    for number in 0..3 {
        let (nurse, _) = app.staff(&format!("Nurse {number}"), Role::Nurse).await;
        let body = shift(&nurse, Role::Nurse, Some(Ward::Icu), ShiftTime::ALL[number % 3], "2026-03-03");
        hospital.enter(&repeating(body, &["monday", "tuesday", "wednesday", "thursday", "friday"], "2026-06-30")).await.expect(201);
    }
    app.drain().await;
    assert_eq!((few, spent().await), (1.0, 1.0));
}
