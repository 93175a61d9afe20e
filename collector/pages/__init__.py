"""The pages of a site: RST, what Sphinx makes of it, and the frames filled with the export."""
