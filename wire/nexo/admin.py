"""nexo: an administrative service of the terminal, named by its ServiceIdentification."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits.tills import ADMIN_SERVICE_CHARS_MAX
from wire.nexo.base import Nexo, Response


class AdminRequest(Nexo, frozen=True, kw_only=True):
    """`service_identification`: which service, and what it is given, as `k=v&k=v` percent-encoded."""

    service_identification: Annotated[str, Meta(max_length=ADMIN_SERVICE_CHARS_MAX)] | None = None


class AdminResponse(Nexo, frozen=True, kw_only=True):
    """How it went; what is told stands in AdditionalResponse."""

    response: Response
