//! Programs as they were in an earlier revision of a git repository: `git:REVISION:PATH`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::CliError;
use super::load::{load, told};
use super::output::Output;
use crate::hir::Program;
use crate::program::{Loaded, Reader};

/// A program on disk, or in a revision.
pub(super) fn load_any(named: &Path, output: &Output) -> Result<Loaded, CliError> {
    let text = named.to_string_lossy();
    let Some(rest) = text.strip_prefix("git:") else { return load(named, output) };
    let Some((revision, path)) =
        rest.split_once(':').filter(|(revision, path)| !revision.is_empty() && !path.is_empty())
    else {
        let form = "a program in a revision is named `git:REVISION:PATH`, such as `git:main:shop.meed`";
        return Err(CliError::Usage(format!("`{text}`: {form}")));
    };
    let reader = Revision { revision: revision.to_owned() };
    if let Err(reason) = reader.git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]) {
        return Err(CliError::Usage(format!("`{text}`: git does not know `{revision}`{}", because(&reason))));
    }
    told(Program::from_reader(Path::new(path), &reader), &text, output)
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

/// Files of a revision.
struct Revision {
    revision: String,
}

impl Revision {
    /// What git says; the error is its last line.
    fn git(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let output = Command::new("git").args(arguments).output().map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(said.lines().last().unwrap_or_default().trim_start_matches("fatal: ").to_owned())
    }

    /// The name of a path in the revision, seen from the current folder.
    fn object(&self, path: &Path) -> String {
        let path = path.to_string_lossy().replace('\\', "/");
        let path = path.trim_start_matches("./").trim_end_matches('/');
        format!("{}:./{}", self.revision, if path == "." { "" } else { path })
    }
}

impl Reader for Revision {
    fn text(&self, path: &Path) -> Result<String, String> {
        let bytes = self.git(&["show", &self.object(path)])?;
        crate::source::decoded(bytes)
    }

    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, String> {
        // A folder shown is its name, an empty line, and the names in it.
        let shown = self.git(&["show", &self.object(path)])?;
        let names = String::from_utf8(shown).map_err(|_| "a name in it is not UTF-8".to_owned())?;
        let programs = names.lines().skip(2).filter(|name| name.ends_with(".meed"));
        let mut files: Vec<PathBuf> = programs.map(|name| path.join(name)).collect();
        files.sort();
        Ok(files)
    }

    fn exists(&self, path: &Path) -> bool {
        self.git(&["cat-file", "-t", &self.object(path)]).is_ok_and(|kind| kind.starts_with(b"blob"))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.git(&["cat-file", "-t", &self.object(path)]).is_ok_and(|kind| kind.starts_with(b"tree"))
    }

    fn identity(&self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }
}
