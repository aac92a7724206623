//! Requests that cannot be read, or that ask for nothing that exists.

use domain::role::Role;
use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn bodies() {
    let app = App::new().await;
    let post = |body: &[u8]| app.call("POST", "/users").raw(body).header("content-type", "application/json").send();
    for malformed in [&b"{"[..], b"", b"{\"name\": }", b"{} {}", b"\xff\xfe", b"{\"name\": \"\xff\"}"] {
        post(malformed).await.refused(400, "malformed_json");
    }
    for (body, field) in
        [("[]", "body"), ("3", "body"), ("\"x\"", "body"), ("null", "body"), ("{\"name\": 3}", "name"), ("{\"name\": [\"Ada\"]}", "name")]
    {
        let answer = post(body.as_bytes()).await.invalid(&[(field, "invalid_type")]);
        assert!(!answer.text.contains("Ada"), "the answer must not repeat what was sent: {}", answer.text);
    }
    post(br#"{"name": "a", "name": "b"}"#).await.invalid(&[("name", "duplicate_field")]);
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(70_000));
    post(large.as_bytes()).await.refused(413, "body_too_large");
    post("[".repeat(50_000).as_bytes()).await.refused(400, "malformed_json");
    post(format!("{}{}", "{\"name\":".repeat(5_000), "}".repeat(5_000)).as_bytes()).await.expect(422);
    // An array is not an object, even with the right values in the order of the fields.
    post(br#"["Ada Byron", "ada@example.org"]"#).await.invalid(&[("body", "invalid_type")]);
    app.call("POST", "/users")
        .raw("name=Ada")
        .header("content-type", "application/x-www-form-urlencoded")
        .send()
        .await
        .refused(415, "unsupported_media_type");
    app.call("POST", "/users").raw("{}").send().await.refused(415, "unsupported_media_type");
    app.call("POST", "/users").raw("{}").header("content-type", "application/json; charset=utf-8").send().await.expect(422);
}

#[tokio::test]
async fn an_array_is_no_object_at_any_depth() {
    let app = App::new().await;
    let (ada, admin) = (app.patient("Ada Byron").await, app.staff("Florence Nightingale", Role::Administrator).await.1);
    let mine = app.get("/patients/me").bearer(&ada.token).send().await;
    let change = |body| app.call("PATCH", "/patients/me").bearer(&ada.token).header("if-match", mine.etag()).json(&body).send();
    change(json!({ "emergency_contact": ["B", "+442079460018"] })).await.invalid(&[("emergency_contact", "invalid_type")]);
    change(json!({ "emergency_contact": ["B", "+442079460018", null] })).await.invalid(&[("emergency_contact", "invalid_type")]);
    change(json!({ "income": ["10.00", "GBP"] })).await.invalid(&[("income", "invalid_type")]);
    change(json!({ "income": { "amount": "10.00", "currency": "GBP" } })).await.expect(200);
    let doctor = |hours| {
        json!({ "name": "Dr. No", "email": "no@example.org", "specialization": "cardiology", "slot_minutes": 30, "weekly_hours": hours,
            "consultation_fee": { "amount": "80.00", "currency": "GBP" } })
    };
    let add = |hours| app.post("/doctors", &doctor(hours)).bearer(&admin).send();
    add(json!([{ "weekday": "monday", "from": "09:00", "to": "12:00" }, ["monday", "13:00", "14:00"]]))
        .await
        .invalid(&[("weekly_hours[1]", "invalid_type")]);
    add(json!([{ "weekday": "monday", "from": "09:00", "to": "12:00" }])).await.expect(201);
}

#[tokio::test]
async fn addresses_and_methods() {
    let app = App::new().await;
    app.get("/nothing").send().await.refused(404, "no_such_route");
    app.get("/appointments/a/b/c").send().await.refused(404, "no_such_route");
    let answer = app.call("DELETE", "/appointments").send().await.refused(405, "method_not_allowed");
    assert_eq!(answer.headers["allow"], "GET,HEAD,POST");
    let ada = app.patient("Ada Byron").await;
    app.get("/appointments/%00").bearer(&ada.token).send().await.refused(404, "not_found");
    app.get("/appointments/%ff").bearer(&ada.token).send().await.refused(404, "not_found");
    app.get("/appointments?cursor=%ff").bearer(&ada.token).send().await.expect(400);
    app.get("/doctors?specialization=%00").bearer(&ada.token).send().await.invalid(&[("specialization", "invalid_characters")]);
}

#[tokio::test]
async fn injection_is_only_text() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let reason = "<script>alert(1)</script> ' OR 1=1 -- \u{1F480}";
    let body = json!({ "doctor_id": doctor.id, "starts_at": "2026-03-02T09:00:00Z", "reason": reason });
    let booked = app.post("/appointments", &body).bearer(&ada.token).send().await.expect(201);
    assert_eq!(booked.body["reason"], reason);
    // In an email, too, a name is only text.
    let eve = app.patient("Eve O'Bold").await;
    app.book(&eve, &doctor, "2026-03-02T09:30:00Z").await.expect(201);
    let mails = app.new_mails(&mut 0).await;
    let message = mails.iter().rfind(|mail| mail.to == eve.email).unwrap();
    assert!(message.html.contains("Eve O&#39;Bold"), "{}", message.html);
}
