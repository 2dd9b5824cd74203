"""How long is the till's certificate good for?"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from loyalty.limits.doctor import CERTIFICATE_WARN_DAYS
from officine.doctor.base import Machine, Result, fail, ok, warn


class Certificate:
    """The certificate that tills see on the nexo port."""

    name = "certificate"

    def applies(self, machine: Machine) -> bool:
        """Where an agent runs."""
        return "terminal" in machine.programs

    async def run(self, machine: Machine) -> Result:
        """Read the file; whether a till trusts it, only the till knows."""
        settings = machine.programs["terminal"]
        path = settings.certificate or settings.state_dir / "till-certificate.pem"
        renew = "Renew it and restart the agent; tills must trust the new one."
        try:
            ends = await asyncio.to_thread(_end_of, path)
        except FileNotFoundError:
            if settings.certificate is None:
                step = "The agent makes one at its first start, once it is paired."
                return warn(self, "none_yet", f"none yet in {settings.state_dir}", step)
            step = "Put the certificate there, or correct `certificate`."
            return fail(self, "missing", f"{path} is missing", step)
        except PermissionError:
            raise  # said by the boundary of all checks: the certificate itself may be well
        except (OSError, ValueError) as error:
            return fail(self, "unreadable", f"{path}: {error}", renew)
        days = (ends - datetime.now(UTC)).days
        if days < 0:
            return fail(self, "ended", f"ended {-days} days ago ({ends:%Y-%m-%d})", renew, days=days)
        text = f"{days} days left (until {ends:%Y-%m-%d})"
        if days > CERTIFICATE_WARN_DAYS:
            return ok(self, text, days=days)
        return warn(self, "ends_soon", text, renew, days=days)


def _end_of(path: Path) -> datetime:
    from cryptography import x509

    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
