//! The files of a program: each is read once, imports are followed.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{self, FileId, Sources};
use crate::syntax::ast::Item;
use crate::syntax::{self, ast};

/// Where texts come from.
pub trait Reader {
    /// The text of a file; the error is a reason in plain words.
    fn text(&self, path: &Path) -> Result<String, String>;
    /// The programs in a folder, in order of name.
    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, String>;
    /// Whether there is such a file.
    fn exists(&self, path: &Path) -> bool;
    /// Whether there is such a folder.
    fn is_folder(&self, path: &Path) -> bool;
    /// One path for all ways to write it.
    fn identity(&self, path: &Path) -> PathBuf;
}

/// Files on disk.
pub(super) struct Disk;

impl Reader for Disk {
    fn text(&self, path: &Path) -> Result<String, String> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(syntax::MAX_FILE).unwrap_or(u64::MAX);
        let file = std::fs::File::open(path).map_err(|error| reason(&error))?;
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| reason(&error))?;
        if bytes.len() > syntax::MAX_FILE {
            return Err(format!("it is larger than {} bytes", syntax::MAX_FILE));
        }
        source::decoded(bytes)
    }
    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, String> {
        let entries = std::fs::read_dir(path).map_err(|error| reason(&error))?;
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| reason(&error))?.path();
            if file.is_file() && file.extension().is_some_and(|extension| extension == "meed") {
                files.push(file);
            }
        }
        files.sort();
        Ok(files)
    }
    fn exists(&self, path: &Path) -> bool {
        path.is_file()
    }
    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }
    fn identity(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
    }
}

/// Files on disk, one of them as if it held another text.
#[derive(Debug, Clone, Copy)]
pub struct Edited<'t> {
    /// The file, as messages name it.
    pub name: &'t str,
    /// Its text.
    pub text: &'t str,
}

impl Reader for Edited<'_> {
    fn text(&self, path: &Path) -> Result<String, String> {
        if name_of(path) == self.name { Ok(self.text.to_owned()) } else { Disk.text(path) }
    }
    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, String> {
        Disk.list(path)
    }
    fn exists(&self, path: &Path) -> bool {
        Disk.exists(path)
    }
    fn is_folder(&self, path: &Path) -> bool {
        Disk.is_folder(path)
    }
    fn identity(&self, path: &Path) -> PathBuf {
        Disk.identity(path)
    }
}

/// No files at all, for programs that are given as text.
pub(super) struct Nowhere;

impl Reader for Nowhere {
    fn text(&self, _: &Path) -> Result<String, String> {
        Err("a program that is given as text has no files beside it".to_owned())
    }
    fn list(&self, path: &Path) -> Result<Vec<PathBuf>, String> {
        self.text(path).map(|_| Vec::new())
    }
    fn exists(&self, _: &Path) -> bool {
        false
    }
    fn is_folder(&self, _: &Path) -> bool {
        false
    }
    fn identity(&self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "reading it is not allowed".to_owned(),
        _ => error.to_string(),
    }
}

/// Texts as trees, each with its identifier.
pub(super) type Trees = Vec<(FileId, ast::File)>;

/// The texts read so far, as trees.
pub(super) struct Files<'r> {
    reader: &'r dyn Reader,
    sources: Sources,
    trees: Trees,
    known: BTreeMap<PathBuf, FileId>,
    messages: Vec<Diagnostic>,
}

impl<'r> Files<'r> {
    pub fn new(reader: &'r dyn Reader) -> Self {
        Self { reader, sources: Sources::default(), trees: Vec::new(), known: BTreeMap::new(), messages: Vec::new() }
    }
    pub fn reader(&self) -> &'r dyn Reader {
        self.reader
    }
    /// Adds a text by a name.
    pub fn add(&mut self, name: &str, text: &str) -> FileId {
        let text = source::line_ends(text);
        let file = self.sources.add(name, &*text);
        let (tree, messages) = syntax::parse(file, &text);
        self.trees.push((file, tree));
        self.messages.extend(messages);
        file
    }
    /// Adds a name without a text, for messages about it.
    pub fn blank(&mut self, name: &str) -> FileId {
        self.sources.add(name, "")
    }
    /// Reads a file, if that has not been done.
    pub fn read(&mut self, path: &Path) -> Result<FileId, String> {
        let identity = self.reader.identity(path);
        if let Some(known) = self.known.get(&identity) {
            return Ok(*known);
        }
        let text = self.reader.text(path)?;
        let file = self.add(&name_of(path), &text);
        self.known.insert(identity, file);
        Ok(file)
    }
    fn tree(&self, file: FileId) -> Option<&ast::File> {
        self.trees.iter().find(|(id, _)| *id == file).map(|(_, tree)| tree)
    }
    /// The `program` block of a file.
    pub fn program_of(&self, file: FileId) -> Option<&ast::Program> {
        self.tree(file).and_then(super::program_block)
    }
    /// A file and everything that it imports, itself first.
    pub fn closure(&mut self, root: FileId) -> Vec<FileId> {
        let mut all = Vec::new();
        self.follow(root, &mut Vec::new(), &mut all);
        all
    }
    fn follow(&mut self, file: FileId, way: &mut Vec<FileId>, all: &mut Vec<FileId>) {
        all.push(file);
        way.push(file);
        let imports: Vec<ast::Import> = self.tree(file).map(imports).unwrap_or_default();
        for import in imports {
            let span = import.path.at.0;
            let path = beside(&self.sources.file(file).name, &import.path.value);
            match self.read(&path) {
                Err(reason) => {
                    let message = format!("`{}` cannot be imported: {reason}", import.path.value);
                    self.messages.push(Diagnostic::error(Code("E0402"), span, message));
                }
                Ok(target) if way.contains(&target) => {
                    let names: Vec<_> = way
                        .iter()
                        .skip_while(|step| **step != target)
                        .chain([&target])
                        .map(|step| format!("`{}`", self.sources.file(*step).name))
                        .collect();
                    let message = format!("`{}` imports itself", import.path.value);
                    let diagnostic = Diagnostic::error(Code("E0401"), span, message);
                    self.messages.push(diagnostic.note(format!("the way around: {}", names.join(" imports "))));
                }
                Ok(target) if all.contains(&target) => {}
                Ok(target) => self.follow(target, way, all),
            }
        }
        way.pop();
    }
    /// Reports everything in a file of tests that is no scenario.
    pub fn only_scenarios(&mut self, file: FileId) {
        let strange: Vec<_> = self
            .tree(file)
            .into_iter()
            .flat_map(|tree| &tree.items)
            .filter(|item| !matches!(item, Item::Scenario(_)))
            .map(|item| item.at().0)
            .collect();
        for span in strange {
            let message = "a file of tests holds only scenarios";
            let diagnostic = Diagnostic::error(Code("E0404"), span, message);
            self.messages.push(
                diagnostic
                    .help("move this into the program, or rename the file so that it does not end in `.test.meed`"),
            );
        }
    }
    /// The texts, their trees, the messages, and where texts come from.
    pub fn into_parts(self) -> (Sources, Trees, Vec<Diagnostic>, &'r dyn Reader) {
        (self.sources, self.trees, self.messages, self.reader)
    }
}

fn imports(tree: &ast::File) -> Vec<ast::Import> {
    tree.items
        .iter()
        .filter_map(|item| match item {
            Item::Import(import) => Some(import.clone()),
            _ => None,
        })
        .collect()
}

/// A path beside a file, without `.` and, where possible, without `..`.
fn beside(file: &str, name: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for part in Path::new(file).with_file_name("").join(name).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(path.components().next_back(), Some(Component::Normal(_))) => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}

/// A path as people read it, with `/` between folders.
pub(super) fn name_of(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
