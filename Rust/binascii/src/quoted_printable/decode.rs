//! Quoted-printable to bytes.
//!
//! Nothing is an error: an `=` that starts neither an escape nor a soft line break stands for itself.

#![forbid(unsafe_code)]

use outbuf::OutBuf;

/// Decodes `data`; `_` means a space when `header`.
///
/// `out` needs room for `data.len()` more bytes, and gets fewer when anything was escaped.
pub fn decode(data: &[u8], header: bool, out: &mut OutBuf<'_>) {
    let mut rest = data;
    loop {
        let literal = literal_run(rest, header);
        out.extend_from_slice(&rest[..literal]);
        rest = &rest[literal..];
        // Text in another script is escape after escape: those need no search between them.
        loop {
            match *rest {
                [] => return,
                [b'=', ref after @ ..] => rest = escape(after, out),
                [b'_', ref after @ ..] if header => {
                    out.push(b' ');
                    rest = after;
                }
                _ => break,
            }
        }
    }
}

/// How many bytes at the start of `data` stand for themselves.
fn literal_run(data: &[u8], header: bool) -> usize {
    let special = |byte: &u8| *byte == b'=' || header && *byte == b'_';
    data.iter().position(special).unwrap_or(data.len())
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
