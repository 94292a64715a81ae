/// Prices of common models, so that costs are there on the first day and without a network.
///
/// Written down from published lists (most as LiteLLM gathers them, older ones from memory), in dollars for a million tokens, as of the day
/// that the table names. A file of one's own (`semantics.pricing.file`) goes before it.
package enum BuiltInPrices {
    /// The day.
    package static let date = "2026-11-22"

    package static let table: PriceTable = {
        var table = PriceTable(name: "builtin", date: date)
        PriceLines.read(text, into: &table)
        table.finish()
        return table
    }()

    /// A provider and the names of models that cost the same; indented below, what they cost: in the ordinary tier or the one named, above
    /// so many tokens of input, and by what it is multiplied where or how it is answered.
    private static let text = """
        openai gpt-6.1-sol
          input=2 cache_read=0.1 cache_write=2.5 output=10
          above 272k: input=4 cache_read=0.2 cache_write=5 output=15
          batch: input=1 cache_read=0.05 cache_write=1.25 output=5
          batch above 272k: input=2 cache_read=0.1 cache_write=2.5 output=7.5
          flex: input=1 cache_read=0.05 cache_write=1.25 output=5
          flex above 272k: input=2 cache_read=0.1 cache_write=2.5 output=7.5
          priority: input=4 cache_read=0.2 cache_write=5 output=20
          priority above 272k: input=8 cache_read=0.4 cache_write=10 output=30
          us*1.1 eu*1.1
        openai gpt-6.1-terra
          input=1 cache_read=0.05 cache_write=1.25 output=5
          above 272k: input=2 cache_read=0.1 cache_write=2.5 output=7.5
          batch: input=0.5 cache_read=0.025 cache_write=0.625 output=2.5
          batch above 272k: input=1 cache_read=0.05 cache_write=1.25 output=3.75
          flex: input=0.5 cache_read=0.025 cache_write=0.625 output=2.5
          flex above 272k: input=1 cache_read=0.05 cache_write=1.25 output=3.75
          priority: input=2 cache_read=0.1 cache_write=2.5 output=10
          priority above 272k: input=4 cache_read=0.2 cache_write=5 output=15
          us*1.1 eu*1.1
        openai gpt-6-astra
          input=10 cache_read=1 cache_write=12.5 output=50
          above 272k: input=20 cache_read=2 cache_write=25 output=75
          batch: input=5 cache_read=0.5 cache_write=6.25 output=25
          batch above 272k: input=10 cache_read=1 cache_write=12.5 output=37.5
          flex: input=5 cache_read=0.5 cache_write=6.25 output=25
          flex above 272k: input=10 cache_read=1 cache_write=12.5 output=37.5
          priority: input=20 cache_read=2 cache_write=25 output=100
          priority above 272k: input=40 cache_read=4 cache_write=50 output=150
          us*1.1 eu*1.1
        openai gpt-6-sol
          input=2 cache_read=0.2 cache_write=2.5 output=10
          above 272k: input=4 cache_read=0.4 cache_write=5 output=15
          batch: input=1 cache_read=0.1 cache_write=1.25 output=5
          batch above 272k: input=2 cache_read=0.2 cache_write=2.5 output=7.5
          flex: input=1 cache_read=0.1 cache_write=1.25 output=5
          flex above 272k: input=2 cache_read=0.2 cache_write=2.5 output=7.5
          priority: input=4 cache_read=0.4 cache_write=5 output=20
          priority above 272k: input=8 cache_read=0.8 cache_write=10 output=30
          us*1.1 eu*1.1
        openai gpt-6-luna
          input=0.1 cache_read=0.01 cache_write=0.125 output=0.5
          above 272k: input=0.2 cache_read=0.02 cache_write=0.25 output=0.75
          batch: input=0.05 cache_read=0.005 cache_write=0.0625 output=0.25
          batch above 272k: input=0.1 cache_read=0.01 cache_write=0.125 output=0.375
          flex: input=0.05 cache_read=0.005 cache_write=0.0625 output=0.25
          flex above 272k: input=0.1 cache_read=0.01 cache_write=0.125 output=0.375
          priority: input=0.2 cache_read=0.02 cache_write=0.25 output=1
          priority above 272k: input=0.4 cache_read=0.04 cache_write=0.5 output=1.5
          us*1.1 eu*1.1
        openai gpt-5.6-sol gpt-5.6
          input=4 cache_read=0.4 cache_write=5 output=20
          above 272k: input=8 cache_read=0.8 cache_write=10 output=30
          batch: input=2 cache_read=0.2 cache_write=2.5 output=10
          batch above 272k: input=4 cache_read=0.4 cache_write=5 output=15
          flex: input=2 cache_read=0.2 cache_write=2.5 output=10
          flex above 272k: input=4 cache_read=0.4 cache_write=5 output=15
          priority: input=8 cache_read=0.8 cache_write=10 output=40
          priority above 272k: input=16 cache_read=1.6 cache_write=20 output=60
          us*1.1 eu*1.1
        openai gpt-5.6-terra
          input=2 cache_read=0.2 cache_write=2.5 output=12
          above 272k: input=4 cache_read=0.4 cache_write=5 output=18
          batch: input=1 cache_read=0.1 cache_write=1.25 output=6
          batch above 272k: input=2 cache_read=0.2 cache_write=2.5 output=9
          flex: input=1 cache_read=0.1 cache_write=1.25 output=6
          flex above 272k: input=2 cache_read=0.2 cache_write=2.5 output=9
          priority: input=4 cache_read=0.4 cache_write=5 output=24
          priority above 272k: input=8 cache_read=0.8 cache_write=10 output=36
          us*1.1 eu*1.1
        openai gpt-5.6-luna
          input=0.2 cache_read=0.02 cache_write=0.25 output=1.2
          above 272k: input=0.4 cache_read=0.04 cache_write=0.5 output=1.8
          batch: input=0.1 cache_read=0.01 cache_write=0.125 output=0.6
          batch above 272k: input=0.2 cache_read=0.02 cache_write=0.25 output=0.9
          flex: input=0.1 cache_read=0.01 cache_write=0.125 output=0.6
          flex above 272k: input=0.2 cache_read=0.02 cache_write=0.25 output=0.9
          priority: input=0.4 cache_read=0.04 cache_write=0.5 output=2.4
          priority above 272k: input=0.8 cache_read=0.08 cache_write=1 output=3.6
          us*1.1 eu*1.1
        openai gpt-5.5
          input=5 cache_read=0.5 output=30
          above 272k: input=10 cache_read=1 output=45
          batch: input=2.5 cache_read=0.25 output=15
          batch above 272k: input=5 cache_read=0.5 output=22.5
          flex: input=2.5 cache_read=0.25 output=15
          flex above 272k: input=5 cache_read=0.5 output=22.5
          priority: input=12.5 cache_read=1.25 output=75
          us*1.1 eu*1.1
        openai gpt-5.5-pro
          input=30 output=180
          above 272k: input=60 output=270
          batch: input=15 output=90
          batch above 272k: input=30 output=135
          flex: input=15 output=90
          us*1.1 eu*1.1
        openai gpt-5.4
          input=2.5 cache_read=0.25 output=15
          above 272k: input=5 cache_read=0.5 output=22.5
          batch: input=1.25 cache_read=0.13 output=7.5
          batch above 272k: input=2.5 cache_read=0.25 output=11.25
          flex: input=1.25 cache_read=0.13 output=7.5
          flex above 272k: input=2.5 cache_read=0.25 output=11.25
          priority: input=5 cache_read=0.5 output=30
          us*1.1 eu*1.1
        openai gpt-5.4-mini
          input=0.75 cache_read=0.075 output=4.5
          batch: input=0.375 cache_read=0.0375 output=2.25
          flex: input=0.375 cache_read=0.0375 output=2.25
          priority: input=1.5 cache_read=0.15 output=9
          us*1.1 eu*1.1
        openai gpt-5.4-nano
          input=0.2 cache_read=0.02 output=1.25
          batch: input=0.1 cache_read=0.01 output=0.625
          flex: input=0.1 cache_read=0.01 output=0.625
          us*1.1 eu*1.1
        openai gpt-5.4-pro
          input=30 output=180
          above 272k: input=60 output=270
          batch: input=15 output=90
          batch above 272k: input=30 output=135
          flex: input=15 output=90
          flex above 272k: input=30 output=135
          us*1.1 eu*1.1
        openai gpt-5.3-codex
          input=1.75 cache_read=0.175 output=14
          priority: input=3.5 cache_read=0.35 output=28
        openai gpt-5.2
          input=1.75 cache_read=0.175 output=14
          batch: input=0.875 cache_read=0.0875 output=7
          flex: input=0.875 cache_read=0.0875 output=7
          priority: input=3.5 cache_read=0.35 output=28
        openai gpt-5.2-codex
          input=1.75 cache_read=0.175 output=14
        openai gpt-5.2-pro
          input=21 output=168
          batch: input=10.5 output=84
        openai gpt-5.1 gpt-5
          input=1.25 cache_read=0.125 output=10
          batch: input=0.625 cache_read=0.0625 output=5
          flex: input=0.625 cache_read=0.0625 output=5
          priority: input=2.5 cache_read=0.25 output=20
        openai gpt-5.1-codex gpt-5.1-codex-max gpt-5-codex
          input=1.25 cache_read=0.125 output=10
        openai gpt-5.1-codex-mini
          input=0.25 cache_read=0.025 output=2
        openai gpt-5-mini
          input=0.25 cache_read=0.025 output=2
          batch: input=0.125 cache_read=0.0125 output=1
          flex: input=0.125 cache_read=0.0125 output=1
          priority: input=0.45 cache_read=0.045 output=3.6
        openai gpt-5-nano
          input=0.05 cache_read=0.005 output=0.4
          batch: input=0.025 cache_read=0.0025 output=0.2
          flex: input=0.025 cache_read=0.0025 output=0.2
        openai gpt-5-pro
          input=15 output=120
          batch: input=7.5 output=60
        openai gpt-4.1
          input=2 cache_read=0.5 output=8
          batch: input=1 output=4
          priority: input=3.5 cache_read=0.875 output=14
        openai gpt-4.1-mini
          input=0.4 cache_read=0.1 output=1.6
          batch: input=0.2 output=0.8
          priority: input=0.7 cache_read=0.175 output=2.8
        openai gpt-4.1-nano
          input=0.1 cache_read=0.025 output=0.4
          batch: input=0.05 output=0.2
          priority: input=0.2 cache_read=0.05 output=0.8
        openai gpt-4o
          input=2.5 cache_read=1.25 output=10
          batch: input=1.25 output=5
          priority: input=4.25 cache_read=2.125 output=17
        openai gpt-4o-2024-05-13
          input=5 output=15
          batch: input=2.5 output=7.5
          priority: input=8.75 output=26.25
        openai gpt-4o-mini
          input=0.15 cache_read=0.075 output=0.6
          batch: input=0.075 output=0.3
          priority: input=0.25 cache_read=0.125 output=1
        openai gpt-4-turbo
          input=10 output=30
        openai gpt-4
          input=30 output=60
        openai gpt-3.5-turbo
          input=0.5 output=1.5
        openai o1
          input=15 cache_read=7.5 output=60
          batch: input=7.5 output=30
        openai o1-pro
          input=150 output=600
          batch: input=75 output=300
        openai o3
          input=2 cache_read=0.5 output=8
          batch: input=1 output=4
          flex: input=1 cache_read=0.25 output=4
          priority: input=3.5 cache_read=0.875 output=14
        openai o3-mini
          input=1.1 cache_read=0.55 output=4.4
          batch: input=0.55 output=2.2
        openai o3-pro
          input=20 output=80
          batch: input=10 output=40
        openai o4-mini
          input=1.1 cache_read=0.275 output=4.4
          batch: input=0.55 output=2.2
          flex: input=0.55 cache_read=0.138 output=2.2
          priority: input=2 cache_read=0.5 output=8
        openai gpt-audio
          input=2.5 output=10 audio_input=32 audio_output=64
        openai gpt-audio-mini
          input=0.6 output=2.4 audio_input=10 audio_output=20
        openai text-embedding-3-small
          input=0.02
          batch: input=0.01
        openai text-embedding-3-large
          input=0.13
          batch: input=0.065
        openai text-embedding-ada-002
          input=0.1
        openai ft:gpt-4o-2024-08-06
          input=3.75 cache_read=1.875 output=15
          batch: input=2.225 cache_read=0.9 output=12.5
        openai ft:gpt-4o-mini-2024-07-18
          input=0.3 cache_read=0.15 output=1.2
          batch: input=0.15 cache_read=0.075 output=0.6
        openai ft:gpt-4.1-2025-04-14
          input=3 cache_read=0.75 output=12
          batch: input=1.5 cache_read=0.5 output=6
        openai ft:gpt-4.1-mini-2025-04-14
          input=0.8 cache_read=0.2 output=3.2
          batch: input=0.4 cache_read=0.1 output=1.6
        openai ft:gpt-4.1-nano-2025-04-14
          input=0.2 cache_read=0.05 output=0.8
          batch: input=0.1 cache_read=0.025 output=0.4
        anthropic claude-fable-5-1
          input=10 cache_read=0.25 cache_write=12.5 cache_write_1h=20 output=50
          batch: input=5 cache_read=0.125 cache_write=6.25 cache_write_1h=10 output=25
          us*1.1
        anthropic claude-fable-5
          input=10 cache_read=1 cache_write=12.5 cache_write_1h=20 output=50
          batch: input=5 cache_read=0.5 cache_write=6.25 cache_write_1h=10 output=25
          us*1.1
        anthropic claude-opus-5-5
          input=4 cache_read=0.2 cache_write=5 cache_write_1h=8 output=20
          batch: input=2 cache_read=0.1 cache_write=2.5 cache_write_1h=4 output=10
          us*1.1 fast*2
        anthropic claude-opus-5 claude-opus-4-8
          input=5 cache_read=0.5 cache_write=6.25 cache_write_1h=10 output=25
          batch: input=2.5 cache_read=0.25 cache_write=3.125 cache_write_1h=5 output=12.5
          us*1.1 fast*2
        anthropic claude-opus-4-7 claude-opus-4-6
          input=5 cache_read=0.5 cache_write=6.25 cache_write_1h=10 output=25
          batch: input=2.5 cache_read=0.25 cache_write=3.125 cache_write_1h=5 output=12.5
          us*1.1
        anthropic claude-opus-4-5
          input=5 cache_read=0.5 cache_write=6.25 cache_write_1h=10 output=25
          batch: input=2.5 cache_read=0.25 cache_write=3.125 cache_write_1h=5 output=12.5
        anthropic claude-sonnet-5-5
          input=2 cache_read=0.1 cache_write=2.5 cache_write_1h=4 output=10
          batch: input=1 cache_read=0.05 cache_write=1.25 cache_write_1h=2 output=5
          us*1.1
        anthropic claude-sonnet-5
          input=2 cache_read=0.2 cache_write=2.5 cache_write_1h=4 output=10
          batch: input=1 cache_read=0.1 cache_write=1.25 cache_write_1h=2 output=5
          us*1.1
        anthropic claude-sonnet-4-6
          input=3 cache_read=0.3 cache_write=3.75 cache_write_1h=6 output=15
          batch: input=1.5 cache_read=0.15 cache_write=1.875 cache_write_1h=3 output=7.5
          us*1.1
        anthropic claude-sonnet-4-5 claude-3-7-sonnet claude-3-5-sonnet
          input=3 cache_read=0.3 cache_write=3.75 cache_write_1h=6 output=15
          batch: input=1.5 cache_read=0.15 cache_write=1.875 cache_write_1h=3 output=7.5
        anthropic claude-haiku-5-5
          input=0.1 cache_read=0.01 cache_write=0.125 cache_write_1h=0.2 output=0.5
          above 100k: input=0.5 cache_read=0.05 cache_write=0.625 cache_write_1h=1 output=2.5
          batch: input=0.05 cache_read=0.005 cache_write=0.0625 cache_write_1h=0.1 output=0.25
          batch above 100k: input=0.25 cache_read=0.025 cache_write=0.3125 cache_write_1h=0.5 output=1.25
          us*1.1
        anthropic claude-haiku-4-5
          input=1 cache_read=0.1 cache_write=1.25 cache_write_1h=2 output=5
          batch: input=0.5 cache_read=0.05 cache_write=0.625 cache_write_1h=1 output=2.5
        anthropic claude-opus-4-1 claude-opus-4 claude-opus-4-0
          input=15 cache_read=1.5 cache_write=18.75 cache_write_1h=30 output=75
          batch: input=7.5 cache_read=0.75 cache_write=9.375 cache_write_1h=15 output=37.5
        anthropic claude-sonnet-4 claude-sonnet-4-0
          input=3 cache_read=0.3 cache_write=3.75 cache_write_1h=6 output=15
          above 200k: input=6 cache_read=0.6 cache_write=7.5 cache_write_1h=12 output=22.5
          batch: input=1.5 cache_read=0.15 cache_write=1.875 cache_write_1h=3 output=7.5
        anthropic claude-3-5-haiku
          input=0.8 cache_read=0.08 cache_write=1 cache_write_1h=1.6 output=4
          batch: input=0.4 cache_read=0.04 cache_write=0.5 cache_write_1h=0.8 output=2
        anthropic claude-3-haiku
          input=0.25 cache_read=0.03 cache_write=0.3 cache_write_1h=0.5 output=1.25
          batch: input=0.125 output=0.625
        anthropic claude-3-opus
          input=15 cache_read=1.5 cache_write=18.75 cache_write_1h=30 output=75
          batch: input=7.5 output=37.5
        gemini gemini-4-argon
          input=2 cache_read=0.1 output=10
          batch: input=1 cache_read=0.05 output=5
          flex: input=1 cache_read=0.05 output=5
          priority: input=3.6 cache_read=0.18 output=18
        gemini gemini-3.8-flash gemini-3.7-flash gemini-3.6-flash
          input=0.75 cache_read=0.075 output=3.75
          batch: input=0.375 cache_read=0.0375 output=1.875
          flex: input=0.375 cache_read=0.0375 output=1.875
          priority: input=1.35 cache_read=0.135 output=6.75
        gemini gemini-3.5-flash
          input=1.5 cache_read=0.15 output=9
          batch: input=0.75 cache_read=0.075 output=4.5
          flex: input=0.75 cache_read=0.08 output=4.5
          priority: input=2.7 cache_read=0.27 output=16.2
        gemini gemini-3.5-flash-lite
          input=0.3 cache_read=0.03 output=2.5
          batch: input=0.15 cache_read=0.02 output=1.25
          flex: input=0.15 cache_read=0.02 output=1.25
          priority: input=0.54 cache_read=0.05 output=4.5
        gemini gemini-3.1-pro-preview
          input=2 cache_read=0.2 output=12
          above 200k: input=4 cache_read=0.4 output=18
          batch: input=1 cache_read=0.2 output=6
          batch above 200k: input=2 cache_read=0.4 output=9
          flex: input=1 cache_read=0.2 output=6
          priority: input=3.6 cache_read=0.36 output=21.6
          priority above 200k: input=7.2 cache_read=0.72 output=32.4
        gemini gemini-3.1-flash-lite
          input=0.25 cache_read=0.025 output=1.5 audio_input=0.5 audio_cache_read=0.05
          batch: input=0.125 cache_read=0.0125 output=0.75 audio_input=0.25 audio_cache_read=0.025
          flex: input=0.125 cache_read=0.0125 output=0.75 audio_input=0.25 audio_cache_read=0.025
          priority: input=0.45 cache_read=0.045 output=2.7 audio_input=0.9 audio_cache_read=0.09
        gemini gemini-3-flash-preview
          input=0.5 cache_read=0.05 output=3 audio_input=1 audio_cache_read=0.1
          batch: input=0.25 cache_read=0.05 output=1.5 audio_input=0.5 audio_cache_read=0.1
          flex: input=0.25 cache_read=0.05 output=1.5 audio_input=0.5 audio_cache_read=0.1
          priority: input=0.9 cache_read=0.09 output=5.4 audio_input=1.8 audio_cache_read=0.18
        gemini gemini-2.5-pro
          input=1.25 cache_read=0.125 output=10
          above 200k: input=2.5 cache_read=0.25 output=15
          batch: input=0.625 cache_read=0.125 output=5
          batch above 200k: input=1.25 cache_read=0.25 output=7.5
          flex: input=0.625 cache_read=0.125 output=5
          priority: input=2.25 cache_read=0.225 output=18
          priority above 200k: input=4.5 cache_read=0.45 output=27
        gemini gemini-2.5-flash
          input=0.3 cache_read=0.03 output=2.5 audio_input=1 audio_cache_read=0.1
          batch: input=0.15 cache_read=0.03 output=1.25 audio_input=0.5 audio_cache_read=0.1
          flex: input=0.15 cache_read=0.03 output=1.25 audio_input=0.5 audio_cache_read=0.1
          priority: input=0.54 cache_read=0.054 output=4.5 audio_input=1.8 audio_cache_read=0.18
        gemini gemini-2.5-flash-lite
          input=0.1 cache_read=0.01 output=0.4 audio_input=0.3 audio_cache_read=0.03
          batch: input=0.05 cache_read=0.01 output=0.2 audio_input=0.15 audio_cache_read=0.03
          flex: input=0.05 cache_read=0.01 output=0.2 audio_input=0.15 audio_cache_read=0.03
          priority: input=0.18 cache_read=0.018 output=0.72 audio_input=0.54 audio_cache_read=0.054
        gemini gemini-embedding-001
          input=0.15
          batch: input=0.075
        gemini gemini-2.0-flash
          input=0.1 cache_read=0.025 output=0.4 audio_input=0.7
          batch: input=0.05 output=0.2
        gemini gemini-2.0-flash-lite
          input=0.075 output=0.3
          batch: input=0.0375 output=0.15
        mistral mistral-large-4
          input=1.36 cache_read=0.14 output=4.18
        mistral mistral-large-latest
          input=0.5 cache_read=0.05 output=1.5
        mistral mistral-medium-latest magistral-medium-latest
          input=1.5 cache_read=0.15 output=7.5
        mistral mistral-small-latest
          input=0.15 cache_read=0.015 output=0.6
        mistral codestral-latest
          input=0.3 cache_read=0.03 output=0.9
        mistral devstral-latest
          input=0.4 cache_read=0.04 output=2
        mistral mistral-embed
          input=0.1
        deepseek deepseek-v4-pro
          input=1.32 cache_read=0.044 output=3.96
        deepseek deepseek-v4-flash
          input=0.3 cache_read=0.006 output=1.2
        deepseek deepseek-chat deepseek-reasoner
          input=0.28 cache_read=0.028 output=0.42
        xai grok-4.7
          input=2 cache_read=0.5 output=6
          above 200k: input=4 cache_read=1 output=12
          batch: input=1.6 cache_read=0.4 output=4.8
          batch above 200k: input=3.2 cache_read=0.8 output=9.6
        xai grok-4.6
          input=2 cache_read=0.5 output=6
          above 200k: input=4 cache_read=1 output=12
        xai grok-4.5
          input=2 cache_read=0.3 output=6
          above 200k: input=4 cache_read=0.6 output=12
        xai grok-4.3 grok-4.20
          input=1.25 cache_read=0.2 output=2.5
          above 200k: input=2.5 cache_read=0.4 output=5
          batch: input=1 cache_read=0.16 output=2
          batch above 200k: input=2 cache_read=0.32 output=4
        cohere command-a-03-2025 command-r-plus-08-2024
          input=2.5 output=10
        cohere command-r-08-2024
          input=0.15 output=0.6
        cohere command-r7b-12-2024
          input=0.0375 output=0.15
        groq openai/gpt-oss-120b
          input=0.15 cache_read=0.075 output=0.6
        groq openai/gpt-oss-20b
          input=0.075 cache_read=0.0375 output=0.3
        perplexity sonar
          input=1 output=1
        perplexity sonar-pro
          input=3 output=15
        perplexity sonar-reasoning-pro
          input=2 output=8
        moonshot kimi-k3
          input=3 cache_read=0.3 cache_write=3 cache_write_1h=6 output=15
        moonshot kimi-k2.6
          input=0.95 cache_read=0.16 output=4
        """
}
