import Crypto
import S3

extension SourceSpec {
    /// Takes the fields that say how requests to S3 look.
    mutating func takeRequestFields(from fields: inout SpecFields) throws(SpecError) {
        useDualstack = try fields.bool("use_dualstack")
        useFIPS = try fields.bool("use_fips")
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
        maxRetries = try fields.integer("max_retries", in: 0...100) ?? maxRetries
        memoryLimit = try fields.byteCount("memory_limit", in: Self.memoryLimits) ?? memoryLimit
    }

    /// Refuses fields that contradict each other.
    func checkCombinations() throws(SpecError) {
        let isPlain = endpoint?.lowercased().hasPrefix("http://") == true
        let contradictions = [
            (useDualstack == true && endpoint != nil, "use_dualstack", "endpoint: it chooses among the hosts of AWS"),
            (useFIPS == true && endpoint != nil, "use_fips", "endpoint: it chooses among the hosts of AWS"),
            (noSignRequest && requesterPays, "request_payer", "no_sign_request: who pays is known by the signature"),
            (customerKey != nil && isPlain, "sse_customer_key", "an endpoint of http://: it is sent over https only"),
            (endpointCAFile != nil && isPlain, "endpoint_ca_file", "an endpoint of http://: it has no certificate"),
        ]
        guard let found = contradictions.first(where: { $0.0 }) else { return }
        throw SpecError("spec: \(found.1) cannot be combined with \(found.2)")
    }

    /// What `memory_limit` may be, in bytes.
    private static let memoryLimits = 1 << 20...1 << 40
}

extension SpecFields {
    /// A number of bytes: a whole number, or a text such as `256 MiB`.
    mutating func byteCount(_ name: String, in range: ClosedRange<Int>) throws(SpecError) -> Int? {
        guard let value = take(name) else { return nil }
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
