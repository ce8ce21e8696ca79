//! The few characters whose transitions leave a state that otherwise leads to itself.

/// Up to three characters below 256.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Escapes {
    chars: [u8; 3],
    count: u8,
}

impl Escapes {
    /// Adds a character. Returns whether there was room.
    pub(crate) fn push(&mut self, ch: u8) -> bool {
        match self.chars.get_mut(usize::from(self.count)) {
            Some(slot) => {
                *slot = ch;
                self.count += 1;
                true
            }
            None => false,
        }
    }

    /// The position of the first of them.
    pub(crate) fn find(self, text: &[u8]) -> Option<usize> {
        let [a, b, c] = self.chars;
        match self.count {
            0 => None,
            1 => memchr::memchr(a, text),
            2 => memchr::memchr2(a, b, text),
            _ => memchr::memchr3(a, b, c, text),
        }
    }
}
