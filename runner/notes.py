"""Signed checkpoints in the C2SP formats signed-note and tlog-checkpoint, with Ed25519."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_ED25519 = b"\x01"


class BadNote(ValueError):
    """The text is not a checkpoint, or nobody known signed it."""


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: who says it, over how many leaves, with which root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(name: str, public: bytes) -> bytes:
    """The first four bytes of SHA-256(name, newline, algorithm byte, public key)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """The one-line public key (C2SP vkey) that an auditor gets by another way."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def sign(checkpoint: Checkpoint, name: str, private: Ed25519PrivateKey) -> str:
    """The signed note of a checkpoint."""
    return sign_text(checkpoint.body(), name, private)


def sign_text(body: str, name: str, private: Ed25519PrivateKey) -> str:
    """A signed note: body (ends with a newline), blank line, one signature line."""
    signature = key_id(name, public_bytes(private)) + private.sign(body.encode())
    return f"{body}\n— {name} {base64.b64encode(signature).decode()}\n"


def open_note(note: str, vkey: str) -> Checkpoint:
    """The checkpoint of a note that ``vkey`` signed. Raises ``BadNote`` saying what is wrong."""
    try:
        name, identity, material = vkey.split("+", 2)
        raw = base64.b64decode(material, validate=True)
    except ValueError as error:
        raise BadNote("expected a key like name+1a2b3c4d+base64") from error
    if raw[:1] != _ED25519 or key_id(name, raw[1:]).hex() != identity:
        raise BadNote("the key does not fit its own key id")
    body, separator, lines = note.partition("\n\n")
    if not separator:
        raise BadNote("expected a blank line before the signatures")
    body += "\n"
    for line in lines.splitlines():
        parts = line.split(" ")
        if len(parts) == 3 and parts[0] == "—" and parts[1] == name:
            signature = base64.b64decode(parts[2])
            if signature[:4].hex() != identity:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature[4:], body.encode())
            except InvalidSignature as error:
                raise BadNote(f"the signature of {name} does not fit the text") from error
            return _read_body(body)
    raise BadNote(f"no signature of {name}")


def _read_body(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) < 4 or not lines[1].isdigit():
        raise BadNote("expected origin, size and root on three lines")
    return Checkpoint(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
