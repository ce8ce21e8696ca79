//! Measures the base64 and hex cores: `cargo run --release -p binascii --example bench_base64hex [NAME]`.
//!
//! For each work, level and size it prints the median of many runs, in GB/s of input and in nanoseconds a call, and the best of them. With
//! NAME, only works whose name contains it are run.

#![expect(clippy::print_stdout, reason = "this is a command, and the table is its output")]

use binascii::alphabet::BASE64_REVERSE;
use binascii::base64::{Options, Rules};
use binascii::{base64, hex};
use core::hint::black_box;
use core::mem::MaybeUninit;
use cpu_level::Level;
use outbuf::OutBuf;
use std::time::{Duration, Instant};

/// How many runs the median is taken of, and how long each is at least. Short ones: few are disturbed by other programs.
const RUNS: usize = 61;
const RUN_TIME: Duration = Duration::from_micros(300);

type Work<'a> = (&'a str, &'a [u8], &'a dyn Fn(Level, &[u8], &mut OutBuf<'_>));

/// The median and the least of the times that one call takes, in nanoseconds.
fn measure(mut call: impl FnMut()) -> (f64, f64) {
    let mut calls = 1u32;
    let mut time = |calls: u32| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed()
    };
    while time(calls) < RUN_TIME {
        calls *= 2;
    }
    let mut runs: Vec<Duration> = (0..RUNS).map(|_| time(calls)).collect();
    runs.sort();
    let nanoseconds = |run: Duration| run.as_nanos() as f64 / f64::from(calls);
    (nanoseconds(runs[RUNS / 2]), nanoseconds(runs[0]))
}

fn main() {
    cpu_level::Level::detect();
    let filter = std::env::args().nth(1).unwrap_or_default();
    for size in [16, 64, 256, 4096, 65536, 1 << 20] {
        let mut state = 1u32;
        let data: Vec<u8> = (0..size)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let mut memory = vec![MaybeUninit::uninit(); size * 3 + 64];
        let mut text = |write: &dyn Fn(&mut OutBuf<'_>)| {
            let mut out = OutBuf::new(&mut memory);
            write(&mut out);
            out.filled().to_vec()
        };
        let plain = text(&|out| base64::encode(&data, Options::single_line(false), out));
        let newline = text(&|out| base64::encode(&data, Options::single_line(true), out));
        let lines = |end: &[u8]| plain.chunks(76).flat_map(|line| [line, end].concat()).collect::<Vec<u8>>();
        let (mime, mime_crlf) = (lines(b"\n"), lines(b"\r\n"));
        let spaced: Vec<u8> = plain.iter().flat_map(|byte| [*byte, b' ']).collect();
        let spaced_groups: Vec<u8> = plain.chunks(3).flat_map(|group| [group, b"\n"].concat()).collect();
        let newlines = vec![b'\n'; size];
        let digits = text(&|out| hex::encode(&data, out));

        let lenient = |level: Level, data: &[u8], out: &mut OutBuf<'_>| {
            let _ = black_box(base64::decode_at(level, data, &BASE64_REVERSE, false, &Rules::default(), out));
        };
        let works: &[Work<'_>] = &[
            ("base64 encode", &data, &|level, data, out| {
                base64::encode_at(level, data, Options::single_line(false), out)
            }),
            ("base64 encode newline", &data, &|level, data, out| {
                base64::encode_at(level, data, Options::single_line(true), out)
            }),
            ("base64 decode strict", &plain, &|level, data, out| {
                let _ = black_box(base64::decode_at(level, data, &BASE64_REVERSE, true, &Rules::default(), out));
            }),
            ("base64 decode", &plain, &lenient),
            ("base64 decode newline", &newline, &lenient),
            ("base64 decode mime", &mime, &lenient),
            ("base64 decode mime crlf", &mime_crlf, &lenient),
            ("base64 decode spaced", &spaced, &lenient),
            ("base64 decode threes", &spaced_groups, &lenient),
            ("base64 decode newlines", &newlines, &lenient),
            ("hex encode", &data, &hex::encode_at),
            ("hex encode sep 1", &data, &|level, data, out| hex::encode_with_sep_at(level, data, b':', 1, out)),
            ("hex encode sep 2", &data, &|level, data, out| hex::encode_with_sep_at(level, data, b':', 2, out)),
            ("hex encode sep -3", &data, &|level, data, out| hex::encode_with_sep_at(level, data, b':', -3, out)),
            ("hex encode sep 4", &data, &|level, data, out| hex::encode_with_sep_at(level, data, b':', 4, out)),
            ("hex encode sep 20", &data, &|level, data, out| hex::encode_with_sep_at(level, data, b':', 20, out)),
            ("hex encode sep 32", &data, &|level, data, out| hex::encode_with_sep_at(level, data, b':', 32, out)),
            ("hex decode", &digits, &|level, data, out| {
                let _ = black_box(hex::decode_at(level, data, out));
            }),
        ];
        for (name, input, work) in works {
            if !name.contains(&filter) {
                continue;
            }
            for level in Level::available() {
                let (median, best) = measure(|| {
                    let mut out = OutBuf::new(&mut memory);
                    work(level, black_box(input), &mut out);
                    black_box(out.filled());
                });
                let len = input.len();
                let (name_of_level, speed) = (level.name(), len as f64 / median);
                println!(
                    "{name:24} {name_of_level:9} {len:8} bytes {speed:7.2} GB/s {median:11.1} ns, best {best:11.1} ns"
                );
            }
        }
    }
}
