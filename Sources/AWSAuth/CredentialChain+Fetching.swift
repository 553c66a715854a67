extension CredentialChain {
    /// Carries out a plan.
    func credentials(_ plan: CredentialPlan) async throws(CredentialError) -> Credentials {
        switch plan {
        case .keys(let keys): return keys
        case .role(let role, let source, let location):
            let keys = try await credentials(source)
            let service = try securityTokenService(for: role)
            do throws(CredentialError) {
                return try await service.assumeRole(role, with: keys)
            } catch {
                throw error.located(at: location)
            }
        case .webIdentity(let role, let file, let location):
            // Read each time: who issues tokens writes a new one before the old one ends.
            let token = try environment.secret(inFile: file, of: "web identity token", at: location)
            let service = try securityTokenService(for: role)
            do throws(CredentialError) {
                return try await service.assumeRole(role, webIdentityToken: token)
            } catch {
                throw error.located(at: location)
            }
        }
    }

    private var exchange: ServiceExchange { ServiceExchange(transport: transport, clock: clock) }

    private func securityTokenService(for role: AssumedRole) throws(CredentialError) -> SecurityTokenService {
        let settings = try AWSSettings(environment: environment, profile: configuration.profile)
        let region = configuration.region ?? settings.region ?? role.defaultRegion
        return SecurityTokenService(
            exchange: exchange, address: try address(of: .sts, region: region, settings), region: region)
    }

    /// Returns where a service answers: where the settings say, or its host in a region.
    private func address(
        of service: AWSService, region: String, _ settings: AWSSettings
    ) throws(CredentialError) -> ServiceAddress {
        if let url = settings.endpoints[service] {
            guard let address = ServiceAddress(parsing: url) else {
                throw CredentialError(.invalid, "the endpoint for \(service.variableSuffix) is not a URL of a server")
            }
            return address
        }
        guard ServiceAddress.isLabel(region) else {
            throw CredentialError(.invalid, "\"\(region.quotable())\" is not the name of a region")
        }
        return ServiceAddress(
            awsHost: service.host(
                region: region, usesFIPS: configuration.usesFIPS ?? settings.usesFIPS,
                usesDualstack: configuration.usesDualstack ?? settings.usesDualstack))
    }
}

extension AssumedRole {
    /// The region whose STS is asked where none is configured: a role exists in one partition only.
    fileprivate var defaultRegion: String {
        switch arn.split(separator: ":", omittingEmptySubsequences: false).dropFirst().first {
        case "aws-cn": "cn-north-1"
        case "aws-us-gov": "us-gov-west-1"
        default: "us-east-1"
        }
    }
}

extension AWSEnvironment {
    /// Returns what a file holds, without white space around it.
    ///
    /// - Throws: `invalid` where there is no such file, or nothing in it.
    func secret(
        inFile path: String, of name: String, at location: CredentialError.Location?
    ) throws(CredentialError) -> String {
        switch readFile(path) {
        case .missing: throw CredentialError(.invalid, "the \(name) file \(path) does not exist", at: location)
        case .unreadable(let reason):
            throw CredentialError(.invalid, "the \(name) file \(path) cannot be read: \(reason)", at: location)
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self)?.trimmingLines(), !text.isEmpty else {
                throw CredentialError(.invalid, "the \(name) file \(path) holds no text", at: location)
            }
            return text
        }
    }
}

extension String {
    fileprivate func trimmingLines() -> String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        guard let first = unicodeScalars.firstIndex(where: { !isSpace($0) }),
            let last = unicodeScalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}
