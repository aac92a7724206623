use std::{cell::RefCell, io, sync::Once};

use tracing_subscriber::EnvFilter;

thread_local! {
    /// What this thread logs, while a test listens.
    static KEPT: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        KEPT.with_borrow_mut(|kept| {
            if let Some(kept) = kept {
                kept.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Installs one subscriber for all tests. With one for each test, `tracing`'s cache of who listens would be wrong.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = EnvFilter::new("info,dynoxide=off");
        tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(|| Ear).init();
    });
}

/// Starts to keep what this thread logs. Only for tests that run on one thread.
pub fn listen() {
    KEPT.set(Some(Vec::new()));
}

/// What was logged since [`listen`].
pub fn heard() -> String {
    String::from_utf8(KEPT.take().unwrap_or_default()).unwrap()
}
