"""Values of city indicators from files of statistics: one file a kind, all of them sources of observations."""
