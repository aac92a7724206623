//! A released result that was wrong.

use serde_json::json;

use super::{Bench, items, measured, potassium};

#[tokio::test]
async fn the_old_value_stays_and_both_are_told() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    let mut amended = measured(5.6);
    amended["reason"] = json!("The specimen was diluted");
    bench.step(&order, "amend", &amended, &bench.grete).await.refused(409, "wrong_status");
    bench.released(&order, &measured(4.2)).await;
    bench.mails().await;
    let result = bench.read(&order, &bench.grete).await.expect(200).body["result_id"].as_str().unwrap().to_owned();
    let path = format!("/patients/{}/results/{result}/review", bench.ada.id);
    bench.app.call("POST", &path).header("if-match", "\"v2\"").bearer(&bench.doctor.token).send().await.expect(200);
    bench.step(&order, "amend", &measured(5.6), &bench.grete).await.invalid(&[("reason", "required")]);
    let mut same = measured(4.2);
    same["reason"] = json!("Nothing");
    bench.step(&order, "amend", &same, &bench.grete).await.invalid(&[("values", "nothing_changed")]);
    bench.step(&order, "amend", &amended, &bench.doctor.token).await.expect(403);
    let seen = bench.read(&order, &bench.grete).await.expect(200).etag().to_owned();
    bench.step_from(&order, "amend", &amended, &seen, &bench.grete).await.expect(200);
    bench.step_from(&order, "amend", &amended, &seen, &bench.otto).await.expect(412);
    assert_eq!(
        bench.mails().await,
        ["ada-byron@example.org: A result for Ada Byron was amended", "dr--helen-taussig@example.org: A result was amended"]
    );
    let now = bench.of_patient(&format!("results/{result}"), &bench.ada.token).await.expect(200).body;
    assert_eq!(
        (&now["stage"], &now["values"][0]["value"], &now["reason"]),
        (&json!("amended"), &json!(5.6), &json!("The specimen was diluted"))
    );
    assert_eq!(now.get("reviewed_by"), None, "the doctor looks at it again");
    let versions = items(&bench.of_patient(&format!("record/{result}/versions"), &bench.ada.token).await.expect(200));
    let values: Vec<_> = versions.iter().map(|version| version["entry"]["values"][0]["value"].as_f64().unwrap()).collect();
    assert_eq!(values, [5.6, 4.2, 4.2]);
    let points = items(&bench.of_patient("series?code=2823-3", &bench.ada.token).await.expect(200));
    assert_eq!((points.len(), &points[0]["value"]), (1, &json!(5.6)));
    let news = bench.of_patient("dashboard", &bench.ada.token).await.expect(200).body["unread"][0].clone();
    assert_eq!((&news["news"], &news["about"]), (&json!("result_amended"), &json!(result)));
}

#[tokio::test]
async fn what_was_usual_stays_and_the_old_report_does_not_count() {
    let bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.released(&order, &measured(5.2)).await;
    let test = bench.read(&order, &bench.grete).await.expect(200).body["test_id"].as_str().unwrap().to_owned();
    // The laboratory has another machine since: another name, unit and range.
    let now = json!({ "parameters": [{ "name": "Kalium", "unit": "mg/dL", "highest_possible": 60, "reference_ranges": [{ "low": 13, "high": 20 }] }] });
    let path = format!("/laboratories/{}/tests/{test}", bench.laboratory);
    bench.app.call("PATCH", &path).json(&now).header("if-match", "\"v1\"").bearer(&bench.grete).send().await.expect(200);
    let mut amended = measured(5.3);
    amended["reason"] = json!("Typo");
    bench.step(&order, "amend", &amended, &bench.grete).await.expect(200);
    let read = bench.read(&order, &bench.ada.token).await.expect(200).body;
    let value = &read["result"]["values"][0];
    assert_eq!((&value["flag"], &value["high"], &value["critical_high"]), (&json!("high"), &json!(5.1), &json!(6.5)));
    // A review is no entry.
    let result = read["result"]["id"].as_str().unwrap();
    let etag = bench.of_patient(&format!("results/{result}"), &bench.doctor.token).await.expect(200).etag().to_owned();
    let review = format!("/patients/{}/results/{result}/review", bench.ada.id);
    bench.app.call("POST", &review).header("if-match", &etag).bearer(&bench.doctor.token).send().await.expect(200);
    let read = bench.read(&order, &bench.ada.token).await.expect(200).body;
    assert_eq!((&read["result"]["entered_by"]["name"], &read["result"]["reason"]), (&json!("Grete Hermann"), &json!("Typo")));
}
