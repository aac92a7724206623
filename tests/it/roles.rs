//! The event-driven functions do to the table only what their roles allow. `support/http.rs` checks the HTTP functions at every request of
//! every test.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use domain::{
    lab_order::{LabOrder, LabOrderStatus},
    patient::{Death, Patient},
    role::Role,
    text::PersonName,
    ward::Ward,
};
use local::{
    services::mailbox::Refusal,
    settings::Settings,
    stream::{Consumer, Poller},
    template::Template,
};
use low_stock::LowStock;
use notifications::Notifications;
use serde_json::{Value, json};
use store::trail::Trail;

use crate::{
    billing::{Books, gbp, paid},
    laboratory::{Bench, measured, potassium},
    pharmacy::{paracetamol, registration},
    support::{App, action_name, shared_database},
};

/// Hands records to the functions on trails that note what each does.
struct OnTrail {
    notifications: Notifications,
    low_stock: LowStock,
    trail: Trail,
    of_low_stock: Trail,
}

impl Consumer for OnTrail {
    async fn call(&self, function: &str, event: Value) -> Result<Value, String> {
        if function == "low-stock" {
            let event = serde_json::from_value(event).map_err(|error| error.to_string())?;
            let answer =
                Box::pin(self.of_low_stock.follow(low_stock::answer(&self.low_stock, event))).await.map_err(|error| error.to_string())?;
            return serde_json::to_value(answer).map_err(|error| error.to_string());
        }
        let event = serde_json::from_value(event).map_err(|error| error.to_string())?;
        let answer =
            Box::pin(self.trail.follow(notifications::answer(&self.notifications, event))).await.map_err(|error| error.to_string())?;
        serde_json::to_value(answer).map_err(|error| error.to_string())
    }
}

#[track_caller]
fn keeps_to_its_role(function: &str, trail: &Trail, at_least: &[(&str, &str)]) {
    let template = Template::read().unwrap();
    let done: BTreeSet<_> = trail.touched().into_iter().map(|(action, prefix)| (action_name(action), prefix)).collect();
    for (action, prefix) in &done {
        let allowed = template.table_permissions[function].iter().any(|allowed| allowed.action == *action && allowed.prefix == *prefix);
        assert!(allowed, "{function} may not {action} {prefix}");
    }
    for (action, prefix) in at_least {
        assert!(done.contains(&(action, (*prefix).to_owned())), "the test no longer has {function} {action} {prefix}");
    }
}

#[tokio::test]
async fn event_driven_functions_keep_to_their_roles() {
    let app = App::new().await;
    let trail = || Trail::new(None, "test".to_owned(), None, app.now());
    let notifications = Notifications::new(&app.config, Settings::scheduling(), &app.settings.token_key(), app.clock.clone());
    let low_stock = LowStock::new(&app.config, Settings::scheduling(), app.clock.clone());
    let consumer = OnTrail { notifications, low_stock, trail: trail(), of_low_stock: trail() };
    let (on_trail, of_low_stock) = (consumer.trail.clone(), consumer.of_low_stock.clone());
    let stream = Template::read().unwrap().streams;
    let mut poller = Poller::new(shared_database().0, app.table.clone(), stream, consumer, None).unwrap().with_backoff(Duration::ZERO);

    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (nurse, _) = app.staff("Mary Mahoney", Role::Nurse).await;
    let (desk, _) = app.staff("Rosa Parks", Role::Receptionist).await;
    app.on_roster(&desk, Role::Receptionist, None).await;
    let register = json!({ "role": "nurse", "name": "Edith Cavell", "email": "edith@example.org", "password": "correct horse battery", "phone": "+442079460020" });
    app.post("/users", &register).send().await.expect(202);
    app.post("/users", &register).send().await.expect(202);
    app.post("/auth/email-token", &json!({ "email": ada.email })).send().await.expect(202);
    app.on_roster(&nurse, Role::Nurse, Some(Ward::Icu)).await;
    app.call("POST", &format!("/users/{}/suspend", nurse.id)).bearer(&admin).send().await.expect(200);
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    app.services.mailbox.refuse_next(Refusal::Rejected);
    poller.drain().await.unwrap();
    let refused = app.get("/emails").bearer(&admin).send().await.expect(200).body;
    let again = format!("/emails/{}/resend", refused["items"][0]["id"].as_str().unwrap());
    app.call("POST", &again).bearer(&admin).send().await.expect(202);
    app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    poller.drain().await.unwrap();
    // Written outside of a request, so that what follows is on this test's trail.
    app.book(&ada, &doctor, "2026-03-03T09:30:00Z").await.expect(201);
    let ada_now = app.store().patient(ada.id).await.unwrap().unwrap();
    let name = PersonName::parse("Ada King").unwrap();
    let renamed = Patient { name, version: ada_now.version + 1, ..ada_now.clone() };
    app.store().patient_change(&ada_now, &renamed).await.unwrap();
    poller.drain().await.unwrap();
    let death = Some(Death { date: jiff::civil::date(2026, 3, 1), noted_at: app.now(), by: desk.id });
    let dead = Patient { deceased: death, version: renamed.version + 1, ..renamed.clone() };
    app.store().patient_change(&renamed, &dead).await.unwrap();
    poller.drain().await.unwrap();
    let alive = Patient { deceased: None, version: dead.version + 1, ..dead.clone() };
    app.store().patient_change(&dead, &alive).await.unwrap();
    // A pharmacy: a lot that expires soon, and units that run low; what nobody collects.
    let (pharmacist, token) = app.staff("Agnes Thompson", Role::Pharmacist).await;
    let pharmacy = app.post("/pharmacies", &registration("North Pharmacy")).bearer(&token).send().await.expect(201).id();
    let keeps = format!("/pharmacies/{pharmacy}/medicines");
    let medicine = app.post(&keeps, &paracetamol()).bearer(&token).send().await.expect(201).id();
    let lot = json!({ "lot_number": "B4711", "expires_on": "2026-03-22", "units": 25 });
    let lot = app.post(&format!("{keeps}/{medicine}/lots"), &lot).bearer(&token).send().await.expect(201).id();
    let wanted = json!({ "pharmacy_id": pharmacy, "medicine_id": medicine, "units": 10 });
    let lin = app.patient("Lin Chen").await;
    let asked = app.post(&format!("/patients/{}/allocations", lin.id), &wanted).bearer(&lin.token).send().await.expect(201);
    poller.drain().await.unwrap();
    let due = [
        json!({ "lot_id": lot, "medicine_id": medicine, "stage": 0, "due_at": "2026-03-01T00:00:00Z" }),
        json!({ "allocation_id": asked.id(), "patient_id": lin.id, "collect_by": "2026-03-05T08:00:00Z" }),
    ];
    let by_schedule = trail();
    for due in due {
        let state = app.events();
        app.set_clock("2026-03-05T08:00:00Z");
        by_schedule.follow(reminders::handle(&state, serde_json::from_value(due).unwrap())).await.unwrap();
    }
    keeps_to_its_role("reminders", &by_schedule, &[("UpdateItem", "STOCK"), ("PutItem", "PAT"), ("PutItem", "PHARMACY")]);
    app.set_clock(crate::support::NOW);
    poller.drain().await.unwrap();
    let account = app.store().account(pharmacist.id).await.unwrap().unwrap().account;
    let gone = app.call("POST", &format!("/users/{}/roles", account.id)).json(&json!({ "roles": ["nurse"] }));
    gone.bearer(&admin).send().await.expect(200);
    poller.drain().await.unwrap();
    let check = serde_json::from_value(json!({ "check_stock": {} })).unwrap();
    let checking = LowStock::new(&app.config, Settings::scheduling(), app.clock.clone());
    of_low_stock.follow(low_stock::answer(&checking, check)).await.unwrap();
    keeps_to_its_role(
        "low-stock",
        &of_low_stock,
        &[
            ("PutItem", "STOCK"),
            ("PutItem", "OFFER"),
            ("PutItem", "PHARMACY"),
            ("Query", "LEDGER"),
            ("Query", "MEDICINES"),
            ("PutItem", "MAIL"),
        ],
    );
    let bounced = serde_json::from_str(include_str!("../../events/notifications/email-bounced.json")).unwrap();
    let direct = Notifications::new(&app.config, Settings::scheduling(), &app.settings.token_key(), app.clock.clone());
    on_trail.follow(notifications::answer(&direct, bounced)).await.unwrap();
    keeps_to_its_role(
        "notifications",
        &on_trail,
        &[
            ("PutItem", "MAIL"),
            ("UpdateItem", "TOKEN"),
            ("PutItem", "SUPPRESSED"),
            ("GetItem", "ROSTER"),
            ("UpdateItem", "ROSTER"),
            ("Query", "STAFF"),
            ("UpdateItem", "STAFF"),
            ("Query", "ACCOUNTS"),
            ("GetItem", "EMAIL"),
            ("PutItem", "DOC"),
            ("DeleteItem", "DOC"),
            ("UpdateItem", "PAT"),
            ("UpdateItem", "DAYLIST"),
        ],
    );

    let due = app.book(&ada, &doctor, "2026-03-03T10:00:00Z").await.expect(201).id();
    let (on_trail, state) = (trail(), app.events());
    let due = serde_json::from_value(json!({ "appointment_id": due, "starts_at": "2026-03-03T10:00:00Z" })).unwrap();
    on_trail.follow(reminders::handle(&state, due)).await.unwrap();
    keeps_to_its_role("reminders", &on_trail, &[("PutItem", "MAIL"), ("GetItem", "APPT"), ("GetItem", "SUPPRESSED")]);
}

#[tokio::test]
async fn what_follows_from_lab_orders_keeps_to_the_roles() {
    let bench = Bench::new().await;
    let (app, trail) = (Arc::clone(&bench.app), || Trail::new(None, "test".to_owned(), None, bench.app.now()));
    let notifications = Notifications::new(&app.config, Settings::scheduling(), &app.settings.token_key(), app.clock.clone());
    let low_stock = LowStock::new(&app.config, Settings::scheduling(), app.clock.clone());
    let consumer = OnTrail { notifications, low_stock, trail: trail(), of_low_stock: trail() };
    let on_trail = consumer.trail.clone();
    let stream = Template::read().unwrap().streams;
    let mut poller = Poller::new(shared_database().0, app.table.clone(), stream, consumer, None).unwrap().with_backoff(Duration::ZERO);
    bench.inpatient().await;
    let (critical, late, never) = (bench.ordered(&potassium()).await, bench.ordered(&potassium()).await, bench.ordered(&potassium()).await);
    bench.started(&critical).await;
    bench.step(&critical, "result", &measured(6.8), &bench.grete).await.expect(200);
    poller.drain().await.unwrap();
    let by_schedule = trail();
    let awaited: LabOrder = app.store().lab_order(bench.ada.id, never.parse().unwrap()).await.unwrap().unwrap();
    // Somebody who is not in the hospital.
    let outpatient =
        LabOrder { admission_id: None, escalated: Some(awaited.listed.due_at), version: awaited.version + 1, ..awaited.clone() };
    assert!(app.store().lab_order_change(&awaited, &outpatient).await.unwrap());
    for (due, clock) in [
        (json!({ "critical_order_id": critical, "patient_id": bench.ada.id, "due_at": "2026-03-02T08:30:00Z" }), "2026-03-02T08:30:00Z"),
        (json!({ "lab_order_id": late, "patient_id": bench.ada.id, "due_at": "2026-03-02T10:00:00Z" }), "2026-03-02T10:00:00Z"),
        (json!({ "lab_order_id": never, "patient_id": bench.ada.id, "due_at": "2026-03-16T08:00:00Z" }), "2026-03-16T08:00:00Z"),
    ] {
        let state = app.events();
        app.set_clock(clock);
        by_schedule.follow(reminders::handle(&state, serde_json::from_value(due).unwrap())).await.unwrap();
    }
    keeps_to_its_role("reminders", &by_schedule, &[("PutItem", "PAT")]);
    let ended = app.store().lab_order(bench.ada.id, never.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(ended.listed.status, LabOrderStatus::Cancelled);
    poller.drain().await.unwrap();
    keeps_to_its_role("notifications", &on_trail, &[("GetItem", "LABORATORY"), ("GetItem", "PAT"), ("PutItem", "MAIL")]);
}

#[tokio::test]
async fn what_follows_from_bills_keeps_to_the_roles() {
    let books = Books::new().await;
    let (app, trail) = (Arc::clone(&books.app), || Trail::new(None, "test".to_owned(), None, books.app.now()));
    let notifications = Notifications::new(&app.config, Settings::scheduling(), &app.settings.token_key(), app.clock.clone());
    let low_stock = LowStock::new(&app.config, Settings::scheduling(), app.clock.clone());
    let consumer = OnTrail { notifications: notifications.clone(), low_stock, trail: trail(), of_low_stock: trail() };
    let on_trail = consumer.trail.clone();
    let stream = Template::read().unwrap().streams;
    let mut poller = Poller::new(shared_database().0, app.table.clone(), stream, consumer, None).unwrap().with_backoff(Duration::ZERO);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    app.on_roster(&books.accounts[0], Role::Accountant, Some(Ward::Icu)).await;
    let establish = json!({ "ward": "icu", "daily_fee": { "amount": "200", "currency": "GBP" } });
    app.post("/wards", &establish).bearer(&books.admin).send().await.expect(201);
    let stay = app.post(&books.path("admissions"), &json!({ "ward": "icu" })).bearer(&desk).send().await.expect(201).id();
    let left = app.post(&books.path(&format!("admissions/{stay}/left")), &json!({ "departure": "against_advice" }));
    left.bearer(&desk).send().await.expect(200);
    while poller.drain().await.unwrap() > 0 {}
    let invoice = books.get("invoices", &books.luca).await.expect(200).body["items"][0]["id"].as_str().unwrap().to_owned();
    books.act(&invoice, "payments", &paid("50")).await.expect(200);
    books
        .act(&invoice, "refunds", &json!({ "payment": 2, "amount": gbp("10"), "reason": "Paid too much", "owed_again": true }))
        .await
        .expect(200);
    while poller.drain().await.unwrap() > 0 {}
    let check = serde_json::from_value(json!({ "check_billing": {} })).unwrap();
    on_trail.follow(notifications::answer(&notifications, check)).await.unwrap();
    let figures = serde_json::from_value(json!({ "check_figures": { "after": "15 ", "repair": true } })).unwrap();
    on_trail.follow(notifications::answer(&notifications, figures)).await.unwrap();
    let (by_schedule, state) = (trail(), app.events());
    app.set_clock("2026-04-02T07:00:00Z");
    let due = json!({ "invoice_id": invoice, "patient_id": books.ada.id, "due_at": "2026-04-02T07:00:00Z" });
    by_schedule.follow(reminders::handle(&state, serde_json::from_value(due).unwrap())).await.unwrap();
    keeps_to_its_role("reminders", &by_schedule, &[("PutItem", "PAT"), ("GetItem", "PAT")]);
    while poller.drain().await.unwrap() > 0 {}
    keeps_to_its_role(
        "notifications",
        &on_trail,
        &[
            ("GetItem", "INVOICES"),
            ("PutItem", "INVOICES"),
            ("PutItem", "INVOICE"),
            ("GetItem", "INVOICE"),
            ("UpdateItem", "BILLTOTALS"),
            ("Query", "BILLING"),
            ("PutItem", "COUNTED"),
            ("Query", "COUNTED"),
            ("UpdateItem", "FIGURES"),
            ("Query", "FIGURES"),
        ],
    );
}
