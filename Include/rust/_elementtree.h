/* Made from the boundary of Rust/_elementtree by make regen; do not edit. Include Python.h first. */

#ifndef RUST__ELEMENTTREE_H
#define RUST__ELEMENTTREE_H

/*
 `PyDict_Check`, or `PyAnyDict_Check` where there is a `frozendict`.
 */
extern int elementtree_is_dict(PyObject *object);

/*
 `PyDict_Copy`, or `_PyDict_CopyAsDict`.
 */
extern PyObject *elementtree_copy_dict(PyObject *dict);

/*
 `element.get(key, default)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_get_impl(PyObject *element, PyObject *key, PyObject *default_);

/*
 `element.set(key, value)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_set_impl(PyObject *element, PyObject *key, PyObject *value);

/*
 `element.items()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_items_impl(PyObject *element);

/*
 `element.keys()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_keys_impl(PyObject *element);

/*
 The attribute `attrib`.

 # Safety

 - Called as the slot alone.
 */
PyObject *element_attrib_getter(PyObject *element, void *_closure);

/*
 The attribute `attrib` is set.

 # Safety

 - Called as the slot alone.
 */
int element_attrib_setter(PyObject *element, PyObject *value, void *_closure);

/*
 `PyUnicode_DecodeUTF8`
 */
extern PyObject *elementtree_decode(const char *text, uintptr_t size);

/*
 The common slots of the class.
 */
rust_instance elementtree_TreeBuilder_instance(void);

/*
 `tp_new`

 # Safety

 - Called as the slot alone.
 */
PyObject *elementtree_TreeBuilder_new(PyTypeObject *class_, PyObject *_args, PyObject *_kwds);

/*
 `TreeBuilder.__init__`

 # Safety

 - Called by the parsing code alone.
 */
int _elementtree_TreeBuilder___init___impl(PyObject *builder,
                                           PyObject *element_factory,
                                           PyObject *comment_factory,
                                           PyObject *pi_factory,
                                           int insert_comments,
                                           int insert_pis);

/*
 `builder.data(data)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_TreeBuilder_data_impl(PyObject *builder, PyObject *text);

/*
 `builder.start(tag, attrs)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_TreeBuilder_start_impl(PyObject *builder, PyObject *tag, PyObject *attrs);

/*
 `builder.end(tag)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_TreeBuilder_end_impl(PyObject *builder, PyObject *_tag);

/*
 `builder.comment(text)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_TreeBuilder_comment_impl(PyObject *builder, PyObject *text);

/*
 `builder.pi(target, text)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_TreeBuilder_pi_impl(PyObject *builder, PyObject *target, PyObject *text);

/*
 `builder.close()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_TreeBuilder_close_impl(PyObject *builder);

/*
 `tp_new`: an element without a tag.

 # Safety

 - Called as the slot alone.
 */
PyObject *elementtree_Element_new(PyTypeObject *class_, PyObject *_args, PyObject *_kwds);

/*
 `tp_vectorcall`: a call of the class takes no tuple and no dict of arguments.

 # Safety

 - Called as the slot alone.
 */
PyObject *elementtree_Element_vectorcall(PyObject *class_,
                                         PyObject *const *arguments,
                                         uintptr_t nargsf,
                                         PyObject *names);

/*
 `tp_init`

 # Safety

 - Called as the slot alone.
 */
int elementtree_Element_init(PyObject *element, PyObject *args, PyObject *kwds);

/*
 `SubElement(parent, tag, attrib, **extra)`

 # Safety

 - Called as the function of the module alone.
 */
PyObject *elementtree_SubElement(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names);

/*
 Copies a dict whose keys and values are all exactly `str`: 1 and a new reference; 0 for any other object; -1 with an
 exception set.
 */
extern int elementtree_copy_plain_dict(PyObject *dict, PyObject **copy);

/*
 `element.__copy__()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element___copy___impl(PyObject *element, PyTypeObject *_class);

/*
 `element.__deepcopy__(memo)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element___deepcopy___impl(PyObject *element, PyObject *memo);

/*
 The module's class `Element`, given an instance of it or of a subclass. The instance keeps the class alive.
 */
extern PyTypeObject *elementtree_element_base(PyObject *element);

/*
 `_Py_TryXGetRef`: a new reference, or NULL.
 */
extern PyObject *elementtree_try_get(PyObject **place);

/*
 Releases references, or NULL, that no other code can see.
 */
extern void elementtree_release_references(PyObject *const *references, uintptr_t count);

/*
 A new element with the data, whose references it takes over; NULL with an exception set, and no reference taken.
 */
extern PyObject *elementtree_new_element(PyTypeObject *class_, const void *data);

/*
 The start of a deallocation: removes an element from the collector's list, and clears weak references to it.
 */
extern void elementtree_begin_dealloc(PyObject *element);

/*
 The end of a deallocation: frees the memory, and releases the class.
 */
extern void shim_free_object(PyObject *element);

/*
 Sets a flag while the threads of all interpreters are stopped.
 */
extern void elementtree_set_stopped(uint8_t *flag);

/*
 `_Py_NewRefWithLock`: a new reference to an object that a locked place keeps, after which the other function succeeds.
 */
extern PyObject *elementtree_new_reference(PyObject *object);

/*
 `PyMem_Malloc`
 */
extern void *PyMem_Malloc(uintptr_t size);

/*
 `PyMem_Free`
 */
extern void PyMem_Free(void *memory);

/*
 Frees memory after a quiescent state of all threads. It may also process other delayed frees, which release references.
 */
extern void shim_free_delayed(void *memory, intptr_t size);

/*
 The common slots of the class, except for `tp_dealloc` and `tp_clear`.
 */
rust_instance elementtree_Element_instance(void);

/*
 `tp_dealloc`. It recurses for each level of a tree, so it has to use little stack: it does without the guard against panics that
 the common slot has, as nothing here panics. C recognises the class by this function: a subclass has another `tp_dealloc`, which
 calls this one.

 # Safety

 - Called as the slot alone.
 */
void elementtree_Element_dealloc(PyObject *element);

/*
 `element.find(path, namespaces)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_find_impl(PyObject *element, PyTypeObject *_class, PyObject *path, PyObject *namespaces);

/*
 `element.findtext(path, default, namespaces)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_findtext_impl(PyObject *element,
                                             PyTypeObject *_class,
                                             PyObject *path,
                                             PyObject *default_,
                                             PyObject *namespaces);

/*
 `element.findall(path, namespaces)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_findall_impl(PyObject *element,
                                            PyTypeObject *_class,
                                            PyObject *path,
                                            PyObject *namespaces);

/*
 `element.iterfind(path, namespaces)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_iterfind_impl(PyObject *element,
                                             PyTypeObject *_class,
                                             PyObject *path,
                                             PyObject *namespaces);

/*
 The common slots of the class.
 */
rust_instance elementtree_iterator_instance(void);

/*
 `element.iter(tag)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_iter_impl(PyObject *element, PyTypeObject *_class, PyObject *tag);

/*
 `element.itertext()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_itertext_impl(PyObject *element, PyTypeObject *_class);

/*
 The slot `tp_iternext`.

 # Safety

 - Called as the slot alone.
 */
PyObject *elementtree_iterator_next(PyObject *iterator);

/*
 The common slots of the class.
 */
rust_instance elementtree_XMLParser_instance(void);

/*
 `element.append(subelement)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_append_impl(PyObject *element, PyTypeObject *_class, PyObject *subelement);

/*
 `element.extend(elements)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_extend_impl(PyObject *element, PyTypeObject *_class, PyObject *elements);

/*
 `element.insert(index, subelement)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_insert_impl(PyObject *element, Py_ssize_t index, PyObject *subelement);

/*
 `element.remove(subelement)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_remove_impl(PyObject *element, PyObject *subelement);

/*
 `element.clear()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_clear_impl(PyObject *element);

/*
 `element.makeelement(tag, attrib)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element_makeelement_impl(PyObject *element,
                                                PyTypeObject *_class,
                                                PyObject *tag,
                                                PyObject *attrib);

/*
 `element.__sizeof__()`

 # Safety

 - Called by the parsing code alone.
 */
uintptr_t _elementtree_Element___sizeof___impl(PyObject *element);

/*
 The length of an element: the slots `sq_length` and `mp_length`.

 # Safety

 - Called as the slot alone.
 */
Py_ssize_t elementtree_Element_len(PyObject *element);

/*
 The attribute `tag`.

 # Safety

 - Called as the slot alone.
 */
PyObject *element_tag_getter(PyObject *element, void *_closure);

/*
 The attribute `text`.

 # Safety

 - Called as the slot alone.
 */
PyObject *element_text_getter(PyObject *element, void *_closure);

/*
 The attribute `tail`.

 # Safety

 - Called as the slot alone.
 */
PyObject *element_tail_getter(PyObject *element, void *_closure);

/*
 The attribute `tag` is set.

 # Safety

 - Called as the slot alone.
 */
int element_tag_setter(PyObject *element, PyObject *value, void *_closure);

/*
 The attribute `text` is set.

 # Safety

 - Called as the slot alone.
 */
int element_text_setter(PyObject *element, PyObject *value, void *_closure);

/*
 The attribute `tail` is set.

 # Safety

 - Called as the slot alone.
 */
int element_tail_setter(PyObject *element, PyObject *value, void *_closure);

/*
 Makes the state of the module, and adds what is not a function or a class.

 # Safety

 - Called by the module's `Py_mod_exec` slot alone, with the classes that it has made.
 */
int elementtree_exec(PyObject *module, PyObject *const *classes);

/*
 `_set_factories(comment_factory, pi_factory)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree__set_factories_impl(PyObject *module, PyObject *comment_factory, PyObject *pi_factory);

/*
 `tp_new`

 # Safety

 - Called as the slot alone.
 */
PyObject *elementtree_XMLParser_new(PyTypeObject *class_, PyObject *_args, PyObject *_kwds);

/*
 `XMLParser.__init__`

 # Safety

 - Called by the parsing code alone.
 */
int _elementtree_XMLParser___init___impl(PyObject *parser, PyObject *target, const char *encoding);

/*
 `parser.close()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_XMLParser_close_impl(PyObject *parser);

/*
 `parser.flush()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_XMLParser_flush_impl(PyObject *parser);

/*
 `parser.feed(data)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_XMLParser_feed_impl(PyObject *parser, PyObject *data);

/*
 `parser._parse_whole(file)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_XMLParser__parse_whole_impl(PyObject *parser, PyObject *file);

/*
 `parser._setevents(events_queue, events_to_report)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_XMLParser__setevents_impl(PyObject *parser, PyObject *queue, PyObject *events);

/*
 The attribute `version`: that of expat which `pyexpat` has.

 # Safety

 - Called as the slot alone.
 */
PyObject *xmlparser_version_getter(PyObject *_parser, void *_closure);

/*
 Gets the five items of a state as in C, by parsing the dict as keyword arguments. Each is a new reference, or NULL.
 */
extern int elementtree_state_items(PyObject *state, PyObject **items);

/*
 `element.__getstate__()`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element___getstate___impl(PyObject *element);

/*
 `element.__setstate__(state)`

 # Safety

 - Called by the parsing code alone.
 */
PyObject *_elementtree_Element___setstate___impl(PyObject *element, PyTypeObject *_class, PyObject *state);

/*
 The slot `sq_item`.

 # Safety

 - Called as the slot alone.
 */
PyObject *elementtree_Element_item(PyObject *element, Py_ssize_t index);

/*
 The slot `sq_ass_item`.

 # Safety

 - Called as the slot alone.
 */
int elementtree_Element_ass_item(PyObject *element, Py_ssize_t index, PyObject *value);

/*
 The slot `mp_subscript`.

 # Safety

 - Called as the slot alone.
 */
PyObject *elementtree_Element_subscript(PyObject *element, PyObject *key);

/*
 The slot `mp_ass_subscript`.

 # Safety

 - Called as the slot alone.
 */
int elementtree_Element_ass_subscript(PyObject *element, PyObject *key, PyObject *value);

/*
 `repr(element)`

 # Safety

 - Called as the slot alone.
 */
PyObject *elementtree_Element_repr(PyObject *element);

/*
 `bool(element)`

 # Safety

 - Called as the slot alone.
 */
int elementtree_Element_bool(PyObject *element);

#endif  /* RUST__ELEMENTTREE_H */
