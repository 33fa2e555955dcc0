//! `cargo xtask web`: the console from web/ into web/dist.

use crate::process;
use std::path::Path;

/// Oldest Node.js that the console's build tools run on.
const NODE_MIN: (u32, u32) = (20, 19);
const STAMP: &str = "node_modules/.lock-hash";

/// Installs packages when the lock changed, then builds. Without web/package.json there is nothing to do.
///
/// # Errors
/// Node.js is missing or too old, or npm fails.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let web = root.join("web");
    if !web.join("package.json").is_file() {
        println!("web: no console in this clone, nothing to build");
        return Ok(());
    }
    check_node()?;
    install(&web)?;
    process::run(&web, &["npm", "run", "--silent", "build"])?;
    if web.join("dist").is_dir() { Ok(()) } else { Err("web: the build left no web/dist".to_owned()) }
}

/// # Errors
/// Node.js or npm is missing or too old; the text says what to install.
pub(crate) fn check_node() -> Result<(), String> {
    let wanted = format!("Node.js {}.{} or newer with npm is needed to build the console", NODE_MIN.0, NODE_MIN.1);
    if !process::on_path("node") || !process::on_path("npm") {
        return Err(format!("{wanted}; it was not found (Debian: apt-get install nodejs npm, or https://nodejs.org)"));
    }
    let version = process::output(Path::new("."), &["node", "--version"])?;
    match parse_version(&version) {
        Some(found) if found >= NODE_MIN => Ok(()),
        _ => Err(format!("{wanted}; found {}", version.trim())),
    }
}

/// Major and minor of `v20.19.1`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// `npm ci`, unless the packages are those of the lock already: the stamp holds the lock it was made from.
fn install(web: &Path) -> Result<(), String> {
    let lock = std::fs::read(web.join("package-lock.json")).map_err(|e| format!("web/package-lock.json: {e}"))?;
    let wanted = format!("{:016x}", fnv1a(&lock));
    if std::fs::read_to_string(web.join(STAMP)).is_ok_and(|stamp| stamp == wanted) {
        return Ok(());
    }
    process::run(web, &["npm", "ci", "--no-audit", "--no-fund"])?;
    std::fs::write(web.join(STAMP), wanted).map_err(|e| format!("web/{STAMP}: {e}"))
}

/// A hash that tells an edited lock from the old one; nothing is protected by it.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read_and_compared_by_number() {
        assert_eq!(parse_version("v20.19.1\n"), Some((20, 19)));
        assert_eq!(parse_version("20.19.1"), None);
        assert!(parse_version("v20.9.0") < Some(NODE_MIN) && parse_version("v22.1.0") > Some(NODE_MIN));
    }

    #[test]
    fn another_lock_has_another_hash() {
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_ne!(fnv1a(b"{\"a\": 1}"), fnv1a(b"{\"a\": 2}"));
    }
}
