//! Compresses random data with random parameters, calls, cuts and flushes, and compares each call with zlib's.
//!
//! `deflate-fuzz [fast|inflate] SHORT LONG [SEED]`: so many inputs of up to some KiB, and of up to some hundred KiB. With `fast`
//! the output of the fast profile is decompressed by zlib, and compared with the output for the same input in pieces. With
//! `inflate` streams of zlib, some of them damaged, are decompressed, and each call is compared with zlib's.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program")]

use deflate_difftest::{check, check_inflate, libz};

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    let fast = arguments.next_if(|argument| argument == "fast").is_some();
    let inflate = arguments.next_if(|argument| argument == "inflate").is_some();
    let arguments: Vec<u64> = arguments.map(|argument| argument.parse().expect("SHORT LONG [SEED]")).collect();
    let [short, long, rest @ ..] = &arguments[..] else { panic!("SHORT LONG [SEED]") };
    let seed = rest.first().copied().unwrap_or(1);
    println!("zlib {}", libz::version());
    for (count, max) in [(*short, 3000), (*long, 300_000)] {
        for n in seed..seed + count {
            let work = || match (fast, inflate) {
                (true, _) => check::fast(n, max),
                (_, true) => check_inflate::check(n, max),
                _ => drop(check::exact(n, max)),
            };
            if std::panic::catch_unwind(work).is_err() {
                println!("failed: seed {n}, max {max}");
                std::process::exit(1);
            }
            if (n - seed + 1) % 100_000 == 0 {
                println!("{} of {count} of up to {max} bytes", n - seed + 1);
            }
        }
        if fast {
            println!("{count} inputs of up to {max} bytes: decompressed, and the same bytes with any cuts");
        } else {
            println!("{count} inputs of up to {max} bytes: the same bytes, lengths and results in each call");
        }
    }
}
