//! The command line of xiaoer.

use std::process::ExitCode;

fn main() -> ExitCode {
    xiaoer::cli::run()
}
