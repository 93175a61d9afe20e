"""The figures of the overview add up, and what is not known is a part of its own."""

from __future__ import annotations

from dataclasses import replace

from collector.export.counts import counts
from tests.sphinxext.sample_nodes import sample_nodes


def told(*nodes):
    return {
        count.label: (count.value, [(part.value, part.label, part.level) for part in count.parts])
        for count in counts(nodes)
    }


def test_each_subject_counts_in_exactly_one_part():
    found = told(*sample_nodes())
    assert found["Nodes"] == (
        23,
        [(20, "reached", "ok"), (1, "without an answer", "warning"), (2, "not reached", "warning")],
    )
    assert found["Backups"] == (
        15,
        [
            (7, "fresh", "ok"),
            (1, "late", "critical"),
            (2, "suspect", "critical"),
            (3, "unknown", "unknown"),
            (2, "not judged", "unknown"),
        ],
    )
    assert found["Processes"] == (
        5,
        [(2, "running", "ok"), (1, "failed", "critical"), (1, "stopped", "unknown"), (1, "unknown", "unknown")],
    )
    assert found["Units"] == (2, [(1, "active", "ok"), (1, "unknown", "unknown")])
    assert all(value == sum(part[0] for part in parts) for value, parts in found.values() if parts)


def test_vms_and_nodes_of_clusters_are_counted_by_their_state_alone():
    web = next(node for node in sample_nodes() if node.name == "web-2")

    def vm(kind, name, state, level="ok"):
        states = (replace(web.subjects[1].states[0], value=state),)
        return replace(web.subjects[1], kind=kind, name=f"{kind}:{name}", states=states, level=level)

    vms = [
        vm("vm", "a", "down", "critical"),
        vm("vm", "b", "running"),
        vm("vm", "without owner", "running", "warning"),
        vm("vm", "c", "set aside"),
        vm("vm", "d", "misplaced", "warning"),
        vm("vm", "e", "unknown", "unknown"),
        replace(vm("vm", "gone", "running"), present=False),
        vm("clusternode", "n", "online", "warning"),
        vm("clusternode", "m", "drained", "warning"),
    ]
    counted = told(replace(web, subjects=tuple(vms)))
    assert counted["VMs"] == (
        6,
        [(2, "running", "ok"), (2, "in error", "critical"), (1, "set aside", "unknown"), (1, "unknown", "unknown")],
    )
    assert counted["Nodes of clusters"] == (2, [(1, "drained", "warning"), (1, "online", "ok")])


def test_a_node_that_answers_in_part_is_reached_and_one_of_which_nothing_answers_is_not():
    web = next(node for node in sample_nodes() if node.name == "web-2")
    well = replace(web.sources[0], outcome="ok")
    failed, never = replace(well, outcome="failed"), replace(well, outcome="never asked", asked=None)
    for sources, part in (
        ((well, failed), "reached"),
        ((never,), "reached"),
        ((), "reached"),
        ((failed, never), "without an answer"),
    ):
        assert [label for _, label, _ in told(replace(web, sources=sources))["Nodes"][1]] == [part]


def test_nothing_watched_has_no_figure():
    assert told() == {"Nodes": (0, [])}


def test_sizes_that_were_not_read_tonight_are_counted_and_not_summed():
    sizes = {node.name: next((c for c in counts([node]) if c.unit == "bytes"), None) for node in sample_nodes()}
    assert (sizes["dayabay"].value, sizes["dayabay"].note) == (5_214_100_000.0, "2 tarballs")
    assert (sizes["H1"].value, sizes["H1"].note) == (None, "0 tarballs, 2 unknown")
    both = [node for node in sample_nodes() if node.name in ("dayabay", "H1")]
    assert next(c.note for c in counts(both) if c.unit == "bytes") == "2 tarballs, 2 unknown"
