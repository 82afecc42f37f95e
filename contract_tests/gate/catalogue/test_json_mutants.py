"""Mutants whose bodies are JSON that common clients can't read."""

import gzip
import json

import pytest
from helpers.export_requests import GENERATION, TOKEN, ask, content
from prolific_contract import KINDS, path_of
from prolific_contract.gate.proof import run_mutant
from prolific_contract.sandbox import ManualClock, SandboxSettings
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite

SETTINGS = SandboxSettings(token=TOKEN, generation_seconds=GENERATION)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["json-gzip", "json-deep"])
def test_mutant_changes_only_its_operation(fault, kind):
    site = MutatedSite(MUTANTS[f"{fault}@{kind}-request"], SETTINGS, ManualClock())
    path = path_of(kind, SETTINGS.id_of(kind))
    reply = ask(site, "POST", path)
    text = content(reply)
    value = json.loads(gzip.decompress(text) if fault == "json-gzip" else text)

    assert reply.header("content-encoding") is None
    assert value["status"] == "generating"
    assert text.startswith(b"\x1f\x8b") == (fault == "json-gzip")
    assert text.endswith(b"[" * 150 + b"]" * 150 + b"}") == (fault == "json-deep")
    assert content(ask(site, "GET", f"{path}/{value['export_id']}")).startswith(b"{")
    site.close()


def test_gzip_without_header_is_detected_by_the_law_of_json():
    result = run_mutant(MUTANTS["json-gzip@batch-status"], "2026-03")

    assert "shape.json" in {one.law for one in result.enforced}
