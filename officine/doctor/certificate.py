"""How long is the till's certificate good for?"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from loyalty.limits import CERTIFICATE_WARN_DAYS
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
                return warn(
                    self, f"none yet in {settings.state_dir}", "The agent makes one at its first start."
                )
            return fail(self, f"{path} is missing", "Put the certificate there, or correct `certificate`.")
        except (OSError, ValueError) as error:
            return fail(self, f"{path}: {error}", renew)
        days = (ends - datetime.now(UTC)).days
        if days < 0:
            return fail(self, f"ended {-days} days ago ({ends:%Y-%m-%d})", renew)
        text = f"{days} days left (until {ends:%Y-%m-%d})"
        return ok(self, text) if days > CERTIFICATE_WARN_DAYS else warn(self, text, renew)


def _end_of(path: Path) -> datetime:
    from cryptography import x509

    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
