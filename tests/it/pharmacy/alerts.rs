//! What a pharmacy is told of medicines that run low and of lots that expire.

use local::stream::Consumer;
use serde_json::{Value, json};

use super::{Counter, amoxicillin, paracetamol};

async fn alerts(counter: &Counter, query: &str) -> Vec<Value> {
    counter.get(&format!("alerts{query}")).await.expect(200).body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn once_on_the_crossing_and_again_after_it_was_above() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 50).await;
    assert_eq!(counter.all_mails().await, Vec::<String>::new(), "a new medicine was never above");
    let taken = counter.ask(&medicine, 29, None).await.expect(201).id();
    assert!(!counter.all_mails().await.iter().any(|mail| mail.contains("low")), "21 are left");
    counter.ask(&medicine, 1, None).await.expect(201);
    let low = "north-pharmacy@example.org: Panadol 500 mg tablet runs low";
    assert!(counter.all_mails().await.contains(&low.to_owned()));
    for _ in 0..3 {
        counter.ask(&medicine, 1, None).await.expect(201);
    }
    assert!(!counter.all_mails().await.contains(&low.to_owned()), "not on every change below it");
    let open = alerts(&counter, "?state=open").await;
    assert_eq!(open[0]["low_stock"], json!({ "available": 20, "reorder_level": 20, "used": 30, "order": 30 }));

    // Back above, and low again.
    counter.act(&taken, "cancel", &json!({ "reason": "Broken" })).await.expect(200);
    counter.all_mails().await;
    assert!(alerts(&counter, "?state=open").await.is_empty());
    let resolved = alerts(&counter, "?state=resolved").await;
    assert_eq!((resolved.len(), &resolved[0]["resolved_at"]), (1, &json!("2026-03-02T08:00:00+00:00")));
    counter.ask(&medicine, 30, None).await.expect(201);
    assert!(counter.all_mails().await.contains(&low.to_owned()));
    assert_eq!((alerts(&counter, "").await.len(), alerts(&counter, "?state=resolved").await.len()), (1, 1));
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn a_higher_reorder_level_is_a_crossing_too() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 50).await;
    counter.all_mails().await;
    let path = counter.path(&format!("medicines/{medicine}"));
    let level = json!({ "reorder_level": 60 });
    counter.app.call("PATCH", &path).json(&level).header("if-match", "\"v1\"").bearer(&counter.pharmacist).send().await.expect(200);
    assert_eq!(counter.all_mails().await, ["north-pharmacy@example.org: Panadol 500 mg tablet runs low"]);
}

#[tokio::test]
async fn records_that_come_twice_late_or_out_of_order_send_one_email() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 22).await;
    for _ in 0..4 {
        counter.ask(&medicine, 1, None).await.expect(201);
    }
    let mut all = counter.app.records("low-stock");
    assert!(all.len() > 4);
    all.reverse();
    for _ in 0..3 {
        for record in &all {
            counter.app.functions.call("low-stock", json!({ "Records": [record] })).await.unwrap();
        }
        counter.app.functions.call("low-stock", json!({ "Records": all })).await.unwrap();
    }
    let low = |mails: Vec<String>| mails.into_iter().filter(|mail| mail.contains("runs low")).count();
    assert_eq!(low(counter.all_mails().await), 1);
    assert_eq!(alerts(&counter, "").await.len(), 1);
    let listed = counter.get("medicines").await.expect(200).body;
    assert_eq!((&listed["items"][0]["available"], &listed["items"][0]["low_stock"]), (&json!(18), &json!(true)));
}

#[tokio::test]
async fn a_lot_is_told_of_at_each_stage_and_goes_into_quarantine() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 0).await;
    let lot = counter.lot(&medicine, "B1", "2026-06-30", 100).await;
    counter.lot(&medicine, "B2", "2027-06-30", 50).await;
    counter.all_mails().await;
    let soon = "north-pharmacy@example.org: A lot of Amoxil 500 mg capsule expires within";
    for (day, told) in [("2026-03-31", ""), ("2026-04-01", "90"), ("2026-05-30", ""), ("2026-05-31", "30"), ("2026-06-23", "7")] {
        counter.at(&format!("{day}T08:00:00Z")).await;
        counter.app.fire_due().await;
        let expected: Vec<_> = Some(told).filter(|told| !told.is_empty()).map(|told| format!("{soon} {told} days")).into_iter().collect();
        assert_eq!(counter.all_mails().await, expected, "{day}");
    }
    assert_eq!(alerts(&counter, "?state=open").await[0]["expiry"]["stage"], 7);
    counter.at("2026-06-29T23:30:00Z").await;
    assert_eq!((counter.app.fire_due().await, counter.available(&medicine).await), (1, 50), "the day begins at midnight in London");
    assert_eq!(counter.all_mails().await, ["north-pharmacy@example.org: A lot of Amoxil 500 mg capsule has expired"]);
    let there = counter.get(&format!("medicines/{medicine}")).await.expect(200).body;
    assert_eq!((&there["available"], &there["expired"]), (&json!(50), &json!(100)));
    counter.adds_up(&medicine).await;

    // What is in quarantine is destroyed. Then the alert asks for nothing any more.
    let path = format!("medicines/{medicine}/lots/{lot}/write-off");
    counter.post(&path, &json!({ "units": 100, "reason": "Destroyed" })).await.expect(200);
    counter.all_mails().await;
    assert!(alerts(&counter, "?state=open").await.is_empty());
    assert_eq!(alerts(&counter, "?state=resolved").await[0]["expiry"]["stage"], 0);
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn a_lot_that_comes_late_is_told_of_at_once_and_an_empty_one_never() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 0).await;
    counter.lot(&medicine, "SHORT", "2026-03-22", 30).await;
    counter.all_mails().await;
    counter.at("2026-03-02T08:01:00Z").await;
    assert_eq!(counter.app.fire_due().await, 1);
    assert_eq!(counter.all_mails().await, ["north-pharmacy@example.org: A lot of Panadol 500 mg tablet expires within 30 days"]);
    let asked = counter.ask(&medicine, 30, None).await.expect(201).id();
    counter.act(&asked, "hand-over", &json!({})).await.expect(200);
    counter.all_mails().await;
    assert!(alerts(&counter, "?state=open").await.iter().all(|alert| alert.get("expiry").is_none()), "nothing is left of it");
    counter.at("2026-03-15T08:00:00Z").await;
    counter.app.fire_due().await;
    let mails = counter.all_mails().await;
    assert!(!mails.iter().any(|mail| mail.contains("expires")), "{mails:?}");
}

#[tokio::test]
async fn records_in_the_wrong_order_send_one_email_each_delivered_once() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 22).await;
    for _ in 0..3 {
        counter.ask(&medicine, 1, None).await.expect(201);
    }
    for record in counter.app.records("low-stock").iter().rev() {
        counter.app.functions.call("low-stock", json!({ "Records": [record] })).await.unwrap();
    }
    assert_eq!(alerts(&counter, "").await.len(), 1);
    let alert = alerts(&counter, "").await.remove(0);
    let (pharmacy, id) = (counter.pharmacy.parse().unwrap(), alert["id"].as_str().unwrap().parse().unwrap());
    assert!(counter.app.store().pharmacy_alert(pharmacy, id).await.unwrap().is_some());
    let low = counter.all_mails().await.into_iter().filter(|mail| mail.contains("runs low")).count();
    assert_eq!(low, 1);
}

#[tokio::test]
async fn a_record_that_comes_again_opens_no_alert_of_a_lot_that_is_gone() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 0).await;
    let lot = counter.lot(&medicine, "SHORT", "2026-03-22", 5).await;
    counter.all_mails().await;
    counter.at("2026-03-02T08:01:00Z").await;
    counter.app.fire_due().await;
    let path = format!("medicines/{medicine}/lots/{lot}/write-off");
    counter.post(&path, &json!({ "units": 2, "reason": "Broken" })).await.expect(200);
    counter.post(&path, &json!({ "units": 3, "reason": "Broken" })).await.expect(200);
    counter.all_mails().await;
    assert!(alerts(&counter, "?state=open").await.is_empty());
    for record in counter.app.records("low-stock") {
        counter.app.functions.call("low-stock", json!({ "Records": [record] })).await.unwrap();
    }
    assert!(alerts(&counter, "?state=open").await.is_empty());
    assert_eq!(counter.all_mails().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_comes_back_after_its_lot_has_expired_is_told_of() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 0).await;
    counter.lot(&medicine, "SHORT", "2026-03-04", 5).await;
    let asked = counter.ask(&medicine, 5, None).await.expect(201);
    assert_eq!(asked.body["collect_by"], "2026-03-04T00:00:00+00:00", "nothing waits longer than its lot can be used");
    counter.all_mails().await;
    counter.at("2026-03-04T00:01:00Z").await;
    counter.app.fire_due().await;
    let told = counter.all_mails().await;
    assert!(told.contains(&"north-pharmacy@example.org: A lot of Panadol 500 mg tablet has expired".to_owned()), "{told:?}");
    let open = alerts(&counter, "?state=open").await;
    assert_eq!((&open[0]["expiry"]["stage"], &open[0]["expiry"]["left"]), (&json!(0), &json!(5)));
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn an_alert_that_ses_refused_is_sent_again() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 21).await;
    counter.all_mails().await;
    let path = counter.path(&format!("medicines/{medicine}/lots"));
    let lot = counter.get(&format!("medicines/{medicine}/lots")).await.expect(200).body["items"][0]["id"].as_str().unwrap().to_owned();
    counter.app.services.mailbox.refuse_next(local::services::mailbox::Refusal::Rejected);
    let one = json!({ "units": 1, "reason": "Broken" });
    counter.app.post(&format!("{path}/{lot}/write-off"), &one).bearer(&counter.pharmacist).send().await.expect(200);
    assert_eq!(counter.all_mails().await, Vec::<String>::new());
    let (_, admin) = counter.app.staff("Florence Nightingale", domain::role::Role::Administrator).await;
    let refused = counter.app.get("/emails").bearer(&admin).send().await.expect(200).body;
    let again = format!("/emails/{}/resend", refused["items"][0]["id"].as_str().unwrap());
    counter.app.call("POST", &again).bearer(&admin).send().await.expect(202);
    assert_eq!(counter.all_mails().await, ["north-pharmacy@example.org: Panadol 500 mg tablet runs low"]);
}
