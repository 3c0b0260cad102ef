"""From a YAML file to connected modules that run."""
