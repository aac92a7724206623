use domain::{role::Role, shifts::ShiftTime, ward::Ward};
use serde_json::{Value, json};

use super::{House, told};

async fn tasks(house: &House) -> Vec<Value> {
    house.app.get("/cleaning-tasks").bearer(&house.desk).send().await.expect(200).body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_sweeper_gets_a_task_and_the_manager_hears_when_it_is_late() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    house.on_duty("Mary Mahoney", Role::Sweeper, None).await;
    house.on_duty("Jane Sharp", Role::Sweeper, Some(Ward::Icu)).await;
    house.on_duty("Walt Whitman", Role::Sweeper, Some(Ward::General)).await;
    house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    house.manager("Clara Barton", Ward::Icu, ShiftTime::Night).await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "icu", "bed": 7 })).await.expect(201).body;
    house.mails().await;
    assert!(tasks(&house).await.is_empty());
    house.leaves(&stay).await.expect(200);
    let subject = "Bed 7 on the ward ICU waits to be cleaned".to_owned();
    let mails = house.mails().await;
    let expected = ["mary-mahoney@example.org", "jane-sharp@example.org"].map(|to| (to.to_owned(), subject.clone()));
    assert_eq!(told(&mails), expected.into());
    assert!(!mails[0].text.contains("Patient") && mails[0].text.contains("Monday 2 March 2026, 09:00 (London time)"), "{}", mails[0].text);
    assert_eq!(
        tasks(&house).await,
        [json!({ "ward": "icu", "bed": 7, "since": "2026-03-02T08:00:00+00:00", "due_at": "2026-03-02T09:00:00+00:00", "overdue": false })]
    );
    // Nobody does it. The manager on shift hears of it once.
    house.app.set_clock("2026-03-02T08:59:00Z");
    assert_eq!(house.app.fire_due().await, 0);
    house.app.set_clock("2026-03-02T09:00:00Z");
    assert_eq!((house.app.fire_due().await, house.app.fire_due().await), (1, 0));
    assert_eq!(
        told(&house.mails().await),
        [("lillian-wald@example.org".to_owned(), "Bed 7 on the ward ICU is not clean yet".to_owned())].into()
    );
    house.sign_in_again().await;
    assert_eq!(tasks(&house).await[0]["overdue"], true);
    house.cleaned(Ward::Icu, &json!(7)).await.expect(200);
    assert!(house.mails().await.is_empty());
    assert!(tasks(&house).await.is_empty());
    assert!(house.app.services.schedules.list().keys().all(|name| !name.starts_with("clean-")));
}

#[tokio::test]
async fn what_is_done_in_time_is_not_late() {
    let mut house = House::new(&[Ward::Icu]).await;
    house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "icu", "bed": 7 })).await.expect(201).body;
    house.leaves(&stay).await.expect(200);
    // There is no sweeper on shift, so the manager hears of it at once.
    assert_eq!(
        told(&house.mails().await),
        [("lillian-wald@example.org".to_owned(), "Bed 7 on the ward ICU waits to be cleaned".to_owned())].into()
    );
    // A schedule that fires although the bed was cleaned, and is being cleaned again, says nothing.
    let due = house.app.services.schedules.due("2027-01-01T00:00:00Z".parse().unwrap());
    let due = due.into_iter().find(|due| due.name.starts_with("clean-")).unwrap();
    house.cleaned(Ward::Icu, &json!(7)).await.expect(200);
    house.mails().await;
    house.later(40).await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "icu", "bed": 7 })).await.expect(201).body;
    house.leaves(&stay).await.expect(200);
    house.mails().await;
    house.app.set_clock("2026-03-02T09:00:00Z");
    local::firing::Target::call(&house.app.functions, &due.input).await.unwrap();
    assert!(house.mails().await.is_empty());
    // The second one is late by itself.
    house.app.set_clock("2026-03-02T09:40:00Z");
    assert_eq!(house.app.fire_due().await, 1);
    assert_eq!(house.mails().await.len(), 1);
}

#[tokio::test]
async fn long_lists_come_in_pages_oldest_first() {
    let mut house = House::new(&[Ward::General]).await;
    let stays = house.fill(Ward::General).await;
    for stay in stays.values().take(9) {
        house.leaves(stay).await.expect(200);
        house.app.wait(jiff::SignedDuration::from_secs(1));
    }
    house.mails().await;
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let page = house.app.get(&format!("/cleaning-tasks?limit=4{cursor}")).bearer(&house.desk).send().await.expect(200).body;
        seen.extend(page["items"].as_array().unwrap().iter().map(|task| task["bed"].as_i64().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, stays.keys().copied().take(9).collect::<Vec<_>>());
}

#[tokio::test]
async fn without_sweeper_and_manager_the_administrators_hear_of_it() {
    let mut house = House::new(&[Ward::Burns]).await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "burns", "bed": 7 })).await.expect(201).body;
    house.mails().await;
    house.leaves(&stay).await.expect(200);
    assert_eq!(
        told(&house.mails().await),
        [("florence-nightingale@example.org".to_owned(), "Bed 7 on the ward burns waits to be cleaned".to_owned())].into()
    );
    house.app.set_clock("2026-03-02T09:00:00Z");
    assert_eq!(house.app.fire_due().await, 1);
    assert_eq!(
        told(&house.mails().await),
        [("florence-nightingale@example.org".to_owned(), "Bed 7 on the ward burns is not clean yet".to_owned())].into()
    );
}
