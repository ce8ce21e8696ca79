//! Where the next panic happens, and what it is called with.

#![forbid(unsafe_code)]

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The places that can be armed, each a kind of function that C calls.
pub const PLACES: [&str; 10] =
    ["function", "pending", "method", "get", "set", "new", "len", "dealloc", "traverse", "exec"];

/// What a panic can be called with: a literal, a formatted text, the text of the compiler, a value that is no text, and
/// one whose drop panics in its turn.
pub const KINDS: [&str; 5] = ["literal", "formatted", "index", "value", "bomb"];

/// The index of the armed place plus one, times the number of kinds, plus the index of the kind; 0 for none.
static ARMED: AtomicUsize = AtomicUsize::new(0);

/// Makes the next call of [`fire`] for `place` panic with `kind`. False when there is no such place or kind.
pub fn arm(place: &str, kind: &str) -> bool {
    let index = |names: &[&str], name| names.iter().position(|known| *known == name);
    let (Some(place), Some(kind)) = (index(&PLACES, place), index(&KINDS, kind)) else { return false };
    ARMED.store((place + 1) * KINDS.len() + kind, Ordering::SeqCst);
    true
}

/// Panics, once, if `place` is armed.
pub fn fire(place: &str) {
    let armed = ARMED.load(Ordering::SeqCst);
    if armed == 0 || PLACES[armed / KINDS.len() - 1] != place {
        return;
    }
    ARMED.store(0, Ordering::SeqCst);
    match KINDS[armed % KINDS.len()] {
        "literal" => panic!("a literal"),
        "formatted" => panic!("formatted for {place}"),
        "index" => drop([1, 2, 3][armed..].to_vec()),
        "value" => panic::panic_any(vec![1_u8; 1000]),
        _ => panic::panic_any(Bomb),
    }
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, PLACES, arm, fire};
    use std::panic::{catch_unwind, set_hook, take_hook};

    #[test]
    fn each_place_panics_once_with_each_kind() {
        let hook = take_hook();
        set_hook(Box::new(|_| ()));
        for place in PLACES {
            for kind in KINDS {
                assert!(arm(place, kind));
                fire("elsewhere");
                let payload = catch_unwind(|| fire(place)).expect_err("a panic");
                assert_eq!(
                    payload.is::<&str>() || payload.is::<String>(),
                    !["value", "bomb"].contains(&kind),
                    "{kind}"
                );
                std::mem::forget(payload);
                fire(place);
            }
        }
        set_hook(hook);
        assert!(!arm("nowhere", "literal") && !arm("function", "nothing"));
    }
}
