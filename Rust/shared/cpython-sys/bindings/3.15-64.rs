// Written by make regen from the headers of CPython 3.15: do not edit.

pub const PyBUF_SIMPLE : u32 = 0 ;
pub const PyBUF_WRITABLE : u32 = 1 ;
pub const PyBUF_FORMAT : u32 = 4 ;
pub const PyBUF_ND : u32 = 8 ;
pub const PyBUF_STRIDES : u32 = 24 ;
pub const Py_CONSTANT_NONE : u32 = 0 ;
pub const SHIM_DATA_OFFSET : u32 = 32 ;
pub const SHIM_TYPE_OFFSET : u32 = 24 ;
pub const SHIM_BYTES_OFFSET : u32 = 48 ;
pub const SHIM_OTHER : u32 = 0 ;
pub const SHIM_NONE : u32 = 1 ;
pub const SHIM_TRUE : u32 = 2 ;
pub const SHIM_FALSE : u32 = 3 ;
pub const SHIM_STR : u32 = 4 ;
pub const SHIM_INT : u32 = 5 ;
pub const SHIM_BIG_INT : u32 = 6 ;
pub const SHIM_FLOAT : u32 = 7 ;
pub const SHIM_LIST : u32 = 8 ;
pub const SHIM_DICT : u32 = 9 ;
pub const SHIM_MOST_AUDITED : u32 = 3 ;
pub const SHIM_ITEM_OTHER : u32 = 0 ;
pub const SHIM_ITEM_FLOAT : u32 = 1 ;
pub const SHIM_ITEM_INT : u32 = 2 ;
pub const SHIM_ITEM_BOOL : u32 = 4 ;
pub const SHIM_ITEM_END : u32 = 8 ;
pub const SHIM_ITEM_ERROR : u32 = 16 ;
pub const SHIM_UNKNOWN : u32 = 2 ;
pub const SHIM_NOT_IMPLEMENTED : u32 = 3 ;
pub const SHIM_MUTEX_UNLOCKED : u32 = 0 ;
pub const SHIM_MUTEX_LOCKED : u32 = 1 ;
pub type wchar_t = :: core :: ffi :: c_int ;
pub type Py_uintptr_t = usize ;
pub type Py_ssize_t = isize ;
pub type Py_hash_t = Py_ssize_t ;
unsafe extern "C" { pub fn PyMem_Malloc (size : usize) -> * mut :: core :: ffi :: c_void ; }
unsafe extern "C" { pub fn PyMem_Free (ptr : * mut :: core :: ffi :: c_void) ; }
unsafe extern "C" { pub fn PyMem_RawMalloc (size : usize) -> * mut :: core :: ffi :: c_void ; }
unsafe extern "C" { pub fn PyMem_RawFree (ptr : * mut :: core :: ffi :: c_void) ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct Py_buffer { pub buf : * mut :: core :: ffi :: c_void , pub obj : * mut PyObject , pub len : Py_ssize_t , pub itemsize : Py_ssize_t , pub readonly : :: core :: ffi :: c_int , pub ndim : :: core :: ffi :: c_int , pub format : * mut :: core :: ffi :: c_char , pub shape : * mut Py_ssize_t , pub strides : * mut Py_ssize_t , pub suboffsets : * mut Py_ssize_t , pub internal : * mut :: core :: ffi :: c_void , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of Py_buffer"] [:: core :: mem :: size_of :: < Py_buffer > () - 80usize] ; ["Alignment of Py_buffer"] [:: core :: mem :: align_of :: < Py_buffer > () - 8usize] ; ["Offset of field: Py_buffer::buf"] [:: core :: mem :: offset_of ! (Py_buffer , buf) - 0usize] ; ["Offset of field: Py_buffer::obj"] [:: core :: mem :: offset_of ! (Py_buffer , obj) - 8usize] ; ["Offset of field: Py_buffer::len"] [:: core :: mem :: offset_of ! (Py_buffer , len) - 16usize] ; ["Offset of field: Py_buffer::itemsize"] [:: core :: mem :: offset_of ! (Py_buffer , itemsize) - 24usize] ; ["Offset of field: Py_buffer::readonly"] [:: core :: mem :: offset_of ! (Py_buffer , readonly) - 32usize] ; ["Offset of field: Py_buffer::ndim"] [:: core :: mem :: offset_of ! (Py_buffer , ndim) - 36usize] ; ["Offset of field: Py_buffer::format"] [:: core :: mem :: offset_of ! (Py_buffer , format) - 40usize] ; ["Offset of field: Py_buffer::shape"] [:: core :: mem :: offset_of ! (Py_buffer , shape) - 48usize] ; ["Offset of field: Py_buffer::strides"] [:: core :: mem :: offset_of ! (Py_buffer , strides) - 56usize] ; ["Offset of field: Py_buffer::suboffsets"] [:: core :: mem :: offset_of ! (Py_buffer , suboffsets) - 64usize] ; ["Offset of field: Py_buffer::internal"] [:: core :: mem :: offset_of ! (Py_buffer , internal) - 72usize] ; } ;
unsafe extern "C" { pub fn PyObject_CheckBuffer (obj : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_GetBuffer (obj : * mut PyObject , view : * mut Py_buffer , flags : :: core :: ffi :: c_int) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyBuffer_FillInfo (view : * mut Py_buffer , o : * mut PyObject , buf : * mut :: core :: ffi :: c_void , len : Py_ssize_t , readonly : :: core :: ffi :: c_int , flags : :: core :: ffi :: c_int) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyBuffer_Release (view : * mut Py_buffer) ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct PyMutex { pub _bits : u8 , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of PyMutex"] [:: core :: mem :: size_of :: < PyMutex > () - 1usize] ; ["Alignment of PyMutex"] [:: core :: mem :: align_of :: < PyMutex > () - 1usize] ; ["Offset of field: PyMutex::_bits"] [:: core :: mem :: offset_of ! (PyMutex , _bits) - 0usize] ; } ;
unsafe extern "C" { pub fn PyMutex_Lock (m : * mut PyMutex) ; }
unsafe extern "C" { pub fn PyMutex_Unlock (m : * mut PyMutex) ; }
unsafe extern "C" { pub fn PyMutex_IsLocked (m : * mut PyMutex) -> :: core :: ffi :: c_int ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct PyCriticalSection { pub _cs_prev : usize , pub _cs_mutex : * mut PyMutex , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of PyCriticalSection"] [:: core :: mem :: size_of :: < PyCriticalSection > () - 16usize] ; ["Alignment of PyCriticalSection"] [:: core :: mem :: align_of :: < PyCriticalSection > () - 8usize] ; ["Offset of field: PyCriticalSection::_cs_prev"] [:: core :: mem :: offset_of ! (PyCriticalSection , _cs_prev) - 0usize] ; ["Offset of field: PyCriticalSection::_cs_mutex"] [:: core :: mem :: offset_of ! (PyCriticalSection , _cs_mutex) - 8usize] ; } ;
unsafe extern "C" { pub fn PyCriticalSection_Begin (c : * mut PyCriticalSection , op : * mut PyObject) ; }
unsafe extern "C" { pub fn PyCriticalSection_End (c : * mut PyCriticalSection) ; }
unsafe extern "C" { pub static mut PyLong_Type : PyTypeObject ; }
pub type visitproc = :: core :: option :: Option < unsafe extern "C" fn (arg1 : * mut PyObject , arg2 : * mut :: core :: ffi :: c_void) -> :: core :: ffi :: c_int > ;
unsafe extern "C" { pub fn PyType_GetName (arg1 : * mut PyTypeObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyType_GetQualName (arg1 : * mut PyTypeObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyType_GetFullyQualifiedName (type_ : * mut PyTypeObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyType_GetModuleName (type_ : * mut PyTypeObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_Repr (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_Str (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_RichCompare (arg1 : * mut PyObject , arg2 : * mut PyObject , arg3 : :: core :: ffi :: c_int) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_RichCompareBool (arg1 : * mut PyObject , arg2 : * mut PyObject , arg3 : :: core :: ffi :: c_int) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_GetAttr (arg1 : * mut PyObject , arg2 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_GetOptionalAttr (arg1 : * mut PyObject , arg2 : * mut PyObject , arg3 : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_SetAttr (arg1 : * mut PyObject , arg2 : * mut PyObject , arg3 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_HasAttrWithError (arg1 : * mut PyObject , arg2 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_Hash (arg1 : * mut PyObject) -> Py_hash_t ; }
unsafe extern "C" { pub fn PyObject_IsTrue (arg1 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyCallable_Check (arg1 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn Py_ReprEnter (arg1 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn Py_ReprLeave (arg1 : * mut PyObject) ; }
unsafe extern "C" { pub fn Py_GetConstant (constant_id : :: core :: ffi :: c_uint) -> * mut PyObject ; }
unsafe extern "C" { pub static mut _Py_NoneStruct : PyObject ; }
unsafe extern "C" { pub static mut _Py_NotImplementedStruct : PyObject ; }
unsafe extern "C" { pub fn Py_REFCNT (ob : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn Py_IncRef (arg1 : * mut PyObject) ; }
unsafe extern "C" { pub fn Py_DecRef (arg1 : * mut PyObject) ; }
unsafe extern "C" { pub fn PyByteArray_FromStringAndSize (arg1 : * const :: core :: ffi :: c_char , arg2 : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub static mut PyBytes_Type : PyTypeObject ; }
unsafe extern "C" { pub fn PyBytes_FromStringAndSize (arg1 : * const :: core :: ffi :: c_char , arg2 : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyBytes_FromObject (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyBytes_Size (arg1 : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PyBytes_AsString (arg1 : * mut PyObject) -> * mut :: core :: ffi :: c_char ; }
unsafe extern "C" { pub fn _PyBytes_Resize (arg1 : * mut * mut PyObject , arg2 : Py_ssize_t) -> :: core :: ffi :: c_int ; }
pub type Py_UCS4 = u32 ;
unsafe extern "C" { pub static mut PyUnicode_Type : PyTypeObject ; }
unsafe extern "C" { pub fn PyUnicode_FromStringAndSize (u : * const :: core :: ffi :: c_char , size : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicode_GetLength (unicode : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PyUnicode_InternFromString (u : * const :: core :: ffi :: c_char) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicode_FromWideChar (w : * const wchar_t , size : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicode_FromOrdinal (ordinal : :: core :: ffi :: c_int) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicode_AsUTF8AndSize (unicode : * mut PyObject , size : * mut Py_ssize_t) -> * const :: core :: ffi :: c_char ; }
unsafe extern "C" { pub fn PyUnicode_DecodeUTF32 (string : * const :: core :: ffi :: c_char , length : Py_ssize_t , errors : * const :: core :: ffi :: c_char , byteorder : * mut :: core :: ffi :: c_int) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicode_DecodeUTF16 (string : * const :: core :: ffi :: c_char , length : Py_ssize_t , errors : * const :: core :: ffi :: c_char , byteorder : * mut :: core :: ffi :: c_int) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicode_Concat (left : * mut PyObject , right : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicode_Append (pleft : * mut * mut PyObject , right : * mut PyObject) ; }
unsafe extern "C" { pub fn PyUnicode_Equal (str1 : * mut PyObject , str2 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyUnicode_New (size : Py_ssize_t , maxchar : Py_UCS4) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicode_FromKindAndData (kind : :: core :: ffi :: c_int , buffer : * const :: core :: ffi :: c_void , size : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicodeWriter_Create (length : Py_ssize_t) -> * mut PyUnicodeWriter ; }
unsafe extern "C" { pub fn PyUnicodeWriter_Discard (writer : * mut PyUnicodeWriter) ; }
unsafe extern "C" { pub fn PyUnicodeWriter_Finish (writer : * mut PyUnicodeWriter) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyUnicodeWriter_WriteUTF8 (writer : * mut PyUnicodeWriter , str_ : * const :: core :: ffi :: c_char , size : Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyUnicode_AsUTF8 (unicode : * mut PyObject) -> * const :: core :: ffi :: c_char ; }
unsafe extern "C" { pub fn _PyUnicode_ToDecimalDigit (ch : Py_UCS4) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn _PyUnicode_ToDigit (ch : Py_UCS4) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn _PyUnicode_ToNumeric (ch : Py_UCS4) -> f64 ; }
unsafe extern "C" { pub fn PyErr_SetObject (arg1 : * mut PyObject , arg2 : * mut PyObject) ; }
unsafe extern "C" { pub fn PyErr_SetString (exception : * mut PyObject , string : * const :: core :: ffi :: c_char) ; }
unsafe extern "C" { pub fn PyErr_Occurred () -> * mut PyObject ; }
unsafe extern "C" { pub fn PyErr_Clear () ; }
unsafe extern "C" { pub fn PyErr_GetRaisedException () -> * mut PyObject ; }
unsafe extern "C" { pub fn PyErr_SetRaisedException (arg1 : * mut PyObject) ; }
unsafe extern "C" { pub fn PyErr_ExceptionMatches (arg1 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyException_GetCause (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyException_SetCause (arg1 : * mut PyObject , arg2 : * mut PyObject) ; }
unsafe extern "C" { pub fn PyException_GetContext (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyException_SetContext (arg1 : * mut PyObject , arg2 : * mut PyObject) ; }
unsafe extern "C" { pub static mut PyExc_BaseException : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_Exception : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_StopIteration : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_ArithmeticError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_LookupError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_AttributeError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_BufferError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_EOFError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_OSError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_ImportError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_IndexError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_KeyError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_MemoryError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_OverflowError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_RuntimeError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_RecursionError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_NotImplementedError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_ReferenceError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_SystemError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_TypeError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_UnicodeError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_UnicodeEncodeError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_UnicodeDecodeError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_ValueError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_ZeroDivisionError : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_DeprecationWarning : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_RuntimeWarning : * mut PyObject ; }
unsafe extern "C" { pub static mut PyExc_FutureWarning : * mut PyObject ; }
unsafe extern "C" { pub fn PyErr_NoMemory () -> * mut PyObject ; }
unsafe extern "C" { pub fn PyErr_Format (exception : * mut PyObject , format : * const :: core :: ffi :: c_char , ...) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyErr_NewExceptionWithDoc (name : * const :: core :: ffi :: c_char , doc : * const :: core :: ffi :: c_char , base : * mut PyObject , dict : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyErr_CheckSignals () -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyErr_FormatUnraisable (arg1 : * const :: core :: ffi :: c_char , ...) ; }
unsafe extern "C" { pub fn PyLong_FromSsize_t (arg1 : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyLong_FromDouble (arg1 : f64) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyLong_AsLong (arg1 : * mut PyObject) -> :: core :: ffi :: c_long ; }
unsafe extern "C" { pub fn PyLong_AsSsize_t (arg1 : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PyLong_AsUnsignedLong (arg1 : * mut PyObject) -> :: core :: ffi :: c_ulong ; }
unsafe extern "C" { pub fn PyLong_FromLongLong (arg1 : :: core :: ffi :: c_longlong) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyLong_FromUnsignedLongLong (arg1 : :: core :: ffi :: c_ulonglong) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyLong_AsLongLong (arg1 : * mut PyObject) -> :: core :: ffi :: c_longlong ; }
unsafe extern "C" { pub fn PyLong_AsUnsignedLongLong (arg1 : * mut PyObject) -> :: core :: ffi :: c_ulonglong ; }
unsafe extern "C" { pub fn PyLong_FromString (arg1 : * const :: core :: ffi :: c_char , arg2 : * mut * mut :: core :: ffi :: c_char , arg3 : :: core :: ffi :: c_int) -> * mut PyObject ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct PyLongLayout { pub bits_per_digit : u8 , pub digit_size : u8 , pub digits_order : i8 , pub digit_endianness : i8 , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of PyLongLayout"] [:: core :: mem :: size_of :: < PyLongLayout > () - 4usize] ; ["Alignment of PyLongLayout"] [:: core :: mem :: align_of :: < PyLongLayout > () - 1usize] ; ["Offset of field: PyLongLayout::bits_per_digit"] [:: core :: mem :: offset_of ! (PyLongLayout , bits_per_digit) - 0usize] ; ["Offset of field: PyLongLayout::digit_size"] [:: core :: mem :: offset_of ! (PyLongLayout , digit_size) - 1usize] ; ["Offset of field: PyLongLayout::digits_order"] [:: core :: mem :: offset_of ! (PyLongLayout , digits_order) - 2usize] ; ["Offset of field: PyLongLayout::digit_endianness"] [:: core :: mem :: offset_of ! (PyLongLayout , digit_endianness) - 3usize] ; } ;
unsafe extern "C" { pub fn PyLong_GetNativeLayout () -> * const PyLongLayout ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct PyLongExport { pub value : i64 , pub negative : u8 , pub ndigits : Py_ssize_t , pub digits : * const :: core :: ffi :: c_void , pub _reserved : Py_uintptr_t , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of PyLongExport"] [:: core :: mem :: size_of :: < PyLongExport > () - 40usize] ; ["Alignment of PyLongExport"] [:: core :: mem :: align_of :: < PyLongExport > () - 8usize] ; ["Offset of field: PyLongExport::value"] [:: core :: mem :: offset_of ! (PyLongExport , value) - 0usize] ; ["Offset of field: PyLongExport::negative"] [:: core :: mem :: offset_of ! (PyLongExport , negative) - 8usize] ; ["Offset of field: PyLongExport::ndigits"] [:: core :: mem :: offset_of ! (PyLongExport , ndigits) - 16usize] ; ["Offset of field: PyLongExport::digits"] [:: core :: mem :: offset_of ! (PyLongExport , digits) - 24usize] ; ["Offset of field: PyLongExport::_reserved"] [:: core :: mem :: offset_of ! (PyLongExport , _reserved) - 32usize] ; } ;
unsafe extern "C" { pub fn PyLong_Export (obj : * mut PyObject , export_long : * mut PyLongExport) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyLong_FreeExport (export_long : * mut PyLongExport) ; }
unsafe extern "C" { pub fn PyLongWriter_Create (negative : :: core :: ffi :: c_int , ndigits : Py_ssize_t , digits : * mut * mut :: core :: ffi :: c_void) -> * mut PyLongWriter ; }
unsafe extern "C" { pub fn PyLongWriter_Finish (writer : * mut PyLongWriter) -> * mut PyObject ; }
unsafe extern "C" { pub fn Py_IsTrue (x : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyBool_FromLong (arg1 : :: core :: ffi :: c_long) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyFloat_FromDouble (arg1 : f64) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyFloat_AsDouble (arg1 : * mut PyObject) -> f64 ; }
unsafe extern "C" { pub fn PyFloat_Pack2 (x : f64 , p : * mut :: core :: ffi :: c_char , le : :: core :: ffi :: c_int) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyFloat_Unpack2 (p : * const :: core :: ffi :: c_char , le : :: core :: ffi :: c_int) -> f64 ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct Py_complex { pub real : f64 , pub imag : f64 , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of Py_complex"] [:: core :: mem :: size_of :: < Py_complex > () - 16usize] ; ["Alignment of Py_complex"] [:: core :: mem :: align_of :: < Py_complex > () - 8usize] ; ["Offset of field: Py_complex::real"] [:: core :: mem :: offset_of ! (Py_complex , real) - 0usize] ; ["Offset of field: Py_complex::imag"] [:: core :: mem :: offset_of ! (Py_complex , imag) - 8usize] ; } ;
unsafe extern "C" { pub fn PyComplex_FromCComplex (arg1 : Py_complex) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyComplex_AsCComplex (op : * mut PyObject) -> Py_complex ; }
unsafe extern "C" { pub fn PyMemoryView_FromObject (base : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyTuple_New (size : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyTuple_Size (arg1 : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PyTuple_Pack (arg1 : Py_ssize_t , ...) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyList_New (size : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyList_Size (arg1 : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PyList_SetItem (arg1 : * mut PyObject , arg2 : Py_ssize_t , arg3 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyList_Append (arg1 : * mut PyObject , arg2 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyList_SetSlice (arg1 : * mut PyObject , arg2 : Py_ssize_t , arg3 : Py_ssize_t , arg4 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyList_Sort (arg1 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyList_AsTuple (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyList_Extend (self_ : * mut PyObject , iterable : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyDict_New () -> * mut PyObject ; }
unsafe extern "C" { pub fn PyDict_SetItem (mp : * mut PyObject , key : * mut PyObject , item : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyDict_DelItem (mp : * mut PyObject , key : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyDict_Clear (mp : * mut PyObject) ; }
unsafe extern "C" { pub fn PyDict_Keys (mp : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyDict_Size (mp : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PyDict_Copy (mp : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyDict_Contains (mp : * mut PyObject , key : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyDict_Update (mp : * mut PyObject , other : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyDict_GetItemRef (mp : * mut PyObject , key : * mut PyObject , result : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyDict_SetDefaultRef (mp : * mut PyObject , key : * mut PyObject , default_value : * mut PyObject , result : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PySet_New (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyFrozenSet_New (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PySet_Add (set : * mut PyObject , key : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PySet_Contains (anyset : * mut PyObject , key : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PySet_Discard (set : * mut PyObject , key : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PySet_Size (anyset : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub static mut PyModule_Type : PyTypeObject ; }
unsafe extern "C" { pub fn PyModule_GetState (arg1 : * mut PyObject) -> * mut :: core :: ffi :: c_void ; }
pub type PyCapsule_Destructor = :: core :: option :: Option < unsafe extern "C" fn (arg1 : * mut PyObject) > ;
unsafe extern "C" { pub fn PyCapsule_New (pointer : * mut :: core :: ffi :: c_void , name : * const :: core :: ffi :: c_char , destructor : PyCapsule_Destructor) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyCapsule_GetPointer (capsule : * mut PyObject , name : * const :: core :: ffi :: c_char) -> * mut :: core :: ffi :: c_void ; }
unsafe extern "C" { pub fn PyCapsule_GetDestructor (capsule : * mut PyObject) -> PyCapsule_Destructor ; }
unsafe extern "C" { pub fn PyCapsule_GetName (capsule : * mut PyObject) -> * const :: core :: ffi :: c_char ; }
unsafe extern "C" { pub fn PySlice_New (start : * mut PyObject , stop : * mut PyObject , step : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PySlice_Unpack (slice : * mut PyObject , start : * mut Py_ssize_t , stop : * mut Py_ssize_t , step : * mut Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PySlice_AdjustIndices (length : Py_ssize_t , start : * mut Py_ssize_t , stop : * mut Py_ssize_t , step : Py_ssize_t) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PyInitConfig_Create () -> * mut PyInitConfig ; }
unsafe extern "C" { pub fn PyInitConfig_Free (config : * mut PyInitConfig) ; }
unsafe extern "C" { pub fn PyInitConfig_SetStr (config : * mut PyInitConfig , name : * const :: core :: ffi :: c_char , value : * const :: core :: ffi :: c_char) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn Py_InitializeFromInitConfig (config : * mut PyInitConfig) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyThreadState_New (arg1 : * mut PyInterpreterState) -> * mut PyThreadState ; }
unsafe extern "C" { pub fn PyThreadState_Clear (arg1 : * mut PyThreadState) ; }
unsafe extern "C" { pub fn PyThreadState_Get () -> * mut PyThreadState ; }
unsafe extern "C" { pub fn PyThreadState_GetUnchecked () -> * mut PyThreadState ; }
unsafe extern "C" { pub fn PyInterpreterState_Main () -> * mut PyInterpreterState ; }
unsafe extern "C" { pub fn PyThreadState_DeleteCurrent () ; }
pub type getter = :: core :: option :: Option < unsafe extern "C" fn (arg1 : * mut PyObject , arg2 : * mut :: core :: ffi :: c_void) -> * mut PyObject > ;
pub type setter = :: core :: option :: Option < unsafe extern "C" fn (arg1 : * mut PyObject , arg2 : * mut PyObject , arg3 : * mut :: core :: ffi :: c_void) -> :: core :: ffi :: c_int > ;
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct PyGetSetDef { pub name : * const :: core :: ffi :: c_char , pub get : getter , pub set : setter , pub doc : * const :: core :: ffi :: c_char , pub closure : * mut :: core :: ffi :: c_void , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of PyGetSetDef"] [:: core :: mem :: size_of :: < PyGetSetDef > () - 40usize] ; ["Alignment of PyGetSetDef"] [:: core :: mem :: align_of :: < PyGetSetDef > () - 8usize] ; ["Offset of field: PyGetSetDef::name"] [:: core :: mem :: offset_of ! (PyGetSetDef , name) - 0usize] ; ["Offset of field: PyGetSetDef::get"] [:: core :: mem :: offset_of ! (PyGetSetDef , get) - 8usize] ; ["Offset of field: PyGetSetDef::set"] [:: core :: mem :: offset_of ! (PyGetSetDef , set) - 16usize] ; ["Offset of field: PyGetSetDef::doc"] [:: core :: mem :: offset_of ! (PyGetSetDef , doc) - 24usize] ; ["Offset of field: PyGetSetDef::closure"] [:: core :: mem :: offset_of ! (PyGetSetDef , closure) - 32usize] ; } ;
unsafe extern "C" { pub fn PyErr_WarnFormat (category : * mut PyObject , stack_level : Py_ssize_t , format : * const :: core :: ffi :: c_char , ...) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyWeakref_NewRef (ob : * mut PyObject , callback : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyWeakref_GetRef (ref_ : * mut PyObject , pobj : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyModule_AddObjectRef (mod_ : * mut PyObject , name : * const :: core :: ffi :: c_char , value : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyModule_AddType (module : * mut PyObject , type_ : * mut PyTypeObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn Py_AddPendingCall (func : :: core :: option :: Option < unsafe extern "C" fn (arg1 : * mut :: core :: ffi :: c_void) -> :: core :: ffi :: c_int > , arg : * mut :: core :: ffi :: c_void) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn Py_EnterRecursiveCall (where_ : * const :: core :: ffi :: c_char) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn Py_LeaveRecursiveCall () ; }
unsafe extern "C" { pub fn PyEval_SaveThread () -> * mut PyThreadState ; }
unsafe extern "C" { pub fn PyEval_RestoreThread (arg1 : * mut PyThreadState) ; }
unsafe extern "C" { pub fn PyImport_ImportModule (name : * const :: core :: ffi :: c_char) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyImport_ImportModuleAttr (mod_name : * mut PyObject , attr_name : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_CallNoArgs (func : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_Call (callable : * mut PyObject , args : * mut PyObject , kwargs : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_Vectorcall (callable : * mut PyObject , args : * const * mut PyObject , nargsf : usize , kwnames : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_VectorcallMethod (name : * mut PyObject , args : * const * mut PyObject , nargsf : usize , kwnames : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_Type (o : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_Size (o : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PyObject_GetItem (o : * mut PyObject , key : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_SetItem (o : * mut PyObject , key : * mut PyObject , v : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_DelItem (o : * mut PyObject , key : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_GetIter (arg1 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyIter_Check (arg1 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyIter_NextItem (iter : * mut PyObject , item : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyNumber_Add (o1 : * mut PyObject , o2 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyNumber_Subtract (o1 : * mut PyObject , o2 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyNumber_Multiply (o1 : * mut PyObject , o2 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyNumber_FloorDivide (o1 : * mut PyObject , o2 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyNumber_TrueDivide (o1 : * mut PyObject , o2 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyNumber_Remainder (o1 : * mut PyObject , o2 : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyNumber_Absolute (o : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyIndex_Check (arg1 : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyNumber_Index (o : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyNumber_AsSsize_t (o : * mut PyObject , exc : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PySequence_Size (o : * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn PySequence_Repeat (o : * mut PyObject , count : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PySequence_GetItem (o : * mut PyObject , i : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn PySequence_Tuple (o : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PySequence_List (o : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PySequence_Fast (o : * mut PyObject , m : * const :: core :: ffi :: c_char) -> * mut PyObject ; }
unsafe extern "C" { pub fn PySequence_Contains (seq : * mut PyObject , ob : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyMapping_Items (o : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn PyObject_IsInstance (object : * mut PyObject , typeorclass : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_IsSubclass (object : * mut PyObject , typeorclass : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn PyObject_CallOneArg (func : * mut PyObject , arg : * mut PyObject) -> * mut PyObject ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct rust_instance { pub basicsize : :: core :: ffi :: c_int , pub call_offset : Py_ssize_t , pub dealloc : :: core :: option :: Option < unsafe extern "C" fn (self_ : * mut PyObject) > , pub traverse : :: core :: option :: Option < unsafe extern "C" fn (self_ : * mut PyObject , visit : visitproc , arg : * mut :: core :: ffi :: c_void) -> :: core :: ffi :: c_int > , pub clear : :: core :: option :: Option < unsafe extern "C" fn (self_ : * mut PyObject) -> :: core :: ffi :: c_int > , pub getbuffer : :: core :: option :: Option < unsafe extern "C" fn (self_ : * mut PyObject , view : * mut Py_buffer , flags : :: core :: ffi :: c_int) -> :: core :: ffi :: c_int > , pub getset : * mut PyGetSetDef , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of rust_instance"] [:: core :: mem :: size_of :: < rust_instance > () - 56usize] ; ["Alignment of rust_instance"] [:: core :: mem :: align_of :: < rust_instance > () - 8usize] ; ["Offset of field: rust_instance::basicsize"] [:: core :: mem :: offset_of ! (rust_instance , basicsize) - 0usize] ; ["Offset of field: rust_instance::call_offset"] [:: core :: mem :: offset_of ! (rust_instance , call_offset) - 8usize] ; ["Offset of field: rust_instance::dealloc"] [:: core :: mem :: offset_of ! (rust_instance , dealloc) - 16usize] ; ["Offset of field: rust_instance::traverse"] [:: core :: mem :: offset_of ! (rust_instance , traverse) - 24usize] ; ["Offset of field: rust_instance::clear"] [:: core :: mem :: offset_of ! (rust_instance , clear) - 32usize] ; ["Offset of field: rust_instance::getbuffer"] [:: core :: mem :: offset_of ! (rust_instance , getbuffer) - 40usize] ; ["Offset of field: rust_instance::getset"] [:: core :: mem :: offset_of ! (rust_instance , getset) - 48usize] ; } ;
unsafe extern "C" { pub fn rust_tuple_with_int (first : * mut PyObject , second : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn rust_refuse_to_set (self_ : * mut PyObject , value : * mut PyObject , get : * mut :: core :: ffi :: c_void) -> :: core :: ffi :: c_int ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct rust_state { pub traverse : :: core :: option :: Option < unsafe extern "C" fn (state : * mut rust_state , visit : visitproc , arg : * mut :: core :: ffi :: c_void) -> :: core :: ffi :: c_int > , pub free : :: core :: option :: Option < unsafe extern "C" fn (state : * mut rust_state) > , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of rust_state"] [:: core :: mem :: size_of :: < rust_state > () - 16usize] ; ["Alignment of rust_state"] [:: core :: mem :: align_of :: < rust_state > () - 8usize] ; ["Offset of field: rust_state::traverse"] [:: core :: mem :: offset_of ! (rust_state , traverse) - 0usize] ; ["Offset of field: rust_state::free"] [:: core :: mem :: offset_of ! (rust_state , free) - 8usize] ; } ;
unsafe extern "C" { pub fn shim_copy_shared (target : * mut :: core :: ffi :: c_void , source : * const :: core :: ffi :: c_void , size : Py_ssize_t) ; }
unsafe extern "C" { pub fn shim_equal_shared (a : * const :: core :: ffi :: c_void , b : * const :: core :: ffi :: c_void , size : Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_move_shared (target : * mut :: core :: ffi :: c_void , source : * const :: core :: ffi :: c_void , size : Py_ssize_t) ; }
unsafe extern "C" { pub fn shim_free_delayed (memory : * mut :: core :: ffi :: c_void , size : Py_ssize_t) ; }
unsafe extern "C" { pub fn shim_PyBytes_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_tp_name (type_ : * mut PyTypeObject) -> * const :: core :: ffi :: c_char ; }
unsafe extern "C" { pub fn shim_PyUnicode_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyUnicode_character (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_test_type (instance : :: core :: option :: Option < unsafe extern "C" fn () -> rust_instance >) -> * mut PyTypeObject ; }
unsafe extern "C" { pub fn shim_test_exporter (moved : * mut :: core :: ffi :: c_int) -> * mut PyObject ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct shim_value { pub object : * mut PyObject , pub data : * const :: core :: ffi :: c_void , pub length : Py_ssize_t , pub next : Py_ssize_t , pub integer : :: core :: ffi :: c_longlong , pub real : f64 , pub tag : :: core :: ffi :: c_int , pub kind : :: core :: ffi :: c_int , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of shim_value"] [:: core :: mem :: size_of :: < shim_value > () - 56usize] ; ["Alignment of shim_value"] [:: core :: mem :: align_of :: < shim_value > () - 8usize] ; ["Offset of field: shim_value::object"] [:: core :: mem :: offset_of ! (shim_value , object) - 0usize] ; ["Offset of field: shim_value::data"] [:: core :: mem :: offset_of ! (shim_value , data) - 8usize] ; ["Offset of field: shim_value::length"] [:: core :: mem :: offset_of ! (shim_value , length) - 16usize] ; ["Offset of field: shim_value::next"] [:: core :: mem :: offset_of ! (shim_value , next) - 24usize] ; ["Offset of field: shim_value::integer"] [:: core :: mem :: offset_of ! (shim_value , integer) - 32usize] ; ["Offset of field: shim_value::real"] [:: core :: mem :: offset_of ! (shim_value , real) - 40usize] ; ["Offset of field: shim_value::tag"] [:: core :: mem :: offset_of ! (shim_value , tag) - 48usize] ; ["Offset of field: shim_value::kind"] [:: core :: mem :: offset_of ! (shim_value , kind) - 52usize] ; } ;
unsafe extern "C" { pub fn shim_locked_dict_items (dict : * mut PyObject , position : * mut Py_ssize_t , values : * mut shim_value , pairs : Py_ssize_t , done : * mut :: core :: ffi :: c_int) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_dict_from_owned (pairs : * mut * mut PyObject , count : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_dict_set_owned (dict : * mut PyObject , pairs : * mut * mut PyObject , count : Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_locked_list_items (list : * mut PyObject , index : Py_ssize_t , values : * mut shim_value , count : Py_ssize_t , done : * mut :: core :: ffi :: c_int) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_list_new_untracked (count : Py_ssize_t , items : * mut * mut * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_list_track (list : * mut PyObject , count : Py_ssize_t) ; }
unsafe extern "C" { pub fn shim_list_from_owned (items : * mut * mut PyObject , count : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_list_of_numbers (items : * const :: core :: ffi :: c_void , count : Py_ssize_t , kind : :: core :: ffi :: c_char) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_list_append_owned (list : * mut PyObject , items : * mut * mut PyObject , count : Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_dict_item_list (dict : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_PyErr_Format_repr (exception : * mut PyObject , prefix : * const :: core :: ffi :: c_char , object : * mut PyObject) ; }
unsafe extern "C" { pub fn shim_PyErr_Format_type (exception : * mut PyObject , prefix : * const :: core :: ffi :: c_char , object : * mut PyObject , limit : :: core :: ffi :: c_int) ; }
unsafe extern "C" { pub fn shim_PyLong_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyLong_Type_repr (integer : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_PyUnicode_New_ascii (length : Py_ssize_t , data : * mut * mut :: core :: ffi :: c_uchar) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_PyUnicode_New_wide (length : Py_ssize_t , max_character : Py_UCS4 , data : * mut * mut :: core :: ffi :: c_void) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_PyUnicode_DATA (string : * mut PyObject) -> * mut :: core :: ffi :: c_void ; }
unsafe extern "C" { pub fn shim_PyUnicode_KIND (string : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyUnicode_IS_ASCII (string : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_audit (event : * const :: core :: ffi :: c_char , arguments : * const * mut PyObject , count : :: core :: ffi :: c_int) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_tuple_of_two (first : * mut PyObject , second : * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_tuple_two_items (tuple : * mut PyObject , first : * mut * mut PyObject , second : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_view (object : * mut PyObject , value : * mut shim_value) ; }
unsafe extern "C" { pub fn shim_array_numbers (items : * const * mut PyObject , count : Py_ssize_t , kinds : * mut :: core :: ffi :: c_uchar , bits : * mut i64) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_list_numbers (list : * mut PyObject , start : Py_ssize_t , count : Py_ssize_t , kinds : * mut :: core :: ffi :: c_uchar , bits : * mut i64 , size : * mut Py_ssize_t) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_tuple_numbers (tuple : * mut PyObject , start : Py_ssize_t , count : Py_ssize_t , kinds : * mut :: core :: ffi :: c_uchar , bits : * mut i64 , size : * mut Py_ssize_t) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_array_doubles (items : * const * mut PyObject , count : Py_ssize_t , values : * mut f64) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_list_doubles (list : * mut PyObject , start : Py_ssize_t , count : Py_ssize_t , values : * mut f64 , size : * mut Py_ssize_t) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_tuple_doubles (tuple : * mut PyObject , start : Py_ssize_t , count : Py_ssize_t , values : * mut f64 , size : * mut Py_ssize_t) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_few_differences (x : * mut PyObject , y : * mut PyObject , count : Py_ssize_t , differences : * mut f64) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_few_pairs (x : * mut PyObject , y : * mut PyObject , count : Py_ssize_t , first : * mut i64 , second : * mut i64 , size : * mut Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_iter_double (iterator : * mut PyObject , value : * mut f64 , item : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_iter_doubles (iterator : * mut PyObject , count : Py_ssize_t , limit : f64 , values : * mut f64 , done : * mut Py_ssize_t , item : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_small_int (object : * mut PyObject , value : * mut i64) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub static shim_digit_size : :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_int_magnitude (object : * mut PyObject , words : * mut u64) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_int_words (object : * mut PyObject , words : * mut u64 , capacity : :: core :: ffi :: c_int) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_int_sign (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_iter_number (iterator : * mut PyObject , bits : * mut i64 , item : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_list_item (list : * mut PyObject , index : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_tuple_item (tuple : * mut PyObject , index : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_list_number (list : * mut PyObject , index : Py_ssize_t , bits : * mut i64 , item : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_tuple_number (tuple : * mut PyObject , index : Py_ssize_t , bits : * mut i64 , item : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct shim_numbers { pub source : * mut PyObject , pub index : Py_ssize_t , pub kinds : * mut :: core :: ffi :: c_uchar , pub bits : * mut i64 , pub item : * mut PyObject , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of shim_numbers"] [:: core :: mem :: size_of :: < shim_numbers > () - 40usize] ; ["Alignment of shim_numbers"] [:: core :: mem :: align_of :: < shim_numbers > () - 8usize] ; ["Offset of field: shim_numbers::source"] [:: core :: mem :: offset_of ! (shim_numbers , source) - 0usize] ; ["Offset of field: shim_numbers::index"] [:: core :: mem :: offset_of ! (shim_numbers , index) - 8usize] ; ["Offset of field: shim_numbers::kinds"] [:: core :: mem :: offset_of ! (shim_numbers , kinds) - 16usize] ; ["Offset of field: shim_numbers::bits"] [:: core :: mem :: offset_of ! (shim_numbers , bits) - 24usize] ; ["Offset of field: shim_numbers::item"] [:: core :: mem :: offset_of ! (shim_numbers , item) - 32usize] ; } ;
unsafe extern "C" { pub fn shim_number_pairs (x : * mut shim_numbers , y : * mut shim_numbers , count : Py_ssize_t) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_PyFloat_CheckExact (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyList_CheckExact (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyLong_CheckExact (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyTuple_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyTuple_CheckExact (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyAnySet_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyBool_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyByteArray_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyBytes_CheckExact (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyCapsule_CheckExact (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyComplex_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyDict_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyDict_CheckExact (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyFloat_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyFrozenSet_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyList_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyMemoryView_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyModule_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PySet_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PySlice_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyType_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyUnicode_CheckExact (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyWeakref_Check (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyObject_TypeCheck (object : * mut PyObject , type_ : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_PyFloat_AS_DOUBLE (object : * mut PyObject) -> f64 ; }
unsafe extern "C" { pub fn shim_PyLong_IsNegative (integer : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_tuple_from_owned (items : * mut * mut PyObject , count : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_module_slot (module : * mut PyObject) -> * mut * mut rust_state ; }
unsafe extern "C" { pub fn shim_class_slot (type_ : * mut PyTypeObject) -> * mut * mut rust_state ; }
unsafe extern "C" { pub fn shim_urandom (buffer : * mut :: core :: ffi :: c_void , size : Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_times (time : * mut i64 , monotonic : * mut i64) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_base_by_token (type_ : * mut PyTypeObject , token : * const :: core :: ffi :: c_void) -> * mut PyTypeObject ; }
unsafe extern "C" { pub fn shim_tp_new (type_ : * mut PyTypeObject) -> * mut :: core :: ffi :: c_void ; }
unsafe extern "C" { pub fn shim_tp_init (type_ : * mut PyTypeObject) -> * mut :: core :: ffi :: c_void ; }
unsafe extern "C" { pub fn shim_new_object (type_ : * mut PyTypeObject , size : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_begin_dealloc (object : * mut PyObject) ; }
unsafe extern "C" { pub fn shim_free_object (object : * mut PyObject) ; }
unsafe extern "C" { pub fn shim_exact_lt (a : * mut PyObject , b : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_item_lt_item (list : * mut PyObject , a : * mut PyObject , b : * mut PyObject , places : * mut * mut * mut PyObject , size : * mut Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_item_lt (sequence : * mut PyObject , index : Py_ssize_t , key : * mut PyObject , other : * mut PyObject , other_first : :: core :: ffi :: c_int , by_slot : * mut :: core :: ffi :: c_int) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_has_sq_item (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_locked_list_places (list : * mut PyObject , size : * mut Py_ssize_t) -> * mut * mut PyObject ; }
unsafe extern "C" { pub fn shim_locked_list_append (list : * mut PyObject , item : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_locked_list_pop (list : * mut PyObject , item : * mut * mut PyObject) -> :: core :: ffi :: c_int ; }
# [repr (C)] # [derive (Debug , Copy , Clone)] pub struct shim_keyed { pub key : i64 , pub item : * mut PyObject , }
# [allow (clippy :: unnecessary_operation , clippy :: identity_op)] const _ : () = { ["Size of shim_keyed"] [:: core :: mem :: size_of :: < shim_keyed > () - 16usize] ; ["Alignment of shim_keyed"] [:: core :: mem :: align_of :: < shim_keyed > () - 8usize] ; ["Offset of field: shim_keyed::key"] [:: core :: mem :: offset_of ! (shim_keyed , key) - 0usize] ; ["Offset of field: shim_keyed::item"] [:: core :: mem :: offset_of ! (shim_keyed , item) - 8usize] ; } ;
unsafe extern "C" { pub fn shim_locked_list_keys (list : * mut PyObject , keys : * mut shim_keyed) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_locked_list_sift_up (list : * mut PyObject , top : Py_ssize_t , position : Py_ssize_t , max : :: core :: ffi :: c_int) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_locked_list_sift_down (list : * mut PyObject , top : Py_ssize_t , max : :: core :: ffi :: c_int) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_holds_lock (object : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_list_insert (list : * mut PyObject , index : Py_ssize_t , item : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_bytes_contents (object : * mut PyObject , length : * mut Py_ssize_t) -> * const :: core :: ffi :: c_uchar ; }
unsafe extern "C" { pub fn shim_tuple_new_untracked (count : Py_ssize_t , items : * mut * mut * mut PyObject) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_tuple_track (tuple : * mut PyObject) ; }
unsafe extern "C" { pub fn shim_low_words (items : * const * mut PyObject , count : Py_ssize_t , words : * mut u32) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_ints_new (values : * const i64 , count : Py_ssize_t , items : * mut * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_unsigned_ints_new (values : * const u64 , count : Py_ssize_t , items : * mut * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_bytes_of_each (bytes : * const :: core :: ffi :: c_uchar , count : Py_ssize_t , items : * mut * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_floats_new (values : * const f64 , count : Py_ssize_t , items : * mut * mut PyObject) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_thread_id () -> usize ; }
unsafe extern "C" { pub fn shim_set_stopped (flag : * mut :: core :: ffi :: c_char) ; }
unsafe extern "C" { pub fn shim_decref_delayed (object : * mut PyObject) ; }
unsafe extern "C" { pub fn shim_exact_eq (a : * mut PyObject , b : * mut PyObject) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_exact_eq_items (tuple : * mut PyObject , items : * const * mut PyObject , count : Py_ssize_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_hash_int_or_str (object : * mut PyObject , hash : * mut Py_hash_t) -> :: core :: ffi :: c_int ; }
unsafe extern "C" { pub fn shim_tuple_items (tuple : * mut PyObject , count : * mut Py_ssize_t) -> * const * mut PyObject ; }
unsafe extern "C" { pub fn shim_tuple_from_borrowed (items : * const * mut PyObject , count : Py_ssize_t) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_dict_snapshot (dict : * mut PyObject , keys : * mut * mut PyObject , values : * mut * mut PyObject , capacity : Py_ssize_t) -> Py_ssize_t ; }
unsafe extern "C" { pub fn shim_compare_with_zero (object : * mut PyObject , op : :: core :: ffi :: c_int) -> * mut PyObject ; }
unsafe extern "C" { pub fn shim_defer_refcount_like (object : * mut PyObject , other : * mut PyObject) ; }
