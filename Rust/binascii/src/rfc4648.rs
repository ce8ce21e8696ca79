//! The decoding rules that base64 and base32 share (RFC 4648, with the choices of CPython).
//!
//! A group is four characters of six bits or eight of five. Vector kernels decode runs of whole groups; [`decode_strict`]
//! takes them from group boundary to group boundary and handles everything else, one group at a time, as the C functions
//! `binascii_a2b_base64_impl` and `binascii_a2b_base32_impl` do: pads, characters to ignore, errors.

#![forbid(unsafe_code)]

use crate::alphabet::{INVALID, PAD, ReverseTable};
use crate::ignorechars::{Backoff, ByteSet, Classes, PIECE, SHORTEST_PIECE, compact};
use core::fmt;
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// What a decoder accepts.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whether the text must be padded. Otherwise a pad is like any character that is not in the alphabet.
    pub padded: bool,
    /// Whether to refuse bits of the last character that encode nothing and are not zero (RFC 4648, section 3.5).
    pub canonical: bool,
    /// Characters to skip.
    pub ignorechars: ByteSet,
}

impl Default for Rules {
    fn default() -> Self {
        Self { padded: true, canonical: false, ignorechars: ByteSet::new(b"") }
    }
}

/// The encoding: how many bits a character has. `Display` gives its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Eight characters of five bits.
    Base32,
    /// Four characters of six bits.
    Base64,
}

impl Encoding {
    /// The bits of a character.
    #[inline(always)]
    const fn bits(self) -> usize {
        match self {
            Self::Base32 => 5,
            Self::Base64 => 6,
        }
    }

    /// The characters of a group.
    #[inline(always)]
    pub(crate) const fn group(self) -> usize {
        match self {
            Self::Base32 => 8,
            Self::Base64 => 4,
        }
    }

    /// The bytes that a group encodes.
    #[inline(always)]
    pub(crate) const fn group_bytes(self) -> usize {
        self.group() * self.bits() / 8
    }

    /// Whether a text can end after `held` characters of a group: the last of them completes a byte.
    #[inline(always)]
    const fn can_end(self, held: usize) -> bool {
        held == 0 || held * self.bits() % 8 < self.bits()
    }

    /// The bits of the last of `held` characters that encode nothing.
    #[inline(always)]
    const fn padding_bits(self, held: usize) -> u8 {
        (1 << (held * self.bits() % 8)) - 1
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base32 => "base32",
            Self::Base64 => "base64",
        })
    }
}

/// Why a text could not be decoded. `Display` gives the message of CPython.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The text begins with a pad.
    LeadingPadding,
    /// There is a pad where no group needs one.
    ExcessPadding,
    /// There is a pad in a text that has none.
    PaddingNotAllowed,
    /// A byte is neither in the alphabet nor a pad.
    OutsideAlphabet(Encoding),
    /// A data character follows complete padding.
    ExcessData,
    /// A data character follows incomplete padding.
    DiscontinuousPadding,
    /// No text has this number of data characters: the last one completes no byte.
    InvalidLength(Encoding, usize),
    /// The last group is incomplete and has too few pads.
    IncorrectPadding,
    /// The last character has bits that encode nothing and are not zero.
    NonZeroPaddingBits,
}

impl DecodeError {
    /// The message, if it is the same for every text.
    pub fn literal(self) -> Option<&'static str> {
        Some(match self {
            Self::LeadingPadding => "Leading padding not allowed",
            Self::ExcessPadding => "Excess padding not allowed",
            Self::PaddingNotAllowed => "Padding not allowed",
            Self::OutsideAlphabet(Encoding::Base32) => "Only base32 data is allowed",
            Self::OutsideAlphabet(Encoding::Base64) => "Only base64 data is allowed",
            Self::ExcessData => "Excess data after padding",
            Self::DiscontinuousPadding => "Discontinuous padding not allowed",
            Self::InvalidLength(..) => return None,
            Self::IncorrectPadding => "Incorrect padding",
            Self::NonZeroPaddingBits => "Non-zero padding bits",
        })
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::InvalidLength(encoding, count) = self {
            let lengths = match encoding {
                Encoding::Base32 => "1, 3, or 6 more than a multiple of 8",
                Encoding::Base64 => "1 more than a multiple of 4",
            };
            return write!(
                f,
                "Invalid {encoding}-encoded string: number of data characters ({count}) cannot be {lengths}"
            );
        }
        f.write_str(self.literal().unwrap_or_default())
    }
}

impl std::error::Error for DecodeError {}

/// Whether a text may end with `held` characters in its last group, of which `last` is the value of the last, and `pads`
/// pads after them, when `written` bytes have been written before the group.
pub(crate) fn check_end(
    encoding: Encoding,
    rules: &Rules,
    held: usize,
    last: u8,
    pads: usize,
    written: usize,
) -> Result<(), DecodeError> {
    if !encoding.can_end(held) {
        let count = written / encoding.group_bytes() * encoding.group() + held;
        Err(DecodeError::InvalidLength(encoding, count))
    } else if held == 0 {
        Ok(())
    } else if rules.padded && held + pads < encoding.group() {
        Err(DecodeError::IncorrectPadding)
    } else if rules.canonical && last & encoding.padding_bits(held) != 0 {
        Err(DecodeError::NonZeroPaddingBits)
    } else {
        Ok(())
    }
}

/// Decodes in strict mode what is left of `data` after the first `done` characters, whole groups whose output began at
/// `start` in `out`.
///
/// `groups` decodes groups of data characters up to the first that is not one and says how many characters that were.
#[expect(clippy::too_many_arguments, reason = "the text, the rules, the state, and the kernel")]
pub(crate) fn decode_strict(
    level: Level,
    encoding: Encoding,
    data: &[u8],
    table: &ReverseTable,
    rules: &Rules,
    (mut done, start): (usize, usize),
    out: &mut OutBuf<'_>,
    groups: impl Fn(&[u8], &mut OutBuf<'_>) -> usize,
) -> Result<(), DecodeError> {
    let mut classes = None;
    let mut backoff = Backoff::new();
    loop {
        let mut run = groups(&data[done..], out);
        if !rules.ignorechars.is_empty() && data.len() - done - run >= SHORTEST_PIECE {
            let classes = classes
                .get_or_insert_with(|| Classes::new(table, &rules.ignorechars, |byte| rules.padded && byte == PAD));
            run += decode_pieces(level, encoding, &data[done + run..], classes, out, &groups);
        }
        done += run;
        for _ in 0..backoff.next(run / encoding.group()) {
            match decode_group(encoding, &data[done..], table, rules, start, out)? {
                Some(used) => done += used,
                None => return Ok(()),
            }
        }
    }
}

/// Decodes pieces of text in which there are characters to ignore, as long as they are long, and returns how many characters
/// they are.
#[inline(never)]
fn decode_pieces(
    level: Level,
    encoding: Encoding,
    data: &[u8],
    classes: &Classes,
    out: &mut OutBuf<'_>,
    groups: &impl Fn(&[u8], &mut OutBuf<'_>) -> usize,
) -> usize {
    let mut done = 0;
    loop {
        let mut memory = [MaybeUninit::uninit(); PIECE + 64];
        let mut scratch = OutBuf::new(&mut memory);
        let used = compact(level, &data[done..], classes, encoding.group(), &mut scratch);
        if used < SHORTEST_PIECE {
            return done;
        }
        let decoded = groups(scratch.filled(), out);
        debug_assert_eq!(decoded, scratch.len());
        done += used;
    }
}

/// Decodes one group, which need not be adjacent characters, and returns how many characters it took, or `None` at the end
/// of the text.
fn decode_group(
    encoding: Encoding,
    data: &[u8],
    table: &ReverseTable,
    rules: &Rules,
    start: usize,
    out: &mut OutBuf<'_>,
) -> Result<Option<usize>, DecodeError> {
    let pad_ignored = rules.ignorechars.contains(PAD);
    let (mut held, mut pads) = (0, 0);
    let (mut bits, mut last) = (0u64, 0);
    for (at, &byte) in data.iter().enumerate() {
        if rules.padded && byte == PAD {
            pads += 1;
            if held != 0 && encoding.can_end(held) && held + pads <= encoding.group() || pad_ignored {
                continue;
            }
            if !encoding.can_end(held) {
                break;
            }
            let leading = held == 0 && out.len() == start;
            return Err(if leading { DecodeError::LeadingPadding } else { DecodeError::ExcessPadding });
        }
        let value = table.value(byte);
        if value == INVALID {
            if rules.ignorechars.contains(byte) {
                continue;
            }
            let pad = byte == PAD;
            return Err(if pad { DecodeError::PaddingNotAllowed } else { DecodeError::OutsideAlphabet(encoding) });
        }
        if pads != 0 {
            if !pad_ignored {
                let complete = held + pads == encoding.group();
                return Err(if complete { DecodeError::ExcessData } else { DecodeError::DiscontinuousPadding });
            }
            // The C function for base32 goes on counting.
            if encoding == Encoding::Base64 {
                pads = 0;
            }
        }
        (bits, last) = (bits << encoding.bits() | u64::from(value), value);
        held += 1;
        if held == encoding.group() {
            let bytes = bits.to_be_bytes();
            out.extend_from_slice(&bytes[8 - encoding.group_bytes()..]);
            return Ok(Some(at + 1));
        }
    }
    check_end(encoding, rules, held, last, pads, out.len() - start)?;
    push_incomplete(encoding, bits, held, out);
    Ok(None)
}

/// Writes the whole bytes of the last group, `held` characters with these bits.
pub(crate) fn push_incomplete(encoding: Encoding, bits: u64, held: usize, out: &mut OutBuf<'_>) {
    let len = held * encoding.bits() / 8;
    let bytes = (bits << (64 - held * encoding.bits()).min(63)).to_be_bytes();
    out.extend_from_slice(&bytes[..len]);
}
