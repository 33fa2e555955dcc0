//! Counters of requests, and everything written in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use xr_base::Clash;
use xr_store::Stats;

/// Upper bounds of the latency buckets, in milliseconds.
const BUCKETS_MS: [u64; 8] = [1, 5, 10, 25, 50, 100, 500, 2_000];

/// Requests since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    answers: Mutex<BTreeMap<(String, String, u16), u64>>,
    buckets: [AtomicU64; BUCKETS_MS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Metrics {
    /// Counts one answer; `route` is the pattern (`/v1/orders/{id}`), never the path itself: ids would make it grow for ever.
    pub fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
        let key = (method.to_owned(), route.to_owned(), status);
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        for (bucket, bound_ms) in self.buckets.iter().zip(BUCKETS_MS) {
            if micros <= bound_ms * 1_000 {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The whole text; `live_open` is the number of open live channels.
    pub fn text(&self, stats: &Stats, live_open: usize) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "# TYPE xiaoer_http_requests_total counter");
        for ((method, route, status), n) in self.answers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            let _ = writeln!(out, "xiaoer_http_requests_total{{{labels}}} {n}");
        }
        self.write_latency(&mut out);
        write_store(&mut out, stats);
        let _ = writeln!(out, "# TYPE xiaoer_live_open gauge\nxiaoer_live_open {live_open}");
        out
    }

    fn write_latency(&self, out: &mut String) {
        let name = "xiaoer_http_request_seconds";
        let _ = writeln!(out, "# TYPE {name} histogram");
        for (bucket, bound_ms) in self.buckets.iter().zip(BUCKETS_MS) {
            let (n, bound) = (bucket.load(Ordering::Relaxed), Duration::from_millis(bound_ms).as_secs_f64());
            let _ = writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {n}");
        }
        let count = self.count.load(Ordering::Relaxed);
        let seconds = Duration::from_micros(self.micros.load(Ordering::Relaxed)).as_secs_f64();
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {seconds}\n{name}_count {count}");
    }
}

fn write_store(out: &mut String, stats: &Stats) {
    let _ = writeln!(out, "# TYPE xiaoer_commands_total counter");
    for (command, count) in &stats.commands {
        for (outcome, n) in [("done", count.done), ("refused", count.refused), ("failed", count.failed)] {
            let _ = writeln!(out, "xiaoer_commands_total{{command=\"{command}\",outcome=\"{outcome}\"}} {n}");
        }
    }
    let _ = writeln!(out, "# TYPE xiaoer_store_retries_total counter");
    for clash in Clash::ALL {
        let n = stats.retries.get(&clash).copied().unwrap_or_default();
        let _ = writeln!(out, "xiaoer_store_retries_total{{cause=\"{}\"}} {n}", clash.word());
    }
    let slow: u64 = stats.slow.iter().map(|statement| statement.count).sum();
    for (name, kind, n) in [
        ("xiaoer_store_groups_total", "counter", stats.groups),
        ("xiaoer_store_waiting", "gauge", stats.waiting),
        ("xiaoer_store_slow_statements_total", "counter", slow),
    ] {
        let _ = writeln!(out, "# TYPE {name} {kind}\n{name} {n}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_route_and_latencies_cumulate() {
        let metrics = Metrics::default();
        metrics.count("GET", "/v1/time", 200, Duration::from_millis(3));
        metrics.count("GET", "/v1/time", 200, Duration::from_millis(30));
        let text = metrics.text(&Stats::default(), 2);
        assert!(
            text.contains("xiaoer_http_requests_total{method=\"GET\",route=\"/v1/time\",status=\"200\"} 2"),
            "{text}"
        );
        assert!(text.contains("_bucket{le=\"0.005\"} 1\n"), "{text}");
        assert!(text.contains("_bucket{le=\"0.05\"} 2\n"), "{text}");
        assert!(text.contains("_sum 0.033\n"), "{text}");
        assert!(text.contains("xiaoer_live_open 2\n"), "{text}");
    }
}
