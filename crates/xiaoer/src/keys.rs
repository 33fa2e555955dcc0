//! Which keys open sealed fields: a master key from a file or the environment, and the installation's secret.
//!
//! Each of them is a keeper with a slot of its own (`xr_store::sealing`): either opens the market. The secret is what a restored
//! backup is opened with on another machine, where the file of the first is not.

pub mod http;

use crate::config::{Settings, SettingsError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xr_store::sealing::{KEY_FILE, Keeper, MasterKey};
use xr_store::{Sealing, make_folder};
use xr_web::Entropy;
use zeroize::Zeroizing;

/// Environment variable with a master key: what follows the first word of a key file.
pub const KEY_VARIABLE: &str = "XIAOER_MASTER_KEY";
/// What a key file begins with.
const MARK: &str = "xiaoer-master-key-1";

type Key = Zeroizing<[u8; 32]>;

/// The keys at hand, for the fields of every capability. The key file is made when it is absent.
///
/// # Errors
/// [`SettingsError::Read`] when the file cannot be read or made, [`SettingsError::BadKey`] when it holds no key.
pub fn sealing(settings: &Settings, entropy: Arc<dyn Entropy>) -> Result<Sealing, SettingsError> {
    if settings.master_key.is_none() {
        of_file(&file(settings), entropy.as_ref())?;
    }
    let keepers = at_hand(settings)?;
    let entropy = Arc::new(move |bytes: &mut [u8]| entropy.fill(bytes));
    Ok(Sealing { keepers, entropy, fields: crate::wiring::sealed_fields(), files: crate::wiring::sealed_files() })
}

/// What opens a database that exists; nothing is made.
///
/// # Errors
/// As [`sealing`].
pub fn at_hand(settings: &Settings) -> Result<Vec<Arc<dyn Keeper>>, SettingsError> {
    let master = match &settings.master_key {
        Some(text) => Some(parsed(text).ok_or_else(|| SettingsError::BadKey(KEY_VARIABLE.to_owned()))?),
        None => Some(file(settings)).filter(|path| path.exists()).map(|path| read(&path)).transpose()?,
    };
    let keeper = |kind: &str, key: &[u8; 32]| Arc::new(MasterKey::new(kind, key)) as Arc<dyn Keeper>;
    let master = master.map(|key| keeper("key", &key));
    Ok(master.into_iter().chain(settings.key().ok().map(|secret| keeper("secret", &secret))).collect())
}

/// The same keys every time, which protect nothing: for markets that are thrown away.
pub fn repeatable() -> Sealing {
    Sealing { files: crate::wiring::sealed_files(), ..Sealing::repeatable(crate::wiring::sealed_fields()) }
}

/// A keeper of the key in `path`, which must be there.
///
/// # Errors
/// As [`sealing`].
pub fn keeper_of(path: &Path) -> Result<MasterKey, SettingsError> {
    let key = read(path)?;
    Ok(MasterKey::new("key", &key))
}

fn file(settings: &Settings) -> PathBuf {
    let folder = || settings.data.clone().unwrap_or_else(|| PathBuf::from("data"));
    settings.master_key_file.clone().unwrap_or_else(|| folder().join(KEY_FILE))
}

fn of_file(path: &Path, entropy: &dyn Entropy) -> Result<Key, SettingsError> {
    if !path.exists() {
        make(path, entropy)?;
    }
    read(path)
}

fn read(path: &Path) -> Result<Key, SettingsError> {
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|e| SettingsError::Read(path.to_owned(), e))?);
    let key = text.trim().strip_prefix(MARK).and_then(parsed);
    key.ok_or_else(|| SettingsError::BadKey(path.display().to_string()))
}

fn parsed(text: &str) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
    let mut key = Zeroizing::new([0; 32]);
    (bytes.len() == key.len()).then(|| key.copy_from_slice(&bytes))?;
    Some(key)
}

/// Makes a key file for its owner alone. It appears whole or not at all, and never in the place of another.
fn make(path: &Path, entropy: &dyn Entropy) -> Result<(), SettingsError> {
    let fail = |e| SettingsError::Read(path.to_owned(), e);
    let mut key = Zeroizing::new([0; 32]);
    if !entropy.fill(key.as_mut_slice()) {
        return Err(fail(std::io::Error::other("the source of randomness failed")));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(folder).map_err(fail)?;
    let growing = folder.join(format!(".{KEY_FILE}.{}", std::process::id()));
    let written = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&growing)?;
        let line = Zeroizing::new(format!("{MARK} {}\n", STANDARD.encode(key.as_slice())));
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&growing, path) {
            // Another process was faster: its key is the one.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }?;
        fs::remove_file(&growing)?;
        File::open(folder)?.sync_all()
    };
    written().map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    struct Counting(u8);
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) -> bool {
            bytes.fill(self.0);
            self.0 > 0
        }
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/master.key");
        assert_eq!(*of_file(&path, &Counting(3)).unwrap(), [3; 32]);
        assert_eq!(*of_file(&path, &Counting(4)).unwrap(), [3; 32], "the first one stays");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
        assert_eq!(keeper_of(&path).unwrap().name(), MasterKey::new("key", &[3; 32]).name());
    }

    #[test]
    fn what_is_no_key_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        for text in ["", "hello", "xiaoer-master-key-1 AAAA", "xiaoer-master-key-1"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(of_file(&path, &Counting(3)), Err(SettingsError::BadKey(_))), "{text:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn without_randomness_there_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        assert!(of_file(&folder.path().join("master.key"), &Counting(0)).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
