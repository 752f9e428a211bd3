"""The subcommands of `phonebar`, one module each, imported only when they run."""
