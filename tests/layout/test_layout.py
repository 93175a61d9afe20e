"""Layouts: what each preset reads, what is said of a wrong pattern, and that sed on a node agrees with Python here."""

import subprocess
from datetime import datetime

import pytest

from collector.layout import PRESETS, Layout, Place, layout

READ = [
    ("scm", "tracs/env/2012/11/13/161023/env.tar.gz", Place("tracs/env", datetime(2012, 11, 13, 16, 10, 23), True, 0, "")),
    ("scm", "repos/env/2012/11/13/161023/env-3591.tar.gz", Place("repos/env", datetime(2012, 11, 13, 16, 10, 23), True, 0, "3591")),
    ("scm", "svn/a-b/2012/11/13/161023/a-b-35-2.tar.gz", Place("svn/a-b", datetime(2012, 11, 13, 16, 10, 23), True, 2, "35")),
    ("scm", "repos/it's a \\n [x]/2012/11/13/161023/x.tgz", Place("repos/it's a \\n [x]", datetime(2012, 11, 13, 16, 10, 23), True, 0, "")),
    ("dated-folders", "2026-11-24/web.tar.gz", Place("web", datetime(2026, 11, 24), False, 0, "")),
    ("dated-folders", "shop/20261124_0315/db.tar.xz", Place("shop/db", datetime(2026, 11, 24, 3, 15), True, 0, "")),
    ("dated-folders", "2026/11/24/web.tar", Place("web", datetime(2026, 11, 24), False, 0, "")),
    ("dated-files", "web-2026-11-24.tar.gz", Place("web", datetime(2026, 11, 24), False, 0, "")),
    ("dated-files", "web-2026-11-24T03.15.09.tar.gz", Place("web", datetime(2026, 11, 24, 3, 15, 9), True, 0, "")),
    ("dated-files", "a/my-web.20261124-0315.tar.zst", Place("a/my-web", datetime(2026, 11, 24, 3, 15), True, 0, "")),
    ("dated-files", "db-2024-2026-11-24.tar.gz", Place("db-2024", datetime(2026, 11, 24), False, 0, "")),
    ("rotations", "web.tar.gz", Place("web", None, False, 0, "")),
    ("rotations", "web.tar.gz.12", Place("web", None, False, 12, "")),
    ("rotations", "etc/web.3.tar.gz", Place("etc/web", None, False, 3, "")),
    ("{yyyy}{mm}{dd}/x[1]/{name}_{rev}_{n}.dump#1.gz", "20261124/x[1]/db_af09_3.dump#1.gz", Place("db", datetime(2026, 11, 24), False, 3, "af09")),
]  # fmt: skip


def plan(named):
    return layout(named) if named in PRESETS else layout("", named)


@pytest.mark.parametrize(("named", "path", "wanted"), READ)
def test_a_path_tells_item_time_and_revision(named, path, wanted):
    assert plan(named).read(path) == wanted


@pytest.mark.parametrize(
    ("named", "path", "reason"),
    [
        ("scm", "tracs/env/last/env.tar.gz", "its path has no stamp of the layout"),
        ("scm", "tracs/env/2012/11/13/161023/env.zip", "its path has no stamp of the layout"),
        ("scm", "tracs/env/2012/13/45/161023/env.tar.gz", "its path has an impossible date: month must be in 1..12"),
        (
            "scm",
            "tracs/env/2012/02/30/161023/env.tar.gz",
            "its path has an impossible date: day is out of range for month",
        ),
        ("scm", "tracs/env/٢٠١٢/11/13/161023/env.tar.gz", "its path has no stamp of the layout"),
        ("rotations", "a/b/web.tar.gz", "its path is not of the layout"),
        ("rotations", ".web.tar.gz.123456", "its path is not of the layout"),
    ],
)
def test_a_path_that_does_not_fit_is_refused_with_the_reason(named, path, reason):
    with pytest.raises(ValueError, match="its path") as caught:
        plan(named).read(path)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{file}.tar.gz", "{name} is missing: it tells which item a tarball is of; write it where the name stands"),
        ("{name}-{year}.gz", "there is no field {year}; the fields are kind, name, file, yyyy, mm, dd, HH, MM, SS, n, rev, sep, ext"),
        ("{name}{name}", "{name} stands twice; write it once, and {file} for text that does not matter"),
        ("{name}-{yyyy}-{mm}", "a date needs all of {yyyy} {mm} {dd}; write all three or none"),
        ("{name}-{HH}", "{HH} tells nothing without {dd}; write that too"),
        ("{name}-{yyyy}{mm}{dd}{MM}", "{MM} tells nothing without {HH}; write that too"),
        ("{name", 'a brace without its other half in "{name"; write fields as {name}'),
        ("/var/{name}.gz", "expected a path below the folder, without a slash in front or two in a row; write {name}.{ext}"),
    ],
)  # fmt: skip
def test_a_wrong_pattern_is_told_with_its_mend(pattern, said):
    with pytest.raises(ValueError) as caught:
        Layout(pattern)
    assert str(caught.value) == said


def test_sed_on_a_node_reads_the_same_as_python_here():
    """One row of paths through every layout: the same ones are taken, of the same rank."""
    paths = [path for _, path, _ in READ] + [
        "a/b/last/x.tar.gz",
        "web.txt",
        "20261124/x1/db_a_3.dump#1.gz",
        ".web.tar.gz",
        "web-2026-11-24.tar.gz.part",
    ]
    for named in [*PRESETS, READ[-1][0]]:
        commands = [word for command in plan(named).sed for word in ("-e", command)]
        lines = "".join(f"./{path}\n" for path in paths)
        said = subprocess.run(["sed", "-n", *commands], input=lines, capture_output=True, text=True, check=True).stdout
        found = {line.split("//")[2]: int(line.split("//")[1]) for line in said.splitlines()}
        assert found == {f"./{path}": rank(plan(named), path) for path in paths if readable(plan(named), path)}, named


def readable(of, path):
    try:
        return bool(of.read(path))
    except ValueError:
        return False


def rank(of, path):
    place = of.read(path)
    return int(f"{place.stamp:%Y%m%d%H%M%S}") if place.stamp else place.number
