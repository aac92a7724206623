//! The waiting list: a slot that frees up is offered to the first who fits, is held for them, and goes to the next one by itself.

use std::sync::Arc;

use domain::{
    role::Role,
    schedule::Slot,
    text::PersonName,
    waiting::{Offer, State, Wait},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, App, Doctor, Patient, at_once, booking};

const SLOTS: [&str; 6] = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"];

/// A doctor whose slots of Tuesday are all taken, and who has booked which.
struct Clinic {
    app: App,
    doctor: Doctor,
    desk: String,
    booked: Vec<(String, Patient)>,
}

impl Clinic {
    async fn new() -> Self {
        let app = App::new().await;
        let doctor = app.doctor("Dr. Helen Taussig").await;
        let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
        let mut booked = Vec::new();
        for slot in SLOTS {
            let patient = app.patient(&format!("Early {}", slot.replace(':', ""))).await;
            let id = app.book_for(&desk, &patient, &doctor, &tuesday(slot)).await.expect(201).id();
            booked.push((id, patient));
        }
        app.drain().await;
        Self { app, doctor, desk, booked }
    }

    async fn at(&mut self, time: &str) {
        self.app.set_clock(&format!("2026-03-02T{time}:00Z"));
        self.desk = self.app.staff(&format!("Desk at {}", time.replace(':', "")), Role::Receptionist).await.1;
    }

    async fn join(&self, patient: &Patient) -> String {
        let body = json!({ "doctor_id": self.doctor.id, "from": "2026-03-03", "to": "2026-03-03", "reason": "Palpitations" });
        // Nobody joins in the same millisecond.
        self.app.wait(SignedDuration::from_secs(1));
        let token = self.app.fresh(patient).await;
        self.app.post("/waiting-list", &body).bearer(&token).send().await.expect(201).id()
    }

    /// Cancels the appointment in a slot of Tuesday.
    async fn free(&self, slot: usize) {
        let path = format!("/appointments/{}/cancel", self.booked[slot].0);
        self.app.post(&path, &json!({})).bearer(&self.desk).send().await.expect(200);
    }

    async fn act(&self, patient: &Patient, wait: &str, what: &str) -> Answer {
        let token = self.app.fresh(patient).await;
        self.app.call("POST", &format!("/waiting-list/{wait}/{what}")).bearer(&token).send().await
    }

    async fn wait(&self, wait: &str) -> Value {
        self.app.get(&format!("/waiting-list/{wait}")).bearer(&self.desk).send().await.expect(200).body
    }

    async fn free_slots(&self) -> Vec<String> {
        let path = format!("/doctors/{}/slots?from=2026-03-03&to=2026-03-03", self.doctor.id);
        let free = self.app.get(&path).bearer(&self.desk).send().await.expect(200);
        free.body["items"].as_array().unwrap().iter().map(|slot| slot["starts_at"].as_str().unwrap()[11..16].to_owned()).collect()
    }
}

fn tuesday(time: &str) -> String {
    format!("2026-03-03T{time}:00Z")
}

#[tokio::test]
async fn a_slot_frees_up_at_five_past_ten_and_is_offered_taken_and_reminded() {
    let mut clinic = Clinic::new().await;
    let (ada, grace) = (clinic.app.patient("Ada Byron").await, clinic.app.patient("Grace Hopper").await);
    let wait = clinic.join(&ada).await;
    let mut seen = clinic.app.services.mailbox.list().len();
    assert!(!clinic.app.new_mails(&mut seen).await.iter().any(|mail| mail.subject.contains("free")), "nothing is free");
    assert_eq!(clinic.wait(&wait).await["state"], "waiting");

    clinic.at("10:05").await;
    clinic.free(2).await;
    let mails = clinic.app.new_mails(&mut seen).await;
    let offer = mails.iter().find(|mail| mail.to == ada.email).expect("an offer");
    assert_eq!(offer.subject, "A time with Dr. Helen Taussig has become free");
    assert!(offer.text.contains("held for you until Monday 2 March 2026, 12:05 (London time)"), "{}", offer.text);
    assert!(offer.text.contains(&format!("https://portal.example.org/waiting-list/{wait}")) && !offer.text.contains("Palpitations"));

    // While it is held, nobody else gets it, and Ada is told how to take it.
    assert_eq!(clinic.free_slots().await, [] as [&str; 0]);
    assert_eq!(clinic.app.book_for(&clinic.desk, &grace, &clinic.doctor, &tuesday("10:00")).await.expect(409).body["code"], "slot_taken");
    let own = clinic.app.post("/appointments", &booking(&clinic.doctor, &tuesday("10:00"))).bearer(&clinic.app.fresh(&ada).await);
    let own = own.send().await.expect(409);
    assert_eq!((own.body["code"].as_str(), own.body["waiting_list_id"].as_str()), (Some("held_for_you"), Some(wait.as_str())));
    let held = clinic.wait(&wait).await;
    assert_eq!((held["state"].as_str(), held["offer"]["held_until"].as_str()), (Some("offered"), Some("2026-03-02T12:05:00+00:00")));

    let booked = clinic.act(&ada, &wait, "accept").await.expect(201);
    assert_eq!(
        (booked.body["starts_at"].as_str(), booked.body["reason"].as_str()),
        (Some("2026-03-03T10:00:00+00:00"), Some("Palpitations"))
    );
    let mails = clinic.app.new_mails(&mut seen).await;
    assert!(mails.iter().any(|mail| mail.to == ada.email && mail.subject == "Your appointment with Dr. Helen Taussig is booked"));
    assert!(!clinic.app.services.schedules.list().contains_key(&format!("wait-{wait}")), "the offer's timer is gone");
    let after = clinic.wait(&wait).await;
    assert_eq!((after["state"].as_str(), after["appointment_id"].as_str()), (Some("booked"), Some(booked.id().as_str())));

    clinic.app.set_clock("2026-03-03T09:00:00Z");
    clinic.app.fire_due().await;
    let mails = clinic.app.new_mails(&mut seen).await;
    assert!(mails.iter().any(|mail| mail.to == ada.email && mail.subject.contains("10:00")), "the reminder");
    let twice = clinic.act(&ada, &wait, "accept").await.expect(409);
    assert_eq!((twice.body["code"].as_str(), twice.body["state"].as_str()), (Some("no_offer"), Some("booked")));
}

#[tokio::test]
async fn an_offer_that_is_not_taken_goes_to_the_next_one() {
    let mut clinic = Clinic::new().await;
    let (ada, grace) = (clinic.app.patient("Ada Byron").await, clinic.app.patient("Grace Hopper").await);
    let (first, second) = (clinic.join(&ada).await, clinic.join(&grace).await);
    clinic.at("10:05").await;
    clinic.free(2).await;
    let mut seen = 0;
    let offers = |mails: &[local::services::mailbox::Mail]| {
        mails.iter().filter(|mail| mail.subject.contains("has become free")).map(|mail| mail.to.clone()).collect::<Vec<_>>()
    };
    assert_eq!(offers(&clinic.app.new_mails(&mut seen).await), [ada.email.as_str()]);
    assert_eq!(clinic.app.services.schedules.list()[&format!("wait-{first}")], "2026-03-02T12:05:00Z".parse().unwrap());

    clinic.at("12:05").await;
    let late = clinic.act(&ada, &first, "accept").await.expect(409);
    assert_eq!((late.body["code"].as_str(), late.body["state"].as_str()), (Some("no_offer"), Some("waiting")));
    assert_eq!(clinic.app.fire_due().await, 1);
    assert_eq!(offers(&clinic.app.new_mails(&mut seen).await), [grace.email.as_str()]);
    assert_eq!(
        (clinic.wait(&first).await["state"].clone(), clinic.wait(&second).await["state"].clone()),
        (json!("waiting"), json!("offered"))
    );
    // Everything once more, late and out of order: nothing more happens.
    clinic.app.fire_due().await;
    assert_eq!(offers(&clinic.app.new_mails(&mut seen).await), [] as [&str; 0]);

    // She does not want it. Ada had it, so it is free for everybody.
    clinic.act(&grace, &second, "decline").await.expect(200);
    assert_eq!(offers(&clinic.app.new_mails(&mut seen).await), [] as [&str; 0]);
    assert_eq!(clinic.free_slots().await, ["10:00"]);
    assert_eq!(clinic.act(&grace, &second, "decline").await.expect(409).body["code"], "no_offer");

    // The next slot goes to Ada, who has kept her place. She leaves, and Grace has it at once.
    clinic.free(4).await;
    assert_eq!(offers(&clinic.app.new_mails(&mut seen).await), [ada.email.as_str()]);
    clinic.act(&ada, &first, "leave").await.expect(200);
    assert_eq!(offers(&clinic.app.new_mails(&mut seen).await), [grace.email.as_str()]);
    assert_eq!(clinic.act(&ada, &first, "leave").await.expect(409).body["code"], "wait_over");
    clinic.act(&grace, &second, "accept").await.expect(201);
}

#[tokio::test]
async fn whoever_gives_a_slot_up_is_not_offered_it() {
    let mut clinic = Clinic::new().await;
    let early = clinic.booked[2].1.clone();
    let wait = clinic.join(&early).await;
    clinic.app.drain().await;
    clinic.at("10:05").await;
    clinic.free(2).await;
    clinic.app.drain().await;
    assert_eq!((clinic.wait(&wait).await["state"].as_str(), clinic.free_slots().await.len()), (Some("waiting"), 1));
    // What somebody else gives up is.
    clinic.free(4).await;
    clinic.app.drain().await;
    assert_eq!(clinic.wait(&wait).await["offer"]["starts_at"], "2026-03-03T11:00:00+00:00");
}

#[tokio::test]
async fn a_hold_ends_by_itself_even_if_its_timer_is_lost() {
    let mut clinic = Clinic::new().await;
    let (ada, grace) = (clinic.app.patient("Ada Byron").await, clinic.app.patient("Grace Hopper").await);
    let wait = clinic.join(&ada).await;
    clinic.at("10:05").await;
    clinic.free(2).await;
    clinic.app.drain().await;
    clinic.at("12:05").await;
    assert_eq!(clinic.free_slots().await, ["10:00"]);
    let state = clinic.wait(&wait).await;
    assert_eq!((state["state"].as_str(), state.get("offer")), (Some("waiting"), None));
    clinic.app.book_for(&clinic.desk, &grace, &clinic.doctor, &tuesday("10:00")).await.expect(201);
    // The timer comes after all, and so does another slot.
    clinic.app.fire_due().await;
    clinic.app.drain().await;
    assert_eq!(clinic.free_slots().await, [] as [&str; 0], "Grace keeps her slot");
    clinic.free(3).await;
    clinic.app.drain().await;
    let state = clinic.wait(&wait).await;
    assert_eq!(state["offer"]["starts_at"], "2026-03-03T10:30:00+00:00");
}

#[tokio::test]
async fn who_waits_for_a_specialization_gets_the_soonest_slot_of_any_of_its_doctors() {
    let app = App::new().await;
    let (helen, ada) = (app.doctor("Dr. Helen Taussig").await, app.patient("Ada Byron").await);
    let daniel = app.doctor_with("Dr. Daniel Williams", "cardiology", 20).await;
    app.doctor_with("Dr. James Barry", "surgery", 20).await;
    // Slots that begin before 09:30 are too soon to be offered, and until 10:00 she is busy.
    app.book(&ada, &helen, "2026-03-02T09:30:00Z").await.expect(201);
    let body = json!({ "specialization": "cardiology", "to": "2026-03-02", "reason": "Cough" });
    let wait = app.post("/waiting-list", &body).bearer(&ada.token).send().await.expect(201).id();
    app.drain().await;
    let state = app.get(&format!("/waiting-list/{wait}")).bearer(&ada.token).send().await.expect(200).body;
    assert_eq!((&state["offer"]["starts_at"], &state["offer"]["doctor"]["id"]), (&json!("2026-03-02T10:00:00+00:00"), &json!(daniel.id)));
    assert_eq!(state["offer"]["held_until"], "2026-03-02T09:00:00+00:00", "an hour before it begins");
    // Her own list and the front desk's.
    let own = app.get("/waiting-list").bearer(&ada.token).send().await.expect(200);
    assert_eq!(own.body["items"][0]["id"], wait.as_str());
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let queue = app.get("/waiting-list?specialization=cardiology&date=2026-03-02").bearer(&desk).send().await.expect(200);
    assert_eq!((queue.body["items"][0]["id"].as_str(), queue.body["items"][0]["state"].as_str()), (Some(wait.as_str()), Some("offered")));
    let other = app.get("/waiting-list?specialization=cardiology&date=2026-03-03").bearer(&desk).send().await.expect(200);
    assert_eq!(other.body["items"], json!([]));
    assert_eq!(app.get("/waiting-list?specialization=cardiology").bearer(&ada.token).send().await.status, 403);
}

#[tokio::test]
async fn refusals() {
    let app = App::new().await;
    let (helen, ada) = (app.doctor("Dr. Helen Taussig").await, app.patient("Ada Byron").await);
    let base = json!({ "doctor_id": helen.id, "to": "2026-03-10", "reason": "Cough" });
    let join = async |change: Value| {
        let mut body = base.clone();
        change.as_object().unwrap().iter().for_each(|(name, value)| {
            body[name] = value.clone();
        });
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        app.post("/waiting-list", &body).bearer(&ada.token).send().await
    };
    for (change, field, code) in [
        (json!({ "doctor_id": null }), "doctor_id", "one_of"),
        (json!({ "specialization": "cardiology" }), "doctor_id", "one_of"),
        (json!({ "doctor_id": "doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR" }), "doctor_id", "unknown"),
        (json!({ "doctor_id": null, "specialization": "alchemy" }), "specialization", "unknown"),
        (json!({ "to": null }), "to", "required"),
        (json!({ "to": "2026-03-01" }), "to", "before_from"),
        (json!({ "from": "2026-03-01" }), "from", "in_the_past"),
        (json!({ "to": "2026-04-02" }), "to", "range_too_long"),
        (json!({ "from": "2026-08-20", "to": "2026-09-15" }), "to", "too_far_ahead"),
        (json!({ "from": "2026-03-07", "to": "2026-03-08" }), "to", "outside_working_hours"),
        (json!({ "reason": null }), "reason", "required"),
    ] {
        let answer = join(change.clone()).await.expect(422);
        assert_eq!((&answer.body["errors"][0]["field"], &answer.body["errors"][0]["code"]), (&json!(field), &json!(code)), "{change}");
    }
    let first = join(json!({})).await.expect(201).id();
    let again = join(json!({ "to": "2026-03-11" })).await.expect(409);
    assert_eq!((again.body["code"].as_str(), again.body["waiting_list_id"].as_str()), (Some("already_waiting"), Some(first.as_str())));
    for number in 1..5 {
        let doctor = app.doctor_with(&format!("Dr. Number{number}"), "surgery", 30).await;
        join(json!({ "doctor_id": doctor.id })).await.expect(201);
    }
    let one_more = json!({ "doctor_id": null, "specialization": "surgery" });
    let full = join(one_more.clone()).await.expect(409);
    assert_eq!((full.body["code"].as_str(), full.body["limit"].as_u64()), (Some("too_many_waits"), Some(5)));
    app.call("POST", &format!("/waiting-list/{first}/leave")).bearer(&ada.token).send().await.expect(200);
    join(one_more).await.expect(201);

    // The days of all of them are over, so all places are free again.
    app.set_clock("2026-03-11T00:00:00Z");
    let later = json!({ "specialization": "surgery", "to": "2026-03-20", "reason": "Cough" });
    app.post("/waiting-list", &later).bearer(&app.fresh(&ada).await).send().await.expect(201);
    let unconfirmed = app.unconfirmed_patient("Mary Seacole").await;
    assert_eq!(app.post("/waiting-list", &later).bearer(&unconfirmed.token).send().await.expect(409).body["code"], "confirm_email_first");
    let (_, nurse) = app.staff("Florence Nightingale", Role::Nurse).await;
    assert_eq!(app.post("/waiting-list", &later).bearer(&nurse).send().await.status, 403);
    let stranger = app.patient("Grace Hopper").await;
    for what in ["accept", "decline", "leave"] {
        let answer = app.call("POST", &format!("/waiting-list/{first}/{what}")).bearer(&stranger.token).send().await;
        assert_eq!(answer.status, 404, "{what}");
    }
    // Changed since it was read.
    let stale =
        app.call("POST", &format!("/waiting-list/{first}/leave")).bearer(&app.fresh(&ada).await).header("if-match", "\"v7\"").send().await;
    assert_eq!(stale.status, 412);
}

#[tokio::test]
async fn the_front_desk_calls_who_has_no_email_and_nobody_waits_when_dead() {
    let mut clinic = Clinic::new().await;
    let (receptionist, _) = clinic.app.staff("Ruth Davis", Role::Receptionist).await;
    clinic.app.on_roster(&receptionist, Role::Receptionist, None).await;
    let walk_in = json!({ "name": "Joan Clarke", "date_of_birth": "1985-06-24", "gender": "female", "phone": "+442079460100" });
    let id = clinic.app.post("/patients", &walk_in).bearer(&clinic.desk).send().await.expect(201).id();
    let body = json!({ "patient_id": id, "specialization": "cardiology", "from": "2026-03-03", "to": "2026-03-03", "reason": "Cough" });
    let wait = clinic.app.post("/waiting-list", &body).bearer(&clinic.desk).send().await.expect(201).id();
    let ada = clinic.app.patient("Ada Byron").await;
    let second = clinic.join(&ada).await;
    clinic.app.drain().await;
    let mut seen = clinic.app.services.mailbox.list().len();
    clinic.at("10:05").await;
    clinic.free(0).await;
    let mails = clinic.app.new_mails(&mut seen).await;
    let call = mails.iter().find(|mail| mail.to == receptionist.email.as_str()).expect("the front desk is told");
    assert_eq!(call.subject, "Please call a patient on the waiting list");
    assert!(call.text.contains("Joan Clarke (MRN "), "{}", call.text);

    // She has died: the slot goes to the next one, and she is on no list.
    let death = json!({ "date_of_death": "2026-03-02", "reason": "The family called" });
    clinic.app.post(&format!("/patients/{id}/death"), &death).bearer(&clinic.desk).send().await.expect(200);
    let mails = clinic.app.new_mails(&mut seen).await;
    assert!(mails.iter().any(|mail| mail.to == ada.email && mail.subject.contains("has become free")));
    let over = clinic.wait(&wait).await;
    assert_eq!((over["state"].as_str(), over["ended_because"].as_str()), (Some("ended"), Some("patient_died")));
    assert_eq!(clinic.app.post("/waiting-list", &body).bearer(&clinic.desk).send().await.expect(409).body["code"], "patient_deceased");
    // The front desk takes the offer for Ada, who has called.
    clinic.app.call("POST", &format!("/waiting-list/{second}/accept")).bearer(&clinic.desk).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_accept_and_book_at_once_one_gets_the_slot() {
    for _ in 0..2 {
        let mut clinic = Clinic::new().await;
        let ada = clinic.app.patient("Ada Byron").await;
        let wait = clinic.join(&ada).await;
        clinic.at("10:05").await;
        clinic.free(2).await;
        clinic.app.drain().await;
        // Ada tries ten times at once, while ten others try to book the slot.
        let (accept, token) = (format!("/waiting-list/{wait}/accept"), clinic.app.fresh(&ada).await);
        let mut requests: Vec<_> = (0..10).map(|_| (accept.clone(), json!({}), token.clone())).collect();
        for number in 0..10 {
            let other = clinic.app.patient(&format!("Other {number}")).await;
            requests.push(("/appointments".to_owned(), booking(&clinic.doctor, &tuesday("10:00")), other.token));
        }
        let app = Arc::new(clinic.app);
        let answers = at_once(&app, requests).await;
        let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].body["patient"]["id"], json!(ada.id), "it is held for her");
        assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409 | 412)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_patient_joins_many_lists_at_once() {
    let app = Arc::new(App::new().await);
    let ada = app.patient("Ada Byron").await;
    let mut requests = Vec::new();
    for number in 0..8 {
        let doctor = app.doctor_with(&format!("Dr. Number{number}"), "surgery", 30).await;
        let body = json!({ "doctor_id": doctor.id, "to": "2026-03-10", "reason": "Cough" });
        requests.push(("/waiting-list".to_owned(), body.clone(), ada.token.clone()));
        requests.push(("/waiting-list".to_owned(), body, ada.token.clone()));
    }
    let answers = at_once(&app, requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 5);
    let list = app.get("/waiting-list").bearer(&ada.token).send().await.expect(200);
    let items = list.body["items"].as_array().unwrap().clone();
    let doctors: std::collections::BTreeSet<_> = items.iter().map(|wait| wait["doctor"]["id"].to_string()).collect();
    assert_eq!((items.len(), doctors.len()), (5, 5), "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slot_is_held_once_and_a_wait_holds_one_slot() {
    let clinic = Clinic::new().await;
    let (store, zone, now) = (clinic.app.store().clone(), clinic.app.config.hospital.zone.clone(), clinic.app.now());
    let mut waits = Vec::new();
    for number in 0..8 {
        let patient = clinic.app.patient(&format!("Waiting {number}")).await;
        waits.push(store.wait(clinic.join(&patient).await.parse().unwrap()).await.unwrap().unwrap());
    }
    let slot = |minute: i64| {
        let start = "2026-03-05T09:00:00Z".parse::<jiff::Timestamp>().unwrap() + SignedDuration::from_mins(minute);
        Slot { start, end: start + SignedDuration::from_mins(30) }
    };
    let doctor_name = PersonName::parse("Dr. Helen Taussig").unwrap();
    let offer =
        |slot| Offer { doctor_id: clinic.doctor.id, doctor_name: doctor_name.clone(), slot, until: now + SignedDuration::from_hours(1) };
    let held = |tries: Vec<(Wait, Offer)>| {
        let (store, zone) = (store.clone(), zone.clone());
        async move {
            let mut all = tokio::task::JoinSet::new();
            for (before, offer) in tries {
                let (store, zone, after) = (store.clone(), zone.clone(), before.clone().at(now, &zone).offered(offer));
                all.spawn(async move { store.wait_change(&before, &after, 0, now, &zone).await.is_ok() });
            }
            all.join_all().await.into_iter().filter(|held| *held).count()
        }
    };
    assert_eq!(held(waits.iter().map(|wait| (wait.clone(), offer(slot(0)))).collect()).await, 1, "eight want one slot");
    let mut free = None;
    for wait in &waits {
        let wait = store.wait(wait.id).await.unwrap().unwrap();
        free = free.or((wait.state == State::Waiting).then_some(wait));
    }
    let one = free.unwrap();
    assert_eq!(held((1..9).map(|number| (one.clone(), offer(slot(30 * number)))).collect()).await, 1, "one is offered eight slots");
}

#[tokio::test]
async fn each_offer_has_its_own_email_and_no_offer_is_made_that_nobody_is_told_of() {
    let app = App::new().await;
    let helen = app.doctor("Dr. Helen Taussig").await;
    app.doctor("Dr. Daniel Williams").await;
    let ada = app.patient("Ada Byron").await;
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let mut seen = 0;
    // Two doctors have a slot at the same time: two offers, two emails.
    let body = json!({ "specialization": "cardiology", "from": "2026-03-03", "to": "2026-03-03", "reason": "Cough" });
    let wait = app.post("/waiting-list", &body).bearer(&ada.token).send().await.expect(201).id();
    let offered = |mails: &[local::services::mailbox::Mail]| {
        mails
            .iter()
            .filter(|mail| mail.to == ada.email && mail.text.contains("09:00 to 09:30"))
            .map(|mail| mail.subject.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(offered(&app.new_mails(&mut seen).await), ["A time with Dr. Daniel Williams has become free"]);
    app.call("POST", &format!("/waiting-list/{wait}/decline")).bearer(&ada.token).send().await.expect(200);
    assert_eq!(offered(&app.new_mails(&mut seen).await), ["A time with Dr. Helen Taussig has become free"]);
    // For another doctor she gets no offer at the same time, only at the next one.
    let james = app.doctor_with("Dr. James Barry", "surgery", 30).await;
    let body = json!({ "doctor_id": james.id, "from": "2026-03-03", "to": "2026-03-03", "reason": "Cough" });
    let other = app.post("/waiting-list", &body).bearer(&ada.token).send().await.expect(201).id();
    app.drain().await;
    let read = async |id: &str| app.get(&format!("/waiting-list/{id}")).bearer(&desk).send().await.expect(200).body;
    assert_eq!(read(&other).await["offer"]["starts_at"], "2026-03-03T09:30:00+00:00");

    // Nobody can be told: the patient has no address, and no receptionist is on duty.
    let walk_in = json!({ "name": "Joan Clarke", "date_of_birth": "1985-06-24", "gender": "female", "phone": "+442079460100" });
    let joan = app.post("/patients", &walk_in).bearer(&desk).send().await.expect(201).id();
    let body = json!({ "patient_id": joan, "doctor_id": helen.id, "from": "2026-03-04", "to": "2026-03-04", "reason": "Cough" });
    let silent = app.post("/waiting-list", &body).bearer(&desk).send().await.expect(201).id();
    app.drain().await;
    assert_eq!(read(&silent).await["state"], "waiting");
}

#[tokio::test]
async fn what_a_doctor_cancels_is_not_given_away() {
    let mut clinic = Clinic::new().await;
    let ada = clinic.app.patient("Ada Byron").await;
    let wait = clinic.join(&ada).await;
    clinic.app.drain().await;
    clinic.at("10:05").await;
    let ill = clinic.app.fresh_doctor(&clinic.doctor).await;
    let path = format!("/appointments/{}/cancel", clinic.booked[2].0);
    clinic.app.post(&path, &json!({ "reason": "I am ill" })).bearer(&ill).send().await.expect(200);
    clinic.app.drain().await;
    assert_eq!(clinic.wait(&wait).await["state"], "waiting");
    // She closes her account, and is no longer in the queue.
    clinic.app.call("DELETE", "/users/me").bearer(&clinic.app.fresh(&ada).await).send().await.expect(204);
    clinic.app.drain().await;
    let over = clinic.wait(&wait).await;
    assert_eq!((over["state"].as_str(), over["ended_because"].as_str()), (Some("ended"), Some("left")));
}
