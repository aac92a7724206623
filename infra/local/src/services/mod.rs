//! Emulated AWS services that speak the wire formats of the calls that we make, on one port (S3 on another).

pub mod mailbox;
pub mod s3;
pub mod schedules;
mod secrets;
mod ses;

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use axum::Router;
use domain::Clock;
use mailbox::Mailbox;
use platform::config::SigningKey;
use schedules::Schedules;
use tokio::net::TcpListener;

/// The running services and their data.
#[derive(Debug, Clone)]
pub struct Services {
    pub mailbox: Mailbox,
    pub schedules: Schedules,
    /// SES, Scheduler and Secrets Manager.
    pub address: SocketAddr,
    pub s3: Option<SocketAddr>,
}

impl Services {
    /// Starts the services, with their data in a folder or in memory (S3 needs a folder).
    pub async fn start(folder: Option<&Path>, key: SigningKey, clock: Clock) -> io::Result<Self> {
        let within = |name: &str| folder.map(|folder| folder.join(name));
        let mailbox = Mailbox::open(made(within("mailbox"))?, clock)?;
        let schedules = Schedules::open(made(within("schedules"))?)?;
        let router =
            Router::new().merge(ses::router(mailbox.clone())).merge(schedules::router(schedules.clone())).merge(secrets::router(key));
        let address = serve(router).await?;
        let s3 = match made(within("files"))? {
            Some(folder) => Some(files(&folder).await?),
            None => None,
        };
        Ok(Self { mailbox, schedules, address, s3 })
    }
}

/// Starts S3 on a folder.
pub async fn files(folder: &Path) -> io::Result<SocketAddr> {
    serve(s3::router(folder)?).await
}

fn made(folder: Option<PathBuf>) -> io::Result<Option<PathBuf>> {
    if let Some(folder) = &folder {
        std::fs::create_dir_all(folder)?;
    }
    Ok(folder)
}

async fn serve(router: Router) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}
