//! Reversing the order of the bytes in numbers where they are.

use super::StoredItem;

/// Reverses the order of the bytes in each number of `number_size` bytes, of which the items are made.
///
/// # Safety
///
/// - There are `len` bytes of items of `item_size` bytes at `start`, which can be read and written, and are items of an
///   [`ItemStorage`](super::ItemStorage).
#[inline(always)]
pub(super) unsafe fn swap_bytes(start: *mut u8, len: usize, item_size: usize, number_size: usize) {
    #[cfg(target_arch = "x86_64")]
    if cpu_level::Level::detected() >= cpu_level::Level::Avx2 {
        // SAFETY: the processor has the instructions of the level, and there are so many bytes of items (the caller's promise).
        return unsafe { avx2::swap_bytes(start, len, number_size) };
    }
    // SAFETY: the caller's promise.
    unsafe { swap_items(start, len, item_size, number_size) }
}

/// The same, item by item.
///
/// # Safety
///
/// - As for [`swap_bytes`].
#[inline]
unsafe fn swap_items(start: *mut u8, len: usize, item_size: usize, number_size: usize) {
    match (item_size, number_size) {
        // SAFETY: items of two bytes (the caller's promise).
        (2, 2) => unsafe { swap_each(start, len, u16::swap_bytes) },
        // SAFETY: items of four bytes (the caller's promise).
        (4, 4) => unsafe { swap_each(start, len, u32::swap_bytes) },
        // SAFETY: items of eight bytes (the caller's promise).
        (8, 8) => unsafe { swap_each(start, len, u64::swap_bytes) },
        // SAFETY: items of eight bytes (the caller's promise).
        (8, 4) => unsafe { swap_each(start, len, |pair: u64| pair.swap_bytes().rotate_left(32)) },
        // SAFETY: items of 16 bytes (the caller's promise).
        (16, 8) => unsafe { swap_each(start, len, |pair: [u64; 2]| pair.map(u64::swap_bytes)) },
        _ => {}
    }
}

/// Replaces each item by what `swap` makes of it.
///
/// # Safety
///
/// - There are `len` bytes of items of this size at `start`, which can be read and written, and are items of an
///   [`ItemStorage`](super::ItemStorage).
#[inline(always)]
unsafe fn swap_each<T: StoredItem>(start: *mut u8, len: usize, swap: impl Fn(T) -> T) {
    for offset in (0..len / T::SIZE).map(|index| index * T::SIZE) {
        // SAFETY: there is an item at this place (the caller's promise).
        let place = unsafe { start.add(offset) };
        // SAFETY: an item can be read at this place, and is aligned to its size.
        let item = unsafe { T::load(place) };
        // SAFETY: an item can be written at this place, and is aligned to its size.
        unsafe { swap(item).store(place) };
    }
}

/// Many numbers at a time. Assembly reads and writes them, so that the compiler knows as little of it as of C code.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::asm;
    use std::arch::x86_64::{_mm_set_epi64x, _mm256_broadcastsi128_si256};

    /// Which byte comes to each place of 16, within which the instruction moves them, for numbers of 1, 2, 4 and 8 bytes.
    const ORDERS: [[i64; 2]; 4] = [
        [0x0F0E_0D0C_0B0A_0908, 0x0706_0504_0302_0100],
        [0x0E0F_0C0D_0A0B_0809, 0x0607_0405_0203_0001],
        [0x0C0D_0E0F_0809_0A0B, 0x0405_0607_0001_0203],
        [0x0809_0A0B_0C0D_0E0F, 0x0001_0203_0405_0607],
    ];

    /// Reverses the order of the bytes in each number.
    ///
    /// # Safety
    ///
    /// - There are `len` bytes of items at `start`, which can be read and written.
    // Inlined into the crate of the caller, where the compiler sees that it does not panic.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn swap_bytes(start: *mut u8, len: usize, number_size: usize) {
        let [high, low] = ORDERS[number_size.trailing_zeros() as usize & 3];
        let order = _mm256_broadcastsi128_si256(_mm_set_epi64x(high, low));
        let mut done = 0;
        /// Swaps as many bytes as an instruction loads.
        macro_rules! swap {
            ($size:literal, $load:literal, $modifier:literal) => {
                // SAFETY: so many bytes more are there (the caller's promise, and the condition before this).
                let place = unsafe { start.add(done) };
                // SAFETY: they can be read and written (the caller's promise). Nothing else is accessed.
                unsafe {
                    asm!(
                        concat!($load, " {vector", $modifier, "}, [{place}]"),
                        concat!("vpshufb {vector", $modifier, "}, {vector", $modifier, "}, {order", $modifier, "}"),
                        concat!($load, " [{place}], {vector", $modifier, "}"),
                        place = in(reg) place,
                        vector = out(ymm_reg) _,
                        order = in(ymm_reg) order,
                        options(nostack, preserves_flags)
                    );
                }
                done += $size;
            };
        }
        while len - done >= 32 {
            swap!(32, "vmovdqu", ":y");
        }
        if len & 16 != 0 {
            swap!(16, "vmovdqu", ":x");
        }
        if len & 8 != 0 {
            swap!(8, "vmovq", ":x");
        }
        if len & 4 != 0 {
            swap!(4, "vmovd", ":x");
        }
        if len & 2 != 0 && number_size == 2 {
            // SAFETY: two bytes more are there (the caller's promise).
            let place = unsafe { start.add(done) };
            // SAFETY: they can be read and written (the caller's promise). Nothing else is accessed.
            unsafe { asm!("rol word ptr [{place}], 8", place = in(reg) place, options(nostack)) };
        }
    }
}
