//! The lists of all invoices, and what they add up to.

use domain::{id::InvoiceId, role::Role, ward::Ward};
use serde_json::{Value, json};

use super::{Books, gbp, items, paid};
use crate::wards::House;

async fn list(books: &Books, query: &str) -> (Vec<String>, Value) {
    books.settle().await;
    let answer = books.app.get(&format!("/invoices?{query}")).bearer(&books.luca).send().await.expect(200);
    (items(&answer).iter().map(|one| one["number"].as_str().unwrap().to_owned()).collect(), answer.body["totals"].clone())
}

fn totals(invoices: u32, total: &str, paid: &str, outstanding: &str) -> Value {
    json!({ "invoices": invoices, "total": gbp(total), "paid": gbp(paid), "outstanding": gbp(outstanding), "overpaid": gbp("0.00") })
}

#[tokio::test]
async fn invoices_are_listed_by_how_they_stand_with_their_totals() {
    let mut books = Books::new().await;
    let (first, second, third) = (books.invoice("10").await, books.invoice("20").await, books.invoice("30").await);
    assert_eq!(
        list(&books, "").await,
        (vec!["000003".to_owned(), "000002".to_owned(), "000001".to_owned()], totals(3, "72.00", "0.00", "72.00"))
    );
    books.act(&first, "payments", &paid("12")).await.expect(200);
    books.act(&second, "payments", &paid("4")).await.expect(200);
    assert_eq!(list(&books, "status=paid").await, (vec!["000001".to_owned()], totals(1, "12.00", "12.00", "0.00")));
    assert_eq!(list(&books, "status=partly_paid").await, (vec!["000002".to_owned()], totals(1, "24.00", "4.00", "20.00")));
    assert_eq!(list(&books, "status=unpaid").await, (vec!["000003".to_owned()], totals(1, "36.00", "0.00", "36.00")));
    let over = json!({ "amount": gbp("1"), "tender": "cash", "overpayment": true });
    books.act(&first, "payments", &over).await.expect(200);
    let totals_of_paid = list(&books, "status=paid").await.1;
    assert_eq!((&totals_of_paid["paid"], &totals_of_paid["overpaid"]), (&gbp("13.00"), &gbp("1.00")));
    books.act(&first, "payments/3/take-back", &json!({ "reason": "It was another patient's" })).await.expect(200);
    books.credit(&third, &json!({ "reason": "By mistake" })).await.expect(200);
    assert_eq!(list(&books, "status=void").await, (vec!["000003".to_owned()], totals(1, "0.00", "0.00", "0.00")));
    assert_eq!(list(&books, "status=unpaid").await, (vec![], totals(0, "0.00", "0.00", "0.00")));
    // By the month of the issue.
    assert_eq!(list(&books, "from=2026-03&to=2026-03").await.1, totals(3, "36.00", "16.00", "20.00"));
    assert_eq!(list(&books, "from=2026-04").await, (vec![], totals(0, "0.00", "0.00", "0.00")));
    assert_eq!(list(&books, "to=2026-02&status=paid").await.0, Vec::<String>::new());
    // In the next month, and in pages.
    books.at("2026-04-01T08:00:00Z").await;
    books.invoice("40").await;
    assert_eq!(list(&books, "from=2026-04").await, (vec!["000004".to_owned()], totals(1, "48.00", "0.00", "48.00")));
    let page = books.app.get("/invoices?limit=2").bearer(&books.luca).send().await.expect(200).body;
    let next = books
        .app
        .get(&format!("/invoices?limit=2&cursor={}", page["next_cursor"].as_str().unwrap()))
        .bearer(&books.luca)
        .send()
        .await
        .expect(200);
    assert_eq!((items(&next)[1]["number"].as_str(), next.body["next_cursor"].is_null()), (Some("000001"), true));
    assert_eq!(next.body["totals"], page["totals"], "of the whole list");
}

#[tokio::test]
async fn invoices_are_listed_by_ward() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    for (ward, days) in [("icu", 1), ("general", 2)] {
        let patient = house.patient().await;
        let stay = house.admit(patient, &json!({ "ward": ward })).await.expect(201).body;
        house.later(24 * 60 * days).await;
        house.leaves(&stay).await.expect(200);
    }
    while house.app.drain().await > 0 {}
    let get = async |query: &str| house.app.get(&format!("/invoices?{query}")).bearer(&house.admin).send().await.expect(200).body;
    for (query, expected) in
        [("", "600.00"), ("ward=icu", "200.00"), ("ward=general&status=unpaid", "400.00"), ("ward=general&status=paid", "0.00")]
    {
        assert_eq!(get(query).await["totals"]["outstanding"], gbp(expected), "{query}");
    }
    assert_eq!(get("ward=icu").await["items"][0]["ward"], "icu");
    // The patient has left since. What is billed again is still that ward's.
    let listed = get("ward=icu").await["items"][0].clone();
    let (invoices, id) = (format!("/patients/{}/invoices", listed["patient_id"].as_str().unwrap()), listed["id"].as_str().unwrap());
    let (_, luca) = house.app.staff("Luca Pacioli", Role::Accountant).await;
    let etag = house.app.get(&format!("{invoices}/{id}")).bearer(&luca).send().await.expect(200).etag().to_owned();
    let again = json!({ "bill_again": true, "reason": "The income was not known" });
    house.app.post(&format!("{invoices}/{id}/credit-notes"), &again).header("if-match", &etag).bearer(&luca).send().await.expect(200);
    let right = house.app.call("POST", &invoices).bearer(&luca).send().await.expect(201).body;
    assert_eq!((&right["ward"], &right["total"]), (&json!("icu"), &gbp("200.00")));
}

#[tokio::test]
async fn an_invoice_is_found_by_its_number() {
    let books = Books::new().await;
    let invoice = books.invoice("10").await;
    for number in ["1", "000001"] {
        let found = books.app.get(&format!("/invoices/{number}")).bearer(&books.luca).send().await.expect(200);
        assert_eq!((found.id(), &found.body["patient_id"]), (invoice.clone(), &json!(books.ada.id)));
    }
    for number in ["2", "0", "x", "-1", "99999999999999999999999"] {
        books.app.get(&format!("/invoices/{number}")).bearer(&books.luca).send().await.expect(404);
    }
    books.app.get("/invoices/1").bearer(&books.ada.token).send().await.expect(403);
    // An accountant finds a patient as the front desk does.
    let found = books.app.get("/patients?name=ada").bearer(&books.luca).send().await.expect(200);
    assert_eq!(items(&found)[0]["id"], json!(books.ada.id));
}

#[tokio::test]
async fn wrong_queries_are_refused() {
    let books = Books::new().await;
    let get = async |query: &str| books.app.get(&format!("/invoices?{query}")).bearer(&books.luca).send().await;
    get("status=late&ward=moon&from=2026-13&to=x").await.invalid(&[
        ("status", "invalid_status"),
        ("ward", "invalid_ward"),
        ("from", "invalid_month"),
        ("to", "invalid_month"),
    ]);
    get("from=2026-04&to=2026-03").await.invalid(&[("to", "before_from")]);
    get("from=9999-12&to=9999-12").await.expect(200);
    get("cursor=x").await.expect(400);
    get("patient=x").await.expect(422);
    books.app.get("/invoices").bearer(&books.ada.token).send().await.expect(403);
    books.app.get("/refunds").bearer(&books.doctor.token).send().await.expect(403);
}

#[tokio::test]
async fn an_invoice_that_comes_late_or_twice_is_counted_once() {
    let books = Books::new().await;
    let invoice: InvoiceId = books.invoice("10").await.parse().unwrap();
    let (today, zone) = (books.app.functions.state.today(), &books.app.config.hospital.zone);
    for _ in 0..3 {
        books.app.store().bill_follow(books.ada.id, invoice, today, zone).await.unwrap();
    }
    books.act(&invoice.to_string(), "payments", &paid("5")).await.expect(200);
    let follow = || books.app.store().bill_follow(books.ada.id, invoice, today, zone);
    let all = tokio::join!(follow(), follow(), follow(), follow());
    assert!(all.0.is_ok() && all.1.is_ok() && all.2.is_ok() && all.3.is_ok());
    assert_eq!(list(&books, "").await.1, totals(1, "12.00", "5.00", "7.00"));
}
