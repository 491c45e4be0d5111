"""What each command takes; the work is done by a module of its own, imported when its command is called."""
