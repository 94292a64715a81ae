/// The words in which a destination reads what agents did.
package enum RenderedDialect: String, CaseIterable, Sendable {
    /// The GenAI conventions up to v1.36: `gen_ai.system`, a span event for each message.
    case genAI1 = "gen_ai_1"
    /// The conventions of v1.37 to v1.41, which is what the log holds.
    case genAI2 = "gen_ai_2"
    /// The conventions after they moved to a home of their own.
    case genAI3 = "gen_ai_3"
    case openInference = "openinference"
    case openLLMetry = "openllmetry"
    case langfuse
    case mlflow
    case langsmith

    /// What writes it.
    var renderer: any Renderer.Type {
        switch self {
        case .genAI1: GenAI1Rendering.self
        case .genAI2: GenAI2Rendering.self
        case .genAI3: GenAI3Rendering.self
        case .openInference: OpenInferenceRendering.self
        case .openLLMetry: OpenLLMetryRendering.self
        case .langfuse: LangfuseRendering.self
        case .mlflow: MLflowRendering.self
        case .langsmith: LangSmithRendering.self
        }
    }
}

/// How canonical telemetry becomes one dialect's.
///
/// What the dialect has a word for is said in it and goes from under its canonical key, unless the destination reads that too. What it has
/// no word for stays, and an attribute that already has one of the dialect's keys is never overwritten.
protocol Renderer: Sendable {
    /// Says what changes in a span.
    static func render(_ span: inout ItemRendering)

    /// Says what changes in a log record.
    static func render(record: inout ItemRendering)
}

extension Renderer {
    static func render(record: inout ItemRendering) {}
}
