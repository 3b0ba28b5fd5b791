//! scratch
use std::sync::Arc;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    match meed::hir::Program::from_path(&path) {
        Err(d) => println!("{}", meed::diagnostic::render::full(&d.messages, &d.sources, false)),
        Ok(loaded) => {
            let programs: Vec<_> = loaded.versions.into_iter().map(Arc::new).collect();
            for (n, engine) in [("ref", meed::engine::Engine::reference(&programs)), ("fast", meed::compile::compile(&programs))] {
                for r in meed::scenario::run_all(&engine, programs.last().unwrap()) {
                    println!("{n} {} {}", if r.failures.is_empty() { "ok" } else { "FAIL" }, r.name);
                    for f in r.failures {
                        println!("  {} expected {} got {}", programs[0].sources.at(f.span), f.expected, f.got);
                        for w in f.why { println!("     {w}"); }
                    }
                }
            }
        }
    }
}
