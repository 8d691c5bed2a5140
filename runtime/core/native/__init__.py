"""The glue of the native codec: finds the extension `lkproto_native`, tests it, describes classes.

The extension is a distribution of its own, lkproto-native. Nothing here is imported before a codec
is needed, and without the extension no more than `find` and `choice`.
"""
