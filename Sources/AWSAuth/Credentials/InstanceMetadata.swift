internal import HTTP

/// Credentials of the role of the EC2 instance this program runs on, by the second version of the metadata service.
///
/// Spec: EC2 user guide, "Use the Instance Metadata Service". Not done: the first version, which anything that can make
/// this machine send a GET request could read.
struct InstanceMetadata: Hashable, Sendable {
    let address: ServiceAddress
    /// Longest time for one request. A machine that is no instance is told by this time.
    let timeLimit: Duration
    /// Most times that a request is sent to a service that answers.
    let attemptCount: Int
    /// Whether somebody says that there is an instance; else a missing service means *not configured here*.
    var isExpected: Bool

    /// Reads the settings; nil where the service is switched off.
    ///
    /// - Throws: `invalid` for a setting that cannot be.
    init?(
        environment: AWSEnvironment, profile: SharedConfig.Profile?, isExpected: Bool = false
    ) throws(CredentialError) {
        if environment.isTrue("AWS_EC2_METADATA_DISABLED") { return nil }
        let settings = MetadataSettings(environment: environment, profile: profile)
        let url = settings.text("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
        if let url {
            guard let address = ServiceAddress(parsing: url.text) else { throw url.fault("the URL of a server") }
            self.address = address
        } else {
            let mode = settings.text("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
            switch mode?.text.lowercased() {
            case nil, "ipv4": address = Self.address(isIPv6: false)
            case "ipv6": address = Self.address(isIPv6: true)
            default: throw mode?.fault("IPv4 or IPv6") ?? CredentialError(.invalid, "")
            }
        }
        timeLimit =
            try settings.number("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", 0.001...3_600)
            .map { .milliseconds(Int($0 * 1_000)) } ?? .seconds(1)
        attemptCount =
            try settings.number(
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", 1...100
            ).map { Int($0) } ?? 3
        self.isExpected = isExpected || url != nil
    }

    private static func address(isIPv6: Bool) -> ServiceAddress {
        ServiceAddress(host: isIPv6 ? "fd00:ec2::254" : "169.254.169.254", isSecure: false)
    }

    /// Returns fresh credentials of the instance's role, which may have ended where AWS has trouble renewing them.
    ///
    /// - Throws: `notConfigured` where no service is there and none is expected, or the instance has no role.
    func credentials(_ exchange: ServiceExchange) async throws(CredentialError) -> Credentials {
        var exchange = exchange
        exchange.timeLimit = timeLimit
        exchange.attemptCount = attemptCount
        // Where packets are dropped, another attempt costs as much time and gets as little.
        exchange.repeatsTimedOut = false
        let token = try await token(exchange)
        let roles = "/latest/meta-data/iam/security-credentials/"
        let listing = try await get(roles, token, exchange)
        let name = String(decoding: listing.body, as: UTF8.self).split(whereSeparator: \.isNewline).first
        guard let name = name.map({ String($0).trimmingSpace() }), !name.isEmpty else { throw noRole }
        let path = PercentEncoding.encode(name.utf8, keeping: .path)
        let answer = try await get(roles + String(decoding: path, as: UTF8.self), token, exchange)
        guard let document = CredentialDocument(parsing: answer.body) else {
            throw CredentialError(.unavailable, "the instance metadata service answered with what is not its JSON")
        }
        if let code = document.code, code != "Success" {
            throw CredentialError(
                .refused,
                "the instance metadata service gave no credentials: \(document.reason(hiding: [token]) ?? code.quotable())"
            )
        }
        return try document.credentials(from: "the instance metadata service")
    }

    private func token(_ exchange: ServiceExchange) async throws(CredentialError) -> String {
        let answer: ServiceExchange.Answer
        do throws(HTTPError) {
            answer = try await exchange.send {
                address.request(
                    "PUT", "/latest/api/token", headers: [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "21600")])
            }
        } catch {
            // Also what a container sees where the instance lets answers travel one hop only.
            throw CredentialError(
                isExpected ? .unavailable : .notConfigured,
                "the instance metadata service did not answer: \(error.message)")
        }
        let token = String(decoding: answer.body, as: UTF8.self).trimmingSpace()
        guard answer.isSuccess, !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            let isAbsent = !isExpected && [403, 404, 405].contains(answer.status)
            throw CredentialError(
                isAbsent ? .notConfigured : answer.isTemporary || answer.isSuccess ? .unavailable : .refused,
                "the instance metadata service at \(address.host) gave no token: "
                    + (answer.isSuccess ? "its answer is none" : "status \(answer.status)"))
        }
        return token
    }

    private func get(
        _ path: String, _ token: String, _ exchange: ServiceExchange
    ) async throws(CredentialError) -> ServiceExchange.Answer {
        let answer: ServiceExchange.Answer
        do throws(HTTPError) {
            answer = try await exchange.send {
                address.request("GET", path, headers: [HTTPHeader("X-aws-ec2-metadata-token", token)])
            }
        } catch {
            throw CredentialError(.unavailable, "the instance metadata service did not answer: \(error.message)")
        }
        if answer.isSuccess { return answer }
        if answer.status == 404 { throw noRole }
        throw CredentialError(
            answer.isTemporary ? .unavailable : .refused,
            "the instance metadata service gave no credentials: \(answer.reason(hiding: [token]))")
    }

    private var noRole: CredentialError {
        CredentialError(isExpected ? .refused : .notConfigured, "this instance has no role")
    }
}

/// Settings that a variable or, without it, a key of the profile has.
private struct MetadataSettings {
    let environment: AWSEnvironment
    let profile: SharedConfig.Profile?

    struct Setting {
        let text: String
        let name: String
        let location: CredentialError.Location?

        func fault(_ expected: String) -> CredentialError {
            CredentialError(.invalid, "\(name) must be \(expected)", at: location)
        }
    }

    func text(_ variable: String, _ key: String) -> Setting? {
        if let text = environment[variable] { return Setting(text: text, name: variable, location: nil) }
        return profile?[key].map { Setting(text: $0, name: key, location: profile?.location(of: key)) }
    }

    func number(
        _ variable: String, _ key: String, _ range: ClosedRange<Double>
    ) throws(CredentialError) -> Double? {
        guard let setting = text(variable, key) else { return nil }
        guard let value = Double(setting.text), range.contains(value) else {
            throw setting.fault("a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
