//! What each operation costs, in the units that DynamoDB says it consumed, indexes included. Keep the table in infra/README.md
//! the same.

use domain::role::Role;
use local::services::mailbox::Refusal;
use serde_json::json;
use store::Units;

use crate::support::{App, booking};

/// What a request consumed.
async fn spent(app: &App, work: impl Future<Output = ()>) -> (f64, f64) {
    let before = app.store().meter().read();
    work.await;
    let Units { read, write } = app.store().meter().read() - before;
    (read, write)
}

#[tokio::test]
async fn budgets() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));

    let long_reason = "Palpitations since Monday, mostly in the evening, with some dizziness. ".repeat(4);
    let body = json!({ "doctor_id": doctor.id, "starts_at": "2026-03-03T09:00:00Z", "reason": long_reason.trim() });
    let mut appointment = String::new();
    line(
        "book",
        spent(&app, async { appointment = app.post("/appointments", &body).bearer(&ada.token).send().await.expect(201).id() }).await,
    );
    let path = format!("/appointments/{appointment}");
    line("read an appointment", spent(&app, async { drop(app.get(&path).bearer(&ada.token).send().await.expect(200)) }).await);
    let to = |starts_at: &str| json!({ "starts_at": starts_at });
    let same_day = app.post(&format!("{path}/reschedule"), &to("2026-03-03T09:30:00Z")).bearer(&ada.token);
    line("move within a day", spent(&app, async { drop(same_day.send().await.expect(200)) }).await);
    let other_day = app.post(&format!("{path}/reschedule"), &to("2026-03-04T09:30:00Z")).bearer(&ada.token);
    line("move to another day", spent(&app, async { drop(other_day.send().await.expect(200)) }).await);
    line(
        "cancel",
        spent(&app, async { drop(app.post(&format!("{path}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200)) }).await,
    );

    let second = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let arrive = app.call("POST", &format!("/appointments/{second}/arrive")).bearer(&doctor.token);
    line("arrive", spent(&app, async { drop(arrive.send().await.expect(200)) }).await);

    // Full pages: 20 appointments of one patient, and of one doctor. The front desk books them, because it has no limit.
    for day in 9..=27 {
        let at = format!("2026-03-{day:02}T09:00:00Z");
        if app.book_for(&desk, &ada, &doctor, &at).await.status.is_success() {
            app.book_for(&desk, &ada, &doctor, &format!("2026-03-{day:02}T10:00:00Z")).await.expect(201);
        }
    }
    let mut items = 0;
    line(
        "list a patient's appointments",
        spent(&app, async {
            items = app.get("/appointments").bearer(&ada.token).send().await.expect(200).body["items"].as_array().unwrap().len();
        })
        .await,
    );
    assert_eq!(items, 20);
    line(
        "list a doctor's appointments",
        spent(&app, async { drop(app.get("/appointments").bearer(&doctor.token).send().await.expect(200)) }).await,
    );
    let of_patient = app.get(&format!("/patients/{}", ada.id)).bearer(&doctor.token);
    line("read a patient whom one treats", spent(&app, async { drop(of_patient.send().await.expect(200)) }).await);
    let slots = app.get(&format!("/doctors/{}/slots", doctor.id)).bearer(&ada.token);
    line("free slots of a week", spent(&app, async { drop(slots.send().await.expect(200)) }).await);

    for number in 0..25 {
        app.doctor_with(&format!("Dr. Number{number}"), "urology", 30).await;
    }
    line("list doctors", spent(&app, async { drop(app.get("/doctors").bearer(&ada.token).send().await.expect(200)) }).await);
    line(
        "read a doctor",
        spent(&app, async { drop(app.get(&format!("/doctors/{}", doctor.id)).bearer(&ada.token).send().await.expect(200)) }).await,
    );
    line("read a profile", spent(&app, async { drop(app.get("/patients/me").bearer(&ada.token).send().await.expect(200)) }).await);

    let register = json!({
        "name": "Lin Chen", "email": "lin@example.org", "password": "correct horse battery", "date_of_birth": "1990-12-10",
        "gender": "female", "phone": "+442079460018", "address": "x", "emergency_contact": { "name": "B", "phone": "+442079460019" }
    });
    line("register", spent(&app, async { drop(app.post("/users", &register).send().await.expect(202)) }).await);
    let credentials = json!({ "email": "lin@example.org", "password": "correct horse battery" });
    let mut pair = json!({});
    line("sign in", spent(&app, async { pair = app.post("/auth/token", &credentials).send().await.expect(200).body }).await);
    line(
        "sign in again from there",
        spent(&app, async { pair = app.post("/auth/token", &credentials).send().await.expect(200).body }).await,
    );
    let refresh = json!({ "refresh_token": pair["refresh_token"] });
    line("refresh", spent(&app, async { drop(app.post("/auth/refresh", &refresh).send().await.expect(200)) }).await);

    // Account and sign-in are looked up once, although the idempotency key needs the caller, too.
    let keyed = app
        .post("/appointments", &booking(&doctor, "2026-03-06T09:00:00Z"))
        .bearer(&app.patient("Alan Mathison").await.token)
        .header("idempotency-key", "k");
    line("book with a key", spent(&app, async { drop(keyed.send().await.expect(201)) }).await);

    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    for _ in 0..21 {
        app.services.mailbox.refuse_next(Refusal::Rejected);
    }
    app.drain().await;
    let mut refused = json!({});
    line(
        "list refused emails",
        spent(&app, async { refused = app.get("/emails").bearer(&administrator).send().await.expect(200).body }).await,
    );
    assert_eq!(refused["items"].as_array().unwrap().len(), 20);
    let again = format!("/emails/{}/resend", refused["items"][0]["id"].as_str().unwrap());
    let again = app.call("POST", &again).bearer(&administrator);
    line("ask for an email again", spent(&app, async { drop(again.send().await.expect(202)) }).await);

    insta::assert_snapshot!(lines.join("\n"), @r"
    book: 5 read, 7 write
    read an appointment: 1 read, 3 write
    move within a day: 5 read, 9 write
    move to another day: 5 read, 11 write
    cancel: 3 read, 6 write
    arrive: 3 read, 6 write
    list a patient's appointments: 1.5 read, 3 write
    list a doctor's appointments: 3 read, 3 write
    read a patient whom one treats: 6 read, 3 write
    free slots of a week: 2.5 read, 0 write
    list doctors: 1 read, 0 write
    read a doctor: 1 read, 0 write
    read a profile: 1 read, 3 write
    register: 1 read, 25 write
    sign in: 3 read, 6 write
    sign in again from there: 3 read, 6 write
    refresh: 2 read, 1 write
    book with a key: 5 read, 9 write
    list refused emails: 3 read, 2 write
    ask for an email again: 3 read, 2 write
    ");
}
