//! Quoted-printable and uuencoding: no input panics, and what is encoded decodes to what it was.
#![no_main]

use binascii::quoted_printable::{self as qp, Options};
use binascii::uu;
use fuzz::{choices, written};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((choice, data)) = choices(input) else { return };
    let header = choice & 1 != 0;
    let _ = written(data.len(), |out| qp::decode(data, header, out));
    let options = Options { quotetabs: choice & 2 != 0, istext: choice & 4 != 0, header };
    let Some(room) = qp::max_encoded_len(data, options) else { return };
    let (text, ()) = written(room, |out| qp::encode(data, options, out));
    let (back, ()) = written(text.len(), |out| qp::decode(&text, header, out));
    if options.istext {
        // Line ends are all written like the first, so only what they separate is the same.
        let lines =
            |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect() };
        assert_eq!(lines(&back), lines(data));
    } else {
        assert_eq!(back, data);
    }

    if let Ok(len) = uu::decoded_len(data) {
        let _ = written(len, |out| uu::decode(data, out));
    }
    if let Ok(len) = uu::encoded_len(data.len()) {
        let (line, outcome) = written(len, |out| uu::encode(data, choice & 8 != 0, out));
        assert_eq!(outcome, Ok(()));
        let len = uu::decoded_len(&line).expect("its own line");
        let (back, outcome) = written(len, |out| uu::decode(&line, out));
        assert_eq!((&back[..], outcome), (data, Ok(())));
    }
});
