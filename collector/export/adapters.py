"""The documents of an export as JSON and back. To make ready for one kind takes milliseconds, so it is done once."""

from __future__ import annotations

from pydantic import TypeAdapter

from collector.export.documents import LogDocument, Manifest, NodeDocument, SeriesDocument

NODE, MANIFEST = TypeAdapter(NodeDocument), TypeAdapter(Manifest)
SERIES, LOG = TypeAdapter(SeriesDocument), TypeAdapter(LogDocument)
