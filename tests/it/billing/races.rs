//! Many at the same moment.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Books, gbp, items, paid, stands};

/// How many of the answers have each status.
async fn statuses(mut tasks: JoinSet<u16>) -> (usize, usize) {
    let mut all = Vec::new();
    while let Some(status) = tasks.join_next().await {
        all.push(status.unwrap());
    }
    assert!(all.iter().all(|status| matches!(status, 200 | 201 | 409 | 412)), "{all:?}");
    let done = all.iter().filter(|status| **status < 300).count();
    (done, all.len() - done)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_payments_are_together_no_more_than_what_is_outstanding() {
    let books = Arc::new(Books::new().await);
    let invoice = books.invoice("10").await;
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let (books, invoice) = (Arc::clone(&books), invoice.clone());
        tasks.spawn(async move { books.act(&invoice, "payments", &paid("1")).await.status.as_u16() });
    }
    assert_eq!(statuses(tasks).await, (12, 38));
    let read = books.read(&invoice).await;
    assert_eq!((stands(&read), &read["paid"]), (("paid".to_owned(), "0.00".to_owned()), &gbp("12.00")));
    // Twelve receipts, numbered without gaps.
    let mut receipts: Vec<_> = read["entries"].as_array().unwrap().iter().filter_map(|entry| entry["document_number"].as_str()).collect();
    receipts.sort_by_key(|number| number.len());
    assert_eq!(receipts, (1..=12).map(|number| format!("000001-{number}")).collect::<Vec<_>>());
    books.are_proven().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_refunded_once_while_others_pay() {
    let books = Arc::new(Books::new().await);
    let invoice = books.invoice("10").await;
    books.act(&invoice, "payments", &paid("6")).await.expect(200);
    let (mut refunds, mut payments) = (JoinSet::new(), JoinSet::new());
    for _ in 0..10 {
        let (one, id) = (Arc::clone(&books), invoice.clone());
        let body = json!({ "payment": 2, "amount": gbp("4"), "reason": "Paid by mistake", "owed_again": true });
        refunds.spawn(async move { one.act(&id, "refunds", &body).await.status.as_u16() });
        let (one, id) = (Arc::clone(&books), invoice.clone());
        payments.spawn(async move { one.act(&id, "payments", &paid("2")).await.status.as_u16() });
    }
    // Six were outstanding: three payments of two. A refund of four fits once into a payment of six.
    assert_eq!((statuses(payments).await, statuses(refunds).await), ((3, 7), (1, 9)));
    let entries = books.read(&invoice).await["entries"].as_array().unwrap().clone();
    let refund = entries.iter().find(|entry| entry["what"] == "refund_asked").unwrap()["entry"].as_u64().unwrap();
    let (mut approvals, mut completions) = (JoinSet::new(), JoinSet::new());
    for _ in 0..5 {
        let (one, id) = (Arc::clone(&books), invoice.clone());
        approvals.spawn(async move {
            one.act_as(&one.benedetto, &id, &format!("refunds/{refund}/approve"), &Value::Null).await.status.as_u16()
        });
    }
    assert_eq!(statuses(approvals).await, (1, 4));
    for _ in 0..5 {
        let (one, id) = (Arc::clone(&books), invoice.clone());
        completions
            .spawn(async move { one.act(&id, &format!("refunds/{refund}/complete"), &json!({ "tender": "cash" })).await.status.as_u16() });
    }
    assert_eq!(statuses(completions).await, (1, 4));
    let read = books.read(&invoice).await;
    assert_eq!((&read["paid"], &read["refunded"], stands(&read).1.as_str()), (&gbp("12.00"), &gbp("4.00"), "4.00"));
    books.are_proven().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_charge_is_on_one_invoice_and_numbers_have_no_gaps() {
    let books = Arc::new(Books::new().await);
    books.charge("Copy of the images", "1").await;
    let (mut charges, mut invoices) = (JoinSet::new(), JoinSet::new());
    for number in 0..10 {
        let one = Arc::clone(&books);
        let body = json!({ "what": format!("Thing {number}"), "unit_price": gbp("1"), "reason": "Asked for" });
        charges.spawn(async move { one.post("charges", &body, &one.luca).await.status.as_u16() });
        let one = Arc::clone(&books);
        invoices.spawn(async move { one.issue(&one.luca).await.status.as_u16() });
    }
    assert_eq!(statuses(charges).await, (10, 0));
    let (issued, _) = statuses(invoices).await;
    books.issue(&books.luca).await;
    books.are_proven().await;
    let all = items(&books.get("invoices?limit=100", &books.luca).await.expect(200));
    assert!(issued >= 1 && all.len() >= issued, "{issued} {}", all.len());
    let mut numbers: Vec<u64> = all.iter().map(|one| one["number"].as_str().unwrap().parse().unwrap()).collect();
    numbers.sort_unstable();
    // A page has ten at most.
    assert_eq!(numbers.len() as u64, numbers.last().unwrap() - numbers.first().unwrap() + 1);
    let total: i64 = all.iter().map(|one| one["total"]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap()).sum();
    assert_eq!(total, 11 * 120);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credit_note_and_payments_meet() {
    let books = Arc::new(Books::new().await);
    for _ in 0..5 {
        let invoice = books.invoice("10").await;
        let (all, once) = (json!({ "reason": "By mistake" }), paid("12"));
        let (credited, pays) = tokio::join!(books.credit(&invoice, &all), books.act(&invoice, "payments", &once));
        let read = books.read(&invoice).await;
        let expected = match (credited.status.as_u16(), pays.status.as_u16()) {
            (200, 409) => ("void", "0.00"),
            (200, 200) => ("void", "12.00"),
            (412, 200) => ("paid", "0.00"),
            other => panic!("{other:?}"),
        };
        assert_eq!((read["status"].as_str().unwrap(), &read["overpaid"]), (expected.0, &gbp(expected.1)));
    }
    books.are_proven().await;
}
