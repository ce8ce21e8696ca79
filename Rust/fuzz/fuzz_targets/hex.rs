//! Every level of instructions reads and writes hexadecimal alike.
#![no_main]

use binascii::hex::{decode_at, decoded_len, encode_at, encode_with_sep_at, encoded_len, encoded_len_with_sep};
use cpu_level::Level;
use fuzz::{choices, written};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((choice, data)) = choices(input) else { return };
    let group = isize::from(choice as i8);
    let (expected, outcome) = written(decoded_len(data.len()), |out| decode_at(Level::Portable, data, out));
    for level in Level::available() {
        let (found, found_outcome) = written(decoded_len(data.len()), |out| decode_at(level, data, out));
        assert_eq!(found_outcome, outcome, "{}", level.name());
        if outcome.is_ok() {
            assert_eq!(found, expected, "{}", level.name());
        }
        let len = encoded_len(data.len()).expect("short");
        let (text, ()) = written(len, |out| encode_at(level, data, out));
        let (back, outcome) = written(decoded_len(text.len()), |out| decode_at(level, &text, out));
        assert_eq!((&back[..], outcome), (data, Ok(())), "{}", level.name());
        if group != 0 && !data.is_empty() {
            let len = encoded_len_with_sep(data.len(), group).expect("short");
            let (separated, ()) = written(len, |out| encode_with_sep_at(level, data, b'-', group, out));
            assert_eq!(separated.len(), len);
            let joined: Vec<u8> = separated.into_iter().filter(|byte| *byte != b'-').collect();
            assert_eq!(joined, text, "{}", level.name());
        }
    }
});
