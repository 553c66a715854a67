internal import HTTP

/// Credentials of the container this program runs in: of ECS, of EKS pod identity and of others that offer the same.
///
/// Spec: AWS SDKs reference guide, "Container credential provider".
struct ContainerCredentials: Hashable, Sendable {
    /// How a container proves that it may ask.
    enum Authorization: Hashable, Sendable {
        case none
        case token(SecretText)
        /// The token is read at each request: it is written anew from time to time.
        case file(String)
    }

    let address: ServiceAddress
    let authorization: Authorization

    /// Reads the variables; nil where they name no service.
    ///
    /// The whole address counts more than the path, as in the Go SDK.
    ///
    /// - Throws: `invalid` for an address to which no token may be sent.
    init?(environment: AWSEnvironment) throws(CredentialError) {
        let whole = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
        if let url = environment[whole] {
            guard let address = ServiceAddress(parsing: url) else {
                throw CredentialError(.invalid, "\(whole) is not the URL of a server")
            }
            guard address.isSecure || Self.isTrusted(address.host) else {
                throw CredentialError(
                    .invalid,
                    "\(whole) names the host \(address.host), which may be asked with https only; with http, this "
                        + "machine, 169.254.170.2, 169.254.170.23 and fd00:ec2::23 may")
            }
            self.address = address
        } else if let path = environment[relative] {
            guard path.hasPrefix("/"), let address = ServiceAddress(parsing: "http://169.254.170.2" + path) else {
                throw CredentialError(.invalid, "\(relative) is not a path that starts with /")
            }
            self.address = address
        } else {
            return nil
        }
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            authorization = .file(environment.expandingPath(file))
        } else {
            let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
            authorization = token.map { .token(SecretText($0)) } ?? .none
        }
    }

    /// Whether a host can be nobody but this machine or its container service.
    ///
    /// Not done: names that resolve to this machine; an answer of the DNS may be another one the next time.
    private static func isTrusted(_ host: String) -> Bool {
        if ["localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "::1", "0:0:0:0:0:0:0:1"].contains(host) {
            return true
        }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// Returns fresh credentials.
    ///
    /// - `exchange` is limited to what a service on this machine needs.
    func credentials(
        _ exchange: ServiceExchange, _ environment: AWSEnvironment
    ) async throws(CredentialError) -> Credentials {
        let token = try token(environment)
        var exchange = exchange
        exchange.timeLimit = .seconds(2)
        let answer: ServiceExchange.Answer
        do throws(HTTPError) {
            answer = try await exchange.send {
                address.request(
                    "GET", "",
                    headers: [HTTPHeader("Accept", "application/json")]
                        + (token.map { [HTTPHeader("Authorization", $0)] } ?? []))
            }
        } catch {
            throw CredentialError(.unavailable, "the container's credential service did not answer: \(error.message)")
        }
        guard answer.isSuccess else {
            throw CredentialError(
                answer.isTemporary ? .unavailable : .refused,
                "the container's credential service at \(address.host) gave no credentials: "
                    + answer.reason(hiding: [token ?? ""]))
        }
        guard let document = CredentialDocument(parsing: answer.body) else {
            throw CredentialError(
                .unavailable,
                "the container's credential service at \(address.host) answered with what is not its JSON")
        }
        return try document.credentials(from: "the container's credential service")
    }

    private func token(_ environment: AWSEnvironment) throws(CredentialError) -> String? {
        let token: String
        switch authorization {
        case .none: return nil
        case .token(let text): token = text.text
        case .file(let path):
            guard case .bytes(let bytes) = environment.readFile(path), !bytes.isEmpty else {
                throw CredentialError(.invalid, "the container authorization token file \(path) cannot be read")
            }
            token = String(decoding: bytes, as: UTF8.self)
        }
        // A line break would begin another header.
        guard token.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw CredentialError(.invalid, "the container authorization token has a line break or control character")
        }
        return token
    }
}
