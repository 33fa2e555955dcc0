//! The house tools: `cargo xtask tidy`, `cargo xtask web`, `cargo xtask setup`.

mod process;
mod setup;
mod tidy;
mod web;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask tidy                    check the repository against docs/STYLE.md
       cargo xtask web                     build the console into web/dist
       cargo xtask setup [--for run|test]  install what running or testing needs";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = root().and_then(|root| match words.as_slice() {
        ["tidy"] => tidy::run(&root),
        ["web"] => web::run(&root),
        ["setup"] | ["setup", "--for", "run"] => setup::run(&root, setup::Purpose::Run),
        ["setup", "--for", "test"] => setup::run(&root, setup::Purpose::Test),
        _ => Err(USAGE.to_owned()),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the repository. Asked at run time, so that one target folder can serve several clones.
fn root() -> Result<PathBuf, String> {
    let here = match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(manifest) => PathBuf::from(manifest),
        None => std::env::current_dir().map_err(|e| format!("no current folder: {e}"))?,
    };
    let found = here.ancestors().find(|folder| folder.join("Cargo.lock").is_file());
    found.map(PathBuf::from).ok_or_else(|| "run this inside the repository".to_owned())
}
