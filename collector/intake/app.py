"""The WSGI application: routes, limits and faults around the three calls. All it answers is JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from importlib.resources import files as resources
from time import monotonic
from uuid import UUID

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from collector.config import Config
from collector.config.intake import Intake
from collector.intake.beats import Beats
from collector.intake.calls import Caller, Calls
from collector.intake.check import expected
from collector.intake.decoding import decoded
from collector.intake.displays import LONGEST, Displays, Listener
from collector.intake.faults import TYPE, Refusal, document
from collector.intake.limits import Limit, client
from collector.intake.spool import SpoolError

PREFIXES = ("/api", "")
"""Instance Tracker answers below /api; its README leaves that out."""
STREAMS = "almanac displays"
"""By this name whoever stops the application finds what has to be ended, in its `extensions`."""
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address takes no such request.",
    413: "The body is too long.",
}
_LOG = logging.getLogger("almanac.intake")


def made(config: Config) -> Flask:
    """The application of a configuration. Raises IntakeError where it has no [intake]."""
    settings = expected(config)
    app = Flask("collector.intake", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.body + 1  # one more, by which what is too long is known
    app.url_map.merge_slashes = app.url_map.strict_slashes = False  # else it redirects, in HTML
    desk = _Desk(config, settings)
    for path, method, view in desk.routes():
        name = f"{method} {path}"
        app.add_url_rule(path, name.replace(".", " "), view, methods=[method], provide_automatic_options=False)
    app.extensions[STREAMS] = desk.displays
    app.before_request(desk.admit)
    app.after_request(_finished)
    app.register_error_handler(Exception, _told)
    return app


class _Desk:
    """What each route answers."""

    def __init__(self, config: Config, settings: Intake) -> None:
        private = config.instances.private if config.instances else ()
        self._settings, self._beats = settings, Beats(config)
        try:
            self._beats.begin()
        except SpoolError as error:
            _LOG.error("%s", error)  # the disk may have room again when one beats
        self._calls = Calls(settings, private, config.spool)
        self.displays = Displays(settings)
        self._requests = Limit(settings.requests, 60)
        self._registrations = Limit(settings.registrations, 3600)
        self._described = json.loads(resources("collector.intake").joinpath("openapi.json").read_text("utf-8"))

    def routes(self) -> list[tuple[str, str, Callable[..., Response]]]:
        """Path, method and view of each."""
        below: list[tuple[str, str, Callable[..., Response]]] = [
            ("/instance/", "POST", self.create),
            ("/instance/<uuid:uuid>", "PATCH", self.change),
            ("/instance/<uuid:uuid>", "GET", self.show),
            ("/openapi.json", "GET", self.describe),
        ]
        beats = [("/beat/<path:secret>", method, self.hear) for method in ("GET", "POST", "PUT")]
        displays: list[tuple[str, str, Callable[..., Response]]] = [
            ("/display/<path:name>/events", "GET", self.listen),
            ("/display/<path:name>", "POST", self.tell),
            ("/display/<path:name>/state", "PUT", self.report),
            ("/displays", "POST", self.watch),
        ]
        every = [(prefix + path, method, view) for prefix in PREFIXES for path, method, view in below]
        return [*every, *beats, *displays]

    def admit(self) -> None:
        """Raises Refusal for who asks too often."""
        _expect_patience(self._requests, self._caller().address)

    def create(self) -> Response:
        """A new instance."""
        body, caller = self._body(), self._caller()
        _expect_patience(self._registrations, caller.address)
        return _answer(self._calls.create(body, caller))

    def change(self, uuid: UUID) -> Response:
        """Other values of an instance."""
        return _answer(self._calls.change(str(uuid), self._body(), self._caller()))

    def show(self, uuid: UUID) -> Response:
        """What is known of an instance, also to scripts of any page."""
        answer = _answer(self._calls.show(str(uuid), self._caller()))
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    def describe(self) -> Response:
        """What there is to ask, by OpenAPI 3.1."""
        return _answer(self._described)

    def hear(self, secret: str) -> Response:
        """A sign of life; whatever it is, the answer is the same."""
        self._beats.hear(secret, request.query_string, self._caller().address)
        answer = Response(status=204)
        del answer.headers["Content-Type"]
        return answer

    def listen(self, name: str) -> Response:
        """A stream of what a display is told to do."""
        if request.method == "HEAD":
            raise Refusal(405, _DETAILS[405], headers={"Allow": "GET"})  # it would hold a place and never read
        return _streamed(self.displays.listen(name, self._caller()))

    def watch(self) -> Response:
        """A stream of how displays stand."""
        return _streamed(self.displays.watch(self._body()))

    def report(self, name: str) -> Response:
        """A display says how it stands, to all menus."""
        caller = self._caller()
        number = self.displays.report(name, self._body(), caller)
        self._requests.give_back(caller.address)  # many displays, and menus, may share one address
        return _answer({"menus": number}, 202)

    def tell(self, name: str) -> Response:
        """A display is told what to do, in all browsers that show it."""
        sent = request.get_data(cache=False)
        if len(sent) > LONGEST:
            raise Refusal(413, f"A message has {LONGEST} bytes at most.")
        caller = self._caller()
        number = self.displays.tell(name, decoded(request.mimetype, sent), caller)
        self._requests.give_back(caller.address)
        return _answer({"displays": number}, 202)

    def _body(self) -> dict[str, object]:
        """Raises Refusal, HTTPException."""
        sent = request.get_data(cache=False)
        if len(sent) > self._settings.body:
            raise Refusal(413, _DETAILS[413])
        return decoded(request.mimetype, sent)

    def _caller(self) -> Caller:
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        address = client(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""), self._settings.proxies)
        return Caller(address, shown.strip() if scheme.lower() == "bearer" else None)


def _expect_patience(limit: Limit, address: str) -> None:
    if wait := limit.wait(address, monotonic()):
        seconds = str(int(wait) + 1)
        raise Refusal(429, f"Too many requests; ask again in {seconds} s.", headers={"Retry-After": seconds})


def _streamed(stream: Listener) -> Response:
    return Response(stream, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _answer(body: object, status: int = 200, kind: str = "application/json") -> Response:
    return Response(json.dumps(body), status, mimetype=kind)


def _finished(answer: Response) -> Response:
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told(error: Exception) -> Response:
    """Any fault as problem details. What is ours to mend is logged; neither address nor body of a request ever is."""
    refusal = _refusal(error)
    answer = _answer(document(refusal.status, refusal.detail, refusal.more), refusal.status, TYPE)
    answer.headers.update(refusal.headers)
    if request.method == "GET" and "/instance/" in request.path:
        answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _refusal(error: Exception) -> Refusal:
    match error:
        case Refusal():
            return error
        case HTTPException(code=int(code)):
            allowed = sorted(getattr(error, "valid_methods", None) or ())
            return Refusal(
                code,
                _DETAILS.get(code, error.description or ""),
                headers={"Allow": ", ".join(allowed)} if allowed else {},
            )
        case SpoolError():
            _LOG.error("%s", error)
            return Refusal(503, "This can't be kept now; ask again later.", headers={"Retry-After": "60"})
    _LOG.error("a request broke", exc_info=error)
    return Refusal(500, "The server broke on this request; its log tells why.")
