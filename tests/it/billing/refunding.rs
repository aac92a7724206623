//! Refunds: asked for by one person, approved by another one, and then paid.

use domain::role::Role;
use serde_json::{Value, json};

use super::{Books, gbp, items, paid, stands};

async fn overpaid(books: &Books) -> String {
    let invoice = books.invoice("10").await;
    let mut over = paid("20");
    over["overpayment"] = json!(true);
    books.act(&invoice, "payments", &over).await.expect(200);
    invoice
}

fn refund(amount: &str) -> Value {
    json!({ "payment": 2, "amount": gbp(amount), "reason": "Paid too much" })
}

/// The patient has to pay it again.
fn owed_again(amount: &str) -> Value {
    let mut refund = refund(amount);
    refund["owed_again"] = json!(true);
    refund
}

#[tokio::test]
async fn money_goes_back_when_two_people_agree() {
    let mut books = Books::new().await;
    books.app.on_roster(&books.accounts[0], Role::Accountant, None).await;
    books.app.on_roster_in(domain::shifts::ShiftTime::Day, &books.accounts[1], Role::Accountant, Some(domain::ward::Ward::General)).await;
    let invoice = overpaid(&books).await;
    books.mails().await;
    let asked = books.act(&invoice, "refunds", &refund("8")).await.expect(200);
    assert_eq!((&asked.body["entry"]["what"], &asked.body["entry"]["entry"]), (&json!("refund_asked"), &json!(3)));
    // Whoever asks does not decide, so the email goes to the other one.
    assert_eq!(books.mails().await, ["benedetto-cotrugli@example.org: A refund for invoice 000001 waits for approval"]);
    let open = items(&books.app.get("/refunds").bearer(&books.benedetto).send().await.expect(200));
    let wish = &open[0]["refunds"][0];
    assert_eq!((&wish["amount"], &wish["approved"], &wish["reason"]), (&gbp("8.00"), &json!(false), &json!("Paid too much")));
    assert_eq!(wish["asked_by"], json!(books.accounts[0].id));
    let nothing = Value::Null;
    books.act(&invoice, "refunds/3/approve", &nothing).await.refused(409, "own_refund");
    books.act(&invoice, "refunds/3/complete", &json!({ "tender": "cash" })).await.refused(409, "not_approved");
    books.act_as(&books.benedetto, &invoice, "refunds/3/approve", &nothing).await.expect(200);
    books.act_as(&books.admin, &invoice, "refunds/3/approve", &nothing).await.refused(409, "approved_already");
    books.settle().await;
    let open = items(&books.app.get("/refunds").bearer(&books.admin).send().await.expect(200));
    assert_eq!(open[0]["refunds"][0]["approved"], true);
    let done = books.act(&invoice, "refunds/3/complete", &json!({ "tender": "bank_transfer", "reference": "TR 8" })).await.expect(200);
    assert_eq!((&done.body["invoice"]["refunded"], &done.body["invoice"]["overpaid"]), (&gbp("8.00"), &gbp("0.00")));
    books.act(&invoice, "refunds/3/complete", &json!({ "tender": "cash" })).await.refused(409, "no_open_refund");
    books.act_as(&books.benedetto, &invoice, "refunds/3/reject", &json!({ "reason": "x" })).await.refused(409, "no_open_refund");
    let mails = books.new_mails().await;
    let [told] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((told.to.as_str(), told.subject.as_str()), ("ada-byron@example.org", "GBP 8.00 was paid back"));
    assert!(told.text.contains("Why: Paid too much") && told.text.contains("Still to be paid: GBP 0.00"), "{}", told.text);
    assert_eq!(items(&books.app.get("/refunds").bearer(&books.admin).send().await.expect(200)).len(), 0);
    books.are_proven().await;
}

#[tokio::test]
async fn no_more_goes_back_than_was_paid() {
    let books = Books::new().await;
    let invoice = overpaid(&books).await;
    let too_much = books.act(&invoice, "refunds", &refund("20.01")).await.refused(409, "more_than_paid");
    assert_eq!(too_much.body["left"], gbp("20.00"));
    // Twelve were to be paid, and stay paid unless somebody means it.
    let owed = books.act(&invoice, "refunds", &refund("8.01")).await.refused(409, "more_than_overpaid");
    assert_eq!(owed.body["overpaid"], gbp("8.00"));
    books.act(&invoice, "refunds", &owed_again("15")).await.expect(200);
    let nothing = books.act(&invoice, "refunds", &refund("1")).await.refused(409, "more_than_overpaid");
    assert_eq!(nothing.body["overpaid"], gbp("0.00"));
    let held = books.act(&invoice, "refunds", &refund("5.01")).await.refused(409, "more_than_paid");
    assert_eq!(held.body["left"], gbp("5.00"));
    books.act(&invoice, "payments/2/take-back", &json!({ "reason": "x" })).await.refused(409, "more_than_paid");
    let unpaid = json!({ "mark": "unpaid", "reason": "x", "invoices": [{ "patient_id": books.ada.id, "invoice_id": invoice }] });
    let marked = books.app.post("/invoices/mark", &unpaid).bearer(&books.luca).send().await.expect(200);
    assert_eq!(items(&marked)[0]["code"], "refunded");
    // What is rejected can be asked for again.
    books.act(&invoice, "refunds/3/reject", &json!({ "reason": "Wrong amount" })).await.expect(200);
    let again = books.act(&invoice, "refunds", &owed_again("20")).await.expect(200);
    let number = again.body["entry"]["entry"].as_u64().unwrap();
    books.act_as(&books.admin, &invoice, &format!("refunds/{number}/approve"), &Value::Null).await.expect(200);
    let done = books.act(&invoice, &format!("refunds/{number}/complete"), &json!({ "tender": "cash" })).await.expect(200);
    // The invoice itself is still to be paid.
    assert_eq!(stands(&done.body["invoice"]), ("unpaid".to_owned(), "12.00".to_owned()));
    assert_eq!(books.owes().await.0, "12.00");
    books.are_proven().await;
}

#[tokio::test]
async fn without_another_accountant_the_administrators_are_told() {
    let mut books = Books::new().await;
    let invoice = overpaid(&books).await;
    books.mails().await;
    books.act(&invoice, "refunds", &refund("8")).await.expect(200);
    assert_eq!(books.mails().await, ["florence-nightingale@example.org: A refund for invoice 000001 waits for approval"]);
}

#[tokio::test]
async fn wrong_refunds_are_refused() {
    let books = Books::new().await;
    let invoice = overpaid(&books).await;
    books.act(&invoice, "refunds", &json!({})).await.invalid(&[("payment", "required"), ("amount", "required"), ("reason", "required")]);
    for (amount, code) in [("0", "too_small"), ("-1", "invalid_amount"), ("1.001", "invalid_amount")] {
        books.act(&invoice, "refunds", &refund(amount)).await.invalid(&[("amount", code)]);
    }
    let of = |payment: i64| json!({ "payment": payment, "amount": gbp("1"), "reason": "x" });
    books.act(&invoice, "refunds", &of(0)).await.invalid(&[("payment", "out_of_range")]);
    books.act(&invoice, "refunds", &of(1)).await.refused(409, "not_a_payment");
    books.act(&invoice, "refunds", &of(9)).await.expect(404);
    books.act(&invoice, "refunds/9/approve", &Value::Null).await.refused(409, "no_open_refund");
    books.act(&invoice, "refunds/x/approve", &Value::Null).await.expect(404);
    for _ in 0..5 {
        books.act(&invoice, "refunds", &of(2)).await.expect(200);
    }
    let many = books.act(&invoice, "refunds", &of(2)).await.refused(409, "too_many_refunds");
    assert_eq!(many.body["at_most"], 5);
    books.act_as(&books.ada.token, &invoice, "refunds", &of(2)).await.expect(403);
    books.act_as(&books.ada.token, &invoice, "refunds/3/approve", &Value::Null).await.expect(403);
    books.act_as(&books.admin, &invoice, "refunds", &of(2)).await.expect(403);
}
