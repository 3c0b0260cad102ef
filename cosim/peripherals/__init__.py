"""Device models: one register bank, one file per device."""
