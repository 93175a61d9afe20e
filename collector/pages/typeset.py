"""Sphinx, when it has something new to read, in a process of its own.

    data/doctrees/          one whole run of Sphinx, replaced as a whole
        trees/              doctrees, and the frames beside them
        html/               Sphinx's own output: style sheets, search index, pages without data
        digest              of all that this run read, see `digest`
    data/doctrees.XXXXXXXX/ the run that is being made, from a copy of the last good one: a folder of its own, which a
                            Sphinx that outlives its pass can't share with the next

A run that warns, breaks or is killed leaves the last good one as it was, together with its digest.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from collector import files
from collector.config import Config
from collector.export.adapters import MANIFEST
from collector.export.documents import Manifest
from collector.model import printable
from collector.pages.found import found
from collector.pages.generated import is_untouched
from sphinxext.almanac import maker
from sphinxext.almanac.index import FillError, Index

_SPHINX = """import atexit, contextlib, os, sys
status = 1
@atexit.register
def end():
    with contextlib.suppress(Exception):
        sys.stderr.flush()
    os._exit(status)
import gc, logging
gc.disable()
from sphinx.cmd.build import main
logging.disable(logging.INFO)
gc.freeze()
gc.set_threshold(500_000, 20, 100)
gc.enable()
status = main(sys.argv[1:])"""
"""Sphinx's command. Searches for garbage, of which there is little, would take a tenth of its time, and so would taking
apart at its end what is in memory: it goes without, after all else that waits for its end, so that is noted first.
Lines of progress, which -q hides, would take a seventieth."""


def frames_of(run: Path) -> Path:
    """The frames of a run."""
    return run / "trees" / "almanac-frames" / "html"


# ---- What a run reads


def digest(config: Config, manifest: Manifest) -> bytes:
    """Four lines. Of the extension, which frames have to fit; of all else that is read and somebody wrote or installed;
    of names in almanac.toml and the pages generated for them; of names that are not known before a pass has ended."""
    own = sha256(repr((sys.version, str(config.site.source), str(config.export), manifest.title)).encode())
    own.update(repr(_installed()).encode())
    named = sha256()
    for names in (manifest.every, manifest.hubs, manifest.environments, manifest.groups):
        named.update(repr(sorted(names)).encode())
    for path in found(config.site.source):
        content = (config.site.source / path).read_bytes()
        (named if _is_generated(path, content) else own).update(_told(path, content))
    late = sha256(repr(sorted(manifest.compat)).encode())
    return "\n".join([maker.digest(), *(part.hexdigest() for part in (own, named, late))]).encode()


def fits(run: Path, digest: bytes) -> bool:
    """Whether there are frames of a good run, made by the extension that is to fill them."""
    return _has_same(run, digest, 1)


def foreseen(digest: bytes) -> bytes:
    """What of a digest is known before a pass has ended."""
    return digest.rpartition(b"\n")[0]


def _has_same(run: Path, digest: bytes, lines: int) -> bool:
    """Whether there is a good run whose digest begins with the same lines."""
    made = run / "digest"
    return made.exists() and made.read_bytes().split(b"\n")[:lines] == digest.split(b"\n")[:lines]


def _installed() -> list[str]:
    """Every installed package with its version, as its folder is named: to read their metadata would take half a
    second. A checkout's own folder names no version, and is there or not by who looks."""
    return sorted({info.name for place in sys.path for info in Path(place).glob("*-*.*-info")})


def _is_generated(path: str, content: bytes) -> bool:
    return path.endswith(".rst") and is_untouched(content.decode("utf-8", "replace"))


def _told(path: str, content: bytes) -> bytes:
    return repr((path, sha256(content).digest())).encode()


# ---- A run


class Run:
    """A run of Sphinx with what it had read in the last good one, which this one replaces if it is kept; use it in a
    `with` statement, which ends it and takes away what is not kept of it.

    It writes every page into an empty folder, for it would leave the output of what was removed. Where nothing but
    generated pages has come or gone, the others are as the last good one wrote them. It leaves frames; they are filled
    here, in any case.
    """

    def __init__(self, config: Config, digest: bytes, strict: bool = True, expected: Manifest | None = None) -> None:
        """Begins it. digest: of what it reads. `strict`: whether it refuses what it warns of. expected: what it reads
        as the manifest of the export where that is not there yet. Raises OSError."""
        self._last, self._export = config.doctrees, config.export.absolute()
        self._aside = tempfile.TemporaryDirectory(
            prefix=f"{self._last.name}.", dir=self._last.parent, ignore_cleanup_errors=True
        )
        self._new = Path(self._aside.name, "new")
        try:
            if (self._last / "digest").exists():
                shutil.copytree(self._last / "trees", self._new / "trees")
            if _has_same(self._last, digest, 2):
                self._go_on(config.site.source)
            if expected is not None:
                self._export = Path(self._aside.name, "export").absolute()
                _foretell(self._export, expected)
            self._process = self._started(config.site.source, strict)
        except BaseException:
            self._aside.cleanup()
            raise

    def _go_on(self, source: Path) -> None:
        """Lays out what the last good run wrote, but for pages whose source has gone."""
        with suppress(FillError):
            index = Index.read(frames_of(self._new))
            if not index.apart:
                return
            shutil.copytree(self._last / "html", self._new / "html")
            for mould in index.moulds.values():
                shutil.copy2(frames_of(self._new) / mould.frame, self._new / "html" / mould.frame)
            for page, path in index.pages.items():
                if page in index.targets and not (source / f"{page}.rst").exists():
                    (self._new / "html" / path).unlink(missing_ok=True)
                    (self._new / "html/_sources" / f"{page}.rst.txt").unlink(missing_ok=True)

    def _started(self, source: Path, strict: bool) -> subprocess.Popen[bytes]:
        """Sphinx in a process of its own: to import it here would cost as much as filling all pages."""
        command = [sys.executable, "-c", _SPHINX, "-q", "-b", "html"]
        command += ["-W", "--keep-going"] if strict else []
        command += ["-d", str(self._new / "trees"), "-D", f"almanac_export={self._export}"]
        command += ["-D", "almanac_filled=0", str(source), str(self._new / "html")]
        pipe, environ = subprocess.PIPE, {**os.environ, "NO_COLOR": "1"}
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=environ)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._process:
            self._process.kill()
        self._aside.cleanup()

    def wait(self) -> str | None:
        """Until it has ended. None if all went well, else what Sphinx said."""
        _, said = self._process.communicate()
        if self._process.returncode == 0:
            return None
        return "\n".join(_telling(said)) or f"Sphinx ended with status {self._process.returncode}"

    def keep(self, digest: bytes) -> None:
        """Makes it the last good run, of a digest. Raises OSError."""
        files.replace(self._new / "digest", digest)
        if self._last.exists():
            self._last.rename(Path(self._aside.name, "old"))
        self._new.rename(self._last)


def _foretell(folder: Path, expected: Manifest) -> None:
    """Writes the export of a fleet of which nothing is told: a manifest, and documents without subjects."""
    (folder / "nodes").mkdir(parents=True)
    (folder / "manifest.json").write_bytes(MANIFEST.dump_json(expected))
    for name, entry in expected.every.items():
        (folder / entry.file).write_text(json.dumps({"name": name, "subjects": []}))


def clear(last: Path) -> None:
    """Takes away what runs have left that were killed. `last`: the folder of the last good one."""
    for left in last.parent.glob(f"{last.name}.*"):
        shutil.rmtree(left, ignore_errors=True)


def _telling(stderr: bytes) -> list[str]:
    """The lines that say what is wrong; all of them if none is known to. Sphinx prints much around an error."""
    lines = [printable(line.strip()) for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return [line for line in lines if re.search(r"(WARNING|ERROR|CRITICAL|Error): ", line)] or lines
