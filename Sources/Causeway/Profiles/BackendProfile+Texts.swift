// Made from profiles/*.yaml by `make generate`; never edited.

extension BackendProfile {
    /// The files of all profiles, by name.
    static let texts: [String: String] = [
        "arize": #"""
        title: Arize AX
        endpoint: https://otlp.arize.com
        credentials:
          space_id: Space settings
          api_key: Space settings, API keys
        requires: [space_id, api_key, project]
        headers:
          arize-space-id: "{space_id}"
          arize-api-key: "{api_key}"
        # Without it: refused.
        resource:
          openinference.project.name: "{project}"
        settings:
          signals: [traces]
          compression: gzip
          dialect: openinference
          limits: { request: 4MiB }
        shows:
          - what Phoenix shows
        lacks:
          - metrics and logs
        """#,
        "braintrust": #"""
        title: Braintrust
        endpoint: https://api.braintrust.dev
        base: /otel
        credentials:
          api_key: Settings, API keys
        requires: [api_key, project]
        headers:
          authorization: Bearer {api_key}
          # Whose spans these are. An experiment's: write the header yourself, with experiment_id:ID.
          x-bt-parent: "project_name:{project}"
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          signals: [traces]
          compression: gzip
          dialect: gen_ai_2
          # 10 MB, then 413.
          limits: { request: 9MiB }
        shows:
          - spans with messages, tokens, tools; agents by their operation
        lacks:
          - metrics; logs, which its pages do not agree about, are not sent
        """#,
        "datadog": #"""
        title: Datadog LLM Observability
        endpoint: https://otlp.datadoghq.com
        credentials:
          api_key: Organization settings, API keys
        requires: [api_key]
        headers:
          dd-api-key: "{api_key}"
          dd-otlp-source: llmobs
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          signals: [traces]
          compression: gzip
          dialect: gen_ai_2
          limits: { request: 4MiB }
        shows:
          - spans with the attributes of v1.37 and later, after three to five minutes
          - the application, which is the service of the root span
        lacks:
          - "metrics and logs at this address: they have intakes of their own"
          - evaluations, which go by its REST interface
          - anything on its sites us2 and gov, which have no such intake
        """#,
        "dynatrace": #"""
        title: Dynatrace
        endpoint: https://abc12345.live.dynatrace.com
        base: /api/v2/otlp
        credentials:
          token: an access token with openTelemetryTrace.ingest, metrics.ingest and logs.ingest
        requires: [token]
        headers:
          authorization: Api-Token {token}
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          compression: gzip
          dialect: gen_ai_2
          limits: { request: 8000000B }
          # Spans that ended longer ago are refused.
          max_item_age: 60m
          # What older boards look for.
          copy_attributes:
            gen_ai.usage.input_tokens: gen_ai.usage.prompt_tokens
            gen_ai.usage.output_tokens: gen_ai.usage.completion_tokens
          temporality: delta
        shows:
          - tiles of AI observability, from spans and from the conventions' metrics
        lacks:
          - "what a spool held for more than an hour: it is filtered here, on the books as age"
        """#,
        "grafana_cloud": #"""
        title: Grafana Cloud
        endpoint: https://otlp-gateway-prod-eu-west-2.grafana.net
        base: /otlp
        credentials:
          instance_id: the number of the stack's OTLP endpoint
          token: an access policy's token with traces:write, metrics:write and logs:write
        requires: [instance_id, token]
        headers:
          authorization: Basic {basic instance_id token}
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          compression: gzip
          dialect: gen_ai_2
          limits: { request: 4MiB, attribute: 2000B }
          # What the older boards for models look for.
          copy_attributes:
            causeway.cost.total: gen_ai.usage.cost
            deployment.environment.name: gen_ai.environment
          temporality: cumulative
        shows:
          - traces in Tempo, metrics in Mimir, logs in Loki; conversations in its view for agents
        lacks:
          - content longer than 2 KB
        """#,
        "honeycomb": #"""
        title: Honeycomb
        endpoint: https://api.honeycomb.io
        credentials:
          api_key: Environment settings, API keys
        requires: [api_key]
        headers:
          x-honeycomb-team: "{api_key}"
          # The dataset of metrics; traces and logs go by service.name.
          x-honeycomb-dataset: "{project}"
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          compression: gzip
          dialect: gen_ai_2
          # It cuts a text at 64 KB, and JSON with it.
          limits: { request: 4MiB, attribute: 60KiB }
        shows:
          - the agent timeline; the conversation stands on every span, those that are no agent's too
        lacks:
          - content longer than 64 KB
        """#,
        "jaeger": #"""
        title: Jaeger
        endpoint: http://jaeger.example:4318
        settings:
          signals: [traces]
          compression: gzip
          dialect: gen_ai_2
          limits: { request: 4MiB }
        shows:
          - spans with all attributes; messages as JSON
        lacks:
          - a view for agents
          - metrics and logs
        """#,
        "langfuse": #"""
        title: Langfuse
        endpoint: https://cloud.langfuse.com
        base: /api/public/otel
        credentials:
          public_key: Project settings, API keys; begins with pk-lf-
          secret_key: shown once when the key is made; begins with sk-lf-
        requires: [public_key, secret_key]
        headers:
          authorization: Basic {basic public_key secret_key}
          # Into the real-time path; without it minutes pass before a trace is seen.
          x-langfuse-ingestion-version: "4"
        settings:
          # Metrics are taken and thrown away, logs are not taken.
          signals: [traces]
          compression: gzip
          dialect: langfuse
          # It warns above 16 MB.
          limits: { request: 15MiB }
        shows:
          - every observation with its type, input, output and model; tokens and cost in buckets that do not overlap, never twice
          - sessions, users, environments, time to first token, links to versions of prompts
          - level and message of what went wrong; outcome, code of the failure and number of the try in the metadata
        lacks:
          - metrics and logs
          - mistakes while it reads a span, which its answer does not tell
        """#,
        "langsmith": #"""
        title: LangSmith
        endpoint: https://api.smith.langchain.com
        base: /otel
        credentials:
          api_key: Settings, API keys
        requires: [api_key]
        headers:
          x-api-key: "{api_key}"
          Langsmith-Project: "{project}"
        settings:
          signals: [traces]
          compression: gzip
          dialect: langsmith
          # It hides runs whose parent never comes.
          synthetic_roots: true
          limits: { request: 15MiB }
        shows:
          - runs with their type, whole inputs and outputs, tokens with cache and reasoning, threads
          - outcome, code of the failure and number of the try in the metadata; a run that died, as one that failed
        lacks:
          - agents and guardrails as such; they are chains
          - metrics and logs
        """#,
        "mlflow": #"""
        title: MLflow
        endpoint: http://127.0.0.1:5000
        credentials:
          token: of Databricks, or of whatever guards the server
        requires: [project]
        headers:
          authorization: Bearer {token}
          # The id of an experiment, a number. Without it: 422.
          x-mlflow-experiment-id: "{project}"
        settings:
          signals: [traces]
          compression: gzip
          dialect: mlflow
          # Without a root its page shows a trace as being in progress for ever.
          synthetic_roots: true
          limits: { request: 4MiB }
        tested: 3.17.2
        shows:
          - the type of every span, inputs and outputs as a chat, tools that were offered, documents
          - token counts and cost exactly as they are, for spans and for the trace; session and user of the trace
          - "its outcome and the code of its failure as tags; retries and fallbacks as events"
        lacks:
          - metrics and logs
          - the other traces of a request that one bad trace spoils are stored already; sent again they are the same
        """#,
        "newrelic": #"""
        title: New Relic
        endpoint: https://otlp.nr-data.net
        credentials:
          license_key: API keys, of type license
        requires: [license_key]
        headers:
          api-key: "{license_key}"
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          compression: gzip
          dialect: gen_ai_2
          # 10^6 bytes a request and 4095 characters a text, or it is refused after it was answered with 200.
          limits: { request: 1000000B, attribute: 4000B }
          batch: { max_bytes: 900000B }
          temporality: delta
          histograms: exponential
        shows:
          - AI monitoring with prompt, completion, model, latency and tokens, where the account has it on
        lacks:
          - texts of more than 4095 characters
          - what it refused, which its answer does not tell; look for NrIntegrationError there
        """#,
        "opik": #"""
        title: Opik
        endpoint: https://www.comet.com/opik/api
        base: /v1/private/otel
        credentials:
          api_key: Account settings; not needed for one that you run yourself
          workspace: the name of the workspace
        headers:
          # The bare key, without a scheme before it.
          authorization: "{api_key}"
          Comet-Workspace: "{workspace}"
          projectName: "{project}"
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          signals: [traces]
          compression: gzip
          dialect: gen_ai_2
          limits: { request: 4MiB }
          # What it has no rule for lands among the inputs of a span; details of tokens that are no JSON cost the whole request (400).
          omit_attributes:
            - causeway.
            - code.
            - http.
            - network.
            - server.
            - thread.
            - url.
            - gen_ai.usage.input_token_details
            - gen_ai.usage.output_token_details
          # Who runs the model, for servers that do not know the newer name yet; and the cost, among the metadata.
          copy_attributes:
            gen_ai.provider.name: gen_ai.system
            causeway.cost.total: gen_ai.cost.total
        shows:
          - spans with inputs, outputs, tokens, threads; the cost among the metadata
        lacks:
          - retries and outcomes, which are attributes that it would take for inputs
          - metrics and logs
        """#,
        "phoenix": #"""
        title: Arize Phoenix
        endpoint: http://127.0.0.1:6006
        credentials:
          api_key: Settings, API keys; only where authentication is on
        headers:
          authorization: Bearer {api_key}
          x-project-name: "{project}"
        settings:
          # It has no endpoint for anything but spans.
          signals: [traces]
          # Any parameter on the content type, any encoding but gzip and deflate: 415.
          compression: gzip
          # Its own conversion of the conventions' attributes came late (15.10), knows no plan, workflow or memory, and drops a whole list of
          # messages for one part that it does not like.
          dialect: openinference
          limits: { request: 4MiB }
        tested: 20.26.1
        shows:
          - the kind of every span, inputs and outputs, messages with calls of tools, documents with scores
          - token counts with cached and reasoning tokens, its own prices, sessions and users
          - "outcome, code of the failure and number of the try in the metadata, by which its pages search; retries and fallbacks as events"
        lacks:
          - cost that was reported; it prices by its own table
          - tokens of embeddings in its sums; they stand on the span
          - metrics and logs
        """#,
        "signoz": #"""
        title: SigNoz
        endpoint: https://ingest.eu.signoz.cloud:443
        credentials:
          ingestion_key: Settings, Ingestion; not needed for one that you run yourself
        headers:
          signoz-ingestion-key: "{ingestion_key}"
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          compression: gzip
          dialect: gen_ai_2
          limits: { request: 4MiB }
          # Its panel for the time to the first token reads this name.
          copy_attributes:
            gen_ai.response.time_to_first_chunk: gen_ai.server.ttft
        shows:
          - its panels for models, tools and agents; time to the first token
        lacks:
          - tokens under names of newer conventions
        """#,
        "tempo": #"""
        title: Grafana Tempo
        endpoint: http://tempo.example:4318
        headers:
          X-Scope-OrgID: "{project}"
        settings:
          signals: [traces]
          compression: gzip
          dialect: gen_ai_2
          # It cuts at 2048 bytes unless max_attribute_bytes is raised there, and JSON with it.
          limits: { request: 4MiB, attribute: 2000B }
        shows:
          - spans with all attributes; a tenant's own with projects
        lacks:
          - content longer than 2 KB; raise max_attribute_bytes there and limits.attribute here
        """#,
        "traceloop": #"""
        title: Traceloop
        endpoint: https://api.traceloop.com
        credentials:
          api_key: Settings, API keys
        requires: [api_key]
        headers:
          authorization: Bearer {api_key}
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          signals: [traces]
          compression: gzip
          dialect: openllmetry
          limits: { request: 4MiB }
        shows:
          - workflows, tasks, tools and agents by its own names, sessions and users as association properties
        lacks:
          - metrics and logs
        """#,
        "weave": #"""
        title: W&B Weave
        endpoint: https://trace.wandb.ai
        base: /agents/otel
        credentials:
          api_key: User settings, API keys
        requires: [api_key, project]
        headers:
          wandb-api-key: "{api_key}"
          # TEAM/PROJECT. Spans without one are dropped.
          project_id: "{project}"
        # Whoever adds up tokens over its spans is to count each call once.
        adds_up: true
        settings:
          signals: [traces]
          compression: gzip
          dialect: gen_ai_2
          limits: { request: 4MiB }
        shows:
          - "the agents' view: conversations and agents; write endpoint: https://trace.wandb.ai/otel for the view of calls"
        lacks:
          - "spans that are none of the conventions' operations: they are stored and not shown"
          - metrics and logs
        """#,
    ]
}
