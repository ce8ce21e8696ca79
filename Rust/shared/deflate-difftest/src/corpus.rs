//! Data of many kinds, made the same way everywhere.

#![forbid(unsafe_code)]

use crate::random::Random;

/// The kinds of data.
pub const KINDS: [&str; 26] = [
    "text",
    "source",
    "json",
    "code",
    "base64",
    "utf16",
    "dna",
    "log",
    "png",
    "png-flat",
    "int32",
    "int32-noise",
    "float64",
    "float64-ones",
    "noise",
    "noise-rare",
    "zeros",
    "period2",
    "period11",
    "period300",
    "period40k",
    "sorted",
    "csv",
    "runs",
    "sparse",
    "bits",
];

/// Data of a kind, or the start of a file: what has a slash in it is its path.
pub fn load(kind: &str, len: usize) -> Vec<u8> {
    if !kind.contains('/') {
        return generate(kind, len, 1);
    }
    let mut data = std::fs::read(kind).expect("a file");
    data.truncate(len);
    data
}

const WORDS: [&str; 64] = [
    "the",
    "of",
    "and",
    "to",
    "a",
    "in",
    "that",
    "is",
    "was",
    "he",
    "for",
    "it",
    "with",
    "as",
    "his",
    "on",
    "be",
    "at",
    "by",
    "had",
    "not",
    "are",
    "but",
    "from",
    "or",
    "have",
    "an",
    "they",
    "which",
    "one",
    "you",
    "were",
    "all",
    "her",
    "she",
    "there",
    "would",
    "their",
    "we",
    "him",
    "been",
    "has",
    "when",
    "who",
    "will",
    "no",
    "more",
    "if",
    "out",
    "so",
    "compression",
    "window",
    "distance",
    "literal",
    "interpreter",
    "reference",
    "function",
    "object",
    "buffer",
    "stream",
    "between",
    "through",
    "government",
    "understand",
];

fn word(random: &mut Random) -> String {
    // A Zipf-like choice, with new words now and then.
    if random.one_in(12) {
        let len = 3 + random.below(8);
        let vowels = b"aeiou";
        let consonants = b"bcdfghjklmnprstvw";
        return (0..len)
            .map(|n| char::from(if n % 2 == 1 { random.choose(vowels) } else { random.choose(consonants) }))
            .collect();
    }
    WORDS[random.skewed(6)].to_owned()
}

/// `len` bytes of the given kind.
pub fn generate(kind: &str, len: usize, seed: u64) -> Vec<u8> {
    let random = &mut Random::new(seed ^ kind.bytes().fold(7, |hash, byte| hash * 31 + u64::from(byte)));
    let mut data = Vec::with_capacity(len + 512);
    let mut count = 0_u64;
    let first: Vec<u8> = match kind {
        "period2" => b"ab".to_vec(),
        "period11" => b"hello world".to_vec(),
        "period300" => (0..300).map(|_| random.byte()).collect(),
        "period40k" => (0..40_000).map(|_| random.byte()).collect(),
        _ => Vec::new(),
    };
    let vocabulary: Vec<[u8; 4]> = (0..600).map(|_| (random.next_u64() as u32).to_le_bytes()).collect();
    while data.len() < len {
        count += 1;
        match kind {
            "text" => {
                data.extend_from_slice(word(random).as_bytes());
                data.extend_from_slice(random.choose(&[" ", " ", " ", " ", " ", " ", ", ", ". ", ".\n"]).as_bytes());
            }
            "source" => {
                let indent = "    ".repeat(random.below(4));
                let (a, b, c) = (word(random), word(random), word(random));
                let line = match random.below(7) {
                    0 => format!("{indent}if {a} is None:\n"),
                    1 => format!("{indent}{a}.{b} = self._{c}({a})\n"),
                    2 => format!("{indent}return {a}({b}, {c})\n"),
                    3 => format!("def {a}_{b}(self, {c}=None):\n"),
                    4 => format!("{indent}# {a} {b} {c} {}\n", word(random)),
                    5 => format!("{indent}for {a} in range({}):\n", random.below(100)),
                    _ => format!("{indent}raise ValueError(\"{a} {b} {c}\")\n\n"),
                };
                data.extend_from_slice(line.as_bytes());
            }
            "json" => {
                let line = format!(
                    "{{\"id\": {count}, \"name\": \"{} {}\", \"active\": {}, \"score\": {:.2}, \"tags\": [\"{}\", \"{}\"]}}, ",
                    word(random),
                    word(random),
                    random.one_in(2),
                    random.below(10_000) as f64 / 100.0,
                    word(random),
                    word(random)
                );
                data.extend_from_slice(line.as_bytes());
            }
            "code" => {
                // Machine code: common opcodes, register bytes, and 32-bit offsets, some of them repeated.
                let opcodes = [0x48, 0x8b, 0x89, 0xe8, 0x0f, 0x85, 0x74, 0xc3, 0x83, 0x4c, 0x31, 0xff, 0x41, 0x66];
                data.push(opcodes[random.skewed(4).min(13)]);
                data.push((random.skewed(8)) as u8);
                match random.below(6) {
                    0 => data.extend_from_slice(&vocabulary[random.below(600)]),
                    1 => data.extend_from_slice(&[random.skewed(8) as u8, 0, 0, 0]),
                    2 => {
                        let at = random.skewed(15).min(data.len() - 1) + 1;
                        let from = data.len() - at;
                        let piece: Vec<u8> = data[from..].iter().copied().take(4 + random.skewed(5)).collect();
                        data.extend_from_slice(&piece);
                    }
                    _ => data.push(random.skewed(8) as u8),
                }
            }
            "base64" => {
                let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
                data.extend((0..76).map(|_| digits[random.below(64)]));
                data.push(b'\n');
            }
            "utf16" => data.extend(word(random).encode_utf16().chain([0x20]).flat_map(u16::to_le_bytes)),
            "dna" => {
                if data.len() > 1000 && random.one_in(100) {
                    let from = random.below(data.len() - 500);
                    data.extend_from_within(from..from + random.below(500));
                } else {
                    data.push(random.choose(b"ACGT"));
                }
            }
            "log" => {
                let line = format!(
                    "2026-11-{:02} {:02}:{:02}:{:02}.{:03} {} [worker-{}] {}.{}: {} {} took {} ms\n",
                    1 + count / 40_000 % 28,
                    count / 2000 % 24,
                    count / 40 % 60,
                    count % 60,
                    random.below(1000),
                    random.choose(&["INFO", "INFO", "INFO", "DEBUG", "WARNING", "ERROR"]),
                    random.below(8),
                    WORDS[50 + random.below(14)],
                    WORDS[50 + random.below(14)],
                    word(random),
                    word(random),
                    random.skewed(12)
                );
                data.extend_from_slice(line.as_bytes());
            }
            "png" => {
                // Rows of a filtered photograph: a filter byte and small differences.
                data.push(random.below(5) as u8);
                data.extend((0..999).map(|_| {
                    let value = random.skewed(5) as u8;
                    if random.one_in(2) { value.wrapping_neg() } else { value }
                }));
            }
            "png-flat" => {
                data.push(0);
                for _ in 0..400 {
                    data.extend_from_slice(&[255, 128, 32]);
                }
            }
            "int32" => data.extend_from_slice(&(count as u32 - 1).to_le_bytes()),
            "int32-noise" => data.extend_from_slice(&(random.skewed(20) as u32).to_le_bytes()),
            "float64" => data.extend_from_slice(&((count as f64 * 0.01).sin() * 100.0).to_le_bytes()),
            "float64-ones" => data.extend_from_slice(&1.0_f64.to_le_bytes()),
            "noise" => data.extend_from_slice(&random.next_u64().to_le_bytes()),
            "noise-rare" => {
                if data.len() > 300 && random.one_in(20) {
                    let from = data.len() - 20 - random.skewed(15).min(data.len() - 20);
                    data.extend_from_within(from..from + 3 + random.below(6));
                } else {
                    data.extend_from_slice(&random.next_u64().to_le_bytes());
                }
            }
            "zeros" => data.push(0),
            "period2" | "period11" | "period300" | "period40k" => data.extend_from_slice(&first),
            "sorted" => data.extend_from_slice(format!("{:08} {}\n", count * 7, WORDS[random.below(64)]).as_bytes()),
            "csv" => data.extend_from_slice(
                format!(
                    "{count},{},{},{:.3},{}\n",
                    word(random),
                    random.below(100),
                    random.below(100_000) as f64 / 1000.0,
                    random.choose(&["yes", "no"])
                )
                .as_bytes(),
            ),
            "runs" => {
                let byte = random.below(6) as u8;
                data.extend(std::iter::repeat_n(byte, 1 + random.skewed(9)));
            }
            "sparse" => {
                data.extend(std::iter::repeat_n(0, random.skewed(7)));
                data.push(random.byte());
            }
            "bits" => data.push(u8::from(random.one_in(3))),
            _ => panic!("no such kind of data: {kind}"),
        }
    }
    data.truncate(len);
    data
}
