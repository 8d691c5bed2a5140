//! Values of Python, made and read by the layout that CPython gives them.
//!
//! One of the two files with `unsafe` code. What the rest of the crate sees is safe:
//!
//! * Every function takes and returns strong references (`Bound`), so a value stays alive while it
//!   is looked at, whatever Python code runs in between.
//! * A layout is read only after the exact class of the object was seen (`str`, `bytes`, `int`,
//!   `float`, `list`, `dict`), or, for members of enums, after it was seen to be an int.
//! * Slices that are handed out are of immutable objects (`str`, `bytes`), and live as long as the
//!   reference that they were taken from.
//! * All of it needs the GIL: the module says so, and is not compiled for free-threaded builds.
//! * What is kept for the whole process is of the main interpreter; no other gets the module.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;

use pyo3::Borrowed;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyTuple, PyType};

use crate::odd::{Odd, Usual};

/// A strong reference to any object.
pub type Object<'py> = Bound<'py, PyAny>;

/// A variable of the whole process, which the GIL protects.
pub struct Global<T>(RefCell<T>);

// SAFETY: only `with` reaches the content, and its caller holds the GIL.
unsafe impl<T: Send> Sync for Global<T> {}

impl<T> Global<T> {
    /// A variable with its first value.
    pub const fn new(value: T) -> Self {
        Global(RefCell::new(value))
    }

    /// Call a function with the variable. It must not run Python code, nor call `with` again.
    pub fn with<R>(&self, _: Python<'_>, function: impl FnOnce(&mut T) -> R) -> R {
        if cfg!(debug_assertions) {
            return function(&mut self.0.borrow_mut()); // tests see whether callers keep to that
        }
        // SAFETY: the GIL is held, and it is not released in between, so this is the only access.
        unsafe { function(&mut *self.0.as_ptr()) }
    }
}

/// Whether the interpreter is the main one of its process.
pub fn is_main_interpreter(_: Python<'_>) -> bool {
    // SAFETY: the GIL is held, so there is an interpreter.
    unsafe { ffi::PyInterpreterState_Get() == ffi::PyInterpreterState_Main() }
}

/// What a function returns that CPython calls; if it panics, a failure with SystemError set, because
/// the process would end otherwise.
///
/// # Safety
/// CPython calls, so the GIL is held.
pub unsafe fn guarded<'py, T>(failure: T, function: impl FnOnce(Python<'py>) -> T) -> T {
    // SAFETY: as the caller says; the text lives for ever.
    unsafe {
        let py = Python::assume_attached();
        catch_unwind(AssertUnwindSafe(|| function(py))).unwrap_or_else(|_| {
            ffi::PyErr_SetString(ffi::PyExc_SystemError, c"lkproto_native failed".as_ptr());
            failure
        })
    }
}

/// A new reference that CPython returned, or a refusal with CPython's error.
///
/// # Safety
/// `pointer` is a new reference, or null with an error set.
unsafe fn owned<'py>(py: Python<'py>, pointer: *mut ffi::PyObject) -> Usual<Object<'py>> {
    // SAFETY: as the caller says.
    unsafe { Bound::from_owned_ptr_or_opt(py, pointer) }.ok_or(Odd)
}

#[inline]
fn is_exact(object: &Object<'_>, class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the object is alive.
    unsafe { ffi::Py_TYPE(object.as_ptr()) == class }
}

/// Whether an object is an instance of exactly a class.
#[inline]
pub fn is_exactly(object: &Object<'_>, class: &Py<PyType>) -> bool {
    is_exact(object, class.as_ptr().cast())
}

/// None.
pub fn none(py: Python<'_>) -> Object<'_> {
    py.None().into_bound(py)
}

/// True or False.
pub fn boolean(py: Python<'_>, value: bool) -> Object<'_> {
    PyBool::new(py, value).to_owned().into_any()
}

/// The value of exactly True or False.
pub fn as_bool(object: &Object<'_>) -> Usual<bool> {
    let is_true = object.is(&*PyBool::new(object.py(), true));
    if is_true || object.is(&*PyBool::new(object.py(), false)) { Ok(is_true) } else { Err(Odd) }
}

/// An int.
pub fn long(py: Python<'_>, value: i64) -> Usual<Object<'_>> {
    // SAFETY: it returns a new reference.
    unsafe { owned(py, ffi::PyLong_FromLongLong(value)) }
}

/// An int.
pub fn unsigned(py: Python<'_>, value: u64) -> Usual<Object<'_>> {
    // SAFETY: it returns a new reference.
    unsafe { owned(py, ffi::PyLong_FromUnsignedLongLong(value)) }
}

/// The head of an int: until 3.11 its number of digits with the sign, since 3.12 a tag.
#[repr(C)]
struct Long {
    base: ffi::PyObject,
    tag: usize,
    digits: [u32; 0],
}

/// Bits of a digit, in all builds for 64 bits.
pub const DIGIT: u32 = 30;

/// The tag of positive ints with one digit.
const ONE_DIGIT: usize = if cfg!(Py_3_12) { 8 } else { 1 };

/// The value of an int with up to two digits.
///
/// # Safety
/// The object is an instance of int or of a subclass.
#[inline]
unsafe fn compact(object: *mut ffi::PyObject) -> Option<i64> {
    let long = object.cast::<Long>();
    // SAFETY: ints begin like this.
    let tag = unsafe { (*long).tag };
    // SAFETY: as many digits are there as the head says.
    let digit = |at| i64::from(unsafe { (&raw const (*long).digits).cast::<u32>().add(at).read() });
    if tag == ONE_DIGIT {
        return Some(digit(0));
    }
    #[cfg(Py_3_12)]
    // The lowest two bits are 1 - sign, the ones from the fourth count the digits.
    let (sign, count) = (1 - (tag & 3) as i64, tag >> 3);
    #[cfg(not(Py_3_12))]
    let (sign, count) = ((tag as isize).signum() as i64, (tag as isize).unsigned_abs());
    match count {
        0 => Some(0),
        1 => Some(sign * digit(0)),
        2 => Some(sign * (digit(0) | digit(1) << DIGIT)),
        _ => None,
    }
}

/// # Safety
/// The object is an instance of int or of a subclass.
#[inline]
unsafe fn value_i64(object: *mut ffi::PyObject) -> Usual<i64> {
    // SAFETY: as the caller says.
    unsafe {
        if let Some(value) = compact(object) {
            return Ok(value);
        }
        let mut overflow: c_int = 0;
        let value = ffi::PyLong_AsLongLongAndOverflow(object, &mut overflow);
        if overflow == 0 { Ok(value) } else { Err(Odd) }
    }
}

/// The value of exactly an int, if 64 bits with a sign hold it.
#[inline]
pub fn as_i64(object: &Object<'_>) -> Usual<i64> {
    if !is_exact(object, &raw mut ffi::PyLong_Type) {
        return Err(Odd);
    }
    // SAFETY: it is an int.
    unsafe { value_i64(object.as_ptr()) }
}

/// The value of exactly an int, if 64 bits without a sign hold it.
#[inline]
pub fn as_u64(object: &Object<'_>) -> Usual<u64> {
    if !is_exact(object, &raw mut ffi::PyLong_Type) {
        return Err(Odd);
    }
    // SAFETY: it is an int; the error of a value out of range is cleared.
    unsafe {
        if let Some(value) = compact(object.as_ptr()) {
            return u64::try_from(value).map_err(|_| Odd);
        }
        let value = ffi::PyLong_AsUnsignedLongLong(object.as_ptr());
        if value == u64::MAX && !ffi::PyErr_Occurred().is_null() {
            ffi::PyErr_Clear();
            return Err(Odd);
        }
        Ok(value)
    }
}

/// The value of an instance of a subclass of int, such as a member of an enum.
#[inline]
pub fn member_value(object: &Object<'_>) -> Usual<i64> {
    // SAFETY: the flag says that it is an int.
    unsafe {
        if ffi::PyLong_Check(object.as_ptr()) == 0 {
            return Err(Odd);
        }
        value_i64(object.as_ptr())
    }
}

/// A float.
pub fn float(py: Python<'_>, value: f64) -> Usual<Object<'_>> {
    // SAFETY: it returns a new reference.
    unsafe { owned(py, ffi::PyFloat_FromDouble(value)) }
}

/// The value of exactly a float.
#[inline]
pub fn as_float(object: &Object<'_>) -> Usual<f64> {
    if !is_exact(object, &raw mut ffi::PyFloat_Type) {
        return Err(Odd);
    }
    // SAFETY: it is a float.
    Ok(unsafe { ffi::PyFloat_AS_DOUBLE(object.as_ptr()) })
}

/// Bytes.
pub fn bytes<'py>(py: Python<'py>, value: &[u8]) -> Usual<Object<'py>> {
    let start = value.as_ptr().cast::<c_char>();
    // SAFETY: it copies from a slice of that length, and returns a new reference.
    unsafe { owned(py, ffi::PyBytes_FromStringAndSize(start, value.len() as isize)) }
}

/// The content of exactly bytes.
#[inline]
pub fn as_bytes<'a>(object: &'a Object<'_>) -> Usual<&'a [u8]> {
    if !is_exact(object, &raw mut ffi::PyBytes_Type) {
        return Err(Odd);
    }
    // SAFETY: bytes do not change, and are alive as long as the reference.
    unsafe {
        let start = ffi::PyBytes_AS_STRING(object.as_ptr()).cast::<u8>();
        let length = ffi::Py_SIZE(object.as_ptr()) as usize;
        Ok(std::slice::from_raw_parts(start, length))
    }
}

/// A str from UTF-8, which is checked.
pub fn text<'py>(py: Python<'py>, value: &[u8]) -> Usual<Object<'py>> {
    if value.len() < 2 || !value.is_ascii() {
        return decoded(py, value); // CPython shares the shortest
    }
    // SAFETY: they are ASCII; the new str has room for them behind its head, and nobody else has it.
    unsafe {
        let text = owned(py, ffi::PyUnicode_New(value.len() as isize, 127))?;
        let start = text.as_ptr().cast::<ffi::PyASCIIObject>().add(1).cast::<u8>();
        std::ptr::copy_nonoverlapping(value.as_ptr(), start, value.len());
        Ok(text)
    }
}

fn decoded<'py>(py: Python<'py>, value: &[u8]) -> Usual<Object<'py>> {
    let start = value.as_ptr().cast::<c_char>();
    // SAFETY: it reads a slice of that length, and returns a new reference.
    let text = unsafe { ffi::PyUnicode_DecodeUTF8(start, value.len() as isize, std::ptr::null()) };
    // SAFETY: it is new.
    unsafe { owned(py, text) }
}

/// The UTF-8 bytes of exactly a str: its own, if it is ASCII, else written to `spare`.
///
/// Lone surrogates are refused. CPython's own function would keep a copy in the str.
pub fn utf8<'a>(text: &'a Object<'_>, spare: &'a mut Vec<u8>) -> Usual<&'a [u8]> {
    if !is_exact(text, &raw mut ffi::PyUnicode_Type) {
        return Err(Odd);
    }
    // SAFETY: it is a str, which does not change, and is alive as long as the reference.
    let (kind, data, length) = unsafe {
        let text = text.as_ptr();
        let length = ffi::PyUnicode_GET_LENGTH(text) as usize;
        #[cfg(not(Py_3_14))]
        if ffi::PyUnicode_IS_COMPACT_ASCII(text) != 0 {
            let start = text.cast::<ffi::PyASCIIObject>().add(1).cast::<u8>();
            return Ok(std::slice::from_raw_parts(start, length));
        }
        #[cfg(not(Py_3_12))]
        if ffi::PyUnicode_IS_READY(text) == 0 {
            return Err(Odd);
        }
        (ffi::PyUnicode_KIND(text), ffi::PyUnicode_DATA(text), length)
    };
    spare.clear();
    // SAFETY: the kind says how wide the characters are, of which there are `length`.
    unsafe {
        match kind {
            1 => {
                let units = std::slice::from_raw_parts(data.cast::<u8>(), length);
                if units.is_ascii() {
                    return Ok(units);
                }
                encode(units, spare)?;
            }
            2 => encode(std::slice::from_raw_parts(data.cast::<u16>(), length), spare)?,
            _ => encode(std::slice::from_raw_parts(data.cast::<u32>(), length), spare)?,
        }
    }
    Ok(spare)
}

fn encode<T: Copy + Into<u32>>(characters: &[T], out: &mut Vec<u8>) -> Usual<()> {
    for each in characters {
        let mut buffer = [0; 4];
        let character = char::from_u32((*each).into()).ok_or(Odd)?;
        out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    }
    Ok(())
}

/// Whether two objects are strs of the same text.
pub fn same_text(left: &Object<'_>, right: &Object<'_>) -> bool {
    let spare = &mut (Vec::new(), Vec::new());
    matches!((utf8(left, &mut spare.0), utf8(right, &mut spare.1)), (Ok(left), Ok(right)) if left == right)
}

/// A list of objects.
pub fn list<'py>(
    py: Python<'py>,
    items: impl ExactSizeIterator<Item = Object<'py>>,
) -> Usual<Object<'py>> {
    let length = items.len();
    // SAFETY: the new list has room for `length` items, each is set once, and an iterator that
    // gives fewer leaves null, with which a list may be dropped.
    unsafe {
        let list = owned(py, ffi::PyList_New(length as isize))?;
        let mut count = 0;
        for item in items.take(length) {
            ffi::PyList_SET_ITEM(list.as_ptr(), count, item.into_ptr());
            count += 1;
        }
        if count as usize == length { Ok(list) } else { Err(Odd) }
    }
}

/// Append objects to a list.
pub fn append<'py>(list: &Object<'py>, items: impl Iterator<Item = Object<'py>>) -> Usual<()> {
    let list = list.cast::<PyList>().map_err(|_| Odd)?;
    for item in items {
        list.append(item)?;
    }
    Ok(())
}

/// Whether an object is exactly a list.
#[inline]
pub fn is_list(object: &Object<'_>) -> bool {
    is_exact(object, &raw mut ffi::PyList_Type)
}

/// How many items a list has; 0 for what is not exactly a list.
#[inline]
pub fn length(list: &Object<'_>) -> usize {
    // SAFETY: lists have a size.
    if is_list(list) { unsafe { ffi::Py_SIZE(list.as_ptr()) as usize } } else { 0 }
}

/// An item of a list, which may have become shorter.
#[inline]
pub fn item<'py>(list: &Object<'py>, at: usize) -> Usual<Object<'py>> {
    if at >= length(list) {
        return Err(Odd);
    }
    // SAFETY: the list has this item.
    unsafe {
        let item = ffi::PyList_GET_ITEM(list.as_ptr(), at as isize);
        Bound::from_borrowed_ptr_or_opt(list.py(), item).ok_or(Odd)
    }
}

/// A new, empty dict.
pub fn dict(py: Python<'_>) -> Usual<Object<'_>> {
    // SAFETY: it returns a new reference.
    unsafe { owned(py, ffi::PyDict_New()) }
}

/// Whether an object is exactly a dict.
pub fn is_dict(object: &Object<'_>) -> bool {
    is_exact(object, &raw mut ffi::PyDict_Type)
}

/// How many items a dict has; 0 for what is not exactly a dict.
pub fn dict_length(dict: &Object<'_>) -> usize {
    // SAFETY: it is a dict.
    if is_dict(dict) { unsafe { ffi::PyDict_Size(dict.as_ptr()) as usize } } else { 0 }
}

/// The next item of a dict, which may be changed in between: then items may be left out or come
/// twice, so compare `dict_length` before and after.
pub fn entry<'py>(dict: &Object<'py>, at: &mut isize) -> Option<(Object<'py>, Object<'py>)> {
    if !is_dict(dict) || *at < 0 {
        return None;
    }
    let (mut key, mut value) = (null_mut(), null_mut());
    // SAFETY: it compares the position with the size of the dict, and lends both objects, to which
    // references are taken before anything else happens.
    unsafe {
        if ffi::PyDict_Next(dict.as_ptr(), at, &mut key, &mut value) == 0 {
            return None;
        }
        let py = dict.py();
        Some((Bound::from_borrowed_ptr(py, key), Bound::from_borrowed_ptr(py, value)))
    }
}

/// Set an item of a dict.
pub fn insert(dict: &Object<'_>, key: &Object<'_>, value: &Object<'_>) -> Usual<()> {
    Ok(dict.cast::<PyDict>().map_err(|_| Odd)?.set_item(key, value)?)
}

/// Whether anything else has a reference to an object.
pub fn is_shared(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the object is alive.
    unsafe { ffi::Py_REFCNT(object.as_ptr()) > 1 }
}

/// A public method with one usual form of call; every other call is one of the Python function.
pub trait Method {
    /// Its name.
    const NAME: &CStr;
    /// Its signature and documentation, as CPython reads both from builtins.
    const DOC: &CStr;
    /// How many arguments the usual call has.
    const ARGUMENTS: usize;

    /// The usual call. A refusal without an error leaves it to the Python function.
    fn call<'py>(owner: &Object<'py>, argument: Option<&Object<'py>>) -> Usual<Object<'py>>;

    /// The Python function, which takes the owner first.
    fn python<'py>(owner: &Object<'py>) -> Usual<Object<'py>>;
}

/// The definition that CPython keeps a pointer to.
struct Definition<M>(PhantomData<M>);

impl<M: Method> Definition<M> {
    const VALUE: &'static ffi::PyMethodDef = &ffi::PyMethodDef {
        ml_name: M::NAME.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: called::<M> },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: M::DOC.as_ptr(),
    };
}

/// # Safety
/// CPython calls it, as a function with METH_FASTCALL and METH_KEYWORDS.
unsafe extern "C" fn called<M: Method>(
    owner: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: isize,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the GIL is held; the owner and `count` arguments, and values for the names behind
    // them, are lent for the time of the call.
    unsafe {
        guarded(null_mut(), |py| {
            let owner = Bound::from_borrowed_ptr(py, owner);
            if names.is_null() && count as usize == M::ARGUMENTS {
                let first = (count > 0).then(|| Bound::from_borrowed_ptr(py, *arguments));
                if let Ok(found) = M::call(&owner, first.as_ref()) {
                    return found.into_ptr();
                }
                // Errors of data are the exact codec's to report, the others pass.
                if PyErr::occurred(py) && ffi::PyErr_ExceptionMatches(ffi::PyExc_Exception) == 0 {
                    return null_mut();
                }
                ffi::PyErr_Clear();
            }
            let Ok(python) = M::python(&owner) else {
                Odd.into_error(py).restore(py);
                return null_mut();
            };
            let named = if names.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(names) };
            let mut all = vec![owner.as_ptr()];
            all.extend((0..count + named).map(|at| *arguments.offset(at)));
            ffi::PyObject_Vectorcall(python.as_ptr(), all.as_ptr(), count as usize + 1, names)
        })
    }
}

/// A builtin that has a class as its `__self__`, as a class method has.
pub fn class_method<'py, M: Method>(class: &Bound<'py, PyType>) -> Usual<Object<'py>> {
    let definition = std::ptr::from_ref(Definition::<M>::VALUE).cast_mut();
    // SAFETY: the definition lives for ever, and nobody writes to it.
    unsafe {
        let function = ffi::PyCFunction_NewEx(definition, class.as_ptr(), null_mut());
        owned(class.py(), function)
    }
}

/// A method of the instances of a class.
pub fn method<'py, M: Method>(class: &Bound<'py, PyType>) -> Usual<Object<'py>> {
    let definition = std::ptr::from_ref(Definition::<M>::VALUE).cast_mut();
    // SAFETY: as above.
    unsafe { owned(class.py(), ffi::PyDescr_NewMethod(class.as_type_ptr(), definition)) }
}

/// What makes the instances of classes that are called with keywords.
pub trait Construct {
    /// An instance of a class, given the names of arguments and their values. Behind as many values
    /// as there are positional arguments come those of the names. A refusal without an error leaves
    /// it to the class itself.
    fn construct<'py>(
        class: &Object<'py>,
        names: Option<&Bound<'py, PyTuple>>,
        values: &[Borrowed<'_, 'py, PyAny>],
    ) -> Usual<Object<'py>>;

    /// An instance of a class, made as if `construct` were not there; an error if that fails.
    fn otherwise<'py>(
        class: &Object<'py>,
        positional: &[Borrowed<'_, 'py, PyAny>],
        names: Option<&Bound<'py, PyTuple>>,
        values: &[Borrowed<'_, 'py, PyAny>],
    ) -> Usual<Object<'py>>;
}

/// Make calls of a class construct its instances natively; `call_plainly` takes that back. Refuses
/// a class whose metaclass says what a call does.
pub fn call_natively<C: Construct>(class: &Bound<'_, PyType>) -> Usual<()> {
    let class = class.as_type_ptr();
    // SAFETY: both are types, and alive. `type` says where in a class the function is; from 3.12 on
    // all metaclasses have that from it, before only those that are written in C.
    unsafe {
        let meta = ffi::Py_TYPE(class.cast());
        let plain = ffi::PyType_Type.tp_call.map(|call| call as usize);
        if (*meta).tp_call.map(|call| call as usize) != plain {
            return Err(Odd);
        }
        #[cfg(not(Py_3_12))]
        {
            (*meta).tp_vectorcall_offset = ffi::PyType_Type.tp_vectorcall_offset;
            (*meta).tp_flags |= ffi::Py_TPFLAGS_HAVE_VECTORCALL;
        }
        if ffi::PyType_HasFeature(meta, ffi::Py_TPFLAGS_HAVE_VECTORCALL) == 0 {
            return Err(Odd);
        }
        (*class).tp_vectorcall = Some(constructed::<C>);
    }
    Ok(())
}

/// Make calls of a class run its `__init__`.
pub fn call_plainly(class: &Bound<'_, PyType>) {
    // SAFETY: it is a type, and alive.
    unsafe { (*class.as_type_ptr()).tp_vectorcall = None }
}

/// # Safety
/// CPython calls it, as the vectorcall function of a class.
unsafe extern "C" fn constructed<C: Construct>(
    class: *mut ffi::PyObject,
    values: *const *mut ffi::PyObject,
    count: usize,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the GIL is held; the class, the names and all values are lent for the time of the
    // call. `Borrowed` is a pointer that is not null, as values are not.
    unsafe {
        guarded(null_mut(), |py| {
            let class = Borrowed::from_ptr(py, class);
            let names =
                Borrowed::from_ptr_or_opt(py, names).map(|names| names.cast_unchecked::<PyTuple>());
            let positional = ffi::PyVectorcall_NARGS(count) as usize;
            let values: &[Borrowed<'_, '_, PyAny>] =
                match positional + names.map_or(0, |names| names.len()) {
                    0 => &[],
                    length => std::slice::from_raw_parts(values.cast(), length),
                };
            if let Ok(made) = C::construct(&class, names.as_deref(), values) {
                return made.into_ptr();
            }
            if PyErr::occurred(py) {
                return null_mut();
            }
            let (positional, named) = values.split_at(positional);
            let made = C::otherwise(&class, positional, names.as_deref(), named);
            made.map_or(null_mut(), Bound::into_ptr)
        })
    }
}
