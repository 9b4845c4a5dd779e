"""The county steps of `up` and of `./anlan county`: packs through layers.counties, the ground through scenarios.ground."""
