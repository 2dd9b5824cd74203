"""The certificate a till sees: self-signed P-256, made once, the key readable by nobody else."""

import datetime as dt
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from loyalty.errors import LoyaltyError, Trouble
from terminal.settings import TerminalSettings
from wire.files import replace_file

VALID_DAYS: Final = 3650
"""A till pins this certificate or checks nothing; one that a CA renews is given by the settings."""


class CertificateUnusable(LoyaltyError):
    """The certificate for tills cannot be read or made."""

    code = "certificate_unusable"
    trouble = Trouble.UNAVAILABLE
    text = "The till's certificate cannot be used: {reason}"


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """What tills see: the certificate as PEM, and its SHA-256 in hex."""

    pem: str
    digest: str


def own_certificate(settings: TerminalSettings) -> OwnCertificate:
    """What `server_context` serves, once it is there. Blocking. Raises: CertificateUnusable."""
    path = _certificate_path(settings)
    try:
        first, *_ = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateUnusable(reason=f"{path}: {error}") from error
    pem = first.public_bytes(serialization.Encoding.PEM).decode("ascii")
    return OwnCertificate(pem=pem, digest=first.fingerprint(hashes.SHA256()).hex())


def _certificate_path(settings: TerminalSettings) -> Path:
    return settings.certificate or settings.state_dir / "till-certificate.pem"


def server_context(settings: TerminalSettings) -> ssl.SSLContext:
    """TLS for the till's port; makes the pair at the first start. Blocking: run it in a thread.

    Raises: CertificateUnusable.
    """
    if (settings.certificate is None) != (settings.certificate_key is None):
        raise CertificateUnusable(reason="set both `certificate` and `certificate_key`, or neither")
    certificate = _certificate_path(settings)
    key = settings.certificate_key or settings.state_dir / "till-key.pem"
    try:
        if settings.certificate is None and not (certificate.exists() and key.exists()):
            make_pair(certificate, key, name=settings.certificate_name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
    except (OSError, ValueError, ssl.SSLError) as error:
        raise CertificateUnusable(reason=f"{certificate}: {error}") from error
    return context


def make_pair(certificate_file: Path, key_file: Path, *, name: str) -> None:
    """Write a new self-signed certificate (0644) and its key (0600)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(_names(name)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(key_file, pem, 0o600)
    replace_file(certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _names(name: str) -> list[x509.GeneralName]:
    local = {name, "localhost", socket.gethostname()}
    dns: list[x509.GeneralName] = [x509.DNSName(one) for one in sorted(local) if one.isascii()]
    return [*dns, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
