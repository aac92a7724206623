//! Credit notes: a line, a whole invoice, and one that is billed again.

use serde_json::{Value, json};

use super::{Books, gbp, items, paid, stands};

#[tokio::test]
async fn a_line_is_credited_with_its_discount_and_tax() {
    let mut books = Books::new().await;
    books.earns("50000").await;
    let (first, second) = (books.charge("Copy of the images", "10").await, books.charge("Room for a guest", "33.33").await);
    let invoice = books.issue(&books.luca).await.expect(201);
    let id = invoice.id();
    let line = invoice.body["lines"].as_array().unwrap().iter().find(|line| line["charge"] == second).unwrap().clone();
    books.mails().await;
    let body = json!({ "charges": [second], "reason": "The guest did not come" });
    books.app.post(&books.path(&format!("invoices/{id}/credit-notes")), &body).bearer(&books.luca).send().await.expect(428);
    let noted = books.credit(&id, &body).await.expect(200).body;
    assert_eq!((&noted["entry"]["amount"], &noted["entry"]["document_number"]), (&line["total"], &json!("000001-C1")));
    let read = books.read(&id).await;
    assert_eq!(read["lines"].as_array().unwrap().iter().filter(|line| line["credited"] == true).count(), 1);
    assert_eq!(books.mails().await, ["ada-byron@example.org: Credit note 000001-C1 for invoice 000001"]);
    let twice = books.credit(&id, &body).await.refused(409, "credited_already");
    assert_eq!(twice.body["charge"], second);
    books.credit(&id, &json!({ "charges": [99], "reason": "x" })).await.invalid(&[("charges", "not_on_invoice")]);
    // The other line as well: nothing is left, and nothing is paid for it any more.
    let rest = books.credit(&id, &json!({ "charges": [first], "reason": "The copies were lost" })).await.expect(200);
    assert_eq!(stands(&rest.body["invoice"]), ("void".to_owned(), "0.00".to_owned()));
    books.act(&id, "payments", &paid("1")).await.refused(409, "void");
    books.credit(&id, &json!({ "reason": "x" })).await.refused(409, "void");
    let charges = books.charges().await;
    assert!(charges.iter().all(|(_, status, _)| status == "reversed"), "{charges:?}");
    books.are_proven().await;
}

#[tokio::test]
async fn a_whole_invoice_is_billed_again_with_the_discount_that_is_right() {
    let mut books = Books::new().await;
    books.charge("Copy of the images", "10").await;
    books.charge("Room for a guest", "30").await;
    let wrong = books.issue(&books.luca).await.expect(201);
    books.credit(&wrong.id(), &json!({ "charges": [2], "reason": "The guest did not come" })).await.expect(200);
    books.act(&wrong.id(), "payments", &paid("12")).await.expect(200);
    books.earns("15000").await;
    let again = json!({ "reason": "The income was not known", "bill_again": true });
    let void = books.credit(&wrong.id(), &again).await.expect(200);
    assert_eq!((stands(&void.body["invoice"]).0.as_str(), &void.body["invoice"]["overpaid"]), ("void", &gbp("12.00")));
    assert_eq!(books.owes().await, ("0.00".to_owned(), "12.00".to_owned(), "10.00".to_owned()));
    books.are_proven().await;
    let right = books.issue(&books.luca).await.expect(201).body;
    assert_eq!((&right["total"], &right["number"], right["lines"].as_array().unwrap().len()), (&gbp("6.00"), &json!("000002"), 1));
    books.issue(&books.luca).await.refused(409, "nothing_to_invoice");
    // The invoice that was taken back still shows what it said.
    assert_eq!(books.read(&wrong.id()).await["lines"].as_array().unwrap().len(), 2);
    assert_eq!(books.mails().await.iter().filter(|mail| mail.contains("Credit note")).count(), 2);
    books.are_proven().await;
}

#[tokio::test]
async fn what_is_cancelled_after_it_was_invoiced_gets_its_credit_note_by_itself() {
    let mut books = Books::new().await;
    let seen = books.seen().await;
    books.at("2026-03-02T09:20:00Z").await;
    books.appointment(&seen, "complete").await.expect(200);
    books.settle().await;
    let invoice = books.issue(&books.ada.token).await.expect(201).id();
    books.act(&invoice, "payments", &paid("50")).await.expect(200);
    books.mails().await;
    books.undo(&seen).await;
    assert_eq!(books.mails().await, ["ada-byron@example.org: Credit note 000001-C1 for invoice 000001"]);
    let read = books.read(&invoice).await;
    assert_eq!((stands(&read).0.as_str(), &read["overpaid"]), ("void", &gbp("50.00")));
    // Completed after all: it is charged once more, for the next invoice.
    books.appointment(&seen, "complete").await.expect(200);
    assert_eq!(books.charges().await.iter().map(|(_, status, _)| status.as_str()).collect::<Vec<_>>(), ["open", "reversed"]);
    books.are_proven().await;
}

#[tokio::test]
async fn wrong_credit_notes_are_refused() {
    let books = Books::new().await;
    let invoice = books.invoice("10").await;
    let credit = async |body: Value| books.credit(&invoice, &body).await;
    credit(json!({})).await.invalid(&[("reason", "required")]);
    credit(json!({ "charges": [], "reason": "x" })).await.invalid(&[("charges", "out_of_range")]);
    credit(json!({ "charges": (1..=41).collect::<Vec<_>>(), "reason": "x" })).await.invalid(&[("charges", "out_of_range")]);
    credit(json!({ "charges": [1, 1], "reason": "x" })).await.invalid(&[("charges", "duplicate")]);
    credit(json!({ "charges": [1], "bill_again": true, "reason": "x" })).await.invalid(&[("bill_again", "whole_invoice_only")]);
    let path = books.path(&format!("invoices/{invoice}/credit-notes"));
    books.app.post(&path, &json!({ "reason": "x" })).header("if-match", "\"v7\"").bearer(&books.luca).send().await.refused(412, "stale");
    assert_eq!(items(&books.get("statement", &books.luca).await.expect(200)).len(), 1);
}
