//! Quoted-printable to bytes.
//!
//! Nothing is an error: an `=` that starts neither an escape nor a soft line break stands for itself.

use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;

/// Decodes `data`; `_` means a space when `header`.
///
/// `out` needs space for `data.len()` more bytes, and gets fewer when anything was escaped.
///
/// # Panics
///
/// When `out` has less space.
pub fn decode(data: &[u8], header: bool, out: &mut OutBuf<'_>) {
    decode_at(Level::detect(), data, header, out);
}

/// Whether a short text has nothing to decode. This cannot panic.
#[inline]
pub fn is_literal(data: &[u8], header: bool) -> bool {
    !data.iter().fold(false, |found, byte| found | (*byte == b'=') | (header & (*byte == b'_')))
}

/// [`decode`] with the instructions of `level`, which this processor must have.
pub(super) fn decode_at(level: Level, data: &[u8], header: bool, out: &mut OutBuf<'_>) {
    assert!(data.len() <= out.remaining(), "no space for the data");
    let mut rest = data;
    // The set-up of a vector kernel takes longer than a short run, and short runs follow each other.
    let mut short = data.len() < SHORT_RUN;
    while !rest.is_empty() {
        if short {
            rest = decode_piece(rest, header, out);
        }
        let run = decode_regular(level, rest, header, out);
        short = run < SHORT_RUN;
        // Now there is such an `=`, or nothing.
        let [_, after @ ..] = &rest[run..] else { break };
        rest = odd_equals(after, out);
    }
}

/// The length of a run below which scalar code is faster.
const SHORT_RUN: usize = 48;

/// The most characters that [`decode_short`] takes.
///
/// cbindgen:ignore
pub const SHORT: usize = 64;

/// Decodes `data`; returns false, and writes nothing, when it has more than [`SHORT`] characters or `out` less space than it needs.
/// This cannot panic.
#[inline]
pub fn decode_short(data: &[u8], header: bool, out: &mut OutBuf<'_>) -> bool {
    data.len() <= SHORT && data.len() <= out.remaining() && decode_piece(data, header, out).is_empty()
}

/// Decodes a piece of `data` byte by byte, in the order of `binascii_a2b_qp_impl`, and returns the rest. It stops where `out`
/// has no more space.
#[inline(never)]
fn decode_piece<'a>(data: &'a [u8], header: bool, out: &mut OutBuf<'_>) -> &'a [u8] {
    const PIECE: usize = 1024;
    let mut places = out.spare_mut().iter_mut();
    let capacity = places.len();
    let end = data.len().saturating_sub(PIECE);
    let mut rest = data;
    while rest.len() > end
        && let [first, after @ ..] = rest
    {
        let (byte, after) = match after {
            _ if *first != b'=' => (literal(*first, header), after),
            [b'\n' | b'\r', ..] | [] => {
                rest = after_line_feed(after);
                continue;
            }
            [b'=', after @ ..] => (b'=', decode_doubled(after, &mut places)),
            [character, after @ ..] => {
                let high = DIGIT[usize::from(*character)];
                if high < 16
                    && let [low, after @ ..] = after
                    && let low = DIGIT[usize::from(*low)]
                    && low < 16
                {
                    (high << 4 | low, after)
                } else {
                    // An equals sign that starts nothing. The character after it starts nothing, either.
                    let Some(place) = places.next() else { break };
                    place.write(b'=');
                    (literal(*character, header), after)
                }
            }
        };
        let Some(place) = places.next() else { break };
        place.write(byte);
        rest = after;
    }
    let len = capacity - places.len();
    // SAFETY: that many places of the spare memory have been stored to.
    unsafe { out.advance(len) }
    rest
}

/// Decodes doubled `=` at the start of `data`, four at a time as long as one more place is left, and returns the rest.
#[inline]
fn decode_doubled<'a>(mut data: &'a [u8], places: &mut core::slice::IterMut<'_, MaybeUninit<u8>>) -> &'a [u8] {
    while let Some((b"========", after)) = data.split_first_chunk::<8>()
        && places.len() > 4
    {
        for place in places.by_ref().take(4) {
            place.write(b'=');
        }
        data = after;
    }
    data
}

/// What comes after the next line feed.
#[inline]
fn after_line_feed(data: &[u8]) -> &[u8] {
    // Usually nothing comes before it.
    if let [b'\n', after @ ..] = data {
        return after;
    }
    // Otherwise a carriage return does, and mostly nothing else. The first characters are compared one by one: a processor that
    // predicts the length continues at once, whereas the next load has to wait for a position that was computed from a word.
    let mut rest = data;
    if let Some((near, after)) = data.split_first_chunk::<16>() {
        for (at, byte) in near.iter().enumerate() {
            if *byte == b'\n' {
                return data.get(at + 1..).unwrap_or_default();
            }
        }
        rest = after;
    }
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let at = find(*word, b'\n');
        if at < word.len() {
            return rest.get(at + 1..).unwrap_or_default();
        }
        rest = after;
    }
    let line_feed = rest.iter().position(|byte| *byte == b'\n');
    line_feed.and_then(|at| rest.get(at + 1..)).unwrap_or_default()
}

/// Decodes from the start of `data` up to an `=` without two digits, of which some stand for themselves and can be passed,
/// or to the end, and returns how far it came.
fn decode_regular(level: Level, data: &[u8], header: bool, out: &mut OutBuf<'_>) -> usize {
    #[cfg(target_arch = "x86_64")]
    if level >= Level::Avx512 {
        // SAFETY: the level says that the processor has these instructions.
        return unsafe { super::avx512::decode_regular(data, header, out) };
    }
    let _ = level;
    let mut rest = data;
    loop {
        // Text in another script is escape after escape.
        while let [b'=', high, low, b'=', next_high, next_low, after @ ..] = rest
            && let (Some(byte), Some(next)) = (byte_of(*high, *low), byte_of(*next_high, *next_low))
        {
            out.extend_from_slice(&[byte, next]);
            rest = after;
        }
        while let [b'=', high, low, after @ ..] = rest
            && let Some(byte) = byte_of(*high, *low)
        {
            out.push(byte);
            rest = after;
        }
        // Eight characters are copied, and those from the first `=` on forgotten again: most runs are so short that
        // finding out how long they are first would take longer.
        while let Some((word, after)) = rest.split_first_chunk::<8>() {
            out.extend_from_slice(&word.map(|byte| literal(byte, header)));
            let run = find(*word, b'=');
            if run < word.len() {
                out.truncate(out.len() - word.len() + run);
                rest = &rest[run..];
                break;
            }
            rest = after;
        }
        if rest.len() < 8 {
            while let [byte, after @ ..] = rest
                && *byte != b'='
            {
                out.push(literal(*byte, header));
                rest = after;
            }
        }
        match rest {
            [b'=', high, low, ..] if byte_of(*high, *low).is_some() => {}
            _ => return data.len() - rest.len(),
        }
    }
}

/// What a character that is not `=` stands for.
#[inline]
fn literal(character: u8, header: bool) -> u8 {
    if header & (character == b'_') { b' ' } else { character }
}

/// The position of the first `byte` in a word, or 8.
#[inline]
fn find(word: [u8; 8], byte: u8) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let zero_if_equal = u64::from_le_bytes(word) ^ (EACH * u64::from(byte));
    // The lowest byte that is zero gets its highest bit set; a borrow can only mislead about the bytes above it.
    let found = zero_if_equal.wrapping_sub(EACH) & !zero_if_equal & (EACH * 0x80);
    found.trailing_zeros() as usize / 8
}

/// The byte that two hexadecimal digits stand for.
#[inline]
fn byte_of(high: u8, low: u8) -> Option<u8> {
    let (high, low) = (DIGIT[usize::from(high)], DIGIT[usize::from(low)]);
    (high | low < 16).then_some(high << 4 | low)
}

/// Decodes what follows an `=` that two digits do not follow, and returns what comes then.
fn odd_equals<'a>(after: &'a [u8], out: &mut OutBuf<'_>) -> &'a [u8] {
    match after {
        // At the very end it is dropped.
        [] => after,
        // A soft line break. Whatever stands between a carriage return and the next line feed is skipped.
        [b'\n' | b'\r', ..] => after_line_feed(after),
        // Doubled, as some old encoder wrote it.
        [b'=', after @ ..] => {
            out.push(b'=');
            after
        }
        // In front of anything else it stands for itself.
        _ => {
            out.push(b'=');
            after
        }
    }
}

/// The value of each hexadecimal digit of either case; 255 for anything else.
static DIGIT: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789ABCDEF"[value] as usize] = value as u8;
        table[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    table
};
