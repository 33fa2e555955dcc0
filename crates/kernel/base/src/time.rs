//! Instants and the two clocks (decision D11): business time and wall time.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicI64, Ordering};

/// A moment, in milliseconds since 1970-01-01 00:00:00 UTC. Written as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// A span in milliseconds; may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Millis(pub i64);

impl Millis {
    /// `n` seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1_000)
    }
    /// `n` minutes of 60 s.
    pub const fn minutes(n: i64) -> Self {
        Self(n * 60_000)
    }
    /// `n` natural hours of 60 min.
    pub const fn hours(n: i64) -> Self {
        Self(n * 3_600_000)
    }
    /// `n` natural days of 24 h.
    pub const fn days(n: i64) -> Self {
        Self(n * 86_400_000)
    }
}

impl Instant {
    /// Reads RFC 3339 with an offset, e.g. `2026-01-05T09:00:00+08:00`.
    ///
    /// # Errors
    /// The text is not such a moment; the error says where it fails.
    pub fn parse(text: &str) -> Result<Self, jiff::Error> {
        Ok(Self(text.parse::<jiff::Timestamp>()?.as_millisecond()))
    }

    /// As a jiff timestamp; saturates at jiff's bounds (years -9999 to 9999).
    pub fn timestamp(self) -> jiff::Timestamp {
        let fallback = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(fallback)
    }

    /// Civil time of this moment in `zone`.
    pub fn zoned(self, zone: &jiff::tz::TimeZone) -> jiff::Zoned {
        self.timestamp().to_zoned(zone.clone())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl Add<Millis> for Instant {
    type Output = Self;
    fn add(self, span: Millis) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Millis> for Instant {
    type Output = Self;
    fn sub(self, span: Millis) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Instant {
    type Output = Millis;
    fn sub(self, other: Self) -> Millis {
        Millis(self.0.saturating_sub(other.0))
    }
}

/// Where time comes from. Domain code uses [`Clock::now`]; sessions, throttles and leases use [`Clock::wall`].
pub trait Clock: Send + Sync + 'static {
    /// Business time: what promises are counted in. Runs faster than the wall in a demo market.
    fn now(&self) -> Instant;
    /// Wall time of the machine.
    fn wall(&self) -> Instant;
}

/// The machine's clock, with the business clock as a linear function of it:
/// `now = virtual0 + (wall - wall0) * rate`. `rate` 1 and equal origins mean real time.
#[derive(Debug)]
pub struct SystemClock {
    wall0: AtomicI64,
    virtual0: AtomicI64,
    rate: AtomicI64,
}

impl SystemClock {
    /// Highest demo speed: virtual milliseconds per wall millisecond.
    pub const RATE_MAX: i64 = 10_000;

    /// Real time.
    pub fn real() -> Self {
        Self { wall0: AtomicI64::new(0), virtual0: AtomicI64::new(0), rate: AtomicI64::new(1) }
    }

    /// Business time `virtual0` at wall time `wall0`, `rate` times as fast (clamped to `0..=RATE_MAX`; 0 stands still).
    pub fn set(&self, wall0: Instant, virtual0: Instant, rate: i64) {
        self.rate.store(rate.clamp(0, Self::RATE_MAX), Ordering::SeqCst);
        self.wall0.store(wall0.0, Ordering::SeqCst);
        self.virtual0.store(virtual0.0, Ordering::SeqCst);
    }

    /// Virtual milliseconds per wall millisecond.
    pub fn rate(&self) -> i64 {
        self.rate.load(Ordering::SeqCst)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let gone = self.wall().0 - self.wall0.load(Ordering::SeqCst);
        Instant(self.virtual0.load(Ordering::SeqCst) + gone.saturating_mul(self.rate()))
    }

    fn wall(&self) -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Instant(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// How long something took, by a clock that is never set; for metrics, benches and limits on waiting, never for a decision.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// From now on.
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }

    /// Microseconds since the start.
    pub fn micros(self) -> i64 {
        i64::try_from(self.elapsed().as_micros()).unwrap_or(i64::MAX)
    }
}

/// A clock that moves only when told; both times are the same. For tests and the simulator.
#[derive(Debug)]
pub struct FakeClock(AtomicI64);

impl FakeClock {
    /// Starts at `at`.
    pub fn at(at: Instant) -> Self {
        Self(AtomicI64::new(at.0))
    }

    /// Jumps to `at`; going back is ignored, time never decreases.
    pub fn jump_to(&self, at: Instant) {
        self.0.fetch_max(at.0, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
    fn wall(&self) -> Instant {
        self.now()
    }
}
