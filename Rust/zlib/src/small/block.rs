//! One block, in the shortest of deflate's three forms, and how a stream ends or goes on behind it.

#![forbid(unsafe_code)]

use super::matches::{Found, Token};
use crate::block::{Bits, Code, END, Form, distance_symbol, length_symbol, write_empty_fixed, write_stored};
use crate::stream::DeflateFlush;

/// Writes `data`, in which these repetitions have been found; without them as it is. Behind it comes what `flush` asks
/// for: the end of a byte and of the stream, an empty block that is stored or has the fixed codes, or nothing.
pub(super) fn write(data: &[u8], found: Option<&Found>, fixed: bool, flush: DeflateFlush, bits: &mut Bits<'_, '_>) {
    let last = flush == DeflateFlush::Finish;
    if last || !data.is_empty() {
        match found.map(|found| (found, Form::chosen(&found.needed, data.len(), fixed))) {
            Some((found, Some((form, _)))) => {
                form.write_head(last, bits);
                let (literals, distances) = form.codes();
                write_tokens(&found.tokens, literals, distances, bits);
            }
            _ => write_stored(data, last, bits),
        }
    }
    match flush {
        DeflateFlush::Finish => bits.align(),
        DeflateFlush::SyncFlush | DeflateFlush::FullFlush => write_stored(b"", false, bits),
        DeflateFlush::PartialFlush => write_empty_fixed(bits),
        _ => {}
    }
    bits.flush();
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
