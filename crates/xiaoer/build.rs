//! Embeds what lies in `web/dist` (made by `cargo xtask web`); without it a one-page notice, so that no Rust build needs Node.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let dist = root.join("web/dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    collect(&dist, &dist, &mut files);
    files.sort();
    let mut table = String::from("pub(crate) static ASSETS: &[xr_web::Asset] = &[\n");
    for (path, file) in &files {
        let raw = fs::read(file).unwrap_or_default();
        let name = |ending: &str| PathBuf::from(format!("{}{ending}", file.display()));
        let packed = |ending: &str| {
            let file = name(ending);
            if file.is_file() {
                format!("Some(include_bytes!({:?}))", file.display().to_string())
            } else {
                "None".into()
            }
        };
        let _ = writeln!(
            table,
            "xr_web::Asset {{ path: {path:?}, etag: {:?}, media_type: {:?}, raw: include_bytes!({:?}), gzip: {}, br: {} }},",
            format!("\"{:016x}\"", fnv(&raw)),
            media_type(path),
            file.display().to_string(),
            packed(".gz"),
            packed(".br"),
        );
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("assets.rs");
    if let Err(error) = fs::write(&out, table) {
        println!("cargo:warning=assets: {error}");
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|e| e.path()) {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        if path.is_dir() {
            collect(root, &path, files);
        } else if ending != "gz" && ending != "br" && ending != "map" {
            let relative = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            files.push((format!("/{relative}"), path));
        }
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}

/// FNV-1a: a fingerprint for caches, no secret.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
