//! Serving a socket, and stopping so that nobody loses an answer.

use crate::state::AppState;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

/// Requests under way have so long to end after a stop was asked for.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// A client has so long to send the head of its first or next request; then the connection is closed. Bodies and answers
/// have times of their own.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// Pause after the system refused a connection, e.g. for want of handles.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is over; then takes no new connections, closes the live channels (1001) and lets requests end.
///
/// # Errors
/// What the socket says.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    state: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let mut service = app.into_make_service_with_connect_info::<SocketAddr>();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    // Every connection holds one end; when all are gone, the other end hears nothing any more.
    let (open, mut all_gone) = mpsc::channel::<()>(1);
    let mut stop = std::pin::pin!(stop);
    loop {
        let (tcp, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "A connection was not accepted");
                    tokio::time::sleep(REFUSED_PAUSE).await;
                    continue;
                }
            },
        };
        // Small answers must not wait for more of them.
        let _ = tcp.set_nodelay(true);
        let Ok(answering) = service.call(peer).await;
        let mut tcp = Box::pin(TimeoutStream::new(tcp));
        tcp.as_mut().set_write_timeout_pinned(Some(state.config().taken_within));
        let connection = http.serve_connection(TokioIo::new(tcp), TowerToHyperService::new(answering)).with_upgrades();
        let (open, mut stopping) = (open.clone(), state.inner.stopping.subscribe());
        tokio::spawn(async move {
            let _open = open;
            let mut connection = std::pin::pin!(connection);
            let mut stopped = std::pin::pin!(async { stopping.wait_for(|is_stopping| *is_stopping).await.is_ok() });
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = &mut stopped => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // A client that goes away or sends nonsense is nobody's fault here.
            if let Err(error) = ended {
                tracing::debug!(%error, "A connection ended");
            }
        });
    }
    drop((listener, open));
    state.stop();
    if tokio::time::timeout(STOP_WITHIN, all_gone.recv()).await.is_err() {
        tracing::warn!("Some requests did not end in time; they are cut");
    }
    Ok(())
}

/// Over when the process is asked to stop (Ctrl-C or SIGTERM).
pub async fn stop_signal() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
