//! Prints output length and time for each kind of data, next to the system's zlib.
//!
//! `deflate-bench [exact|fast] [LEVELS] [LENGTHS] [KINDS]`, each a list with commas, such as `1,6,9 1000,450000 text,json`;
//! a kind may be the path of a file.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program")]

use deflate::{Config, Deflate, Flush, Profile};
use deflate_difftest::corpus::{KINDS, load};
use deflate_difftest::cpu_time;
use deflate_difftest::libz::CDeflate;
use outbuf::OutBuf;
use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

fn ours(config: &Config, data: &[u8], memory: &mut [MaybeUninit<u8>]) -> usize {
    let mut output = OutBuf::new(memory);
    let mut stream = Deflate::new(config).expect("valid parameters");
    stream.deflate(&mut &data[..], &mut output, Flush::Finish).expect("there is room");
    output.len()
}

fn theirs(config: &Config, data: &[u8], memory: &mut [u8]) -> usize {
    let mut stream =
        CDeflate::new(config.level, config.method, config.window_bits, config.mem_level, config.strategy as i32)
            .expect("valid parameters");
    stream.deflate(data, memory, Flush::Finish as i32).2
}

fn timed<T>(best: &mut Duration, calls: u32, mut work: impl FnMut() -> T) -> T {
    let start = cpu_time();
    let mut result = work();
    for _ in 1..calls {
        result = work();
    }
    *best = (*best).min((cpu_time() - start) / calls);
    result
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let profile = match arguments.next().as_deref() {
        Some("fast") => Profile::Fast,
        _ => Profile::Exact,
    };
    let mut numbers = |default: &str| -> Vec<usize> {
        let list = arguments.next().unwrap_or_else(|| default.to_owned());
        list.split(',').map(|number| number.parse().expect("a number")).collect()
    };
    let levels = numbers("1,6,9");
    let lengths = numbers("1000,25000,450000");
    let kinds = arguments.next().unwrap_or_else(|| KINDS.join(","));
    // So that glibc's allocator keeps memory of this size from here on, instead of returning it to the system.
    drop(std::hint::black_box(vec![1_u8; 16 << 20]));
    let once = std::env::var_os("ONCE").is_some();
    let budget = Duration::from_millis(60);
    let mut all = Vec::new();
    println!(
        "{:<14}{:>9} level {:>9} {:>9} {:>10} {:>10} {:>7} {:>7}",
        "kind", "bytes", "ours", "zlib", "us", "us zlib", "speed", "size"
    );
    for level in levels {
        let mut logs = Vec::new();
        for kind in kinds.split(',') {
            for &len in &lengths {
                let data = load(kind, len);
                let len = data.len();
                let config = Config { level: level as i32, profile, ..Config::default() };
                let mut memory = vec![MaybeUninit::uninit(); len + len / 8 + 1000];
                let mut c_memory = vec![0; len + len / 8 + 1000];
                let (mut time, mut c_time) = (Duration::MAX, Duration::MAX);
                let (mut size, mut c_size) = (0, 0);
                let start = Instant::now();
                let mut rounds = 0;
                let calls = if len < 5000 { 20 } else { 1 };
                while rounds == 0 || !once && rounds < 3 || !once && (start.elapsed() < budget && rounds < 30) {
                    size = timed(&mut time, calls, || ours(&config, &data, &mut memory));
                    c_size = timed(&mut c_time, calls, || theirs(&config, &data, &mut c_memory));
                    rounds += 1;
                }
                let speed = c_time.as_secs_f64() / time.as_secs_f64();
                logs.push(speed.ln());
                println!(
                    "{:<14}{len:>9} {level:>5} {size:>9} {c_size:>9} {:>10.1} {:>10.1} {speed:>7.2} {:>7.3}{}{}",
                    kind.rsplit('/').next().unwrap_or(kind),
                    time.as_secs_f64() * 1e6,
                    c_time.as_secs_f64() * 1e6,
                    size as f64 / c_size as f64,
                    if speed < 1.0 { " slower" } else { "" },
                    if size as f64 > c_size as f64 * 1.005 + 8.0 { " larger" } else { "" },
                );
            }
        }
        println!("level {level}: geometric mean {:.2}", (logs.iter().sum::<f64>() / logs.len() as f64).exp());
        all.extend(logs);
    }
    println!("all: geometric mean {:.2}", (all.iter().sum::<f64>() / all.len() as f64).exp());
}
