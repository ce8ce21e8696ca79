//! Normalization gives the same for text of every width, what it gives is normalized, and the forms agree with each other.
#![no_main]

use fuzz::choices;
use libfuzzer_sys::fuzz_target;
use unicodedata::TABLES;
use unicodedata::normalize::{Output, is_normalized, normalize};
use unicodedata::quick_check::{Form, Unit};
use unicodedata::version::Version;

fn normalized<U: Unit>(version: Version, form: Form, text: &[U]) -> Vec<u32> {
    let found: Vec<u32> = match normalize(&TABLES, version, form, text).expect("memory") {
        None => text.iter().map(|unit| (*unit).into()).collect(),
        Some(Output::Short(units, len)) => units[..len].iter().copied().map(u32::from).collect(),
        Some(Output::Ucs2(units)) => units.into_iter().map(u32::from).collect(),
        Some(Output::Ucs4(units)) => units,
    };
    let is_same = found.iter().copied().eq(text.iter().map(|unit| (*unit).into()));
    assert_eq!(is_normalized(&TABLES, version, form, text), Ok(is_same));
    found
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, data)) = choices(input) else { return };
    let version = if choice & 1 == 0 { Version::Current } else { Version::V3_2_0 };
    // Most characters are of the Basic Multilingual Plane.
    let wide = |pair: &[u8]| match u32::from(pair[0]) << 8 | u32::from(pair[1]) {
        surrogate @ 0xDC00..0xE000 => 0x1_0000 | (surrogate & 0x3FF) << 7,
        character => character,
    };
    let text: Vec<u32> = data.chunks_exact(2).map(wide).collect();
    let narrow: Option<Vec<u16>> = text.iter().map(|code_point| u16::try_from(*code_point).ok()).collect();
    let all = Form::ALL.map(|form| normalized(version, form, &text));
    for (form, found) in Form::ALL.into_iter().zip(&all) {
        if let Some(narrow) = &narrow {
            assert_eq!(normalized(version, form, narrow), *found);
        }
        assert_eq!(normalized(version, form, found), *found);
        let bytes: Vec<u32> = data.iter().map(|byte| u32::from(*byte)).collect();
        assert_eq!(normalized(version, form, data), normalized(version, form, &bytes));
    }
    let [nfd, nfkd, nfc, nfkc] = &all;
    if version == Version::Current {
        // UAX #15, section 1.2, and the definitions of the forms.
        assert_eq!(normalized(version, Form::Nfc, nfd), *nfc);
        assert_eq!(normalized(version, Form::Nfd, nfc), *nfd);
        assert_eq!(normalized(version, Form::Nfkc, nfkd), *nfkc);
        assert_eq!(normalized(version, Form::Nfkd, nfkc), *nfkd);
        assert_eq!(normalized(version, Form::Nfkd, nfc), *nfkd);
    }
});
