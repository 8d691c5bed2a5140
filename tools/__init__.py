"""What developers and CI need of a machine; nothing of it ships in the wheel."""
