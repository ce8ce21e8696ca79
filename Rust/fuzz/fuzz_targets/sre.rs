//! Any code list is refused or can be run, and a search has the same result in text of two widths.
#![no_main]

use _sre::core::characters::CharacterTypes;
use _sre::core::constants::op;
use _sre::core::matcher::{Error, Interrupted, Matcher};
use _sre::core::program::Program;
use _sre::core::text::Unit;
use _sre::core::translate::translate;
use libfuzzer_sys::fuzz_target;
use standard::Standard;

#[path = "../../_sre/src/core/tests/standard.rs"]
mod standard;

type Found = Option<(usize, usize, Vec<Option<(usize, usize)>>)>;

fn search<C: Unit>(program: &Program, text: &[C], polls: &mut usize) -> Result<Found, Error> {
    let mut poll = || {
        *polls = polls.checked_sub(1).ok_or(Interrupted)?;
        Ok(())
    };
    let mut matcher = Matcher::new(program, text, 0, text.len(), Standard, &mut poll)?;
    if !matcher.search()? {
        return Ok(None);
    }
    Ok(Some((matcher.start, matcher.end, (0..program.groups).map(|group| matcher.group(group)).collect())))
}

fuzz_target!(|data: &[u8]| {
    let (code, text) = data.split_at(data.len().min(usize::from(data.first().copied().unwrap_or(0))));
    // A byte is a word; large ones are near the largest word.
    let word = |byte: &u8| if *byte < 250 { u32::from(*byte) } else { u32::MAX - u32::from(255 - *byte) };
    let code: Vec<u32> = code.iter().skip(1).map(word).chain([op::SUCCESS]).collect();
    let Ok(program) = translate(&code, 2, Standard) else { return };
    let narrow = search(&program, text, &mut 3);
    assert_ne!(narrow, Err(Error::Program));
    let wide: Vec<u16> = text.iter().map(|byte| u16::from(*byte)).collect();
    let wide = search(&program, &wide, &mut 3);
    if narrow != Err(Error::Interrupted) && wide != Err(Error::Interrupted) {
        assert_eq!(narrow, wide);
    }
});
