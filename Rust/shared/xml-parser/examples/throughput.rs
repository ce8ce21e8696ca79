//! Measures the parser: `throughput [-n] FILE...` prints MB/s without handlers and with handlers for elements and text; `-n`
//! turns namespaces on. `HANDLERS` (0 or 1) selects one of the two, `ROUNDS=1` reads once, for instruction counts.

use std::time::Instant;

use xml_parser::{Event, Handlers, Parser};

/// Parses `data` in pieces of 64 KiB and sums lengths, so that nothing is optimised away.
fn parse(data: &[u8], handlers: Handlers, separator: Option<u8>) -> Result<usize, xml_parser::Error> {
    let mut parser = Parser::new(None, separator)?;
    parser.set_handlers(handlers);
    let mut sum = 0;
    for piece in data.chunks(65536).map(Some).chain([None]) {
        parser.feed(piece.unwrap_or_default(), piece.is_none())?;
        while let Some(event) = parser.next_event()? {
            match event {
                Event::StartElement(start) => {
                    sum += start.name().len();
                    for attribute in start.attributes().iter() {
                        sum += attribute.name.len() + attribute.value.len();
                    }
                }
                Event::EndElement { name } => sum += name.len(),
                Event::CharacterData(text) => sum += text.len(),
                _ => {}
            }
        }
    }
    Ok(sum)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut separator = None;
    for argument in std::env::args().skip(1) {
        if argument == "-n" {
            separator = Some(b' ');
            continue;
        }
        let data = std::fs::read(&argument)?;
        let rounds = std::env::var("ROUNDS")
            .map_or((30_000_000 / data.len().max(1)).max(1), |rounds| rounds.parse().unwrap_or(1));
        let mut line = format!("{argument}:");
        for handlers in [Handlers::NONE, Handlers::START_ELEMENT | Handlers::END_ELEMENT | Handlers::CHARACTER_DATA] {
            if std::env::var("HANDLERS").is_ok_and(|which| (which == "0") != (handlers == Handlers::NONE)) {
                continue;
            }
            let mut best = f64::INFINITY;
            let mut sum = 0;
            for _ in 0..if rounds == 1 { 1 } else { 5 } {
                let start = Instant::now();
                for _ in 0..rounds {
                    sum = parse(&data, handlers, separator)?;
                }
                best = best.min(start.elapsed().as_secs_f64());
            }
            line += &format!(" {:.0} MB/s ({sum})", data.len() as f64 * rounds as f64 / best / 1e6);
        }
        std::io::Write::write_all(&mut std::io::stdout(), format!("{line}\n").as_bytes())?;
    }
    Ok(())
}
