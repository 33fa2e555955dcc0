//! A disk that loses power, fills up, becomes read-only or kills a program in a chosen write; and a clock that jumps.
//!
//! `disk/disk.c` stands between a program and the C library ([`Disk::under`]). It keeps apart what was synced, files and
//! names both; [`Disk::cut`] then leaves of the folder what a power cut may leave.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// A disk writes so many bytes whole or not at all.
const SECTOR: usize = 512;

/// What the disk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It works.
    Good,
    /// Every write finds it full.
    Full,
    /// Every write finds it read-only.
    ReadOnly,
}

/// A folder that stands for a whole disk.
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// An empty disk below `folder`.
    ///
    /// # Errors
    /// The file system's.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let disk = Self { folder: tempfile::tempdir_in(folder.canonicalize()?)? };
        fs::create_dir(disk.root())?;
        fs::write(disk.path("clock"), 0_i64.to_ne_bytes())?;
        disk.turn(Health::Good)?;
        disk.keep_all()?;
        Ok(disk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder as programs see it.
    pub fn root(&self) -> PathBuf {
        self.path("root")
    }

    /// Puts `program` above this disk; one at a time, and nothing else writes below the root meanwhile.
    ///
    /// # Errors
    /// No C compiler.
    pub fn under(&self, program: &mut Command) -> io::Result<()> {
        program.env("LD_PRELOAD", library()?).env("DISK_ROOT", self.root()).env("DISK_KEPT", self.path("kept"));
        program.env("DISK_STATE", self.path("state")).env("DISK_CLOCK", self.path("clock"));
        Ok(())
    }

    /// From now on the disk is so.
    ///
    /// # Errors
    /// The file system's.
    pub fn turn(&self, health: Health) -> io::Result<()> {
        let state: &[u8] = match health {
            Health::Good => b" ",
            Health::Full => b"f",
            Health::ReadOnly => b"r",
        };
        fs::write(self.path("state"), state)
    }

    /// From now on the wall clock of the program is wrong by so many milliseconds.
    ///
    /// # Errors
    /// The file system's.
    pub fn clock_wrong_by(&self, millis: i64) -> io::Result<()> {
        // The program has the file mapped: its bytes change, not the file.
        let mut file = fs::File::options().write(true).open(self.path("clock"))?;
        io::Write::write_all(&mut file, &(millis * 1_000_000).to_ne_bytes())
    }

    /// The power was cut when the program died: what was synced is left, and of what `lucky` files were written otherwise every sector that
    /// `luck` gives true for.
    ///
    /// # Errors
    /// The file system's.
    pub fn cut(&self, lucky: &[&str], luck: &mut dyn FnMut() -> bool) -> io::Result<()> {
        let (dead, left) = (self.root(), self.path("left"));
        fs::create_dir(&left)?;
        let names = fs::read_to_string(self.path("kept").join("names"))?;
        let names: BTreeMap<PathBuf, &str> = names.lines().filter_map(|line| split(line, &dead)).collect();
        // A folder comes before what lies in it; what lies in a folder that is lost is lost.
        for (name, id) in &names {
            let target = left.join(name);
            if !target.parent().is_some_and(Path::is_dir) {
                continue;
            }
            if id.starts_with('-') {
                fs::create_dir(&target)?;
                continue;
            }
            let synced = fs::read(self.path("kept").join("files").join(id)).or_else(absent)?;
            let is_lucky = lucky.iter().any(|l| name.as_path() == Path::new(l));
            let written = if is_lucky { fs::read(dead.join(name)).or_else(absent)? } else { vec![] };
            fs::write(&target, mixed(synced, &written, luck))?;
        }
        fs::remove_dir_all(&dead)?;
        fs::rename(&left, &dead)?;
        self.keep_all()
    }

    /// Everything that is there now counts as synced; before a program starts that was not killed by a cut.
    ///
    /// # Errors
    /// The file system's.
    pub fn keep_all(&self) -> io::Result<()> {
        let (kept, root) = (self.path("kept"), self.root());
        fs::remove_dir_all(&kept).or_else(|error| absent(error).map(|_| ()))?;
        fs::create_dir_all(kept.join("files"))?;
        let (mut names, mut folders, mut last) = (Vec::new(), vec![root], 0);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                last += 1;
                if path.is_dir() {
                    names.push(format!("-{last} {}\n", path.display()));
                    folders.push(path);
                } else if !path.to_string_lossy().ends_with("-shm") {
                    fs::copy(&path, kept.join("files").join(last.to_string()))?;
                    names.push(format!("{last} {}\n", path.display()));
                }
            }
        }
        fs::write(kept.join("names"), names.concat())
    }
}

fn split<'n>(line: &'n str, root: &Path) -> Option<(PathBuf, &'n str)> {
    let (id, path) = line.split_once(' ')?;
    Some((Path::new(path).strip_prefix(root).ok()?.to_owned(), id))
}

fn absent(error: io::Error) -> io::Result<Vec<u8>> {
    if error.kind() == io::ErrorKind::NotFound { Ok(vec![]) } else { Err(error) }
}

/// Sector by sector.
fn mixed(mut synced: Vec<u8>, written: &[u8], luck: &mut dyn FnMut() -> bool) -> Vec<u8> {
    for (at, sector) in (0..).step_by(SECTOR).zip(written.chunks(SECTOR)) {
        let end = at + sector.len();
        if synced.get(at..end) != Some(sector) && luck() {
            if synced.len() < end {
                synced.resize(end, 0);
            }
            synced[at..end].copy_from_slice(sector);
        }
    }
    synced
}

/// The compiled library, made once by each process.
fn library() -> io::Result<PathBuf> {
    static MADE: OnceLock<Result<TempDir, String>> = OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("disk/disk.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-O1", "-shared", "-fPIC", "-o"]).arg(folder.path().join("disk.so")).arg(source);
        let ended = compiler.args(["-ldl", "-lpthread"]).output().map_err(|e| format!("cc: {e}"))?;
        if ended.status.success() { Ok(folder) } else { Err(String::from_utf8_lossy(&ended.stderr).into_owned()) }
    };
    match MADE.get_or_init(make) {
        Ok(folder) => Ok(folder.path().join("disk.so")),
        Err(why) => Err(io::Error::other(why.clone())),
    }
}
