//! Logs say what happened. They never say to whom or why.

use crate::support::{App, logs};

#[tokio::test]
async fn without_health_data_or_secrets() {
    let app = App::new().await;
    logs::listen();
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201);
    app.get(&format!("/appointments/{}", appointment.id())).bearer(&ada.token).send().await.expect(200);
    app.get("/patients/me").bearer(&ada.token).send().await.expect(200);
    app.get("/users/me").bearer("forged-token").send().await.expect(401);
    app.services.mailbox.refuse_next(local::services::mailbox::Refusal::Rejected);
    app.drain().await;
    let log = logs::heard();

    let answered = log.lines().find(|line| line.contains("POST") && line.contains("\"/appointments\"")).unwrap();
    let line: serde_json::Value = serde_json::from_str(answered).unwrap();
    assert_eq!(line["fields"]["status"], 201);
    assert_eq!(line["fields"]["write_units"], 7.0);
    assert_eq!(line["fields"]["request_id"], appointment.headers["x-request-id"].to_str().unwrap());
    assert!(log.contains("/appointments/{id}"), "the log has the route's pattern and not the path");
    for private in ["Palpitations", "Byron", "Taussig", "example.org", "7946", "St James", "forged-token", &ada.token, &appointment.id()] {
        // A refused email's line names its delivery, and so its appointment, so that support can find it. No other line does.
        let lines = log.lines().filter(|line| line.contains(private) && !line.contains("SES refuses"));
        assert_eq!(lines.collect::<Vec<_>>(), Vec::<&str>::new(), "{private}");
    }
}
