//! Critical values: told at once, open until acknowledged, and told to those on duty after half an hour.

use domain::role::Role;
use local::stream::Consumer;
use serde_json::{Value, json};

use super::{Bench, items, measured, potassium};

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
    let acknowledge = async |token: &str| bench.acknowledge(&order, 1, token).await;
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
    bench.acknowledge(&usual, 1, &bench.doctor.token).await.refused(409, "not_critical");
}

#[tokio::test]
async fn unacknowledged_it_goes_to_the_doctors_on_duty_after_half_an_hour() {
    let mut bench = Bench::new().await;
    bench.inpatient().await;
    critical(&mut bench).await;
    assert_eq!(bench.mails().await, [DOCTOR]);
    bench.at("2026-03-02T08:29:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, Vec::<String>::new());
    bench.at("2026-03-02T08:30:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, [DUTY]);
    // Every half hour, four times, the last time the administrators as well.
    for (clock, told) in
        [("2026-03-02T08:59:00Z", 0), ("2026-03-02T09:00:00Z", 1), ("2026-03-02T09:30:00Z", 1), ("2026-03-02T10:00:00Z", 2)]
    {
        bench.at(clock).await;
        bench.app.fire_due().await;
        let mut mails = bench.mails().await;
        mails.retain(|mail| !mail.contains("overdue"));
        assert!(mails.len() == told && mails.iter().all(|mail| mail.contains("Nobody has acknowledged")), "{clock}: {mails:?}");
    }
    bench.at("2026-03-02T12:00:00Z").await;
    bench.app.fire_due().await;
    assert!(!bench.mails().await.iter().any(|mail| mail.contains("acknowledged")));
}

#[tokio::test]
async fn values_that_change_are_acknowledged_anew_and_have_no_more_time() {
    let mut bench = Bench::new().await;
    bench.inpatient().await;
    let order = critical(&mut bench).await;
    assert_eq!(bench.mails().await, [DOCTOR]);
    bench.at("2026-03-02T08:20:00Z").await;
    bench.step(&order, "result", &measured(7.1), &bench.grete).await.expect(200);
    assert_eq!(bench.mails().await, [DOCTOR]);
    // What was not read is not acknowledged.
    assert_eq!(bench.acknowledge(&order, 1, &bench.doctor.token).await.refused(409, "result_changed").body["result_version"], 2);
    bench.at("2026-03-02T08:30:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, [DUTY]);
    bench.acknowledge(&order, 2, &bench.doctor.token).await.expect(204);
    bench.step(&order, "result", &measured(7.4), &bench.grete).await.expect(200);
    assert_eq!(bench.mails().await, [DOCTOR]);
    // One person alone does not take it back.
    bench.step(&order, "result", &measured(4.4), &bench.grete).await.expect(200);
    assert_eq!(bench.read(&order, &bench.grete).await.expect(200).body["result"]["critical"], "open");
    bench.step(&order, "verify", &Value::Null, &bench.otto).await.expect(200);
    assert!(bench.mails().await.is_empty());
    bench.acknowledge(&order, 4, &bench.doctor.token).await.expect(204);
    // A correction is told to whoever knows.
    bench.step(&order, "release", &Value::Null, &bench.otto).await.expect(200);
    assert_eq!(
        bench.mails().await,
        ["ada-byron@example.org: A result for Ada Byron is ready", "dr--helen-taussig@example.org: A critical result was corrected"]
    );
    assert_eq!(bench.read(&order, &bench.grete).await.expect(200).body["result"]["critical"], "corrected");
    bench.at("2026-03-02T09:30:00Z").await;
    bench.app.fire_due().await;
    assert!(!bench.mails().await.iter().any(|mail| mail.contains("acknowledged")));
}

#[tokio::test]
async fn words_can_be_critical_too() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    bench.mails().await;
    let entered = |value: Value| json!({ "values": [value] });
    let number = json!({ "parameter": "Potassium", "value": 4, "unit": "mmol/L", "critical": true });
    bench.step(&order, "result", &entered(number), &bench.grete).await.invalid(&[("values[0].critical", "follows_from_range")]);
    let unsaid = json!({ "parameter": "Potassium", "text": "> 15" });
    bench.step(&order, "result", &entered(unsaid), &bench.grete).await.invalid(&[("values[0].critical", "required")]);
    let beyond = json!({ "parameter": "Potassium", "text": "> 15", "critical": true });
    bench.step(&order, "result", &entered(beyond), &bench.grete).await.expect(200);
    assert_eq!(bench.mails().await, [DOCTOR]);
    let read = bench.read(&order, &bench.doctor.token).await.expect(200).body;
    assert_eq!((&read["result"]["values"][0]["critical"], &read["result"]["critical"]), (&json!(true), &json!("open")));
}

#[tokio::test]
async fn without_a_range_the_laboratory_says_what_is_critical() {
    let mut bench = Bench::new().await;
    let mut adults = potassium();
    adults["parameters"][0]["reference_ranges"][0]["from_age"] = json!({ "count": 150, "unit": "months" });
    bench.born("2016-01-01").await;
    let order = bench.ordered(&adults).await;
    bench.started(&order).await;
    bench.mails().await;
    bench.step(&order, "result", &measured(7.2), &bench.grete).await.invalid(&[("values[0].critical", "required")]);
    let mut said = measured(7.2);
    said["values"][0]["critical"] = json!(true);
    bench.step(&order, "result", &said, &bench.grete).await.expect(200);
    assert_eq!(bench.mails().await, [DOCTOR]);
    let value = bench.read(&order, &bench.doctor.token).await.expect(200).body["result"]["values"][0].clone();
    assert_eq!((value.get("flag"), &value["critical"]), (None, &json!(true)));
}

#[tokio::test]
async fn an_acknowledgement_can_be_read() {
    let mut bench = Bench::new().await;
    let order = critical(&mut bench).await;
    let dashboard = bench.app.get("/doctors/me/dashboard").bearer(&bench.doctor.token).send().await.expect(200).body;
    assert_eq!(dashboard["results_to_review"][0]["critical"], true);
    let path = bench.of(&order, "/acknowledge");
    let body = json!({ "result_version": 1, "note": "Calcium given" });
    bench.app.post(&path, &body).bearer(&bench.doctor.token).send().await.expect(204);
    for token in [&bench.doctor.token, &bench.grete] {
        let result = bench.read(&order, token).await.expect(200).body["result"].clone();
        assert_eq!(
            (&result["critical"], &result["acknowledged"]["name"], &result["acknowledged"]["note"]),
            (&json!("acknowledged"), &json!("Dr. Helen Taussig"), &json!("Calcium given"))
        );
    }
    bench.step(&order, "verify", &Value::Null, &bench.otto).await.expect(200);
    bench.step(&order, "release", &Value::Null, &bench.otto).await.expect(200);
    let result = bench.read(&order, &bench.ada.token).await.expect(200).body["result"].clone();
    assert_eq!((result.get("critical"), result.get("acknowledged")), (None, None));
    assert_eq!(result["values"][0]["flag"], "critical_high");
}

#[tokio::test]
async fn a_doctor_on_duty_reads_what_they_are_told_of() {
    let mut bench = Bench::new().await;
    let (duty, other) = (bench.app.doctor("Dr. Charles Drew").await, bench.app.doctor("Dr. Jonas Salk").await);
    let account = bench.app.store().account(duty.user_id).await.unwrap().unwrap().account;
    bench.app.on_roster(&account, Role::Doctor, None).await;
    let usual = bench.ordered(&potassium()).await;
    bench.released(&usual, &measured(4.2)).await;
    let order = critical(&mut bench).await;
    for doctor in [&duty, &other] {
        bench.read(&usual, &doctor.token).await.refused(404, "not_found");
    }
    bench.read(&order, &other.token).await.refused(404, "not_found");
    let read = bench.read(&order, &duty.token).await.expect(200).body;
    assert_eq!(read["result"]["values"][0]["flag"], "critical_high");
    bench.acknowledge(&order, 1, &other.token).await.expect(404);
    bench.acknowledge(&order, 1, &duty.token).await.expect(204);
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

#[tokio::test]
async fn records_that_come_twice_late_or_out_of_order_tell_once_what_is_still_so() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.step(&order, "collect", &json!({}), &bench.grete).await.expect(200);
    bench.step(&order, "reject", &json!({ "reason": "Haemolysed" }), &bench.grete).await.expect(200);
    bench.released(&order, &measured(6.8)).await;
    let mut all = bench.app.records("notifications");
    all.retain(|record| {
        ["lab_order", "critical_result"].contains(&record["dynamodb"]["NewImage"]["kind"]["S"].as_str().unwrap_or_default())
    });
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
            "ada-byron@example.org: A lab order for Ada Byron at Central Laboratory",
            "ada-byron@example.org: A result for Ada Byron is ready",
            "central-laboratory@example.org: Potassium was ordered",
            DOCTOR,
        ]
    );
}
