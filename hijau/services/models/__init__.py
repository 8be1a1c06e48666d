"""What we promise: services, their standards, the charter, and where the promise stands."""

from hijau.services.models.charter import Charter, CharterStage
from hijau.services.models.consultation import Attachment, AttachmentKind, Consultation, Group
from hijau.services.models.posting import Posting, Snapshot, Where
from hijau.services.models.service import Nature, Office, Service
from hijau.services.models.standard import COMING, IN_FORCE, OPEN, Stage, Standard

__all__ = [
    "COMING",
    "IN_FORCE",
    "OPEN",
    "Attachment",
    "AttachmentKind",
    "Charter",
    "CharterStage",
    "Consultation",
    "Group",
    "Nature",
    "Office",
    "Posting",
    "Service",
    "Snapshot",
    "Stage",
    "Standard",
    "Where",
]
