//! The main loop, zlib's `inflate_fast`: symbols as long as there is input and room for several.
//!
//! The structure is that of libdeflate's `deflate_decompress` (Eric Biggers): refills of 56 bits and more without a branch,
//! the entry of the next symbol looked up before the copy of a match, up to three literals in a row without a refill.

use crate::bits::{Bits, Stop};
use crate::table::{
    DISTANCE_ROOT, DistanceTable, END_OF_BLOCK, EXCEPTIONAL, LENGTH_ROOT, LITERAL, LengthTable, SUBTABLE, code_length,
    value,
};
use crate::window::Window;
use outbuf::OutBuf;
use std::mem::MaybeUninit;
use std::ptr;

/// The longest match (RFC 1951, 3.2.5).
const MAX_MATCH: usize = 258;
/// How far a copy may write past the end of its match.
const OVERSHOOT: usize = 32;
/// The room that an iteration needs: two literals, a match, and what its copy writes past the end.
const ROOM: usize = 2 + MAX_MATCH + OVERSHOOT;
/// The input that an iteration needs: it refills twice, eight bytes are read each time, and seven of them used at most.
const INPUT: usize = 15;
/// The input that is needed for the first refill and one iteration.
const FIRST_INPUT: usize = INPUT + 7;
/// The bits that a distance and a look at the next entry need at most.
const DISTANCE_BITS: u32 = 15 + 13 + LENGTH_ROOT;

// The bits after a refill are enough for two literals and a length with its extra bits, and the root of a distance.
const _: () = assert!(2 * LENGTH_ROOT + 15 + 5 + DISTANCE_ROOT <= 56 && 4 * LENGTH_ROOT <= 56 && DISTANCE_BITS <= 56);

/// Whether there is enough input and room.
#[inline(always)]
pub(crate) fn can_run(bits: &Bits<'_>, out: &OutBuf<'_>) -> bool {
    bits.input.len() - bits.next >= FIRST_INPUT && out.remaining() >= ROOM
}

/// Decodes symbols until the block ends, there may not be enough input or room, or `end` bytes of output are written.
/// Returns whether the block ends. Less than eight bits are left in `hold`.
pub(crate) fn inflate_fast(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    end: usize,
    tables: (&LengthTable, &DistanceTable),
    window: &Window,
) -> Result<bool, Stop> {
    #[cfg(target_arch = "x86_64")]
    if cpu_level::Level::detect() >= cpu_level::Level::Avx2 {
        // SAFETY: the processor has them at this level.
        return unsafe { with_bmi2(bits, out, end, tables, window) };
    }
    symbols(bits, out, end, tables, window)
}

/// The same with BMI2, whose shifts take the count from any register.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2")]
fn with_bmi2(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    end: usize,
    tables: (&LengthTable, &DistanceTable),
    window: &Window,
) -> Result<bool, Stop> {
    symbols(bits, out, end, tables, window)
}

/// The bit buffer of the loop, in registers.
///
/// # Invariants
///
/// - `next` points into the input, or to its end.
/// - The lowest byte of `count` is the number of valid bits in `hold`, 63 at most; the other bytes have no meaning. The bits
///   after these are 0, or those of the input at `next`.
struct Hold {
    hold: u64,
    count: u32,
    next: *const u8,
}

impl Hold {
    /// Makes 56 to 63 bits valid.
    ///
    /// # Safety
    ///
    /// - There are eight bytes of input at `next`.
    #[inline(always)]
    unsafe fn refill(&mut self) {
        // SAFETY: eight bytes can be read (the caller's promise).
        let bytes = unsafe { self.next.cast::<u64>().read_unaligned() };
        self.hold |= u64::from_le(bytes).wrapping_shl(self.count);
        // (63 - count) / 8 bytes.
        let used = 7 - (self.count >> 3 & 7);
        // SAFETY: seven bytes at most, of those eight.
        self.next = unsafe { self.next.add(used as usize) };
        self.count |= 56;
    }

    /// Drops the code of an entry together with its extra bits.
    #[inline(always)]
    fn drop_entry(&mut self, entry: u32) {
        self.hold = self.hold.wrapping_shr(entry);
        self.count = self.count.wrapping_sub(entry);
    }

    #[inline(always)]
    fn length(&self, table: &LengthTable) -> u32 {
        table[(self.hold & ((1 << LENGTH_ROOT) - 1)) as usize]
    }

    #[inline(always)]
    fn distance(&self, table: &DistanceTable) -> u32 {
        table[(self.hold & ((1 << DISTANCE_ROOT) - 1)) as usize]
    }

    /// The entry in the subtable to which `entry` points, whose bits have been dropped.
    #[inline(always)]
    fn in_subtable(&self, table: &[u32], entry: u32) -> u32 {
        table[value(entry) + (self.hold & ((1 << code_length(entry)) - 1)) as usize]
    }
}

/// The base of a length or a distance and its extra bits; `hold` still has all bits of the entry.
#[inline(always)]
fn base_and_extra(entry: u32, hold: u64) -> usize {
    let bits = hold & !(u64::MAX.wrapping_shl(entry));
    (entry >> 16) as usize + bits.wrapping_shr(code_length(entry)) as usize
}

#[inline(always)]
fn symbols(
    bits: &mut Bits<'_>,
    out: &mut OutBuf<'_>,
    end: usize,
    (lencode, distcode): (&LengthTable, &DistanceTable),
    window: &Window,
) -> Result<bool, Stop> {
    if !can_run(bits, out) {
        return Ok(false);
    }
    let input = bits.input.as_ptr_range();
    // SAFETY: there are INPUT bytes in the input (`can_run`), so this is inside it.
    let input_end = unsafe { input.end.sub(INPUT) };
    // SAFETY: `bits.next` is a position in the input.
    let next = unsafe { input.start.add(bits.next) };
    let room_end = end.min(out.capacity() - ROOM);
    let len = out.len();
    let start = out.as_mut_ptr().cast::<u8>();
    // SAFETY: there are `len` bytes in the buffer.
    let mut target = unsafe { start.add(len) };
    // SAFETY: as many bytes are in the buffer, too.
    let target_end = unsafe { start.add(room_end) };
    let mut hold = Hold { hold: bits.hold, count: bits.count, next };
    // SAFETY: there are FIRST_INPUT bytes, more than eight (`can_run`).
    unsafe { hold.refill() };
    let mut entry = hold.length(lencode);
    let result = loop {
        // From here on there are INPUT bytes of input, so that two refills can be made, and ROOM bytes of room.
        if hold.next > input_end || target > target_end {
            break Ok(false);
        }
        let mut before = hold.hold;
        hold.drop_entry(entry);
        if entry & LITERAL != 0 {
            // SAFETY: there is room for ROOM bytes; this is the first.
            target = unsafe { push(target, entry) };
            entry = hold.length(lencode);
            before = hold.hold;
            hold.drop_entry(entry);
            if entry & LITERAL != 0 {
                // SAFETY: this is the second byte.
                target = unsafe { push(target, entry) };
                entry = hold.length(lencode);
                before = hold.hold;
                hold.drop_entry(entry);
                if entry & LITERAL != 0 {
                    // SAFETY: this is the third byte.
                    target = unsafe { push(target, entry) };
                    entry = hold.length(lencode);
                    // SAFETY: the first refill of this iteration.
                    unsafe { hold.refill() };
                    continue;
                }
            }
        }
        if entry & EXCEPTIONAL != 0 {
            if entry & SUBTABLE != 0 {
                entry = hold.in_subtable(lencode, entry);
                before = hold.hold;
                hold.drop_entry(entry);
                if entry & LITERAL != 0 {
                    // SAFETY: this is the third byte at most.
                    target = unsafe { push(target, entry) };
                    entry = hold.length(lencode);
                    // SAFETY: the first refill of this iteration.
                    unsafe { hold.refill() };
                    continue;
                }
            }
            if entry & EXCEPTIONAL != 0 {
                let ends = entry & END_OF_BLOCK != 0;
                break if ends { Ok(true) } else { Err(Stop::Error(c"invalid literal/length code")) };
            }
        }
        let length = base_and_extra(entry, before);
        let mut far = hold.distance(distcode);
        // SAFETY: the first refill of this iteration. That it may not be needed cannot be predicted.
        unsafe { hold.refill() };
        if far & EXCEPTIONAL != 0 {
            hold.drop_entry(far);
            if far & SUBTABLE != 0 {
                far = hold.in_subtable(distcode, far);
                before = hold.hold;
                hold.drop_entry(far);
            }
            if far & EXCEPTIONAL != 0 {
                break Err(Stop::Error(c"invalid distance code"));
            }
        } else {
            before = hold.hold;
            hold.drop_entry(far);
        }
        let distance = base_and_extra(far, before);
        entry = hold.length(lencode);
        // SAFETY: the second refill of this iteration.
        unsafe { hold.refill() };
        let written = target as usize - start as usize;
        if distance > written {
            let back = distance - written;
            if back > window.have() {
                break Err(Stop::Error(c"invalid distance too far back"));
            }
            if let Some(piece) = window.piece(back, length, OVERSHOOT) {
                // SAFETY: two bytes of the room have been used at most, a match of MAX_MATCH and OVERSHOOT are left.
                unsafe { copy_piece(target, piece) };
            } else {
                // SAFETY: MAX_MATCH and OVERSHOOT bytes of room are left. Before the target there are `written` bytes.
                unsafe { copy_from_window(target, window, back, distance, length) };
            }
        } else {
            // SAFETY: MAX_MATCH and OVERSHOOT bytes of room are left, and `distance` bytes have been written, one at
            // least.
            unsafe { copy_match(target, distance, length) };
        }
        // SAFETY: there was room for the match, which has been written.
        target = unsafe { target.add(length) };
    };
    // Whole bytes that have been read but not used go back.
    let count = hold.count & 0xff;
    bits.next = hold.next as usize - input.start as usize - (count / 8) as usize;
    bits.count = count % 8;
    bits.hold = hold.hold & ((1 << bits.count) - 1);
    // SAFETY: all bytes up to the target have been written, inside the memory of the buffer.
    unsafe { out.advance(target as usize - start as usize - len) };
    result
}

/// Writes the literal of an entry; returns the place after it.
///
/// # Safety
///
/// - There is room for a byte.
#[inline(always)]
unsafe fn push(target: *mut u8, entry: u32) -> *mut u8 {
    // SAFETY: there is room (the caller's promise).
    unsafe { target.write((entry >> 16) as u8) };
    // SAFETY: the byte of room lies between the two addresses (the caller's promise).
    unsafe { target.add(1) }
}

/// Copies `N` bytes, which may be uninitialised and overlap the target.
///
/// # Safety
///
/// - `N` bytes can be read at `source`, and `N` bytes be written at `target`.
#[inline(always)]
unsafe fn copy<const N: usize>(source: *const u8, target: *mut u8) {
    // SAFETY: readable (the caller's promise).
    let bytes = unsafe { source.cast::<[MaybeUninit<u8>; N]>().read() };
    // SAFETY: writable (the caller's promise).
    unsafe { target.cast::<[MaybeUninit<u8>; N]>().write(bytes) };
}

/// Writes a match of `length` bytes, each the same as the one `distance` bytes before it.
///
/// # Safety
///
/// - There are `distance` initialised bytes before `target`, one at least, in the same memory.
/// - There is room for `length` bytes, [`MAX_MATCH`] at most, and [`OVERSHOOT`] more.
#[inline(always)]
unsafe fn copy_match(mut target: *mut u8, distance: usize, length: usize) {
    // SAFETY: there are that many bytes before it (the caller's promise).
    let mut source = unsafe { target.sub(distance) }.cast_const();
    // SAFETY: there is room for that many (the caller's promise).
    let end = unsafe { target.add(length) };
    // SAFETY, of all that follows: each copy starts before `end`, so that it writes less than OVERSHOOT bytes past it. A source
    // lies before its target, in the same memory. With vectors not longer than the distance a source has been written before
    // it is read, as far as it lies before `end`.
    if distance >= 16 {
        // SAFETY: as above; a match is not empty.
        unsafe { copy::<16>(source, target) };
        // SAFETY: as above; OVERSHOOT is at least 32.
        unsafe { copy::<16>(source.wrapping_add(16), target.wrapping_add(16)) };
        (source, target) = (source.wrapping_add(32), target.wrapping_add(32));
        while target < end {
            // SAFETY: as above.
            unsafe { copy::<16>(source, target) };
            (source, target) = (source.wrapping_add(16), target.wrapping_add(16));
        }
    } else if distance == 1 {
        // SAFETY: there is a byte before the target (the caller's promise).
        let byte = unsafe { source.read() };
        while target < end {
            // SAFETY: as above.
            unsafe { target.cast::<[u8; 16]>().write([byte; 16]) };
            target = target.wrapping_add(16);
        }
    } else {
        // A short period: a copy extends what has been written by one period, after which the period is two of them.
        // Only the first `period` bytes of a copy have a meaning.
        let mut period = distance;
        while period < 8 {
            // SAFETY: as above.
            unsafe { copy::<8>(source, target) };
            target = target.wrapping_add(period);
            period *= 2;
        }
        while target < end {
            // SAFETY: as above.
            unsafe { copy::<8>(source, target) };
            (source, target) = (source.wrapping_add(8), target.wrapping_add(8));
        }
    }
}

/// Writes the bytes of `piece` but the last [`OVERSHOOT`], and perhaps some of these.
///
/// # Safety
///
/// - There is room for as many bytes as the piece has, which are more than [`OVERSHOOT`].
/// - The room is not in the memory of the piece.
#[inline(always)]
unsafe fn copy_piece(target: *mut u8, piece: &[MaybeUninit<u8>]) {
    const { assert!(OVERSHOOT >= 32) };
    let source = piece.as_ptr().cast::<u8>();
    // SAFETY: there are OVERSHOOT bytes, 16 at least, and room for them (the caller's promise).
    unsafe { copy::<16>(source, target) };
    // SAFETY: as above, and 32 at least.
    unsafe { copy::<16>(source.wrapping_add(16), target.wrapping_add(16)) };
    let mut at = 32;
    while at + OVERSHOOT < piece.len() {
        // SAFETY: 16 bytes from `at` on end before the piece does, and there is room for them.
        unsafe { copy::<16>(source.wrapping_add(at), target.wrapping_add(at)) };
        at += 16;
    }
}

/// Writes a match of `length` bytes whose first bytes are those from `back` before the end of the window on.
///
/// # Safety
///
/// - `back` is not 0 and not more than the window has. There are `distance - back` initialised bytes before `target`, in the
///   same memory.
/// - There is room for `length` bytes, [`MAX_MATCH`] at most, and [`OVERSHOOT`] more.
#[inline(never)]
unsafe fn copy_from_window(mut target: *mut u8, window: &Window, mut back: usize, distance: usize, mut length: usize) {
    // Once, or twice if the bytes are at both ends of the ring.
    while length > 0 && back > 0 {
        let bytes = window.contiguous(back, length);
        let count = bytes.len();
        // SAFETY: the window has the bytes, and there is room for them.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr().cast(), target, count) };
        // SAFETY: there was room for them.
        target = unsafe { target.add(count) };
        (length, back) = (length - count, back - count);
    }
    if length > 0 {
        // SAFETY: after all `back` bytes, `distance` bytes before the target is the start of the output, which is
        // initialised up to here. There is as much room as before, less what has been written.
        unsafe { copy_match(target, distance, length) };
    }
}
