"""Keys: where they lie, how personal data is encrypted, how it is erased (docs/formats.md, "Keys").

Key files lie in a folder of their own with mode 0600, never in the database and never in a pack.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, insert, select, update

from runner.clock import Clock
from runner.errors import NotFound
from runner.store.tables import subject_keys

_NONCE = 12
_REMEMBERED = 2_000
_REMEMBERED_SECONDS = 60.0  # another process may erase a person


class Erased(NotFound):
    """The personal data asked for was erased on request; its commitments stay provable."""


class KeyFolder:
    """The two secrets of a site: ``master.key`` wraps subject keys, ``signing.key`` signs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> None:
        """Makes what is missing; never replaces a key."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self.folder / "master.key").exists():
            _write_secret(self.folder / "master.key", AESGCM.generate_key(256))
        if not (self.folder / "signing.key").exists():
            private = Ed25519PrivateKey.generate()
            _write_secret(
                self.folder / "signing.key",
                private.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ),
            )

    def master(self) -> bytes:
        return _read_secret(self.folder / "master.key")

    def signing(self) -> Ed25519PrivateKey:
        key = serialization.load_pem_private_key(
            _read_secret(self.folder / "signing.key"), password=None
        )
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{self.folder / 'signing.key'}: expected an Ed25519 key")
        return key


def _write_secret(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read_secret(path: Path) -> bytes:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise PermissionError(f"{path}: expected mode 0600, found {mode:04o}; others can read it")
    return path.read_bytes()


class Vault:
    """Encrypts and decrypts what belongs to one data subject. One per process; thread-safe.
    Subjects' keys are remembered for a minute: so long after an erasure by another process, at
    most, this one can still read.

    Ciphertext is nonce (12 bytes) and AES-256-GCM output with the subject id as associated data.
    """

    def __init__(self, master: bytes) -> None:
        self._master = AESGCM(master)
        self._keys: OrderedDict[str, tuple[AESGCM, float]] = OrderedDict()

    def create(self, connection: Connection, subject_id: str, clock: Clock) -> None:
        """Gives ``subject_id`` a key of its own."""
        key = AESGCM.generate_key(256)
        connection.execute(
            insert(subject_keys).values(
                subject_id=subject_id,
                wrapped=_seal(self._master, key, subject_id),
                created_at=clock.now(),
            )
        )
        self._remember(subject_id, AESGCM(key))

    def erase(self, connection: Connection, subject_id: str, clock: Clock) -> None:
        """Destroys the key: nothing encrypted for the subject can be read again, by anybody."""
        connection.execute(
            update(subject_keys)
            .where(subject_keys.c.subject_id == subject_id)
            .values(wrapped=None, erased_at=clock.now())
        )
        self.forget(subject_id)

    def forget(self, subject_id: str) -> None:
        """The next use of the subject's key reads it again."""
        self._keys.pop(subject_id, None)

    def encrypt(self, connection: Connection, subject_id: str, data: bytes) -> bytes:
        return _seal(self._key(connection, subject_id), data, subject_id)

    def decrypt(self, connection: Connection, subject_id: str, data: bytes) -> bytes:
        """Raises ``Erased`` when the subject's key was destroyed."""
        key = self._key(connection, subject_id)
        return key.decrypt(data[:_NONCE], data[_NONCE:], subject_id.encode())

    def is_erased(self, connection: Connection, subject_id: str) -> bool:
        """Whether the subject's key was destroyed, by whichever process."""
        wrapped = connection.execute(
            select(subject_keys.c.wrapped).where(subject_keys.c.subject_id == subject_id)
        ).scalar_one_or_none()
        return wrapped is None

    def _key(self, connection: Connection, subject_id: str) -> AESGCM:
        known = self._keys.get(subject_id)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        wrapped = connection.execute(
            select(subject_keys.c.wrapped).where(subject_keys.c.subject_id == subject_id)
        ).scalar_one_or_none()
        if wrapped is None:
            self._keys.pop(subject_id, None)
            raise Erased("个人数据已按要求删除。 / Personal data was erased on request.")
        key = AESGCM(self._master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject_id.encode()))
        self._remember(subject_id, key)
        return key

    def _remember(self, subject_id: str, key: AESGCM) -> None:
        self._keys.pop(subject_id, None)  # the newest stands last
        self._keys[subject_id] = (key, time.monotonic() + _REMEMBERED_SECONDS)
        while len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)


def _seal(key: AESGCM, data: bytes, subject_id: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, data, subject_id.encode())
