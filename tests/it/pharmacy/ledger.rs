//! The ledger says how much is there.

use local::stream::Consumer;
use serde_json::{Value, json};

use super::{Counter, amoxicillin, paracetamol};
use crate::support::shared_database;

/// Checks every medicine: how many there are, which lots differ, and what could not be counted.
async fn check(counter: &Counter, rebuild: bool) -> (u64, Vec<Value>, Vec<Value>) {
    let (mut checked, mut drifts, mut incomplete, mut after) = (0, Vec::new(), Vec::new(), Value::Null);
    loop {
        let call = json!({ "check_stock": { "rebuild": rebuild, "after": after } });
        let report = counter.app.functions.call("low-stock", call).await.unwrap();
        checked += report["checked"].as_u64().unwrap();
        drifts.extend(report["drifts"].as_array().unwrap().clone());
        incomplete.extend(report["incomplete"].as_array().unwrap().clone());
        after = report["next"].clone();
        if after.is_null() {
            return (checked, drifts, incomplete);
        }
    }
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Whatever is done in whatever order: the ledger adds up to the stock, nothing is negative, and nothing that has expired is given out.
#[tokio::test]
async fn any_sequence_adds_up() {
    let (mut counter, mut dice) = (Counter::new().await, Dice(23));
    let medicine = counter.keeps(&paracetamol(), 30).await;
    let (mut lots, mut open) = (Vec::new(), Vec::new());
    for step in 0..60 {
        let day = 2 + step / 10;
        counter.at(&format!("2026-03-{day:02}T10:{:02}:00Z", step % 10)).await;
        match dice.roll(8) {
            0 => {
                let expires = format!("2026-03-{:02}", day + 1 + dice.roll(4));
                let body = json!({ "lot_number": format!("L{step}"), "expires_on": expires, "units": 1 + dice.roll(20) });
                let answer = counter.post(&format!("medicines/{medicine}/lots"), &body).await;
                lots.extend((answer.status == 201).then(|| answer.id()));
            }
            1 if !lots.is_empty() => {
                let lot = &lots[usize::try_from(dice.roll(lots.len() as u64)).unwrap()];
                let what = ["write-off", "return"][usize::from(dice.roll(2) == 0)];
                let body = json!({ "units": 1 + dice.roll(12), "reason": "Test" });
                counter.post(&format!("medicines/{medicine}/lots/{lot}/{what}"), &body).await;
            }
            2 if !lots.is_empty() => {
                let lot = &lots[usize::try_from(dice.roll(lots.len() as u64)).unwrap()];
                let units = i64::try_from(dice.roll(20)).unwrap() - 10;
                counter.post(&format!("medicines/{medicine}/lots/{lot}/adjust"), &json!({ "units": units, "reason": "Test" })).await;
            }
            3 if !open.is_empty() => {
                let id: String = open.swap_remove(usize::try_from(dice.roll(open.len() as u64)).unwrap());
                counter.act(&id, "cancel", &json!({ "reason": "Test" })).await;
            }
            4 if !open.is_empty() => {
                let id: String = open.swap_remove(usize::try_from(dice.roll(open.len() as u64)).unwrap());
                let answer = counter.act(&id, "hand-over", &json!({ "units": 1, "reason": "Test" })).await;
                if answer.status == 200 {
                    let expires = answer.body["lots"][0]["expires_on"].as_str().unwrap();
                    assert!(*expires > *format!("2026-03-{day:02}"), "expired on {expires} and handed over on {day}");
                }
            }
            5 => {
                counter.app.drain().await;
                counter.app.fire_due().await;
            }
            _ => {
                let answer = counter.ask(&medicine, u32::try_from(1 + dice.roll(12)).unwrap(), None).await;
                open.extend((answer.status == 201).then(|| answer.id()));
            }
        }
        counter.adds_up(&medicine).await;
    }
    let listed = counter.get(&format!("medicines/{medicine}/lots")).await.expect(200).body;
    assert!(listed["items"].as_array().unwrap().iter().all(|lot| lot["left"].as_u64().is_some()));
}

#[tokio::test]
async fn a_planted_error_is_found_and_put_right() {
    let counter = Counter::new().await;
    let (wrong, right) = (counter.keeps(&paracetamol(), 30).await, counter.keeps(&amoxicillin(), 12).await);
    counter.ask(&wrong, 4, None).await.expect(201);
    assert_eq!(check(&counter, false).await, (2, Vec::new(), Vec::new()));
    let stock = counter.app.store().stock(wrong.parse().unwrap()).await.unwrap().unwrap();
    let mut planted = stock.clone();
    for lot in planted.stock.lots.values_mut() {
        lot.left += 5;
    }
    let item = vec![crate::cost::imported(&planted)];
    shared_database().0.import_items(&counter.app.table, item, dynoxide::ImportOptions::default()).unwrap();
    let (_, drifts, _) = check(&counter, false).await;
    assert_eq!((drifts.len(), &drifts[0]["medicine_id"]), (1, &json!(wrong)));
    assert_eq!((&drifts[0]["ledger"], &drifts[0]["stock"], &drifts[0]["rebuilt"]), (&json!([26, 0]), &json!([31, 0]), &json!(false)));
    assert_eq!(check(&counter, true).await.1[0]["rebuilt"], true);
    assert_eq!(check(&counter, false).await, (2, Vec::new(), Vec::new()));
    assert_eq!((counter.available(&wrong).await, counter.available(&right).await), (26, 12));
}

#[tokio::test]
async fn a_ledger_that_is_not_whole_changes_nothing() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 30).await;
    let id = medicine.parse().unwrap();
    // As if the index were behind: the stock has seen one entry more than there is.
    let stock = counter.app.store().stock(id).await.unwrap().unwrap();
    let ahead = store::stock::MedicineStock { entries: stock.entries + 1, ..stock };
    shared_database().0.import_items(&counter.app.table, vec![crate::cost::imported(&ahead)], dynoxide::ImportOptions::default()).unwrap();
    assert_eq!(check(&counter, true).await, (1, Vec::new(), vec![json!(medicine)]));
    assert_eq!(counter.available(&medicine).await, 30);
}
