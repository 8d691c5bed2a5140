"""What the schema says of classes: descriptors, fields, reserved names, services."""
