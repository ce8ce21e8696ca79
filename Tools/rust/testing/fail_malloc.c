/* Preloaded, makes the C library's allocations fail on demand. CPython can do that to its own allocators only; Rust's
   global allocator, and what crates allocate, is this malloc. */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* The allocations of this thread that fail: from `first` on, up to `end` if that is not 0. Off while `first` is -1. */
static __thread long first = -1, end, count;

void
fail_malloc(long from, long to)
{
    count = 0;
    end = to;
    first = from;
}

static int
fails(void)
{
    if (first < 0) {
        return 0;
    }
    long place = count++;
    if (place < first || (end != 0 && place >= end)) {
        return 0;
    }
    errno = ENOMEM;
    return 1;
}

void *
malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t number, size_t size)
{
    return fails() ? NULL : __libc_calloc(number, size);
}

void *
realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int
posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (fails()) {
        return ENOMEM;
    }
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}
