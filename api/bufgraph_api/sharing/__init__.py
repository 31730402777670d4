"""What leaves the site: feeds, pictures for links that are shared, cards that other sites embed."""
