"""What `[watch]` lacks, as `almanac check` tells it."""

import sys

from collector.config.watch import Watch
from collector.watch import ping, textfile
from collector.watch.check import lacking


def test_what_keeps_a_pass_from_telling_anybody_is_found_before(tmp_path, monkeypatch):
    file = tmp_path / "ping"
    file.write_text("s3cret, no address\n")
    said = (
        f"{file}: can't be read, or holds no address; write one such as https://hc-ping.com/... and nothing else,"
        " or correct watch.ping_file"
    )
    assert [str(one) for one in lacking(Watch(ping_file=file))] == [said]
    file.write_text("https://hc-ping.com/uuid\n")
    assert [*lacking(Watch(ping_file=file))] == []
    closed = f"{file}: there is no such folder, or it can't be written to; correct watch.textfile"
    assert [str(one) for one in lacking(Watch(textfile=file / "almanac.prom"))] == [closed]
    for library in ("httpx2", "prometheus_client"):
        monkeypatch.setitem(sys.modules, library, None)  # as where it is not installed
    watch = Watch(ping_file=file, textfile=tmp_path / "almanac.prom")
    assert [str(one) for one in lacking(watch)] == [ping.MISSING, textfile.MISSING]
    assert [*lacking(Watch())] == []
