"""Certificates for tests: a CA of one's own, and files of a certificate with its key."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Signs certificates for `localhost`; `file` is what its believers are given."""

    file: Path
    _certificate: x509.Certificate
    _key: ec.EllipticCurvePrivateKey

    def issue(self, file: Path) -> Path:
        """A file with a new certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = build("localhost", self._certificate.subject, key, self._key, is_ca=False)
        file.write_bytes(as_pem(made) + key_as_pem(key))
        file.chmod(0o600)
        return file


def create_authority(file: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, file.stem)])
    made = build(file.stem, name, key, key, is_ca=True)
    file.write_bytes(as_pem(made))
    return Authority(file, made, key)


def build(
    subject: str,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - A_DAY,
        not_valid_after=now + A_DAY,
    )
    constraints = x509.BasicConstraints(ca=is_ca, path_length=None)
    builder = builder.add_extension(constraints, critical=True)
    names = x509.SubjectAlternativeName([x509.DNSName(subject)])
    return builder.add_extension(names, critical=False).sign(signer, hashes.SHA256())


def as_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_as_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
