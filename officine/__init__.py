"""The command line: one module per sub-command; a program is imported only when it is asked for."""
