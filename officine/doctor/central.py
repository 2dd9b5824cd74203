"""Is central ready?"""

import msgspec

from officine.doctor.base import Machine, Result, fail, ok, warn
from officine.doctor.http import Unanswered, ask
from officine.version import VERSION
from wire.api import HealthView


class Central:
    """`/readyz` of the central that this machine runs or its terminal uses."""

    name = "central"

    def applies(self, machine: Machine) -> bool:
        """Where central or a terminal runs."""
        return bool({"central", "terminal"} & machine.programs.keys())

    async def run(self, machine: Machine) -> Result:
        """Ask once."""
        base_url = url_of(machine)
        try:
            answer = await ask(f"{base_url}/readyz")
        except Unanswered as error:
            step = (
                "Start it: officine central run (or systemctl start officine-central)"
                if "central" in machine.programs
                else "Check the network and central_url."
            )
            return fail(self, "no_answer", f"{base_url}: {error}", step)
        if answer.status == 200:
            version = _version_in(answer.body)
            if "central" in machine.programs and version != VERSION:
                text = f"{base_url} is ready, runs version {version}, installed is {VERSION}"
                return warn(self, "other_version", text, "Restart it: systemctl restart officine-central")
            return ok(self, f"{base_url} is ready, version {version}")
        step = "Look at central's log and its disk."
        return fail(self, "not_ready", f"{base_url} answers {answer.status}", step, status=answer.status)


def _version_in(body: bytes) -> str:
    """What central says it is; a front that answers for it says nothing of that."""
    try:
        return msgspec.json.decode(body, type=HealthView).version
    except msgspec.DecodeError:
        return "unknown"


def url_of(machine: Machine) -> str:
    """Where central is, as this machine sees it: its own one, else the terminal's."""
    if "central" in machine.programs:
        settings = machine.programs["central"]
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
        return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    url: str = machine.programs["terminal"].central_url
    return url.rstrip("/")
