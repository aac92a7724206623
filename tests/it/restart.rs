//! A local hospital keeps its data over a restart: the table, the stream's position, emails and schedules.

use std::path::Path;

use domain::{Clock, clock::Hand};
use local::{
    database, demo,
    firing::Firing,
    functions::Functions,
    services::Services,
    settings::{Settings, SettingsError, TABLE},
    stream::Poller,
    template::Template,
};

use crate::support::NOW;

struct Run {
    functions: Functions,
    services: Services,
    poller: Poller<Functions>,
    firing: Firing<Functions>,
    hand: Hand,
}

async fn start(folder: &Path, at: &str) -> Run {
    let (clock, hand) = Clock::manual(at.parse().unwrap());
    let settings = Settings::open(folder, None).unwrap();
    let template = Template::read().unwrap();
    let opened = database::open(Some(&folder.join("dynamodb.sqlite"))).unwrap();
    database::create_table(&opened, &template, TABLE).unwrap();
    let dynamodb = database::serve(opened.clone()).await.unwrap();
    let services = Services::start(Some(folder), settings.signing_key(), clock.clone()).await.unwrap();
    let config =
        settings.config(settings.hospital("http://127.0.0.1:3000").unwrap(), TABLE, dynamodb, services.address, services.s3).unwrap();
    let functions = Functions::new(&config, &settings.signing_key(), &settings.token_key(), Settings::scheduling(), &clock).unwrap();
    let poller = Poller::new(opened, TABLE.to_owned(), template.streams.clone(), functions.clone(), Some(folder)).unwrap();
    let firing = Firing::new(services.schedules.clone(), functions.clone(), clock);
    Run { functions, services, poller, firing, hand }
}

#[tokio::test]
async fn everything_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = start(folder.path(), NOW).await;
    demo::seed(&first.functions.state).await.unwrap();
    first.poller.drain().await.unwrap();
    let mails = first.services.mailbox.list().len();
    assert!(mails >= 4, "two appointments, two sides");
    let schedules = first.services.schedules.list();
    let of_appointments = schedules.iter().filter(|(name, _)| name.starts_with("appt-"));
    assert_eq!(of_appointments.count(), 4, "a reminder and a no-show for each");
    let soonest = *schedules.iter().filter(|(name, _)| name.ends_with("-1h")).map(|(_, at)| at).min().unwrap();
    // As a crash in the middle of writing would leave it.
    std::fs::write(folder.path().join("schedules/half.new"), "{\"Schedule").unwrap();
    let keys = first.functions.state.tokens.clone();
    drop(first);

    let mut second = start(folder.path(), NOW).await;
    assert_eq!(format!("{keys:?}"), format!("{:?}", second.functions.state.tokens));
    demo::seed(&second.functions.state).await.unwrap();
    assert_eq!(second.poller.drain().await.unwrap(), 0, "seeding twice changes nothing, and the stream goes on where it stopped");
    assert_eq!(second.services.mailbox.list().len(), mails);
    assert_eq!(second.services.schedules.list(), schedules);
    second.hand.set(soonest);
    // And what has become due of the pharmacies' lots.
    assert!(second.firing.fire_due().await >= 1);
    assert_eq!(second.services.mailbox.list().len(), mails + 2, "both sides are reminded");
    assert_eq!(second.services.schedules.list().keys().filter(|name| name.starts_with("appt-")).count(), 3);
}

#[test]
fn settings_are_made_once() {
    let folder = tempfile::tempdir().unwrap();
    Settings::open(folder.path(), Some("Asia/Kolkata")).unwrap();
    assert!(Settings::open(folder.path(), None).is_ok());
    let other = Settings::open(folder.path(), Some("Europe/Paris")).unwrap_err();
    assert!(matches!(&other, SettingsError::OtherZone { kept, .. } if kept == "Asia/Kolkata"), "{other}");
    assert!(matches!(Settings::new("Mars/Olympus").unwrap_err(), SettingsError::TimeZone(_)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("hospital.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "it holds a private key");
    }
    std::fs::write(folder.path().join("hospital.json"), "{").unwrap();
    assert!(matches!(Settings::open(folder.path(), None).unwrap_err(), SettingsError::Damaged(_)));
}
