"""Template tags that every page may use; loaded as built-ins."""

from django import template

from tutorhub.core import money

register = template.Library()

register.filter("rupees", money.rupees)
register.filter("rupees_exact", money.rupees_exact)
