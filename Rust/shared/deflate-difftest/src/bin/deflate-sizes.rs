//! Compares the lengths of the fast profile's output with zlib's, for all levels, strategies, windows and memory levels.
//!
//! `deflate-sizes [LENGTHS] [KINDS] [default]`: lists with commas, or `all` kinds, or paths of files; with `default` only for the default strategy, window and memory
//! level. Rows that are longer by more than half a percent and 8 bytes are
//! printed, and how many there are.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program")]

use deflate::{Config, Deflate, Flush, Profile, Strategy};
use deflate_difftest::corpus::{KINDS, load};
use deflate_difftest::libz::CDeflate;
use outbuf::OutBuf;
use std::mem::MaybeUninit;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let lengths = arguments.next().unwrap_or_else(|| "100,1000,9000,70000".to_owned());
    let kinds = arguments.next().filter(|kinds| kinds != "all").unwrap_or_else(|| KINDS.join(","));
    let only_default = arguments.next().is_some();
    let (mut rows, mut larger) = (0, 0);
    let mut configs = Vec::new();
    for level in 0..=9 {
        for strategy in [Strategy::Default, Strategy::Filtered, Strategy::HuffmanOnly, Strategy::Rle, Strategy::Fixed] {
            for window_bits in [9, 12, 15] {
                for mem_level in [1, 5, 8, 9] {
                    // Where nothing depends on the level.
                    let same = matches!(strategy, Strategy::HuffmanOnly | Strategy::Rle) && level > 1;
                    let default = strategy == Strategy::Default && window_bits == 15 && mem_level == 8;
                    if !same && (default || !only_default) {
                        configs.push(Config {
                            level,
                            strategy,
                            window_bits,
                            mem_level,
                            profile: Profile::Fast,
                            ..Config::default()
                        });
                    }
                }
            }
        }
    }
    for kind in kinds.split(',') {
        for len in lengths.split(',') {
            let len: usize = len.parse().expect("a number");
            let data = load(kind, len);
            let len = data.len();
            let mut memory = vec![MaybeUninit::uninit(); 2 * len + 1000];
            let mut c_memory = vec![0; 2 * len + 1000];
            for config in &configs {
                let mut output = OutBuf::new(&mut memory);
                let mut stream = Deflate::new(config).expect("valid parameters");
                stream.deflate(&mut &data[..], &mut output, Flush::Finish).expect("there is room");
                let ours = output.len();
                let Config { level, window_bits, mem_level, strategy, .. } = *config;
                let mut stream =
                    CDeflate::new(level, 8, window_bits, mem_level, strategy as i32).expect("valid parameters");
                let theirs = stream.deflate(&data, &mut c_memory, Flush::Finish as i32).2;
                rows += 1;
                if ours as f64 > theirs as f64 * 1.005 + 8.0 {
                    larger += 1;
                    println!(
                        "{kind:<14}{len:>8} level {level} window {window_bits} memory {mem_level} {strategy:?}: {ours} for {theirs}, {:.3}",
                        ours as f64 / theirs as f64
                    );
                }
            }
        }
    }
    println!("{larger} of {rows} rows are larger");
}
