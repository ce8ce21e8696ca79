//! One block, in the shortest of deflate's three forms, and how a stream ends or goes on behind it.

#![forbid(unsafe_code)]

use super::matches::{Found, Token};
use crate::block::{Bits, Code, END, Form, distance_symbol, length_symbol, write_stored};
use outbuf::OutBuf;

/// Writes `data`, in which these repetitions have been found; without them as it is. What is written ends at a whole
/// byte: it is the last block of the stream, or behind it comes an empty one that is stored.
pub(super) fn write(data: &[u8], found: Option<&Found>, fixed: bool, last: bool, out: &mut OutBuf<'_>) {
    let mut bits = Bits { out, held: 0, count: 0 };
    if last || !data.is_empty() {
        match found.map(|found| (found, Form::chosen(&found.needed, data.len(), fixed))) {
            Some((found, Some((form, _)))) => {
                form.write_head(last, &mut bits);
                let (literals, distances) = form.codes();
                write_tokens(&found.tokens, literals, distances, &mut bits);
            }
            _ => write_stored(data, last, &mut bits),
        }
    }
    if !last {
        write_stored(b"", false, &mut bits);
    }
    bits.align();
}

fn write_tokens(tokens: &[Token], literals: &Code<286>, distances: &Code<30>, bits: &mut Bits<'_, '_>) {
    for token in tokens {
        let value = usize::from(token.value);
        if token.distance == 0 {
            bits.symbol(literals, value, 0, 0);
        } else {
            let (symbol, extra, more) = length_symbol(value);
            bits.symbol(literals, symbol, extra, more);
            let (symbol, extra, more) = distance_symbol(usize::from(token.distance));
            bits.symbol(distances, symbol, extra, more);
        }
    }
    bits.symbol(literals, END, 0, 0);
}
