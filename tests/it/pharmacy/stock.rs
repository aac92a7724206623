//! Medicines and lots.

use serde_json::json;

use super::{Counter, amoxicillin, fields, paracetamol};

#[tokio::test]
async fn a_medicine_and_its_lots() {
    let counter = Counter::new().await;
    let id = counter.post("medicines", &amoxicillin()).await.expect(201).id();
    let bad = json!({ "name": " ", "ingredients": [], "form": "brick", "strength": "", "atc": "J01", "unit_price": { "amount": "1.234", "currency": "GBP" },
        "reorder_level": -1 });
    let answer = counter.post("medicines", &bad).await;
    assert_eq!(fields(&answer), ["name", "ingredients", "form", "strength", "atc", "unit_price", "reorder_level"]);
    for (body, field) in [
        (json!({ "lot_number": "A 1", "expires_on": "2027-01-01", "units": 1 }), "lot_number"),
        (json!({ "lot_number": "A1", "expires_on": "2026-03-02", "units": 1 }), "expires_on"),
        (json!({ "lot_number": "A1", "expires_on": "2047-01-01", "units": 1 }), "expires_on"),
        (json!({ "lot_number": "A1", "expires_on": "2027-01-01", "units": 0 }), "units"),
        (json!({ "lot_number": "A1", "expires_on": "2027-01-01", "units": 2.5 }), "units"),
    ] {
        assert_eq!(fields(&counter.post(&format!("medicines/{id}/lots"), &body).await), [field]);
    }
    let body =
        json!({ "lot_number": "A1", "expires_on": "2027-01-01", "units": 100, "unit_cost": { "amount": "0.10", "currency": "GBP" } });
    let lot = counter.post(&format!("medicines/{id}/lots"), &body).await.expect(201);
    assert_eq!((lot.body["left"].as_u64(), lot.body["received"].as_u64()), (Some(100), Some(100)));
    let medicine = counter.get(&format!("medicines/{id}")).await.expect(200);
    assert_eq!((medicine.body["available"].as_u64(), medicine.body["low_stock"].as_bool()), (Some(100), Some(false)));
    assert_eq!(medicine.body["expires_next"], "2027-01-01");

    let path = format!("medicines/{id}/lots/{}", lot.id());
    let moved = counter.post(&format!("{path}/adjust"), &json!({ "units": -3, "reason": "Counted again" })).await.expect(200);
    assert_eq!((moved.body["kind"].as_str(), moved.body["changes"][0]["units"].as_i64()), (Some("adjusted"), Some(-3)));
    counter.post(&format!("{path}/write-off"), &json!({ "units": 7, "reason": "Fell into water" })).await.expect(200);
    counter.post(&format!("{path}/return"), &json!({ "units": 50, "reason": "Too many ordered" })).await.expect(200);
    let refused = counter.post(&format!("{path}/write-off"), &json!({ "units": 41, "reason": "Lost" })).await.refused(409, "too_few_units");
    assert_eq!(refused.body["left"], 40);
    counter.post(&format!("{path}/adjust"), &json!({ "units": 0, "reason": "x" })).await.expect(422);
    counter.post(&format!("{path}/write-off"), &json!({ "units": 1 })).await.expect(422);
    assert_eq!(counter.available(&id).await, 40);

    let ledger = counter.get(&format!("medicines/{id}/movements")).await.expect(200).body;
    let kinds: Vec<_> = ledger["items"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 4);
    assert!(kinds.contains(&"received") && kinds.contains(&"returned") && kinds.contains(&"written_off"));
    counter.adds_up(&id).await;
}

#[tokio::test]
async fn lists_by_name_by_expiry_and_of_what_runs_low() {
    let counter = Counter::new().await;
    let (amoxil, panadol) = (counter.keeps(&amoxicillin(), 100).await, counter.keeps(&paracetamol(), 0).await);
    counter.lot(&panadol, "P1", "2026-05-01", 15).await;
    counter.app.drain().await;
    let names = async |query: &str| {
        let body = counter.get(&format!("medicines{query}")).await.expect(200).body;
        body["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["Amoxil", "Panadol"]);
    assert_eq!(names("?name=PAN").await, ["Panadol"]);
    assert_eq!(names("?low_stock=true").await, ["Panadol"]);
    let lots = async |query: &str| {
        let body = counter.get(&format!("lots{query}")).await.expect(200).body;
        let of = |lot: &serde_json::Value| (lot["lot_number"].as_str().unwrap().to_owned(), lot["left"].as_u64().unwrap());
        body["items"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(lots("").await, [("P1".to_owned(), 15), ("B4711".to_owned(), 100)]);
    assert_eq!(lots("?expires_before=2026-05-01").await, []);
    assert_eq!(lots("?expires_before=2026-05-02").await, [("P1".to_owned(), 15)]);
    let by_patient = counter.app.get(&counter.path("medicines")).bearer(&counter.ada.token).send().await.expect(200);
    assert_eq!(by_patient.body["items"][0]["available"], 100);
    counter.app.get(&counter.path("lots")).bearer(&counter.ada.token).send().await.expect(403);

    // A lot of which nothing is there is no longer in the list.
    let lot = counter.get(&format!("medicines/{panadol}/lots")).await.expect(200).body["items"][0]["id"].as_str().unwrap().to_owned();
    counter.post(&format!("medicines/{panadol}/lots/{lot}/return"), &json!({ "units": 15, "reason": "Recall" })).await.expect(200);
    counter.app.drain().await;
    assert_eq!(lots("").await, [("B4711".to_owned(), 100)]);

    let path = counter.path(&format!("medicines/{amoxil}"));
    let change = async |body: serde_json::Value, etag: &str| {
        counter.app.call("PATCH", &path).json(&body).header("if-match", etag).bearer(&counter.pharmacist).send().await
    };
    change(json!({ "strength": "250 mg" }), "\"v1\"").await.expect(422);
    let changed = change(json!({ "name": "Amoxicillin", "reorder_level": 100 }), "\"v1\"").await.expect(200);
    assert_eq!((changed.etag(), changed.body["low_stock"].as_bool()), ("\"v2\"", Some(true)));
    change(json!({ "name": "Other" }), "\"v1\"").await.expect(412);
    counter.app.drain().await;
    assert_eq!(names("?low_stock=true").await, ["Amoxicillin", "Panadol"]);
}

#[tokio::test]
async fn a_medicine_has_so_many_lots_and_what_is_gone_makes_room() {
    let counter = Counter::new().await;
    let id = counter.keeps(&paracetamol(), 0).await;
    let mut lots = Vec::new();
    for number in 0..10 {
        lots.push(counter.lot(&id, &format!("L{number}"), "2027-01-01", 1).await);
    }
    let body = json!({ "lot_number": "L10", "expires_on": "2027-01-01", "units": 1 });
    let refused = counter.post(&format!("medicines/{id}/lots"), &body).await.refused(409, "too_many_lots");
    assert_eq!(refused.body["at_most"], 10);
    counter.post(&format!("medicines/{id}/lots/{}/write-off", lots[3]), &json!({ "units": 1, "reason": "Lost" })).await.expect(200);
    counter.post(&format!("medicines/{id}/lots"), &body).await.expect(201);
    // What is found again of a lot that is gone is counted again.
    counter.post(&format!("medicines/{id}/lots/{}/write-off", lots[4]), &json!({ "units": 1, "reason": "Lost" })).await.expect(200);
    counter.lot(&id, "L11", "2027-01-01", 1).await;
    counter.post(&format!("medicines/{id}/lots/{}/adjust", lots[4]), &json!({ "units": 2, "reason": "Found" })).await.expect(200);
    assert_eq!(counter.available(&id).await, 12);
    counter.adds_up(&id).await;
}
