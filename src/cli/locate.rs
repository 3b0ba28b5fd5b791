//! Finds the program that is meant.

use std::io;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::out::is_standard;

/// Why no program was found.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    /// The path cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Unreadable {
        /// As it was named.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A folder has no program.
    #[error("`{0}` has no `.meed` file with a `program` block")]
    None(String),
    /// Neither the current folder nor those around it have a program.
    #[error("neither `{0}` nor a folder around it has a `.meed` file with a `program` block: name the program")]
    Nowhere(String),
}

/// The program that an argument names: a file, or a folder with the versions of one. Without an argument it is `current`, or the nearest folder
/// around it, that has a file with a `program` block.
///
/// # Errors
/// [`LocateError`] where there is none.
pub fn program_path(argument: Option<&Path>, current: &Path) -> Result<PathBuf, LocateError> {
    let Some(path) = argument else {
        let found = current.ancestors().find(|folder| has_program(folder));
        return found.map(Path::to_owned).ok_or_else(|| LocateError::Nowhere(current.display().to_string()));
    };
    let unreadable = |error| LocateError::Unreadable { path: path.display().to_string(), error };
    if path.metadata().map_err(unreadable)?.is_dir() && !has_program(path) {
        return Err(LocateError::None(path.display().to_string()));
    }
    Ok(path.to_owned())
}

/// Takes the program from the front of a list of arguments where the first is one; otherwise it is that around `current`.
///
/// # Errors
/// [`LocateError`] where there is none.
pub fn split_program<'a>(arguments: &'a [PathBuf], current: &Path) -> Result<(PathBuf, &'a [PathBuf]), LocateError> {
    match arguments.split_first() {
        Some((first, rest)) if is_program(first) => Ok((program_path(Some(first), current)?, rest)),
        _ => Ok((program_path(None, current)?, arguments)),
    }
}

fn is_program(path: &Path) -> bool {
    let named = path.extension().is_some_and(|extension| extension == "meed");
    named || has_program(path)
}

/// Whether a folder has a file with a `program` block.
pub(super) fn has_program(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        path.extension().is_some_and(|extension| extension == "meed") && path.is_file() && declares_program(&path)
    })
}

/// Whether a file has a line that begins a `program` block.
fn declares_program(path: &Path) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    text.split(|byte| *byte == b'\n').any(|line| line.trim_ascii_start().starts_with(b"program "))
}

/// The programs that are meant: of a folder without one, those of the folders in it.
pub(super) fn programs(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let read = |path: &Path, error: io::Error| CliError::Read { path: path.display().to_string(), error };
    if arguments.is_empty() {
        let current = std::env::current_dir().map_err(|error| read(Path::new("."), error))?;
        return Ok(vec![program_path(None, &current)?]);
    }
    let mut programs = Vec::new();
    for argument in arguments {
        if is_standard(argument) || !argument.metadata().map_err(|error| read(argument, error))?.is_dir() {
            programs.push(argument.clone());
            continue;
        }
        let before = programs.len();
        for entry in ignore::WalkBuilder::new(argument).sort_by_file_path(Path::cmp).require_git(false).build() {
            let entry = entry.map_err(|error| read(argument, io::Error::other(error)))?;
            if entry.file_type().is_some_and(|kind| kind.is_dir()) && has_program(entry.path()) {
                programs.push(entry.into_path());
            }
        }
        if programs.len() == before {
            return Err(LocateError::None(argument.display().to_string()).into());
        }
    }
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_program_that_is_meant() {
        let root = std::env::temp_dir().join(format!("meed-locate-{}", std::process::id()));
        let folder = root.join("shop/deep/deeper");
        std::fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: &str| std::fs::write(root.join(name), text).unwrap();
        write("shop/shop.test.meed", "scenario \"x\" {\n}\n");
        let shop = root.join("shop");
        assert!(program_path(Some(&shop), &root).is_err());
        write("shop/shop.meed", "# rules\nprogram \"Shop\" {\n}\n");
        assert_eq!(program_path(None, &folder).unwrap(), shop);
        assert_eq!(program_path(Some(&shop), &root).unwrap(), shop);
        assert_eq!(program_path(Some(&shop.join("shop.meed")), &root).unwrap(), shop.join("shop.meed"));
        let events = [PathBuf::from("a.jsonl")];
        assert_eq!(split_program(&events, &folder).unwrap(), (shop.clone(), &events[..]));
        let both = [shop.clone(), PathBuf::from("a.jsonl")];
        assert_eq!(split_program(&both, &root).unwrap(), (shop, &both[1..]));
        assert!(program_path(Some(&root.join("shop/deep")), &root).is_err());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
