"""The web application, for granian or any other WSGI server."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")

application = get_wsgi_application()

# A process serves with two threads. While one computes, the other, back from a question to the database, waits for the
# interpreter: five milliseconds by default, longer than most of our answers take.
sys.setswitchinterval(0.0005)
