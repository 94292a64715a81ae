"""Prices the calls of Tests/Fixtures/prices/conformance.jsonl with the packages `litellm` and `genai-prices`, on the same tables, and
leaves what they say in Tests/Fixtures/prices/packages.jsonl. Where they say something else than the row, the reason stands beside it. Each
reason was tried: asked so that it does not hold, the package says what the row says. A difference without such a reason makes this fail."""

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
from litellm.cost_calculator import batch_cost_calculator, cost_per_token  # noqa: E402
from litellm.litellm_core_utils.llm_cost_calc.utils import generic_cost_per_token  # noqa: E402
from litellm.llms.anthropic.cost_calculation import cost_per_token as anthropic_cost_per_token  # noqa: E402
from litellm.types.utils import Usage  # noqa: E402

folder = Path(__file__).parent.parent / "Tests/Fixtures/prices"

LITELLM = {
    "aws.bedrock": "bedrock", "azure.ai.openai": "azure", "azure.ai.inference": "azure_ai", "gcp.vertex_ai": "vertex_ai",
    "gcp.gemini": "gemini", "gcp.gen_ai": "gemini", "mistral_ai": "mistral", "x_ai": "xai", "fireworks": "fireworks_ai", "": "openai",
}
GENAI = {"aws.bedrock": "aws", "gcp.vertex_ai": "google", "gcp.gemini": "google", "gcp.gen_ai": "google", "": None}

def nano(dollars):
    return int((Decimal(dollars) * 10**9).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def usage_of(row):
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
    # Of what a name asks for when it ends so, the package hears from the answer.
    if row.get("tier") == "fast" or (row.get("response") or row.get("request", "")).endswith("-fast"):
        usage.speed = "fast"
    return usage


def with_litellm(row, model=None, provider=None, info=None):
    """What the package says of the call, by whichever of its functions is for such calls; None if it has no price."""
    model = model or row.get("response") or row["request"]
    provider = provider or LITELLM.get(row["provider"], row["provider"])
    tier, host = row.get("tier"), row.get("host", "")
    usage = usage_of(row)
    # Of Anthropic's speed it hears from the answer.
    arguments = {"service_tier": tier} if tier and not (tier == "fast" and provider == "anthropic") else {}
    if host.endswith(".api.openai.com"):
        arguments["data_residency"] = host.split(".")[0]
    if host.endswith("aiplatform.googleapis.com"):
        arguments["vertex_location"] = host.split("-aiplatform")[0] if "-aiplatform" in host else "global"
    if info:
        arguments["model_info"] = info
    if "at" in row:
        arguments["current_time"] = datetime.fromisoformat(row["at"].replace("Z", "+00:00"))
    try:
        # Adding floats up, as the package does; its error is far below a nano-dollar here.
        if tier == "batch":
            parts = batch_cost_calculator(usage, model, provider)
        elif "milliseconds" in row:
            parts = cost_per_token(
                model=f"{provider}/{model}", custom_llm_provider=provider, usage_object=usage, response_time_ms=row["milliseconds"]
            )
        elif row.get("operation") == "rerank":
            units = {"search_units": 1}
            parts = cost_per_token(
                model=model, custom_llm_provider=provider, usage_object=usage, call_type="rerank", rerank_billed_units=units
            )
        elif provider == "anthropic":
            arguments.pop("vertex_location", None)
            parts = anthropic_cost_per_token(model=model, usage=usage, **arguments)
        else:
            parts = generic_cost_per_token(model=model, usage=usage, custom_llm_provider=provider, **arguments)
    except Exception:
        return None
    return nano(f"{sum(parts):.13f}")


def core(name):
    """What a name and a table's have in common."""
    return name.lower().replace("@", "-").split("/")[-1].split(":")[-1]


def by_other_name(row, table):
    """The table's own name for the model, by which the package says what ours says; nil if there is none."""
    names = [row[role] for role in ("response", "request") if role in row]
    asked = [core(name) for name in names] + [name.lower().replace("@", "-") for name in names]
    slug = LITELLM.get(row["provider"], row["provider"])

    def nearness(key):
        return key != row.get("rule", "").split(":", 1)[-1], not table[key].get("litellm_provider", "").startswith(slug), -len(key)

    for key in sorted(table, key=nearness):
        provider = table[key].get("litellm_provider")
        if provider and any(core(key) in name or key in name for name in asked):
            for slug in dict.fromkeys([provider.split("-")[0].replace("_converse", ""), provider]):
                for name in (key, key.removeprefix(f"{slug}/")):
                    if with_litellm(row, name, slug) == row["nano"]:
                        return key
    return None


def reason(row, theirs, table):
    """Why the package says something else than the row, tried: what would be the same if it were not for that is the same."""
    model = row.get("response") or row["request"]
    if "unpriced" in row:
        known = table.get(model)
        if known is None:
            return "the package knows the name only by its family, and takes that for a price of 0" if theirs == 0 else None
        return "the table prices it by the second, and nothing says how many; the package says 0" if "input_cost_per_second" in known else None
    searches = row["usage"].get("web_searches", 0)
    if searches:
        price = table[row["request"]]["search_context_cost_per_query"]["search_context_size_medium"]
        return "searches are billed beside the tokens by the package" if theirs + searches * nano(str(price)) == row["nano"] else None
    pictures = row["usage"].get("image_cache_read", 0)
    entry = table.get(row.get("request")) or table.get(f"{row['provider']}/{row.get('request')}", {})
    if pictures:
        # It takes what is cached for text, which there is not so much of.
        counts, text, image = row["usage"], entry["input_cost_per_token"], entry["input_cost_per_image_token"]
        rest = counts["input"] - pictures
        new = min(counts["image_input"], rest)
        wrong = pictures * text + new * image + (rest - new) * text
        right = pictures * entry["cache_read_input_image_token_cost"] + (counts["image_input"] - pictures) * image
        right += (counts["input"] - counts["image_input"]) * text
        return "the package takes cached images for cached text" if theirs - nano(f"{wrong - right:.13f}") == row["nano"] else None
    if row.get("tier") == "batch" and with_litellm({key: row[key] for key in row if key != "tier"}) == row["nano"]:
        return "the table has no price for batches: the package halves the ordinary one, ours takes it as it is"
    if hit := entry.get("input_cost_per_token_cache_hit"):
        info = dict(litellm.get_model_info(model=row["request"], custom_llm_provider=row["provider"]))
        again = with_litellm(row, info=info | {"cache_read_input_token_cost": hit})
        return "the package does not read the table's older key input_cost_per_token_cache_hit" if again == row["nano"] else None
    if name := by_other_name(row, table):
        return f"the package does not bring the name to the table's: asked for {name} it says the same"
    return None


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


def reason_of_genai(row, snapshot):
    """The same for the other package: without what stands around the name it says the same."""
    name = (row.get("response") or row["request"]).lower()
    for short in (name.split("/")[-1], name.split("anthropic.")[-1].split("-v1:")[0]):
        for provider in (row["provider"], "anthropic", "google"):
            if with_genai(row | {"request": short, "response": short, "provider": provider}, snapshot) == row["nano"]:
                return f"the package does not bring the name to the table's: asked for {short} it says the same"
    return None


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
            entry["why"] = reason(row, theirs, table) if row["table"] == "litellm" else reason_of_genai(row, snapshot)
            if entry["why"] is None:
                failed += 1
                print("no reason for a difference:", theirs, text, file=sys.stderr)
        lines.append(json.dumps(entry))
    (folder / "packages.jsonl").write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} calls: {equal} equal, {len(lines) - equal} differ, {failed} of them without a reason")
    return 1 if failed else 0


sys.exit(main())
