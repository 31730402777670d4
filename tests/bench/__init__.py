"""Speed measurements. They print; they never fail for being slow."""
