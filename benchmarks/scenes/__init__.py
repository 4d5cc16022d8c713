"""What is measured. These modules use Django themselves: to prepare, and to record statements."""

import django

django.setup()
