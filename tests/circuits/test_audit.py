"""circomspect's report: everything in it is explained, and it is the one that is kept."""

from __future__ import annotations

import json

from circuits.audit import EXPLAINED, REPORT, ROOT, analyse, findings


def test_report__of_the_present_sources__is_the_kept_one_and_explained() -> None:
    fresh = ROOT / ".build/circomspect.sarif"
    fresh.parent.mkdir(exist_ok=True)
    found = analyse(fresh)

    assert found
    assert set(found) == EXPLAINED.keys()
    assert findings(json.loads(REPORT.read_text())) == found
