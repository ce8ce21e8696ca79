//! Prints how fast uuencoding, quoted-printable and the CRCs run: `cargo run --release --example bench_textcodes`.

#![expect(clippy::print_stdout, reason = "the numbers are what a user wants")]

use binascii::{crc_hqx, quoted_printable as qp, uu};
use outbuf::OutBuf;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::time::Instant;

/// Prints the median of 21 samples, each of about 2 ms, of `work` over `len` bytes.
fn measure(name: &str, len: usize, mut work: impl FnMut()) {
    let start = Instant::now();
    work();
    let calls = (2_000_000 / start.elapsed().as_nanos().max(20)).max(1) as u32;
    let mut samples: Vec<f64> = (0..21)
        .map(|_| {
            let start = Instant::now();
            (0..calls).for_each(|_| work());
            start.elapsed().as_nanos() as f64 / f64::from(calls)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    let median = samples[samples.len() / 2];
    println!("{name:28} {len:8} bytes {median:12.1} ns {:8.3} GB/s", len as f64 / median);
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// Lines of 70 characters, about every one with something to quote.
    fn mail(&mut self, count: usize) -> Vec<u8> {
        let letters = b"abcdefghijklmnopqrstuvwxyz      ETAOIN.,;";
        let mut text = Vec::new();
        while text.len() < count {
            let mut line = [0; 70].map(|_: u8| letters[self.next() as usize % letters.len()]);
            for (chance, quoted) in [(2, 0xe9), (2, 0xfc), (5, b'=')] {
                if self.next().is_multiple_of(chance) {
                    line[self.next() as usize % 69] = quoted;
                }
            }
            line[69] = b'.';
            text.extend_from_slice(&line);
            text.push(b'\n');
        }
        text.truncate(count);
        text
    }
}

fn main() {
    cpu_level::Level::detect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut memory = vec![MaybeUninit::uninit(); 4 << 20];
    let noise = random.bytes(1 << 20);
    let mail = random.mail(1 << 20);
    let cyrillic = "Съешь ещё этих мягких французских булок, да выпей чаю.\n".repeat(700).into_bytes();

    for len in [16, 64, 256, 1024, 65536, 1 << 20] {
        measure("crc32", len, || _ = black_box(checksum::crc32(0, black_box(&noise[..len]))));
    }
    for len in [16, 64, 256, 1024, 65536, 1 << 20] {
        measure("crc_hqx", len, || _ = black_box(crc_hqx::update(0, black_box(&noise[..len]))));
    }
    let options = qp::Options { quotetabs: false, istext: true, header: false };
    for (name, data) in [
        ("mail", &mail[..]),
        ("mail", &mail[..1024]),
        ("mail", &mail[..16]),
        ("random", &noise[..1 << 16]),
        ("Cyrillic", &cyrillic),
    ] {
        measure(&format!("room for b2a_qp, {name}"), data.len(), || {
            black_box(qp::max_encoded_len(black_box(data), options));
        });
        let mut text = Vec::new();
        measure(&format!("b2a_qp, {name}"), data.len(), || {
            let mut out = OutBuf::new(&mut memory);
            qp::encode(black_box(data), options, &mut out);
            black_box(out.filled());
            if text.is_empty() {
                text = out.filled().to_vec();
            }
        });
        measure(&format!("a2b_qp, {name}"), text.len(), || {
            let mut out = OutBuf::new(&mut memory);
            qp::decode(black_box(&text), false, &mut out);
            black_box(out.filled());
        });
    }
    for data in [&noise[..45], &noise[..3]] {
        let mut line = Vec::new();
        measure("b2a_uu", data.len(), || {
            let mut out = OutBuf::new(&mut memory);
            black_box(uu::encode(black_box(data), false, &mut out)).unwrap_or_default();
            black_box(out.filled());
            if line.is_empty() {
                line = out.filled().to_vec();
            }
        });
        measure("a2b_uu", line.len(), || {
            let mut out = OutBuf::new(&mut memory);
            black_box(uu::decode(black_box(&line), &mut out)).unwrap_or_default();
            black_box(out.filled());
        });
    }
}
