"""nginx and Apache, each with its snippet of cron/ in a configuration that holds nothing else of substance."""

from __future__ import annotations

import getpass
import http.client
import os
import shutil
import subprocess
import sysconfig
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.ports import free_port
from tests.servers.waiting import until

CRON = Path(__file__).parents[2] / "cron"

_NGINX = """
user www-data;
pid {folder}/pid;
error_log {folder}/error.log;
daemon off;
worker_processes 2;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/almanac.conf;
}}
"""

_APACHE = """
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
User www-data
Group www-data
ServerName localhost
Listen 127.0.0.1:{port}
{modules}
TypesConfig /dev/null
Include {folder}/almanac.conf
"""
_MODULES = ("mpm_event", "authz_core", "dir", "mime", "headers", "filter", "deflate")
_LOCKED = ("alias", "authn_core", "authn_file", "auth_basic", "authz_user")
_ASKING = {
    "nginx": 'server {{ listen 127.0.0.1:{port}; server_name localhost; include "{rules}/nginx.conf"; }}\n',
    "apache": '<VirtualHost 127.0.0.1:{port}>\nServerName localhost\nInclude "{rules}/apache.conf"\n</VirtualHost>\n',
}
"""A server that says where it listens, and includes the rules that `almanac publish` writes."""


def snippet(server: str, changes: dict[str, str]) -> str:
    """The snippet with what a person edits edited; each must stand there as often as it is said to be."""
    text = (CRON / f"{server}.conf").read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def configured(server: str, folder: Path, public: Path, port: int) -> list[str]:
    """Writes the configuration and gives the command that runs the server with it."""
    listens = {"listen 80;": f"listen 127.0.0.1:{port};"} if server == "nginx" else {"*:80": f"127.0.0.1:{port}"}
    (folder / "almanac.conf").write_text(snippet(server, {"/srv/almanac/data/public": str(public), **listens}))
    return _command(server, folder, port, _MODULES)


def asking(server: str, folder: Path, rules: Path, port: int) -> list[str]:
    """The same with the rules of audiences."""
    (folder / "almanac.conf").write_text(_ASKING[server].format(port=port, rules=rules))
    return _command(server, folder, port, _MODULES + _LOCKED)


def _command(server: str, folder: Path, port: int, names: tuple[str, ...]) -> list[str]:
    if server == "nginx":
        (folder / "nginx.conf").write_text(_NGINX.format(folder=folder))
        return ["nginx", "-c", f"{folder}/nginx.conf"]
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in names)
    (folder / "apache.conf").write_text(_APACHE.format(folder=folder, port=port, modules=modules))
    return ["apache2", "-d", str(folder), "-f", f"{folder}/apache.conf", "-D", "FOREGROUND"]


_CONSOLES = """
server {{
    listen 127.0.0.1:{port};
    server_name localhost;
    access_log {folder}/access.log;
    include "{rules}/consoles-nginx.conf";
}}
"""


def consoles(server: str, folder: Path, rules: Path, port: int) -> list[str]:
    """nginx with the rules of consoles, and a log of what it is asked."""
    (folder / "almanac.conf").write_text(_CONSOLES.format(port=port, folder=folder, rules=rules))
    return _command(server, folder, port, ())


_BEATS = {
    "nginx": "server {{ listen 127.0.0.1:{port}; root {folder}; access_log {folder}/other.log;"
    ' auth_basic x; auth_basic_user_file /dev/null; add_header Cache-Control "public, max-age=60" always;'
    " include {folder}/ours.conf; }}\n",
    "apache": "<VirtualHost 127.0.0.1:{port}>\nDocumentRoot {folder}/none\n"
    'LogFormat "%t %r %{{Referer}}i" plain\nCustomLog {folder}/other.log plain env=!almanac_beat\n'
    '<Location "/">\nAuthType Basic\nAuthName x\nAuthUserFile /dev/null\nRequire valid-user\n</Location>\n'
    "Include {folder}/ours.conf\n</VirtualHost>\n",
}
"""A server that lets nobody see a page, keeps a log of its own, and includes the lines for beats."""


@contextmanager
def started(server: str, folder: Path, port: int) -> Iterator[None]:
    """The server with the lines for beats, `ours.conf`, once it answers."""
    (folder / "almanac.conf").write_text(_BEATS[server].format(port=port, folder=folder))
    with subprocess.Popen(_command(server, folder, port, (*_MODULES, *_LOCKED, "setenvif"))) as daemon:
        try:
            until(lambda: get(port, "/").status)
            yield
        finally:
            daemon.terminate()


_WSGI = "WSGISocketPrefix {folder}/wsgi\n<VirtualHost 127.0.0.1:{port}>\nTraceEnable off\nInclude {folder}/ours.conf\n</VirtualHost>\n"
_MAY_READ = (
    "setpriv --reuid=www-data --regid=www-data --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override"
)
"""mod_wsgi runs nothing as root, and Python may lie where only root may read."""


def _home_in(folder: Path) -> Path:
    """A virtual environment that has the packages of this one: mod_wsgi takes none that lies behind a closed folder."""
    home = folder / "venv"
    venv.create(home, symlinks=True)
    ours, its = sysconfig.get_path("purelib"), sysconfig.get_path("purelib", vars={"base": str(home)})
    Path(its, "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    return home


@contextmanager
def embedding(folder: Path) -> Iterator[int]:
    """Apache with the intake in it, by mod_wsgi: its port, once it answers. almanac.toml lies in the folder."""
    port, is_root, home = free_port(), os.geteuid() == 0, _home_in(folder)
    who = "www-data" if is_root else getpass.getuser()
    changes = {"user=almanac": f"user={who}", "/srv/almanac/.venv": str(home), "/srv/almanac/cron": str(folder)}
    (folder / "ours.conf").write_text(snippet("intake-apache", changes))
    script = (CRON / "intake.wsgi").read_text().replace("/srv/almanac", str(folder))
    (folder / "intake.wsgi").write_text(script)
    (folder / "almanac.conf").write_text(_WSGI.format(folder=folder, port=port))
    if is_root:
        shutil.chown(folder, who)
    command = _command("apache", folder, port, ("mpm_event", "authz_core", "mime", "alias", "headers", "wsgi"))
    with subprocess.Popen([*(_MAY_READ.split() if is_root else ()), *command]) as daemon:
        try:
            until(lambda: get(port, "/").status)
            yield port
        finally:
            daemon.terminate()


@contextmanager
def running(
    server: str, folder: Path, public: Path, configured: Callable[[str, Path, Path, int], list[str]] = configured
) -> Iterator[int]:
    """The server's port, once it answers."""
    port = free_port()
    with subprocess.Popen(configured(server, folder, public, port)) as daemon:
        try:
            until(lambda: get(port, "/").status)
            yield port
        finally:
            daemon.terminate()


class Reply:
    """An answer with its body read."""

    def __init__(self, reply: http.client.HTTPResponse) -> None:
        self.status = reply.status
        self.headers = reply.headers
        self.body = reply.read()


def get(port: int, path: str, **headers: str) -> Reply:
    """One request on a connection of its own; `if_none_match` becomes If-None-Match."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return Reply(connection.getresponse())
    finally:
        connection.close()
