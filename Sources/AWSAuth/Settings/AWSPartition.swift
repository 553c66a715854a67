/// A part of AWS that shares no names with another: its name and the domain of its hosts.
///
/// Spec: `partitions.json` of the AWS SDKs.
public struct AWSPartition: Hashable, Sendable {
    /// The name, as in an ARN.
    public let name: String
    /// The end of every host.
    public let domain: String
    /// The end of the hosts that have an IPv6 address as well, of services other than S3.
    let dualstackDomain: String
    /// The end of the hosts at which people sign in, of which browsers know others than programs do.
    let signInDomain: String

    /// Returns the partition of a region: that with the region's first letters, else the largest.
    ///
    /// A region not known yet belongs where its name says, such as `us-gov-north-1`.
    public init(region: String) {
        let prefixed = Self.prefixed.first { prefix, _ in
            // `us-iso-`, a word, `-` and a number.
            guard region.hasPrefix(prefix) else { return false }
            let rest = region.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
            return rest.count == 2 && !rest[0].isEmpty && Int(rest[1]) != nil
        }
        self = prefixed?.1 ?? AWSPartition("aws", "amazonaws.com", "api.aws", "aws.amazon.com")
    }

    /// Returns the region that a name stands for: `aws-global`, by which the AWS SDKs know hosts of no region, is the
    /// region that those hosts are in.
    public static func region(named name: String) -> String { name == "aws-global" ? "us-east-1" : name }

    private init(_ name: String, _ domain: String, _ dualstackDomain: String, _ signInDomain: String) {
        self.name = name
        self.domain = domain
        self.dualstackDomain = dualstackDomain
        self.signInDomain = signInDomain
    }

    private static let prefixed = [
        ("cn-", AWSPartition("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "amazonaws.cn")),
        ("us-gov-", AWSPartition("aws-us-gov", "amazonaws.com", "api.aws", "amazonaws-us-gov.com")),
        ("us-iso-", AWSPartition("aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "c2shome.ic.gov")),
        ("us-isob-", AWSPartition("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "sc2shome.sgov.gov")),
        ("eu-isoe-", AWSPartition("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "csphome.adc-e.uk")),
        ("us-isof-", AWSPartition("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "csphome.hci.ic.gov")),
        ("eusc-de-", AWSPartition("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "amazonaws-eusc.eu")),
    ]

    /// Whether the partition has hosts with FIPS 140 cryptography, and hosts for transfer acceleration.
    public var hasFIPSAndAcceleration: Bool { name != "aws-cn" }
}
