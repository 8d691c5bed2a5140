"""What lkproto costs against google's protobuf and other libraries; see docs/benchmarks.md."""
