//! A compiled codec for messages of lkproto.
//!
//! It does what messages usually are, and refuses the rest: then the exact codec, in Python, does
//! the message again. So there are no texts of errors here, and no rare cases. `object` and `slots`
//! have all `unsafe` code.

mod binary;
mod construct;
mod describe;
mod field;
mod json;
mod methods;
mod names;
mod object;
mod odd;
mod short;
mod slots;
mod spare;
mod table;

use pyo3::exceptions::{PyImportError, PyNotImplementedError};
use pyo3::prelude::*;
use pyo3::types::PyType;

use object::Object;
use odd::Usual;
use table::Table;

/// The codec of one generated package.
#[pyclass(frozen, module = "lkproto_native")]
struct Codec {
    /// The glue's function from a message class to its description.
    describe: Py<PyAny>,
}

/// The functions of one message class.
#[pyclass(frozen, module = "lkproto_native")]
struct Functions {
    table: &'static Table,
    /// What parses JSON that is large, or neither a str nor bytes.
    otherwise: Option<Py<PyAny>>,
}

#[pymethods]
impl Codec {
    #[new]
    fn new(describe: Py<PyAny>) -> Self {
        Codec { describe }
    }

    /// Whether messages of a class can be done here.
    fn supports(&self, class: &Bound<'_, PyType>) -> Usual<bool> {
        Ok(table::table_of(class, self.describe.bind(class.py()))?.is_some())
    }

    /// The function from a message of a class to bytes.
    fn encoder<'py>(&self, class: &Bound<'py, PyType>) -> PyResult<Object<'py>> {
        self.function(class, "encode", None)
    }

    /// The function from bytes to a message of a class.
    fn decoder<'py>(&self, class: &Bound<'py, PyType>) -> PyResult<Object<'py>> {
        self.function(class, "decode", None)
    }

    /// The function from bytes, and how many messages may be inside, to a message of a class.
    fn bounded_decoder<'py>(&self, class: &Bound<'py, PyType>) -> PyResult<Object<'py>> {
        self.function(class, "decode_bounded", None)
    }

    /// The function from a message of a class to its ProtoJSON text, with the default options.
    fn json_encoder<'py>(&self, class: &Bound<'py, PyType>) -> PyResult<Object<'py>> {
        self.function(class, "to_json", None)
    }

    /// The function from JSON text, and whether to ignore unknown names, to a message of a class.
    ///
    /// If `otherwise` is given, it is called with what is not a str or bytes, or is large.
    #[pyo3(signature = (class, otherwise=None))]
    fn json_decoder<'py>(
        &self,
        class: &Bound<'py, PyType>,
        otherwise: Option<Py<PyAny>>,
    ) -> PyResult<Object<'py>> {
        self.function(class, "parse_json", otherwise)
    }

    /// A public method, to be kept on a class, or None.
    ///
    /// `python` does every call that it does not take, with the class or the message first.
    fn method<'py>(
        &self,
        class: &Bound<'py, PyType>,
        name: &str,
        python: Py<PyAny>,
    ) -> PyResult<Option<Object<'py>>> {
        Ok(methods::of(name, class, self.table(class)?, python)?)
    }

    /// Make calls of a class construct its messages here, where they pass keywords alone.
    fn construct(&self, class: &Bound<'_, PyType>) -> PyResult<()> {
        self.table(class)?;
        Ok(construct::construct_natively(class)?)
    }

    /// Make calls of a class run its `__init__` again.
    fn construct_no_more(&self, class: &Bound<'_, PyType>) {
        object::call_plainly(class);
    }

    /// The names of the members of a class's oneofs, with descriptors for them.
    fn members<'py>(
        &self,
        class: &Bound<'py, PyType>,
    ) -> PyResult<Vec<(Object<'py>, Object<'py>)>> {
        Ok(self.table(class)?.shape.members(class.py())?)
    }
}

impl Codec {
    fn table(&self, class: &Bound<'_, PyType>) -> PyResult<&'static Table> {
        let table = table::table_of(class, self.describe.bind(class.py()))?;
        table.ok_or_else(|| PyNotImplementedError::new_err("this class is not supported"))
    }

    fn function<'py>(
        &self,
        class: &Bound<'py, PyType>,
        name: &str,
        otherwise: Option<Py<PyAny>>,
    ) -> PyResult<Object<'py>> {
        let table = self.table(class)?;
        Bound::new(class.py(), Functions { table, otherwise })?.getattr(name)
    }
}

#[pymethods]
impl Functions {
    fn encode<'py>(&self, message: &Object<'py>) -> Usual<Object<'py>> {
        binary::encode::encode(message, self.table)
    }

    fn decode<'py>(&self, data: &Object<'py>) -> Usual<Object<'py>> {
        self.decode_bounded(data, usize::MAX)
    }

    fn decode_bounded<'py>(&self, data: &Object<'py>, most: usize) -> Usual<Object<'py>> {
        binary::decode::decode(data.py(), self.table, object::as_bytes(data)?, most)
    }

    fn to_json<'py>(&self, message: &Object<'py>) -> Usual<Object<'py>> {
        json::write::to_json(message, self.table)
    }

    fn parse_json<'py>(&self, text: &Object<'py>, ignore: bool) -> Usual<Object<'py>> {
        if let Some(otherwise) = self.otherwise.as_ref().filter(|_| !methods::is_short(text)) {
            return Ok(otherwise.bind(text.py()).call1((text, ignore))?);
        }
        json::read::read(self.table, text, ignore)
    }
}

/// The minor version of Python whose layouts were compiled in.
const MINOR: u8 = if cfg!(Py_3_15) {
    15
} else if cfg!(Py_3_14) {
    14
} else if cfg!(Py_3_13) {
    13
} else if cfg!(Py_3_12) {
    12
} else {
    11
};

#[cfg(not(target_pointer_width = "64"))]
compile_error!("the layouts of CPython's objects are known here for 64 bits alone");

#[cfg(Py_GIL_DISABLED)]
compile_error!("free-threaded Python is not supported; without this package lkproto works there");

/// The module. It needs the GIL, and the main interpreter: tables, texts and classes are kept for the
/// whole process, and objects must not be shared by interpreters.
#[pymodule(gil_used = true)]
fn lkproto_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let version = module.py().version_info();
    if (version.major, version.minor) != (3, MINOR) {
        let text = format!("lkproto_native was built for Python 3.{MINOR}");
        return Err(PyImportError::new_err(text));
    }
    let ints = module.py().import("sys")?.getattr("int_info")?;
    if ints.getattr("bits_per_digit")?.extract::<u32>()? != object::DIGIT {
        return Err(PyImportError::new_err("lkproto_native needs ints of 30 bits a digit"));
    }
    if !object::is_main_interpreter(module.py()) {
        return Err(PyImportError::new_err(
            "lkproto_native works in the main interpreter of a process only",
        ));
    }
    module.add("TABLE_CONTRACT", describe::TABLE_CONTRACT)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<Codec>()
}
