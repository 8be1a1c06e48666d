"""Background jobs that a crash left behind.

The queue marks a job as running before its work begins; when the worker dies, the mark stays.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=10)
"""No job takes longer; a longer running one has lost its worker."""


def take_back_lost() -> int:
    """Put jobs whose worker died back into the queue; how many there were."""
    lost = DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - LEASE
    )
    return int(lost.update(status=TaskResultStatus.READY, started_at=None))


def keep_looking(*duties: Callable[[], object], every: float = 60) -> None:
    """Do the duties again and again, beside the worker, for as long as it lives."""

    def look() -> None:
        while True:
            time.sleep(every)
            try:
                for duty in duties:
                    duty()
            except DatabaseError:
                log.exception("the database did not answer; trying again")
            finally:
                connection.close()

    threading.Thread(target=look, name="duties", daemon=True).start()
