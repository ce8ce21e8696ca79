//! Throughput of `findall` against the `re` of a CPython interpreter: `throughput PYTHON [ROW]`.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Owned, Rows};
use regex_automaton::{Automaton, Cache, Input, Mode, Options, UNSET};

fn best(mut work: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut best = Duration::MAX;
    let mut rounds = 0;
    while rounds < 5 || (begin.elapsed() < Duration::from_millis(100) && rounds < 1000) {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
        rounds += 1;
    }
    best.as_secs_f64() * 1e6
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let python = std::env::args().nth(1).ok_or("usage: throughput PYTHON")?;
    let only = std::env::args().nth(2);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/rows.py");
    let output = Command::new(python).arg("-B").arg(script).output()?;
    let dump = String::from_utf8(output.stdout)?;
    let mut rows = Rows::default();
    for line in dump.lines().filter_map(|line| line.strip_prefix("C ")) {
        let row: Vec<u32> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        rows.0.insert(row[0], (row[1], row[2], row[3]));
    }
    let options = Options::new(Box::leak(Box::new(rows)));
    let mut texts = Vec::new();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:20} {:>6} {:>9} {:>9} {:>6} {:>6} {:>9} {:>9}",
        "", "hits", "C us", "us", "ratio", "MB/s", "first us", "compile"
    )?;
    for line in dump.lines() {
        if let Some(text) = line.strip_prefix("X ") {
            let codes: Vec<u32> = text.split(' ').map(str::parse).collect::<Result<_, _>>()?;
            let width = if codes.iter().all(|&ch| ch < 256) { 1 } else { 2 };
            texts.push(Owned::new(&codes, width));
        }
        let Some(row) = line.strip_prefix("R ") else { continue };
        let words: Vec<&str> = row.split(' ').collect();
        if only.as_ref().is_some_and(|name| name != words[0]) {
            continue;
        }
        let (groups, count, theirs, text) = (
            words[1].parse::<usize>()?,
            words[2].parse::<usize>()?,
            words[3].parse::<f64>()?,
            &texts[words[4].parse::<usize>()?],
        );
        let code: Vec<u32> = words[5..].iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
        let compile = best(|| drop(std::hint::black_box(Automaton::compile(&code, &options))));
        let automaton = Automaton::compile(&code, &options).map_err(|error| format!("{error:?}"))?;
        let mut cache = Cache::new();
        let mut marks = vec![UNSET; 2 * groups];
        let length = text.text().len();
        let mut spans = Vec::new();
        let mut all = |cache: &mut Cache| {
            let mut hits = 0;
            spans.clear();
            let mut input = Input { text: text.text(), pos: 0, end: length, mode: Mode::Search, must_advance: false };
            if groups == 0 {
                return match automaton.spans(cache, &mut input, usize::MAX, &mut spans, &mut || false) {
                    Ok(()) => spans.len(),
                    Err(_) => usize::MAX,
                };
            }
            while let Ok(Some(found)) = automaton.captures(cache, &input, &mut marks, &mut || false) {
                hits += 1;
                input.pos = found.end;
                input.must_advance = found.end == found.start;
            }
            hits
        };
        let start = Instant::now();
        let hits = all(&mut cache);
        let first = start.elapsed().as_secs_f64() * 1e6;
        if hits != count {
            return Err(format!("{}: {hits} hits, not {count}", words[0]).into());
        }
        let ours = best(|| {
            all(&mut cache);
        });
        writeln!(
            out,
            "{:20} {hits:6} {theirs:9.1} {ours:9.1} {:6.1} {:6.0} {first:9.1} {compile:9.1}",
            words[0],
            theirs / ours,
            length as f64 / ours
        )?;
    }
    Ok(())
}
