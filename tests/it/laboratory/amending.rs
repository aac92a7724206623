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
