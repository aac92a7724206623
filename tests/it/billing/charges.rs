//! What is charged for, and what is not.

use domain::{role::Role, ward::Ward};
use serde_json::{Value, json};

use super::{Books, gbp, items};
use crate::{
    laboratory::{Bench, potassium},
    pharmacy::{Counter, amoxicillin},
    wards::House,
};

fn charge(what: &str, status: &str, amount: &str) -> (String, String, String) {
    (what.to_owned(), status.to_owned(), amount.to_owned())
}

const CONSULTATION: &str = "Consultation with Dr. Helen Taussig, cardiology";

#[tokio::test]
async fn a_consultation_is_charged_when_it_is_completed_and_not_before() {
    let mut books = Books::new().await;
    let seen = books.seen().await;
    let ahead = books.app.book(&books.ada, &books.doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    let cancelled = books.app.book(&books.ada, &books.doctor, "2026-03-04T09:00:00Z").await.expect(201).id();
    books.app.call("POST", &format!("/appointments/{cancelled}/cancel")).json(&json!({})).bearer(&books.ada.token).send().await.expect(200);
    assert_eq!(books.charges().await, []);
    books.at("2026-03-02T09:20:00Z").await;
    books.appointment(&seen, "complete").await.expect(200);
    assert_eq!(books.charges().await, [charge(CONSULTATION, "open", "80.00")]);
    let listed = items(&books.get("charges", &books.luca).await.expect(200));
    assert_eq!(
        (&listed[0]["rule"], &listed[0]["source_id"], &listed[0]["quantity"], &listed[0]["on"]),
        (&json!("fee_at_booking"), &json!(seen), &json!(1), &json!("2026-03-02"))
    );
    // It was noted by mistake: the charge is reversed, and comes once more when it is completed after all.
    books.undo(&seen).await;
    assert_eq!(books.charges().await, [charge(CONSULTATION, "reversed", "80.00")]);
    books.appointment(&seen, "complete").await.expect(200);
    assert_eq!(books.charges().await, [charge(CONSULTATION, "open", "80.00"), charge(CONSULTATION, "reversed", "80.00")]);
    assert_eq!(books.owes().await.2, "80.00");
    // The one that is missed costs the hospital's fee.
    books.at("2026-03-03T09:40:00Z").await;
    books.appointment(&ahead, "no-show").await.expect(200);
    assert_eq!(books.charges().await[0], charge("Missed appointment with Dr. Helen Taussig, cardiology", "open", "20.00"));
    books.are_proven().await;
}

#[tokio::test]
async fn a_surgery_is_charged_as_it_is_noted_now() {
    let books = Books::new().await;
    books.seen().await;
    let surgery = json!({ "procedure": "Appendectomy", "surgeon_id": books.doctor.id, "fee": gbp("2500"), "performed_on": "2026-03-01" });
    let path = books.path("surgeries");
    let noted = books.app.post(&path, &surgery).bearer(&books.doctor.token).send().await.expect(201);
    assert_eq!(books.charges().await, [charge("Appendectomy", "open", "2500.00")]);
    let mut content = surgery.clone();
    content["fee"] = gbp("2000");
    let cheaper = json!({ "reason": "The agreed fee", "content": content });
    let change = books.app.call("PUT", &format!("{path}/{}", noted.id())).json(&cheaper).header("if-match", noted.etag());
    change.bearer(&books.doctor.token).send().await.expect(200);
    assert_eq!(books.charges().await, [charge("Appendectomy", "open", "2000.00"), charge("Appendectomy", "reversed", "2500.00")]);
    let error = books.path(&format!("record/{}/entered-in-error", noted.id()));
    books
        .app
        .post(&error, &json!({ "reason": "Another patient" }))
        .header("if-match", "\"v2\"")
        .bearer(&books.doctor.token)
        .send()
        .await
        .expect(204);
    let all = books.charges().await;
    assert!(all.iter().all(|(_, status, _)| status == "reversed") && all.len() == 2, "{all:?}");
    books.are_proven().await;
}

#[tokio::test]
async fn a_medicine_is_charged_by_what_was_handed_over() {
    let counter = Counter::new().await;
    let (medicine, prescription) = (counter.keeps(&amoxicillin(), 100).await, counter.prescription().await);
    let first = counter.ask(&medicine, 10, Some(prescription)).await.expect(201).id();
    let second = counter.ask(&medicine, 8, Some(prescription)).await.expect(201).id();
    counter.act(&first, "hand-over", &json!({ "units": 6, "reason": "No more is needed" })).await.expect(200);
    counter.act(&second, "cancel", &json!({ "reason": "Not collected" })).await.expect(200);
    counter.app.drain().await;
    let path = format!("/patients/{}/charges", counter.ada.id);
    let charges = items(&counter.app.get(&path).bearer(&counter.ada.token).send().await.expect(200));
    let [only] = &charges[..] else { panic!("{charges:?}") };
    assert_eq!(
        (&only["kind"], &only["what"], &only["quantity"], &only["unit_price"], &only["amount"], &only["source_id"]),
        (&json!("medicine"), &json!("Amoxil 500 mg capsule"), &json!(6), &gbp("0.25"), &gbp("1.50"), &json!(first))
    );
}

#[tokio::test]
async fn a_lab_test_is_charged_with_its_specimen_and_not_when_it_is_called_off() {
    let bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    let charges = async || {
        bench.app.drain().await;
        items(&bench.of_patient("charges", &bench.ada.token).await.expect(200))
    };
    assert_eq!(charges().await.len(), 0);
    bench.step(&order, "collect", &json!({}), &bench.grete).await.expect(200);
    let first = charges().await;
    assert_eq!((&first[0]["kind"], &first[0]["amount"], first.len()), (&json!("lab_test"), &gbp("12.50"), 1));
    // A specimen that is rejected is taken anew at no further cost.
    bench.step(&order, "reject", &json!({ "reason": "Haemolysed" }), &bench.grete).await.expect(200);
    assert_eq!((charges().await.len(), &charges().await[0]["status"]), (1, &json!("open")));
    bench.step(&order, "cancel", &json!({}), &bench.ada.token).await.expect(200);
    assert_eq!((charges().await.len(), &charges().await[0]["status"]), (1, &json!("reversed")));
}

#[tokio::test]
async fn a_stay_is_charged_by_the_nights_in_each_bed() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    house
        .app
        .call("PATCH", "/wards/icu")
        .json(&json!({ "daily_fee": gbp("900") }))
        .header("if-match", "\"v1\"")
        .bearer(&house.admin)
        .send()
        .await
        .expect(200);
    let (patient, accountant) = (house.patient().await, house.app.staff("Luca Pacioli", Role::Accountant).await.0);
    let stay = house.admit(patient, &json!({ "ward": "icu", "bed": 1 })).await.expect(201).body;
    let charges = async |house: &House| {
        while house.app.drain().await > 0 {}
        let token = house.app.token(&accountant).await;
        let found = house.app.get(&format!("/patients/{patient}/charges")).bearer(&token).send().await.expect(200);
        let line = |one: &Value| {
            format!("{} {} x {} from {}: {}", one["what"], one["quantity"], one["unit_price"]["amount"], one["on"], one["status"])
        };
        items(&found).iter().map(|one| line(one).replace('"', "")).collect::<Vec<_>>()
    };
    house.at("2026-03-04T08:00:00Z").await;
    assert_eq!(charges(&house).await, Vec::<String>::new(), "while somebody lies in a bed, nobody asks for it");
    house.step(&stay, "transfer", &json!({ "ward": "general", "bed": 1 })).await.expect(200);
    assert_eq!(charges(&house).await, ["Bed 1, ICU ward 2 x 900.00 from 2026-03-02: open"]);
    // Somebody asks for the invoice meanwhile: it has the nights so far, and the rest comes at the end.
    house.at("2026-03-06T08:00:00Z").await;
    let token = house.app.token(&accountant).await;
    let issued = house.app.call("POST", &format!("/patients/{patient}/invoices")).bearer(&token).send().await.expect(201);
    assert_eq!((&issued.body["total"], &issued.body["ward"]), (&gbp("2200.00"), &json!("general")));
    house.at("2026-03-09T08:00:00Z").await;
    house.leaves(&stay).await.expect(200);
    let all = charges(&house).await;
    assert_eq!(
        all,
        [
            "Bed 1, general ward 3 x 200.00 from 2026-03-06: invoiced",
            "Bed 1, general ward 2 x 200.00 from 2026-03-04: invoiced",
            "Bed 1, ICU ward 2 x 900.00 from 2026-03-02: invoiced"
        ]
    );
    let token = house.app.token(&accountant).await;
    let invoices = items(&house.app.get(&format!("/patients/{patient}/invoices")).bearer(&token).send().await.expect(200));
    assert_eq!((invoices.len(), &invoices[0]["total"], &invoices[0]["number"]), (2, &gbp("600.00"), &json!("000002")));
}

#[tokio::test]
async fn a_charge_by_hand_says_why_and_is_reversed_once() {
    let books = Books::new().await;
    let body = json!({ "what": "Copy of the images", "unit_price": gbp("12.50"), "quantity": 3, "on": "2026-02-27", "reason": "Asked for by the patient" });
    let added = books.post("charges", &body, &books.luca).await.expect(201);
    assert_eq!(
        (&added.body["number"], &added.body["amount"], &added.body["kind"], &added.body["rule"], &added.body["on"]),
        (&json!(1), &gbp("37.50"), &json!("other"), &json!("entered_by_hand"), &json!("2026-02-27"))
    );
    let reason = json!({ "reason": "A gift of the house" });
    books.post("charges/1/reverse", &json!({}), &books.luca).await.invalid(&[("reason", "required")]);
    let reversed = books.post("charges/1/reverse", &reason, &books.luca).await.expect(200).body;
    assert_eq!((&reversed["status"], &reversed["reversed_because"]), (&json!("reversed"), &reason["reason"]));
    books.post("charges/1/reverse", &reason, &books.luca).await.refused(409, "reversed_already");
    books.post("charges/2/reverse", &reason, &books.luca).await.expect(404);
    books.post("charges/x/reverse", &reason, &books.luca).await.expect(404);
    books.issue(&books.luca).await.refused(409, "nothing_to_invoice");
    let on_invoice = books.charge("Copy of the images", "5").await;
    books.issue(&books.luca).await.expect(201);
    let refused = books.post(&format!("charges/{on_invoice}/reverse"), &reason, &books.luca).await.refused(409, "invoiced");
    assert!(refused.body["invoice_id"].as_str().unwrap().starts_with("inv_"), "{}", refused.body);
    books.are_proven().await;
}

#[tokio::test]
async fn what_an_accountant_reverses_is_not_charged_again() {
    let mut books = Books::new().await;
    let seen = books.seen().await;
    books.at("2026-03-02T09:20:00Z").await;
    books.appointment(&seen, "complete").await.expect(200);
    books.settle().await;
    books.post("charges/1/reverse", &json!({ "reason": "The doctor was late" }), &books.luca).await.expect(200);
    // The appointment is undone and completed again: what was reversed by hand is reversed once.
    books.undo(&seen).await;
    assert_eq!(books.charges().await, [charge(CONSULTATION, "reversed", "80.00")]);
    assert_eq!(books.owes().await.2, "0.00");
    books.are_proven().await;
}

#[tokio::test]
async fn what_an_accountant_reverses_stays_off_the_next_invoice_whatever_becomes_of_it() {
    let mut books = Books::new().await;
    let seen = books.seen().await;
    books.at("2026-03-02T09:20:00Z").await;
    books.appointment(&seen, "complete").await.expect(200);
    books.settle().await;
    books.post("charges/1/reverse", &json!({ "reason": "The doctor was late" }), &books.luca).await.expect(200);
    // The invoice has another charge, and passes over the one that was reversed.
    let invoice = books.invoice("10").await;
    books.undo(&seen).await;
    books.settle().await;
    books.appointment(&seen, "complete").await.expect(200);
    let all = books.charges().await;
    assert_eq!(all.iter().map(|(_, status, _)| status.as_str()).collect::<Vec<_>>(), ["invoiced", "reversed"]);
    assert_eq!(books.read(&invoice).await["credited"], gbp("0.00"));
    books.app.redeliver(2, true).await;
    books.are_proven().await;
}

#[tokio::test]
async fn a_surgery_that_is_corrected_at_the_same_price_says_so_on_the_bill_unless_it_was_taken_off() {
    let books = Books::new().await;
    books.seen().await;
    let surgery = |procedure: &str| json!({ "procedure": procedure, "surgeon_id": books.doctor.id, "fee": gbp("2500"), "performed_on": "2026-03-01" });
    let path = books.path("surgeries");
    let noted = books.app.post(&path, &surgery("Appendectomy")).bearer(&books.doctor.token).send().await.expect(201);
    books.settle().await;
    let correct = async |version: u64, procedure: &str| {
        let body = json!({ "reason": "Another procedure", "content": surgery(procedure) });
        let put = books.app.call("PUT", &format!("{path}/{}", noted.id())).json(&body).header("if-match", &format!("\"v{version}\""));
        put.bearer(&books.doctor.token).send().await.expect(200);
    };
    correct(1, "Cholecystectomy").await;
    assert_eq!(books.charges().await, [charge("Cholecystectomy", "open", "2500.00"), charge("Appendectomy", "reversed", "2500.00")]);
    books.post("charges/2/reverse", &json!({ "reason": "Goodwill" }), &books.luca).await.expect(200);
    correct(2, "Laparoscopy").await;
    assert!(books.charges().await.iter().all(|(_, status, _)| status == "reversed"), "{:?}", books.charges().await);
    books.app.redeliver(2, true).await;
    books.are_proven().await;
}

#[tokio::test]
async fn wrong_charges_are_refused() {
    let books = Books::new().await;
    let body = |price: Value| json!({ "what": "Copy", "unit_price": price, "reason": "Asked for" });
    for (price, code) in [("0", "too_small"), ("-1", "invalid_amount"), ("1.234", "invalid_amount"), ("1e3", "invalid_amount")] {
        books.post("charges", &body(gbp(price)), &books.luca).await.invalid(&[("unit_price", code)]);
    }
    books
        .post("charges", &body(json!({ "amount": "1", "currency": "USD" })), &books.luca)
        .await
        .invalid(&[("unit_price", "other_currency")]);
    let mut wrong = body(gbp("10000000000"));
    (wrong["quantity"], wrong["on"]) = (json!(1001), json!("2026-03-03"));
    books.post("charges", &wrong, &books.luca).await.invalid(&[("quantity", "out_of_range"), ("on", "invalid_date")]);
    wrong["quantity"] = json!(2);
    wrong["on"] = json!("2026-03-02");
    books.post("charges", &wrong, &books.luca).await.invalid(&[("quantity", "too_large")]);
    books.post("charges", &json!({}), &books.luca).await.invalid(&[
        ("what", "required"),
        ("unit_price", "required"),
        ("reason", "required"),
    ]);
    books.post("charges", &body(gbp("1")), &books.ada.token).await.expect(403);
    books.post("charges", &body(gbp("1")), &books.doctor.token).await.expect(403);
    assert_eq!(books.charges().await, []);
}
