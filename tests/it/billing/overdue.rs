//! Invoices that are overdue: the patient is reminded, three times at most.

use domain::ward::Ward;
use serde_json::json;

use super::{Books, gbp, paid, stands};
use crate::wards::House;

#[tokio::test]
async fn the_patient_is_reminded_in_the_morning_after_the_due_day() {
    let mut books = Books::new().await;
    let invoice = books.invoice("10").await;
    books.mails().await;
    for (at, subject) in [
        ("2026-04-01T12:00:00Z", None),
        // Eight o'clock in London, in summer.
        ("2026-04-02T06:59:00Z", None),
        ("2026-04-02T07:00:00Z", Some("Reminder: invoice 000001 was due on Wednesday 1 April 2026")),
        ("2026-04-16T06:00:00Z", None),
        ("2026-04-16T07:00:00Z", Some("Reminder: invoice 000001 was due on Wednesday 1 April 2026")),
        ("2026-04-30T07:00:00Z", Some("Last reminder: invoice 000001 was due on Wednesday 1 April 2026")),
        ("2026-06-30T07:00:00Z", None),
    ] {
        books.at(at).await;
        books.app.fire_due().await;
        let expected: Vec<_> = subject.into_iter().map(|subject| format!("ada-byron@example.org: {subject}")).collect();
        assert_eq!(books.mails().await, expected, "{at}");
    }
    assert_eq!(stands(&books.read(&invoice).await).0, "overdue");
    let listed = books.app.get("/invoices?status=overdue").bearer(&books.luca).send().await.expect(200).body;
    assert_eq!((&listed["totals"]["outstanding"], &listed["items"][0]["status"]), (&gbp("12.00"), &serde_json::json!("overdue")));
    books.are_proven().await;
}

#[tokio::test]
async fn who_has_paid_is_not_reminded() {
    let mut books = Books::new().await;
    let invoice = books.invoice("10").await;
    books.settle().await;
    let due = books.app.services.schedules.list();
    books.act(&invoice, "payments", &paid("12")).await.expect(200);
    books.mails().await;
    assert_eq!((due.len(), books.app.services.schedules.list().len()), (1, 0));
    // A schedule that fires all the same is void.
    books.at("2026-04-02T08:00:00Z").await;
    let input = serde_json::json!({ "invoice_id": invoice, "patient_id": books.ada.id, "due_at": "2026-04-02T07:00:00Z" });
    let due = serde_json::from_value(input).unwrap();
    reminders::handle(&books.app.events(), due).await.unwrap();
    assert_eq!(books.mails().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_payment_that_bounces_long_after_the_due_day_gives_the_patient_two_weeks() {
    let mut books = Books::new().await;
    let invoice = books.invoice("10").await;
    books.act(&invoice, "payments", &paid("12")).await.expect(200);
    books.at("2026-06-01T12:00:00Z").await;
    books.mails().await;
    books.act(&invoice, "payments/2/take-back", &json!({ "reason": "The cheque has bounced" })).await.expect(200);
    let mails = books.new_mails().await;
    let [told] = &mails[..] else { panic!("{mails:?}") };
    // The due day is long ago: the email does not ask for a payment until then.
    assert!(told.subject.ends_with("was taken back") && !told.text.contains("Pay by"), "{}", told.text);
    for (at, reminders) in
        [("2026-06-14T12:00:00Z", 0), ("2026-06-15T12:00:00Z", 1), ("2026-06-16T12:00:00Z", 0), ("2026-06-29T12:00:00Z", 1)]
    {
        books.at(at).await;
        books.app.fire_due().await;
        assert_eq!(books.mails().await.len(), reminders, "{at}");
    }
    books.are_proven().await;
}

#[tokio::test]
async fn an_accountant_or_the_administrators_write_to_who_has_no_email() {
    let mut house = House::new(&[Ward::General]).await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "general" })).await.expect(201).body;
    house.later(24 * 60).await;
    house.leaves(&stay).await.expect(200);
    while house.app.drain().await > 0 {}
    let mut seen = 0;
    let told = house.app.new_mails(&mut seen).await;
    let issued: Vec<_> = told.iter().filter(|mail| mail.subject == "Invoice 000001 was issued").collect();
    assert_eq!(issued.len(), 2, "nobody keeps the books today, so both administrators are told");
    assert!(issued[0].text.contains("Please send it by post") && issued[0].text.contains("Discount: "), "{}", issued[0].text);
    house.later(24 * 60 * 31).await;
    house.app.fire_due().await;
    while house.app.drain().await > 0 {}
    let told = house.app.new_mails(&mut seen).await;
    let overdue: Vec<_> = told.iter().filter(|mail| mail.subject.starts_with("Invoice 000001 is overdue")).collect();
    assert!(issued.iter().all(|before| overdue.iter().any(|mail| mail.to == before.to)), "{overdue:?}");
}
