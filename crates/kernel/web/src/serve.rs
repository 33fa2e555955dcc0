//! Serving a socket, and stopping so that nobody loses an answer.

use crate::state::AppState;
use axum::Router;
use axum::serve::ListenerExt;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// Requests under way have so long to end after a stop was asked for.
const STOP_WITHIN: Duration = Duration::from_secs(10);

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
    let listener = listener.tap_io(|tcp| {
        // Small answers must not wait for more of them.
        let _ = tcp.set_nodelay(true);
    });
    let mut stopping = state.inner.stopping.subscribe();
    let (asked, signal) = (state.clone(), state.clone());
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        asked.stop();
    });
    let late = async move {
        let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
        tokio::time::sleep(STOP_WITHIN).await;
        drop(signal);
    };
    tokio::select! {
        result = async { served.await } => result,
        () = late => {
            tracing::warn!("Some requests did not end in time; they are cut");
            Ok(())
        }
    }
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
