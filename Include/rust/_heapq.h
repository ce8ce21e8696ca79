/* Made from the boundary of Rust/_heapq by make regen; do not edit. Include Python.h first. */

#ifndef RUST__HEAPQ_H
#define RUST__HEAPQ_H

/*
 Adds an item.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heappush_impl(PyObject *_module, PyObject *heap, PyObject *item);

/*
 Removes the item at the top.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heappop_impl(PyObject *_module, PyObject *heap);

/*
 Removes the item at the top, then adds another.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heapreplace_impl(PyObject *_module, PyObject *heap, PyObject *item);

/*
 Adds an item, then removes the one at the top.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heappushpop_impl(PyObject *_module, PyObject *heap, PyObject *item);

/*
 Makes a heap of a list.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heapify_impl(PyObject *_module, PyObject *heap);

/*
 Adds an item. The list is a max-heap.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heappush_max_impl(PyObject *_module, PyObject *heap, PyObject *item);

/*
 Removes the item at the top. The list is a max-heap.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heappop_max_impl(PyObject *_module, PyObject *heap);

/*
 Removes the item at the top, then adds another. The list is a max-heap.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heapreplace_max_impl(PyObject *_module, PyObject *heap, PyObject *item);

/*
 Adds an item, then removes the one at the top. The list is a max-heap.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heappushpop_max_impl(PyObject *_module, PyObject *heap, PyObject *item);

/*
 Makes a heap of a list. The list is a max-heap.

 # Safety

 Called by the parsing code alone.
 */
PyObject *_heapq_heapify_max_impl(PyObject *_module, PyObject *heap);

#endif  /* RUST__HEAPQ_H */
