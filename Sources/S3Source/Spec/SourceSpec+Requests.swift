import AWSAuth
import Crypto
import JSON
import S3

extension SourceSpec {
    /// Takes the fields that name a role.
    mutating func takeRole(from fields: inout SpecFields) throws(SpecError) {
        let arn = try fields.string("role_arn")
        let externalID = try fields.string("external_id")
        let sessionName = try fields.string("role_session_name")
        guard let arn else {
            guard let extra = externalID != nil ? "external_id" : sessionName != nil ? "role_session_name" : nil else {
                return
            }
            throw SpecError("spec: \(extra) needs role_arn: the role that it is for")
        }
        guard Self.isRole(arn) else {
            throw SpecError(
                "spec: role_arn must be the ARN of a role, such as arn:aws:iam::123456789012:role/reader, "
                    + "found \"\(arn)\"")
        }
        if let externalID, !Self.isExternalID(externalID) {
            throw SpecError("spec: external_id must be 2 to 1224 letters, digits or characters of _+=,.@:/-")
        }
        if let sessionName, !AssumedRole.isSessionName(sessionName) {
            throw SpecError("spec: role_session_name must be 2 to 64 letters, digits or characters of _+=,.@-")
        }
        role = AssumedRole(arn: arn, externalID: externalID, sessionName: sessionName)
    }

    /// Spec: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`, with an account of 12 digits.
    private static func isRole(_ arn: String) -> Bool {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        return parts.count == 6 && parts[0] == "arn" && parts[1].hasPrefix("aws") && parts[2] == "iam"
            && parts[3].isEmpty && parts[4].utf8.count == 12 && parts[4].utf8.allSatisfy { (0x30...0x39).contains($0) }
            && parts[5].hasPrefix("role/") && parts[5].utf8.count > 5
            && arn.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func isExternalID(_ text: String) -> Bool {
        (2...1_224).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                    || "_+=,.@:/-".unicodeScalars.contains($0)
            }
    }

    /// Takes the fields that say how requests to S3 look.
    mutating func takeRequestFields(from fields: inout SpecFields) throws(SpecError) {
        useDualstack = try fields.bool("use_dualstack")
        useFIPS = try fields.bool("use_fips")
        useAccelerate = try fields.bool("use_accelerate")
        noSignRequest = try fields.bool("no_sign_request") ?? false
        let payer = try fields.string("request_payer")
        guard payer == nil || payer == "requester" else {
            throw SpecError("spec: request_payer must be \"requester\", found \"\(payer ?? "")\"")
        }
        requesterPays = payer != nil
        if let key = try fields.string("sse_customer_key") {
            // The value is secret, so no error repeats it.
            customerKey = Base64.decode(key.utf8).flatMap { CustomerKey($0) }
            guard customerKey != nil else {
                throw SpecError("spec: sse_customer_key must be a key of 32 bytes in base64")
            }
        }
        endpointCAFile = try fields.string("endpoint_ca_file")
    }

    /// Takes the fields that bound what a sync may use.
    mutating func takeLimits(from fields: inout SpecFields) throws(SpecError) {
        maxRetries = try fields.integer("max_retries", in: 0...100)
        memoryLimit = try fields.byteCount("memory_limit", in: Self.memoryLimits) ?? memoryLimit
    }

    /// Refuses fields that contradict each other.
    func checkCombinations() throws(SpecError) {
        let isPlain = endpoint?.lowercased().hasPrefix("http://") == true
        let contradictions = [
            (useDualstack == true && endpoint != nil, "use_dualstack", "endpoint: it chooses among the hosts of AWS"),
            (useFIPS == true && endpoint != nil, "use_fips", "endpoint: it chooses among the hosts of AWS"),
            (useAccelerate == true && endpoint != nil, "use_accelerate", "endpoint: it chooses among the hosts of AWS"),
            (useAccelerate == true && useFIPS == true, "use_accelerate", "use_fips: AWS has no such hosts"),
            (useAccelerate == true && pathStyle, "use_accelerate", "path_style: the bucket is part of the host"),
            (noSignRequest && role != nil, "role_arn", "no_sign_request: a role signs"),
            (noSignRequest && requesterPays, "request_payer", "no_sign_request: who pays is known by the signature"),
            (customerKey != nil && isPlain, "sse_customer_key", "an endpoint of http://: it is sent over https only"),
            (endpointCAFile != nil && isPlain, "endpoint_ca_file", "an endpoint of http://: it has no certificate"),
        ]
        guard let found = contradictions.first(where: { $0.0 }) else { return }
        throw SpecError("spec: \(found.1) cannot be combined with \(found.2)")
    }

    /// How often a failed request is sent again where neither the spec nor the environment says it.
    static let defaultMaxRetries = 10

    /// What `memory_limit` may be, in bytes.
    private static let memoryLimits = 1 << 20...1 << 40
}

extension SpecFields {
    /// A number of bytes: a whole number, or a text such as `256 MiB`.
    mutating func byteCount(_ name: String, in range: ClosedRange<Int>) throws(SpecError) -> Int? {
        guard let value = take(name), value != .string("") else { return nil }
        let count: Int?
        let found: String
        switch value {
        case .integer(let number): (count, found) = (Int(exactly: number), "\(number)")
        case .string(let text): (count, found) = (Self.byteCount(text), "\"\(text)\"")
        default: (count, found) = (nil, value.kind)
        }
        guard let count, range.contains(count) else {
            throw SpecError(
                "spec: \(name) must be a number of bytes from \(range.lowerBound) to \(range.upperBound), "
                    + "or a text such as \"256 MiB\" with B, KB, MB, GB, KiB, MiB or GiB, found \(found)")
        }
        return count
    }

    private static func byteCount(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let factor: Int
        switch text.dropFirst(digits.count).drop(while: { $0 == " " }).lowercased() {
        case "", "b": factor = 1
        case "kb": factor = 1_000
        case "mb": factor = 1_000_000
        case "gb": factor = 1_000_000_000
        case "kib": factor = 1 << 10
        case "mib": factor = 1 << 20
        case "gib": factor = 1 << 30
        default: return nil
        }
        guard let number = Int(digits) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
