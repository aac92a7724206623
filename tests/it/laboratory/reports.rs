//! Reports: one that is made from the values, and one that the laboratory uploads.

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::digest;
use serde_json::{Value, json};

use super::{Bench, blood_count, counted, measured, potassium};
use crate::medical_record::images::{follow, pdf};

fn announce(file: &[u8]) -> Value {
    json!({ "size": file.len(), "sha256": BASE64_STANDARD.encode(digest::digest(&digest::SHA256, file)) })
}

#[tokio::test]
async fn a_report_is_made_from_the_values() {
    let bench = Bench::new().await;
    let order = bench.ordered(&blood_count()).await;
    bench.started(&order).await;
    let report = async |token: &str| bench.app.get(&bench.of(&order, "/report.pdf")).bearer(token).send().await;
    report(&bench.grete).await.refused(404, "not_found");
    bench.step(&order, "result", &counted(11.2), &bench.grete).await.expect(200);
    let preliminary = report(&bench.doctor.token).await.expect(200);
    assert_eq!(preliminary.headers["content-type"], "application/pdf");
    assert!(preliminary.text.starts_with("%PDF-") && preliminary.text.trim_end().ends_with("%%EOF"));
    assert_eq!(report(&bench.doctor.token).await.expect(200).text, preliminary.text, "the same result gives the same file");
    report(&bench.ada.token).await.refused(404, "not_found");
    bench.step(&order, "verify", &Value::Null, &bench.otto).await.expect(200);
    bench.step(&order, "release", &Value::Null, &bench.otto).await.expect(200);
    let last = report(&bench.ada.token).await.expect(200);
    assert!(
        last.text != preliminary.text && last.headers["content-disposition"].to_str().unwrap().contains("laboratory-report-2026-03-02.pdf")
    );
}

#[tokio::test]
async fn an_uploaded_report_is_checked_and_goes_with_its_result() {
    let bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    let (file, path) = (pdf(), bench.of(&order, "/report"));
    let upload = async |body: &Value| bench.app.post(&path, body).bearer(&bench.grete).send().await;
    let complete = async || bench.app.call("POST", &format!("{path}/complete")).bearer(&bench.grete).send().await;
    let download = async |token: &str| bench.app.get(&format!("{path}/download-link")).bearer(token).send().await;
    upload(&announce(&file)).await.refused(409, "wrong_status");
    bench.started(&order).await;
    complete().await.refused(404, "not_found");
    upload(&json!({ "size": 0, "sha256": "x" })).await.invalid(&[("size", "out_of_range"), ("sha256", "invalid_digest")]);
    bench.app.post(&path, &announce(&file)).bearer(&bench.doctor.token).send().await.expect(403);

    // No PDF.
    let text = b"Potassium 4.2".to_vec();
    let announced = upload(&announce(&text)).await.expect(201);
    complete().await.refused(409, "not_uploaded");
    assert_eq!(follow(&announced.body["upload"], &text).await.0, 200);
    assert_eq!(complete().await.refused(409, "file_rejected").body["because"], "not_a_pdf");
    let report = announced.body["report"]["report_id"].clone();
    let mut entered = measured(4.2);
    entered["report_id"] = report;
    bench.step(&order, "result", &entered, &bench.grete).await.invalid(&[("report_id", "unknown_report")]);

    let announced = upload(&announce(&file)).await.expect(201);
    let again = bench.app.call("POST", &format!("{path}/upload-link")).bearer(&bench.grete).send().await.expect(200);
    assert_eq!(follow(&again.body, &file).await.0, 200);
    assert_eq!(complete().await.expect(200).body["status"], "available");
    complete().await.expect(200);
    bench.app.call("POST", &format!("{path}/upload-link")).bearer(&bench.grete).send().await.refused(409, "already_available");
    entered["report_id"] = announced.body["report"]["report_id"].clone();
    bench.step(&order, "result", &entered, &bench.grete).await.expect(200);
    // It stays with the result when that is entered again.
    bench.step(&order, "result", &entered, &bench.grete).await.expect(200);
    let elsewhere = bench.ordered(&potassium()).await;
    bench.started(&elsewhere).await;
    bench.step(&elsewhere, "result", &entered, &bench.grete).await.invalid(&[("report_id", "unknown_report")]);
    download(&bench.ada.token).await.refused(404, "not_found");
    bench.step(&order, "verify", &Value::Null, &bench.otto).await.expect(200);
    bench.step(&order, "release", &Value::Null, &bench.otto).await.expect(200);
    let link = download(&bench.ada.token).await.expect(200);
    assert_eq!(follow(&link.body, b"").await, (200, file.clone()));

    // Another one after the release counts only with an amendment.
    let other = [pdf(), pdf()].concat();
    let announced = upload(&announce(&other)).await.expect(201);
    assert_eq!(follow(&announced.body["upload"], &other).await.0, 200);
    complete().await.expect(200);
    let link = download(&bench.ada.token).await.expect(200);
    assert_eq!(follow(&link.body, b"").await.1, file);
    let mut amended = measured(4.3);
    (amended["reason"], amended["report_id"]) = (json!("Typo"), announced.body["report"]["report_id"].clone());
    bench.step(&order, "amend", &amended, &bench.grete).await.expect(200);
    assert_eq!(follow(&download(&bench.ada.token).await.expect(200).body, b"").await.1, other);
    // The patient sees nothing of how it came there.
    assert_eq!(bench.read(&order, &bench.ada.token).await.expect(200).body.get("upload"), None);
}

#[tokio::test]
async fn a_report_that_does_not_come_within_a_day() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    let path = bench.of(&order, "/report");
    bench.app.post(&path, &announce(&pdf())).bearer(&bench.grete).send().await.expect(201);
    bench.at("2026-03-03T08:00:00Z").await;
    bench.app.call("POST", &format!("{path}/complete")).bearer(&bench.grete).send().await.refused(409, "upload_over");
    bench.app.call("POST", &format!("{path}/upload-link")).bearer(&bench.grete).send().await.refused(409, "upload_over");
}
