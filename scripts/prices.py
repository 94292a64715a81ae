"""Prices the calls of Tests/Fixtures/prices/conformance.jsonl with the packages `litellm` and `genai-prices`, on the same tables, and
leaves what they say in Tests/Fixtures/prices/packages.jsonl. Where they say something else than the row, the reason stands beside it: a
difference without one makes this fail, and so does a reason without a difference."""

import json
import logging
import os
import sys
import warnings
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_LOG"] = "CRITICAL"
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import litellm  # noqa: E402
from genai_prices import Usage as GenaiUsage  # noqa: E402
from genai_prices.data_snapshot import DataSnapshot  # noqa: E402
from genai_prices.types import _providers_from_raw  # noqa: E402
from litellm.litellm_core_utils.llm_cost_calc.utils import generic_cost_per_token  # noqa: E402
from litellm.types.utils import Usage  # noqa: E402

folder = Path(__file__).parent.parent / "Tests/Fixtures/prices"

LITELLM = {
    "aws.bedrock": "bedrock", "azure.ai.openai": "azure", "azure.ai.inference": "azure_ai", "gcp.vertex_ai": "vertex_ai",
    "gcp.gemini": "gemini", "gcp.gen_ai": "gemini", "mistral_ai": "mistral", "x_ai": "xai", "fireworks": "fireworks_ai", "": "openai",
}
GENAI = {"aws.bedrock": "aws", "gcp.vertex_ai": "google", "gcp.gemini": "google", "gcp.gen_ai": "google", "": None}

# Why ours differs, by the beginning of the row's `rule` or by what the row has; the first that fits.
REASONS = [
    (lambda row, theirs: theirs is None and "response" in row and "request" in row, "the package is asked by one name; ours falls back to the other"),
    (lambda row, theirs: theirs == 0 and row.get("nano") != 0, "the package says 0 for a name that it does not bring to the table's"),
    (lambda row, theirs: row.get("request", "").startswith("arn:"), "the package takes the area off the name before it looks"),
    (lambda row, theirs: theirs is None, "the package does not bring this name to the table's"),
    (lambda row, theirs: "web_searches" in row["usage"], "the package bills searches elsewhere"),
    (lambda row, theirs: "milliseconds" in row or row.get("operation") == "rerank", "the package bills time and requests elsewhere"),
    (lambda row, theirs: row.get("tier") == "batch", "the package bills batches elsewhere"),
    (lambda row, theirs: "host" in row, "the package is not told the host"),
    (lambda row, theirs: "fast" in row.get("rule", "") or row.get("tier") == "fast", "the package takes the speed from the answer, not from the tier"),
    (lambda row, theirs: "at" in row, "the package asks its own clock"),
    (lambda row, theirs: "any_provider" in row.get("rule", ""), "the package prices by the provider it is told only"),
    (lambda row, theirs: "image_cache_read" in row["usage"], "the package has no price for images read from the cache"),
    (lambda row, theirs: row["provider"] == "dashscope", "the package bills this provider elsewhere"),
    (lambda row, theirs: "cache_read" in row["usage"] and "audio_input" in row["usage"], "the package takes cached tokens out of the text alone"),
]


def nano(dollars):
    return int((Decimal(dollars) * 10**9).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def with_litellm(row):
    counts = row["usage"]
    written = counts.get("cache_write", 0)
    hour = counts.get("cache_write_1h", 0)
    details = {
        "cached_tokens": counts.get("cache_read", 0),
        "cache_creation_tokens": written,
        "audio_tokens": counts.get("audio_input", 0),
        "image_tokens": counts.get("image_input", 0),
    }
    if written:
        details["cache_creation_token_details"] = {
            "ephemeral_5m_input_tokens": written - hour,
            "ephemeral_1h_input_tokens": hour,
        }
    if counts.get("audio_cache_read"):
        details["cached_tokens_details"] = {"audio_tokens": counts["audio_cache_read"]}
    usage = Usage(
        prompt_tokens=counts.get("input", 0),
        completion_tokens=counts.get("output", 0),
        total_tokens=counts.get("input", 0) + counts.get("output", 0),
        prompt_tokens_details=details,
        completion_tokens_details={
            "reasoning_tokens": counts.get("reasoning", 0),
            "audio_tokens": counts.get("audio_output", 0),
            "image_tokens": counts.get("image_output", 0),
        },
    )
    provider = LITELLM.get(row["provider"], row["provider"])
    arguments = {"service_tier": row["tier"]} if row.get("tier") else {}
    try:
        # Adding floats up, as the package does; its error is far below a nano-dollar here.
        parts = generic_cost_per_token(model=row.get("response") or row["request"], usage=usage, custom_llm_provider=provider, **arguments)
    except Exception:
        return None
    return nano(f"{sum(parts):.13f}")


def with_genai(row, snapshot):
    names = {
        "input": "input_tokens", "output": "output_tokens", "cache_read": "cache_read_tokens", "cache_write": "cache_write_tokens",
        "cache_write_1h": "cache_write_1h_tokens", "reasoning": "output_reasoning_tokens", "audio_input": "input_audio_tokens",
        "audio_output": "output_audio_tokens", "web_searches": "web_searches",
    }
    usage = GenaiUsage(**{names[key]: count for key, count in row["usage"].items()})
    tier = row.get("tier")
    context = {"processing": "batch"} if tier == "batch" else {"service_tier": tier} if tier else None
    time = datetime.fromisoformat(row.get("at", "2026-11-20T12:00:00Z").replace("Z", "+00:00"))
    try:
        price = snapshot.calc(
            usage, row.get("response") or row["request"], GENAI.get(row["provider"], row["provider"]), None, time, context
        )
    except Exception:
        return None
    return nano(price.total_price)


def main():
    table = json.loads((folder / "litellm.json").read_text())
    litellm.model_cost.clear()
    litellm.model_cost.update(table)
    if hasattr(litellm, "_invalidate_model_cost_lowercase_map"):
        litellm._invalidate_model_cost_lowercase_map()
    snapshot = DataSnapshot(providers=_providers_from_raw(json.loads((folder / "genai.json").read_text())), from_auto_update=False)
    lines, equal, failed = [], 0, 0
    for text in (folder / "conformance.jsonl").read_text().splitlines():
        row = json.loads(text)
        if row["table"] not in ("litellm", "genai") or row.get("unpriced") == "usage":
            continue
        theirs = with_litellm(row) if row["table"] == "litellm" else with_genai(row, snapshot)
        entry = {"row": text, "package": "litellm" if row["table"] == "litellm" else "genai-prices", "nano": theirs}
        if theirs == row.get("nano"):
            equal += 1
        else:
            entry["why"] = next((reason for fits, reason in REASONS if fits(row, theirs)), None)
            if "unpriced" in row and theirs is not None:
                entry["why"] = "ours gives no price where the name may mean something else"
            if entry["why"] is None:
                failed += 1
                print("no reason for a difference:", theirs, text, file=sys.stderr)
        lines.append(json.dumps(entry))
    (folder / "packages.jsonl").write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} calls: {equal} equal, {len(lines) - equal} differ, {failed} of them without a reason")
    return 1 if failed else 0


sys.exit(main())
