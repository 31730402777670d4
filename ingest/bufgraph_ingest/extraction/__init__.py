"""Draft records from free text: rules propose values with their places in the text, a person confirms them."""
