"""A bundle's maker: a key that stays theirs, a signature over every byte, a code to read out."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli import signature
from linli.signature import SignatureError, fingerprint, new_key, publish, same, sign, signed


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return new_key(tmp_path / "own" / "bundle.key")


@pytest.fixture
def public(key: Path, tmp_path: Path) -> Path:
    publish(key, tmp_path / "bundle.pub")
    return tmp_path / "bundle.pub"


def test_a_key_is_made_once_and_nobody_else_can_read_it(key: Path) -> None:
    first = key.read_bytes()
    assert new_key(key).read_bytes() == first
    assert key.stat().st_mode & 0o777 == 0o600


def test_one_changed_byte_and_it_is_not_what_was_signed(
    key: Path, public: Path, tmp_path: Path
) -> None:
    file, mark = tmp_path / "list", tmp_path / "list.sig"
    file.write_bytes(b"every file and its hash\n" * 2000)
    assert not signed(file, mark, public)
    sign(file, key, mark)
    assert signed(file, mark, public)
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    assert not signed(file, mark, public)


def test_what_somebody_else_signed_is_not_the_makers(public: Path, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.key")
    file, mark = tmp_path / "list", tmp_path / "list.sig"
    file.write_bytes(b"files")
    sign(file, other, mark)
    assert not signed(file, mark, public)
    publish(other, tmp_path / "other.pub")
    assert fingerprint(tmp_path / "other.pub") != fingerprint(public)


def test_a_code_is_read_out_in_groups_and_typed_as_one_likes(public: Path) -> None:
    code = fingerprint(public)
    assert [len(group) for group in code.split()] == [4, 4, 4, 4, 4]
    assert same(code, code.upper().replace(" ", "-"))
    assert not same(code, code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert not same("", "")


def test_a_key_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "bundle.pub").write_text("-----BEGIN PUBLIC KEY-----\nx\n")
    with pytest.raises(SignatureError, match="openssl pkey"):
        fingerprint(tmp_path / "bundle.pub")


def test_a_machine_without_openssl_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SignatureError, match="apt install openssl"):
        signature.new_key(tmp_path / "bundle.key")
