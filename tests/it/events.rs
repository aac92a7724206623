//! The payloads in `events/`: each one is what its trigger sends, and its function accepts it.

use std::path::{Path, PathBuf};

use axum::body::Body;
use domain::role::Role;
use local::{functions::HTTP_FUNCTIONS, stream::Consumer};
use reminders::Due;
use serde_json::Value;
use store::audit::{About, Span};
use tower::ServiceExt;

use crate::support::App;

fn payloads(function: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(function);
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "{function} has no payload");
    files.into_iter().map(|file| (file.clone(), std::fs::read_to_string(file).unwrap())).collect()
}

#[tokio::test]
async fn http() {
    let app = App::new().await;
    let ada = app.patient("Lin Chen").await;
    for function in HTTP_FUNCTIONS.map(|function| function.name) {
        for (file, payload) in payloads(function) {
            let payload = payload.replace("paste-an-access-token-here", &ada.token);
            let (parts, body) = lambda_http::request::from_str(&payload).unwrap().into_parts();
            let request = axum::http::Request::from_parts(parts, Body::from(body.to_vec()));
            let answer = app.router().oneshot(request).await.unwrap();
            // The people in a payload need not exist here. Only its form must be right.
            let expected = match file.file_stem().unwrap().to_str().unwrap() {
                "register" | "email-token" => 202,
                "sign-in" | "me" | "list" | "access-log" | "laboratories" | "pharmacies" | "reviews" => 200,
                "list-accounts" | "list-emails" | "resend-email" | "on-duty" | "board" | "queue" | "invoices" | "occupancy" => 403,
                "dashboard" => 404,
                "book" => 422,
                other => panic!("say what {other} should answer"),
            };
            let sign_in_first = file.ends_with("sign-in.json") && answer.status() == 401;
            assert!(answer.status().as_u16() == expected || sign_in_first, "{} answered {}", file.display(), answer.status());
        }
    }
}

#[tokio::test]
async fn stream() {
    let app = App::new().await;
    app.staff("Florence Nightingale", Role::Administrator).await;
    for mapping in local::template::Template::read().unwrap().streams {
        for (file, payload) in payloads(&mapping.function) {
            let event: Value = serde_json::from_str(&payload).unwrap();
            for record in event["Records"].as_array().into_iter().flatten() {
                assert!(mapping.filters.iter().any(|filter| filter.matches(record)), "{} would be filtered out", file.display());
            }
            let answer = app.functions.call(&mapping.function, event).await.unwrap();
            if ["checked", "patients", "sources"].iter().all(|name| answer.get(name).is_none()) {
                assert_eq!(answer["batchItemFailures"], Value::Array(Vec::new()), "{}", file.display());
            }
        }
    }
    // People who are not in the table get no email. For these, the payload says enough.
    let mut messages: Vec<_> = app.services.mailbox.list().into_iter().map(|mail| format!("{}: {}", mail.to, mail.subject)).collect();
    messages.sort();
    assert_eq!(
        messages,
        [
            "florence-nightingale@example.org: Dr. Helen Taussig asks for annual leave",
            "florence-nightingale@example.org: Emails to annoyed@example.org are held back",
            "florence-nightingale@example.org: Emails to gone@example.org are held back",
            "florence-nightingale@example.org: Mary Mahoney asks for the role of nurse",
            "mary@example.org: Your account at Seacole General Hospital is active",
        ]
    );
    let noted =
        app.store().audit_list(About::Everything, &Span::before(app.now(), "2026-03-02T09:30:01Z".parse().unwrap()), 20).await.unwrap();
    let mut actions: Vec<_> = noted.iter().map(|entry| entry.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(
        actions,
        [
            "account.approve",
            "account.register",
            "account.register",
            "account.register",
            "admission.admit",
            "admission.note_left",
            "allocation.cancel",
            "allocation.request",
            "bed_request.ask",
            "email.resend",
            "emergency.open",
            "emergency.see",
            "lab_order.place",
            "lab_order.reject",
            "lab_order.result",
            "lab_test.prescribe",
            "medicine.prescribe",
            "medicine.stop",
            "prescription_request.ask",
            "vitals.add"
        ]
    );
}

#[tokio::test]
async fn schedule() {
    let app = App::new().await;
    let state = app.events();
    for (_, payload) in payloads("reminders") {
        let due: Due = serde_json::from_str(&payload).unwrap();
        reminders::handle(&state, due).await.unwrap();
    }
    assert!(app.services.mailbox.list().is_empty(), "what it is about does not exist here");
}
