//! The slots of messages: where instances of a class have them, how they are filled and read.
//!
//! One of the two files with `unsafe` code. Its invariants:
//!
//! * A class has a shape only if each word of its instances, behind the head, is a slot for an
//!   object: `Shape::new` compares the members of the class with the size of its instances, once.
//!   Instances of a class never change their size, and shapes live as long as the process.
//! * A slot is used with instances of its own class only: `Draft` and `View` take the index of a
//!   field and look it up in the shape that they were made with, and a view is made only of an
//!   instance of exactly the shape's class.
//! * A message under construction, a `Draft`, is invisible until `finish`: nothing else has a
//!   reference, and the collector does not know it. `finish` tracks it as its last step. A `__del__`
//!   that somebody gives the class sees one that failed; its empty slots are those of deleted fields.
//! * A value that is taken from a visible message is a strong reference, because Python code that
//!   runs later may replace it there.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::{CString, c_int, c_void};
use std::ptr::null_mut;
use std::sync::OnceLock;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::field::Many;
use crate::object::{self, Object};
use crate::odd::{self, Odd, Usual};

/// What `describe` knows of the place of a field.
pub struct Place {
    /// The name of the attribute: the key of the class's specifiers, which is interned.
    pub name: Py<PyAny>,
    /// The descriptor of the slot; None for members of oneofs.
    pub descriptor: Option<Py<PyAny>>,
    /// The number of its oneof.
    pub oneof: Option<u16>,
    /// Whether it is a list or a dict.
    pub many: Many,
    /// Whether a message without it cannot be written.
    pub required: bool,
    /// The value of an unset field; Rust's None for lists and dicts, which are made anew.
    pub default: Option<Py<PyAny>>,
}

/// Where instances of a class have their slots: numbers of words behind the head.
struct Layout {
    class: *mut ffi::PyTypeObject,
    words: usize,
}

const HEAD: usize = size_of::<ffi::PyObject>();
const WORD: usize = size_of::<*mut ffi::PyObject>();

impl Layout {
    /// The layout of a class whose instances are made as usual, and have slots alone.
    fn of(class: &Bound<'_, PyType>) -> Usual<Layout> {
        let found = class.as_type_ptr();
        // SAFETY: it is a type, and alive.
        let usual = unsafe {
            let weak = (*found).tp_weaklistoffset;
            let new = (*found).tp_new.map(|new| new as usize);
            let base = (&raw mut ffi::PyBaseObject_Type).cast::<ffi::PyTypeObject>();
            let allocate = (*found).tp_alloc.map(|alloc| alloc as usize);
            (*found).tp_dictoffset == 0
                && weak == 0
                && (*found).tp_itemsize == 0
                && new == (*base).tp_new.map(|new| new as usize)
                && allocate == Some(ffi::PyType_GenericAlloc as *const () as usize)
                && ffi::PyType_HasFeature(found, ffi::Py_TPFLAGS_HAVE_GC) != 0
                && ffi::PyType_HasFeature(found, ffi::Py_TPFLAGS_HEAPTYPE) != 0
        };
        // SAFETY: as above.
        let size = unsafe { (*found).tp_basicsize } as usize;
        if !usual || size < HEAD || (size - HEAD) % WORD != 0 {
            return Err(Odd);
        }
        Ok(Layout { class: found, words: (size - HEAD) / WORD })
    }

    /// The number of the slot that a descriptor of a class, or of its base, is for.
    fn slot(&self, descriptor: &Object<'_>) -> Usual<usize> {
        // SAFETY: the class of the descriptor says what its structure is.
        let member = unsafe {
            if ffi::Py_TYPE(descriptor.as_ptr()) != &raw mut ffi::PyMemberDescr_Type {
                return Err(Odd);
            }
            let descriptor = &*descriptor.as_ptr().cast::<ffi::PyMemberDescrObject>();
            if ffi::PyType_IsSubtype(self.class, descriptor.d_common.d_type) == 0 {
                return Err(Odd);
            }
            *descriptor.d_member
        };
        let offset = usize::try_from(member.offset).map_err(|_| Odd)?;
        let plain = member.type_code == ffi::Py_T_OBJECT_EX && member.flags == 0;
        if !plain || offset < HEAD || (offset - HEAD) % WORD != 0 {
            return Err(Odd);
        }
        let slot = (offset - HEAD) / WORD;
        if slot < self.words { Ok(slot) } else { Err(Odd) }
    }
}

struct Oneof {
    case: usize,
    members: Vec<u16>,
}

/// What each look at a field needs; small, because encoders look at all fields.
struct Slot {
    /// The number of the word; of a member of a oneof, that of the oneof's value.
    slot: usize,
    oneof: Option<u16>,
    required: bool,
    /// The value of an unset field, as in `Place`.
    default: Option<Py<PyAny>>,
}

struct Attribute {
    name: Py<PyAny>,
    /// The descriptor of a member of a oneof, once it was made.
    member: OnceLock<Py<PyAny>>,
}

impl Slot {
    /// Whether a value is the object itself that an unset field has.
    #[inline]
    fn is_unset(&self, value: *mut ffi::PyObject) -> bool {
        self.default.as_ref().is_some_and(|default| default.as_ptr() == value)
    }
}

/// Where the instances of a message class have their fields.
pub struct Shape {
    class: Py<PyType>,
    places: Vec<Slot>,
    attributes: Vec<Attribute>,
    oneofs: Vec<Oneof>,
    unknown: usize,
    /// What each slot of a new message has; None for lists and dicts.
    template: Vec<Option<Py<PyAny>>>,
    /// The slots of lists, and of dicts.
    empty: Vec<(usize, Many)>,
}

/// Slots that have been taken, each with what a new message has there.
struct Taken {
    layout: Layout,
    slots: Vec<Option<Option<Py<PyAny>>>>,
}

impl Taken {
    fn take(&mut self, descriptor: &Object<'_>, default: Option<Py<PyAny>>) -> Usual<usize> {
        let slot = self.layout.slot(descriptor)?;
        match self.slots[slot].replace(default) {
            None => Ok(slot),
            Some(_) => Err(Odd), // two fields in one slot
        }
    }
}

impl Shape {
    /// The shape of a class, given what is where. A refusal says that it is not as expected.
    pub fn new(
        class: &Bound<'_, PyType>,
        unknown: &Py<PyAny>,
        oneofs: &[(Py<PyAny>, Py<PyAny>)],
        places: Vec<Place>,
    ) -> Usual<Shape> {
        let py = class.py();
        let layout = Layout::of(class)?;
        let slots = (0..layout.words).map(|_| None).collect();
        let mut taken = Taken { layout, slots };
        let nothing = object::bytes(py, b"")?.unbind();
        let unknown = taken.take(unknown.bind(py), Some(nothing))?;
        let (mut cases, mut values) = (Vec::new(), Vec::new());
        for (case, value) in oneofs {
            let case = taken.take(case.bind(py), Some(py.None()))?;
            values.push(taken.take(value.bind(py), Some(py.None()))?);
            cases.push(Oneof { case, members: Vec::new() });
        }
        let (mut found, mut attributes, mut empty) = (Vec::new(), Vec::new(), Vec::new());
        for Place { name, descriptor, oneof, many, required, default } in places {
            if (many == Many::One) != default.is_some() {
                return Err(Odd);
            }
            let unset = default.as_ref().map(|default| default.clone_ref(py));
            let slot = match (descriptor, oneof) {
                (Some(descriptor), None) => taken.take(descriptor.bind(py), default)?,
                (None, Some(oneof)) => *values.get(usize::from(oneof)).ok_or(Odd)?,
                _ => return Err(Odd),
            };
            if let Some(oneof) = oneof {
                cases[usize::from(oneof)].members.push(found.len() as u16);
            }
            if many != Many::One {
                empty.push((slot, many));
            }
            found.push(Slot { slot, oneof, required, default: unset });
            attributes.push(Attribute { name, member: OnceLock::new() });
        }
        // A slot that nobody described would stay as it is: there must be none.
        let template = taken.slots.into_iter().collect::<Option<_>>().ok_or(Odd)?;
        let class = class.clone().unbind();
        Ok(Shape { class, places: found, attributes, oneofs: cases, unknown, template, empty })
    }

    /// The attribute of the field with an index.
    pub fn name<'py>(&self, py: Python<'py>, at: usize) -> &Object<'py> {
        self.attributes[at].name.bind(py)
    }
}

/// # Safety
/// The slot is one of the shape whose class the object is an instance of.
unsafe fn word(object: *mut ffi::PyObject, slot: usize) -> *mut *mut ffi::PyObject {
    // SAFETY: the layout of the class has so many words behind the head.
    unsafe { object.cast::<u8>().add(HEAD).cast::<*mut ffi::PyObject>().add(slot) }
}

/// A message under construction, which nobody else can see.
pub struct Draft<'py> {
    /// A new instance, not tracked by the collector.
    message: Object<'py>,
    shape: &'static Shape,
}

impl<'py> Draft<'py> {
    /// A new message with all fields unset; its lists and dicts are made by `finish`.
    pub fn new(py: Python<'py>, shape: &'static Shape) -> Usual<Self> {
        // SAFETY: the class is one that `Layout::of` knows; each of its words is set before anything
        // else happens.
        unsafe {
            let message = ffi::PyObject_GC_New::<ffi::PyObject>(shape.class.as_ptr().cast());
            if message.is_null() {
                return Err(Odd);
            }
            for (slot, default) in shape.template.iter().enumerate() {
                let value = default.as_ref().map_or(null_mut(), |value| {
                    ffi::Py_INCREF(value.as_ptr());
                    value.as_ptr()
                });
                *word(message, slot) = value;
            }
            let message = Bound::from_owned_ptr(py, message);
            Ok(Draft { message, shape })
        }
    }

    fn put(&mut self, slot: usize, value: Object<'py>) {
        // SAFETY: slots come from the shape; what was there is a reference of the slot, or null.
        unsafe {
            let before =
                std::mem::replace(&mut *word(self.message.as_ptr(), slot), value.into_ptr());
            drop(Bound::from_owned_ptr_or_opt(self.message.py(), before));
        }
    }

    fn peek(&self, slot: usize) -> *mut ffi::PyObject {
        // SAFETY: slots come from the shape.
        unsafe { *word(self.message.as_ptr(), slot) }
    }

    /// Set the field with an index, and that it is the set member of its oneof.
    #[inline(always)]
    pub fn set(&mut self, at: usize, value: Object<'py>) {
        let place = &self.shape.places[at];
        self.put(place.slot, value);
        if let Some(oneof) = place.oneof {
            let case = self.shape.oneofs[usize::from(oneof)].case;
            let name = self.shape.name(self.message.py(), at);
            self.put(case, name.clone());
        }
    }

    /// Whether a field has been set: a member of a oneof by itself, another with None as default.
    pub fn is_set(&self, at: usize) -> bool {
        let place = &self.shape.places[at];
        match place.oneof {
            Some(oneof) => {
                self.peek(self.shape.oneofs[usize::from(oneof)].case)
                    == self.shape.attributes[at].name.as_ptr()
            }
            // SAFETY: only addresses are compared.
            None => unsafe { self.peek(place.slot) != ffi::Py_None() },
        }
    }

    /// Whether any member of a field's oneof has been set.
    pub fn oneof_taken(&self, at: usize) -> bool {
        self.shape.places[at].oneof.is_some_and(|oneof| {
            // SAFETY: only addresses are compared.
            unsafe { self.peek(self.shape.oneofs[usize::from(oneof)].case) != ffi::Py_None() }
        })
    }

    /// Add items to a repeated field. Not inlined, for parsers of JSON recurse through their lists.
    #[inline(never)]
    pub fn extend(
        &mut self,
        at: usize,
        items: impl ExactSizeIterator<Item = Object<'py>>,
    ) -> Usual<()> {
        let slot = self.shape.places[at].slot;
        let py = self.message.py();
        // SAFETY: the slot has a list that only the draft has, or null.
        let there = unsafe { Bound::from_borrowed_ptr_or_opt(py, self.peek(slot)) };
        match there {
            Some(list) => object::append(&list, items),
            None => {
                self.put(slot, object::list(py, items)?);
                Ok(())
            }
        }
    }

    /// The dict of a map field.
    pub fn dict(&mut self, at: usize) -> Usual<Object<'py>> {
        let slot = self.shape.places[at].slot;
        let py = self.message.py();
        // SAFETY: the slot has a dict that only the draft has, or null.
        if let Some(dict) = unsafe { Bound::from_borrowed_ptr_or_opt(py, self.peek(slot)) } {
            return Ok(dict);
        }
        let dict = object::dict(py)?;
        self.put(slot, dict.clone());
        Ok(dict)
    }

    /// Set the unknown fields.
    pub fn set_unknown(&mut self, data: Object<'py>) {
        self.put(self.shape.unknown, data);
    }

    /// The message, complete and known to the collector.
    pub fn finish(mut self) -> Usual<Object<'py>> {
        let shape = self.shape;
        let py = self.message.py();
        for (slot, many) in &shape.empty {
            if self.peek(*slot).is_null() {
                let value = match many {
                    Many::Map => object::dict(py)?,
                    _ => object::list(py, std::iter::empty())?,
                };
                self.put(*slot, value);
            }
        }
        // SAFETY: it was made untracked, and is complete.
        unsafe { ffi::PyObject_GC_Track(self.message.as_ptr().cast()) };
        Ok(self.message)
    }
}

/// In place of a oneof that was looked at. A table has fewer fields, so no oneof has this number.
const NONE_YET: u16 = u16::MAX;

/// A message that others can see and change.
pub struct View<'a, 'py> {
    message: &'a Object<'py>,
    shape: &'static Shape,
    /// The oneof that was looked at last, and its member that is set.
    case: Cell<(u16, Option<u16>)>,
}

impl<'a, 'py> View<'a, 'py> {
    /// A view of an instance of exactly the shape's class.
    pub fn of(message: &'a Object<'py>, shape: &'static Shape) -> Usual<Self> {
        if !object::is_exactly(message, &shape.class) {
            return Err(Odd);
        }
        Ok(View { message, shape, case: Cell::new((NONE_YET, None)) })
    }

    /// A slot's value; a refusal if it was deleted.
    #[inline]
    fn peek(&self, slot: usize) -> Usual<*mut ffi::PyObject> {
        // SAFETY: slots come from the shape, whose class this is an instance of.
        let value = unsafe { *word(self.message.as_ptr(), slot) };
        if value.is_null() { Err(Odd) } else { Ok(value) }
    }

    /// # Safety
    /// The pointer was read from a slot, and no Python code has run since.
    unsafe fn strong(&self, value: *mut ffi::PyObject) -> Object<'py> {
        // SAFETY: the slot's reference keeps it alive until now.
        unsafe { Bound::from_borrowed_ptr(self.message.py(), value) }
    }

    /// The member of a oneof that is set.
    #[inline]
    fn member(&self, oneof: u16) -> Usual<Option<u16>> {
        let (last, found) = self.case.get();
        if last == oneof {
            return Ok(found);
        }
        let found = self.resolve(oneof)?;
        self.case.set((oneof, found));
        Ok(found)
    }

    fn resolve(&self, oneof: u16) -> Usual<Option<u16>> {
        let Oneof { case, members } = &self.shape.oneofs[usize::from(oneof)];
        let case = self.peek(*case)?;
        // SAFETY: only addresses are compared.
        if case == unsafe { ffi::Py_None() } {
            return Ok(None);
        }
        let name = |at: &&u16| &self.shape.attributes[usize::from(**at)].name;
        if let Some(found) = members.iter().find(|at| name(at).as_ptr() == case) {
            return Ok(Some(*found));
        }
        // A message that was unpickled may have another str of the same text.
        // SAFETY: it was just read.
        let case = unsafe { self.strong(case) };
        let same = |at: &&u16| object::same_text(name(at).bind(self.message.py()), &case);
        members.iter().find(same).map(|at| Some(*at)).ok_or(Odd)
    }

    /// The value of the field with an index, or None if it is unset: if it has its default itself
    /// (which is None for explicit presence), or another member of its oneof is set.
    #[inline]
    pub fn get(&self, at: usize) -> Usual<Option<Object<'py>>> {
        let place = &self.shape.places[at];
        let value = self.peek(place.slot)?;
        if place.is_unset(value) || !self.is_case(place, at)? {
            return Ok(None);
        }
        // SAFETY: nothing has run Python code since it was read.
        Ok(Some(unsafe { self.strong(value) }))
    }

    /// Calls a function for each field that `get` has a value of, from the last one on, with what
    /// `all` has at its index. A refusal if a required field is unset.
    #[inline(always)]
    pub fn each_backwards<'t, T>(
        &self,
        all: &'t [T],
        mut function: impl FnMut(&'t T, Object<'py>) -> Usual<()>,
    ) -> Usual<()> {
        for (at, (place, one)) in self.shape.places.iter().zip(all).enumerate().rev() {
            let value = self.peek(place.slot)?;
            if place.is_unset(value) {
                if place.required {
                    return Err(Odd);
                }
            } else if self.is_case(place, at)? {
                // SAFETY: as in `get`.
                function(one, unsafe { self.strong(value) })?;
            }
        }
        Ok(())
    }

    /// Whether a field is the set member of its oneof, or in none.
    #[inline(always)]
    fn is_case(&self, place: &Slot, at: usize) -> Usual<bool> {
        match place.oneof {
            Some(oneof) => Ok(self.member(oneof)? == Some(at as u16)),
            None => Ok(true),
        }
    }

    /// The unknown fields.
    pub fn unknown(&self) -> Usual<Object<'py>> {
        let value = self.peek(self.shape.unknown)?;
        // SAFETY: it was just read.
        Ok(unsafe { self.strong(value) })
    }
}

/// A member of a oneof, as the descriptor that is made for it has it.
struct Member {
    shape: &'static Shape,
    at: usize,
}

impl Member {
    /// Set the error that says what a message has not, of this name, and return a failure.
    fn is_missing<T>(&self, what: &str, message: &Object<'_>, failure: T) -> T {
        odd::has_no(what, self.shape.name(message.py(), self.at), message);
        failure
    }
}

/// # Safety
/// CPython calls it for a descriptor of `members`: with an instance of the class, or of a subclass,
/// of which there are none, and with the member that the descriptor was made with.
unsafe extern "C" fn member_get(
    message: *mut ffi::PyObject,
    member: *mut c_void,
) -> *mut ffi::PyObject {
    // SAFETY: as above.
    unsafe {
        object::guarded(null_mut(), |py| {
            let message = Bound::from_borrowed_ptr(py, message);
            let member = &*member.cast::<Member>();
            let view = View::of(&message, member.shape);
            match view.and_then(|view| view.get(member.at)) {
                Ok(value) => value.unwrap_or_else(|| object::none(py)).into_ptr(),
                Err(Odd) => member.is_missing("attribute", &message, null_mut()),
            }
        })
    }
}

/// # Safety
/// As `member_get`; the value is null for `del`.
unsafe extern "C" fn member_set(
    message: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
    member: *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        object::guarded(-1, |py| {
            let message = Bound::from_borrowed_ptr(py, message);
            let value = Bound::from_borrowed_ptr_or_opt(py, value);
            let member = &*member.cast::<Member>();
            let Some(value) = value else {
                return member.is_missing("deleter for", &message, -1);
            };
            match member.shape.set_member(&message, member.at, value) {
                Ok(()) => 0,
                Err(Odd) => member.is_missing("attribute", &message, -1),
            }
        })
    }
}

impl Shape {
    /// The members of oneofs, by name: descriptors that read and set as the properties that the
    /// runtime writes (`construct`), in half the time.
    pub fn members<'py>(&'static self, py: Python<'py>) -> Usual<Vec<(Object<'py>, Object<'py>)>> {
        let mut found = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            if place.oneof.is_some() {
                let member = self.member(py, at)?;
                found.push((self.name(py, at).clone(), member));
            }
        }
        Ok(found)
    }

    fn member<'py>(&'static self, py: Python<'py>, at: usize) -> Usual<Object<'py>> {
        let Attribute { name, member } = &self.attributes[at];
        if let Some(member) = member.get() {
            return Ok(member.bind(py).clone());
        }
        let name: String = name.bind(py).extract()?;
        let name = CString::new(name).map_err(|_| Odd)?;
        let closure = Box::leak(Box::new(Member { shape: self, at }));
        let definition = Box::leak(Box::new(ffi::PyGetSetDef {
            name: name.into_raw(),
            get: Some(member_get),
            set: Some(member_set),
            doc: std::ptr::null(),
            closure: std::ptr::from_mut(closure).cast(),
        }));
        // SAFETY: definition and closure live for ever, as the shape does.
        let member = unsafe {
            let class = self.class.as_ptr().cast();
            Bound::from_owned_ptr_or_opt(py, ffi::PyDescr_NewGetSet(class, definition))
                .ok_or(Odd)?
        };
        let kept = self.attributes[at].member.get_or_init(|| member.unbind());
        Ok(kept.bind(py).clone())
    }

    /// Set a member of a oneof to a value, or, if it is the one that is set, to None.
    fn set_member<'py>(
        &'static self,
        message: &Object<'py>,
        at: usize,
        value: Object<'py>,
    ) -> Usual<()> {
        let place = &self.places[at];
        let oneof = place.oneof.ok_or(Odd)?;
        let view = View::of(message, self)?;
        // A message that was made without its constructor has no case yet.
        let case_value = if !value.is_none() {
            self.name(message.py(), at).clone()
        } else if view.resolve(oneof)? == Some(at as u16) {
            object::none(message.py())
        } else {
            return Ok(());
        };
        let case = self.oneofs[usize::from(oneof)].case;
        // SAFETY: both are slots of the class; what was there is dropped last, because that may run
        // Python code, which then sees the message as it is now.
        unsafe {
            let case = std::mem::replace(&mut *word(message.as_ptr(), case), case_value.into_ptr());
            let slot = &mut *word(message.as_ptr(), place.slot);
            let before = std::mem::replace(slot, value.into_ptr());
            drop(Bound::from_owned_ptr_or_opt(message.py(), case));
            drop(Bound::from_owned_ptr_or_opt(message.py(), before));
        }
        Ok(())
    }
}
