use std::{
    net::SocketAddr,
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use axum::Router;
use domain::{Clock, clock::Hand};
use dynoxide::Database;
use http::auth::access_token::Issuer;
use jiff::{SignedDuration, Timestamp};
use local::{
    database,
    firing::Firing,
    front,
    functions::Functions,
    services::{Services, files, mailbox::Mail},
    settings::Settings,
    stream::{Consumer, DeadLetters, Poller},
    template::Template,
};
use mail::EventState;
use platform::{
    aws::{Patience, sdk_config},
    config::{Config, PasswordCost},
};
use serde_json::{Value, json};
use store::Store;
use tempfile::TempDir;
use tokio::sync::Mutex;

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| Template::read().unwrap());

/// When every test begins: Monday morning in London, in winter.
pub const NOW: &str = "2026-03-02T08:00:00Z";

/// A hospital for one test: a fresh table, an empty mailbox, a clock that stands still.
pub struct App {
    pub functions: Functions,
    pub services: Services,
    pub clock: Clock,
    pub issuer: Issuer,
    pub config: Config,
    pub settings: Settings,
    pub table: String,
    pub dead_letters: DeadLetters,
    router: Router,
    hand: Hand,
    poller: Mutex<Poller<Functions>>,
    firing: Mutex<Firing<Functions>>,
}

impl App {
    pub async fn new() -> Self {
        Self::in_zone("Europe/London").await
    }

    pub async fn in_zone(zone: &str) -> Self {
        Self::with(zone, PasswordCost { memory_kib: 64, passes: 1 }).await
    }

    /// With passwords that cost as much to hash as in production.
    pub async fn with_real_passwords() -> Self {
        Self::with("Europe/London", PasswordCost::default()).await
    }

    async fn with(zone: &str, password_cost: PasswordCost) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        super::logs::install();
        let (database, dynamodb) = shared_database();
        let table = format!("test-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        database::create_table(&database, &TEMPLATE, &table).unwrap();

        let (clock, hand) = Clock::manual(NOW.parse().unwrap());
        let settings = Settings::new(zone).unwrap();
        let services = Services::start(None, settings.signing_key(), clock.clone()).await.unwrap();
        let hospital = settings.hospital("https://portal.example.org").unwrap();
        let config =
            Config { password_cost, ..settings.config(hospital, &table, dynamodb, services.address, Some(shared_files())).unwrap() };
        let functions = Functions::new(&config, &settings.signing_key(), &settings.token_key(), Settings::scheduling(), &clock).unwrap();
        let poller =
            Poller::new(database, table.clone(), TEMPLATE.streams.clone(), functions.clone(), None).unwrap().with_backoff(Duration::ZERO);
        let dead_letters = poller.dead_letters();
        Self {
            router: front::router(&functions, services.clone(), dead_letters.clone(), &TEMPLATE.cors, front::REQUEST_TIMEOUT),
            issuer: Issuer::new(&settings.signing_key(), config.hospital.issuer.clone()).unwrap(),
            firing: Mutex::new(Firing::new(services.schedules.clone(), functions.clone(), clock.clone())),
            poller: Mutex::new(poller),
            functions,
            services,
            clock,
            config,
            settings,
            table,
            dead_letters,
            hand,
        }
    }

    /// What the event-driven functions work with.
    pub fn events(&self) -> EventState {
        EventState::new(&self.config, &sdk_config(&self.config.aws, Patience::NobodyWaits), self.clock.clone())
    }

    pub fn router(&self) -> Router {
        self.router.clone()
    }

    pub fn store(&self) -> &Store {
        &self.functions.state.store
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn set_clock(&self, to: &str) {
        self.hand.set(to.parse().unwrap());
    }

    pub fn wait(&self, by: SignedDuration) {
        self.hand.advance(by);
    }

    /// Lets `notifications` handle everything that was written.
    pub async fn drain(&self) -> usize {
        self.poller.lock().await.drain().await.unwrap()
    }

    /// Fires every schedule that is due.
    pub async fn fire_due(&self) -> usize {
        self.firing.lock().await.fire_due().await
    }

    /// Handles everything that was written, and returns the emails that were sent since the last call.
    pub async fn new_mails(&self, seen: &mut usize) -> Vec<Mail> {
        self.drain().await;
        let all = self.services.mailbox.list();
        let new = all[*seen..].to_vec();
        *seen = all.len();
        new
    }
}

impl App {
    /// Everything that a function gets from the stream, from its beginning.
    pub fn records(&self, function: &str) -> Vec<Value> {
        let (database, _) = shared_database();
        let described = database.describe_table(serde_json::from_value(json!({ "TableName": self.table })).unwrap()).unwrap();
        let described = serde_json::to_value(described).unwrap();
        let stream = described["Table"]["LatestStreamArn"].as_str().unwrap();
        let shard = dynoxide::streams::shard_id(&self.table);
        let start = json!({ "StreamArn": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
        let iterator = database.get_shard_iterator(serde_json::from_value(start).unwrap()).unwrap().shard_iterator;
        let all = database.get_records(serde_json::from_value(json!({ "ShardIterator": iterator, "Limit": 1000 })).unwrap()).unwrap();
        assert!(all.records.len() < 1000, "a test that writes more has to read on");
        let mapping = TEMPLATE.streams.iter().find(|mapping| mapping.function == function).unwrap();
        let all = all.records.iter().map(|record| serde_json::to_value(record).unwrap());
        all.filter(|record| mapping.filters.iter().any(|filter| filter.matches(record))).collect()
    }

    /// Brings `notifications` everything that was written once more, so many times, each record in a batch of its own; the last one first, if asked for.
    pub async fn redeliver(&self, times: u8, reversed: bool) {
        let mut all = self.records("notifications");
        if reversed {
            all.reverse();
        }
        for _ in 0..times {
            for record in &all {
                let handled = self.functions.call("notifications", json!({ "Records": [record] })).await.unwrap();
                assert_eq!(handled["batchItemFailures"], json!([]), "{record}");
            }
        }
    }
}

/// One S3 for the whole run, on a folder that goes with it. The ids of documents tell the tests apart.
fn shared_files() -> SocketAddr {
    static FILES: OnceLock<(TempDir, SocketAddr)> = OnceLock::new();
    let (_, address) = FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (tell, told) = mpsc::channel();
        let path = folder.path().to_owned();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tell.send(files(&path).await.unwrap()).unwrap();
                std::future::pending::<()>().await;
            });
        });
        (folder, told.recv().unwrap())
    });
    *address
}

/// One database for the whole run, on a thread of its own, because each test has its own runtime and ends with it.
pub fn shared_database() -> (Database, SocketAddr) {
    static DATABASE: OnceLock<(Database, SocketAddr)> = OnceLock::new();
    let (database, address) = DATABASE.get_or_init(|| {
        let database = database::open(None).unwrap();
        let (tell, told) = mpsc::channel();
        let served = database.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tell.send(database::serve(served).await.unwrap()).unwrap();
                std::future::pending::<()>().await;
            });
        });
        (database, told.recv().unwrap())
    });
    (database.clone(), *address)
}
