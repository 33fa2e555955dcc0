//! Keyset paging: a page starts after the last row of the one before, so nothing is counted or skipped.

use crate::failure::Failure;
use crate::state::AppState;
use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xr_base::Problem;

/// Rows of a page unless asked otherwise.
const LIMIT_DEFAULT: u16 = 50;
/// Largest page.
const LIMIT_MAX: u16 = 200;
/// Longest cursor accepted, in bytes; ours are far shorter.
const CURSOR_BYTES_MAX: usize = 1_024;

/// `?after=…&limit=…`; other query parameters are the handler's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    after: Option<Vec<u8>>,
    /// Rows wanted, 1..=200.
    pub limit: u16,
}

impl Paging {
    /// Key of the row before the page, as given to [`Page::cut`]; none for the first page.
    ///
    /// # Errors
    /// 400 `web.bad_cursor` when the cursor belongs to another list.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let Some(json) = &self.after else { return Ok(None) };
        serde_json::from_slice(json).map(Some).map_err(|_| bad_cursor())
    }

    /// Rows to ask the store for: one more than wanted tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

fn bad_cursor() -> Problem {
    Problem::new(400, "web.bad_cursor").field("after")
}

impl FromRequestParts<AppState> for Paging {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        Ok(read(&parts.uri)?)
    }
}

fn read(uri: &Uri) -> Result<Paging, Problem> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| Problem::new(400, "web.bad_query"))?.0;
    let mut paging = Paging { after: None, limit: LIMIT_DEFAULT };
    for (name, value) in pairs {
        match name.as_str() {
            "limit" => {
                let limit = value.parse().ok().filter(|n| (1..=LIMIT_MAX).contains(n));
                let bad = || Problem::new(400, "web.bad_limit").field("limit").with("max", LIMIT_MAX);
                paging.limit = limit.ok_or_else(bad)?;
            }
            "after" if value.len() > CURSOR_BYTES_MAX => return Err(bad_cursor()),
            "after" => paging.after = Some(URL_SAFE_NO_PAD.decode(value).map_err(|_| bad_cursor())?),
            _ => {}
        }
    }
    Ok(paging)
}

/// A list's own query parameters (all but `after` and `limit`); unknown ones are refused if `T` denies unknown fields.
#[derive(Clone, Debug)]
pub struct QueryOf<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for QueryOf<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or("");
        // PostgreSQL has no text with U+0000, so nothing can be found by it.
        if query.contains("%00") {
            return Err(Problem::new(400, "web.bad_query").into());
        }
        let own = query.split('&').filter(|p| !p.is_empty() && !p.starts_with("after=") && !p.starts_with("limit="));
        let own = own.collect::<Vec<_>>().join("&");
        let bad = || Problem::new(400, "web.bad_query");
        let uri: Uri = format!("/?{own}").parse().map_err(|_| bad())?;
        let Query(value) = Query::try_from_uri(&uri).map_err(|error| {
            let text = error.to_string();
            let field = text.split("unknown field `").nth(1).and_then(|t| t.split('`').next());
            field.map_or_else(bad, |f| Problem::new(400, "web.unknown_field").with("field", f).field(f))
        })?;
        Ok(Self(value))
    }
}

/// For `after` of the page that begins behind `key`.
pub fn cursor<K: Serialize>(key: &K) -> Option<String> {
    serde_json::to_vec(key).ok().map(|json| URL_SAFE_NO_PAD.encode(json))
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// Rows, in the list's order.
    pub items: Vec<T>,
    /// For `after` of the next page; none on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts what [`Paging::fetch`] brought to the page; `key` gives the place of a row in the list's order.
    pub fn cut<K: Serialize>(mut items: Vec<T>, paging: &Paging, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::from(paging.limit);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).and_then(|row| cursor(&key(row)));
        Self { items, next }
    }

    /// Says where to look on, unless the page says so itself: nothing is known of what lies behind `place`.
    #[must_use]
    pub fn going_on<K: Serialize>(self, place: Option<K>) -> Self {
        let next = self.next.or_else(|| place.and_then(|place| cursor(&place)));
        Self { next, ..self }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn paging(query: &str) -> Result<Paging, Problem> {
        read(&format!("/v1/things?{query}").parse().unwrap())
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        let rows: Vec<i64> = (1..=5).collect();
        let mut query = "limit=2".to_owned();
        let mut seen = Vec::new();
        loop {
            let paging = paging(&query).unwrap();
            let after: i64 = paging.after().unwrap().unwrap_or(0);
            let fetch = usize::try_from(paging.fetch()).unwrap();
            let found = rows.iter().copied().filter(|r| *r > after).take(fetch).collect();
            let page = Page::cut(found, &paging, |r| *r);
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            query = format!("limit=2&after={next}");
        }
        assert_eq!(seen, rows);
    }

    #[test]
    fn a_page_that_is_not_full_goes_on_where_it_was_told() {
        let paging = paging("limit=2").unwrap();
        let next = |rows: Vec<i64>, place: Option<i64>| Page::cut(rows, &paging, |r| *r).going_on(place).next;
        assert_eq!(next(vec![9], Some(4)), Some(URL_SAFE_NO_PAD.encode("4")));
        assert_eq!(next(vec![9, 8, 7], Some(4)), Some(URL_SAFE_NO_PAD.encode("8")), "what was left out comes first");
        assert_eq!(next(vec![9], None), None);
    }

    #[test]
    fn limits_outside_their_range_are_refused() {
        for limit in ["0", "201", "-1", "ten", ""] {
            assert_eq!(paging(&format!("limit={limit}")).unwrap_err().code, "web.bad_limit", "{limit}");
        }
        assert_eq!(paging("").unwrap().limit, 50);
    }

    #[test]
    fn a_cursor_of_another_list_or_of_no_list_is_refused() {
        assert_eq!(paging("after=%00%ff").unwrap_err().code, "web.bad_cursor");
        let other = URL_SAFE_NO_PAD.encode("[1,2]");
        let found = paging(&format!("after={other}")).unwrap();
        assert_eq!(found.after::<(i64, String)>().unwrap_err().code, "web.bad_cursor");
    }
}
