//! Patients ask for prescriptions and refills, and doctors answer.

use serde_json::json;

use super::{Consultation, count, prescriptions::amoxicillin};

const REQUESTS: &str = "prescription-requests";

#[tokio::test]
async fn a_refill_is_asked_for_and_granted() {
    let c = Consultation::new().await;
    let (ada, doctor, mut seen) = (c.ada.token.clone(), c.doctor.token.clone(), 0);
    let medicine = c.post("prescriptions/medicines", &amoxicillin(), &doctor).await.expect(201);
    c.app.new_mails(&mut seen).await;
    let refill = json!({ "refill_of": medicine.id(), "what": "They are used up on Friday." });
    let asked = c.post(REQUESTS, &refill, &ada).await.expect(201);
    assert_eq!((asked.body["status"].as_str(), asked.body["doctor_name"].as_str()), (Some("open"), Some("Dr. Helen Taussig")));
    let mails = c.app.new_mails(&mut seen).await;
    assert_eq!(
        (mails.len(), mails[0].to.as_str(), mails[0].subject.as_str()),
        (1, c.doctor.email.as_str(), "A patient asks you for a prescription")
    );
    assert!(mails[0].text.contains("refill") && !mails[0].text.contains("Friday") && !mails[0].text.to_lowercase().contains("amoxi"));
    let dashboard = async || c.app.get("/doctors/me/dashboard").bearer(&doctor).send().await.expect(200).body;
    assert_eq!(dashboard().await["prescription_requests"][0]["id"], asked.id());

    // The doctor revises the prescription, which answers the request.
    let mut more = amoxicillin();
    more["refills"] = json!(3);
    more["request_id"] = json!(asked.id());
    c.put(&format!("prescriptions/medicines/{}", medicine.id()), &more, medicine.etag(), &doctor).await.expect(200);
    let answered = c.get(&format!("{REQUESTS}/{}", asked.id()), &ada).await.expect(200);
    assert_eq!(
        (answered.body["status"].as_str(), answered.body["prescription_id"].as_str()),
        (Some("granted"), Some(medicine.id().as_str()))
    );
    assert_eq!(dashboard().await["prescription_requests"], json!([]));
    let mails = c.app.new_mails(&mut seen).await;
    assert_eq!((mails.len(), mails[0].subject.as_str()), (1, "Dr. Helen Taussig has changed a prescription"));
    c.put(&format!("prescriptions/medicines/{}", medicine.id()), &more, "\"v2\"", &doctor).await.refused(409, "request_answered");
}

#[tokio::test]
async fn a_request_is_declined_or_withdrawn() {
    let c = Consultation::new().await;
    let (ada, doctor, mut seen) = (c.ada.token.clone(), c.doctor.token.clone(), 0);
    c.app.new_mails(&mut seen).await;
    let something = json!({ "doctor_id": c.doctor.id, "what": "Something for the cough" });
    let asked = c.post(REQUESTS, &something, &ada).await.expect(201);
    let decline = format!("{REQUESTS}/{}/decline", asked.id());
    let no = json!({ "reason": "Please come by" });
    c.act(&decline, &no, asked.etag(), &ada).await.refused(403, "forbidden");
    c.act(&decline, &json!({}), asked.etag(), &doctor).await.invalid(&[("reason", "required")]);
    let declined = c.act(&decline, &no, asked.etag(), &doctor).await.expect(200);
    assert_eq!((declined.body["status"].as_str(), declined.body["answer"].as_str()), (Some("declined"), Some("Please come by")));
    c.act(&decline, &no, declined.etag(), &doctor).await.refused(409, "request_answered");
    let mails = c.app.new_mails(&mut seen).await;
    let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, ["A patient asks you for a prescription", "Dr. Helen Taussig has answered your request"]);
    assert!(!mails[1].text.contains("cough") && !mails[1].text.contains("come by"));

    // A colleague declines: the email names who it was.
    let asked = c.post(REQUESTS, &something, &ada).await.expect(201);
    let other = c.second_doctor().await;
    c.app.new_mails(&mut seen).await;
    c.act(&format!("{REQUESTS}/{}/decline", asked.id()), &no, asked.etag(), &other.token).await.expect(200);
    let mails = c.app.new_mails(&mut seen).await;
    assert_eq!((mails.len(), mails[0].subject.as_str()), (1, "Dr. Maude Abbott has answered your request"));

    let asked = c.post(REQUESTS, &something, &ada).await.expect(201);
    let withdraw = format!("{REQUESTS}/{}/withdraw", asked.id());
    c.go(&withdraw, asked.etag(), &doctor).await.refused(403, "forbidden");
    let withdrawn = c.go(&withdraw, asked.etag(), &ada).await.expect(200);
    c.go(&withdraw, withdrawn.etag(), &ada).await.refused(409, "request_answered");

    // Whom one can ask, and for what.
    let stranger = c.app.doctor("Dr. Nobody").await;
    c.post(REQUESTS, &json!({ "what": "x" }), &ada).await.invalid(&[("doctor_id", "required")]);
    c.post(REQUESTS, &json!({ "doctor_id": stranger.id, "what": "x" }), &ada).await.refused(409, "not_treating");
    c.post(REQUESTS, &json!({ "refill_of": "med_01JD8Z0V3XQ5T4E2W9K7M6N8PR", "what": "x" }), &ada)
        .await
        .invalid(&[("refill_of", "unknown_prescription")]);
    c.post(REQUESTS, &json!({ "doctor_id": "doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR", "what": "x" }), &ada)
        .await
        .invalid(&[("doctor_id", "unknown_doctor")]);
    for _ in 0..10 {
        c.post(REQUESTS, &something, &ada).await.expect(201);
    }
    c.post(REQUESTS, &something, &ada).await.refused(409, "too_many");
    assert_eq!(count(&c.get(REQUESTS, &doctor).await.expect(200).body["items"]), 13);
}

/// Each request is an email to the doctor, so asking and withdrawing does not go on for ever.
#[tokio::test]
async fn nobody_floods_a_doctor() {
    let c = Consultation::new().await;
    let something = json!({ "doctor_id": c.doctor.id, "what": "Something for the cough" });
    for _ in 0..20 {
        let asked = c.post(REQUESTS, &something, &c.ada.token).await.expect(201);
        c.go(&format!("{REQUESTS}/{}/withdraw", asked.id()), asked.etag(), &c.ada.token).await.expect(200);
    }
    let refused = c.post(REQUESTS, &something, &c.ada.token).await.refused(409, "too_many");
    assert_eq!(refused.body["at_most"], 20);
    c.app.wait(jiff::SignedDuration::from_hours(24));
    c.post(REQUESTS, &something, &c.app.fresh(&c.ada).await).await.expect(201);
}
