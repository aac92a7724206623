//! A record with 5,000 entries costs what one with 50 costs.

use domain::policy::Rule;
use domain::{
    id::{DiagnosisId, UserId, VitalsId},
    record::{
        Author, Entry,
        diagnosis::{ClinicalStatus, Diagnosis, VerificationStatus},
        vitals::{Measured, VitalSign, Vitals},
    },
    text::{PersonName, Reason},
};
use jiff::{SignedDuration, civil::date};
use serde_json::json;
use store::{Units, trail::Trail};

use super::{Consultation, count};
use crate::{cost::imported, support::shared_database};

/// What a request consumed in read units, without the audit entry.
async fn read(c: &Consultation, path: &str, token: &str) -> f64 {
    let before = c.app.store().meter().read();
    let answer = c.get(path, token).await.expect(200);
    let Units { read, .. } = c.app.store().meter().read() - before;
    assert!(!answer.text.is_empty());
    read
}

/// Fills the record with vital signs and resolved diagnoses, as they are when they were written over years.
async fn fill(c: &Consultation, number: i64) {
    let author = Author { at: c.app.now(), by: UserId::new(c.app.now(), 1), name: PersonName::parse("Dr. Helen Taussig").unwrap() };
    let long = Reason::parse(&"A long text about what it is. ".repeat(6)).unwrap();
    let trail = Trail::new(Rule::of("POST", "/patients/{patient_id}/vitals"), "request".to_owned(), None, c.app.now());
    let items = trail.follow(async {
        let item = |at: i64| {
            let (time, author) = (c.app.now() - SignedDuration::from_hours(24 * 365 * 5 - at), author.clone());
            if at % 2 == 0 {
                let measured = [VitalSign::HeartRate, VitalSign::RespiratoryRate].map(|sign| Measured::new(sign, 72.0).unwrap());
                let vitals = Vitals::new(time, &measured, Some(long.clone()), None, date(2026, 3, 2)).unwrap();
                imported(&Entry::new(VitalsId::new(time, c.app.random()), c.ada.id, None, author, vitals))
            } else {
                let (clinical_status, verification_status) = (ClinicalStatus::Resolved, VerificationStatus::Confirmed);
                let (what, detail) = (long.clone(), Some(long.clone()));
                let diagnosis = Diagnosis { what, icd10: None, clinical_status, verification_status, onset: None, detail };
                imported(&Entry::new(DiagnosisId::new(time, c.app.random()), c.ada.id, None, author, diagnosis))
            }
        };
        (0..number).map(item).collect::<Vec<_>>()
    });
    shared_database().0.import_items(&c.app.table, items.await, dynoxide::ImportOptions::default()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chart_stays_fast() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    c.post("vitals", &json!({ "values": { "heart_rate": 72 } }), &doctor).await.expect(201);
    let paths = ["record", "vitals", "diagnoses", "series?code=heart_rate&limit=100", "encounters", "vitals?limit=100"];
    // Account, sign-in and whether the doctor treats the patient are read in any case.
    let base = read(&c, "treatment-plans", &doctor).await;
    fill(&c, 50).await;
    let mut costs = Vec::new();
    for path in paths {
        costs.push(read(&c, path, &doctor).await - base);
    }
    fill(&c, 5_000).await;
    for minute in 0..101 {
        let at = c.app.now() - SignedDuration::from_mins(minute);
        c.post("vitals", &json!({ "taken_at": at, "values": { "heart_rate": 72 } }), &doctor).await.expect(201);
    }
    for (path, before) in paths.iter().zip(costs) {
        let after = read(&c, path, &doctor).await - base;
        assert!(after <= 4.0, "{path} costs {after} with many entries, {before} with few");
    }
    let page = c.get("vitals?limit=100", &doctor).await.expect(200).body;
    assert_eq!(count(&page["items"]), 20, "a page is limited");
    let ada = c.ada.token.clone();
    assert!(read(&c, "dashboard", &ada).await <= 4.0);
}
