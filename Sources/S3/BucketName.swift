/// What the name of a bucket stands for: each kind has hosts of its own.
enum BucketName: Hashable {
    /// A general purpose bucket, or the alias of an access point, which is used like one.
    case general(String)
    /// A directory bucket of S3 Express, or the alias of an access point to one; nil where no zone is in its name.
    case directory(String, zone: String?)
    /// An access point, by its ARN.
    case accessPoint(AccessPoint)

    /// An access point of one region.
    struct AccessPoint: Hashable {
        let name: String
        let region: String
        let account: String
    }

    /// Why a name stands for nothing that can be read; the text is for people.
    struct Fault: Error, Hashable {
        let text: String

        init(_ text: String) { self.text = text }
    }

    /// Finds out what a name stands for.
    init(parsing name: String) throws(Fault) {
        if name.isEmpty { throw Fault("bucket must not be empty") }
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw Fault("bucket must not hold spaces") }
        if name.hasPrefix("arn:") {
            self = .accessPoint(try Self.accessPoint(name))
            return
        }
        guard !name.utf8.contains(UInt8(ascii: "/")) else { throw Fault("bucket must not hold \"/\"") }
        if name.hasSuffix("--op-s3") { throw Fault("a bucket on Outposts is not supported") }
        for suffix in ["--x-s3", "--xa-s3"] where name.hasSuffix(suffix) {
            guard HostName.canBegin(with: name, allowsDots: false) else {
                throw Fault("a directory bucket's name holds small letters, digits and \"-\" only")
            }
            self = .directory(name, zone: Self.zone(name.dropLast(suffix.count)))
            return
        }
        self = .general(name)
    }

    /// Returns the availability zone in `name--zone`.
    private static func zone(_ stem: Substring) -> String? {
        guard let mark = stem.ranges(of: "--").last, mark.lowerBound > stem.startIndex else { return nil }
        let zone = stem[mark.upperBound...]
        return HostName.isLabel(zone) ? String(zone) : nil
    }

    /// Spec: `arn:partition:s3:region:account:accesspoint/name`, with `:` or `/` before the name.
    private static func accessPoint(_ arn: String) throws(Fault) -> AccessPoint {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 6, !parts[1].isEmpty, !parts[2].isEmpty, !parts[5].isEmpty else {
            throw Fault("bucket is no ARN: it must be arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME")
        }
        let (service, region, account) = (parts[2], parts[3], parts[4])
        switch service {
        case "s3": break
        case "s3-object-lambda":
            throw Fault(
                "an Object Lambda access point is not supported: what it returns is not the object that is listed; "
                    + "use the access point or bucket behind it")
        case "s3-outposts": throw Fault("an access point on Outposts is not supported")
        default: throw Fault("bucket is an ARN of \(ObjectKey(service)), not of s3")
        }
        let resource = parts[5].split(omittingEmptySubsequences: false) { $0 == "/" || $0 == ":" }.map { String($0) }
        guard resource[0] == "accesspoint" else {
            throw Fault("bucket is an ARN of something else than an access point; for a bucket give its name")
        }
        if region.isEmpty {
            throw Fault(
                "a multi-region access point is not supported: it needs signatures of Version 4A; "
                    + "use a bucket or access point of one region")
        }
        guard resource.count == 2, HostName.isLabel(resource[1]) else {
            throw Fault("the access point's name in the ARN holds letters, digits and \"-\" only")
        }
        guard HostName.isLabel(account) else { throw Fault("the ARN names no valid account") }
        guard HostName.isLabel(region) else { throw Fault("the ARN names no valid region") }
        return AccessPoint(name: resource[1], region: region, account: account)
    }
}
