//! A pointer to a value that has a reference count, as `std::sync::Arc` without weak references.

use crate::{NoMemory, boxed};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering, fence};

/// The value and its count.
struct Counted<T> {
    references: AtomicUsize,
    value: T,
}

/// `std::sync::Arc`, whose allocation may fail.
///
/// It can be sent to another thread if threads can share the value:
///
/// ```compile_fail,E0277
/// fn send<T: Send>() {}
/// send::<try_alloc::Arc<std::cell::Cell<u8>>>();
/// ```
pub struct Arc<T> {
    /// A box that this and its clones own together. It is valid until `references`, which counts them, is 0.
    pointer: NonNull<Counted<T>>,
    /// Tells the drop check that dropping this may drop a value.
    owns: PhantomData<Counted<T>>,
}

impl<T> Arc<T> {
    /// `Arc::new`.
    ///
    /// # Errors
    ///
    /// [`NoMemory`]; the value is dropped.
    pub fn try_new(value: T) -> Result<Self, NoMemory> {
        let counted = boxed(Counted { references: AtomicUsize::new(1), value })?;
        Ok(Self { pointer: NonNull::from(Box::leak(counted)), owns: PhantomData })
    }

    fn counted(&self) -> &Counted<T> {
        // SAFETY: `self` is one of the references, so the box is valid for as long as `self` is borrowed, and nobody has a
        // mutable reference to it before the last of them is dropped.
        unsafe { self.pointer.as_ref() }
    }

    /// `Arc::ptr_eq`.
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        this.pointer == other.pointer
    }
}

// SAFETY: threads that have clones share references to the value, which requires `T: Sync`, and any of them may drop it, which
// requires `T: Send`. The count is atomic.
unsafe impl<T: Send + Sync> Send for Arc<T> {}
// SAFETY: as for `Send`, since a thread that has a reference can clone it.
unsafe impl<T: Send + Sync> Sync for Arc<T> {}

impl<T> Clone for Arc<T> {
    #[inline]
    fn clone(&self) -> Self {
        // Only a thread that has a reference can make another, so that no ordering with other memory accesses is needed.
        let references = self.counted().references.fetch_add(1, Ordering::Relaxed);
        if references > isize::MAX as usize {
            // So many clones can only have been leaked. The count could overflow, and the value would be freed while it is used.
            std::process::abort();
        }
        Self { pointer: self.pointer, owns: PhantomData }
    }
}

impl<T> Deref for Arc<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.counted().value
    }
}

impl<T> Drop for Arc<T> {
    #[inline]
    fn drop(&mut self) {
        // What this thread did with the value happens before the last reference is dropped.
        if self.counted().references.fetch_sub(1, Ordering::Release) != 1 {
            return;
        }
        // What the other threads did with the value happens before it is dropped.
        fence(Ordering::Acquire);
        // SAFETY: the pointer comes from `Box::leak`, the count says that no other reference is left, and this one is not used
        // after `drop`.
        drop(unsafe { Box::from_raw(self.pointer.as_ptr()) });
    }
}

impl<T: fmt::Debug> fmt::Debug for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn dropped_once() {
        struct Dropped<'a>(&'a Mutex<u32>);
        impl Drop for Dropped<'_> {
            fn drop(&mut self) {
                *self.0.lock().unwrap() += 1;
            }
        }
        let count = Mutex::new(0);
        let first = Arc::try_new(Dropped(&count)).unwrap();
        let second = first.clone();
        assert!(Arc::ptr_eq(&first, &second));
        drop(first);
        assert_eq!(*second.0.lock().unwrap(), 0);
        drop(second);
        assert_eq!(*count.lock().unwrap(), 1);
    }

    #[test]
    fn threads() {
        let shared = Arc::try_new(Mutex::new(Vec::new())).unwrap();
        std::thread::scope(|scope| {
            for number in 0..4 {
                let shared = shared.clone();
                scope.spawn(move || {
                    for _ in 0..50 {
                        let another = shared.clone();
                        another.lock().unwrap().push(number);
                    }
                });
            }
        });
        assert_eq!(shared.lock().unwrap().len(), 200);
    }

    #[test]
    fn thread_bounds() {
        fn both<T: Send + Sync>() {}
        both::<Arc<Vec<u8>>>();
    }
}
