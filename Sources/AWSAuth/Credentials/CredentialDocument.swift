internal import JSON

/// The JSON in which containers, instances and programs give credentials, or say why they give none.
struct CredentialDocument: Sendable, Redacted {
    private let document: JSONValue

    /// Parses a document; nil for bytes that are not a JSON object.
    init?(parsing bytes: [UInt8]) {
        guard let document = JSONValue(parsing: bytes), case .object = document else { return nil }
        self.document = document
    }

    /// The version of the form, where a program says it.
    var version: Int64? { document["Version"]?.integer }
    /// `Success` where an instance gives credentials; else the name of an error.
    var code: String? { document["Code"]?.text ?? document["code"]?.text }
    private var message: String? { document["Message"]?.text ?? document["message"]?.text }

    /// Returns the credentials.
    ///
    /// - Throws: `unavailable` where a part is missing or wrong; `source` begins the sentence.
    func credentials(from source: String) throws(CredentialError) -> Credentials {
        guard let id = document["AccessKeyId"]?.text else { throw missing("AccessKeyId", source) }
        guard let secret = document["SecretAccessKey"]?.text else { throw missing("SecretAccessKey", source) }
        var end: Timestamp?
        if let expiration = document["Expiration"], expiration != .null {
            end = expiration.text.flatMap { Timestamp(rfc3339: $0) }
            guard end != nil else {
                throw CredentialError(.unavailable, "\(source) gave credentials whose Expiration is not a time")
            }
        }
        return Credentials(
            accessKeyID: id, secretAccessKey: secret,
            sessionToken: document["Token"]?.text ?? document["SessionToken"]?.text, expiration: end)
    }

    private func missing(_ member: String, _ source: String) -> CredentialError {
        CredentialError(.unavailable, "\(source) gave a document without \(member)")
    }

    /// Returns why there are no credentials, as the document says it.
    func reason(hiding secrets: [String]) -> String? {
        let texts = [code, message].compactMap { $0 }
        return texts.isEmpty ? nil : texts.joined(separator: ": ").quotable(hiding: secrets)
    }
}

extension ServiceExchange.Answer {
    /// Returns why the service gave no credentials: what its document says, or its status.
    func reason(hiding secrets: [String] = []) -> String {
        CredentialDocument(parsing: body)?.reason(hiding: secrets) ?? "status \(status)"
    }
}
