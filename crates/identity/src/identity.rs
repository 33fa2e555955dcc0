//! Log-in and sessions for the web side.

use crate::api_keys::{self, Limits};
use crate::commands::{Asker, ChangePassword, Entry, LogIn, LoggedIn, NoteDenial, NoteFailure, NoteKeyUse};
use crate::denials::{COUNTED_FOR, Denials};
use crate::model::User;
use crate::throttle::{Subjects, sha256_hex};
use crate::{Device, Error, Roles, Standing, password, queries, standing};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use xr_base::{Fault, Locale, Party, Stopwatch, StoreError, UserId};
use xr_store::{IdempotencyKey, Store};
use xr_web::access::SessionFuture;
use xr_web::{Authenticator, Denial, Entropy, Session};

/// A revoked session may still be answered for so long.
const CACHED_FOR: Duration = Duration::from_millis(500);
/// Sessions kept in memory; beyond it the old ones are dropped.
const CACHED_MAX: usize = 10_000;
/// Password checks at a time: each takes 19 MiB and a core.
const CHECKS_MAX: usize = 2;
/// A log-in waits so long for its turn, then is told to come back.
const CHECK_WITHIN: Duration = Duration::from_secs(5);

/// Longest log-in name looked at, in bytes; longer ones cannot exist.
const LOGIN_BYTES_MAX: usize = 256;

/// What a person types in to log in.
#[derive(Clone, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Log-in name; case does not matter.
    pub login: String,
    /// Password.
    pub password: String,
    /// Second factor, once it was asked for: six digits of the app, or a recovery code.
    #[serde(default)]
    pub code: Option<String>,
}

/// A password that is tried for a log-in name.
struct Guess {
    login: String,
    address: Option<IpAddr>,
    password: String,
    /// What it is tried against.
    hash: String,
    /// Whether being right helps.
    is_known: bool,
}

/// What the web side needs of identity; one per process, as its authenticator and among its parts.
pub struct Identity {
    store: Store,
    roles: Arc<Roles>,
    entropy: Arc<dyn Entropy>,
    checks: Semaphore,
    /// Checked when there is no such user, so that the answer takes as long.
    nobody: String,
    cache: Mutex<HashMap<String, (Stopwatch, Session)>>,
    denials: Arc<Denials>,
    limits: Limits,
}

impl Identity {
    /// Over an open store. Hashes one password, so it takes tens of milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when the source of randomness fails.
    pub fn new(store: Store, roles: Roles, entropy: Arc<dyn Entropy>) -> Result<Self, Fault> {
        let nobody = password::hash("nobody has this password", entropy.as_ref())?;
        let checks = Semaphore::new(CHECKS_MAX);
        Ok(Self {
            store,
            roles: Arc::new(roles),
            entropy,
            checks,
            nobody,
            cache: Mutex::default(),
            denials: Arc::default(),
            limits: Limits::default(),
        })
    }

    /// The roles in force.
    pub fn roles(&self) -> &Arc<Roles> {
        &self.roles
    }

    /// The open store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Hex SHA-256 of a token: the only form that is kept.
    pub fn token_hash(token: &str) -> String {
        sha256_hex(token.as_bytes())
    }

    /// Checks name, password and second factor; gives the new session and its token.
    ///
    /// # Errors
    /// [`Error::BadCredentials`] alike for an unknown name, a wrong password and a disabled user; after a right password,
    /// [`Error::SecondFactorNeeded`], [`Error::WrongCode`]; [`Error::TooManyAttempts`]; [`StoreError::Busy`] when too many log in at once.
    pub async fn log_in(
        &self,
        credentials: Credentials,
        address: Option<IpAddr>,
        device: Device,
    ) -> Result<(String, LoggedIn), Fault> {
        let Credentials { login, password, code } = credentials;
        let login = login.trim().to_lowercase();
        if login.len() > LOGIN_BYTES_MAX {
            return Err(Error::BadCredentials.into());
        }
        let (asked, subjects) = (login.clone(), Subjects::of(&login, address));
        let read = self.store.read(move |tx| Ok((subjects.wait_s(tx)?, queries::credentials(tx, &asked)?)));
        let (wait_s, found) = read.await?;
        if let Some(seconds) = wait_s {
            return Err(Error::TooManyAttempts(seconds).into());
        }
        // Nobody's hash is checked where there is none: a disabled person's password is as wrong as any.
        let known = found.filter(|(_, _, is_disabled)| !is_disabled).map(|(_, hash, _)| hash);
        let is_known = known.is_some();
        let hash = known.unwrap_or_else(|| self.nobody.clone());
        let guess = Guess { login: login.clone(), address, password, hash: hash.clone(), is_known };
        if !self.is_right(guess).await? {
            return Err(Error::BadCredentials.into());
        }
        let token = URL_SAFE_NO_PAD.encode(xr_web::entropy::bytes::<32>(self.entropy.as_ref())?);
        let token_hash = Self::token_hash(&token);
        let attempt = LogIn { login, verified_hash: hash, token_hash, address, device, code };
        match self.store.write(attempt).await? {
            Entry::LoggedIn(logged_in) => Ok((token, *logged_in)),
            Entry::WrongCode => Err(Error::WrongCode.into()),
        }
    }

    /// Replaces a person's own password; `session` (hash of its token) stays, all others end.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::WeakPassword`], [`Error::TooManyAttempts`], [`StoreError::Busy`].
    pub async fn change_password(
        &self,
        by: Asker,
        session: String,
        passwords: (String, String),
        is_demo: bool,
    ) -> Result<(), Fault> {
        let (current, new) = passwords;
        let verified_hash = self.verified(by.user, current, |user| password::check(&new, &user.login, is_demo)).await?;
        let entropy = Arc::clone(&self.entropy);
        let new_hash = self.costly(move || password::hash(&new, entropy.as_ref())).await??;
        let change = ChangePassword { by, verified_hash, new_hash, keep: session };
        self.store.write(change).await?;
        self.forget();
        Ok(())
    }

    /// Asks a logged-in person for their password again: gives the hash that it is right for. `check` comes before the costly part.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::TooManyAttempts`], [`StoreError::Busy`], what `check` refuses.
    pub(crate) async fn verified(
        &self,
        user: UserId,
        password: String,
        check: impl FnOnce(&User) -> Result<(), Error>,
    ) -> Result<String, Fault> {
        let read = self.store.read(move |tx| {
            let found = queries::user(tx, user)?.zip(queries::password_hash(tx, user)?);
            let (user, hash) = found.ok_or(Error::NoSuchUser)?;
            Ok((Subjects::of(&user.login, None).wait_s(tx)?, user, hash))
        });
        let (wait_s, user, hash) = read.await?;
        if let Some(seconds) = wait_s {
            return Err(Error::TooManyAttempts(seconds).into());
        }
        check(&user)?;
        let guess = Guess { login: user.login, address: None, password, hash: hash.clone(), is_known: true };
        if self.is_right(guess).await? { Ok(hash) } else { Err(Error::WrongPassword.into()) }
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], Fault> {
        xr_web::entropy::bytes::<N>(self.entropy.as_ref())
    }

    /// The hash of a first password, if it is a good one.
    ///
    /// # Errors
    /// [`Error::WeakPassword`], [`StoreError::Busy`].
    pub async fn hash_first(&self, password: String, login: &str, is_demo: bool) -> Result<String, Fault> {
        password::check(&password, login.trim(), is_demo)?;
        let entropy = Arc::clone(&self.entropy);
        self.costly(move || password::hash(&password, entropy.as_ref())).await?
    }

    /// A key whose body holds a password: what is kept to tell another body by is as hard to guess from as a password's hash.
    ///
    /// # Errors
    /// [`StoreError::Busy`].
    pub async fn guarded(&self, key: Option<IdempotencyKey>) -> Result<Option<IdempotencyKey>, Fault> {
        let Some(mut key) = key else { return Ok(None) };
        let salt = format!("{} {}", key.principal, key.key);
        let body = std::mem::take(&mut key.body_hash);
        key.body_hash = self.costly(move || password::digest(&body, &salt)).await??;
        Ok(Some(key))
    }

    /// Drops what is cached, so that this process sees a change of sessions or people at once.
    pub fn forget(&self) {
        self.cached().clear();
    }

    /// Tries a password when its turn comes, and counts it before the next one's if it is wrong: those that waited together are not
    /// tried beyond the limit, and none of them learns more by its answer than the others.
    async fn is_right(&self, guess: Guess) -> Result<bool, Fault> {
        let Guess { login, address, password, hash, is_known } = guess;
        let _turn = self.turn().await?;
        let subjects = Subjects::of(&login, address);
        let wait_s = self.store.read(move |tx| Ok(subjects.wait_s(tx)?)).await?;
        if let Some(seconds) = wait_s {
            return Err(Error::TooManyAttempts(seconds).into());
        }
        let is_right = off_thread(move || password::is_right(&password, &hash)).await? && is_known;
        if !is_right {
            self.store.write(NoteFailure { login, address }).await?;
        }
        Ok(is_right)
    }

    /// Hashing takes a core and memory, so it is done a few at a time.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Fault> {
        let turn = tokio::time::timeout(CHECK_WITHIN, self.checks.acquire()).await;
        Ok(turn.map_err(|_| StoreError::Busy)?.map_err(|_| StoreError::Busy)?)
    }

    /// Hashes when its turn comes.
    async fn costly<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let _turn = self.turn().await?;
        off_thread(work).await
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Stopwatch, Session)>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn find(&self, token: &str) -> Result<Option<Session>, Fault> {
        let id = Self::token_hash(token);
        let asked_at = Stopwatch::start();
        if let Some((_, session)) = self.cached().get(&id).filter(|(since, _)| since.elapsed() < CACHED_FOR) {
            return Ok(Some(session.clone()));
        }
        let session =
            if token.starts_with(api_keys::PREFIX) { self.of_key(&id).await? } else { self.of_person(&id).await? };
        let mut cache = self.cached();
        if cache.len() >= CACHED_MAX {
            cache.retain(|_, (since, _)| since.elapsed() < CACHED_FOR);
        }
        // Only what exists is kept: guessed tokens must not fill the memory.
        match &session {
            Some(session) if cache.len() < CACHED_MAX => {
                // Counted from before the read: what it saw may have been revoked while it ran.
                cache.insert(id, (asked_at, session.clone()));
            }
            _ => {
                cache.remove(&id);
            }
        }
        Ok(session)
    }

    async fn of_person(&self, id: &str) -> Result<Option<Session>, Fault> {
        let asked = id.to_owned();
        let read = self.store.read(move |tx| {
            let Some(user) = queries::session_user(tx, &asked)? else { return Ok(None) };
            Ok(Some((standing::of_user(tx, &user)?, user)))
        });
        Ok(read.await?.and_then(|(standing, user)| self.session_of(id.to_owned(), &user, standing)))
    }

    async fn of_key(&self, id: &str) -> Result<Option<Session>, Fault> {
        let asked = id.to_owned();
        let read = self.store.read(move |tx| {
            let Some(key) = api_keys::held(tx, &asked)? else { return Ok(None) };
            Ok(Some((standing::of_user(tx, &key.user)?, key)))
        });
        let Some((standing, key)) = read.await? else { return Ok(None) };
        if key.is_use_due {
            self.note_use(key.user.id);
        }
        let session = self.session_of(id.to_owned(), &key.user, standing);
        Ok(session.map(|session| Session { key_limit: Some(key.per_minute), ..session }))
    }

    /// Without holding up the call.
    fn note_use(&self, key: UserId) {
        let store = self.store.clone();
        tokio::spawn(async move {
            if let Err(fault) = store.write(NoteKeyUse { key }).await {
                tracing::warn!(%fault, "The use of a key could not be noted");
            }
        });
    }

    fn session_of(&self, id: String, user: &User, standing: Option<Standing>) -> Option<Session> {
        let principal = self.roles.principal_in(user, standing)?;
        let all = [Locale::ZhCn, Locale::En];
        let locale = all.into_iter().find(|l| user.locale.as_deref() == Some(xr_web::texts::tag(*l)));
        Some(Session { id, principal, locale, key_limit: None })
    }
}

impl Authenticator for Identity {
    fn session<'a>(&'a self, token: &'a str) -> SessionFuture<'a> {
        Box::pin(self.find(token))
    }

    fn count(&self, session: &Session) -> Result<(), Fault> {
        session.key_limit.map_or(Ok(()), |per_minute| self.limits.count(session.principal.user, per_minute))
    }

    fn denied(&self, denial: Denial) {
        let is_staff = matches!(denial.principal.party, Party::Merchant | Party::Platform);
        let key = (denial.principal.user, format!("{} {}", denial.method, denial.route));
        if !is_staff || !self.denials.is_first(&key) {
            return;
        }
        let (store, denials) = (self.store.clone(), Arc::clone(&self.denials));
        tokio::spawn(async move {
            note(&store, &denial, 1).await;
            tokio::time::sleep(COUNTED_FOR).await;
            let more = denials.end(&key);
            if more > 0 {
                note(&store, &denial, more).await;
            }
        });
    }
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StoreError::Engine(format!("password check: {error}")).into())
}

/// A store that is busy or closed keeps none: refusing must not become dearer than doing.
async fn note(store: &Store, denial: &Denial, count: u64) {
    if let Err(fault) = store.write(NoteDenial { denial: denial.clone(), count }).await {
        tracing::warn!(%fault, "A denial could not be put on record");
    }
}
