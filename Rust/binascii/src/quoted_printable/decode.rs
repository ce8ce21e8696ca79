//! Quoted-printable to bytes.
//!
//! Nothing is an error: an `=` that starts neither an escape nor a soft line break stands for itself.

use cpu_level::Level;
use outbuf::OutBuf;

/// Decodes `data`; `_` means a space when `header`.
///
/// `out` needs room for `data.len()` more bytes, and gets fewer when anything was escaped.
pub fn decode(data: &[u8], header: bool, out: &mut OutBuf<'_>) {
    decode_at(Level::detect(), data, header, out);
}

/// [`decode`] with the instructions of `level`, which this processor must have.
pub(super) fn decode_at(level: Level, data: &[u8], header: bool, out: &mut OutBuf<'_>) {
    let mut rest = data;
    loop {
        rest = &rest[decode_regular(level, rest, header, out)..];
        // Now the data ends, or there is an `=`.
        let [_, after @ ..] = rest else { break };
        rest = escape(after, out);
    }
}

/// Decodes from the start of `data` up to an `=` that needs a closer look, or to the end, and returns how far it came.
fn decode_regular(level: Level, data: &[u8], header: bool, out: &mut OutBuf<'_>) -> usize {
    #[cfg(target_arch = "x86_64")]
    if level >= Level::Avx512 {
        // SAFETY: the level says that the processor has these instructions.
        return unsafe { super::avx512::decode_regular(data, header, out) };
    }
    let _ = level;
    let run = find_equals(data);
    if header {
        data[..run].iter().for_each(|byte| out.push(if *byte == b'_' { b' ' } else { *byte }));
    } else {
        out.extend_from_slice(&data[..run]);
    }
    run
}

/// The position of the first `=`, or the length of `data`.
#[inline]
fn find_equals(data: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let (words, rest) = data.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let zero_if_equals = u64::from_le_bytes(*word) ^ (EACH * b'=' as u64);
        // The lowest byte that is zero gets its highest bit set; a borrow can only mislead about the bytes above it.
        let found = zero_if_equals.wrapping_sub(EACH) & !zero_if_equals & (EACH * 0x80);
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    data.len() - rest.len() + rest.iter().position(|byte| *byte == b'=').unwrap_or(rest.len())
}

/// Decodes what follows an `=`, and returns what comes then.
#[inline]
fn escape<'a>(after: &'a [u8], out: &mut OutBuf<'_>) -> &'a [u8] {
    match *after {
        // At the very end it is dropped.
        [] => after,
        // A soft line break. Whatever stands between a carriage return and the next line feed is skipped.
        [b'\n' | b'\r', ..] => match after.iter().position(|byte| *byte == b'\n') {
            Some(line_feed) => &after[line_feed + 1..],
            None => &[],
        },
        // Some encoders have doubled it.
        [b'=', ref after @ ..] => {
            out.push(b'=');
            after
        }
        [high, low, ref after_digits @ ..] => {
            let (high, low) = (DIGIT[usize::from(high)], DIGIT[usize::from(low)]);
            if high | low < 16 {
                out.push(high << 4 | low);
                after_digits
            } else {
                out.push(b'=');
                after
            }
        }
        [_] => {
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
