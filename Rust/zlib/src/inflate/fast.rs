//! Symbols as long as there is much input and much room, so that neither has to be looked at for each bit and byte.

use super::Stop;
use super::bits::Bits;
use super::tables::{BASE, END, FURTHER, LITERAL, extra, length, value};
use super::window::Window;
use crate::block::LONGEST;
use cpu_level::Level;
use outbuf::OutBuf;

/// The bits are filled up twice for a symbol, seven bytes at most each time, of eight bytes that are read.
const MOST_INPUT: usize = 16;
/// Two literals come before a repetition at most.
const MOST_OUTPUT: usize = LONGEST + 2;

/// Whether there is enough of both.
#[inline(always)]
pub(super) fn can_run(bits: &Bits<'_>, out: &OutBuf<'_>) -> bool {
    bits.input.len() - bits.place >= MOST_INPUT && out.remaining() >= MOST_OUTPUT
}

/// Fills the bits up to 56 at least.
#[inline(always)]
fn fill(bits: &mut Bits<'_>) {
    let Some(eight) = bits.input[bits.place..].first_chunk::<8>() else { unreachable!("there is so much input") };
    bits.hold |= u64::from_le_bytes(*eight) << bits.count;
    let bytes = (63 - bits.count) / 8;
    bits.place += bytes as usize;
    bits.count += bytes * 8;
}

/// A table, and how many bits its root has.
type Table<'t> = (&'t [u32], u32);

/// Decodes symbols until the block ends or there may not be enough of input or room; returns whether it ends. What is
/// left of the bits is less than a byte.
pub(super) fn run(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    literals: Table<'_>,
    distances: Table<'_>,
    window: &Window,
) -> Result<bool, Stop> {
    #[cfg(target_arch = "x86_64")]
    if Level::detect() >= Level::Avx2 {
        // SAFETY: the processor has them at this level.
        return unsafe { with_bmi2(bits, out, literals, distances, window) };
    }
    portable(bits, out, literals, distances, window)
}

/// The same with shifts that need no particular register: most of the work is shifts.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2")]
fn with_bmi2(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    literals: Table<'_>,
    distances: Table<'_>,
    window: &Window,
) -> Result<bool, Stop> {
    portable(bits, out, literals, distances, window)
}

#[inline(always)]
fn portable(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    literals: Table<'_>,
    distances: Table<'_>,
    window: &Window,
) -> Result<bool, Stop> {
    // Where nobody else sees them, both can stay in registers.
    let mut local = Bits { ..*bits };
    let mut whole = std::mem::replace(out, OutBuf::new(&mut []));
    let result = symbols(&mut local, &mut whole, literals, distances, window);
    local.put_back();
    *bits = local;
    *out = whole;
    result
}

#[inline(always)]
fn symbols(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    (literals, literals_root): (&[u32], u32),
    (distances, distances_root): (&[u32], u32),
    window: &Window,
) -> Result<bool, Stop> {
    while can_run(bits, out) {
        fill(bits);
        let mut entry = literals[bits.peek(literals_root)];
        if entry & LITERAL != 0 {
            bits.drop(length(entry));
            out.push(value(entry) as u8);
            entry = literals[bits.peek(literals_root)];
            if entry & LITERAL != 0 {
                bits.drop(length(entry));
                out.push(value(entry) as u8);
                entry = literals[bits.peek(literals_root)];
            }
        }
        if entry & FURTHER != 0 {
            bits.drop(literals_root);
            entry = literals[value(entry) + bits.peek(extra(entry))];
        }
        bits.drop(length(entry));
        if entry & LITERAL != 0 {
            out.push(value(entry) as u8);
            continue;
        }
        if entry & BASE == 0 {
            return if entry & END != 0 { Ok(true) } else { Err(Stop::Error(c"invalid literal/length code")) };
        }
        let mut rest = value(entry) + bits.take(extra(entry));
        // Up to 15 bits and 13 more for the distance.
        if bits.count < 28 {
            fill(bits);
        }
        let mut entry = distances[bits.peek(distances_root)];
        if entry & FURTHER != 0 {
            bits.drop(distances_root);
            entry = distances[value(entry) + bits.peek(extra(entry))];
        }
        bits.drop(length(entry));
        if entry & BASE == 0 {
            return Err(Stop::Error(c"invalid distance code"));
        }
        let distance = value(entry) + bits.take(extra(entry));
        while rest > 0 {
            if distance <= out.len() {
                out.extend_from_within(distance, rest);
                break;
            }
            if distance - out.len() > window.have() {
                return Err(Stop::Error(c"invalid distance too far back"));
            }
            rest -= window.copy_to(out, distance - out.len(), rest);
        }
    }
    Ok(false)
}
