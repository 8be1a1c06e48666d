"""Pages without a login: what citizens see, what they answer, what others may take as data."""

from hijau.portal.views.answering import MOST_PER_HOUR

__all__ = ["MOST_PER_HOUR"]
