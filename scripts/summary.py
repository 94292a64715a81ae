"""Adds up the test reports of one run: the tests that failed, each with what it said, and a line, N passed, N failed."""

import sys
import xml.etree.ElementTree as xml
from pathlib import Path

SAID = 2_000  # characters of a failure; the whole of it stands further up in the output

ran = failed = skipped = 0
for report in sorted(Path(sys.argv[1]).glob("*.xml")):
    for suite in xml.parse(report).getroot().iter("testsuite"):
        ran += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
        for case in suite.iter("testcase"):
            said = [entry.get("message") or entry.text or "" for tag in ("failure", "error") for entry in case.iter(tag)]
            if said:
                print(f"failed: {case.get('classname')} {case.get('name')}: {'; '.join(said)[:SAID]}")
print(f"{ran - failed - skipped} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
