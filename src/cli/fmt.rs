//! `meed fmt`

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::{CliError, Exit};
use super::locate::program_path;
use super::out::is_standard;
use super::output::Output;
use super::source::text;
use super::unified::unified;
use crate::journal::AtomicFile;
use crate::syntax::format;

/// Lay out programs in the one style
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  meed fmt
  meed fmt shop.meed --diff
  meed fmt --check programs/
  cat shop.meed | meed fmt -")]
pub struct FmtArgs {
    /// Files, folders or `-`; every file around the current folder's program without
    #[arg(value_name = "FILE")]
    pub paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 where something would change
    #[arg(long)]
    pub check: bool,
    /// Change nothing; show what would change
    #[arg(long)]
    pub diff: bool,
}

/// A text to be laid out, under the name that messages use.
struct Source {
    name: String,
    /// `None` for the standard input.
    path: Option<PathBuf>,
    text: String,
}

pub(super) fn run(args: &FmtArgs, output: &Output) -> Result<Exit, CliError> {
    let (mut changed, mut failed) = (0_u32, false);
    for source in sources(&args.paths)? {
        let laid_out = match format(&source.text) {
            Ok(text) => text,
            Err(error) => {
                output.error(&format_args!("{}: {error}", source.name));
                failed = true;
                continue;
            }
        };
        let differs = laid_out != source.text;
        changed += u32::from(differs);
        match &source.path {
            _ if args.diff => output.result(&unified(&source.name, &source.text, &laid_out))?,
            _ if args.check && differs => output.result(&format!("{}\n", source.name))?,
            _ if args.check => {}
            None => output.result(&laid_out)?,
            Some(path) if differs => {
                AtomicFile::write_text(path, &laid_out)?;
                output.note(&format_args!("laid out {}", source.name));
            }
            Some(_) => {}
        }
    }
    Ok(match (failed, args.check || args.diff) {
        (true, _) => Exit::Failed,
        (false, true) if changed > 0 => Exit::Found,
        _ => Exit::Nothing,
    })
}

/// The texts that are meant, each once, in order.
fn sources(arguments: &[PathBuf]) -> Result<Vec<Source>, CliError> {
    let read = |path: &Path, error: io::Error| CliError::Read { path: path.display().to_string(), error };
    let mut paths = Vec::new();
    if arguments.is_empty() {
        let current = std::env::current_dir().map_err(|error| read(Path::new("."), error))?;
        paths.push(program_path(None, &current)?);
    }
    paths.extend(arguments.iter().cloned());
    let mut sources = Vec::new();
    for path in paths {
        if is_standard(&path) {
            let text = text(&path)?;
            sources.push(Source { name: "-".to_owned(), path: None, text });
            continue;
        }
        let mut files = Vec::new();
        if path.metadata().map_err(|error| read(&path, error))?.is_dir() {
            for entry in ignore::WalkBuilder::new(&path).sort_by_file_path(Path::cmp).require_git(false).build() {
                let entry = entry.map_err(|error| read(&path, io::Error::other(error)))?;
                let named = entry.path().extension().is_some_and(|extension| extension == "meed");
                if named && entry.file_type().is_some_and(|kind| kind.is_file()) {
                    files.push(entry.into_path());
                }
            }
        } else {
            files.push(path);
        }
        for path in files {
            let text = text(&path)?;
            sources.push(Source { name: path.display().to_string(), path: Some(path), text });
        }
    }
    Ok(sources)
}
