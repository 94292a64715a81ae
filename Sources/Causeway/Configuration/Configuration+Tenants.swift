// Keeping tenants apart.
extension Configuration {
    /// How telemetry is told apart by whose it is. With nothing here all of it is the default tenant's: nobody may choose unasked.
    public struct Tenants: Equatable, Sendable {
        /// What says whose a request is, the first that says something; none by default.
        public var from: [Source] = []
        /// Which token stands for whom, ordered by tenant.
        public var tokens: [Token] = []

        /// Nobody chooses.
        public init() {}

        init(from: [Source], tokens: [Token] = []) {
            self.from = from
            self.tokens = tokens
        }

        /// What may say whose a request is.
        public enum Source: String, CaseIterable, Sendable {
            /// `Authorization: Bearer TOKEN`, by `tokens`.
            case token
            /// `X-Causeway-Tenant: NAME`.
            case header
            /// The resource attribute `tenant.id`; one request may hold several tenants' telemetry.
            case resource
        }

        /// A sender's token.
        public struct Token: Equatable, Sendable {
            /// The tenant that it stands for.
            public var tenant: String
            /// What the sender shows.
            public var token: Secret

            /// A token and whom it stands for.
            public init(tenant: String, token: Secret) {
                self.tenant = tenant
                self.token = token
            }
        }
    }
}
