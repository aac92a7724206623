//! Doctors: who adds them, and what their hours may be.

use serde_json::{Value, json};

use crate::support::App;

fn mary() -> Value {
    json!({
        "name": "Dr. Mary Seacole", "email": "mary@example.org", "specialization": "general practice",
        "consultation_fee": { "amount": "60.00", "currency": "GBP" }, "slot_minutes": 20,
        "weekly_hours": [{ "weekday": "monday", "from": "08:00", "to": "12:00" }, { "weekday": "friday", "from": "13:00", "to": "24:00" }]
    })
}

#[tokio::test]
async fn an_administrator_adds_a_doctor() {
    let app = App::new().await;
    let (_, administrator) = app.staff("Florence Nightingale", domain::role::Role::Administrator).await;
    let created = app.post("/doctors", &mary()).bearer(&administrator).send().await.expect(201);
    let path = created.headers["location"].to_str().unwrap().to_owned();
    let read = app.get(&path).bearer(&administrator).send().await.expect(200);
    assert_eq!(read.body, created.body);
    assert_eq!(read.body["weekly_hours"], mary()["weekly_hours"]);
    assert_eq!(read.body["time_zone"], "Europe/London");
    app.post("/doctors", &mary()).bearer(&administrator).send().await.refused(409, "email_taken");

    let ada = app.patient("Ada Byron").await;
    let (_, desk) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    app.post("/doctors", &mary()).bearer(&ada.token).send().await.refused(403, "forbidden");
    app.post("/doctors", &mary()).bearer(&desk).send().await.refused(403, "forbidden");
    app.post("/doctors", &mary()).send().await.refused(401, "unauthenticated");
    app.get("/doctors/doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR").bearer(&ada.token).send().await.refused(404, "not_found");
    app.get("/doctors/doc_1").bearer(&ada.token).send().await.refused(404, "not_found");
}

#[tokio::test]
async fn impossible_hours() {
    let app = App::new().await;
    let (_, administrator) = app.staff("Florence Nightingale", domain::role::Role::Administrator).await;
    let period = |from: &str, to: &str| json!({ "weekday": "monday", "from": from, "to": to });
    for (pointer, value, field, code) in [
        ("/slot_minutes", json!(7), "slot_minutes", "invalid_slot_length"),
        ("/slot_minutes", json!(0), "slot_minutes", "invalid_slot_length"),
        ("/slot_minutes", json!(-5), "slot_minutes", "invalid_type"),
        ("/slot_minutes", json!("20"), "slot_minutes", "invalid_type"),
        ("/weekly_hours", json!([period("08:12", "12:00")]), "weekly_hours[0]", "off_grid"),
        ("/weekly_hours", json!([period("12:00", "08:00")]), "weekly_hours[0]", "too_short"),
        ("/weekly_hours", json!([period("08:00", "12:00"), period("11:40", "13:00")]), "weekly_hours[1]", "overlaps"),
        ("/weekly_hours", json!([period("8:00", "12:00")]), "weekly_hours[0].from", "invalid_time"),
        ("/weekly_hours/0/weekday", json!("someday"), "weekly_hours[0].weekday", "invalid_weekday"),
        ("/weekly_hours/0", json!({ "weekday": "monday", "from": "08:00" }), "weekly_hours[0].to", "required"),
        ("/consultation_fee", json!({ "amount": "60.001", "currency": "GBP" }), "consultation_fee", "invalid_amount"),
        ("/consultation_fee", json!(60), "consultation_fee", "invalid_type"),
        ("/specialization", json!("<script>"), "specialization", "invalid_specialization"),
    ] {
        let mut body = mary();
        *body.pointer_mut(pointer).unwrap() = value;
        app.post("/doctors", &body).bearer(&administrator).send().await.invalid(&[(field, code)]);
    }
}
