//! Lists: their order, pages and cursors, and who may read them.

use domain::role::Role;
use serde_json::json;

use crate::support::{Answer, App, booking};

fn starts(answer: &Answer) -> Vec<String> {
    let items = answer.body["items"].as_array().unwrap();
    items.iter().map(|item| item["starts_at"].as_str().unwrap()[5..16].to_owned()).collect()
}

#[tokio::test]
async fn upcoming_and_past_by_patient_and_by_doctor() {
    let app = App::new().await;
    let (ada, alan) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await);
    let (helen, mary) = (app.doctor("Dr. Helen Taussig").await, app.doctor_with("Dr. Mary Seacole", "general practice", 20).await);
    app.book(&ada, &helen, "2026-03-04T09:00:00Z").await.expect(201);
    app.book(&ada, &mary, "2026-03-02T10:00:00Z").await.expect(201);
    app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201);
    let off = app.book(&ada, &helen, "2026-03-03T09:00:00Z").await.expect(201).id();
    app.book(&alan, &helen, "2026-03-02T09:30:00Z").await.expect(201);
    app.post(&format!("/appointments/{off}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    app.drain().await;
    let list = |query: &str, token: &str| app.get(&format!("/appointments{query}")).bearer(token).send();

    assert_eq!(starts(&list("", &ada.token).await.expect(200)), ["03-02T09:00", "03-02T10:00", "03-04T09:00"]);
    assert_eq!(starts(&list("?when=upcoming", &helen.token).await.expect(200)), ["03-02T09:00", "03-02T09:30", "03-04T09:00"]);
    assert_eq!(starts(&list("?when=past", &ada.token).await.expect(200)), ["03-03T09:00"], "a cancelled appointment is in the past list");
    assert!(starts(&list("?when=past", &helen.token).await.expect(200)).is_empty());

    app.set_clock("2026-03-02T09:40:00Z");
    let (ada_token, helen_token) = (app.fresh(&ada).await, app.fresh_doctor(&helen).await);
    assert_eq!(starts(&list("", &ada_token).await), ["03-02T10:00", "03-04T09:00"]);
    assert_eq!(starts(&list("?when=past", &ada_token).await), ["03-03T09:00", "03-02T09:00"]);
    assert_eq!(starts(&list("", &helen_token).await), ["03-02T09:30", "03-04T09:00"], "the appointment that is going on is not over");
    assert_eq!(starts(&list("?when=past", &helen_token).await), ["03-02T09:00"]);

    app.set_clock("2026-03-10T00:00:00Z");
    let (ada_token, helen_token) = (app.fresh(&ada).await, app.fresh_doctor(&helen).await);
    assert_eq!(starts(&list("?when=past", &ada_token).await), ["03-04T09:00", "03-03T09:00", "03-02T10:00", "03-02T09:00"]);
    let past = list("?when=past", &helen_token).await;
    assert_eq!(starts(&past), ["03-04T09:00", "03-02T09:30", "03-02T09:00"], "a doctor's list has no cancelled appointments");
    assert_eq!(past.body["items"][0]["reason"], "Palpitations since Monday");
}

#[tokio::test]
async fn the_front_desk_names_whose() {
    let app = App::new().await;
    let (ada, helen) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let alan = app.patient("Alan Mathison").await;
    let (_, desk) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    let (_, nurse) = app.staff("Mary Mahoney", domain::role::Role::Nurse).await;
    app.book(&ada, &helen, "2026-03-04T09:00:00Z").await.expect(201);
    app.drain().await;
    let list = |query: String, token: &str| app.get(&format!("/appointments?{query}")).bearer(token).send();
    assert_eq!(starts(&list(format!("patient_id={}", ada.id), &desk).await.expect(200)), ["03-04T09:00"]);
    assert_eq!(starts(&list(format!("doctor_id={}", helen.id), &desk).await.expect(200)), ["03-04T09:00"]);
    list(String::new(), &desk).await.invalid(&[("patient_id", "required")]);
    list(format!("patient_id={}&doctor_id={}", ada.id, helen.id), &desk).await.invalid(&[("doctor_id", "one_of")]);
    list(format!("patient_id={}", ada.id), &alan.token).await.refused(403, "forbidden");
    list(format!("doctor_id={}", helen.id), &alan.token).await.refused(403, "forbidden");
    list(String::new(), &nurse).await.refused(403, "forbidden");
    list("when=someday&patient_id=x".to_owned(), &desk).await.invalid(&[("when", "invalid_when"), ("patient_id", "invalid_id")]);
    list("order=asc".to_owned(), &desk).await.invalid(&[("order", "unknown_field")]);
    list("when=past&when=upcoming".to_owned(), &desk).await.invalid(&[("when", "duplicate_field")]);
}

#[tokio::test]
async fn pages_cover_the_list_exactly() {
    let app = App::new().await;
    let (ada, helen) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let mut expected = Vec::new();
    for day in ["03", "04", "05"] {
        for time in ["09:00", "09:30", "11:00"] {
            app.book(&ada, &helen, &format!("2026-03-{day}T{time}:00Z")).await.expect(201);
            expected.push(format!("03-{day}T{time}"));
        }
    }
    app.drain().await;
    for (token, when, expected) in [
        (&ada.token, "upcoming", expected.clone()),
        (&helen.token, "upcoming", expected.clone()),
        (&ada.token, "past", expected.iter().rev().cloned().collect()),
        (&helen.token, "past", expected.iter().rev().cloned().collect()),
    ] {
        let mut token = token.clone();
        if when == "past" {
            app.set_clock("2026-03-10T00:00:00Z");
            token = if token == ada.token { app.fresh(&ada).await } else { app.fresh_doctor(&helen).await };
        }
        for limit in [1, 2, 4, 9, 100] {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = app.get(&format!("/appointments?when={when}&limit={limit}{cursor}")).bearer(&token).send().await.expect(200);
                assert!(page.body["items"].as_array().unwrap().len() <= limit);
                found.extend(starts(&page));
                match page.body["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(found, expected, "{when} by {limit}");
        }
    }
}

#[tokio::test]
async fn a_slot_that_was_booked_again_is_listed_once_for_each() {
    let app = App::new().await;
    let (ada, helen) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let mut appointments = Vec::new();
    for _ in 0..3 {
        let appointment = app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201).id();
        app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
        appointments.push(appointment);
    }
    let kept = app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201).id();
    app.call("POST", &format!("/appointments/{kept}/arrive")).bearer(&helen.token).send().await.expect(200);
    app.call("POST", &format!("/appointments/{kept}/complete")).bearer(&helen.token).send().await.expect(200);
    app.drain().await;
    appointments.push(kept.clone());
    appointments.sort();
    for (token, expected) in [(&ada.token, appointments), (&helen.token, vec![kept])] {
        for limit in 1..=5 {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = app.get(&format!("/appointments?when=past&limit={limit}{cursor}")).bearer(token).send().await.expect(200);
                found.extend(page.body["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                match page.body["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            found.sort();
            assert_eq!(found, expected, "by {limit}, also completed before its time");
        }
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let app = App::new().await;
    let (ada, alan, helen) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await, app.doctor("Dr. Helen Taussig").await);
    app.book(&ada, &helen, "2026-03-03T09:00:00Z").await.expect(201);
    app.book(&ada, &helen, "2026-03-03T09:30:00Z").await.expect(201);
    let page = app.get("/appointments?limit=1").bearer(&ada.token).send().await.expect(200);
    let cursor = page.body["next_cursor"].as_str().unwrap();
    let other = if cursor.starts_with('x') { 'y' } else { 'x' };
    for (path, token) in [
        (format!("/appointments?cursor={cursor}"), &alan.token),
        (format!("/appointments?cursor={cursor}"), &helen.token),
        (format!("/appointments?when=past&cursor={cursor}"), &ada.token),
        (format!("/doctors?cursor={cursor}"), &ada.token),
        (format!("/appointments?cursor={other}{}", &cursor[1..]), &ada.token),
        ("/appointments?cursor=".to_owned(), &ada.token),
    ] {
        app.get(&path).bearer(token).send().await.refused(400, "invalid_cursor");
    }
    // A list of one page has no cursors.
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    app.get(&format!("/users?email=ada@example.org&cursor={cursor}")).bearer(&administrator).send().await.refused(400, "invalid_cursor");
    for bad in ["0", "101", "x", "-1", ""] {
        app.get(&format!("/appointments?limit={bad}")).bearer(&ada.token).send().await.invalid(&[("limit", "invalid_limit")]);
    }
}

#[tokio::test]
async fn the_directory() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    for (name, specialization) in
        [("Dr. Zoe", "cardiology"), ("Dr. Adam", "cardiology"), ("Dr. Eve", "cardio surgery"), ("Dr. Bob", "urology")]
    {
        app.doctor_with(name, specialization, 30).await;
    }
    let list = |query: &str| app.get(&format!("/doctors{query}")).bearer(&ada.token).send();
    let names = |answer: Answer| -> Vec<String> {
        answer.expect(200).body["items"].as_array().unwrap().iter().map(|doctor| doctor["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(list("").await), ["Dr. Eve", "Dr. Adam", "Dr. Zoe", "Dr. Bob"]);
    assert_eq!(names(list("?specialization=Cardiology").await), ["Dr. Adam", "Dr. Zoe"]);
    assert!(names(list("?specialization=dermatology").await).is_empty());
    let first = list("?limit=3").await.expect(200);
    let next = first.body["next_cursor"].as_str().unwrap();
    assert_eq!(names(list(&format!("?limit=3&cursor={next}")).await), ["Dr. Bob"]);
    list(&format!("?specialization=cardiology&cursor={next}")).await.refused(400, "invalid_cursor");
    list("?specialization=").await.invalid(&[("specialization", "required")]);
    app.get("/doctors").send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_free_slot_can_be_booked_and_a_booked_one_is_not_free() {
    let app = App::new().await;
    let (ada, helen) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let free = |query: &str| app.get(&format!("/doctors/{}/slots{query}", helen.id)).bearer(&ada.token).send();
    let before = starts(&free("?from=2026-03-02&to=2026-03-02").await.expect(200));
    assert_eq!(before, ["03-02T09:00", "03-02T09:30", "03-02T10:00", "03-02T10:30", "03-02T11:00", "03-02T11:30"]);
    app.post("/appointments", &booking(&helen, "2026-03-02T10:00:00Z")).bearer(&ada.token).send().await.expect(201);
    app.set_clock("2026-03-02T09:00:00Z");
    let token = app.fresh(&ada).await;
    let after = app.get(&format!("/doctors/{}/slots?from=2026-03-01&to=2026-03-02", helen.id)).bearer(&token).send().await.expect(200);
    assert_eq!(starts(&after), ["03-02T09:30", "03-02T10:30", "03-02T11:00", "03-02T11:30"]);
    let week = app.get(&format!("/doctors/{}/slots", helen.id)).bearer(&token).send().await.expect(200);
    assert_eq!((week.body["from"].as_str(), week.body["to"].as_str()), (Some("2026-03-02"), Some("2026-03-08")));
    for (query, field, code) in [
        ("?from=2026-03-02&to=2026-03-01", "to", "before_from"),
        ("?from=2026-03-02&to=2026-04-02", "to", "range_too_long"),
        ("?from=2026-02-30", "from", "invalid_date"),
        ("?day=2026-03-02", "day", "unknown_field"),
        ("?from=10000-01-01", "from", "invalid_date"),
    ] {
        app.get(&format!("/doctors/{}/slots{query}", helen.id)).bearer(&token).send().await.invalid(&[(field, code)]);
    }
    for nothing in ["?from=9999-12-31", "?from=9999-12-25", "?from=0001-01-01", "?from=-001-01-01", "?from=2020-01-01", "?from=2026-12-24"]
    {
        let answer = app.get(&format!("/doctors/{}/slots{nothing}", helen.id)).bearer(&token).send().await;
        assert!(answer.status.as_u16() == 422 || answer.expect(200).body["items"].as_array().unwrap().is_empty());
    }
    app.get("/doctors/doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR/slots").bearer(&token).send().await.refused(404, "not_found");
}
