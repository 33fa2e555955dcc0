//! Crates use lower levels only: docs/edges.toml against every manifest.

use super::Finding;
use super::repo::Repo;
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = "docs/edges.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edges {
    level: Vec<Level>,
}

/// Crates that do not know one another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Level {
    /// Folders under crates/.
    crates: Vec<String>,
    /// Whether they may be used by tests only.
    #[serde(default)]
    dev_only: bool,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    package: Package,
    #[serde(default)]
    dependencies: toml::Table,
    #[serde(default, rename = "build-dependencies")]
    build_dependencies: toml::Table,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
}

/// Where a crate stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    level: usize,
    dev_only: bool,
}

/// Every crate has a level and depends on lower ones.
pub(crate) fn levels(repo: &Repo) -> Vec<Finding> {
    let Some(text) = repo.text(FILE) else { return Vec::new() };
    let edges: Edges = match toml::from_str(text) {
        Ok(edges) => edges,
        Err(error) => {
            return vec![Finding::new("levels", FILE, 1, format!("not a list of levels: {}", error.message()))];
        }
    };
    let mut findings = Vec::new();
    let mut crates = BTreeMap::new();
    for (path, text) in manifests(repo) {
        match (toml::from_str::<Manifest>(text), place(&edges, path)) {
            (Ok(manifest), Some(place)) => {
                crates.insert(manifest.package.name.clone(), (path, text, manifest, place));
            }
            (Ok(_), None) => {
                findings.push(Finding::new("levels", path, 1, format!("{FILE} gives this crate no level")));
            }
            (Err(error), _) => findings.push(Finding::new("levels", path, 1, error.message())),
        }
    }
    for (path, text, manifest, from) in crates.values() {
        for name in manifest.dependencies.keys().chain(manifest.build_dependencies.keys()) {
            let Some((_, _, _, to)) = crates.get(name) else { continue };
            let message = match (to.dev_only, to.level < from.level) {
                (true, _) => format!("`{name}` may stand in [dev-dependencies] only"),
                (false, false) => format!("`{name}` is not on a lower level"),
                (false, true) => continue,
            };
            let starts = |line: &str| line.split(['.', '=', ' ']).next() == Some(name);
            let line = text.lines().position(starts).map_or(1, |index| index + 1);
            findings.push(Finding::new("levels", path, line, message));
        }
    }
    findings
}

fn manifests(repo: &Repo) -> impl Iterator<Item = (&str, &str)> {
    repo.texts().filter(|(path, _)| path.starts_with("crates/") && path.ends_with("/Cargo.toml"))
}

fn place(edges: &Edges, manifest: &str) -> Option<Place> {
    let folder = manifest.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    let level = edges.level.iter().position(|level| level.crates.iter().any(|name| name == folder))?;
    Some(Place { level, dev_only: edges.level[level].dev_only })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGES: &str = "[[level]]\ncrates = [\"kernel/base\"]\n[[level]]\ncrates = [\"orders\", \"crm\"]\n\
                         [[level]]\ncrates = [\"testkit\"]\ndev_only = true";

    fn manifest(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n{rest}\n")
    }

    fn check(orders: &str) -> Vec<(usize, String)> {
        let repo = Repo::of(&[
            (FILE, EDGES),
            ("crates/kernel/base/Cargo.toml", &manifest("xr-base", "")),
            ("crates/crm/Cargo.toml", &manifest("xr-crm", "")),
            ("crates/testkit/Cargo.toml", &manifest("xr-testkit", "[dependencies]\nxr-orders.workspace = true")),
            ("crates/orders/Cargo.toml", &manifest("xr-orders", orders)),
        ]);
        levels(&repo).into_iter().map(|finding| (finding.line, finding.message)).collect()
    }

    #[test]
    fn lower_levels_and_dev_dependencies_are_allowed() {
        let fine =
            "[dependencies]\nserde = \"1\"\nxr-base.workspace = true\n[dev-dependencies]\nxr-testkit.workspace = true";
        assert!(check(fine).is_empty());
    }

    #[test]
    fn the_own_level_is_refused_with_its_line() {
        let found = check("[dependencies]\nxr-base.workspace = true\nxr-crm = { workspace = true }");
        assert_eq!(found, [(5, "`xr-crm` is not on a lower level".to_owned())]);
        assert_eq!(check("[build-dependencies]\nxr-crm.workspace = true").len(), 1);
    }

    #[test]
    fn the_test_kit_never_ships() {
        let found = check("[dependencies]\nxr-testkit.workspace = true");
        assert_eq!(found, [(4, "`xr-testkit` may stand in [dev-dependencies] only".to_owned())]);
    }

    #[test]
    fn a_crate_without_level_and_a_broken_list_are_refused() {
        let repo = Repo::of(&[(FILE, EDGES), ("crates/voice/Cargo.toml", &manifest("xr-voice", ""))]);
        assert!(levels(&repo)[0].message.contains("no level"));
        assert!(levels(&Repo::of(&[(FILE, "[[levels]]")]))[0].message.contains("not a list of levels"));
    }
}
