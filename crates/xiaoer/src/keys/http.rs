//! The keys of sealed fields, for whoever looks after the server: which there are, and a new one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;
use xr_base::{Actor, Fault, Instant};
use xr_store::events::{Audience, NewEvent};
use xr_store::sealing::{self, NewDataKey};
use xr_store::{Command, Tx};
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, NoBody, Routes, Who};

/// Permission of a rotation.
const PERMISSION: &str = "system.keys";

/// Both routes.
pub fn routes() -> Routes {
    Routes::new().add(Access::May("system.status"), routes!(keys)).add(Access::May(PERMISSION), routes!(rotate))
}

/// Somebody whose key opens sealed fields.
#[derive(Serialize, utoipa::ToSchema)]
struct KeeperView {
    /// `key:…` for a master key, `secret:…` for an installation's secret; what follows tells one from another and is no secret.
    keeper: String,
    /// Data keys that it opens.
    keys: i64,
}

/// The keys of sealed fields.
#[derive(Serialize, utoipa::ToSchema)]
struct KeysView {
    /// Number of the data key that fields are sealed under now.
    newest: u32,
    /// When it was made, wall time.
    #[schema(value_type = String, format = DateTime)]
    made_at: Instant,
    /// Whether fields still lie under the one before.
    is_rotating: bool,
    keepers: Vec<KeeperView>,
}

fn view(tx: &mut Tx<'_>) -> Result<KeysView, Fault> {
    let progress = sealing::progress(tx)?;
    let keepers = sealing::slots(tx)?.into_iter().map(|slot| KeeperView { keeper: slot.keeper, keys: slot.keys });
    let keepers = keepers.collect();
    Ok(KeysView { newest: progress.newest, made_at: progress.made_at, is_rotating: progress.old.is_some(), keepers })
}

/// Which keys there are, and whether a rotation goes on.
#[utoipa::path(
    get, path = "/v1/keys", tag = "system",
    responses((status = 200, body = KeysView), (status = 403, body = ProblemBody)),
)]
async fn keys(State(state): State<AppState>) -> Result<Json<KeysView>, Failure> {
    Ok(Json(state.store().read(view).await?))
}

/// Makes a new data key; everything is sealed anew under it in the background.
struct Rotate {
    actor: Actor,
}

impl Command for Rotate {
    type Out = ();
    const NAME: &'static str = "system.rotate_keys";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        xr_identity::authorise(&self.actor, PERMISSION)?;
        let number = NewDataKey.run(tx)?;
        let at = tx.now();
        tx.event(&NewEvent {
            kind: "system.keys_rotated",
            at,
            case: None,
            object: None,
            audience: Audience::default(),
            actor: &self.actor,
            body: json!({ "key": number }),
        })?;
        Ok(())
    }
}

/// Begins a rotation: a new data key, under which every sealed field is brought in the background.
#[utoipa::path(
    post, path = "/v1/keys/rotation", tag = "system",
    responses((status = 202, body = KeysView), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)),
)]
async fn rotate(
    State(state): State<AppState>,
    who: Who,
    body: NoBody,
) -> Result<(StatusCode, Json<KeysView>), Failure> {
    state.store().write_once(Rotate { actor: who.actor() }, body.key).await?;
    Ok((StatusCode::ACCEPTED, Json(state.store().read(view).await?)))
}
