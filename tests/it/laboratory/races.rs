//! Many at the same moment.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Bench, items, measured, potassium};

/// How many of the answers have each status.
async fn statuses(mut tasks: JoinSet<u16>) -> Vec<u16> {
    let mut all = Vec::new();
    while let Some(status) = tasks.join_next().await {
        all.push(status.unwrap());
    }
    all.sort_unstable();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_technicians_result_one_order_and_one_wins() {
    let bench = Arc::new(Bench::new().await);
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    let version = bench.read(&order, &bench.grete).await.expect(200).etag().to_owned();
    let mut tasks = JoinSet::new();
    for (number, token) in [&bench.grete, &bench.otto].into_iter().cycle().take(10).enumerate() {
        let (bench, order, version, token) = (Arc::clone(&bench), order.clone(), version.clone(), token.clone());
        #[expect(clippy::cast_precision_loss, reason = "ten numbers")]
        let value = 4.0 + number as f64 / 10.0;
        tasks.spawn(async move {
            let answer = bench.step_from(&order, "result", &measured(value), &version, &token).await;
            if answer.status == 409 { 412 } else { answer.status.as_u16() }
        });
    }
    assert_eq!(statuses(tasks).await, [200, 412, 412, 412, 412, 412, 412, 412, 412, 412]);
    let results = items(&bench.of_patient("results", &bench.doctor.token).await.expect(200));
    let read = bench.read(&order, &bench.grete).await.expect(200).body;
    assert_eq!((results.len(), &results[0]["values"][0]["value"]), (1, &read["result"]["values"][0]["value"]));
    assert_eq!(read["steps"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prescription_is_taken_to_one_laboratory() {
    let bench = Arc::new(Bench::new().await);
    let (test, prescription) = (bench.offers(&potassium()).await, bench.prescription(&potassium()).await);
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (bench, wanted) = (Arc::clone(&bench), bench.wanted(&test, Some(&prescription)));
        tasks.spawn(async move { bench.order(&wanted, &bench.ada.token).await.status.as_u16() });
    }
    let all = statuses(tasks).await;
    assert_eq!(
        (all.iter().filter(|status| **status == 201).count(), all.iter().filter(|status| **status == 409).count()),
        (1, 19),
        "{all:?}"
    );
    assert_eq!(items(&bench.of_patient("lab-orders", &bench.ada.token).await.expect(200)).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_and_a_cancellation() {
    let bench = Arc::new(Bench::new().await);
    for _ in 0..5 {
        let order = bench.ordered(&potassium()).await;
        bench.started(&order).await;
        let version = bench.read(&order, &bench.grete).await.expect(200).etag().to_owned();
        let (value, nothing) = (measured(4.2), json!({}));
        let (one, other) = tokio::join!(
            bench.step_from(&order, "result", &value, &version, &bench.grete),
            bench.step_from(&order, "cancel", &nothing, &version, &bench.ada.token)
        );
        assert!((one.status == 200) != (other.status == 200), "{} {}", one.text, other.text);
        let read = bench.read(&order, &bench.grete).await.expect(200).body;
        let prescription = format!("prescriptions/lab-tests/{}", read["prescription_id"].as_str().unwrap());
        let prescribed = bench.of_patient(&prescription, &bench.ada.token).await.expect(200).body;
        let expected = if one.status == 200 { ("resulted", "resulted") } else { ("cancelled", "open") };
        assert_eq!((read["status"].as_str().unwrap(), prescribed["status"].as_str().unwrap()), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_critical_result_is_acknowledged_once_and_released_once() {
    let bench = Arc::new(Bench::new().await);
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    bench.step(&order, "result", &measured(6.8), &bench.grete).await.expect(200);
    let mut tasks = JoinSet::new();
    for number in 0..10 {
        let (bench, order) = (Arc::clone(&bench), order.clone());
        tasks.spawn(async move {
            let note = json!({ "result_version": 1, "note": format!("Call {number}") });
            bench.app.post(&bench.of(&order, "/acknowledge"), &note).bearer(&bench.doctor.token).send().await.status.as_u16()
        });
    }
    assert_eq!(statuses(tasks).await, [204, 409, 409, 409, 409, 409, 409, 409, 409, 409]);
    bench.step(&order, "verify", &Value::Null, &bench.otto).await.expect(200);
    let version = bench.read(&order, &bench.grete).await.expect(200).etag().to_owned();
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let (bench, order, version) = (Arc::clone(&bench), order.clone(), version.clone());
        tasks.spawn(async move {
            let answer = bench.step_from(&order, "release", &Value::Null, &version, &bench.grete).await;
            if answer.status == 409 { 412 } else { answer.status.as_u16() }
        });
    }
    assert_eq!(statuses(tasks).await, [200, 412, 412, 412, 412, 412, 412, 412, 412, 412]);
    assert_eq!(items(&bench.get("turnaround").await.expect(200))[0]["released"], 1);
}
