"""What is published and to whom: rules and passwords first, then the trees that they keep.

    PUBLISH/current                       the whole, where there is no audience: for everybody
    PUBLISH/closed/                       else: only the web server's group may enter
        rules/                            passwords, nginx.conf, apache.conf
        trees/_whole/current              the whole, for admins
        trees/lab/current                 of the audience `lab`

With audiences there is no `current` that a server might show to everybody by rules of before. Nothing shows a tree that
the rules do not name, so a tree that comes before a reload of the server is not seen, nor one that stays after it.
"""

from __future__ import annotations

import fcntl
import grp
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector import files, publish
from collector.audiences import consoles, rules
from collector.audiences.building import is_current
from collector.config import Config
from collector.model import AlmanacError
from collector.pages import site
from collector.people.audiences import View, closed, narrowed, trees, views
from collector.publish import Generation, PublishError
from collector.store import persons
from collector.store.persons import Person
from collector.store.store import Store


def target(config: Config) -> Path:
    """Where generations of the whole are kept."""
    return trees(config) / rules.WHOLE if config.audiences else config.site.publish


def serve(config: Config, store: Store) -> tuple[Generation, tuple[AlmanacError, ...]]:
    """Publishes the whole and every view that is current, and takes away what may no longer be seen; the whole's
    generation, and what could not be done for views. Raises PublishError, PagesError, Unfit."""
    guard(config, store)
    made = publish.publish(site.whole(config), target(config), config.site.keep)
    return made, tuple(filter(None, (_served(config, view) for view in _shown(config, store))))


def guard(config: Config, store: Store) -> None:
    """Sees to it that nobody is shown what the configuration does not let them see, whatever the rest of a pass comes
    to. Raises PublishError, Unfit."""
    with _told(config):
        if not (config.audiences or config.consoles):
            shutil.rmtree(closed(config), ignore_errors=True)
            return
        if config.audiences:
            _close(config.site.publish)
        else:
            shutil.rmtree(trees(config), ignore_errors=True)
        write_rules(config, store)
        _withdraw(config, store)


def write_rules(config: Config, store: Store) -> None:
    """Writes who may see what, as people and audiences are now. Raises PublishError, Unfit."""
    texts = rules.servers(config) if config.audiences else {}
    with _told(config), _alone(config) as folder:
        everyone = persons.everyone(store.db)
        if config.audiences:
            texts |= rules.passwords(config, everyone)
        texts |= _of_consoles(config, everyone)
        for name, text in texts.items():
            files.replace(folder / name, text.encode())
        for left in set(folder.glob("*.htpasswd")) - {folder / name for name in texts}:
            left.unlink()


def _of_consoles(config: Config, everyone: tuple[Person, ...]) -> dict[str, str]:
    """The rules for consoles, the folder of whose tokens only this user may enter. Raises PublishError, Unfit."""
    if config.consoles is None:
        return {}
    if not (config.consoles.novnc / "vnc.html").exists():
        mend = "install noVNC, in Debian: apt-get install novnc websockify; or name its folder"
        raise PublishError(f"consoles.novnc: {config.consoles.novnc} holds no vnc.html; {mend}")
    consoles.tokens(config).mkdir(mode=0o700, parents=True, exist_ok=True)
    return consoles.texts(config, everyone, pwd.getpwuid(os.getuid()).pw_name)


@contextmanager
def _alone(config: Config) -> Iterator[Path]:
    """The folder of rules, ready, and nobody else at it: of two who write it the later knows all people."""
    folder = rules.folder(config)
    _enclose(config)
    for place in (folder, trees(config)):
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o755)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _enclose(config: Config) -> None:
    """Makes the folder that only its owner and the web server's group may enter. Raises PublishError."""
    place, name = closed(config), config.site.web_group or ""
    try:
        group = grp.getgrnam(name).gr_gid
    except KeyError:
        raise PublishError(f'site.web_group: there is no group "{name}" here; name the web server\'s') from None
    place.mkdir(parents=True, exist_ok=True)
    found = place.stat()
    try:
        if found.st_gid != group:
            os.chown(place, -1, group)
        if found.st_mode & 0o777 != 0o750:
            place.chmod(0o750)
    except PermissionError:
        raise PublishError(
            f"{place}: can't be given to the group {name}; make this user a member of it: usermod -aG {name} USER"
        ) from None


def _close(public: Path) -> None:
    """Takes away what was published for everybody: the link first, so that it is not there for a moment longer."""
    link = public / "current"
    if link.is_symlink():
        link.unlink()
        files.sync(public)
    shutil.rmtree(public / "generations", ignore_errors=True)


def _withdraw(config: Config, store: Store) -> None:
    """Takes away trees of views that nobody is shown any more, or that show nodes which they may not."""
    shown = {view.name: view for view in _shown(config, store)}
    for tree in trees(config).iterdir():
        view = shown.get(tree.name)
        if tree.name != rules.WHOLE and (view is None or not is_current(config, view)):
            (tree / "current").unlink(missing_ok=True)
            shutil.rmtree(tree)


def _shown(config: Config, store: Store) -> tuple[View, ...]:
    """The views that somebody is shown now."""
    return tuple(view for view in views(config, persons.everyone(store.db)) if view.people)


def _served(config: Config, view: View) -> AlmanacError | None:
    """Publishes a view. What was published of it before stays if that can't be."""
    narrow = narrowed(config, view)
    if not is_current(config, view) or not (narrow.html / "index.html").exists():
        mend = "run: almanac export && almanac build && almanac publish"
        return PublishError(f"audiences.{view.audience}: has no pages of its nodes yet; {mend}")
    try:
        publish.publish(site.whole(narrow), narrow.site.publish, narrow.site.keep)
    except AlmanacError as error:
        return error
    return None


@contextmanager
def _told(config: Config) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename or closed(config)
        raise PublishError(f"{place}: {error.strerror}; mend that and run: almanac publish") from error
