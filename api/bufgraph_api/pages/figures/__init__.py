"""Pictures drawn on the server: positions and words only; ``figures.html`` draws them, the stylesheet colours them."""
