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
        case .sso(let signIn, let location):
            do throws(CredentialError) {
                return try await credentials(signIn)
            } catch {
                throw error.located(at: location)
            }
        case .login(let session, let location):
            do throws(CredentialError) {
                return try await credentials(session)
            } catch {
                throw error.located(at: location)
            }
        case .process(let process, let location):
            do throws(CredentialError) {
                return try await process.credentials(environment)
            } catch {
                throw error.located(at: location)
            }
        case .container(let container): return try await container.credentials(exchange, environment)
        case .instance(let instance):
            do throws(CredentialError) {
                return instanceMemory.keep(try await instance.credentials(exchange), clock)
            } catch {
                if let kept = instanceMemory.credentials(clock) { return kept }
                throw error.kind == .notConfigured ? notConfigured(error.message) : error
            }
        }
    }

    /// Returns the credentials of somebody who signed in; the token is renewed where that is due and possible.
    private func credentials(_ signIn: SSOSignIn) async throws(CredentialError) -> Credentials {
        let path = signIn.tokenPath(environment)
        guard let bytes = tokenFiles.read(path, environment) else {
            throw signIn.signInNeeded("there is no SSO token in \(path)")
        }
        guard var token = SSOToken(parsing: bytes) else {
            throw signIn.signInNeeded("\(path) does not hold an SSO token")
        }
        let settings = try AWSSettings(environment: environment, profile: configuration.profile)
        if signIn.sessionName != nil, token.isEnding(at: clock.now()) {
            let address = try address(of: .ssoOIDC, region: signIn.region, settings)
            do throws(CredentialError) {
                if let renewed = try await token.renewed(exchange, at: address) {
                    token = renewed
                    tokenFiles.replace(path, with: token.fileBytes, environment)
                }
            } catch {
                // While the old token is good, that it could not be renewed does not matter.
                if token.isOver(at: clock.now()) { throw signIn.signInNeeded(error.message) }
            }
        }
        if token.isOver(at: clock.now()) { throw signIn.signInNeeded("the SSO token has ended") }
        return try await signIn.credentials(
            token.accessToken, exchange, at: try address(of: .sso, region: signIn.region, settings))
    }

    var exchange: ServiceExchange { ServiceExchange(transport: transport, clock: clock) }

    private func securityTokenService(for role: AssumedRole) throws(CredentialError) -> SecurityTokenService {
        let settings = try AWSSettings(environment: environment, profile: configuration.profile)
        let region = AWSPartition.region(named: configuration.region ?? settings.region ?? role.defaultRegion)
        return SecurityTokenService(
            exchange: exchange, address: try address(of: .sts, region: region, settings), region: region)
    }

    /// Returns where a service answers: where the settings say, or its host in a region.
    func address(
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
            host: service.host(
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
