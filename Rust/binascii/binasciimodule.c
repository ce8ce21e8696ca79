/* The C side of binascii: the module definition, the method table, and the argument converter that Argument Clinic
   does not have. What the functions do is in Rust. */

#include "Python.h"
#include "rust/binascii.h"

/* Fills a view from an ASCII-only str, which is immutable and has no object to release, or from any object with the
   buffer protocol. */
static int
ascii_buffer_converter(PyObject *arg, Py_buffer *view)
{
    if (arg == NULL) {
        PyBuffer_Release(view);
        return 1;
    }
    if (PyUnicode_Check(arg)) {
        if (!PyUnicode_IS_ASCII(arg)) {
            PyErr_SetString(PyExc_ValueError, "string argument should contain only ASCII characters");
            return 0;
        }
        view->buf = PyUnicode_1BYTE_DATA(arg);
        view->len = PyUnicode_GET_LENGTH(arg);
        view->obj = NULL;
        return 1;
    }
    if (PyObject_GetBuffer(arg, view, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError, "argument should be bytes, buffer or ASCII string, not '%.100s'",
                     Py_TYPE(arg)->tp_name);
        return 0;
    }
    return Py_CLEANUP_SUPPORTED;
}

#include "clinic/binascii.h"

static PyMethodDef binascii_methods[] = {
    BINASCII_A2B_UU_METHODDEF
    BINASCII_B2A_UU_METHODDEF
    BINASCII_A2B_BASE64_METHODDEF
    BINASCII_B2A_BASE64_METHODDEF
    BINASCII_A2B_HEX_METHODDEF
    BINASCII_B2A_HEX_METHODDEF
    BINASCII_HEXLIFY_METHODDEF
    BINASCII_UNHEXLIFY_METHODDEF
    BINASCII_CRC_HQX_METHODDEF
    BINASCII_CRC32_METHODDEF
    BINASCII_A2B_QP_METHODDEF
    BINASCII_B2A_QP_METHODDEF
    {NULL, NULL, 0, NULL}
};

static int
binascii_exec(PyObject *module)
{
    binascii_state *state = PyModule_GetState(module);
    state->Error = PyErr_NewException("binascii.Error", PyExc_ValueError, NULL);
    if (PyModule_AddObjectRef(module, "Error", state->Error) < 0) {
        return -1;
    }
    state->Incomplete = PyErr_NewException("binascii.Incomplete", NULL, NULL);
    return PyModule_AddObjectRef(module, "Incomplete", state->Incomplete);
}

static int
binascii_traverse(PyObject *module, visitproc visit, void *arg)
{
    binascii_state *state = PyModule_GetState(module);
    Py_VISIT(state->Error);
    Py_VISIT(state->Incomplete);
    return 0;
}

static int
binascii_clear(PyObject *module)
{
    binascii_state *state = PyModule_GetState(module);
    Py_CLEAR(state->Error);
    Py_CLEAR(state->Incomplete);
    return 0;
}

static void
binascii_free(void *module)
{
    (void)binascii_clear(module);
}

static PyModuleDef_Slot binascii_slots[] = {
    {Py_mod_exec, binascii_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

PyDoc_STRVAR(binascii_doc, "Binary data as ASCII text, and back: base64, hexadecimal, uuencode, quoted-printable.");

static struct PyModuleDef binascii_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "binascii",
    .m_doc = binascii_doc,
    .m_size = sizeof(binascii_state),
    .m_methods = binascii_methods,
    .m_slots = binascii_slots,
    .m_traverse = binascii_traverse,
    .m_clear = binascii_clear,
    .m_free = binascii_free,
};

PyMODINIT_FUNC
PyInit__rust_binascii(void)
{
    return PyModuleDef_Init(&binascii_module);
}

PyMODINIT_FUNC
PyInit_binascii(void)
{
    return PyModuleDef_Init(&binascii_module);
}
