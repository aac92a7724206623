//! The way of an order: each step after the right one, with its time and its person, and who sees what of it when.

use serde_json::{Value, json};

use super::{Bench, blood_count, counted, items, measured, potassium};

#[tokio::test]
async fn from_the_prescription_to_the_released_result() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&blood_count()).await;
    bench.mails().await;
    // Nothing comes before its time.
    for step in ["start", "verify", "release"] {
        let refused = bench.step(&order, step, &Value::Null, &bench.grete).await.refused(409, "wrong_status");
        assert_eq!(refused.body["current_status"], "ordered", "{step}");
    }
    bench.step(&order, "result", &counted(13.0), &bench.grete).await.refused(409, "wrong_status");
    bench.step(&order, "reject", &json!({ "reason": "x" }), &bench.grete).await.refused(409, "wrong_status");

    bench.at("2026-03-02T10:00:00Z").await;
    let (ada, doctor) = (bench.ada.token.clone(), bench.doctor.token.clone());
    bench
        .step(&order, "collect", &json!({ "taken_at": "2026-03-02T10:06:00Z" }), &bench.grete)
        .await
        .invalid(&[("taken_at", "in_the_future")]);
    bench
        .step(&order, "collect", &json!({ "taken_at": "2026-02-23T09:59:00Z" }), &bench.grete)
        .await
        .invalid(&[("taken_at", "too_long_ago")]);
    let collected = bench.step(&order, "collect", &json!({ "taken_at": "2026-03-02T09:30:00Z" }), &bench.grete).await.expect(200).body;
    assert_eq!((&collected["taken_at"], &collected["due_at"]), (&json!("2026-03-02T09:30:00+00:00"), &json!("2026-03-02T12:30:00+00:00")));
    bench.step(&order, "reject", &json!({}), &bench.otto).await.invalid(&[("reason", "required")]);
    bench.step(&order, "reject", &json!({ "reason": "Haemolysed" }), &bench.otto).await.expect(200);
    assert_eq!(bench.mails().await, ["ada-byron@example.org: Central Laboratory needs another specimen from Ada Byron"]);
    bench.started(&order).await;

    let resulted = bench.step(&order, "result", &counted(11.2), &bench.grete).await.expect(200);
    // Doctors see it, as preliminary. The patient does not, wherever they look.
    let result = resulted.body["result_id"].as_str().unwrap().to_owned();
    let seen = bench.of_patient(&format!("results/{result}"), &doctor).await.expect(200).body;
    assert_eq!((&seen["stage"], &seen["flag"], &seen["values"][0]["flag"]), (&json!("preliminary"), &json!("low"), &json!("low")));
    let waiting = bench.app.get("/doctors/me/waiting?kind=results").bearer(&doctor).send().await;
    assert!(waiting.text.contains(&result), "{}", waiting.text);
    assert_eq!(items(&bench.of_patient("results", &doctor).await.expect(200)).len(), 1);
    let nothing = async |token: &str| {
        bench.of_patient(&format!("results/{result}"), token).await.refused(404, "not_found");
        bench.of_patient(&format!("record/{result}/versions"), token).await.refused(404, "not_found");
        bench.app.get(&bench.of(&order, "/report.pdf")).bearer(token).send().await.refused(404, "not_found");
        assert!(items(&bench.of_patient("results", token).await.expect(200)).is_empty());
        assert!(items(&bench.of_patient("series?code=718-7", token).await.expect(200)).is_empty());
        let own = bench.read(&order, token).await.expect(200).body;
        assert_eq!((own.get("result"), own.get("result_id")), (None, None));
        for view in ["dashboard", "record"] {
            let body = bench.of_patient(view, token).await.expect(200).body;
            assert_eq!(body["results"], json!([]), "{view}");
            assert!(!body.to_string().contains("result_available"));
        }
    };
    nothing(&ada).await;
    assert_eq!(bench.of_patient("record", &doctor).await.expect(200).body["results"][0]["result_id"], result);

    // Whoever entered it does not verify it, and nothing is released that nobody verified.
    bench.step(&order, "verify", &Value::Null, &bench.grete).await.refused(409, "own_entry");
    bench.step(&order, "release", &Value::Null, &bench.otto).await.refused(409, "wrong_status");
    let detail = bench.read(&order, &bench.otto).await.expect(200).body;
    assert_eq!(
        (&detail["date_of_birth"], &detail["gender"], &detail["result"]["values"][0]["value"]),
        (&json!("1990-12-10"), &json!("female"), &json!(11.2))
    );
    // What was seen is verified, not what is there by now.
    let before = bench.read(&order, &bench.otto).await.expect(200).etag().to_owned();
    bench.step(&order, "result", &counted(12.2), &bench.grete).await.expect(200);
    bench.step_from(&order, "verify", &Value::Null, &before, &bench.otto).await.expect(412);
    bench.step(&order, "verify", &Value::Null, &bench.otto).await.expect(200);
    nothing(&ada).await;
    bench.step(&order, "cancel", &json!({}), &bench.ada.token).await.refused(409, "wrong_status");
    let released = bench.step(&order, "release", &Value::Null, &bench.grete).await.expect(200).body;
    assert_eq!(bench.mails().await, ["ada-byron@example.org: A result for Ada Byron is ready"]);

    let own = bench.read(&order, &ada).await.expect(200).body;
    assert_eq!(
        (&own["result"]["stage"], &own["result"]["values"][0]["value"], &own["result"]["flag"]),
        (&json!("final"), &json!(12.2), &json!("normal"))
    );
    let dashboard = bench.of_patient("dashboard", &ada).await.expect(200).body;
    assert_eq!((&dashboard["results"][0]["result_id"], &dashboard["lab_tests"]), (&json!(result), &json!([])));
    let news: Vec<_> = dashboard["unread"].as_array().unwrap().iter().map(|notice| notice["news"].as_str().unwrap()).collect();
    assert_eq!(news, ["result_available", "lab_test_prescribed"]);
    assert_eq!(items(&bench.of_patient("series?code=718-7", &ada).await.expect(200))[0]["value"], 12.2);
    // What was entered before the release is not for the patient, and is for doctors.
    let versions = async |token: &str| items(&bench.of_patient(&format!("record/{result}/versions"), token).await.expect(200)).len();
    assert_eq!((versions(&ada).await, versions(&doctor).await), (1, 3));
    let steps: Vec<_> = released["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| format!("{} {}", step["step"].as_str().unwrap(), step["by"]["name"].as_str().unwrap()))
        .collect();
    assert_eq!(
        steps,
        [
            "collect Grete Hermann",
            "reject Otto Folin",
            "collect Grete Hermann",
            "start Grete Hermann",
            "result Grete Hermann",
            "result Grete Hermann",
            "verify Otto Folin",
            "release Grete Hermann"
        ]
    );
    assert!(released["steps"].as_array().unwrap().iter().all(|step| step["at"] == "2026-03-02T10:00:00+00:00"));
    bench.step(&order, "result", &counted(14.0), &bench.grete).await.refused(409, "wrong_status");
    bench.step(&order, "collect", &json!({}), &bench.grete).await.refused(409, "wrong_status");
}

#[tokio::test]
async fn a_result_of_a_laboratory_is_changed_nowhere_else() {
    let bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.released(&order, &measured(4.2)).await;
    let result = bench.read(&order, &bench.grete).await.expect(200).body["result_id"].as_str().unwrap().to_owned();
    let etag = bench.of_patient(&format!("results/{result}"), &bench.doctor.token).await.expect(200).etag().to_owned();
    let path = format!("/patients/{}/results/{result}", bench.ada.id);
    let content = json!({ "name": "Potassium", "value": 4.9, "unit": "mmol/L", "taken_at": "2026-03-02T08:00:00Z" });
    let change = bench.app.call("PUT", &path).json(&json!({ "reason": "Typo", "content": content })).header("if-match", &etag);
    assert_eq!(change.bearer(&bench.doctor.token).send().await.refused(409, "of_a_laboratory").body["order_id"], order);
    let error = format!("/patients/{}/record/{result}/entered-in-error", bench.ada.id);
    let error = bench.app.post(&error, &json!({ "reason": "Typo" })).header("if-match", &etag).bearer(&bench.doctor.token).send().await;
    error.refused(409, "of_a_laboratory");
    // A doctor notes that they have looked at it.
    bench.app.call("POST", &format!("{path}/review")).header("if-match", &etag).bearer(&bench.doctor.token).send().await.expect(200);
    let still = bench.read(&order, &bench.ada.token).await.expect(200).body;
    assert_eq!((&still["result"]["stage"], &still["result"]["values"][0]["value"]), (&json!("final"), &json!(4.2)));
}

#[tokio::test]
async fn what_there_is_to_do_by_when_it_is_due() {
    let mut bench = Bench::new().await;
    let count = bench.ordered(&blood_count()).await;
    let (test, urgent) = (bench.offers(&potassium()).await, bench.prescribed(json!({ "test": "Potassium", "priority": "urgent" })).await);
    let urgent = bench.order(&bench.wanted(&test, Some(&urgent)), &bench.ada.token).await.expect(201).id();
    let list = async |query: &str| {
        items(&bench.get(&format!("lab-orders{query}")).await.expect(200))
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // Nobody has brought a specimen yet: there is nothing to do until they have.
    assert_eq!(list("").await.len(), 2);
    let first = &items(&bench.get("lab-orders").await.expect(200))[0];
    assert_eq!((&first["patient_name"], first["mrn"].as_str().unwrap().len(), &first["overdue"]), (&json!("Ada Byron"), 9, &json!(false)));
    bench.started(&count).await;
    assert_eq!((list("?status=ordered").await, list("?status=in_progress").await), (vec![urgent.clone()], vec![count.clone()]));
    assert_eq!((list("").await, list("?overdue=true").await), (vec![count.clone(), urgent.clone()], Vec::new()));
    bench.step(&urgent, "cancel", &json!({}), &bench.ada.token).await.expect(200);
    assert_eq!((list("").await, list("?status=cancelled").await), (vec![count.clone()], vec![urgent]));
    bench.get("lab-orders?status=lost").await.invalid(&[("status", "invalid_status")]);
    bench.get("lab-orders?status=released&overdue=true").await.invalid(&[("overdue", "not_open")]);
    bench.app.get(&format!("/laboratories/{}/lab-orders", bench.laboratory)).bearer(&bench.doctor.token).send().await.expect(403);
    bench.at("2026-03-02T11:00:00Z").await;
    let late = items(&bench.get("lab-orders?overdue=true").await.expect(200));
    assert_eq!((&late[0]["id"], &late[0]["overdue"]), (&json!(count), &json!(true)));
}

#[tokio::test]
async fn the_turnaround_of_each_test_is_measured() {
    let mut bench = Bench::new().await;
    let (test, first) = (bench.offers(&potassium()).await, bench.prescription(&potassium()).await);
    let first = bench.order(&bench.wanted(&test, Some(&first)), &bench.ada.token).await.expect(201).id();
    let second = bench.prescription(&potassium()).await;
    let second = bench.order(&bench.wanted(&test, Some(&second)), &bench.ada.token).await.expect(201).id();
    for (order, ready) in [(&first, "2026-03-02T09:30:00Z"), (&second, "2026-03-02T12:30:00Z")] {
        bench.at("2026-03-02T08:30:00Z").await;
        bench.started(order).await;
        bench.at(ready).await;
        bench.step(order, "result", &measured(4.2), &bench.grete).await.expect(200);
        bench.app.wait(jiff::SignedDuration::from_mins(10));
        bench.step(order, "verify", &Value::Null, &bench.otto).await.expect(200);
        bench.step(order, "release", &Value::Null, &bench.otto).await.expect(200);
    }
    let took = items(&bench.get("turnaround?month=2026-03").await.expect(200));
    let expected = json!({ "test_id": test, "test": "Potassium", "released": 2, "in_time": 1, "mean_minutes": 160,
        "mean_minutes_of": { "specimen": 30, "result": 150, "verification": 10, "release": 0 } });
    assert_eq!(took, [expected]);
    assert!(items(&bench.get("turnaround?month=2026-02").await.expect(200)).is_empty());
    bench.get("turnaround?month=2026-2").await.invalid(&[("month", "invalid_month")]);
    // An amendment is no release.
    let mut amended = measured(4.4);
    amended["reason"] = json!("Wrong dilution");
    bench.step(&first, "amend", &amended, &bench.grete).await.expect(200);
    assert_eq!(items(&bench.get("turnaround").await.expect(200))[0]["released"], 2);
}

#[tokio::test]
async fn a_specimen_of_somebody_else_takes_its_result_with_it() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    bench.step(&order, "result", &measured(6.8), &bench.grete).await.expect(200);
    bench.mails().await;
    let result = bench.read(&order, &bench.grete).await.expect(200).body["result_id"].as_str().unwrap().to_owned();
    bench.step(&order, "reject", &json!({ "reason": "Of somebody else" }), &bench.otto).await.expect(200);
    assert_eq!(
        bench.mails().await,
        [
            "ada-byron@example.org: Central Laboratory needs another specimen from Ada Byron",
            "dr--helen-taussig@example.org: A critical result was withdrawn",
            "dr--helen-taussig@example.org: A specimen was rejected"
        ]
    );
    bench.of_patient(&format!("results/{result}"), &bench.doctor.token).await.refused(404, "not_found");
    let history = items(&bench.of_patient(&format!("record/{result}/versions"), &bench.doctor.token).await.expect(200));
    assert_eq!((history.len(), &history[0]["entered_in_error"]), (2, &json!(true)));
    let read = bench.read(&order, &bench.grete).await.expect(200).body;
    assert_eq!((&read["status"], read.get("result_id")), (&json!("ordered"), None));
    let prescription = format!("prescriptions/lab-tests/{}", read["prescription_id"].as_str().unwrap());
    assert_eq!(bench.of_patient(&prescription, &bench.doctor.token).await.expect(200).body["status"], "ordered");
    assert_eq!(
        bench.acknowledge(&order, 2, &bench.doctor.token).await.refused(409, "withdrawn").body["since"],
        "2026-03-02T08:00:00+00:00"
    );
    // The tube that was rejected is not collected again.
    bench.app.wait(jiff::SignedDuration::from_mins(5));
    let earlier = json!({ "taken_at": "2026-03-02T07:59:00Z" });
    bench.step(&order, "collect", &earlier, &bench.grete).await.invalid(&[("taken_at", "rejected")]);
    bench.released(&order, &measured(4.2)).await;
    assert_eq!(bench.of_patient(&prescription, &bench.doctor.token).await.expect(200).body["status"], "resulted");
}

#[tokio::test]
async fn before_the_release_no_other_laboratory_reads_it() {
    let bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    bench.step(&order, "result", &measured(4.2), &bench.grete).await.expect(200);
    let (account, elsewhere) = bench.app.staff("Percy Julian", domain::role::Role::LabTechnician).await;
    bench.app.on_roster(&account, domain::role::Role::LabTechnician, None).await;
    assert!(items(&bench.of_patient("results", &elsewhere).await.expect(200)).is_empty());
    bench.read(&order, &elsewhere).await.refused(404, "not_found");
    bench.step(&order, "verify", &Value::Null, &bench.otto).await.expect(200);
    bench.step(&order, "release", &Value::Null, &bench.otto).await.expect(200);
    assert_eq!(items(&bench.of_patient("results", &elsewhere).await.expect(200)).len(), 1);
}
