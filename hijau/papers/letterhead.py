"""The head of a paper, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """Up to four lines, an address, the coat of arms, and where papers are signed."""

    lines: tuple[str, ...] = ()
    address: str = ""
    place: str = ""
    logo: bytes = b""

    @property
    def logo_name(self) -> str:
        """The file name under which the press finds the logo; empty when there is none."""
        if not self.logo:
            return ""
        return "logo.png" if self.logo.startswith(b"\x89PNG") else "logo.jpg"

    def told(self) -> dict[str, object]:
        """The head as templates read it, under `kop`."""
        return {
            "baris": list(self.lines),
            "alamat": self.address,
            "tempat": self.place,
            "logo": self.logo_name,
        }
