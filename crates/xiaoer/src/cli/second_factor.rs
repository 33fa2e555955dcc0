//! `reset-second-factor`: the way back for the last main account, for whom nobody in the console can do it.

use super::{CliError, Common, DONE, open};
use clap::Args;
use xr_base::Actor;
use xr_identity::commands::ClearSecondFactor;

#[derive(Args)]
pub(super) struct ResetArgs {
    /// Log-in name.
    #[arg(value_name = "LOGIN")]
    login: String,
}

pub(super) fn reset(common: &Common, args: ResetArgs) -> Result<u8, CliError> {
    let (store, _) = open(common)?;
    let done = store.write_blocking(ClearSecondFactor { actor: Actor::System, login: args.login });
    store.close();
    Ok(done.map(|()| DONE)?)
}
