"""City profiles: indicators standardised, brought together to characteristics, compared with peers. Pure."""
