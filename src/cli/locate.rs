//! Finds the program that is meant.

use std::io;
use std::path::{Path, PathBuf};

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
    #[error("there is no `.meed` file in `{0}`")]
    None(String),
    /// Neither the current folder nor those around it have a program.
    #[error("there is no `.meed` file in `{0}` or the folders around it: name the program")]
    Nowhere(String),
    /// A folder has several programs.
    #[error("`{folder}` has several programs: name one of {}", .programs.join(", "))]
    Several {
        /// The folder.
        folder: String,
        /// The names of the files.
        programs: Vec<String>,
    },
}

/// The file of the program that an argument names: the file itself, or the one of a folder (`main.meed`, the only one, or the only one that
/// declares a program). Without an argument, that of `current` or the nearest folder around it.
///
/// # Errors
/// [`LocateError`] where there is none, or where it is not clear which.
pub fn program_path(argument: Option<&Path>, current: &Path) -> Result<PathBuf, LocateError> {
    let Some(path) = argument else {
        for folder in current.ancestors() {
            if let Some(found) = in_folder(folder)? {
                return Ok(found);
            }
        }
        return Err(LocateError::Nowhere(current.display().to_string()));
    };
    let unreadable = |error| LocateError::Unreadable { path: path.display().to_string(), error };
    if path.metadata().map_err(unreadable)?.is_dir() {
        return in_folder(path)?.ok_or_else(|| LocateError::None(path.display().to_string()));
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
    named || (path.is_dir() && matches!(in_folder(path), Ok(Some(_)) | Err(LocateError::Several { .. })))
}

fn in_folder(folder: &Path) -> Result<Option<PathBuf>, LocateError> {
    let unreadable = |error| LocateError::Unreadable { path: folder.display().to_string(), error };
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with(".meed") && !name.ends_with(".test.meed") && !name.starts_with('.') && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    if found.len() > 1 {
        if let Some(main) = found.iter().find(|path| path.file_name().is_some_and(|name| name == "main.meed")) {
            return Ok(Some(main.clone()));
        }
        let declaring: Vec<PathBuf> = found.iter().filter(|path| declares_program(path)).cloned().collect();
        if !declaring.is_empty() {
            found = declaring;
        }
    }
    if found.len() > 1 {
        let name =
            |path: &PathBuf| format!("`{}`", path.file_name().and_then(|name| name.to_str()).unwrap_or_default());
        let programs = found.iter().map(name).collect();
        return Err(LocateError::Several { folder: folder.display().to_string(), programs });
    }
    Ok(found.pop())
}

/// Whether a file has a line that begins a `program` block.
fn declares_program(path: &Path) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    text.split(|byte| *byte == b'\n').any(|line| line.trim_ascii_start().starts_with(b"program "))
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
        write("shop/shop.meed", "program \"Shop\" {\n}\n");
        write("shop/shop.test.meed", "scenario \"x\" {\n}\n");
        let shop = root.join("shop/shop.meed");
        assert_eq!(program_path(None, &folder).unwrap(), shop);
        assert_eq!(program_path(Some(&root.join("shop")), &root).unwrap(), shop);
        write("shop/common.meed", "unit points {\n}\n");
        assert_eq!(program_path(None, &folder).unwrap(), shop);
        write("shop/other.meed", "program \"Other\" {\n}\n");
        let error = program_path(None, &folder).unwrap_err().to_string();
        assert!(error.ends_with("has several programs: name one of `other.meed`, `shop.meed`"), "{error}");
        write("shop/main.meed", "import \"other.meed\"\n");
        assert_eq!(program_path(None, &folder).unwrap(), root.join("shop/main.meed"));
        let events = [PathBuf::from("a.jsonl")];
        assert_eq!(split_program(&events, &folder).unwrap().1.len(), 1);
        let both = [root.join("shop"), PathBuf::from("a.jsonl")];
        assert_eq!(split_program(&both, &root).unwrap(), (root.join("shop/main.meed"), &both[1..]));
        assert!(program_path(Some(&root.join("shop/deep")), &root).is_err());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
