//! From an appointment to a paid bill, with every email.

use domain::role::Role;
use serde_json::json;

use super::{Books, gbp, paid, stands};

#[tokio::test]
async fn from_an_appointment_to_a_paid_bill() {
    let mut books = Books::new().await;
    books.app.on_roster(&books.accounts[0], Role::Accountant, None).await;
    books.earns("18000").await;
    books.mails().await;
    let seen = books.seen().await;
    assert_eq!(books.mails().await.len(), 2, "the booking, to both sides");
    books.at("2026-03-02T09:25:00Z").await;
    books.appointment(&seen, "complete").await.expect(200);
    books.settle().await;
    assert_eq!(books.owes().await, ("0.00".to_owned(), "0.00".to_owned(), "80.00".to_owned()));
    let invoice = books.issue(&books.ada.token).await.expect(201);
    assert_eq!(
        (&invoice.body["total"], &invoice.body["discount"]["rule"]),
        (&gbp("40.00"), &json!("50 % for a monthly income of up to GBP 20000.00"))
    );
    let id = invoice.id();
    assert_eq!(
        books.mails().await,
        ["ada-byron@example.org: Invoice 000001 for Ada Byron", "luca-pacioli@example.org: Invoice 000001 was issued"]
    );
    books.act(&id, "payments", &paid("15")).await.expect(200);
    books.act(&id, "payments", &json!({ "amount": gbp("25"), "tender": "card" })).await.expect(200);
    assert_eq!(
        books.mails().await,
        ["ada-byron@example.org: Receipt 000001-1 for GBP 15.00", "ada-byron@example.org: Receipt 000001-2 for GBP 25.00"]
    );
    assert_eq!(stands(&books.read(&id).await), ("paid".to_owned(), "0.00".to_owned()));
    books.are_proven().await;
}

#[tokio::test]
async fn every_event_three_times_and_in_reverse_tells_and_charges_once() {
    let mut books = Books::new().await;
    let seen = books.seen().await;
    books.at("2026-03-02T09:25:00Z").await;
    books.appointment(&seen, "complete").await.expect(200);
    books.settle().await;
    let id = books.issue(&books.ada.token).await.expect(201).id();
    books.act(&id, "payments", &paid("80")).await.expect(200);
    books.mails().await;
    let before = (books.charges().await, books.read(&id).await);
    books.app.redeliver(3, true).await;
    assert_eq!(books.mails().await, Vec::<String>::new());
    assert_eq!((books.charges().await, books.read(&id).await), before);
    books.are_proven().await;
}
