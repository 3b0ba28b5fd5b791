//! Files for what reads only files.

use std::path::{Path, PathBuf};

thread_local! {
    static FOLDER: Folder = Folder::new();
}

/// A folder of this thread, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("meed-entries-{}-{:?}", std::process::id(), std::thread::current().id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a function makes of a file that holds some bytes.
pub fn with_file<T>(name: &str, bytes: &[u8], then: impl FnOnce(&Path) -> T) -> T {
    FOLDER.with(|folder| {
        let path = folder.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        then(&path)
    })
}
