/* Options of the Rust modules, which are chosen when a program starts: by -X NAME=VALUE, or else by an environment variable. Include
   Python.h first. */

#ifndef RUST_OPTION_H
#define RUST_OPTION_H

/* Reads the option and the variable, and passes their values to `choose`, which makes the choice: NULL stands for one that is not
   there. The variable is not read with -E and -I, nor when the option is there. `choose` returns None, or the text of a warning. */
static inline int
rust_choose(const char *name, const char *variable, PyObject *(*choose)(const char *option, const char *environment))
{
    PyObject *bytes = NULL;
    const char *option = NULL, *environment = NULL;
    PyObject *options = PySys_GetXOptions();
    PyObject *value = NULL;
    if (options != NULL && PyDict_GetItemStringRef(options, name, &value) < 0) {
        return -1;
    }
    if (value != NULL) {
        /* It is True when there is no value. */
        option = "";
        if (PyUnicode_Check(value)) {
            bytes = PyUnicode_EncodeFSDefault(value);
            option = bytes == NULL ? NULL : PyBytes_AS_STRING(bytes);
        }
        Py_DECREF(value);
        if (option == NULL) {
            return -1;
        }
    }
    else {
        int use_environment = 0;
        if (PyConfig_GetInt("use_environment", &use_environment) < 0) {
            return -1;
        }
        environment = use_environment ? getenv(variable) : NULL;
        if (environment != NULL && *environment == '\0') {
            environment = NULL;
        }
    }
    PyObject *warning = choose(option, environment);
    Py_XDECREF(bytes);
    if (warning == NULL) {
        return -1;
    }
    int result = 0;
    if (warning != Py_None) {
        /* No line of a program is to blame, so it says what CPython's own warnings about options say. */
        PyObject *file = PyUnicode_FromString("sys");
        result = file == NULL
                     ? -1
                     : PyErr_WarnExplicitObject(PyExc_RuntimeWarning, warning, file, 1, file, NULL);
        Py_XDECREF(file);
    }
    Py_DECREF(warning);
    return result;
}

#endif
