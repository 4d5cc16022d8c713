"""What this app tells the apps below when it starts."""

from curriculum import personal
from tutorhub.core import datamap

datamap.register(personal.TABLES)
