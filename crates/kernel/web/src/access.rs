//! Who calls, and who may: every route is declared with its [`Access`], which is checked before the handler runs.

use crate::failure::{Failure, Told};
use crate::state::{AppState, WebConfig};
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::pin::Pin;
use xr_base::{Actor, Fault, Locale, MaskedAddress, Principal, Problem, StoreError};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Providers and carriers without log-in; the handler verifies the signature itself.
    Signed,
    /// Anybody with a session, or a key of the open API.
    SignedIn,
    /// Anybody with a session: what people do about their own account.
    Person,
    /// Who has this permission.
    May(&'static str),
    /// Who has at least one of these permissions.
    MayAny(&'static [&'static str]),
}

impl Access {
    /// As written in the API document and the golden list: `public`, `signed`, `signed-in`, `person`, or permission words.
    pub fn word(self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::Signed => "signed".to_owned(),
            Self::SignedIn => "signed-in".to_owned(),
            Self::Person => "person".to_owned(),
            Self::May(permission) => permission.to_owned(),
            Self::MayAny(permissions) => permissions.join(" | "),
        }
    }

    fn allows(self, principal: &Principal) -> bool {
        match self {
            Self::Public | Self::Signed | Self::SignedIn | Self::Person => true,
            Self::May(permission) => principal.may(permission),
            Self::MayAny(permissions) => permissions.iter().any(|p| principal.may(p)),
        }
    }
}

/// A session that is valid now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Name of the session that is no secret: hex SHA-256 of its token.
    pub id: String,
    /// The person and what they may do.
    pub principal: Principal,
    /// The language they chose; none leaves it to the browser.
    pub locale: Option<Locale>,
    /// Calls in a minute of a key of the open API; none of a person's session.
    pub key_limit: Option<u32>,
}

/// What [`Authenticator::session`] gives.
pub type SessionFuture<'a> = Pin<Box<dyn Future<Output = Result<Option<Session>, Fault>> + Send + 'a>>;

/// Somebody was refused for want of a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Who.
    pub principal: Principal,
    /// The permission, or several of which one would do, as [`Access::word`].
    pub permission: String,
    /// HTTP method.
    pub method: String,
    /// Pattern of the route; never the path, query or body, which may hold anything.
    pub route: String,
}

/// Knows whose token it is; implemented by identity.
pub trait Authenticator: Send + Sync + 'static {
    /// The session of `token`; none when it is unknown, over or revoked (known at most 0.5 s late).
    fn session<'a>(&'a self, token: &'a str) -> SessionFuture<'a>;
    /// Counts a request.
    ///
    /// # Errors
    /// A problem 429 when there were too many.
    fn count(&self, _session: &Session) -> Result<(), Fault> {
        Ok(())
    }
    /// Takes note of a denial, without holding up the answer.
    fn denied(&self, _denial: Denial) {}
}

/// Name of the session cookie; browsers bind `__Host-` names to this host and TLS.
pub fn cookie_name(config: &WebConfig) -> &'static str {
    if config.is_https() { "__Host-xiaoer_session" } else { "xiaoer_session" }
}

/// The token that came with the request, kept for the live channel.
#[derive(Clone)]
pub(crate) struct Token(pub(crate) String);

fn token(headers: &HeaderMap, config: &WebConfig) -> Option<Token> {
    let bearer = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    let name = cookie_name(config);
    let cookie = || {
        let pairs = headers.get_all(COOKIE).into_iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
        pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    bearer.or_else(cookie).map(|text| Token(text.to_owned()))
}

/// Language of the session, for the layer that writes problems.
#[derive(Clone, Copy)]
pub(crate) struct Chosen(pub(crate) Option<Locale>);

/// Runs before the handler of a route.
pub(crate) async fn guard(access: Access, mut request: Request, next: Next) -> Response {
    if matches!(access, Access::Public | Access::Signed) {
        return next.run(request).await;
    }
    let (state, token, address) = match asked(&request) {
        Ok(found) => found,
        Err(fault) => return Failure::from(fault).into_response(),
    };
    let session = match admit(&state, access, token, address).await {
        Ok(found) => found,
        Err(failure) => return failure.into_response(),
    };
    let chosen = Chosen(session.1.locale);
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let (method, principal) = (request.method().as_str().to_owned(), session.1.principal.clone());
    let mut response = if access.allows(&session.1.principal) {
        request.extensions_mut().insert(session.0);
        request.extensions_mut().insert(session.1);
        next.run(request).await
    } else {
        Failure::from(Problem::new(403, "web.forbidden").with("permission", access.word())).into_response()
    };
    // Refused here, or by a command that looks closer.
    if let Some(permission) = response.extensions().get::<Told>().and_then(Told::missing_permission) {
        state.auth().denied(Denial { principal, permission, method, route });
    }
    response.extensions_mut().insert(chosen);
    response
}

// Not async: a future that holds the request across an await could not move between threads.
fn asked(request: &Request) -> Result<(AppState, Token, Option<MaskedAddress>), Fault> {
    let state = request.extensions().get::<AppState>().cloned();
    let state = state.ok_or_else(|| StoreError::Engine("a route runs outside the app".to_owned()))?;
    let token = token(request.headers(), state.config()).ok_or_else(unauthenticated)?;
    let caller = caller(request.extensions(), request.headers(), state.config());
    Ok((state, token, caller.address.map(MaskedAddress::from)))
}

async fn admit(
    state: &AppState,
    access: Access,
    token: Token,
    address: Option<MaskedAddress>,
) -> Result<(Token, Session), Failure> {
    let mut session = state.auth().session(&token.0).await?.ok_or_else(unauthenticated)?;
    state.auth().count(&session)?;
    if access == Access::Person && session.key_limit.is_some() {
        return Err(Problem::new(403, "web.people_only").into());
    }
    session.principal.address = address;
    Ok((token, session))
}

fn unauthenticated() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED.as_u16(), "web.unauthenticated")
}

/// The caller's session; on public routes always 401.
#[derive(Clone, Debug)]
pub struct Who(pub Session);

impl Who {
    /// The caller as the one who causes a change.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.0.principal.clone())
    }
}

impl Deref for Who {
    type Target = Principal;
    fn deref(&self) -> &Principal {
        &self.0.principal
    }
}

impl FromRequestParts<AppState> for Who {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let mut session = parts.extensions.get::<Session>().cloned().ok_or_else(unauthenticated)?;
        // Who chose no language is answered in the browser's.
        let spoken = parts.headers.get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Locale::negotiate);
        session.locale = session.locale.or(spoken);
        Ok(Self(session))
    }
}

/// Where a request comes from, for throttles and the audit record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Address of the peer, or what a trusted proxy says; none in tests without a socket.
    pub address: Option<IpAddr>,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        Ok(caller(&parts.extensions, &parts.headers, state.config()))
    }
}

fn caller(extensions: &Extensions, headers: &HeaderMap, config: &WebConfig) -> Caller {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // The last entry is the one our own proxy wrote; earlier ones are the client's word.
    let forwarded = headers.get_all("x-forwarded-for").into_iter().next_back().and_then(|v| v.to_str().ok());
    let forwarded = forwarded.and_then(|v| v.rsplit(',').next()?.trim().parse().ok());
    Caller { address: if config.is_behind_proxy { forwarded.or(peer) } else { peer } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(name: axum::http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    fn found(headers: &HeaderMap, public_url: Option<&str>) -> Option<String> {
        let config = WebConfig { public_url: public_url.map(str::to_owned), ..WebConfig::default() };
        token(headers, &config).map(|t| t.0)
    }

    #[test]
    fn the_token_is_read_from_the_cookie_among_others() {
        let headers = with(COOKIE, "theme=dark; xiaoer_session=abc; other=1");
        assert_eq!(found(&headers, None).as_deref(), Some("abc"));
    }

    #[test]
    fn over_tls_only_the_host_bound_cookie_counts() {
        let plain = with(COOKIE, "xiaoer_session=abc");
        assert_eq!(found(&plain, Some("https://shop.example")), None);
        let bound = with(COOKIE, "__Host-xiaoer_session=def");
        assert_eq!(found(&bound, Some("https://shop.example")).as_deref(), Some("def"));
    }

    #[test]
    fn a_bearer_token_is_accepted() {
        assert_eq!(found(&with(AUTHORIZATION, "Bearer xyz"), None).as_deref(), Some("xyz"));
    }
}
