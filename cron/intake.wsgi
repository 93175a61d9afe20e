# What mod_wsgi is given to answer by (see intake-apache.conf).
import os

# << Where the configuration is.
os.environ["ALMANAC_CONFIG"] = "/srv/almanac/almanac.toml"
from collector.intake.wsgi import app as application
