"""What lkproto costs against other libraries; docs/judge/benchmarks.md explains the figures."""
