//! Ids in paths: a text that is no id of the wanted type is simply not found.

use crate::failure::Failure;
use crate::state::AppState;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::str::FromStr;
use xr_base::Problem;
use xr_base::id::Id;

/// The only id of a path such as `/v1/orders/{id}`.
#[derive(Clone, Copy, Debug)]
pub struct IdPath<T>(pub T);

/// Two ids of a path such as `/v1/orders/{id}/lines/{line}`.
#[derive(Clone, Copy, Debug)]
pub struct IdPath2<A, B>(pub A, pub B);

/// Texts of a path such as `/v1/packs/{pack}/{kind}`: one, or a tuple.
#[derive(Clone, Debug)]
pub struct TextPath<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for TextPath<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        // No name of ours is other than UTF-8, or has U+0000 in it, which PostgreSQL could not even look for.
        if parts.uri.path().contains("%00") {
            return Err(not_found().into());
        }
        let Path(texts) = Path::from_request_parts(parts, state).await.map_err(|_| not_found())?;
        Ok(Self(texts))
    }
}

/// The problem of a thing that is not there, or not the caller's to see: the two must look the same.
pub fn not_found() -> Problem {
    Problem::new(404, "web.not_found")
}

fn read<T: Id + FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| not_found())
}

impl<T: Id + FromStr> FromRequestParts<AppState> for IdPath<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| not_found())?;
        Ok(Self(read(&text)?))
    }
}

impl<A: Id + FromStr, B: Id + FromStr> FromRequestParts<AppState> for IdPath2<A, B> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let found = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((first, second)) = found.map_err(|_| not_found())?;
        Ok(Self(read(&first)?, read(&second)?))
    }
}
