//! Payments: in full, in part, too much, twice, and by mistake.

use serde_json::{Value, json};

use super::{Books, gbp, items, paid, stands};

#[tokio::test]
async fn an_invoice_is_paid_in_parts_with_a_receipt_for_each() {
    let mut books = Books::new().await;
    let invoice = books.invoice("10").await;
    books.mails().await;
    let first = books
        .act(&invoice, "payments", &json!({ "amount": gbp("4.50"), "tender": "bank_transfer", "reference": "TR 7" }))
        .await
        .expect(200);
    assert_eq!(stands(&first.body["invoice"]), ("partly_paid".to_owned(), "7.50".to_owned()));
    let entry = &first.body["entry"];
    assert_eq!(
        (&entry["what"], &entry["document_number"], &entry["reference"], &entry["entry"]),
        (&json!("paid"), &json!("000001-1"), &json!("TR 7"), &json!(2))
    );
    let mails = books.new_mails().await;
    let [receipt] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((receipt.to.as_str(), receipt.subject.as_str()), ("ada-byron@example.org", "Receipt 000001-1 for GBP 4.50"));
    assert!(receipt.text.contains("Still to be paid: GBP 7.50") && receipt.text.contains("Reference: TR 7"), "{}", receipt.text);
    let last = books.act(&invoice, "payments", &paid("7.50")).await.expect(200);
    assert_eq!(stands(&last.body["invoice"]), ("paid".to_owned(), "0.00".to_owned()));
    // Nothing is outstanding now, and an overpayment has to be meant.
    let more = books.act(&invoice, "payments", &paid("1")).await.refused(409, "more_than_outstanding");
    assert_eq!(more.body["outstanding"], gbp("0.00"));
    let mut meant = paid("1");
    meant["overpayment"] = json!(true);
    let over = books.act(&invoice, "payments", &meant).await.expect(200);
    assert_eq!((&over.body["invoice"]["overpaid"], &over.body["invoice"]["status"]), (&gbp("1.00"), &json!("paid")));
    assert_eq!(books.owes().await, ("0.00".to_owned(), "1.00".to_owned(), "0.00".to_owned()));
    let statement = items(&books.get("statement", &books.ada.token).await.expect(200));
    let posted: Vec<_> = statement.iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(posted, ["paid", "paid", "paid", "issued"]);
    books.are_proven().await;
}

#[tokio::test]
async fn wrong_payments_are_refused_and_nothing_is_written() {
    let books = Books::new().await;
    let invoice = books.invoice("10").await;
    for (amount, code) in [
        ("0", "too_small"),
        ("0.00", "too_small"),
        ("-1", "invalid_amount"),
        ("1.234", "invalid_amount"),
        ("", "invalid_amount"),
        ("NaN", "invalid_amount"),
    ] {
        books.act(&invoice, "payments", &paid(amount)).await.invalid(&[("amount", code)]);
    }
    let dollars = json!({ "amount": { "amount": "1", "currency": "USD" }, "tender": "gold", "reference": "x".repeat(41) });
    books.act(&invoice, "payments", &dollars).await.invalid(&[
        ("amount", "other_currency"),
        ("tender", "invalid_tender"),
        ("reference", "too_long"),
    ]);
    books.act(&invoice, "payments", &json!({})).await.invalid(&[("amount", "required"), ("tender", "required")]);
    books.act(&invoice, "payments", &json!({ "amount": 1, "tender": "cash" })).await.expect(422);
    books.act(&invoice, "payments", &paid("12.01")).await.refused(409, "more_than_outstanding");
    books.act("inv_00000000000000000000000001", "payments", &paid("1")).await.expect(404);
    assert_eq!(books.read(&invoice).await["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_payment_twice_is_one_and_the_same_reference_is_asked_about() {
    let books = Books::new().await;
    let invoice = books.invoice("10").await;
    let body = json!({ "amount": gbp("3"), "tender": "bank_transfer", "reference": "TR 2026-42" });
    let path = books.path(&format!("invoices/{invoice}/payments"));
    let pay = async |key: &str, body: &Value| books.app.post(&path, body).header("idempotency-key", key).bearer(&books.luca).send().await;
    let first = pay("key-1", &body).await.expect(200);
    let again = pay("key-1", &body).await.expect(200);
    assert_eq!((first.body, "true"), (again.body.clone(), again.headers["idempotency-replayed"].to_str().unwrap()));
    let mut same = body.clone();
    same["reference"] = json!("tr2026-42");
    pay("key-2", &same).await.refused(409, "same_reference");
    same["same_reference"] = json!(true);
    assert_eq!(stands(&pay("key-3", &same).await.expect(200).body["invoice"]), ("partly_paid".to_owned(), "6.00".to_owned()));
    // On another invoice it is another payment.
    let other = books.invoice("10").await;
    books.act(&other, "payments", &body).await.expect(200);
    books.are_proven().await;
}

#[tokio::test]
async fn a_payment_that_did_not_happen_is_taken_back_and_stays_in_the_books() {
    let mut books = Books::new().await;
    let invoice = books.invoice("10").await;
    books.act(&invoice, "payments", &paid("12")).await.expect(200);
    books.mails().await;
    books.act(&invoice, "payments/2/take-back", &json!({})).await.invalid(&[("reason", "required")]);
    let reason = json!({ "reason": "The cheque has bounced" });
    books.act(&invoice, "payments/1/take-back", &reason).await.refused(409, "not_a_payment");
    books.act(&invoice, "payments/9/take-back", &reason).await.expect(404);
    books.act(&invoice, "payments/x/take-back", &reason).await.expect(404);
    let back = books.act(&invoice, "payments/2/take-back", &reason).await.expect(200);
    assert_eq!(stands(&back.body["invoice"]), ("unpaid".to_owned(), "12.00".to_owned()));
    let twice = books.act(&invoice, "payments/2/take-back", &reason).await.refused(409, "more_than_paid");
    assert_eq!(twice.body["left"], gbp("0.00"));
    assert_eq!(books.mails().await, ["ada-byron@example.org: A payment for invoice 000001 was taken back"]);
    assert_eq!(books.read(&invoice).await["entries"].as_array().unwrap().len(), 3);
    // The next receipt has the next number.
    let next = books.act(&invoice, "payments", &paid("12")).await.expect(200);
    assert_eq!(next.body["entry"]["document_number"], "000001-2");
    books.are_proven().await;
}

#[tokio::test]
async fn many_invoices_are_marked_at_once_each_with_its_outcome() {
    let mut books = Books::new().await;
    let (first, second, third) = (books.invoice("10").await, books.invoice("20").await, books.invoice("30").await);
    books.act(&second, "payments", &paid("24")).await.expect(200);
    books.mails().await;
    let of = |id: &str| json!({ "patient_id": books.ada.id, "invoice_id": id });
    let missing = "inv_00000000000000000000000001";
    let mark =
        json!({ "mark": "paid", "tender": "card", "reference": "Batch 1", "invoices": [of(&first), of(missing), of(&second), of(&third)] });
    let marked = items(&books.app.post("/invoices/mark", &mark).bearer(&books.luca).send().await.expect(200));
    let outcomes: Vec<_> = marked.iter().map(|one| (one["done"].as_bool().unwrap(), one["code"].as_str())).collect();
    assert_eq!(outcomes, [(true, None), (false, Some("not_found")), (false, Some("nothing_outstanding")), (true, None)]);
    assert_eq!((stands(&marked[3]["invoice"]).0.as_str(), marked[1]["invoice"].is_null()), ("paid", true));
    let unpaid = json!({ "mark": "unpaid", "reason": "The batch was entered twice", "invoices": [of(&first), of(&third)] });
    let back = items(&books.app.post("/invoices/mark", &unpaid).bearer(&books.luca).send().await.expect(200));
    assert!(back.iter().all(|one| one["done"] == true && one["invoice"]["status"] == "unpaid"), "{back:?}");
    let again = items(&books.app.post("/invoices/mark", &unpaid).bearer(&books.luca).send().await.expect(200));
    assert!(again.iter().all(|one| one["code"] == "nothing_paid"), "{again:?}");
    assert_eq!(books.mails().await.len(), 4);
    // The right batch has the same reference as the one that does not count.
    let right = items(&books.app.post("/invoices/mark", &mark).bearer(&books.luca).send().await.expect(200));
    assert!(right[0]["done"] == true && right[3]["done"] == true, "{right:?}");
    books.are_proven().await;
}

#[tokio::test]
async fn wrong_batches_are_refused() {
    let books = Books::new().await;
    let post = async |body: Value| books.app.post("/invoices/mark", &body).bearer(&books.luca).send().await;
    let one = json!({ "patient_id": books.ada.id, "invoice_id": "inv_00000000000000000000000001" });
    post(json!({})).await.invalid(&[("mark", "required"), ("invoices", "required")]);
    post(json!({ "mark": "paid", "invoices": [one] })).await.invalid(&[("tender", "required")]);
    post(json!({ "mark": "unpaid", "invoices": [one] })).await.invalid(&[("reason", "required")]);
    post(json!({ "mark": "paid", "tender": "cash", "reason": "x", "invoices": [one] })).await.invalid(&[("reason", "not_with_paid")]);
    post(json!({ "mark": "unpaid", "tender": "cash", "reason": "x", "invoices": [one] })).await.invalid(&[("tender", "not_with_unpaid")]);
    post(json!({ "mark": "void", "tender": "cash", "invoices": [one] })).await.invalid(&[("mark", "invalid_mark")]);
    post(json!({ "mark": "paid", "tender": "cash", "invoices": [] })).await.invalid(&[("invoices", "out_of_range")]);
    post(json!({ "mark": "paid", "tender": "cash", "invoices": vec![one.clone(); 51] })).await.invalid(&[("invoices", "out_of_range")]);
    post(json!({ "mark": "paid", "tender": "cash", "invoices": [one, one] })).await.invalid(&[("invoices[1].invoice_id", "duplicate")]);
    post(json!({ "mark": "paid", "tender": "cash", "invoices": [{ "patient_id": "x" }] }))
        .await
        .invalid(&[("invoices[0].patient_id", "invalid_id"), ("invoices[0].invoice_id", "required")]);
}

#[tokio::test]
async fn a_payment_says_when_the_money_came() {
    let mut books = Books::new().await;
    let invoice = books.invoice("10").await;
    books.mails().await;
    let on = |day: &str| {
        let mut body = paid("4");
        body["received_on"] = json!(day);
        body
    };
    for (day, code) in [("2026-03-03", "out_of_range"), ("2025-03-01", "out_of_range"), ("yesterday", "invalid_date")] {
        books.act(&invoice, "payments", &on(day)).await.invalid(&[("received_on", code)]);
    }
    let entry = books.act(&invoice, "payments", &on("2026-02-27")).await.expect(200).body["entry"].clone();
    assert_eq!((&entry["received_on"], &entry["at"]), (&json!("2026-02-27"), &json!("2026-03-02T08:00:00+00:00")));
    let mails = books.new_mails().await;
    assert!(mails[0].text.contains("Received: Friday 27 February 2026"), "{}", mails[0].text);
    books.are_proven().await;
}
