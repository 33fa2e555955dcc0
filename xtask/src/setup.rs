//! `cargo xtask setup`: what running and testing need beyond Rust, from Debian's packages where something is missing.

use crate::{process, web};
use std::path::Path;

/// What the machine is prepared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building and running the product.
    Run,
    /// Testing it, with `PostgreSQL` and a browser.
    Test,
}

/// A Debian package and how to see that what it brings is there already.
struct Need {
    package: &'static str,
    is_there: fn() -> bool,
}

const TEST_NEEDS: [Need; 5] = [
    Need { package: "postgresql", is_there: has_postgres },
    Need { package: "chromium", is_there: || process::on_path("chromium") || process::on_path("chromium-browser") },
    Need { package: "fonts-noto-cjk", is_there: has_chinese_font },
    Need { package: "oathtool", is_there: || process::on_path("oathtool") },
    Need { package: "python3-venv", is_there: || process::succeeds(&["python3", "-c", "import ensurepip, venv"]) },
];

/// Checks, and for tests installs what is missing.
///
/// # Errors
/// Something is missing and cannot be installed here; the text says what and how.
pub(crate) fn run(root: &Path, purpose: Purpose) -> Result<(), String> {
    if root.join("web/package.json").is_file() {
        web::check_node()?;
    }
    if purpose == Purpose::Run {
        return Ok(());
    }
    let missing: Vec<&str> = TEST_NEEDS.iter().filter(|need| !(need.is_there)()).map(|need| need.package).collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    python(root)?;
    if !process::on_path("cargo-nextest") {
        println!(
            "setup: cargo-nextest is not installed; the tests run by `cargo test` (cargo install cargo-nextest --locked)"
        );
    }
    println!("setup: ready ({} installed)", if missing.is_empty() { "nothing".to_owned() } else { missing.join(", ") });
    Ok(())
}

/// Python's libraries that stand on the other side of protocols in tests, in an environment of their own.
fn python(root: &Path) -> Result<(), String> {
    let (wanted, place) = (root.join("tests/python/requirements.txt"), root.join("target/python"));
    let kept = place.join("requirements.txt");
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    if !wanted.is_file() || read(&wanted) == read(&kept) {
        return Ok(());
    }
    let text = |path: &Path| path.display().to_string();
    process::run(root, &["python3", "-m", "venv", "--clear", &text(&place)])?;
    let pip = text(&place.join("bin/pip"));
    process::run(root, &[&pip, "install", "-q", "--disable-pip-version-check", "-r", &text(&wanted)])?;
    std::fs::copy(&wanted, &kept).map(|_| ()).map_err(|error| format!("setup: {}: {error}", kept.display()))
}

fn install(packages: &[&str]) -> Result<(), String> {
    let by_hand = format!("install by hand: apt-get install {}", packages.join(" "));
    if !process::on_path("apt-get") {
        return Err(format!("setup: no apt-get on this machine; {by_hand}"));
    }
    let Some(prefix) = privilege() else {
        return Err(format!("setup: neither root nor password-less sudo; {by_hand}"));
    };
    println!("setup: installing {}", packages.join(" "));
    let apt = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]].concat();
    process::run(Path::new("."), &[&apt[..], &["update", "-qq"]].concat())?;
    let options = ["install", "-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"];
    process::run(Path::new("."), &[&apt[..], &options, packages].concat())
        .map_err(|error| format!("{error}; {by_hand}"))
}

/// The words before a command that needs root; none if it cannot be had without asking.
fn privilege() -> Option<&'static [&'static str]> {
    let is_root = process::output(Path::new("."), &["id", "-u"]).is_ok_and(|id| id.trim() == "0");
    if is_root { Some(&[]) } else { process::succeeds(&["sudo", "-n", "true"]).then_some(&["sudo", "-n"]) }
}

/// Debian keeps the server's programs off the search path, one folder per version.
fn has_postgres() -> bool {
    let both = |folder: &Path| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let on_path = process::on_path("initdb") && process::on_path("postgres");
    on_path || versions.map(|version| version.path().join("bin")).any(|folder| both(&folder))
}

/// Without a font that has Chinese, screenshots show boxes.
fn has_chinese_font() -> bool {
    let listed =
        process::on_path("fc-list").then(|| process::output(Path::new("."), &["fc-list", ":lang=zh", "family"]));
    let by_list = matches!(listed, Some(Ok(fonts)) if !fonts.trim().is_empty());
    by_list || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_a_package_that_a_command_line_can_name() {
        let named =
            |need: &Need| need.package.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(TEST_NEEDS.iter().all(named));
    }
}
