"""The shapes compiled to plain functions: the SHACL gate for many records, with pySHACL as its reference."""
