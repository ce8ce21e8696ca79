//! Measures base32, base85 and Ascii85, and what CPython 3.15 adds to base64: `cargo run --release -p binascii --example radix`.
//!
//! Or converts standard input as one of CPython's functions does, to compare the cores with another implementation:
//! `radix serve` reads lines `FUNCTION DATA OPTION...` with DATA in hexadecimal and answers `= DATA` or `! MESSAGE`, in hexadecimal, too.

#![expect(clippy::print_stdout, reason = "this is a command, and its output is the result")]

use binascii::alphabet::{BASE32, BASE32_REVERSE, BASE64, BASE64_REVERSE, BASE85, BASE85_REVERSE, ReverseTable};
use binascii::ignorechars::ByteSet;
use binascii::{ascii85, base32, base64, base85, hex};
use core::hint::black_box;
use core::mem::MaybeUninit;
use outbuf::OutBuf;
use std::collections::HashMap;
use std::io::BufRead;
use std::time::Instant;

/// What `write` writes, in a buffer of `len` bytes.
fn written(len: usize, write: impl FnOnce(&mut OutBuf<'_>) -> Result<(), String>) -> Result<Vec<u8>, String> {
    let mut memory = vec![MaybeUninit::uninit(); len];
    let mut out = OutBuf::new(&mut memory);
    write(&mut out).map(|()| out.filled().to_vec())
}

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap_or(0)).collect()
}

/// Calls a function as CPython's parsing code would.
fn convert(function: &str, data: &[u8], options: &HashMap<&str, &str>) -> Result<Vec<u8>, String> {
    let flag = |name: &str, default: bool| options.get(name).map_or(default, |value| *value == "1");
    let wrapcol = options.get("wrapcol").and_then(|value| value.parse().ok()).unwrap_or(0);
    let alphabet = options.get("alphabet").map(|value| from_hex(value));
    let ignored = options.get("ignorechars").map(|value| from_hex(value));
    let ignorechars = ByteSet::new(ignored.as_deref().unwrap_or(b""));
    let text = |reason: &dyn std::fmt::Display| reason.to_string();
    let alphabet_or = |default: &[u8]| alphabet.clone().unwrap_or_else(|| default.to_vec());
    let (padded, canonical) = (flag("padded", true), flag("canonical", false));
    match function {
        "b2a_base64" => {
            let alphabet = &alphabet_or(&BASE64).try_into().map_err(|_| "alphabet")?;
            let options = base64::Options { alphabet, padded, wrapcol, newline: flag("newline", true) };
            let len = base64::encoded_len(data.len(), options).ok_or("length")?;
            written(len, |out| {
                base64::encode(data, options, out);
                Ok(())
            })
        }
        "a2b_base64" => {
            let table = ReverseTable::new::<64>(&alphabet_or(&BASE64).try_into().map_err(|_| "alphabet")?, Some(b'='));
            let rules = base64::Rules { padded, canonical, ignorechars };
            let strict = flag("strict_mode", ignored.is_some());
            written(base64::max_decoded_len(data.len()), |out| {
                base64::decode(data, &table, strict, &rules, out).map_err(|reason| text(&reason))
            })
        }
        "b2a_base32" => {
            let alphabet = &alphabet_or(&BASE32).try_into().map_err(|_| "alphabet")?;
            let options = base32::Options { alphabet, padded, wrapcol };
            let len = base32::encoded_len(data.len(), options).ok_or("length")?;
            written(len, |out| {
                base32::encode(data, options, out);
                Ok(())
            })
        }
        "a2b_base32" => {
            let table = ReverseTable::new::<32>(&alphabet_or(&BASE32).try_into().map_err(|_| "alphabet")?, Some(b'='));
            let rules = base32::Rules { padded, canonical, ignorechars };
            written(base32::max_decoded_len(data.len()), |out| {
                base32::decode(data, &table, &rules, out).map_err(|reason| text(&reason))
            })
        }
        "b2a_base85" => {
            let alphabet = &alphabet_or(&BASE85).try_into().map_err(|_| "alphabet")?;
            let options = base85::Options { alphabet, pad: flag("pad", false), wrapcol };
            let len = base85::encoded_len(data.len(), options).ok_or("length")?;
            written(len, |out| {
                base85::encode(data, options, out);
                Ok(())
            })
        }
        "a2b_base85" => {
            let table = ReverseTable::new::<85>(&alphabet_or(&BASE85).try_into().map_err(|_| "alphabet")?, None);
            let rules = base85::Rules { canonical, ignorechars };
            written(base85::max_decoded_len(data.len()), |out| {
                base85::decode(data, &table, &rules, out).map_err(|reason| text(&reason))
            })
        }
        "b2a_ascii85" => {
            let foldspaces = flag("foldspaces", false);
            let options =
                ascii85::Options { foldspaces, wrapcol, pad: flag("pad", false), adobe: flag("adobe", false) };
            let len = ascii85::max_encoded_len(data.len(), options).ok_or("length")?;
            written(len, |out| {
                ascii85::encode(data, options, out);
                Ok(())
            })
        }
        "a2b_ascii85" => {
            let foldspaces = flag("foldspaces", false);
            let rules = ascii85::Rules { foldspaces, adobe: flag("adobe", false), canonical, ignorechars };
            let data = ascii85::strip_marks(data, &rules).map_err(|reason| text(&reason))?;
            written(ascii85::max_decoded_len(data).ok_or("length")?, |out| {
                ascii85::decode(data, &rules, out).map_err(|reason| text(&reason))
            })
        }
        "a2b_hex" => written(hex::decoded_len(data.len()), |out| {
            hex::decode_ignoring(data, &ignorechars, out).map_err(|reason| text(&reason))
        }),
        _ => Err("no such function".to_owned()),
    }
}

fn serve() {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let mut words = line.split(' ');
        let (function, data) = (words.next().unwrap_or(""), from_hex(words.next().unwrap_or("")));
        let options = words.filter_map(|word| word.split_once('=')).collect();
        let to_hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        match convert(function, &data, &options) {
            Ok(bytes) => println!("= {}", to_hex(bytes)),
            Err(reason) => println!("! {}", to_hex(reason.into_bytes())),
        }
    }
}

fn main() {
    cpu_level::Level::detect();
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return serve();
    }
    for size in [16, 256, 1 << 20] {
        let data: Vec<u8> = (0..size as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let mut memory = vec![MaybeUninit::uninit(); size * 3 + 64];
        let mut measure = |name: &str, input: &[u8], work: &dyn Fn(&[u8], &mut OutBuf<'_>)| -> Vec<u8> {
            let calls = (1usize << 22).div_ceil(size);
            let mut best = f64::MAX;
            for _ in 0..9 {
                let start = Instant::now();
                for _ in 0..calls {
                    let mut out = OutBuf::new(&mut memory);
                    work(black_box(input), &mut out);
                    black_box(out.filled());
                }
                best = best.min(start.elapsed().as_secs_f64() / calls as f64);
            }
            println!("{name:24} {:8} {:10.1} ns {:8.3} GB/s", input.len(), best * 1e9, input.len() as f64 / best / 1e9);
            let mut out = OutBuf::new(&mut memory);
            work(input, &mut out);
            out.filled().to_vec()
        };
        for wrapcol in [0, 76] {
            let ignorechars = ByteSet::new(if wrapcol == 0 { b"" } else { b"\n" });
            let options = base64::Options { alphabet: &BASE64, padded: true, wrapcol, newline: false };
            let text =
                measure(&format!("b2a_base64 {wrapcol}"), &data, &|data, out| base64::encode(data, options, out));
            let rules = base64::Rules { padded: true, canonical: false, ignorechars: ignorechars.clone() };
            measure(&format!("a2b_base64 {wrapcol}"), &text, &|text, out| {
                let _ = black_box(base64::decode(text, &BASE64_REVERSE, true, &rules, out));
            });
            let options = base32::Options { alphabet: &BASE32, padded: true, wrapcol };
            let text =
                measure(&format!("b2a_base32 {wrapcol}"), &data, &|data, out| base32::encode(data, options, out));
            measure(&format!("a2b_base32 {wrapcol}"), &text, &|text, out| {
                let _ = black_box(base32::decode(text, &BASE32_REVERSE, &rules, out));
            });
            let options = base85::Options { alphabet: &BASE85, pad: false, wrapcol };
            let text =
                measure(&format!("b2a_base85 {wrapcol}"), &data, &|data, out| base85::encode(data, options, out));
            let rules = base85::Rules { canonical: false, ignorechars: ignorechars.clone() };
            measure(&format!("a2b_base85 {wrapcol}"), &text, &|text, out| {
                let _ = black_box(base85::decode(text, &BASE85_REVERSE, &rules, out));
            });
            let options = ascii85::Options { foldspaces: false, wrapcol, pad: false, adobe: false };
            let rules = ascii85::Rules { foldspaces: false, adobe: false, canonical: false, ignorechars };
            let mut pair = |name: &str, data: &[u8]| {
                let text = measure(&format!("b2a_ascii85 {name}{wrapcol}"), data, &|data, out| {
                    ascii85::encode(data, options, out)
                });
                measure(&format!("a2b_ascii85 {name}{wrapcol}"), &text, &|text, out| {
                    let _ = black_box(ascii85::decode(text, &rules, out));
                });
            };
            pair("", &data);
            pair("zeros ", &vec![0; size]);
            pair("half zeros ", &b"\0\0\0\0abcd".repeat(size / 8));
        }
    }
}
