//! Invoices that are overdue: the patient is reminded, three times at most.

use super::{Books, gbp, paid, stands};

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
