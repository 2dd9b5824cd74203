"""Small checks of one machine, one class per file; the fleet view will ask the same ones."""
