//! Gives the crate PyO3's flags for versions of Python, such as `Py_3_12`.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
}
