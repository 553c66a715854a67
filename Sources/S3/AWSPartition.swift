/// A part of AWS that shares no names with another: its name and the domain of its hosts.
///
/// Spec: `partitions.json` of the AWS SDKs.
struct AWSPartition: Hashable {
    /// The name, as in an ARN.
    let name: String
    /// The end of every host.
    let domain: String

    /// Returns the partition of a region: that with the region's first letters, else the largest.
    ///
    /// A region not known yet belongs where its name says, such as `us-gov-north-1`.
    init(region: String) {
        let prefixed = Self.prefixed.first { prefix, _ in
            // `us-iso-`, a word, `-` and a number.
            guard region.hasPrefix(prefix) else { return false }
            let rest = region.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
            return rest.count == 2 && !rest[0].isEmpty && Int(rest[1]) != nil
        }
        self = prefixed?.1 ?? AWSPartition(name: "aws", domain: "amazonaws.com")
    }

    private init(name: String, domain: String) {
        self.name = name
        self.domain = domain
    }

    private static let prefixed = [
        ("cn-", AWSPartition(name: "aws-cn", domain: "amazonaws.com.cn")),
        ("us-gov-", AWSPartition(name: "aws-us-gov", domain: "amazonaws.com")),
        ("us-iso-", AWSPartition(name: "aws-iso", domain: "c2s.ic.gov")),
        ("us-isob-", AWSPartition(name: "aws-iso-b", domain: "sc2s.sgov.gov")),
        ("eu-isoe-", AWSPartition(name: "aws-iso-e", domain: "cloud.adc-e.uk")),
        ("us-isof-", AWSPartition(name: "aws-iso-f", domain: "csp.hci.ic.gov")),
        ("eusc-de-", AWSPartition(name: "aws-eusc", domain: "amazonaws.eu")),
    ]

    /// Whether the partition has hosts with FIPS 140 cryptography, and hosts for transfer acceleration.
    var hasFIPSAndAcceleration: Bool { name != "aws-cn" }
}
