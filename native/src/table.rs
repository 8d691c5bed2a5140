//! Tables of message classes, and the slots of their instances.
//!
//! One of the two files with `unsafe` code. Its invariants:
//!
//! * A class has a table only if each word of its instances, behind the head, is a slot for an
//!   object: `Layout::of` compares the members of the class with the size of its instances, once.
//!   Instances of a class never change their size, and tables live as long as the process.
//! * A field is used with its own table only: `Draft` and `View` take the number of a field and look
//!   it up in the table that they were made with, and a view is made only of an instance of exactly
//!   the table's class.
//! * A message under construction, a `Draft`, is invisible until `finish`: nothing else has a
//!   reference, and the collector does not know it. `finish` tracks it as its last step.
//! * A value that is taken from a visible message is a strong reference, because Python code that
//!   runs later may replace it there.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::marker::PhantomData;
use std::sync::OnceLock;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::describe;
use crate::object::{self, Global, Object};
use crate::odd::{Odd, Usual};

/// Scalar types of protobuf, and the two that have a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    Message,
    Enum,
}

/// How many values a field has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Many {
    /// One, or none.
    One,
    /// A list, with a record for each item.
    List,
    /// A list, with all items in one record.
    Packed,
    /// A dict.
    Map,
}

/// What it means that a field with one value has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// It has the zero value, which is not written.
    Implicit,
    /// It is None.
    Explicit,
    /// It is None, and the message cannot be written.
    Required,
}

/// The encoded tag of a field: its bytes, and their number.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    bytes: [u8; 5],
    length: u8,
    /// The tag as a number.
    pub code: u32,
}

impl Tag {
    /// The tag with a code.
    pub fn new(code: u32) -> Self {
        let (mut bytes, mut length, mut rest) = ([0; 5], 0, code);
        loop {
            let more = rest >= 0x80;
            bytes[length] = rest as u8 & 0x7f | u8::from(more) << 7;
            length += 1;
            rest >>= 7;
            if !more {
                return Tag {
                    bytes,
                    length: length as u8,
                    code,
                };
            }
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// The class of a field's values, if they have one.
pub enum Types {
    /// They are scalars, or the field is a map.
    None,
    /// They are messages.
    Message(Link),
    /// They are members of an enum.
    Enum(Enum),
}

/// The description of a field, as `Field` in the runtime's `table`.
pub struct Field {
    /// The name of the attribute: the key of the class's specifiers, which is interned.
    pub attribute: Py<PyAny>,
    /// The field number.
    pub number: u32,
    /// The proto type; of maps it is that of the value.
    pub kind: Kind,
    /// How many values it has.
    pub many: Many,
    /// What it means that there is no value.
    pub presence: Presence,
    /// Whether a string has to be valid UTF-8.
    pub utf8: bool,
    /// Whether the schema marks it as sensitive: then nothing may keep its values.
    pub redact: bool,
    /// Whether null is a value in JSON.
    pub null: bool,
    /// Tag of a record.
    pub tag: Tag,
    /// `,"name":`, as JSON has it before a value.
    pub json_key: Vec<u8>,
    /// The names that JSON may use, first the one that it prints.
    pub json_names: Vec<String>,
    /// The number of its oneof.
    pub oneof: Option<u8>,
    /// The class of its values.
    pub types: Types,
    /// The key of a map.
    pub key: Option<Box<Field>>,
    /// The value of a map.
    pub value: Option<Box<Field>>,
    /// The number of its slot; of a member of a oneof, that of the oneof's value. Private, because
    /// it is an index that nobody checks again.
    slot: usize,
}

/// What `describe` knows of a field; `Table::new` adds where its slot is.
pub struct Described {
    /// All but the slot.
    pub field: Field,
    /// The descriptor of the slot; None for members of oneofs.
    pub slot: Option<Py<PyAny>>,
    /// The value of an unset field; None of Rust for lists and dicts, which are made anew.
    pub default: Option<Py<PyAny>>,
}

impl Field {
    /// A field without a slot yet; see `Described`.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        attribute: Py<PyAny>,
        number: u32,
        kind: Kind,
        many: Many,
        presence: Presence,
    ) -> Self {
        Field {
            attribute,
            number,
            kind,
            many,
            presence,
            utf8: true,
            redact: false,
            null: false,
            tag: Tag::new(0),
            json_key: Vec::new(),
            json_names: Vec::new(),
            oneof: None,
            types: Types::None,
            key: None,
            value: None,
            slot: usize::MAX,
        }
    }

    /// The enum of its values.
    pub fn enumeration(&self) -> Usual<&Enum> {
        match &self.types {
            Types::Enum(found) => Ok(found),
            _ => Err(Odd),
        }
    }

    /// The table of its messages.
    pub fn message(&self, py: Python<'_>) -> Usual<&'static Table> {
        match &self.types {
            Types::Message(link) => link.table(py),
            _ => Err(Odd),
        }
    }
}

/// The class of a field's messages, with its table once there is one.
pub struct Link {
    class: Py<PyType>,
    describe: Py<PyAny>,
    found: Cell<Option<&'static Table>>,
}

impl Link {
    /// A link to a class; `describe` is the glue's function.
    pub fn new(class: Py<PyType>, describe: Py<PyAny>) -> Self {
        Link {
            class,
            describe,
            found: Cell::new(None),
        }
    }

    /// The table of the class. On first use this runs Python code.
    pub fn table(&self, py: Python<'_>) -> Usual<&'static Table> {
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let found = table_of(self.class.bind(py), self.describe.bind(py))?.ok_or(Odd)?;
        self.found.set(Some(found));
        Ok(found)
    }
}

/// A quick hash of names that a schema has: only they are put in, so nobody can choose them.
#[derive(Default)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.write_u64(u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
        }
        let rest = chunks
            .remainder()
            .iter()
            .fold(bytes.len() as u64, |sum, byte| sum << 8 | u64::from(*byte));
        self.write_u64(rest);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

type Names<T> = HashMap<Box<[u8]>, T, BuildHasherDefault<Quick>>;

/// The members of an enum.
pub struct Enum {
    class: Py<PyType>,
    closed: bool,
    /// By number, from 0.
    first: Vec<Option<Named>>,
    others: HashMap<i32, Named>,
    by_name: Names<Py<PyAny>>,
}

/// A member that has a name.
pub struct Named {
    /// The member.
    pub member: Py<PyAny>,
    /// Its name, in quotes.
    pub quoted: Vec<u8>,
}

impl Enum {
    /// An enum with its named members by number, and by all names.
    pub fn new(
        class: Py<PyType>,
        closed: bool,
        members: Vec<(i32, Named)>,
        names: Vec<(String, Py<PyAny>)>,
    ) -> Self {
        let (mut first, mut others) = (Vec::new(), HashMap::new());
        for (number, named) in members {
            match usize::try_from(number) {
                Ok(at) if at < 1024 => {
                    if first.len() <= at {
                        first.resize_with(at + 1, || None);
                    }
                    first[at] = Some(named);
                }
                _ => drop(others.insert(number, named)),
            }
        }
        let names = names.into_iter();
        let by_name = names
            .map(|(name, member)| (name.into_bytes().into(), member))
            .collect();
        Enum {
            class,
            closed,
            first,
            others,
            by_name,
        }
    }

    fn named(&self, number: i32) -> Option<&Named> {
        match self.first.get(number as usize) {
            Some(found) => found.as_ref(),
            None => self.others.get(&number),
        }
    }

    /// The member with a number. One without a name is made by the class, which runs Python code.
    pub fn member<'py>(&self, py: Python<'py>, number: i32) -> Usual<Object<'py>> {
        if let Some(found) = self.named(number) {
            return Ok(found.member.bind(py).clone());
        }
        if self.closed {
            return Err(Odd);
        }
        Ok(self.class.bind(py).call1((number,))?)
    }

    /// The member with a name.
    pub fn member_named<'py>(&self, py: Python<'py>, name: &[u8]) -> Option<Object<'py>> {
        self.by_name.get(name).map(|member| member.bind(py).clone())
    }

    /// The number of a member or of exactly an int; of a closed enum, only one that has a name.
    pub fn number(&self, value: &Object<'_>) -> Usual<i32> {
        // SAFETY: the object is alive.
        let class = unsafe { ffi::Py_TYPE(value.as_ptr()) };
        let number = if class == self.class.as_ptr().cast() {
            object::member_value(value)?
        } else {
            object::as_i64(value)?
        };
        let number = i32::try_from(number).map_err(|_| Odd)?;
        if self.closed && self.named(number).is_none() {
            Err(Odd)
        } else {
            Ok(number)
        }
    }

    /// The name of a number, in quotes.
    pub fn name(&self, number: i32) -> Option<&[u8]> {
        self.named(number).map(|named| &named.quoted[..])
    }
}

/// Where instances of a class have their slots: numbers of words behind the head.
struct Layout {
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
        Ok(Layout {
            words: (size - HEAD) / WORD,
        })
    }

    /// The number of the slot that a descriptor of a class, or of its base, is for.
    fn slot(&self, descriptor: &Object<'_>) -> Usual<usize> {
        // SAFETY: the class of the descriptor says what its structure is.
        let member = unsafe {
            if ffi::Py_TYPE(descriptor.as_ptr()) != &raw mut ffi::PyMemberDescr_Type {
                return Err(Odd);
            }
            *(*descriptor.as_ptr().cast::<ffi::PyMemberDescrObject>()).d_member
        };
        let offset = usize::try_from(member.offset).map_err(|_| Odd)?;
        let plain = member.type_code == ffi::Py_T_OBJECT_EX && member.flags == 0;
        if !plain || offset < HEAD || (offset - HEAD) % WORD != 0 {
            return Err(Odd);
        }
        let slot = (offset - HEAD) / WORD;
        if slot < self.words {
            Ok(slot)
        } else {
            Err(Odd)
        }
    }
}

struct Oneof {
    case: usize,
    members: Vec<u16>,
}

/// The fields of one message class.
pub struct Table {
    /// The full proto name.
    pub name: String,
    /// Whether the class can nest deeper than 50 levels.
    pub recursive: bool,
    /// Whether there are extensions of it.
    pub extended: bool,
    /// The functions of a well-known type: message → JSON; JSON, ignore, depth → message.
    pub json: Option<(Py<PyAny>, Py<PyAny>)>,
    /// The fields in the order of their numbers, which is that of the wire.
    pub fields: Vec<Field>,
    /// Indexes into `fields` in the order of declaration.
    pub declared: Vec<u16>,
    /// The plain Python methods, for calls that builtins leave to them; see `builtin`.
    pub(crate) methods: [OnceLock<Py<PyAny>>; 2],
    class: Py<PyType>,
    near: Vec<u16>,
    by_json: Names<u16>,
    oneofs: Vec<Oneof>,
    unknown: usize,
    /// What each slot of a new message has; null for lists and dicts.
    template: Vec<Option<Py<PyAny>>>,
    /// The slots of lists, and of dicts.
    empty: Vec<(usize, Many)>,
}

// SAFETY: tables are shared between threads that hold the GIL, and only then used; what changes in
// them is set once (`Link.found`).
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

const FAR: u32 = 256;
const NOTHING: u16 = u16::MAX;

/// What `describe` knows of a class.
pub struct Description {
    /// The full proto name.
    pub name: String,
    /// As in `Table`.
    pub recursive: bool,
    /// As in `Table`.
    pub extended: bool,
    /// As in `Table`.
    pub json: Option<(Py<PyAny>, Py<PyAny>)>,
    /// The descriptor of the slot for unknown fields.
    pub unknown: Py<PyAny>,
    /// The fields, in the order of declaration.
    pub fields: Vec<Described>,
    /// The descriptors of the slots of each oneof: the case, the value.
    pub oneofs: Vec<(Py<PyAny>, Py<PyAny>)>,
}

impl Table {
    /// The table of a class. A refusal says that its instances are not laid out as expected.
    pub fn new(class: &Bound<'_, PyType>, description: Description) -> Usual<Table> {
        let py = class.py();
        let layout = Layout::of(class)?;
        let mut slots: Vec<Option<Option<Py<PyAny>>>> = (0..layout.words).map(|_| None).collect();
        let mut take = |descriptor: &Py<PyAny>, default: Option<Py<PyAny>>| -> Usual<usize> {
            let slot = layout.slot(descriptor.bind(py))?;
            match slots[slot].replace(default) {
                None => Ok(slot),
                Some(_) => Err(Odd), // two fields in one slot
            }
        };
        let unknown = take(&description.unknown, Some(object::bytes(py, b"")?.unbind()))?;
        let (mut oneofs, mut values) = (Vec::new(), Vec::new());
        for (case, value) in &description.oneofs {
            let case = take(case, Some(py.None()))?;
            values.push(take(value, Some(py.None()))?);
            oneofs.push(Oneof {
                case,
                members: Vec::new(),
            });
        }
        let (mut fields, mut empty) = (Vec::new(), Vec::new());
        for Described {
            mut field,
            slot,
            default,
        } in description.fields
        {
            field.slot = match (&slot, field.oneof) {
                (Some(slot), None) => take(slot, default)?,
                (None, Some(oneof)) => *values.get(usize::from(oneof)).ok_or(Odd)?,
                _ => return Err(Odd),
            };
            if field.many != Many::One {
                empty.push((field.slot, field.many));
            }
            fields.push(field);
        }
        let template: Option<Vec<_>> = slots.into_iter().collect();
        let template = template.ok_or(Odd)?; // else there is a slot that nobody described
        for (slot, default) in template.iter().enumerate() {
            let many = empty.iter().any(|(other, _)| *other == slot);
            if many != default.is_none() {
                return Err(Odd);
            }
        }
        if fields.len() >= usize::from(NOTHING) {
            return Err(Odd);
        }
        let mut order: Vec<u16> = (0..fields.len() as u16).collect();
        order.sort_by_key(|at| fields[usize::from(*at)].number);
        let mut declared = vec![0; fields.len()];
        for (at, before) in order.iter().enumerate() {
            declared[usize::from(*before)] = at as u16;
        }
        fields.sort_by_key(|field| field.number);
        let mut table = Table {
            name: description.name,
            recursive: description.recursive,
            extended: description.extended,
            json: description.json,
            fields,
            declared,
            methods: [const { OnceLock::new() }; 2],
            class: class.clone().unbind(),
            near: Vec::new(),
            by_json: Names::default(),
            oneofs,
            unknown,
            template,
            empty,
        };
        table.index();
        Ok(table)
    }

    fn index(&mut self) {
        for (at, field) in self.fields.iter().enumerate() {
            let at = at as u16;
            if field.number < FAR {
                self.near
                    .resize(self.near.len().max(field.number as usize + 1), NOTHING);
                self.near[field.number as usize] = at;
            }
            for name in &field.json_names {
                self.by_json.insert(name.as_bytes().into(), at);
            }
            if let Some(oneof) = field.oneof {
                self.oneofs[usize::from(oneof)].members.push(at);
            }
        }
    }

    /// The message class.
    pub fn class<'py>(&self, py: Python<'py>) -> &Bound<'py, PyType> {
        self.class.bind(py)
    }

    /// Whether an object is an instance of exactly the class.
    pub fn is_class_of(&self, object: &Object<'_>) -> bool {
        // SAFETY: the object is alive.
        unsafe { ffi::Py_TYPE(object.as_ptr()).cast() == self.class.as_ptr() }
    }

    /// The index of the field with a number.
    pub fn by_number(&self, number: u32) -> Option<usize> {
        if number < FAR {
            let at = *self.near.get(number as usize)?;
            return (at != NOTHING).then_some(usize::from(at));
        }
        self.fields
            .binary_search_by_key(&number, |field| field.number)
            .ok()
    }

    /// The index of the field with a name in JSON.
    pub fn by_json(&self, name: &[u8]) -> Option<usize> {
        self.by_json.get(name).copied().map(usize::from)
    }
}

type Tables = HashMap<usize, Option<&'static Table>, BuildHasherDefault<Quick>>;

/// By the address of the class, which is kept alive. None is for classes without support.
static TABLES: Global<Option<Tables>> = Global::new(None);

/// The table of a class that has one already.
pub fn known_table(class: &Bound<'_, PyType>) -> Option<&'static Table> {
    known(class.py(), class.as_ptr() as usize).flatten()
}

fn known(py: Python<'_>, address: usize) -> Option<Option<&'static Table>> {
    TABLES.with(py, |tables| tables.as_ref()?.get(&address).copied())
}

/// The table of a class, made when it is first asked for by the glue's function `describe`; None
/// if the class is not supported.
pub fn table_of(class: &Bound<'_, PyType>, describe: &Object<'_>) -> Usual<Option<&'static Table>> {
    let py = class.py();
    let address = class.as_ptr() as usize;
    if let Some(found) = known(py, address) {
        return Ok(found);
    }
    let made = match describe::description(class, describe)? {
        None => None,
        Some(description) => match Table::new(class, description) {
            Ok(table) => Some(&*Box::leak(Box::new(table))),
            Err(Odd) if PyErr::occurred(py) => return Err(Odd),
            Err(Odd) => None,
        },
    };
    if made.is_none() {
        std::mem::forget(class.clone()); // or another class might come to have its address
    }
    // Another thread may have been faster.
    Ok(TABLES.with(py, |tables| {
        *tables
            .get_or_insert_default()
            .entry(address)
            .or_insert(made)
    }))
}

/// # Safety
/// The slot is one of the table whose class the object is an instance of.
unsafe fn word(object: *mut ffi::PyObject, slot: usize) -> *mut *mut ffi::PyObject {
    // SAFETY: the layout of the class has so many words behind the head.
    unsafe {
        object
            .cast::<u8>()
            .add(HEAD)
            .cast::<*mut ffi::PyObject>()
            .add(slot)
    }
}

/// A message under construction, which nobody else can see.
pub struct Draft<'py> {
    /// A new instance, not tracked by the collector.
    message: Object<'py>,
    table: &'static Table,
    _not_shared: PhantomData<*mut ()>,
}

impl<'py> Draft<'py> {
    /// A new message with all fields unset; its lists and dicts are made by `finish`.
    pub fn new(py: Python<'py>, table: &'static Table) -> Usual<Self> {
        // SAFETY: the class is one that `Layout::of` knows; each of its words is set before anything
        // else happens.
        unsafe {
            let message = ffi::PyObject_GC_New::<ffi::PyObject>(table.class.as_ptr().cast());
            if message.is_null() {
                return Err(Odd);
            }
            for (slot, default) in table.template.iter().enumerate() {
                let value = default.as_ref().map_or(std::ptr::null_mut(), |value| {
                    ffi::Py_INCREF(value.as_ptr());
                    value.as_ptr()
                });
                *word(message, slot) = value;
            }
            let message = Bound::from_owned_ptr(py, message);
            Ok(Draft {
                message,
                table,
                _not_shared: PhantomData,
            })
        }
    }

    /// Its table.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    fn put(&mut self, slot: usize, value: Object<'py>) {
        // SAFETY: slots come from the table; what was there is a reference of the slot, or null.
        unsafe {
            let before =
                std::mem::replace(&mut *word(self.message.as_ptr(), slot), value.into_ptr());
            drop(Bound::from_owned_ptr_or_opt(self.message.py(), before));
        }
    }

    fn peek(&self, slot: usize) -> *mut ffi::PyObject {
        // SAFETY: slots come from the table.
        unsafe { *word(self.message.as_ptr(), slot) }
    }

    /// Set the field with an index, and that it is the set member of its oneof.
    #[inline]
    pub fn set(&mut self, at: usize, value: Object<'py>) {
        let field = &self.table.fields[at];
        self.put(field.slot, value);
        if let Some(oneof) = field.oneof {
            let case = self.table.oneofs[usize::from(oneof)].case;
            self.put(case, field.attribute.bind(self.message.py()).clone());
        }
    }

    /// Whether a field has been set: a member of a oneof by itself, another with None as default.
    pub fn is_set(&self, at: usize) -> bool {
        let field = &self.table.fields[at];
        match field.oneof {
            Some(oneof) => {
                self.peek(self.table.oneofs[usize::from(oneof)].case) == field.attribute.as_ptr()
            }
            // SAFETY: only addresses are compared.
            None => unsafe { self.peek(field.slot) != ffi::Py_None() },
        }
    }

    /// Whether any member of a field's oneof has been set.
    pub fn oneof_taken(&self, at: usize) -> bool {
        self.table.fields[at].oneof.is_some_and(|oneof| {
            // SAFETY: only addresses are compared.
            unsafe { self.peek(self.table.oneofs[usize::from(oneof)].case) != ffi::Py_None() }
        })
    }

    /// Add items to a repeated field.
    pub fn extend(
        &mut self,
        at: usize,
        items: impl ExactSizeIterator<Item = Object<'py>>,
    ) -> Usual<()> {
        let slot = self.table.fields[at].slot;
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
        let slot = self.table.fields[at].slot;
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
        self.put(self.table.unknown, data);
    }

    /// The message, complete and known to the collector.
    pub fn finish(mut self) -> Usual<Object<'py>> {
        let table = self.table;
        let py = self.message.py();
        for (slot, many) in &table.empty {
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

/// A message that others can see and change.
pub struct View<'a, 'py> {
    message: &'a Object<'py>,
    table: &'static Table,
    /// The oneof that was looked at last, and its member that is set.
    case: Cell<(u8, Option<u16>)>,
}

impl<'a, 'py> View<'a, 'py> {
    /// A view of an instance of exactly the table's class.
    pub fn of(message: &'a Object<'py>, table: &'static Table) -> Usual<Self> {
        if table.is_class_of(message) {
            Ok(View {
                message,
                table,
                case: Cell::new((u8::MAX, None)),
            })
        } else {
            Err(Odd)
        }
    }

    /// A slot's value; a refusal if it was deleted.
    fn peek(&self, slot: usize) -> Usual<*mut ffi::PyObject> {
        // SAFETY: slots come from the table, whose class this is an instance of.
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
    fn member(&self, oneof: u8) -> Usual<Option<u16>> {
        if self.case.get().0 == oneof {
            return Ok(self.case.get().1);
        }
        let found = self.resolve(oneof)?;
        self.case.set((oneof, found));
        Ok(found)
    }

    fn resolve(&self, oneof: u8) -> Usual<Option<u16>> {
        let Oneof { case, members } = &self.table.oneofs[usize::from(oneof)];
        let case = self.peek(*case)?;
        // SAFETY: only addresses are compared.
        if case == unsafe { ffi::Py_None() } {
            return Ok(None);
        }
        let attribute = |at: &&u16| &self.table.fields[usize::from(**at)].attribute;
        if let Some(found) = members.iter().find(|at| attribute(at).as_ptr() == case) {
            return Ok(Some(*found));
        }
        // A message that was unpickled may have another str of the same text.
        // SAFETY: it was just read.
        let case = unsafe { self.strong(case) };
        let same = |at: &&u16| object::same_text(attribute(at).bind(self.message.py()), &case);
        members.iter().find(same).map(|at| Some(*at)).ok_or(Odd)
    }

    /// The value of the field with an index, or None if it is unset: if it has its default itself,
    /// None, or another member of its oneof is set.
    #[inline]
    pub fn get(&self, at: usize) -> Usual<Option<Object<'py>>> {
        let field = &self.table.fields[at];
        if let Some(oneof) = field.oneof {
            if self.member(oneof)? != Some(at as u16) {
                return Ok(None);
            }
        }
        let value = self.peek(field.slot)?;
        let default = self.table.template[field.slot].as_ref().map(Py::as_ptr);
        // SAFETY: only addresses are compared.
        if Some(value) == default || value == unsafe { ffi::Py_None() } {
            return Ok(None);
        }
        // SAFETY: it was just read.
        Ok(Some(unsafe { self.strong(value) }))
    }

    /// The unknown fields.
    pub fn unknown(&self) -> Usual<Object<'py>> {
        let value = self.peek(self.table.unknown)?;
        // SAFETY: it was just read.
        Ok(unsafe { self.strong(value) })
    }
}
