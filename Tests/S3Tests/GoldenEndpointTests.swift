import TestSupport
import Testing

@testable import S3

/// Every combination of bucket, region, server and settings against the rule set.
struct GoldenEndpointTests {
    private static let flags = [
        "", "a", "d", "f", "p", "ad", "af", "ap", "df", "dp", "fp", "adf", "adp", "afp", "dfp", "adfp",
    ]

    @Test("hosts, paths, services and regions are those of the rule set, and what it refuses is refused")
    func endpoints() throws {
        var foundCount = 0
        var refusedCount = 0
        for row in try Golden.list("endpoints.json") {
            let bucket = try #require(row["bucket"].string)
            for flags in Self.flags {
                let configuration = S3Configuration(
                    region: row["region"].string, endpoint: row["endpoint"].string, pathStyle: flags.contains("p"),
                    usesDualstack: flags.contains("d"), usesFIPS: flags.contains("f"),
                    usesAccelerate: flags.contains("a"))
                let expected = Self.expected(row, flags)
                let found = Self.text(bucket, configuration)
                if found != expected {
                    Issue.record(
                        """
                        \(bucket) in \(row["region"].string ?? ""), \(row["endpoint"].string ?? "AWS"), "\(flags)": \
                        \(found ?? "refused"), not \(expected ?? "refused")
                        """)
                }
                foundCount += found == nil ? 0 : 1
                refusedCount += found == nil ? 1 : 0
            }
        }
        #expect(foundCount > 2_000 && refusedCount > 10_000)
    }

    /// What the rule set says, where we do not know better.
    private static func expected(_ row: JSON, _ flags: String) -> String? {
        let (bucket, region) = (row["bucket"].string ?? "", row["region"].string ?? "")
        let answer = row["found"][flags].string
        // A region is part of a host even where the rules do not look at it.
        if ["not a region", "a.b"].contains(region) { return nil }
        guard let answer else { return nil }
        // Services that do not answer with the object as it is listed, or that ask for other signatures.
        // A directory bucket that no zone can have, also where another server might.
        if bucket.hasSuffix("-s3"), bucket.contains(".") || bucket.contains("Z") { return nil }
        if answer.hasSuffix(" sigv4a") || answer.contains("object-lambda") { return nil }
        if let server = row["endpoint"].string {
            let isNumeric = server.contains("127.0.0.1") || server.contains("[::1]")
            // No name can stand before an address.
            if isNumeric && bucket.hasPrefix("arn:") { return nil }
            if isNumeric && bucket.contains(".") { return row["found"]["p"].string }
            // Who asks another server for the path gets it for every bucket.
            if bucket.hasSuffix("-s3"), flags.contains("p"), !isNumeric {
                let parts = answer.split(separator: " ", maxSplits: 1)
                return server + "/" + bucket + " " + parts[1]
            }
        }
        return answer
    }

    private static func text(_ bucket: String, _ configuration: S3Configuration) -> String? {
        guard let endpoint = try? S3Endpoint(bucket: bucket, configuration: configuration) else { return nil }
        return (endpoint.isSecure ? "https://" : "http://") + endpoint.authority + endpoint.pathPrefix + " "
            + endpoint.service.rawValue + " " + endpoint.region
    }
}
