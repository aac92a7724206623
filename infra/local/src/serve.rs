//! Serves the hospital on its port, within bounds: no more connections than the process can have files open, and no client that never
//! finishes its request.

use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tower::ServiceExt;

/// Limits on clients.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections that are open at once. Further clients wait in the operating system's queue. Each connection may need another one to the
    /// database, and a process may have 1,024 files open.
    pub connections: usize,
    /// The longest time from the connection, or from the previous answer, to the end of a request's headers.
    pub headers: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { connections: 256, headers: Duration::from_secs(10) }
    }
}

/// Serves until `stop` completes, then finishes the requests that have begun.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let places = Arc::new(Semaphore::new(bounds.connections));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|accepted| (accepted, place))
        };
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            next = next => match next {
                Ok(((stream, from), place)) => {
                    let connection = converse(stream, from, router.clone(), bounds, stopped.clone());
                    connections.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                // The client went away, or there are too many open files for the moment.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
    drop(listener);
    let _ = stopping.send(true);
    while connections.join_next().await.is_some() {}
}

/// One connection, until its client closes it, is too slow, or everything stops.
async fn converse(stream: TcpStream, from: SocketAddr, router: Router, bounds: Bounds, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(ConnectInfo(from));
        request.map(Body::new)
    });
    let mut server = Builder::new(TokioExecutor::new()).http1_only();
    server.http1().timer(TokioTimer::new()).header_read_timeout(bounds.headers);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    tokio::select! {
        result = connection.as_mut() => return ended(result),
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    ended(connection.await);
}

fn ended<E: std::fmt::Display>(result: Result<(), E>) {
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}
