/// The keys that requests are signed with.
public struct Credentials: Hashable, Sendable {
    /// Names the keys; sent with every request.
    public let accessKeyID: String
    /// The secret that signs; never sent.
    public let secretAccessKey: String
    /// Sent with every request where the keys are temporary.
    public let sessionToken: String?
    /// When the keys stop working; nil where they stay valid.
    public let expiration: Timestamp?

    /// Creates credentials.
    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What may be shown: neither key nor token.
    public var description: String {
        "Credentials(\(sessionToken == nil ? "long-lived" : "temporary"), redacted)"
    }

    /// What may be shown: neither key nor token.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows neither key nor token.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

extension Credentials {
    /// Returns a text in which every occurrence of these keys and the token is replaced.
    ///
    /// For text that comes from a server: some answer with the request they received.
    public func redacting(_ text: String) -> String {
        text.hiding(secrets)
    }
}

extension Credentials {
    /// What no text may show.
    var secrets: [String] { [secretAccessKey, sessionToken ?? "", accessKeyID] }
}

/// Where credentials come from.
public protocol CredentialSource: Sendable {
    /// Returns credentials that are valid now.
    func credentials() async throws(CredentialError) -> Credentials

    /// Says that a service refused these credentials as expired, so that the next call returns fresh ones.
    func invalidate(_ credentials: Credentials) async
}

extension CredentialSource {
    /// Does nothing: the source has no other credentials to offer.
    public func invalidate(_ credentials: Credentials) async {}
}

extension Credentials: CredentialSource {
    /// Returns itself: keys that were given as they are.
    public func credentials() async throws(CredentialError) -> Credentials { self }
}
