"""Floor and aim of a year."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.assessments.keeping import assign_targets
from hijau.assessments.models import Target
from hijau.audit import book
from hijau.instruments.models import Version
from hijau.lib.refused import Refused
from hijau.organisation.models import Organisation

book.declare(
    target_set=gettext_lazy("Target ditetapkan"),
)


def set_target(
    organisation: Organisation,
    *,
    version: Version,
    year: int,
    floor: str,
    aim: str,
    by: User | None,
    source_name: str = "",
    source_url: str = "",
    is_example: bool = False,
) -> Target:
    """Set floor and aim of a year by the codes of the instrument's bands ("B" and "A")."""
    with book.recorded(
        "target.set",
        organisation,
        by=by,
        instrument=version.identifier,
        year=year,
        floor=floor,
        aim=aim,
    ) as record:
        bands = {band.code: band for band in version.rule.bands}
        if floor not in bands or aim not in bands:
            raise Refused(_("Pilih kategori yang ada pada instrumennya."))
        if bands[aim].low < bands[floor].low:
            raise Refused(_("Sasaran tidak boleh lebih rendah daripada batas minimal."))
        target, _made = Target.objects.update_or_create(
            organisation=organisation,
            version=version,
            year=year,
            defaults={
                "floor": bands[floor].low,
                "floor_name": bands[floor].zone or bands[floor].label.id,
                "aim": bands[aim].low,
                "aim_name": bands[aim].zone or bands[aim].label.id,
                "source_name": source_name,
                "source_url": source_url,
                "is_example": is_example,
            },
        )
        assign_targets(organisation.root, version, year)
        record.details["target"] = target.pk
        return target
