"""Who may: people, and the roles they hold at a place of the tree."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hijau.accounts.permissions import ALLOWED, Permission, Role
from hijau.organisation.models import Anchored, Organisation, under


class Placed(Protocol):
    """Anything that stands at a place of the tree."""

    @property
    def place(self) -> str: ...


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def holding(self, role: Role, organisation: Organisation) -> models.QuerySet[User]:
        """The active people who hold a role at a place today."""
        current = Membership.objects.current().filter(role=role, organisation=organisation)
        return self.filter(is_active=True, memberships__in=current).distinct()

    def answering_for(self, unit: Organisation) -> models.QuerySet[User]:
        """The active officers of a unit, and of the agency it belongs to."""
        path = str(unit.path)
        above = [path[:end] for end in range(unit.steplen, len(path) + 1, unit.steplen)]
        current = Membership.objects.current().filter(
            role=Role.OFFICER, organisation__path__in=above
        )
        return self.filter(is_active=True, memberships__in=current).distinct()


class User(AbstractBaseUser):
    """A person with an account. What they may do is in their memberships alone."""

    email = models.EmailField(_("alamat surel"), unique=True)
    name = models.CharField(_("nama"), max_length=120)
    is_active = models.BooleanField(_("aktif"), default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def roles_now(self) -> tuple[Membership, ...]:
        """The memberships that hold today, with their places."""
        return tuple(self.memberships.current().select_related("organisation__government"))

    def seen_paths(self, permission: Permission = Permission.SEE) -> tuple[str, ...]:
        """The places at and under which the person has the permission."""
        return tuple(m.organisation.place for m in self.roles_now if permission in ALLOWED[m.role])

    def may(self, permission: Permission, thing: Placed) -> bool:
        """Whether a role held today allows this at the thing's place."""
        return any(thing.place.startswith(path) for path in self.seen_paths(permission))

    def may_somewhere(self, permission: Permission) -> bool:
        return bool(self.seen_paths(permission))

    def roots(self, *permissions: Permission) -> tuple[Organisation, ...]:
        """The governments in which the person has one of the permissions (any, when none given)."""
        wanted = set(permissions)
        return tuple(
            {
                m.organisation.root.pk: m.organisation.root
                for m in self.roles_now
                if not wanted or wanted & ALLOWED[m.role]
            }.values()
        )

    @property
    def government(self) -> Organisation | None:
        """The government the person works in; the first, for those who serve several."""
        return self.roles_now[0].organisation.root if self.roles_now else None


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """Those that hold today."""
        today = timezone.localdate()
        return self.filter(since__lte=today).filter(Q(until=None) | Q(until__gte=today))

    def visible_to(self, user: User) -> MembershipQuerySet:
        """Those at places whose people the user manages."""
        paths = user.seen_paths(Permission.MANAGE_PEOPLE)
        return self.filter(under(paths, "organisation__path"))


class Membership(Anchored, models.Model):
    """A role that a person holds at a place, from a day to a day (both included)."""

    anchor = "organisation"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("peran"), max_length=16, choices=Role)
    title = models.CharField(_("jabatan"), max_length=120, blank=True)
    since = models.DateField(_("sejak"), default=timezone.localdate)
    until = models.DateField(_("sampai"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "since"], name="one_role_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="roles_end_after_they_begin",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="roles_are_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.organisation.short_name}"
