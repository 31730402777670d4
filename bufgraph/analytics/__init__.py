"""What the catalogue shows as a whole: who learns from whom, how practices spread, what nobody has tried."""
