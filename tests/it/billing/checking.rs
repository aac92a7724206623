//! The command that proves the books finds what is wrong with them.

use std::collections::HashMap;

use dynoxide::AttributeValue;
use local::stream::Consumer;
use serde_json::{Value, json};

use super::{Books, paid};
use crate::support::shared_database;

type Item = HashMap<String, AttributeValue>;

async fn check(books: &Books) -> Value {
    books.settle().await;
    books.app.functions.call("notifications", json!({ "check_billing": {} })).await.unwrap()
}

/// What is wrong, by its name.
async fn wrong(books: &Books) -> Vec<String> {
    let report = check(books).await;
    let drifts = report["drifts"].as_array().unwrap();
    drifts.iter().flat_map(|drift| drift["drift"].as_object().unwrap().keys().cloned()).collect()
}

/// Changes an item in the table, as nothing in the hospital can. Returns what it was.
fn tamper(books: &Books, kind: &str, attribute: &str, value: &str) -> Item {
    let kind = AttributeValue::S(kind.to_owned());
    let scan = serde_json::from_value(json!({ "TableName": books.app.table })).unwrap();
    let all = shared_database().0.scan(scan).unwrap().items.unwrap();
    let item = all.into_iter().find(|item| item.get("kind") == Some(&kind)).unwrap();
    let mut changed = item.clone();
    changed.insert(attribute.to_owned(), AttributeValue::N(value.to_owned()));
    put(books, changed);
    item
}

fn put(books: &Books, item: Item) {
    shared_database().0.import_items(&books.app.table, vec![item], dynoxide::ImportOptions::default()).unwrap();
}

#[tokio::test]
async fn an_error_in_the_books_is_found() {
    let books = Books::new().await;
    let invoice = books.invoice("10").await;
    books.act(&invoice, "payments", &paid("5")).await.expect(200);
    books.charge("Copy of the images", "3").await;
    let report = check(&books).await;
    assert_eq!(
        (&report["patients"], &report["invoices"], &report["charges"], &report["drifts"]),
        (&json!(1), &json!(1), &json!(2), &json!([]))
    );
    for (kind, attribute, value, found) in [
        // Somebody has paid more than the entries say.
        ("invoice_balance", "paid", "1200", vec!["entries", "outstanding"]),
        ("invoice_balance", "total", "700", vec!["lines", "outstanding"]),
        ("billing_account", "outstanding", "0", vec!["outstanding"]),
        ("billing_account", "open", "0", vec!["open"]),
        ("billing_account", "charges", "3", vec!["missing"]),
        ("billing_account", "invoiced", "0", vec!["invoiced", "open"]),
        ("numbered_invoice", "number", "1", vec![]),
    ] {
        let before = tamper(&books, kind, attribute, value);
        assert_eq!(wrong(&books).await, found, "{kind}.{attribute}");
        put(&books, before);
    }
    // A charge on an invoice has another quantity: the invoice no longer equals its lines.
    let charge = "charge";
    let scan = serde_json::from_value(json!({ "TableName": books.app.table })).unwrap();
    let all = shared_database().0.scan(scan).unwrap().items.unwrap();
    let first = all.into_iter().find(|item| {
        item.get("kind") == Some(&AttributeValue::S(charge.to_owned())) && item.get("number") == Some(&AttributeValue::N("1".to_owned()))
    });
    let first = first.unwrap();
    let mut more = first.clone();
    more.insert("quantity".to_owned(), AttributeValue::N("2".to_owned()));
    put(&books, more);
    assert_eq!(wrong(&books).await, ["lines"]);
    put(&books, first);
    assert_eq!(wrong(&books).await, Vec::<String>::new());
}
