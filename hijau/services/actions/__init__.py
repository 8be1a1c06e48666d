"""The verbs of the promise."""

from hijau.services.actions.charters import (
    decree_charter,
    publish_charter,
    reopen_charter,
    write_charter,
)
from hijau.services.actions.consultations import (
    attach_to_consultation,
    call_consultation,
    close_consultation,
    report_consultation,
)
from hijau.services.actions.imports import import_standards
from hijau.services.actions.postings import freeze_snapshot, record_posting, remove_posting
from hijau.services.actions.reviews import remind_of_reviews
from hijau.services.actions.services import (
    add_service,
    describe_office,
    describe_service,
    end_service,
)
from hijau.services.actions.standards import (
    confirm_review,
    decree_standard,
    draft_standard,
    drop_draft,
    open_consultation,
    publish_standard,
    reopen_standard,
    write_standard,
)

__all__ = [
    "add_service",
    "attach_to_consultation",
    "call_consultation",
    "close_consultation",
    "confirm_review",
    "decree_charter",
    "decree_standard",
    "describe_office",
    "describe_service",
    "draft_standard",
    "drop_draft",
    "end_service",
    "freeze_snapshot",
    "import_standards",
    "open_consultation",
    "publish_charter",
    "publish_standard",
    "record_posting",
    "remind_of_reviews",
    "remove_posting",
    "reopen_charter",
    "reopen_standard",
    "report_consultation",
    "write_charter",
    "write_standard",
]
