"""Adds up the test reports of one run into a single line: N passed, N failed."""

import sys
import xml.etree.ElementTree as xml
from pathlib import Path

ran = failed = skipped = 0
for report in sorted(Path(sys.argv[1]).glob("*.xml")):
    for suite in xml.parse(report).getroot().iter("testsuite"):
        ran += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
print(f"{ran - failed - skipped} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
