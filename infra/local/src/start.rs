//! Starts the hospital, prints where everything is, and stops cleanly.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, IsTerminal, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use clap::Args;
use domain::Clock;
use dynoxide::Database;
use http::auth::access_token::KeySetError;
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use local::{
    database::{self, DatabaseError},
    demo::{self, DemoError},
    firing::Firing,
    front,
    functions::Functions,
    invoke::{Remote, Worker},
    serve::{Bounds, serve},
    services::Services,
    settings::{ADMINISTRATOR, Settings, SettingsError, TABLE, write_private},
    stream::Consumer,
    stream::{Poller, StreamError},
    template::{Template, TemplateError},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, time::interval};
use tracing_subscriber::EnvFilter;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Fill the hospital with demo people, hours and appointments. Doing it twice changes nothing.
    #[arg(long, global = true)]
    demo: bool,
    /// The folder where everything is kept between runs.
    #[arg(long, global = true, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// The port of the API and the pages.
    #[arg(long, global = true, default_value_t = 3000)]
    port: u16,
    /// Run at another time: `+23h` ahead of now, or a local time such as `2026-03-02T07:59`.
    #[arg(long, global = true, value_name = "WHEN", allow_hyphen_values = true)]
    clock: Option<String>,
    /// The hospital's IANA time zone. It cannot change once the data folder exists. [default: Europe/London]
    #[arg(long, global = true, value_name = "ZONE")]
    time_zone: Option<String>,
}

/// The hospital cannot be started; the message says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("port {port} cannot be used ({cause}); choose another with --port")]
    Port { port: u16, cause: io::Error },
    #[error("the data folder {} cannot be used ({cause}); choose another with --data", folder.display())]
    Folder { folder: PathBuf, cause: io::Error },
    #[error("another hospital is running on the data folder {}; stop it, or choose another with --data", .0.display())]
    Busy(PathBuf),
    #[error(
        "--clock \"{0}\" is not understood; use `+23h`, a local time such as `2026-03-02T07:59` or an instant such as \
         `2026-03-02T07:59:00Z`, within five years"
    )]
    Clock(String),
    #[error("--clock moves the clock of this program only, not of functions that run in another one; leave it out")]
    ClockElsewhere,
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("{0}; the data folder may be damaged, choose another with --data")]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error(transparent)]
    Keys(#[from] KeySetError),
    #[error("the demo hospital cannot be filled: {0}")]
    Demo(#[from] DemoError),
    #[error("the stock cannot be checked: {0}")]
    Check(String),
    #[error("the async runtime cannot be started: {0}")]
    Runtime(io::Error),
}

pub(crate) fn say(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

pub(crate) fn complain(why: &str) {
    let _ = writeln!(io::stderr(), "meditrack: {why}");
}

/// Runs the hospital. With `lambda`, it runs without its functions and calls them at that address.
pub(crate) fn run(options: &Options, lambda: Option<&str>) -> Result<(), StartError> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,dynoxide=error"));
    tracing_subscriber::fmt().with_ansi(io::stdout().is_terminal()).with_target(false).with_env_filter(filter).compact().init();
    // The database and the emails hold patients' data, so only this user may read the files that are made.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let runtime = tokio::runtime::Runtime::new().map_err(StartError::Runtime)?;
    let outcome = runtime.block_on(open(options, lambda));
    runtime.shutdown_timeout(Duration::from_secs(2));
    outcome
}

/// Checks the stock of a hospital that is not running.
pub(crate) fn check_stock(options: &Options, rebuild: bool) -> Result<(), StartError> {
    let check = async || {
        let hospital = AtRest::open(&options.data).await?;
        let (mut checked, mut drifts, mut after) = (0, 0, Value::Null);
        loop {
            let call = json!({ "check_stock": { "rebuild": rebuild, "after": after } });
            let report = Consumer::call(&hospital.functions, "low-stock", call).await.map_err(StartError::Check)?;
            checked += count(&report["checked"]);
            drifts += each(&report["drifts"], |drift| format!("{drift}"));
            each(&report["incomplete"], |medicine| format!("the ledger of {medicine} could not be counted as a whole"));
            after = report["next"].clone();
            if after.is_null() {
                say(&format!("{checked} medicines were checked, and {drifts} lots differ from their ledger\n"));
                return Ok(());
            }
        }
    };
    tokio::runtime::Runtime::new().map_err(StartError::Runtime)?.block_on(check())
}

/// Proves the books of a hospital that is not running.
pub(crate) fn check_billing(options: &Options) -> Result<(), StartError> {
    let check = async || {
        let hospital = AtRest::open(&options.data).await?;
        let (mut patients, mut invoices, mut charges, mut last, mut drifts, mut after) = (0, 0, 0, 0, 0, Value::Null);
        loop {
            let call = json!({ "check_billing": { "after": after } });
            let report = Consumer::call(&hospital.functions, "notifications", call).await.map_err(StartError::Check)?;
            patients += count(&report["patients"]);
            invoices += count(&report["invoices"]);
            charges += count(&report["charges"]);
            last = last.max(count(&report["last_number"]));
            drifts += each(&report["drifts"], |drift| format!("{drift}"));
            after = report["next"].clone();
            if after.is_null() {
                // The numbers of invoices have no gaps.
                if invoices < last {
                    say(&format!("{} invoices are missing\n", last - invoices));
                    drifts += 1;
                }
                say(&format!(
                    "{patients} patients, {invoices} invoices and {charges} charges were checked, and {drifts} things are wrong\n"
                ));
                return Ok(());
            }
        }
    };
    tokio::runtime::Runtime::new().map_err(StartError::Runtime)?.block_on(check())
}

/// Checks the figures of a hospital that is not running.
pub(crate) fn check_figures(options: &Options, repair: bool) -> Result<(), StartError> {
    let check = async || {
        let hospital = AtRest::open(&options.data).await?;
        let (mut sources, mut stale, mut after) = (0, 0, Value::Null);
        loop {
            let call = json!({ "check_figures": { "after": after, "repair": repair } });
            let report = Consumer::call(&hospital.functions, "notifications", call).await.map_err(StartError::Check)?;
            sources += count(&report["sources"]);
            stale += each(&report["stale"], |source| format!("{} had added something else", source.as_str().unwrap_or_default()));
            after = report["next"].clone();
            if after.is_null() {
                let drifts = each(&report["checked"]["drifts"], |drift| format!("{drift}"));
                let repaired = count(&report["checked"]["repaired"]);
                say(&format!(
                    "{sources} things were counted, {stale} of them anew; {drifts} figures are wrong, {repaired} items were put right\n"
                ));
                return Ok(());
            }
        }
    };
    tokio::runtime::Runtime::new().map_err(StartError::Runtime)?.block_on(check())
}

fn count(number: &Value) -> u64 {
    number.as_u64().unwrap_or_default()
}

/// Says each thing in a line of its own. Returns how many there are.
fn each(list: &Value, line: impl Fn(&Value) -> String) -> usize {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    for one in list {
        say(&format!("{}\n", line(one)));
    }
    list.len()
}

/// A hospital that is not running, with functions that an operator calls.
struct AtRest {
    functions: Functions,
    _lock: File,
}

impl AtRest {
    async fn open(folder: &Path) -> Result<Self, StartError> {
        let unusable = |cause| StartError::Folder { folder: folder.to_owned(), cause };
        if !folder.join("hospital.json").exists() {
            return Err(unusable(io::Error::from(io::ErrorKind::NotFound)));
        }
        let lock = lock(folder)?;
        let (settings, clock) = (Settings::open(folder, None)?, Clock::system());
        let dynamodb = database::serve(database::open(Some(&folder.join("dynamodb.sqlite")))?).await?;
        let services = Services::start(None, settings.signing_key(), clock.clone()).await.map_err(unusable)?;
        let config = settings.config(settings.hospital("http://127.0.0.1/portal")?, TABLE, dynamodb, services.address, None)?;
        let functions = Functions::new(&config, &settings.signing_key(), &settings.token_key(), Settings::scheduling(), &clock)?;
        Ok(Self { functions, _lock: lock })
    }
}

async fn open(options: &Options, lambda: Option<&str>) -> Result<(), StartError> {
    let folder = &options.data;
    let unusable = |cause| StartError::Folder { folder: folder.clone(), cause };
    let port = |cause| StartError::Port { port: options.port, cause };
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await.map_err(port)?;
    let address = listener.local_addr().map_err(port)?;
    if folder.is_file() {
        return Err(unusable(io::Error::other("it is a file")));
    }
    // A hospital's folder that an earlier release made may be open to everybody on this machine. Another folder keeps its mode.
    #[cfg(unix)]
    if !folder.exists() || folder.join("hospital.json").exists() {
        fs::create_dir_all(folder).map_err(unusable)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(unusable)?;
    }
    fs::create_dir_all(folder).map_err(unusable)?;
    let _lock = lock(folder)?;

    let settings = Settings::open(folder, options.time_zone.as_deref())?;
    let hospital = settings.hospital(&format!("http://{address}/portal"))?;
    let clock = clock(options.clock.as_deref(), &hospital.zone)?;
    let template = Template::read()?;
    let database = database::open(Some(&folder.join("dynamodb.sqlite")))?;
    database::create_table(&database, &template, TABLE)?;
    let dynamodb = database::serve(database.clone()).await?;
    let services = Services::start(Some(folder), settings.signing_key(), clock.clone()).await.map_err(unusable)?;
    let config = settings.config(hospital, TABLE, dynamodb, services.address, services.s3)?;
    let functions = Functions::new(&config, &settings.signing_key(), &settings.token_key(), Settings::scheduling(), &clock)?;
    if options.demo {
        demo::seed(&functions.state).await?;
    }

    let worker = match lambda {
        None => Worker::Here(Box::new(functions.clone())),
        Some(_) if options.clock.is_some() => return Err(StartError::ClockElsewhere),
        Some(address) => Worker::There(Box::new(Remote::new(address))),
    };
    let mut poller = Poller::new(database.clone(), TABLE.to_owned(), template.streams.clone(), worker.clone(), Some(folder))?;
    let mut firing = Firing::new(services.schedules.clone(), worker, clock.clone());
    let sweeps = options.clock.is_none();
    let (stop, stopped) = watch::channel(false);
    let dead_letters = poller.dead_letters();
    let loops = [
        tokio::spawn(every(Duration::from_millis(150), stopped.clone(), async move || {
            if let Err(error) = poller.drain().await {
                tracing::error!(%error, "the stream is not being followed");
            }
        })),
        tokio::spawn(every(Duration::from_millis(500), stopped.clone(), async move || {
            firing.fire_due().await;
        })),
        // Once an hour is enough: DynamoDB may take days, and each sweep reads the whole table.
        tokio::spawn(every(Duration::from_hours(1), stopped, async move || {
            // The database deletes by the machine's clock. When `--clock` has moved ours, that could be too early.
            if sweeps && let Err(error) = sweep(&database).await {
                tracing::error!(error, "expired items are not being deleted");
            }
        })),
    ];

    let router = match lambda {
        None => front::router(&functions, services.clone(), dead_letters, &template.cors, front::REQUEST_TIMEOUT),
        Some(_) => front::pages(services.clone(), dead_letters),
    };
    let has_demo = demo::is_here(&functions.state).await?;
    let rewound = note_time(folder, clock.now()).map_err(unusable)?;
    match lambda {
        None => greet(options, address, &config.hospital.zone, &clock, dynamodb, &services, has_demo, rewound),
        Some(lambda) => {
            let file = folder.join("services.env");
            write_private(&file, settings.environment(&config).as_bytes()).map_err(unusable)?;
            say(&format!(
                "\n  The services are running. They call the functions at {lambda}.\n\n\
                 \x20   Start them   infra/watch.sh --data {}\n\
                 \x20   API          {lambda}\n\
                 \x20   Emails       http://{address}/mailbox\n\n\
                 \x20 Ctrl-C stops them. Everything is kept.\n\n",
                folder.display()
            ));
        }
    }
    let (stopping, told) = tokio::sync::oneshot::channel::<()>();
    let serving = serve(listener, router, Bounds::default(), async move {
        asked_to_stop().await;
        say("\nStopping. Requests that have begun are finished first.\n");
        let _ = stopping.send(());
    });
    tokio::select! {
        () = serving => {}
        // A client that never finishes its request cannot keep the hospital running, and a second Ctrl-C stops it at once.
        () = async {
            let _ = told.await;
            tokio::select! { () = tokio::time::sleep(Duration::from_secs(5)) => {}, () = asked_to_stop() => {} }
        } => {}
    }
    let _ = stop.send(true);
    for work in loops {
        let _ = tokio::time::timeout(Duration::from_secs(10), work).await;
    }
    say("Stopped. Everything is kept. Start again to continue.\n");
    Ok(())
}

/// Only one hospital may use a data folder at a time: two would both read the stream and lose track of their position.
fn lock(folder: &Path) -> Result<File, StartError> {
    let unusable = |cause| StartError::Folder { folder: folder.to_owned(), cause };
    let file = File::create(folder.join("lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(StartError::Busy(folder.to_owned())),
        Err(fs::TryLockError::Error(cause)) => Err(unusable(cause)),
    }
}

fn clock(asked: Option<&str>, zone: &TimeZone) -> Result<Clock, StartError> {
    let Some(asked) = asked else { return Ok(Clock::system()) };
    let now = Clock::system().now();
    let ahead = asked.strip_prefix('+').and_then(|span| span.parse::<SignedDuration>().ok());
    // A local time that the time zone skips or has twice is refused.
    let local = || {
        let wall = asked.parse::<DateTime>().ok().filter(|_| !asked.ends_with(['Z', 'z']))?;
        zone.to_ambiguous_timestamp(wall).unambiguous().ok()
    };
    let at = || asked.parse::<Timestamp>().ok().or_else(local).map(|at| at.duration_since(now));
    let some_years = SignedDuration::from_hours(5 * 365 * 24);
    let by = ahead.or_else(at).filter(|by| by.abs() <= some_years);
    by.map(Clock::ahead).ok_or_else(|| StartError::Clock(asked.to_owned()))
}

/// Repeats work until asked to stop. Then it does the work a last time.
async fn every(period: Duration, mut stopped: watch::Receiver<bool>, mut work: impl AsyncFnMut()) {
    let mut ticks = interval(period);
    loop {
        tokio::select! {
            _ = ticks.tick() => work().await,
            _ = stopped.changed() => return work().await,
        }
    }
}

/// Deletes expired items, on a thread that may block.
async fn sweep(database: &Database) -> Result<(), String> {
    let database = database.clone();
    let swept = tokio::task::spawn_blocking(move || database.sweep_ttl()).await;
    swept.map_err(|crash| crash.to_string())?.map(drop).map_err(|error| error.to_string())
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else { return };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

/// Remembers the latest time that this hospital has seen. Returns whether the clock is earlier than that now.
fn note_time(folder: &Path, now: Timestamp) -> io::Result<bool> {
    let file = folder.join("latest-time");
    let latest = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse::<Timestamp>().ok());
    if latest.is_none_or(|latest| latest < now) {
        fs::write(&file, now.to_string())?;
    }
    Ok(latest.is_some_and(|latest| latest > now))
}

#[expect(clippy::too_many_arguments, reason = "everything that the greeting shows")]
fn greet(
    options: &Options,
    address: SocketAddr,
    zone: &TimeZone,
    clock: &Clock,
    dynamodb: SocketAddr,
    services: &Services,
    has_demo: bool,
    rewound: bool,
) {
    let now = zone.to_datetime(clock.now()).strftime("%A %-d %B %Y, %H:%M").to_string();
    let shifted = if options.clock.is_some() { " (moved by --clock)" } else { "" };
    let s3 = services.s3.map(|address| format!("http://{address}")).unwrap_or_default();
    let mut text = format!(
        "\n  MediTrack is running. It is {now} in {}{shifted}.\n\n\
        \x20   API          http://{address}\n\
        \x20   Try it       http://{address}/docs\n\
        \x20   Emails       http://{address}/mailbox\n\
        \x20   Schedules    http://{address}/schedules.json\n\
        \x20   Dead letters http://{address}/dead-letters.json\n\
        \x20   Data         {} (DynamoDB at http://{dynamodb}, SES, Scheduler and Secrets Manager at http://{}, S3 at {s3})\n\n",
        zone.iana_name().unwrap_or("UTC"),
        options.data.display(),
        services.address,
    );
    if rewound {
        text += "  The clock was later in an earlier run. What fired or expired then does not come again.\n\n";
    }
    if has_demo {
        let _ = writeln!(text, "  Who can sign in, all with the password `{}`:\n", demo::PASSWORD);
        for person in demo::people() {
            let _ = writeln!(text, "    {:<14} {:<32} {}", person.role.as_str(), person.email, person.name);
        }
        text += "\n  Next: sign in with POST /auth/token, list GET /doctors, book with POST /appointments, and read the emails.\n";
    } else {
        let _ = writeln!(
            text,
            "  Next: register with POST /users, as `administrator` with the email address {ADMINISTRATOR} to become the first one,\n  \
             or start again with --demo for a hospital with doctors and patients."
        );
    }
    text += "  Ctrl-C stops it. Everything is kept.\n\n";
    say(&text);
}
