//! Symbols as long as there is much input and much room, so that neither has to be looked at for each bit and byte.

use super::Stop;
use super::bits::Bits;
use super::tables::{BASE, DISTANCES, END, FURTHER, LITERAL, LITERALS, extra, length, value};
use super::window::Window;
use crate::block::LONGEST;
use outbuf::OutBuf;

/// Two literals come before a repetition at most.
const MOST_OUTPUT: usize = LONGEST + 2;

/// Whether there is enough of both.
#[inline(always)]
pub(super) fn can_run(bits: &Bits<'_>, out: &OutBuf<'_>) -> bool {
    bits.has_much() && out.remaining() >= MOST_OUTPUT
}

impl Bits<'_> {
    /// Whether there is input to fill up the bits twice: seven bytes at most each time, of eight bytes that are read.
    #[inline(always)]
    fn has_much(&self) -> bool {
        self.input.len() - self.place >= 16
    }
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
type Table<'t, const N: usize> = (&'t [u32; N], u32);
type LiteralsTable<'t> = Table<'t, LITERALS>;
type DistancesTable<'t> = Table<'t, DISTANCES>;

/// Decodes symbols until the block ends or there may not be enough of input or room; returns whether it ends. What is
/// left of the bits is less than a byte.
pub(super) fn run(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    literals: LiteralsTable<'_>,
    distances: DistancesTable<'_>,
    window: &Window,
) -> Result<bool, Stop> {
    #[cfg(target_arch = "x86_64")]
    if cpu_level::Level::detect() >= cpu_level::Level::Avx2 {
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
    literals: LiteralsTable<'_>,
    distances: DistancesTable<'_>,
    window: &Window,
) -> Result<bool, Stop> {
    portable(bits, out, literals, distances, window)
}

#[inline(always)]
fn portable(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    literals: LiteralsTable<'_>,
    distances: DistancesTable<'_>,
    window: &Window,
) -> Result<bool, Stop> {
    // Where nobody else sees them, both can stay in registers.
    let mut local = Bits { ..*bits };
    let whole = std::mem::replace(out, OutBuf::new(&mut []));
    let (result, whole) = symbols(&mut local, whole, literals, distances, window);
    local.put_back();
    (*bits, *out) = (local, whole);
    result
}

#[inline(always)]
fn symbols<'o>(
    bits: &mut Bits<'_>,
    mut out: OutBuf<'o>,
    (literals, literals_root): LiteralsTable<'_>,
    (distances, distances_root): DistancesTable<'_>,
    window: &Window,
) -> (Result<bool, Stop>, OutBuf<'o>) {
    if !can_run(bits, &out) {
        return (Ok(false), out);
    }
    fill(bits);
    // Of the next symbol, which is looked up as soon as its bits are there.
    let mut entry = literals[bits.peek(literals_root)];
    let result = loop {
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
            if !can_run(bits, &out) {
                break Ok(false);
            }
            fill(bits);
            entry = literals[bits.peek(literals_root)];
            continue;
        }
        if entry & BASE == 0 {
            break if entry & END != 0 { Ok(true) } else { Err(Stop::Error(c"invalid literal/length code")) };
        }
        let mut rest = value(entry) + bits.take(extra(entry));
        // Up to 15 bits and 13 more for the distance.
        if bits.count < 28 {
            fill(bits);
        }
        let mut far = distances[bits.peek(distances_root)];
        if far & FURTHER != 0 {
            bits.drop(distances_root);
            far = distances[value(far) + bits.peek(extra(far))];
        }
        bits.drop(length(far));
        if far & BASE == 0 {
            break Err(Stop::Error(c"invalid distance code"));
        }
        let distance = value(far) + bits.take(extra(far));
        let goes_on = bits.has_much();
        if goes_on {
            fill(bits);
            entry = literals[bits.peek(literals_root)];
        }
        if distance > out.len() {
            if distance - out.len() > window.have() {
                break Err(Stop::Error(c"invalid distance too far back"));
            }
            (out, rest) = copy_from_window(out, window, distance, rest);
        }
        if rest > 0 {
            out.extend_from_within(distance, rest);
        }
        if !goes_on || out.remaining() < MOST_OUTPUT {
            break Ok(false);
        }
    };
    (result, out)
}

/// Writes what lies in the window of a repetition, and returns how much of it is left. This is rare, and the output is
/// moved here so that it can stay in registers otherwise.
#[inline(never)]
fn copy_from_window<'o>(mut out: OutBuf<'o>, window: &Window, distance: usize, mut rest: usize) -> (OutBuf<'o>, usize) {
    while rest > 0 && distance > out.len() {
        let back = distance - out.len();
        rest -= window.copy_to(&mut out, back, rest);
    }
    (out, rest)
}
