//! Settings: a TOML file, overridden by the command line; the secret also from the environment.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xr_base::calendar::{DayTable, DayTables, LoadError};
use xr_store::Location;

/// Environment variable with the installation's secret.
pub const SECRET_VARIABLE: &str = "XIAOER_SECRET";
/// Region of the days in a CSV file, and of the `calendar` commands.
pub const REGION: &str = "cn";
/// Shortest secret accepted, in bytes.
const SECRET_BYTES_MIN: usize = 16;

/// The settings file. Every key is optional; unknown keys are refused.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Folder of the embedded database.
    pub data: Option<PathBuf>,
    /// `postgres://…` instead of a folder.
    pub database: Option<String>,
    /// Address to listen on.
    pub listen: Option<String>,
    /// Where browsers reach the server.
    pub public_url: Option<String>,
    /// Secret of the installation, at least 16 bytes.
    pub secret: Option<String>,
    /// File with the master key of sealed fields, made when it is absent; else `master.key` in the data folder.
    pub master_key_file: Option<PathBuf>,
    /// The master key itself: from the environment alone.
    #[serde(skip)]
    pub master_key: Option<String>,
    /// Whether a reverse proxy stands in front.
    #[serde(default)]
    pub is_behind_proxy: bool,
    /// Name of the payment provider of new orders.
    pub payment_provider: Option<String>,
    /// MiB that files of imports may take, for each organisation.
    pub import_quota_mib: Option<u32>,
    /// How far webhooks may go: `public` or `anywhere`.
    #[serde(default)]
    pub webhooks_reach: xr_webhooks::Reach,
    /// Secrets that providers and carriers sign their notices with.
    #[serde(default)]
    pub notice_secrets: BTreeMap<String, String>,
    /// Day tables beside the shipped ones, TOML as those or CSV (`date,kind`) of mainland China: the days of a year that was
    /// announced, or corrected. A year in both is taken from here.
    #[serde(default)]
    pub day_tables: Vec<PathBuf>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// The file is not what it should be.
    #[error("{0}: {1}")]
    Parse(PathBuf, Box<toml::de::Error>),
    /// Both a folder and a database were given.
    #[error("give either --data or --database, not both")]
    TwoPlaces,
    /// A day table cannot be used.
    #[error("{0}: {1}")]
    Days(PathBuf, LoadError),
    /// No master key where one was said to be.
    #[error("{0} holds no master key: 32 bytes in base64 are wanted")]
    BadKey(String),
    /// No secret in production.
    #[error("a secret of at least 16 bytes is needed: set {SECRET_VARIABLE} or `secret` in the settings file")]
    NoSecret,
}

impl Settings {
    /// Reads the file.
    ///
    /// # Errors
    /// [`SettingsError::Read`] or [`SettingsError::Parse`].
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|e| SettingsError::Read(path.to_owned(), e))?;
        toml::from_str(&text).map_err(|e| SettingsError::Parse(path.to_owned(), Box::new(e)))
    }

    /// Where the data lies: the database if one is given, else the folder, else `./data`.
    ///
    /// # Errors
    /// [`SettingsError::TwoPlaces`].
    pub fn location(&self) -> Result<Location, SettingsError> {
        match (&self.data, &self.database) {
            (Some(_), Some(_)) => Err(SettingsError::TwoPlaces),
            (_, Some(url)) => Ok(Location::Postgres(url.clone())),
            (Some(folder), None) => Ok(Location::Folder(folder.clone())),
            (None, None) => Ok(Location::Folder(PathBuf::from("data"))),
        }
    }

    /// Bytes that files of imports may take, for each organisation.
    pub fn import_bytes(&self) -> u64 {
        self.import_quota_mib.map_or(xr_imports::UPLOAD_BYTES, |mib| u64::from(mib) << 20)
    }

    /// The shipped day tables with those of the settings.
    ///
    /// # Errors
    /// [`SettingsError::Read`] or [`SettingsError::Days`].
    pub fn days(&self) -> Result<DayTables, SettingsError> {
        let mut days = DayTables::shipped().clone();
        for path in &self.day_tables {
            let text = std::fs::read_to_string(path).map_err(|e| SettingsError::Read(path.clone(), e))?;
            let is_csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
            let table = if is_csv { DayTable::from_csv(REGION, &text) } else { DayTable::from_toml(&text) };
            days.add(&table.map_err(|e| SettingsError::Days(path.clone(), e))?);
        }
        Ok(days)
    }

    /// The installation's key, derived from its secret.
    ///
    /// # Errors
    /// [`SettingsError::NoSecret`] without one of at least 16 bytes.
    pub fn key(&self) -> Result<[u8; 32], SettingsError> {
        let secret = self.secret.as_ref().filter(|s| s.len() >= SECRET_BYTES_MIN).ok_or(SettingsError::NoSecret)?;
        Ok(Sha256::digest(secret.as_bytes()).into())
    }
}
