"""Where things are on the earth, by what comes with Almanac or by a database of the user's own. Nobody is asked."""
