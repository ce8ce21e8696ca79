//! The number of a thread by which CPython says who owns an object.

/// The number of the current thread: `_Py_ThreadId` of CPython's `object.h`, which is the thread pointer of the processor. It takes
/// no call where this is known how to read.
#[inline]
pub fn thread_id() -> usize {
    #[cfg(all(target_os = "linux", target_arch = "x86_64", target_pointer_width = "64"))]
    {
        let id;
        // SAFETY: by the ABI of threads, the first word of the block that FS points to is the address of the block.
        unsafe { core::arch::asm!("mov {}, fs:[0]", out(reg) id, options(pure, readonly, nostack, preserves_flags)) };
        id
    }
    #[cfg(all(target_os = "linux", target_arch = "aarch64", target_pointer_width = "64"))]
    {
        let id;
        // SAFETY: the register has the thread pointer, and every program can read it.
        unsafe { core::arch::asm!("mrs {}, tpidr_el0", out(reg) id, options(pure, nomem, nostack, preserves_flags)) };
        id
    }
    #[cfg(not(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64"),
        target_pointer_width = "64"
    )))]
    // SAFETY: the function can be called at any time.
    unsafe {
        crate::shim_thread_id()
    }
}
