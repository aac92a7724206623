//! Images: announced, uploaded by a link, checked, and downloaded by a link.

use std::{fmt::Write as _, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::role::Role;
use ring::digest;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Consultation, count};

/// A PDF that readers accept.
pub(crate) fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
        .to_vec()
}

fn announce(file: &[u8]) -> Value {
    let sha256 = BASE64_STANDARD.encode(digest::digest(&digest::SHA256, file));
    json!({ "title": "Chest, two views", "modality": "x_ray", "taken_on": "2026-03-02", "size": file.len(), "sha256": sha256 })
}

/// Follows a link as a client does, with exactly the headers that it names.
pub(crate) async fn follow(link: &Value, body: &[u8]) -> (u16, Vec<u8>) {
    let url = link["url"].as_str().unwrap().strip_prefix("http://").unwrap();
    let (host, path) = url.split_once('/').unwrap();
    let mut head = format!("{} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", link["method"].as_str().unwrap());
    let headers = link["headers"].as_object().unwrap();
    for (name, value) in headers.iter().filter(|(name, _)| *name != "content-length") {
        write!(head, "{name}: {}\r\n", value.as_str().unwrap()).unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n", body.len()).unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer[end + 4..].to_vec())
}

#[tokio::test]
async fn uploaded_checked_and_downloaded() {
    let c = Consultation::new().await;
    let (ada, doctor, file) = (c.ada.token.clone(), c.doctor.token.clone(), pdf());
    let announced = c.post("images", &announce(&file), &doctor).await.expect(201);
    let id = announced.body["image"]["id"].as_str().unwrap().to_owned();
    let (path, link) = (format!("images/{id}"), &announced.body["upload"]);
    assert_eq!(
        (announced.body["image"]["status"].as_str(), link["expires_at"].as_str()),
        (Some("awaiting_upload"), Some("2026-03-02T08:10:00+00:00"))
    );

    // Until it is checked, the patient does not see it.
    c.get(&path, &ada).await.refused(404, "not_found");
    assert_eq!(c.get("images", &ada).await.expect(200).body["items"], json!([]));
    c.app.call("POST", &c.path(&format!("{path}/complete"))).bearer(&doctor).send().await.refused(409, "not_uploaded");
    c.get(&format!("{path}/download-link"), &doctor).await.refused(409, "not_available");
    assert_eq!(follow(link, &file).await.0, 200);
    let complete = async || c.app.call("POST", &c.path(&format!("{path}/complete"))).bearer(&doctor).send().await;
    assert_eq!(complete().await.expect(200).body["status"], "available");
    assert_eq!(complete().await.expect(200).etag(), "\"v2\"", "doing it again changes nothing");
    c.app.call("POST", &c.path(&format!("{path}/upload-link"))).bearer(&doctor).send().await.refused(409, "already_available");

    // A link that still works does not reach what was checked.
    follow(link, &file).await;
    let download = c.get(&format!("{path}/download-link"), &ada).await.expect(200);
    let (status, downloaded) = follow(&download.body, b"").await;
    assert!(status == 200 && downloaded == file);
    assert!(download.body["url"].as_str().unwrap().contains("x_ray-2026-03-02.pdf"));
    // Without a link, or with one that somebody changed, there is nothing.
    let forged =
        |from: &str, to: &str| json!({ "method": "GET", "url": download.body["url"].as_str().unwrap().replace(from, to), "headers": {} });
    assert!(follow(&forged("X-Amz-Signature=", "X-Amz-Signature=0"), b"").await.0 >= 400);
    assert_eq!(follow(&forged("kept", "incoming"), b"").await.0, 403);
    let bare = json!({ "method": "GET", "url": download.body["url"].as_str().unwrap().split('?').next().unwrap(), "headers": {} });
    assert_eq!(follow(&bare, b"").await.0, 403);
    let stranger = c.app.patient("Alan Mathison").await;
    c.get(&format!("{path}/download-link"), &stranger.token).await.refused(404, "not_found");
    assert_eq!(c.summary().await["images"][0]["image_id"], id);

    // A result may name it as its report.
    let result = json!({ "name": "Chest X-ray", "text": "Clear", "taken_at": "2026-03-02T07:00:00Z", "image_id": id });
    c.post("results", &result, &doctor).await.expect(201);
}

#[tokio::test]
async fn what_is_no_pdf_or_another_file_is_deleted() {
    let c = Consultation::new().await;
    let (technician, lab) = c.app.staff("Edward Jenner", Role::LabTechnician).await;
    c.app.on_roster(&technician, Role::LabTechnician, None).await;
    let complete = async |id: &str| c.app.call("POST", &c.path(&format!("images/{id}/complete"))).bearer(&lab).send().await;
    // A web page, and a PDF of which the end is missing.
    for file in [b"<html>startxref %%EOF</html>".to_vec(), pdf()[..100].to_vec()] {
        let announced = c.post("images", &announce(&file), &lab).await.expect(201);
        let id = announced.body["image"]["id"].as_str().unwrap();
        assert_eq!(follow(&announced.body["upload"], &file).await.0, 200);
        assert_eq!(complete(id).await.refused(409, "file_rejected").body["because"], "not_a_pdf");
        let kept = c.get(&format!("images/{id}"), &lab).await.expect(200);
        assert_eq!((kept.body["status"].as_str(), kept.body["rejected_because"].as_str()), (Some("rejected"), Some("not_a_pdf")));
        assert_eq!(complete(id).await.refused(409, "file_rejected").body["because"], "not_a_pdf");
        c.get(&format!("images/{id}"), &c.ada.token).await.refused(404, "not_found");
        c.get(&format!("images/{id}/download-link"), &lab).await.refused(409, "not_available");
    }

    // The link takes a file of the announced size and digest, and nothing else.
    let file = pdf();
    let announced = c.post("images", &announce(&file), &lab).await.expect(201);
    let (id, link) = (announced.body["image"]["id"].as_str().unwrap(), &announced.body["upload"]);
    let (mut larger, mut other) = (file.clone(), file.clone());
    larger.extend(b"more");
    other[20] ^= 1;
    assert!(follow(link, &larger).await.0 >= 400, "larger than said");
    let mut without = link.clone();
    without["headers"] = json!({});
    assert!(follow(&without, &file).await.0 >= 400, "without the headers that were signed");
    complete(id).await.refused(409, "not_uploaded");
    // The emulator refuses another file, too, but keeps it. So the check is seen at work.
    assert!(follow(link, &other).await.0 >= 400, "another file");
    assert_eq!(complete(id).await.refused(409, "file_rejected").body["because"], "other_checksum");

    let announced = c.post("images", &announce(&file), &lab).await.expect(201);
    let id = announced.body["image"]["id"].as_str().unwrap();
    // What never arrives is forgotten.
    let again = c.app.call("POST", &c.path(&format!("images/{id}/upload-link"))).bearer(&lab).send().await.expect(200);
    assert!(again.body["url"].as_str().unwrap().contains(id));
    c.app.set_clock("2026-03-03T08:00:00Z");
    c.app.on_roster(&technician, Role::LabTechnician, None).await;
    let lab = c.app.token(&technician).await;
    let late = async |what: &str| c.app.call("POST", &c.path(&format!("images/{id}/{what}"))).bearer(&lab).send().await;
    late("complete").await.refused(409, "upload_over");
    late("upload-link").await.refused(409, "upload_over");
}

/// A client sends the same call twice: both say that the file is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn completed_twice_at_once() {
    let c = Consultation::new().await;
    let file = pdf();
    let announced = c.post("images", &announce(&file), &c.doctor.token).await.expect(201);
    assert_eq!(follow(&announced.body["upload"], &file).await.0, 200);
    let path = c.path(&format!("images/{}/complete", announced.body["image"]["id"].as_str().unwrap()));
    let (app, token) = (Arc::new(c.app), c.doctor.token);
    let tasks = (0..8).map(|_| {
        let (app, path, token) = (Arc::clone(&app), path.clone(), token.clone());
        tokio::spawn(async move { app.call("POST", &path).bearer(&token).send().await })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert_eq!(task.await.unwrap().expect(200).body["status"], "available");
    }
}

#[tokio::test]
async fn what_cannot_be_announced() {
    let c = Consultation::new().await;
    let wrong = json!({ "title": "", "modality": "photo", "taken_on": "2026-03-03", "size": 50_000_001, "sha256": "abc" });
    c.post("images", &wrong, &c.doctor.token).await.invalid(&[
        ("title", "required"),
        ("modality", "invalid_modality"),
        ("taken_on", "in_the_future"),
        ("size", "out_of_range"),
        ("sha256", "invalid_digest"),
    ]);
    c.post("images", &announce(&pdf()), &c.ada.token).await.refused(403, "forbidden");
    assert_eq!(count(&c.get("images", &c.doctor.token).await.expect(200).body["items"]), 0);
}
