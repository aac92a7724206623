//! Critical values: told at once, open until acknowledged, and told to those on duty after half an hour.

use domain::role::Role;
use local::stream::Consumer;
use serde_json::{Value, json};

use super::{Bench, items, measured, potassium};
use crate::support::shared_database;

const DOCTOR: &str = "dr--helen-taussig@example.org: Critical result: please acknowledge it now";
const DUTY: &str = "dr--charles-drew@example.org: Nobody has acknowledged a critical result";

async fn critical(bench: &mut Bench) -> String {
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    bench.mails().await;
    bench.step(&order, "result", &measured(6.8), &bench.grete).await.expect(200);
    order
}

#[tokio::test]
async fn the_doctor_is_told_at_once_and_acknowledges_it() {
    let mut bench = Bench::new().await;
    let order = critical(&mut bench).await;
    assert_eq!(bench.mails().await, [DOCTOR]);
    let (_, duty) = bench.inpatient().await;
    let open = async |token: &str| items(&bench.app.get("/critical-results").bearer(token).send().await.expect(200));
    let listed = open(&duty).await;
    assert_eq!((listed.len(), &listed[0]["order_id"], &listed[0]["escalates_at"]), (1, &json!(order), &json!("2026-03-02T08:30:00+00:00")));
    bench.app.get("/critical-results").bearer(&bench.doctor.token).send().await.refused(403, "outside_shift");
    assert_eq!(bench.read(&order, &bench.doctor.token).await.expect(200).body["result"]["critical"], "open");
    let acknowledge = async |token: &str| {
        bench.app.post(&bench.of(&order, "/acknowledge"), &json!({ "note": "Called the patient" })).bearer(token).send().await
    };
    acknowledge(&bench.grete).await.expect(403);
    acknowledge(&bench.doctor.token).await.expect(204);
    let again = acknowledge(&duty).await.refused(409, "already_acknowledged");
    assert_eq!(again.body["acknowledged_at"], "2026-03-02T08:00:00+00:00");
    assert!(open(&duty).await.is_empty());
    assert_eq!(bench.read(&order, &bench.doctor.token).await.expect(200).body["result"]["critical"], "acknowledged");
    // Nobody else is told.
    bench.mails().await;
    bench.at("2026-03-02T08:31:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, Vec::<String>::new());
    // What was not critical has nothing to acknowledge.
    let usual = bench.ordered(&potassium()).await;
    bench.released(&usual, &measured(4.2)).await;
    bench.app.post(&bench.of(&usual, "/acknowledge"), &json!({})).bearer(&bench.doctor.token).send().await.refused(409, "not_critical");
}

#[tokio::test]
async fn unacknowledged_it_goes_to_the_doctors_on_duty_after_half_an_hour() {
    let mut bench = Bench::new().await;
    bench.inpatient().await;
    let order = critical(&mut bench).await;
    assert_eq!(bench.mails().await, [DOCTOR]);
    bench.at("2026-03-02T08:29:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, Vec::<String>::new());
    bench.at("2026-03-02T08:30:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, [DUTY]);
    // Once.
    bench.at("2026-03-02T09:30:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, Vec::<String>::new());
    let duty = bench.app.store().critical_result(bench.ada.id, order.parse().unwrap()).await.unwrap().unwrap();
    assert!(duty.escalated_at.is_some() && duty.acknowledged.is_none());
    // Another critical value is told anew, whatever became of the first one.
    bench.app.post(&bench.of(&order, "/acknowledge"), &json!({})).bearer(&bench.doctor.token).send().await.expect(204);
    bench.step(&order, "result", &measured(7.1), &bench.grete).await.expect(200);
    assert_eq!(bench.mails().await, [DOCTOR]);
    assert_eq!(bench.read(&order, &bench.grete).await.expect(200).body["result"]["critical"], "open");
}

#[tokio::test]
async fn a_doctor_who_cannot_be_reached_is_not_waited_for() {
    let mut bench = Bench::new().await;
    bench.inpatient().await;
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    let (_, admin) = bench.app.staff("Clara Barton", Role::Administrator).await;
    let suspend = format!("/users/{}/suspend", bench.doctor.user_id);
    bench.app.call("POST", &suspend).bearer(&admin).send().await.expect(200);
    bench.mails().await;
    bench.step(&order, "result", &measured(2.4), &bench.grete).await.expect(200);
    assert_eq!(bench.mails().await, [DUTY]);
}

/// The records that `notifications` gets, as the stream has them.
fn records(bench: &Bench) -> Vec<Value> {
    let (database, _) = shared_database();
    let described = database.describe_table(serde_json::from_value(json!({ "TableName": bench.app.table })).unwrap()).unwrap();
    let described = serde_json::to_value(described).unwrap();
    let stream = described["Table"]["LatestStreamArn"].as_str().unwrap();
    let iterator =
        json!({ "StreamArn": stream, "ShardId": dynoxide::streams::shard_id(&bench.app.table), "ShardIteratorType": "TRIM_HORIZON" });
    let iterator = database.get_shard_iterator(serde_json::from_value(iterator).unwrap()).unwrap().shard_iterator;
    let all = database.get_records(serde_json::from_value(json!({ "ShardIterator": iterator, "Limit": 1000 })).unwrap()).unwrap();
    let mapping =
        local::template::Template::read().unwrap().streams.into_iter().find(|mapping| mapping.function == "notifications").unwrap();
    let all = all.records.iter().map(|record| serde_json::to_value(record).unwrap());
    let ours = |record: &Value| {
        ["lab_order", "critical_result"].contains(&record["dynamodb"]["NewImage"]["kind"]["S"].as_str().unwrap_or_default())
    };
    all.filter(|record| ours(record) && mapping.filters.iter().any(|filter| filter.matches(record))).collect()
}

#[tokio::test]
async fn records_that_come_twice_late_or_out_of_order_tell_once_what_is_still_so() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.step(&order, "collect", &json!({}), &bench.grete).await.expect(200);
    bench.step(&order, "reject", &json!({ "reason": "Haemolysed" }), &bench.grete).await.expect(200);
    bench.released(&order, &measured(6.8)).await;
    let mut all = records(&bench);
    assert!(all.len() > 8);
    all.reverse();
    for _ in 0..3 {
        for record in &all {
            bench.app.functions.call("notifications", json!({ "Records": [record] })).await.unwrap();
        }
        all.reverse();
        bench.app.functions.call("notifications", json!({ "Records": all })).await.unwrap();
    }
    let mails: Vec<_> = bench.mails().await.into_iter().filter(|mail| !mail.contains("prescribed")).collect();
    // The specimen that was rejected has been replaced: nobody is asked to come again.
    assert_eq!(
        mails,
        [
            "ada-byron@example.org: A result for Ada Byron is ready",
            "ada-byron@example.org: Potassium for Ada Byron at Central Laboratory",
            "central-laboratory@example.org: Potassium was ordered",
            DOCTOR,
        ]
    );
}
