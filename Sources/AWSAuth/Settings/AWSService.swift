/// A service of AWS that this program speaks with.
enum AWSService: CaseIterable, Hashable, Sendable {
    case s3
    /// Gives credentials for roles.
    case sts
    /// Gives credentials for people who signed in at an organisation's start page.
    case sso
    /// Renews the tokens of such people.
    case ssoOIDC
    /// Renews the sessions of people who signed in with `aws login`.
    case signIn

    /// What follows `AWS_ENDPOINT_URL_` in the variable for this service.
    var variableSuffix: String {
        switch self {
        case .s3: "S3"
        case .sts: "STS"
        case .sso: "SSO"
        case .ssoOIDC: "SSO_OIDC"
        case .signIn: "SIGNIN"
        }
    }

    /// The key of this service in a `services` section.
    var sectionKey: String { variableSuffix.lowercased() }

    /// The first labels of the service's hosts.
    private var prefix: String {
        switch self {
        case .s3: "s3"
        case .sts: "sts"
        case .sso: "portal.sso"
        case .ssoOIDC: "oidc"
        case .signIn: "signin"
        }
    }

    /// Returns the service's host in a region.
    ///
    /// Spec: the endpoint rule sets of the services.
    func host(region: String, usesFIPS: Bool, usesDualstack: Bool) -> String {
        let partition = AWSPartition(region: region)
        if usesDualstack { return "\(prefix)\(usesFIPS ? "-fips" : "").\(region).\(partition.dualstackDomain)" }
        let isGovernment = partition.name == "aws-us-gov"
        if self == .signIn, !usesFIPS || isGovernment {
            let host = "\(prefix)\(usesFIPS ? "-fips" : "").\(partition.signInDomain)"
            return usesFIPS && region == "us-gov-west-1" ? host : "\(region).\(host)"
        }
        // All hosts of the government's regions have that cryptography, and no others for it.
        return "\(prefix)\(usesFIPS && !isGovernment ? "-fips" : "").\(region).\(partition.domain)"
    }
}
