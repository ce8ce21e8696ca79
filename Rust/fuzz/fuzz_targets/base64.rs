//! Every level of instructions decodes alike, and what is encoded decodes to what it was.
#![no_main]

use binascii::alphabet::BASE64_REVERSE;
use binascii::base64::{Options, Rules, decode_at, encode_at, encoded_len, max_decoded_len};
use cpu_level::Level;
use fuzz::{choices, written};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((choice, data)) = choices(input) else { return };
    let strict = choice & 1 != 0;
    let rules = Rules::default();
    let at = |level, text: &[u8]| {
        written(max_decoded_len(text.len()), |out| decode_at(level, text, &BASE64_REVERSE, strict, &rules, out))
    };
    let (expected, outcome) = at(Level::Portable, data);
    for level in Level::available() {
        let (found, found_outcome) = at(level, data);
        assert_eq!(found_outcome, outcome, "{}", level.name());
        if outcome.is_ok() {
            assert_eq!(found, expected, "{}", level.name());
        }
        let options = Options::single_line(choice & 2 != 0);
        let len = encoded_len(data.len(), options).expect("short");
        let (text, ()) = written(len, |out| encode_at(level, data, options, out));
        let body = text.strip_suffix(b"\n").unwrap_or(&text);
        let (back, outcome) = at(level, body);
        assert_eq!((&back[..], outcome), (data, Ok(())), "{}", level.name());
    }
});
