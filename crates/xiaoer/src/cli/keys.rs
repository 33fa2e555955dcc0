//! `keys`: who opens sealed fields, and a new key for them. Beside a running server of the embedded database, the console does it.

use super::{CliError, Common, DONE, open};
use clap::Subcommand;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use xr_base::Fault;
use xr_store::Store;
use xr_store::sealing::{self, AddSlot, NewDataKey, RemoveSlot};

/// Pause between two looks at a rotation that may not sweep yet.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// Tell the data key in use and the master keys and secrets that open it.
    List,
    /// Make a new data key and seal every field anew under it.
    Rotate,
    /// Let one more master key open the market: the key file `FILE`, which must be there.
    Add {
        /// A key file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Take a master key or secret its right to open the market.
    Remove {
        /// Its name, as `keys list` tells it.
        #[arg(value_name = "KEEPER")]
        keeper: String,
    },
}

pub(super) fn run(common: &Common, command: KeysCommand) -> Result<u8, CliError> {
    let (store, _) = open(common)?;
    let done = match command {
        KeysCommand::List => list(common, &store),
        KeysCommand::Rotate => rotate(common, &store),
        KeysCommand::Add { file } => {
            let keeper = Arc::new(crate::keys::keeper_of(&file)?);
            Ok(store.write_blocking(AddSlot { keeper })?)
        }
        KeysCommand::Remove { keeper } => Ok(store.write_blocking(RemoveSlot { keeper })?),
    };
    store.close();
    done.map(|()| DONE)
}

fn list(common: &Common, store: &Store) -> Result<(), CliError> {
    let (progress, slots) = store.read_blocking(|tx| Ok((sealing::progress(tx)?, sealing::slots(tx)?)))?;
    if common.json {
        let keepers: Vec<_> = slots.iter().map(|slot| json!({ "keeper": slot.keeper, "keys": slot.keys })).collect();
        let is_rotating = progress.old.is_some();
        println!("{}", json!({ "newest": progress.newest, "is_rotating": is_rotating, "keepers": keepers }));
        return Ok(());
    }
    println!("data key {}, made {}", progress.newest, progress.made_at);
    for slot in slots {
        println!("{}  opens {} data keys", slot.keeper, slot.keys);
    }
    Ok(())
}

fn rotate(common: &Common, store: &Store) -> Result<(), CliError> {
    if store.read_blocking(sealing::progress)?.old.is_none() {
        store.write_blocking(NewDataKey)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| CliError::Other(error.to_string()))?;
    let resealed = runtime.block_on(sweep(store, common.json))?;
    let newest = store.read_blocking(sealing::progress)?.newest;
    if common.json {
        println!("{}", json!({ "newest": newest, "resealed": resealed }));
    } else {
        println!("{resealed} fields lie under data key {newest}");
    }
    Ok(())
}

/// Other servers of the database hear of the key within seconds; until then nothing is swept.
async fn sweep(store: &Store, is_quiet: bool) -> Result<u64, Fault> {
    let mut resealed = 0;
    loop {
        resealed += sealing::go_on(store, &|| false).await?;
        if store.read(sealing::progress).await?.old.is_none() {
            return Ok(resealed);
        }
        if !is_quiet {
            eprintln!("waiting until every server has heard of the new key");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
