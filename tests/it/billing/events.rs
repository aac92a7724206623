//! Whatever order the stream brings, and however often: each charge is there once, and the books agree.

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use super::Books;

/// What happens to an appointment, an invoice or a payment.
#[derive(Debug, Clone, Copy)]
enum Step {
    Complete(usize),
    Undo(usize),
    Charge,
    Reverse(u32),
    Invoice,
    Pay(u32),
    Credit(bool),
    TakeBack,
    /// Records of the stream are handled now: how many times, and whether the last one comes first.
    Events(u8, bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0usize..3).prop_map(Step::Complete),
        (0usize..3).prop_map(Step::Undo),
        Just(Step::Charge),
        (1u32..6).prop_map(Step::Reverse),
        Just(Step::Invoice),
        (1u32..120).prop_map(Step::Pay),
        any::<bool>().prop_map(Step::Credit),
        Just(Step::TakeBack),
        (1u8..3, any::<bool>()).prop_map(|(times, reversed)| Step::Events(times, reversed)),
    ];
    prop::collection::vec(step, 8..20)
}

/// The hospital after some random steps. Refusals are as good as anything else; what counts is that nothing is lost or counted twice.
async fn after(steps: Vec<Step>) {
    let mut books = Books::new().await;
    let mut appointments = Vec::new();
    for starts_at in ["2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z", "2026-03-02T10:00:00Z"] {
        let id = books.app.book(&books.ada, &books.doctor, starts_at).await.expect(201).id();
        appointments.push(id);
    }
    books.at("2026-03-02T10:05:00Z").await;
    for id in &appointments {
        books.appointment(id, "arrive").await.expect(200);
    }
    books.charge("Copy of the images", "5").await;
    books.settle().await;
    for step in steps {
        let invoice = async || {
            let all = books.get("invoices", &books.luca).await.expect(200).body;
            all["items"][0]["id"].as_str().map(str::to_owned)
        };
        match step {
            Step::Complete(at) => drop(books.appointment(&appointments[at], "complete").await),
            Step::Undo(at) => {
                let path = format!("/appointments/{}/undo", appointments[at]);
                books.app.post(&path, &json!({ "reason": "By mistake" })).bearer(&books.doctor.token).send().await;
            }
            Step::Charge => drop(books.charge("Copy of the images", "7.77").await),
            Step::Reverse(number) => {
                books.post(&format!("charges/{number}/reverse"), &json!({ "reason": "A gift" }), &books.luca).await;
            }
            Step::Invoice => drop(books.issue(&books.luca).await),
            Step::Pay(amount) => {
                let Some(id) = invoice().await else { continue };
                let body = json!({ "amount": super::gbp(&amount.to_string()), "tender": "cash", "overpayment": amount % 3 == 0 });
                books.act(&id, "payments", &body).await;
            }
            Step::Credit(bill_again) => {
                let Some(id) = invoice().await else { continue };
                books.credit(&id, &json!({ "reason": "By mistake", "bill_again": bill_again })).await;
            }
            Step::TakeBack => {
                let Some(id) = invoice().await else { continue };
                books.act(&id, "payments/2/take-back", &json!({ "reason": "By mistake" })).await;
            }
            Step::Events(times, reversed) => books.app.redeliver(times, reversed).await,
        }
    }
    books.are_proven().await;
    // What counts of each appointment is what it is now: the fee once if it is completed, and nothing if it is not.
    let charges = books.get("charges?limit=20", &books.luca).await.expect(200).body["items"].as_array().unwrap().clone();
    for id in &appointments {
        let status =
            books.app.get(&format!("/appointments/{id}")).bearer(&books.doctor.token).send().await.expect(200).body["status"].clone();
        let counting = |one: &&Value| one["source_id"] == json!(id) && one["status"] != "reversed";
        let by_hand = charges.iter().any(|one| one["source_id"] == json!(id) && one["reversed_by"].is_string());
        let counts = charges.iter().filter(counting).count();
        assert!(counts == usize::from(status == "completed") || by_hand || voided(&books).await, "{id} {status} {counts} {charges:?}");
    }
}

/// Whether an invoice was taken back without being billed again: its charges do not count, and are not reversed one by one.
async fn voided(books: &Books) -> bool {
    let all = books.get("invoices", &books.luca).await.expect(200).body;
    all["items"].as_array().unwrap().iter().any(|one| one["status"] == "void")
}

#[test]
fn the_books_agree_after_any_sequence_of_events() {
    let mut runner = TestRunner::new(ProptestConfig { cases: 5, failure_persistence: None, ..ProptestConfig::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runner.run(&steps(), |steps| {
        runtime.block_on(after(steps));
        Ok(())
    });
    outcome.unwrap();
}
