//! Many at the same moment.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;
use tokio::task::JoinSet;

use super::{Counter, amoxicillin, paracetamol};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_ask_for_the_last_hundred() {
    let mut counter = Counter::new().await;
    let (medicine, prescription) = (counter.keeps(&amoxicillin(), 60).await, counter.prescription_of("amoxicillin", 1000).await);
    counter.lot(&medicine, "SOON", "2026-03-20", 40).await;
    counter.all_mails().await;
    let (app, path) = (Arc::clone(&counter.app), format!("/patients/{}/allocations", counter.ada.id));
    let (body, token) = (counter.wanted(&medicine, 1, Some(prescription)), counter.ada.token.clone());
    let mut asking = JoinSet::new();
    for _ in 0..1000 {
        let (app, path, body, token) = (Arc::clone(&app), path.clone(), body.clone(), token.clone());
        asking.spawn(async move {
            let answer = app.post(&path, &body).bearer(&token).send().await;
            (answer.status.as_u16(), answer.body["code"].as_str().map(str::to_owned))
        });
    }
    let mut outcomes: BTreeMap<_, usize> = BTreeMap::new();
    for outcome in asking.join_all().await {
        *outcomes.entry(outcome).or_default() += 1;
    }
    assert_eq!(outcomes, BTreeMap::from([((201, None), 100), ((409, Some("not_enough_stock".to_owned())), 900)]));
    assert_eq!(counter.available(&medicine).await, 0);
    counter.adds_up(&medicine).await;
    let low = counter.all_mails().await.into_iter().filter(|mail| mail.contains("runs low")).count();
    assert_eq!(low, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_fifty_times_is_one_allocation() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 100).await;
    let path = format!("/patients/{}/allocations", counter.ada.id);
    let body = counter.wanted(&medicine, 2, None);
    let mut asking = JoinSet::new();
    for _ in 0..50 {
        let (app, path, body, token) = (Arc::clone(&counter.app), path.clone(), body.clone(), counter.ada.token.clone());
        asking.spawn(async move { app.post(&path, &body).header("idempotency-key", "one").bearer(&token).send().await });
    }
    let answers = asking.join_all().await;
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.status == 409), "the same answer, or that it is being worked on");
    let again = counter.app.post(&path, &body).header("idempotency-key", "one").bearer(&counter.ada.token).send().await.expect(201);
    let ids: std::collections::BTreeSet<_> = answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.id()).collect();
    assert_eq!((ids.len(), counter.available(&medicine).await), (1, 98));
    assert!(ids.contains(&again.id()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prescription_is_not_taken_twice_and_an_allocation_ends_once() {
    let counter = Arc::new(Counter::new().await);
    let medicine = counter.keeps(&amoxicillin(), 500).await;
    let prescription = counter.prescription().await;
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let (counter, medicine) = (Arc::clone(&counter), medicine.clone());
        asking.spawn(async move { counter.ask(&medicine, 4, Some(prescription)).await });
    }
    let asked = asking.join_all().await;
    let got: Vec<_> = asked.iter().filter(|answer| answer.status == 201).map(|answer| answer.id()).collect();
    assert_eq!((got.len(), counter.left(prescription).await, counter.available(&medicine).await), (10, 2, 460));
    let mut ending = JoinSet::new();
    for number in 0..20 {
        let (what, body) = if number % 2 == 0 { ("hand-over", json!({})) } else { ("cancel", json!({ "reason": "x" })) };
        let (counter, id) = (Arc::clone(&counter), got[0].clone());
        ending.spawn(async move { counter.act(&id, what, &body).await.status.as_u16() });
    }
    let ended = ending.join_all().await;
    assert_eq!(ended.iter().filter(|status| **status == 200).count(), 1, "{ended:?}");
    assert!(ended.iter().all(|status| [200, 409].contains(status)), "{ended:?}");
    counter.adds_up(&medicine).await;
}
