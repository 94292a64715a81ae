import CausewayModel
import CausewaySemantics
import Testing

/// What clients of models and tools say when something went wrong, in their own words, and what it was.
struct FailureWordingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var failure: String
        var type: String?
        var message: String
        var operation: String

        init(_ failure: String, _ type: String?, _ message: String, of operation: String = "chat") {
            (self.failure, self.type, self.message, self.operation) = (failure, type, message, operation)
        }

        var testDescription: String { "\(failure): \(type ?? "") \(message)" }
    }

    private static let rows: [Row] = [
        Row(
            "model.rate_limited",
            "openai.RateLimitError",
            "Error code: 429 - {'error': {'message': 'Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.', 'type': 'tokens', 'param': None, 'code': 'rat"
        ),
        Row(
            "model.quota_exceeded",
            "openai.RateLimitError",
            "Error code: 429 - {'error': {'message': 'You exceeded your current quota', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}"
        ),
        Row(
            "model.auth",
            "openai.AuthenticationError",
            "Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-…. ', 'type': 'invalid_request_error', 'param': None, 'code': 'invalid_api_key'}}"
        ),
        Row(
            "model.context_overflow",
            "openai.BadRequestError",
            #"Error code: 400 - {'error': {'message': "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.", 'type': 'invalid_request_error', 'param': 'messages', 'code': 'context_length_excee"#
        ),
        Row("model.context_overflow", "context_length_exceeded", ""),
        Row(
            "guardrail.content_safety",
            "openai.BadRequestError",
            #"Error code: 400 - {'error': {'message': "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", 'code': 'content_filter', 'status': 400, 'innererror': {'code': 'ResponsibleAIPolicyViolat"#
        ),
        Row(
            "model.invalid_request",
            "openai.NotFoundError",
            "Error code: 404 - {'error': {'message': 'The model `gpt-9` does not exist or you do not have access to it.', 'type': 'invalid_request_error', 'param': None, 'code': 'model_not_found'}}"
        ),
        Row("model.timeout", "openai.APITimeoutError", "Request timed out."),
        Row("model.network", "openai.APIConnectionError", "Connection error."),
        Row(
            "model.provider_error",
            "openai.InternalServerError",
            "Error code: 500 - {'error': {'message': 'The server had an error while processing your request.', 'type': 'server_error', 'param': None, 'code': None}}"
        ),
        Row(
            "model.overloaded",
            "openai.InternalServerError",
            "Error code: 503 - {'error': {'message': 'The engine is currently overloaded, please try again later', 'type': 'server_error'}}"
        ),
        Row(
            "model.auth",
            "openai.PermissionDeniedError",
            "Error code: 403 - {'error': {'code': 'unsupported_country_region_territory', 'message': 'Country, region, or territory not supported', 'type': 'request_forbidden'}}"
        ),
        Row("model.invalid_request", "openai.UnprocessableEntityError", "Error code: 422 - {'detail': 'x'}"),
        Row(
            "model.cut_off",
            "openai.LengthFinishReasonError",
            "Could not parse response content as the length limit was reached - CompletionUsage(...)"
        ),
        Row(
            "guardrail.content_safety",
            "openai.ContentFilterFinishReasonError",
            "Could not parse response content as the request was rejected by the content filter"
        ),
        Row("model.rate_limited", "429", "429 Rate limit reached for gpt-4o in organization org-x on requests per min (RPM): Limit 3"),
        Row("model.quota_exceeded", "429", "429 You exceeded your current quota, please check your plan and billing details."),
        Row("model.context_overflow", "400", "400 This model's maximum context length is 8192 tokens."),
        Row(
            "model.auth",
            "Error",
            "401 Incorrect API key provided: sk-…. You can find your API key at https://platform.openai.com/account/api-keys."
        ),
        Row("model.invalid_request", "Error", "400 Invalid schema for function 'x': In context=(), 'required' is required"),
        Row(
            "model.overloaded",
            "anthropic.APIStatusError",
            "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}"
        ),
        Row(
            "model.overloaded",
            "anthropic._exceptions.OverloadedError",
            "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}"
        ),
        Row("model.overloaded", "Error", #"529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#),
        Row(
            "model.rate_limited",
            "anthropic.RateLimitError",
            #"Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error', 'message': 'This request would exceed your organization\'s rate limit of 50,000 input tokens per minute.'}}"#
        ),
        Row(
            "model.context_overflow",
            "anthropic.BadRequestError",
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'prompt is too long: 210000 tokens > 200000 maximum'}}"
        ),
        Row(
            "model.quota_exceeded",
            "anthropic.BadRequestError",
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.'}}"
        ),
        Row(
            "model.context_overflow",
            "anthropic.BadRequestError",
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again'}}"
        ),
        Row(
            "model.auth",
            "anthropic.AuthenticationError",
            "Error code: 401 - {'type': 'error', 'error': {'type': 'authentication_error', 'message': 'invalid x-api-key'}}"
        ),
        Row(
            "model.provider_error",
            "anthropic.InternalServerError",
            "Error code: 500 - {'type': 'error', 'error': {'type': 'api_error', 'message': 'Internal server error'}}"
        ),
        Row(
            "model.invalid_request",
            "anthropic.RequestTooLargeError",
            "Error code: 413 - {'type': 'error', 'error': {'type': 'request_too_large', 'message': 'Request exceeds the maximum size'}}"
        ),
        Row(
            "model.invalid_request",
            "anthropic.BadRequestError",
            "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1'}}"
        ),
        Row(
            "model.rate_limited",
            "google.genai.errors.ClientError",
            "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'Resource exhausted. Please try again later.', 'status': 'RESOURCE_EXHAUSTED'}}"
        ),
        Row(
            "model.quota_exceeded",
            "google.genai.errors.ClientError",
            "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_req"
        ),
        Row(
            "model.overloaded",
            "google.genai.errors.ServerError",
            "503 UNAVAILABLE. {'error': {'code': 503, 'message': 'The model is overloaded. Please try again later.', 'status': 'UNAVAILABLE'}}"
        ),
        Row(
            "model.auth",
            "google.genai.errors.ClientError",
            "400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'API key not valid. Please pass a valid API key.', 'status': 'INVALID_ARGUMENT', 'details': [{'reason': 'API_KEY_INVALID'}]}}"
        ),
        Row(
            "model.context_overflow",
            "google.genai.errors.ClientError",
            "400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', 'status': 'INVALID_ARGUMENT'}}"
        ),
        Row("model.timeout", "google.api_core.exceptions.DeadlineExceeded", "504 Deadline Exceeded"),
        Row(
            "model.rate_limited",
            "google.api_core.exceptions.ResourceExhausted",
            "429 Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model with base model: gemini-1.5-pro."
        ),
        Row(
            "model.auth",
            "google.api_core.exceptions.PermissionDenied",
            "403 Permission 'aiplatform.endpoints.predict' denied on resource"
        ),
        Row(
            "model.overloaded",
            "GoogleGenerativeAIFetchError",
            "[GoogleGenerativeAI Error]: Error fetching from https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent: [503 Service Unavailable] The model is overloaded. Please try again later."
        ),
        Row(
            "model.rate_limited",
            "botocore.errorfactory.ThrottlingException",
            "An error occurred (ThrottlingException) when calling the Converse operation (reached max retries: 4): Too many requests, please wait before trying again."
        ),
        Row(
            "model.rate_limited",
            "botocore.exceptions.ClientError",
            "An error occurred (ThrottlingException) when calling the InvokeModel operation: Too many tokens, please wait before trying again."
        ),
        Row(
            "model.context_overflow",
            "botocore.errorfactory.ValidationException",
            "An error occurred (ValidationException) when calling the Converse operation: The model returned the following errors: Input is too long for requested model."
        ),
        Row(
            "model.invalid_request",
            "botocore.errorfactory.ValidationException",
            "An error occurred (ValidationException) when calling the Converse operation: The provided model identifier is invalid."
        ),
        Row(
            "model.auth",
            "botocore.errorfactory.AccessDeniedException",
            "An error occurred (AccessDeniedException) when calling the Converse operation: You don't have access to the model with the specified model ID."
        ),
        Row(
            "model.timeout",
            "botocore.errorfactory.ModelTimeoutException",
            "An error occurred (ModelTimeoutException) when calling the InvokeModel operation: Model processing timed out"
        ),
        Row(
            "model.overloaded",
            "botocore.errorfactory.ModelNotReadyException",
            "An error occurred (ModelNotReadyException) when calling the Converse operation: The model is not ready for inference."
        ),
        Row(
            "model.overloaded",
            "botocore.errorfactory.ServiceUnavailableException",
            "An error occurred (ServiceUnavailableException) when calling the Converse operation: Bedrock is unable to process your request."
        ),
        Row(
            "model.provider_error",
            "botocore.errorfactory.ModelErrorException",
            "An error occurred (ModelErrorException) when calling the InvokeModel operation: The system encountered an unexpected error during processing."
        ),
        Row(
            "model.quota_exceeded",
            "botocore.errorfactory.ServiceQuotaExceededException",
            "An error occurred (ServiceQuotaExceededException) when calling the Converse operation: Your request exceeds the service quota for your account."
        ),
        Row(
            "model.auth",
            "botocore.exceptions.ClientError",
            "An error occurred (ExpiredTokenException) when calling the Converse operation: The security token included in the request is expired"
        ),
        Row("model.auth", "botocore.exceptions.NoCredentialsError", "Unable to locate credentials"),
        Row(
            "model.timeout",
            "botocore.exceptions.ReadTimeoutError",
            #"Read timeout on endpoint URL: "https://bedrock-runtime.us-east-1.amazonaws.com/model/x/converse""#
        ),
        Row(
            "model.network",
            "botocore.exceptions.EndpointConnectionError",
            #"Could not connect to the endpoint URL: "https://bedrock-runtime.us-east-1.amazonaws.com/""#
        ),
        Row(
            "model.rate_limited",
            "RateLimitReached",
            "(429) Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds."
        ),
        Row(
            "model.auth",
            "azure.core.exceptions.ClientAuthenticationError",
            "(401) Access denied due to invalid subscription key or wrong API endpoint."
        ),
        Row(
            "guardrail.content_safety",
            "azure.core.exceptions.HttpResponseError",
            "(content_filter) The response was filtered due to the prompt triggering Microsoft's content management policy. Code: content_filter"
        ),
        Row(
            "model.network",
            "azure.core.exceptions.ServiceRequestError",
            "<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 'x.inference.ai.azure.com' ([Errno -2] Name or service not known)"
        ),
        Row(
            "model.invalid_request",
            "openai.NotFoundError",
            "Error code: 404 - {'error': {'code': 'DeploymentNotFound', 'message': 'The API deployment for this resource does not exist.'}}"
        ),
        Row(
            "model.rate_limited",
            "mistralai.models.sdkerror.SDKError",
            #"API error occurred: Status 429. Body: {"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","param":null,"code":"3505"}"#
        ),
        Row("model.auth", "mistralai.models.sdkerror.SDKError", #"API error occurred: Status 401. Body: {"detail":"Unauthorized"}"#),
        Row(
            "model.context_overflow",
            "mistralai.models.sdkerror.SDKError",
            #"API error occurred: Status 400. Body: {"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_prompt"}"#
        ),
        Row(
            "model.invalid_request",
            "mistralai.models.httpvalidationerror.HTTPValidationError",
            #"{"detail":[{"loc":["body","messages"],"msg":"field required"}]}"#
        ),
        Row(
            "model.overloaded",
            "mistralai.models.sdkerror.SDKError",
            "API error occurred: Status 503. Body: upstream connect error or disconnect/reset before headers"
        ),
        Row(
            "model.rate_limited",
            "cohere.errors.too_many_requests_error.TooManyRequestsError",
            "headers: {'retry-after': '60'}, status_code: 429, body: {'message': 'You are using a Trial key, which is limited to 10 API calls / minute.'}"
        ),
        Row("model.auth", "cohere.errors.unauthorized_error.UnauthorizedError", "status_code: 401, body: {'message': 'invalid api token'}"),
        Row(
            "model.context_overflow",
            "cohere.errors.bad_request_error.BadRequestError",
            "status_code: 400, body: {'message': 'too many tokens: total number of tokens in the prompt cannot exceed 4081'}"
        ),
        Row("model.rate_limited", "cohere.core.api_error.ApiError", "status_code: 429, body: None"),
        Row("model.network", "httpx.ConnectError", "[Errno 111] Connection refused"),
        Row(
            "model.network",
            "ConnectionError",
            "Failed to connect to Ollama. Please check that Ollama is downloaded, running and accessible. https://ollama.com/download"
        ),
        Row("model.invalid_request", "ollama._types.ResponseError", "model 'llama9' not found (status code: 404)"),
        Row("model.provider_error", "ollama._types.ResponseError", "llama runner process has terminated: exit status 2 (status code: 500)"),
        Row(
            "model.invalid_request",
            "ollama._types.ResponseError",
            "registry.ollama.ai/library/gemma:2b does not support tools (status code: 400)"
        ),
        Row("model.rate_limited", "AI_APICallError", "Rate limit reached for gpt-4o"),
        Row("model.rate_limited", "AI_RetryError", "Failed after 3 attempts. Last error: Rate limit reached for gpt-4o in organization"),
        Row("model.schema_violation", "AI_NoObjectGeneratedError", "No object generated: response did not match schema."),
        Row("model.schema_violation", "AI_TypeValidationError", "Type validation failed: Value: {}. Error message: [..]"),
        Row(
            "model.auth",
            "AI_LoadAPIKeyError",
            "OpenAI API key is missing. Pass it using the 'apiKey' parameter or the OPENAI_API_KEY environment variable."
        ),
        Row("orchestration.cancelled", "AbortError", "This operation was aborted"),
        Row("model.network", "ConnectionAbortedError", "[Errno 103] Software caused connection abort"),
        Row("model.network", "TypeError", "fetch failed"),
        Row("model.network", "Error", "getaddrinfo ENOTFOUND api.openai.com"),
        Row("model.network", "Error", "connect ECONNREFUSED 127.0.0.1:11434"),
        Row("model.network", "Error", "read ECONNRESET"),
        Row("model.network", "httpx.RemoteProtocolError", "Server disconnected without sending a response."),
        Row("model.network", "ssl.SSLError", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"),
        Row("model.timeout", "httpx.ReadTimeout", ""),
        Row("model.timeout", "asyncio.exceptions.TimeoutError", ""),
        Row("model.timeout", "timeout", "Request timed out after 60000ms"),
        Row("orchestration.cancelled", "asyncio.exceptions.CancelledError", ""),
        Row(
            "model.rate_limited",
            "System.ClientModel.ClientResultException",
            #"HTTP 429 (tokens: rate_limit_exceeded)\#n\#nRate limit reached for gpt-4o"#
        ),
        Row(
            "model.quota_exceeded",
            "System.ClientModel.ClientResultException",
            #"HTTP 429 (insufficient_quota: insufficient_quota)\#n\#nYou exceeded your current quota"#
        ),
        Row(
            "model.auth",
            "System.ClientModel.ClientResultException",
            #"HTTP 401 (invalid_request_error: invalid_api_key)\#n\#nIncorrect API key provided"#
        ),
        Row(
            "guardrail.content_safety",
            "System.ClientModel.ClientResultException",
            #"HTTP 400 (content_filter)\#n\#nThe response was filtered"#
        ),
        Row("orchestration.cancelled", "System.Threading.Tasks.TaskCanceledException", "A task was canceled."),
        Row(
            "model.timeout",
            "System.Threading.Tasks.TaskCanceledException",
            "The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing."
        ),
        Row(
            "model.rate_limited",
            "org.springframework.ai.retry.NonTransientAiException",
            #"HTTP 429 - { "error": { "message": "Rate limit reached" } }"#
        ),
        Row(
            "model.auth",
            "org.springframework.ai.retry.NonTransientAiException",
            #"401 - {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}"#
        ),
        Row("model.provider_error", "org.springframework.ai.retry.TransientAiException", #"500 - {"error":{"message":"server error"}}"#),
        Row(
            "model.network",
            "org.springframework.web.client.ResourceAccessException",
            #"I/O error on POST request for "https://api.openai.com/v1/chat/completions": Connection refused"#
        ),
        Row("model.rate_limited", "dev.langchain4j.exception.RateLimitException", #"{"error":...}"#),
        Row("model.provider_error", "dev.langchain4j.exception.InternalServerException", ""),
        Row(
            "model.context_overflow",
            "litellm.exceptions.ContextWindowExceededError",
            "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - This model's maximum context length is 4097 tokens"
        ),
        Row("guardrail.content_safety", "litellm.exceptions.ContentPolicyViolationError", "litellm.ContentPolicyViolationError: x"),
        Row(
            "model.rate_limited",
            "litellm.exceptions.RateLimitError",
            #"litellm.RateLimitError: AnthropicException - {"type":"error","error":{"type":"rate_limit_error"}}"#
        ),
        Row(
            "guardrail.budget_exceeded",
            "litellm.exceptions.BudgetExceededError",
            "Budget has been exceeded! Current cost: 10.5, Max budget: 10.0"
        ),
        Row("model.overloaded", "litellm.ServiceUnavailableError", "litellm.ServiceUnavailableError: AnthropicException - Overloaded"),
        Row(
            "model.auth",
            "litellm.exceptions.AuthenticationError",
            "litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect API key"
        ),
        Row("model.timeout", "litellm.exceptions.Timeout", "litellm.Timeout: APITimeoutError - Request timed out."),
        Row(
            "model.rate_limited",
            "*openai.APIError",
            "error, status code: 429, status: 429 Too Many Requests, message: Rate limit reached"
        ),
        Row("model.timeout", "context.deadlineExceededError", "context deadline exceeded"),
        Row("orchestration.cancelled", "*errors.errorString", "context canceled"),
        Row("tool.auth", "requests.exceptions.HTTPError", "401 Client Error: Unauthorized for url: https://x", of: "execute_tool"),
        Row("tool.not_found", "requests.exceptions.HTTPError", "404 Client Error: Not Found for url: https://x", of: "execute_tool"),
        Row("tool.rate_limited", "httpx.HTTPStatusError", "Client error '429 Too Many Requests' for url 'https://x'", of: "execute_tool"),
        Row(
            "tool.server_error",
            "httpx.HTTPStatusError",
            #"Server error '503 Service Unavailable' for url 'https://x'\#nFor more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/503"#,
            of: "execute_tool"
        ),
        Row(
            "tool.timeout",
            "requests.exceptions.ReadTimeout",
            "HTTPSConnectionPool(host='x', port=443): Read timed out. (read timeout=5)",
            of: "execute_tool"
        ),
        Row(
            "tool.network",
            "requests.exceptions.ConnectionError",
            "HTTPSConnectionPool(host='x', port=443): Max retries exceeded with url: / (Caused by NewConnectionError)",
            of: "execute_tool"
        ),
        Row("tool.exception", "ZeroDivisionError", "division by zero", of: "execute_tool"),
        Row("tool.exception", "ValueError", "no such city", of: "execute_tool"),
        Row(
            "tool.invalid_request",
            "pydantic_core._pydantic_core.ValidationError",
            #"1 validation error for Args\#ncity\#n  Field required [type=missing]"#,
            of: "execute_tool"
        ),
        Row("tool.not_found", "FileNotFoundError", "[Errno 2] No such file or directory: 'x'", of: "execute_tool"),
        Row("tool.auth", "PermissionError", "[Errno 13] Permission denied: '/x'", of: "execute_tool"),
        Row(
            "tool.constraint_violation",
            "psycopg2.errors.UniqueViolation",
            #"duplicate key value violates unique constraint "users_pkey""#,
            of: "execute_tool"
        ),
        Row(
            "tool.constraint_violation",
            "sqlalchemy.exc.IntegrityError",
            "(sqlite3.IntegrityError) UNIQUE constraint failed: users.id",
            of: "execute_tool"
        ),
        Row("tool.timeout", "TimeoutError", "Timeout 30000ms exceeded.", of: "execute_tool"),
        Row("tool.reported_error", "tool_error", "the shop is closed", of: "execute_tool"),
        Row("tool.not_found", "-32602", "Unknown tool: serch", of: "execute_tool"),
        Row("tool.invalid_request", "json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)", of: "execute_tool"),
        Row("tool.server_error", "AxiosError", "Request failed with status code 502", of: "execute_tool"),
        Row("tool.not_found", "AxiosError", "Request failed with status code 404", of: "execute_tool"),
        Row(
            "tool.network",
            "grpc._channel._InactiveRpcError",
            #"<_InactiveRpcError of RPC that terminated with: status = StatusCode.UNAVAILABLE details = "failed to connect to all addresses">"#,
            of: "execute_tool"
        ),
    ]

    @Test(arguments: rows)
    func `what a client says tells what failed`(row: Row) {
        var attributes = [Attribute("gen_ai.operation.name", .string(row.operation)), Attribute("gen_ai.tool.name", "t")]
        var events: [EventRecord] = []
        if let type = row.type {
            let name = type.split(separator: ".").last.map { String($0) } ?? type
            attributes.append(Attribute("error.type", .string(type.hasPrefix("-") ? type : name)))
            events.append(
                EventRecord(
                    name: "exception",
                    timeNanoseconds: 5,
                    attributes: [Attribute("exception.type", .string(type)), Attribute("exception.message", .string(row.message))]
                )
            )
        }
        let item = UnderstoodItem("work", attributes, events: events, status: StatusRecord(.error, message: row.message))
        #expect(item.failure == row.failure)
    }

    @Test(
        arguments: [
            (#"{"error":{"code":404,"message":"no such city"}}"#, true), (#"{"error":"no","status":404,"results":[]}"#, true),
            (#"{"success":false,"message":"card refused"}"#, true), (#"{"ok":false,"reason":"closed","data":null}"#, true),
            (#"{"output":{"content":"Error: no","type":"tool","tool_call_id":"c","status":"error"}}"#, true),
            ("content='no such city' name='t' tool_call_id='c' status='error'", true),
            ("content='fine' name='t' tool_call_id='c' status='success'", false), (#"{"error":null,"temperature":21}"#, false),
            (#"{"error":"","rows":[1]}"#, false), (#"{"success":false}"#, false),
            (#"{"status":"failed","build":12}"#, false), (#"{"error":"rate missing for one day","rates":[1.1]}"#, false),
            (#"[{"error":"no"}]"#, false),
        ]
    )
    func `a result that is an error and nothing else is one, though the call went well`(result: String, isFailure: Bool) {
        let item = UnderstoodItem([
            Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", "t"),
            Attribute("gen_ai.tool.call.result", .string(result)),
        ])
        #expect(item.failure == (isFailure ? "tool.reported_error" : nil))
    }
}
