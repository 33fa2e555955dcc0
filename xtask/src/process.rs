//! Starting other programs: never with standard input, always with a readable error.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs `words` in `folder` with output passed through.
///
/// # Errors
/// The program is missing or does not end with 0; the text names it.
pub(crate) fn run(folder: &Path, words: &[&str]) -> Result<(), String> {
    let status = command(folder, words)?.status().map_err(|e| format!("{}: {e}", words.join(" ")))?;
    if status.success() { Ok(()) } else { Err(format!("{}: ended with {status}", words.join(" "))) }
}

/// Runs `words` in `folder` and gives its standard output, errors passed through.
///
/// # Errors
/// As [`run`], or the output is not UTF-8.
pub(crate) fn output(folder: &Path, words: &[&str]) -> Result<String, String> {
    let name = words.join(" ");
    let done = command(folder, words)?.stderr(Stdio::inherit()).output().map_err(|e| format!("{name}: {e}"))?;
    if !done.status.success() {
        return Err(format!("{name}: ended with {}", done.status));
    }
    String::from_utf8(done.stdout).map_err(|_| format!("{name}: its output is not UTF-8"))
}

/// Whether `words` runs and ends with 0; says nothing.
pub(crate) fn succeeds(words: &[&str]) -> bool {
    let quiet = command(Path::new("."), words).map(|mut c| c.stdout(Stdio::null()).stderr(Stdio::null()).status());
    matches!(quiet, Ok(Ok(status)) if status.success())
}

/// Whether a program of this name is on the search path.
pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn command(folder: &Path, words: &[&str]) -> Result<Command, String> {
    let (program, arguments) = words.split_first().ok_or("nothing to run")?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_is_named_in_the_error() {
        let error = run(Path::new("."), &["false"]).unwrap_err();
        assert!(error.starts_with("false: ended with"), "{error}");
        assert!(output(Path::new("."), &["no-such-program-here"]).unwrap_err().starts_with("no-such-program-here"));
    }

    #[test]
    fn output_is_what_the_program_wrote() {
        assert_eq!(output(Path::new("."), &["printf", "a b"]), Ok("a b".to_owned()));
    }

    #[test]
    fn programs_are_found_on_the_path_only() {
        assert!(on_path("sh") && !on_path("no-such-program-here"));
        assert!(succeeds(&["true"]) && !succeeds(&["false"]) && !succeeds(&[]));
    }
}
