//! The items of the table: who wrote them, and shapes that an earlier release stored.

use domain::{id::UserId, role::Role};
use serde_json::{Value, json};
use store::{Record, StoreError, StreamItem, accounts::StoredAccount, from_stream};

use crate::support::{App, PASSWORD, emailed_token, shared_database};

/// Kinds that name a patient and have no `origin`, each with the reason why the audit log still misses nothing.
const WITHOUT_ORIGIN: [(&str, &str); 25] = [
    ("day_list", "copies of appointments, which follow from the stream"),
    ("audit", "it is the audit log"),
    ("found_patient", "a copy of a profile, written in its transaction"),
    ("newest_patient", "names a patient who is registered in the same transaction"),
    ("doctor_slot", "a copy of an appointment, which follows from the stream"),
    ("patient_day", "a copy of appointments, written in their transactions"),
    ("treated_patient", "follows from appointments, by way of the stream"),
    ("wait_line", "a copy of a wait, written in its transaction"),
    ("waiting_place", "names a wait, written in its transaction"),
    ("bed", "shows a stay that is written in the same transaction"),
    ("care", "follows from stays and emergencies, by way of the stream"),
    ("record_summary", "shows entries that are written in the same transaction"),
    ("point", "a value of an entry that is written in the same transaction"),
    ("bookings", "a count of appointments that are written next"),
    ("delivery", "an email that follows from what somebody wrote; asking for it again carries who asks"),
    ("charge", "follows from what somebody wrote, by way of the stream, and names it; one by hand carries who enters it"),
    ("charged", "says what was charged for something"),
    ("billing_account", "the sum of charges and invoices that are written in the same transaction"),
    ("invoice_balance", "the sum of entries that are written in the same transaction"),
    ("billed", "names an invoice that is written in the same transaction"),
    ("billed_stay", "names a stay of which the invoice follows, by way of the stream"),
    ("numbered_invoice", "names an invoice that is written in the same transaction"),
    ("bill_line", "a copy of an invoice, which follows from the stream"),
    ("counted", "what a thing adds to the figures, which follow from the stream"),
    ("refunds", "a copy of an invoice's refunds, which follows from the stream"),
];

/// Every item of a test's table.
fn items(app: &App) -> Vec<Value> {
    let request = serde_json::from_value(json!({ "TableName": app.table })).unwrap();
    let answer = serde_json::to_value(shared_database().0.scan(request).unwrap()).unwrap();
    answer["Items"].as_array().unwrap().clone()
}

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn whatever_is_a_patients_says_who_wrote_it_and_whose_it_is() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let mut seen = 0;
    let register = json!({
        "name": "Lin Chen", "email": "lin@example.org", "password": PASSWORD, "date_of_birth": "1988-02-29", "gender": "female",
        "phone": "+442079460101", "address": "1 High Street", "emergency_contact": { "name": "Wei Chen", "phone": "+442079460102" }
    });
    app.post("/users", &register).send().await.expect(202);
    let welcome = app.new_mails(&mut seen).await.pop().unwrap();
    let token = app.sign_in("lin@example.org").await;
    app.post("/users/me/email/confirm", &json!({ "token": emailed_token(&welcome) })).bearer(&token).send().await.expect(200);
    app.call("PATCH", "/users/me").json(&json!({ "phone": "+442079460103" })).bearer(&token).send().await.expect(200);
    let own = app.get("/patients/me").bearer(&token).send().await.expect(200);
    let moved = app.call("PATCH", "/patients/me").json(&json!({ "address": "2 High Street" })).bearer(&token);
    moved.header("if-match", own.etag()).send().await.expect(200);
    let add = json!({
        "name": "Dr. Helen Taussig", "email": "helen@example.org", "specialization": "cardiology", "slot_minutes": 30,
        "consultation_fee": { "amount": "140", "currency": "GBP" },
        "weekly_hours": [{ "weekday": "tuesday", "from": "09:00", "to": "12:00" }, { "weekday": "monday", "from": "09:00", "to": "12:00" }]
    });
    let doctor = app.post("/doctors", &add).bearer(&admin).send().await.expect(201).id();
    let book = |at: &str| json!({ "doctor_id": doctor, "starts_at": at, "reason": "Palpitations" });
    let first = app.post("/appointments", &book("2026-03-02T09:00:00Z")).bearer(&token).send().await.expect(201).id();
    let second = app.post("/appointments", &book("2026-03-03T09:00:00Z")).bearer(&token).send().await.expect(201).id();
    let to = json!({ "starts_at": "2026-03-03T10:00:00Z" });
    app.post(&format!("/appointments/{second}/reschedule"), &to).bearer(&token).send().await.expect(200);
    app.post(&format!("/appointments/{second}/cancel"), &json!({})).bearer(&desk).send().await.expect(200);
    app.call("POST", &format!("/appointments/{first}/arrive")).bearer(&desk).send().await.expect(200);
    app.drain().await;
    let ward = json!({ "ward": "icu", "daily_fee": { "amount": "900", "currency": "GBP" } });
    app.post("/wards", &ward).bearer(&admin).send().await.expect(201);
    let emergency = |patient: &str| json!({ "patient_id": patient, "complaint": "Fall", "triage": { "level": "urgent" } });
    let patient = own.body["id"].as_str().unwrap();
    app.post("/emergency/cases", &emergency(patient)).bearer(&desk).send().await.expect(201);
    let waits = json!({ "ward": "icu" });
    app.post(&format!("/patients/{patient}/bed-requests"), &waits).bearer(&desk).send().await.expect(201);
    let newcomer = json!({ "name": "Grace Hopper", "date_of_birth": "1986-12-09", "gender": "female" });
    let other = app.post("/patients", &newcomer).bearer(&desk).send().await.expect(201).id();
    app.post("/emergency/cases", &emergency(&other)).bearer(&desk).send().await.expect(201);
    app.drain().await;
    let third = json!({ "name": "Mary Somerville", "date_of_birth": "1980-12-26", "gender": "female" });
    let third = app.post("/patients", &third).bearer(&desk).send().await.expect(201).id();
    let wish = json!({ "ward": "icu", "doctor_id": doctor });
    app.post(&format!("/patients/{third}/admissions"), &wish).bearer(&desk).send().await.expect(201);
    app.drain().await;

    let (_, pharmacist) = app.staff("Agnes Thompson", Role::Pharmacist).await;
    let pharmacy =
        app.post("/pharmacies", &crate::pharmacy::registration("North Pharmacy")).bearer(&pharmacist).send().await.expect(201).id();
    let keeps = format!("/pharmacies/{pharmacy}/medicines");
    let medicine = app.post(&keeps, &crate::pharmacy::paracetamol()).bearer(&pharmacist).send().await.expect(201).id();
    let lot = json!({ "lot_number": "B4711", "expires_on": "2027-03-02", "units": 100 });
    app.post(&format!("{keeps}/{medicine}/lots"), &lot).bearer(&pharmacist).send().await.expect(201);
    let wanted = json!({ "pharmacy_id": pharmacy, "medicine_id": medicine, "units": 3 });
    let path = format!("/patients/{patient}/allocations");
    let asked = app.post(&path, &wanted).bearer(&token).send().await.expect(201).id();
    let part = json!({ "units": 2, "reason": "Wants less" });
    app.post(&format!("{path}/{asked}/hand-over"), &part).bearer(&pharmacist).send().await.expect(200);
    app.drain().await;

    assert_eq!(
        says_who_wrote_it(&app, &[]),
        ["account", "admission", "allocation", "appointment", "dispense", "emergency_case", "patient"].map(str::to_owned).into()
    );
}

#[tokio::test]
async fn so_does_what_a_laboratory_writes() {
    let bench = crate::laboratory::Bench::new().await;
    let order = bench.ordered(&crate::laboratory::potassium()).await;
    bench.released(&order, &crate::laboratory::measured(6.8)).await;
    bench.app.drain().await;
    let expected = ["appointment", "critical_result", "earlier_version", "lab_order", "lab_result", "lab_test_prescription"];
    assert_eq!(says_who_wrote_it(&bench.app, &["account", "patient"]), expected.map(str::to_owned).into());
}

/// Checks each item that is a patient's, besides kinds that the test itself has written. Returns the kinds that there are.
#[track_caller]
fn says_who_wrote_it(app: &App, besides: &[&str]) -> std::collections::BTreeSet<String> {
    let mut kinds = std::collections::BTreeSet::new();
    for item in items(app) {
        let (kind, whole) = (text(&item, "kind").to_owned(), item.to_string());
        assert!(!kind.is_empty() && item["v"]["N"].is_string(), "the item has no kind or version: {whole}");
        if !whole.contains("\"pat_") && !whole.contains("PAT#pat_") || WITHOUT_ORIGIN.iter().any(|(known, _)| *known == kind) {
            continue;
        }
        if besides.contains(&kind.as_str()) {
            continue;
        }
        // What a bed that became free leads to: nobody asked for it at that moment.
        if kind == "admission" && item["admitted_by"].is_null()
            || kind == "presence"
            || kind == "emergency_case" && item["closed"].is_object()
        {
            continue;
        }
        let origin = &item["origin"]["M"];
        assert!(text(origin, "request_id").len() > 10 && !text(origin, "action").is_empty(), "{kind} does not say who wrote it: {whole}");
        let owner = if kind == "account" { text(origin, "account") } else { text(origin, "patient") };
        assert!(whole.matches(owner).count() > 1 && !owner.is_empty(), "{kind} does not say whose it is: {whole}");
        kinds.insert(kind);
    }
    kinds
}

/// An account as the first release stored it.
fn first_shape(app: &App, id: UserId) -> Value {
    let mut item = items(app).into_iter().find(|item| text(item, "pk") == format!("USER#{id}") && text(item, "sk") == "ACCOUNT").unwrap();
    assert_eq!(item["v"]["N"], StoredAccount::VERSION.to_string());
    item["v"]["N"] = "1".into();
    item["entry"]["M"]["v"]["N"] = "1".into();
    item.as_object_mut().unwrap().remove("password_void").unwrap();
    item
}

#[tokio::test]
async fn an_earlier_shape_is_brought_up_to_date_when_it_is_read() {
    let app = App::new().await;
    let (account, token) = app.staff("Mary Mahoney", Role::Nurse).await;
    // What it says already stays.
    let mut void = first_shape(&app, account.id);
    void["password_void"] = json!({ "BOOL": true });
    let void: StreamItem = serde_json::from_value(void).unwrap();
    assert!(from_stream::<StoredAccount>(void).unwrap().password_void);
    let old = json!({ "TableName": app.table, "Item": first_shape(&app, account.id) });
    shared_database().0.put_item(serde_json::from_value(old).unwrap()).unwrap();
    app.get("/users/me").bearer(&token).send().await.expect(200);
    assert!(!app.store().account(account.id).await.unwrap().unwrap().password_void);
    // The next change stores it in the present shape.
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    app.call("POST", &format!("/users/{}/suspend", account.id)).bearer(&admin).send().await.expect(200);
    first_shape(&app, account.id);
}

#[tokio::test]
async fn a_shape_that_this_release_does_not_know_is_refused() {
    let app = App::new().await;
    let (account, _) = app.staff("Mary Mahoney", Role::Nurse).await;
    for version in ["0", "3", "4294967296", "x"] {
        let mut item = first_shape(&app, account.id);
        item["v"]["N"] = version.into();
        let image: StreamItem = serde_json::from_value(item).unwrap();
        let refused = from_stream::<StoredAccount>(image).unwrap_err();
        assert!(matches!(refused, StoreError::Shape { kind: "account", known: 2, .. }), "{version}: {refused}");
    }
}

#[tokio::test]
async fn a_list_refuses_lines_of_another_shape() {
    let app = App::new().await;
    let (account, _) = app.staff("Mary Mahoney", Role::Nurse).await;
    let old = json!({ "TableName": app.table, "Item": first_shape(&app, account.id) });
    shared_database().0.put_item(serde_json::from_value(old).unwrap()).unwrap();
    let listed = app.store().account_list(domain::account::Group::Staff, None, 10).await;
    assert!(matches!(listed, Err(StoreError::Shape { kind: "account", found: 1, known: 2 })));
}
