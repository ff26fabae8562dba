"""Signed checkpoints open with their key and with no other, and only unchanged."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runner import notes

CHECKPOINT = notes.Checkpoint("ombud/demo/test", 42, b"\x07" * 32)


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_a_signed_checkpoint_opens_with_its_key(key: Ed25519PrivateKey) -> None:
    note = notes.sign(CHECKPOINT, "ombud/demo/test", key)
    vkey = notes.verifier_key("ombud/demo/test", notes.public_bytes(key))
    assert notes.open_note(note, vkey) == CHECKPOINT


def test_a_changed_checkpoint_is_refused(key: Ed25519PrivateKey) -> None:
    note = notes.sign(CHECKPOINT, "a", key).replace("42", "43")
    with pytest.raises(notes.BadNote, match="does not fit"):
        notes.open_note(note, notes.verifier_key("a", notes.public_bytes(key)))


def test_another_key_is_refused(key: Ed25519PrivateKey) -> None:
    note = notes.sign(CHECKPOINT, "a", key)
    stranger = notes.public_bytes(Ed25519PrivateKey.generate())
    with pytest.raises(notes.BadNote, match="no signature"):
        notes.open_note(note, notes.verifier_key("a", stranger))


def test_a_key_that_is_no_key_is_refused(key: Ed25519PrivateKey) -> None:
    with pytest.raises(notes.BadNote, match="expected a key like"):
        notes.open_note(notes.sign(CHECKPOINT, "a", key), "nonsense")
