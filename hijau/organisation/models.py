"""Who we are: government, agency (OPD), unit, counter, in one tree."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import attrgetter, or_
from typing import Any, ClassVar, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet


class Reaching(Protocol):
    """A person, as far as this app must know one: the paths of the tree that they may see."""

    def seen_paths(self) -> tuple[str, ...]: ...


def under(paths: Iterable[str], field: str = "path") -> models.Q:
    """Whatever stands at or under one of the paths; nothing at all when there is no path."""
    return reduce(or_, (models.Q(**{f"{field}__startswith": p}) for p in paths), models.Q(pk=None))


class Kind(models.TextChoices):
    GOVERNMENT = "government", _("Pemerintah daerah")
    AGENCY = "agency", _("Perangkat daerah")
    UNIT = "unit", _("Unit layanan")
    COUNTER = "counter", _("Loket")


class Anchored:
    """What stands where another thing stands: rights are decided there, and its book is kept
    there. `anchor` names that thing, with dots where it is further away."""

    anchor: ClassVar[str]

    @property
    def place(self) -> str:
        """The path by which rights are decided."""
        return str(attrgetter(self.anchor)(self).place)

    @property
    def book(self) -> str:
        """The government's chain in the audit book."""
        return str(attrgetter(self.anchor)(self).book)


class OrganisationQuerySet(MP_NodeQuerySet):
    def visible_to(self, user: Reaching) -> OrganisationQuerySet:
        """What stands at or under a place where the person has a role."""
        return self.filter(under(user.seen_paths()))

    def assessable(self) -> OrganisationQuerySet:
        """Those that a round can be opened for: agencies and units."""
        return self.filter(kind__in=(Kind.AGENCY, Kind.UNIT))


class OrganisationManager(MP_NodeManager.from_queryset(OrganisationQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> OrganisationQuerySet:
        """In the order of the tree, as treebeard's own manager has it."""
        return OrganisationQuerySet(self.model, using=self._db).order_by("path")


class Organisation(MP_Node):
    """A node of the tree. A government is a root; nothing crosses from one root to another."""

    kind = models.CharField(_("jenis"), max_length=12, choices=Kind)
    name = models.CharField(_("nama"), max_length=160)
    short_name = models.CharField(_("singkatan"), max_length=60)
    code = models.SlugField(_("kode"), max_length=60)
    government = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="members", editable=False
    )
    is_example = models.BooleanField(_("data contoh"), default=False)
    source = models.URLField(_("sumber"), max_length=500, blank=True)

    objects = OrganisationManager()
    node_order_by: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["government", "code"], name="one_code_per_government"),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(government=None),
                name="one_government_per_code",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.GOVERNMENT, government=None)
                | (~models.Q(kind=Kind.GOVERNMENT) & models.Q(government__isnull=False)),
                name="only_governments_are_roots",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def root(self) -> Organisation:
        """The government that this belongs to."""
        return self.government or self

    @property
    def above(self) -> Organisation:
        """What it stands directly under; of a government, itself."""
        parent: Organisation | None = Organisation.objects.get_parent(self)
        return parent or self

    @property
    def book(self) -> str:
        """The government's chain in the audit book."""
        return f"government-{self.government_id or self.pk}"

    @property
    def place(self) -> str:
        """The path by which rights are decided."""
        return str(self.path)

    def holds(self, other: Any) -> bool:
        """Whether the other stands at or under this node."""
        return str(other.path).startswith(str(self.path))
