//! Ratings and reviews: who can give them, who reads them, and what they come to.

use std::sync::Arc;

use domain::{
    feedback::{About, Feedback, Rating, Visit},
    id::{AppointmentId, FeedbackId, PatientId},
    role::Role,
};
use jiff::SignedDuration;
use local::services::mailbox::{Mail, Refusal};
use serde_json::{Value, json};

use crate::{
    laboratory::{Bench, measured, potassium},
    pharmacy::{Counter, paracetamol},
    support::{Answer, App, Doctor, Patient, at_once},
    wards::House,
};

/// What a patient says of the hospital after an appointment, as if it had been held.
pub(crate) fn of_hospital(app: &App, patient_id: PatientId) -> Feedback {
    let (visit, about) = (Visit::Appointment(AppointmentId::new(app.now(), app.random())), About::Hospital);
    let id = FeedbackId::of(visit, &about);
    let rating = Rating::new(4).unwrap();
    Feedback {
        id,
        patient_id,
        visit,
        about,
        about_name: None,
        rating,
        review: None,
        at: app.now(),
        changed_at: None,
        hidden: None,
        version: 1,
    }
}

/// A patient whose appointment was held.
struct Seen {
    app: Arc<App>,
    ada: Patient,
    doctor: Doctor,
    admin: String,
    appointment: String,
    mails: usize,
}

impl Seen {
    async fn new() -> Self {
        let app = Arc::new(App::new().await);
        let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
        let appointment = held(&app, &ada, &doctor).await;
        let mut seen = Self { app, ada, doctor, admin, appointment, mails: 0 };
        seen.mails().await;
        seen
    }

    fn path(&self, rest: &str) -> String {
        format!("/patients/{}/feedback{rest}", self.ada.id)
    }

    async fn give(&self, body: &Value) -> Answer {
        let mut whole = json!({ "visit": self.appointment });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        self.app.post(&self.path(""), &whole).bearer(&self.ada.token).send().await
    }

    async fn of_doctor(&self, rating: u8) -> Answer {
        self.give(&json!({ "about": "doctor", "doctor_id": self.doctor.id, "rating": rating })).await
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        self.app.drain().await;
        self.app.get(path).bearer(token).send().await.expect(200).body
    }

    async fn ratings(&self) -> Value {
        self.get(&format!("/feedback/doctors/{}", self.doctor.id), &self.ada.token).await["ratings"].clone()
    }

    async fn mails(&mut self) -> Vec<Mail> {
        self.app.drain().await;
        self.app.new_mails(&mut self.mails).await
    }
}

/// An appointment that was held at this moment. Returns its id.
async fn held(app: &App, patient: &Patient, doctor: &Doctor) -> String {
    let id = app.book(patient, doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    for step in ["arrive", "complete"] {
        app.call("POST", &format!("/appointments/{id}/{step}")).bearer(&doctor.token).send().await.expect(200);
    }
    id
}

fn stars(ratings: &Value) -> Vec<i64> {
    ratings["distribution"].as_array().unwrap().iter().map(|of| of["count"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_patient_rates_those_whom_they_saw_and_others_see_stars_and_words_alone() {
    let seen = Seen::new().await;
    let choices = seen.get(&seen.path(&format!("/choices?visit={}", seen.appointment)), &seen.ada.token).await;
    assert_eq!(
        choices["items"],
        json!([
            { "about": { "what": "hospital" } },
            { "about": { "what": "service", "service": "outpatient" } },
            { "about": { "what": "doctor", "doctor_id": seen.doctor.id, "name": "Dr. Helen Taussig" } },
        ])
    );
    let said = json!({ "about": "doctor", "doctor_id": seen.doctor.id, "rating": 5, "review": "She listens.\nThank you." });
    let given = seen.give(&said).await.expect(201);
    assert_eq!((given.headers["location"].to_str().unwrap(), given.etag()), (&*seen.path(&format!("/{}", given.id())), "\"v1\""));
    assert_eq!(given.body["changeable_until"], "2026-03-16T08:00:00+00:00");
    seen.give(&json!({ "about": "hospital", "rating": 4 })).await.expect(201);
    seen.give(&json!({ "about": "service", "rating": 3 })).await.expect(201);
    let again = seen.of_doctor(1).await.refused(409, "given_already");
    assert_eq!(again.body["feedback_id"], json!(given.id()));
    let choices = seen.get(&seen.path(&format!("/choices?visit={}", seen.appointment)), &seen.ada.token).await;
    assert_eq!(choices["items"][2]["feedback_id"], json!(given.id()));
    let own = seen.get(&seen.path("?limit=2"), &seen.ada.token).await;
    let cursor = own["next_cursor"].as_str().unwrap();
    let rest = seen.get(&seen.path(&format!("?limit=2&cursor={cursor}")), &seen.ada.token).await;
    assert_eq!((own["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 1));

    // Any patient, and the doctor.
    let eve = seen.app.patient("Eve Moneypenny").await;
    for token in [&eve.token, &seen.doctor.token] {
        let public = seen.get(&format!("/feedback/doctors/{}", seen.doctor.id), token).await;
        assert_eq!(
            public["items"],
            json!([{ "rating": 5, "review": "She listens.\nThank you.", "month": "2026-03" }]),
            "neither whose it is nor the day"
        );
        assert_eq!((&public["ratings"]["count"], &public["ratings"]["average"]), (&json!(1), &json!(5.0)));
        assert_eq!(stars(&public["ratings"]), [0, 0, 0, 0, 1]);
    }
    assert_eq!(seen.get("/feedback/hospital", &eve.token).await["ratings"]["average"], json!(4.0));
    assert_eq!(seen.get("/feedback/services/outpatient", &eve.token).await["ratings"]["average"], json!(3.0));
    let none = seen.get("/feedback/services/pharmacy", &eve.token).await;
    assert_eq!((&none["items"], &none["ratings"]["count"], none["ratings"].get("average")), (&json!([]), &json!(0), None));
    seen.app.get("/feedback/services/parking").bearer(&eve.token).send().await.refused(404, "not_found");
    seen.app.get("/feedback/doctors/doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR").bearer(&eve.token).send().await.refused(404, "not_found");
    // What is another patient's is not known.
    seen.app.get(&seen.path("")).bearer(&eve.token).send().await.refused(404, "not_found");
    seen.app.get(&seen.path("")).bearer(&seen.doctor.token).send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn what_cannot_be_rated_is_refused() {
    let seen = Seen::new().await;
    for rating in [json!(0), json!(6), json!(-1)] {
        seen.give(&json!({ "about": "hospital", "rating": rating })).await.invalid(&[("rating", "out_of_range")]);
    }
    for rating in [json!(2.5), json!("5")] {
        seen.give(&json!({ "about": "hospital", "rating": rating })).await.invalid(&[("rating", "invalid_type")]);
    }
    seen.give(&json!({ "about": "hospital" })).await.invalid(&[("rating", "required")]);
    let long = "x".repeat(1_001);
    seen.give(&json!({ "about": "hospital", "rating": 3, "review": long })).await.invalid(&[("review", "too_long")]);
    let huge = seen.give(&json!({ "about": "hospital", "rating": 3, "review": "x".repeat(100_000) })).await;
    assert!(matches!(huge.status.as_u16(), 413 | 422), "{}", huge.text);
    seen.give(&json!({ "about": "parking", "rating": 3 })).await.invalid(&[("about", "invalid_about")]);
    seen.give(&json!({ "about": "doctor", "rating": 3 })).await.invalid(&[("doctor_id", "required")]);
    let both = json!({ "about": "hospital", "doctor_id": seen.doctor.id, "rating": 3 });
    seen.give(&both).await.invalid(&[("doctor_id", "not_for_this")]);
    let other = seen.app.doctor("Dr. Virginia Apgar").await;
    let not_met = json!({ "about": "doctor", "doctor_id": other.id, "rating": 1 });
    seen.give(&not_met).await.invalid(&[("doctor_id", "not_met")]);
    let (nurse, _) = seen.app.staff("Mary Seacole", Role::Nurse).await;
    seen.give(&json!({ "about": "staff", "user_id": nurse.id, "rating": 1 })).await.invalid(&[("user_id", "not_met")]);

    // One that is ahead, one that was cancelled, one of somebody else, and one that there is not.
    let ahead = seen.app.book(&seen.ada, &seen.doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    let rate = |visit: &str| json!({ "visit": visit, "about": "hospital", "rating": 3 });
    seen.give(&rate(&ahead)).await.refused(409, "not_over");
    seen.app.call("POST", &format!("/appointments/{ahead}/cancel")).json(&json!({})).bearer(&seen.ada.token).send().await.expect(200);
    seen.give(&rate(&ahead)).await.refused(409, "not_over");
    let eve = seen.app.patient("Eve Moneypenny").await;
    let theirs = seen.app.book(&eve, &seen.doctor, "2026-03-02T10:00:00Z").await.expect(201).id();
    seen.give(&rate(&theirs)).await.invalid(&[("visit", "unknown_visit")]);
    seen.give(&rate("apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR")).await.invalid(&[("visit", "unknown_visit")]);
    seen.give(&rate("usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR")).await.invalid(&[("visit", "invalid_id")]);
    seen.app.get(&seen.path("/choices")).bearer(&seen.ada.token).send().await.invalid(&[("visit", "required")]);
    let (_, desk) = seen.app.staff("Rosa Parks", Role::Receptionist).await;
    seen.app.post(&seen.path(""), &rate(&seen.appointment)).bearer(&desk).send().await.refused(403, "forbidden");
    assert_eq!(seen.ratings().await["count"], json!(0), "nothing was written");
}

#[tokio::test]
async fn it_can_be_changed_for_fourteen_days() {
    let seen = Seen::new().await;
    let given = seen.of_doctor(2).await.expect(201);
    let path = seen.path(&format!("/{}", given.id()));
    let change = async |version: Option<&str>, body: &Value, token: &str| {
        let call = seen.app.call("PUT", &path).json(body).bearer(token);
        match version {
            Some(version) => call.header("if-match", version).send().await,
            None => call.send().await,
        }
    };
    let better = json!({ "rating": 4, "review": "On reflection, fine." });
    change(None, &better, &seen.ada.token).await.refused(428, "if_match_required");
    change(Some("\"v9\""), &better, &seen.ada.token).await.refused(412, "stale");
    change(Some("\"v1\""), &json!({ "rating": 9 }), &seen.ada.token).await.invalid(&[("rating", "out_of_range")]);
    let changed = change(Some("\"v1\""), &better, &seen.ada.token).await.expect(200);
    assert_eq!((changed.etag(), &changed.body["rating"]), ("\"v2\"", &json!(4)));
    assert_eq!(stars(&seen.ratings().await), [0, 0, 0, 1, 0], "the earlier stars count no longer");
    seen.app.redeliver(2, true).await;
    assert_eq!(stars(&seen.ratings().await), [0, 0, 0, 1, 0]);
    seen.app.wait(SignedDuration::from_hours(14 * 24));
    let token = seen.app.fresh(&seen.ada).await;
    let late = change(Some("\"v2\""), &better, &token).await.refused(409, "too_late");
    assert_eq!(late.body["not_after"], "2026-03-16T08:00:00+00:00");
}

#[tokio::test]
async fn administrators_hear_of_few_stars_and_hide_words_but_not_stars() {
    let mut seen = Seen::new().await;
    let low = json!({ "about": "doctor", "doctor_id": seen.doctor.id, "rating": 1, "review": "Her neighbour Tom has a flu." });
    let given = seen.give(&low).await.expect(201);
    let mails = seen.mails().await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.subject, "1 star for Dr. Helen Taussig");
    assert!(!mail.text.contains("Ada") && !mail.text.contains("flu"), "{}", mail.text);
    seen.app.redeliver(2, false).await;
    assert_eq!(seen.mails().await.len(), 0);

    let list = seen.get("/feedback?rating=1", &seen.admin).await;
    assert_eq!((&list["items"][0]["patient_id"], &list["items"][0]["hidden"]), (&json!(seen.ada.id), &json!(false)));
    assert_eq!(seen.get("/feedback?rating=5", &seen.admin).await["items"], json!([]));
    for bad in ["/feedback?rating=0", "/feedback?rating=6", "/feedback?rating=01", "/feedback?rating=x"] {
        seen.app.get(bad).bearer(&seen.admin).send().await.invalid(&[("rating", "out_of_range")]);
    }
    seen.app.get("/feedback").bearer(&seen.admin).send().await.invalid(&[("rating", "required")]);

    let path = seen.path(&format!("/{}", given.id()));
    let act = async |what: &str, body: Value, token: &str| {
        let version = seen.app.get(&path).bearer(&seen.ada.token).send().await.expect(200).etag().to_owned();
        let call = seen.app.call("POST", &format!("{path}/{what}")).bearer(token);
        if body.is_null() { call.send().await } else { call.json(&body).header("if-match", &version).send().await }
    };
    let unread = seen.app.post(&format!("{path}/hide"), &json!({ "reason": "Not read" })).bearer(&seen.admin);
    unread.header("if-match", "\"v9\"").send().await.refused(412, "stale");
    act("hide", json!({ "reason": "It names somebody" }), &seen.ada.token).await.refused(403, "forbidden");
    act("hide", json!({}), &seen.admin).await.invalid(&[("reason", "required")]);
    act("show", Value::Null, &seen.admin).await.refused(409, "not_hidden");
    act("hide", json!({ "reason": "It names somebody" }), &seen.admin).await.expect(200);
    act("hide", json!({ "reason": "Again" }), &seen.admin).await.refused(409, "hidden_already");
    let public = seen.get(&format!("/feedback/doctors/{}", seen.doctor.id), &seen.doctor.token).await;
    assert_eq!(public["items"], json!([{ "rating": 1, "month": "2026-03" }]));
    assert_eq!(stars(&public["ratings"]), [1, 0, 0, 0, 0], "the stars count all the same");
    let own = seen.get(&path, &seen.ada.token).await;
    assert_eq!((&own["hidden"]["reason"], &own["review"]), (&json!("It names somebody"), &json!("Her neighbour Tom has a flu.")));
    act("show", Value::Null, &seen.admin).await.expect(200);
    let public = seen.get(&format!("/feedback/doctors/{}", seen.doctor.id), &seen.doctor.token).await;
    assert_eq!(public["items"][0]["review"], "Her neighbour Tom has a flu.");

    // What is hidden stays hidden, whatever the patient makes of it.
    act("hide", json!({ "reason": "It names somebody" }), &seen.admin).await.expect(200);
    let other = json!({ "rating": 2, "review": "Tom still has a flu." });
    let version = seen.app.get(&path).bearer(&seen.ada.token).send().await.expect(200).etag().to_owned();
    seen.app.call("PUT", &path).json(&other).header("if-match", &version).bearer(&seen.ada.token).send().await.expect(200);
    let public = seen.get(&format!("/feedback/doctors/{}", seen.doctor.id), &seen.doctor.token).await;
    assert_eq!(public["items"], json!([{ "rating": 2, "month": "2026-03" }]));
    assert_eq!(seen.mails().await.len(), 0, "it was low before");
    let stars_only = seen.give(&json!({ "about": "hospital", "rating": 3 })).await.expect(201);
    let hide = seen.app.post(&seen.path(&format!("/{}/hide", stars_only.id())), &json!({ "reason": "x" })).bearer(&seen.admin);
    hide.header("if-match", "\"v1\"").send().await.refused(409, "no_review");
}

#[tokio::test]
async fn an_email_about_few_stars_that_was_refused_can_be_sent_again() {
    let mut seen = Seen::new().await;
    let high = seen.of_doctor(3).await.expect(201);
    assert_eq!(seen.mails().await.len(), 0);
    seen.app.services.mailbox.refuse_next(Refusal::Rejected);
    let change = seen.app.call("PUT", &seen.path(&format!("/{}", high.id()))).json(&json!({ "rating": 2 })).header("if-match", "\"v1\"");
    change.bearer(&seen.ada.token).send().await.expect(200);
    assert_eq!(seen.mails().await.len(), 0);
    let refused = seen.get("/emails", &seen.admin).await;
    let id = refused["items"][0]["id"].as_str().unwrap().to_owned();
    seen.app.call("POST", &format!("/emails/{id}/resend")).bearer(&seen.admin).send().await.expect(202);
    let subjects: Vec<_> = seen.mails().await.into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["2 stars for Dr. Helen Taussig"]);
}

#[tokio::test]
async fn whoever_was_there_after_a_lab_test_a_medicine_a_stay_and_an_emergency() {
    let bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    let what = |choices: &Value| {
        let items = choices["items"].as_array().unwrap().iter().map(|choice| &choice["about"]);
        items.map(|about| about["service"].as_str().or(about["name"].as_str()).unwrap_or("hospital").to_owned()).collect::<Vec<_>>()
    };
    let path = format!("/patients/{}/feedback/choices?visit={order}", bench.ada.id);
    bench.app.get(&path).bearer(&bench.ada.token).send().await.refused(409, "not_over");
    bench.released(&order, &measured(4.2)).await;
    let choices = bench.app.get(&path).bearer(&bench.ada.token).send().await.expect(200).body;
    assert_eq!(what(&choices), ["hospital", "laboratory", "Grete Hermann", "Otto Folin"]);
    let grete = choices["items"][2]["about"]["user_id"].as_str().unwrap();
    let rate = json!({ "visit": order, "about": "staff", "user_id": grete, "rating": 5, "review": "It did not hurt." });
    bench.app.post(&format!("/patients/{}/feedback", bench.ada.id), &rate).bearer(&bench.ada.token).send().await.expect(201);
    bench.app.drain().await;
    let of_grete = format!("/feedback/staff/{grete}");
    let own = bench.app.get(&of_grete).bearer(&bench.grete).send().await.expect(200).body;
    assert_eq!((&own["items"][0]["review"], stars(&own["ratings"])), (&json!("It did not hurt."), vec![0, 0, 0, 0, 1]));
    // Colleagues do not see it, and nobody else knows of it.
    bench.app.get(&of_grete).bearer(&bench.otto).send().await.refused(404, "not_found");
    bench.app.get(&of_grete).bearer(&bench.ada.token).send().await.refused(403, "forbidden");

    let counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 10).await;
    let asked = counter.ask(&medicine, 2, None).await.expect(201).id();
    counter.act(&asked, "hand-over", &json!({})).await.expect(200);
    let path = format!("/patients/{}/feedback/choices?visit={asked}", counter.ada.id);
    let choices = counter.app.get(&path).bearer(&counter.ada.token).send().await.expect(200).body;
    assert_eq!(what(&choices), ["hospital", "pharmacy", "Agnes Thompson"]);

    let house = House::new(&[domain::ward::Ward::Icu]).await;
    let (app, desk) = (&house.app, &house.desk);
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let stay = house.admit(ada.id, &json!({ "ward": "icu", "doctor_id": doctor.id })).await.expect(201).body;
    let choices = format!("/patients/{}/feedback/choices?visit={}", ada.id, stay["id"].as_str().unwrap());
    app.get(&choices).bearer(&ada.token).send().await.refused(409, "not_over");
    house.step_as(desk, &stay, "left", &json!({ "departure": "against_advice" })).await.expect(200);
    let choices = app.get(&choices).bearer(&ada.token).send().await.expect(200).body;
    assert_eq!(what(&choices), ["hospital", "inpatient", "Dr. Helen Taussig", "Rosa Parks"]);
    let case = house.emergency(ada.id, &json!({ "level": "urgent" })).await.expect(201).body;
    house.act(desk, &case, "dispose", &json!({ "disposition": "left_without_being_seen" })).await.expect(200);
    let choices = format!("/patients/{}/feedback/choices?visit={}", ada.id, case["id"].as_str().unwrap());
    let choices = app.get(&choices).bearer(&ada.token).send().await.expect(200).body;
    assert_eq!(what(&choices), ["hospital", "emergency", "Rosa Parks"]);
}

#[tokio::test]
async fn whoever_changes_their_mind_all_day_sends_one_email() {
    let mut seen = Seen::new().await;
    let given = seen.of_doctor(1).await.expect(201);
    assert_eq!(seen.mails().await.len(), 1);
    let path = seen.path(&format!("/{}", given.id()));
    let change = async |version: u8, rating: u8, token: &str| {
        let call = seen.app.call("PUT", &path).json(&json!({ "rating": rating })).header("if-match", &format!("\"v{version}\""));
        call.bearer(token).send().await.expect(200);
        seen.app.drain().await;
    };
    for version in [1, 3, 5] {
        change(version, 5, &seen.ada.token).await;
        change(version + 1, 1, &seen.ada.token).await;
    }
    let mut so_far = seen.mails;
    assert_eq!(seen.app.new_mails(&mut so_far).await.len(), 0);
    // On another day it is news.
    seen.app.wait(SignedDuration::from_hours(24));
    let token = seen.app.fresh(&seen.ada).await;
    change(7, 5, &token).await;
    change(8, 1, &token).await;
    assert_eq!(seen.mails().await.len(), 1);
}

#[tokio::test]
async fn nobody_rates_themselves_or_moderates_what_is_said_of_them() {
    let mut seen = Seen::new().await;
    let given = seen.give(&json!({ "about": "doctor", "doctor_id": seen.doctor.id, "rating": 3, "review": "Late." })).await.expect(201);
    seen.mails().await;
    // The doctor becomes an administrator, too, and hears of nothing that is said of her.
    let roles = json!({ "roles": ["doctor", "administrator"] });
    seen.app.call("POST", &format!("/users/{}/roles", seen.doctor.user_id)).json(&roles).bearer(&seen.admin).send().await.expect(200);
    let token = seen.app.fresh_doctor(&seen.doctor).await;
    let path = seen.path(&format!("/{}", given.id()));
    let hide = seen.app.post(&format!("{path}/hide"), &json!({ "reason": "I was not late" })).header("if-match", "\"v1\"");
    hide.bearer(&token).send().await.refused(403, "forbidden");
    seen.app.call("POST", &format!("{path}/show")).bearer(&token).send().await.refused(403, "forbidden");
    seen.mails().await;
    seen.app.call("PUT", &path).json(&json!({ "rating": 5 })).header("if-match", "\"v1\"").bearer(&seen.ada.token).send().await.expect(200);
    seen.app.call("PUT", &path).json(&json!({ "rating": 2 })).header("if-match", "\"v2\"").bearer(&seen.ada.token).send().await.expect(200);
    let told: Vec<_> = seen.mails().await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(told, ["florence-nightingale@example.org"]);

    // She has a child, whom she sees herself.
    let (_, desk) = seen.app.staff("Rosa Parks", Role::Receptionist).await;
    let child =
        json!({ "name": "Byron Lovelace", "date_of_birth": "2020-05-12", "gender": "male", "guardians": [{ "patient_id": seen.ada.id }] });
    let child = seen.app.post("/patients", &child).bearer(&desk).send().await.expect(201).id();
    let account = seen.app.store().account(seen.ada.user_id).await.unwrap().unwrap();
    let other = seen.app.doctor("Dr. Virginia Apgar").await;
    let booking = json!({ "doctor_id": other.id, "patient_id": child, "starts_at": "2026-03-02T10:00:00Z", "reason": "Cough" });
    let visit = seen.app.post("/appointments", &booking).bearer(&desk).send().await.expect(201).id();
    for step in ["arrive", "complete"] {
        seen.app.call("POST", &format!("/appointments/{visit}/{step}")).bearer(&other.token).send().await.expect(200);
    }
    let choices =
        seen.app.store().visited(child.parse().unwrap(), visit.parse().unwrap(), (account.account.id, None)).await.unwrap().unwrap();
    let store::feedback::Visited::TookPlace(choices) = choices else { panic!("it took place") };
    assert!(choices.iter().any(|choice| choice.about == About::Doctor(other.id)));
    let by_herself =
        seen.app.store().visited(child.parse().unwrap(), visit.parse().unwrap(), (other.user_id, Some(other.id))).await.unwrap().unwrap();
    let store::feedback::Visited::TookPlace(choices) = by_herself else { panic!("it took place") };
    assert!(choices.iter().all(|choice| choice.about != About::Doctor(other.id)), "{choices:?}");
}

#[tokio::test]
async fn at_once_it_is_given_once_and_the_average_is_right() {
    let seen = Seen::new().await;
    let body = json!({ "visit": seen.appointment, "about": "doctor", "doctor_id": seen.doctor.id, "rating": 5 });
    let same = vec![(seen.path(""), body, seen.ada.token.clone()); 10];
    let answers = at_once(&seen.app, same).await;
    let given = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(given == 1 && answers.iter().all(|answer| answer.status == 201 || answer.status == 409), "{given}");
    // Twenty patients at the same moment.
    let mut requests = Vec::new();
    for number in 0..20 {
        let patient = seen.app.patient(&format!("Patient {number}")).await;
        let said = Feedback {
            about: About::Doctor(seen.doctor.id),
            rating: Rating::new(1 + number % 5).unwrap(),
            ..of_hospital(&seen.app, patient.id)
        };
        requests.push(said);
    }
    let writes: Vec<_> = requests
        .into_iter()
        .map(|said| {
            let app = Arc::clone(&seen.app);
            tokio::spawn(async move { assert!(app.store().feedback_give(&said).await.unwrap()) })
        })
        .collect();
    for write in writes {
        write.await.unwrap();
    }
    assert_eq!(stars(&seen.ratings().await), [4, 4, 4, 4, 5]);
    // The stream brings everything once more, from several sides at once.
    let (one, other) = (seen.app.redeliver(1, true), seen.app.redeliver(1, false));
    tokio::join!(one, other);
    let ratings = seen.ratings().await;
    assert_eq!((stars(&ratings), &ratings["count"], &ratings["average"]), (vec![4, 4, 4, 4, 5], &json!(21), &json!(3.1)));
}
