public import AWSAuth
public import ByteCore
import JSON
public import Parquet
public import ParquetArrow
public import S3

/// What the user configures: the `spec` of the source in the CloudQuery file.
public struct SourceSpec: Equatable, Sendable {
    /// The bucket to read.
    public var bucket: String
    /// The bucket's region; nil means the environment or profile says it, or the bucket is asked.
    public var region: String?
    /// The profile whose credentials are used, before any other source of credentials.
    public var localProfile: String?
    /// The role to take on with the credentials found.
    public var role: AssumedRole?
    /// Only keys that start with this are read.
    public var pathPrefix = ""
    /// Most rows in one record batch.
    public var rowsPerRecord = 500
    /// Most objects read at once.
    public var concurrency = 50
    /// Another S3 service to talk to, as a URL.
    public var endpoint: String?
    /// Whether the bucket is in the path rather than the host name.
    public var pathStyle = false
    /// The unit of INT96 timestamps: one for all files, since a table's columns are announced before its values are read.
    public var int96Timestamps = Int96Timestamps.microseconds
    /// Whether AWS hosts that have an IPv6 address as well are used; nil means the environment or profile says it.
    public var useDualstack: Bool?
    /// Whether AWS hosts with FIPS 140 cryptography are used; nil means the environment or profile says it.
    public var useFIPS: Bool?
    /// Whether requests go to the nearest edge of AWS's network rather than to the bucket's region; nil means the
    /// profile says it.
    public var useAccelerate: Bool?
    /// Whether requests carry no signature.
    public var noSignRequest = false
    /// Whether the requester pays for requests, where the bucket's owner asks for that.
    public var requesterPays = false
    /// The key of objects that were encrypted with a key of the customer.
    public var customerKey: CustomerKey?
    /// PEM file of the certificate authorities that the S3 service is trusted by.
    public var endpointCAFile: String?
    /// How often a failed request is sent again; nil means the environment or profile says it.
    public var maxRetries: Int?
    /// Most bytes of row groups held at once by all objects.
    public var memoryLimit = 256 << 20
    /// Keys of encrypted files.
    public var decryptionKeys = DecryptionKeys.none
    /// How keys and files become tables.
    public var tables = TableOptions()

    /// Creates a spec for a bucket, with defaults for all else.
    public init(bucket: String) {
        self.bucket = bucket
    }

    /// Parses and checks the JSON that CloudQuery sends.
    ///
    /// - Throws: `SpecError` naming the first wrong field and what is allowed.
    public init(json: Bytes) throws(SpecError) {
        guard let document = JSONValue(parsing: [UInt8](json)) else { throw SpecError("spec: not valid JSON") }
        var fields: SpecFields
        switch document {
        case .object(let values): fields = SpecFields(values)
        case .null: fields = SpecFields([:])
        default: throw SpecError("spec: must be an object, found \(document.kind)")
        }
        self.init(bucket: try fields.string("bucket") ?? "")
        guard !bucket.isEmpty else { throw SpecError("spec: bucket is required: the name of the S3 bucket to read") }
        region = try fields.string("region")
        localProfile = try fields.string("local_profile")
        pathPrefix = try fields.string("path_prefix") ?? ""
        let fileType = try fields.string("filetype") ?? "parquet"
        guard fileType == "parquet" else {
            throw SpecError("spec: filetype must be \"parquet\", found \"\(fileType)\"")
        }
        rowsPerRecord = try fields.integer("rows_per_record", in: 1...Self.maximumRowsPerRecord) ?? rowsPerRecord
        if let limit = try fields.integer("concurrency", in: -1_000_000...1_000_000) {
            // 0 is "not set", as in the Go plugin's encoding of defaults.
            // Memory bounds them long before.
            concurrency = limit < 0 ? 1_000 : limit == 0 ? concurrency : limit
        }
        endpoint = try fields.string("endpoint")
        pathStyle = try fields.bool("path_style") ?? false
        try takeRole(from: &fields)
        int96Timestamps =
            try fields.choice("int96_timestamps", of: Int96Timestamps.allCases, \.specName) ?? int96Timestamps
        try takeRequestFields(from: &fields)
        try takeLimits(from: &fields)
        if let keys = try fields.object("decryption_keys") { decryptionKeys = try DecryptionKeys(keys) }
        try takeTableFields(from: &fields)
        try fields.finish()
        try checkCombinations()
    }

    /// A larger batch would have 32-bit offsets overflow before its rows are of any use.
    static let maximumRowsPerRecord = 10_000_000
}

/// A spec that cannot be used: the text names the field and what is allowed.
public struct SpecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line for people.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The fields of a spec or of an object in it, taken one by one; what is left at the end is unknown.
struct SpecFields {
    private var values: [String: JSONValue]
    private var known: [String] = []
    /// The path of the object, with a dot after it; empty for the spec itself.
    let path: String

    init(_ values: [String: JSONValue], path: String = "") {
        self.values = values
        self.path = path
    }

    /// Names of the fields that are set and not taken yet, sorted.
    var names: [String] { values.filter { $0.value != .null }.keys.sorted() }

    mutating func object(_ name: String) throws(SpecError) -> SpecFields? {
        guard let value = take(name) else { return nil }
        guard case .object(let values) = value else {
            throw SpecError("spec: \(path)\(name) must be an object, found \(value.kind)")
        }
        return SpecFields(values, path: "\(path)\(name).")
    }

    mutating func take(_ name: String) -> JSONValue? {
        known.append(name)
        guard let value = values.removeValue(forKey: name), value != .null else { return nil }
        return value
    }

    /// An empty string counts as not set.
    mutating func string(_ name: String) throws(SpecError) -> String? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value else {
            throw SpecError("spec: \(path)\(name) must be a string, found \(value.kind)")
        }
        return text.isEmpty ? nil : text
    }

    mutating func bool(_ name: String) throws(SpecError) -> Bool? {
        guard let value = take(name) else { return nil }
        guard case .bool(let flag) = value else {
            throw SpecError("spec: \(path)\(name) must be true or false, found \(value.kind)")
        }
        return flag
    }

    /// One of some values, by its name.
    mutating func choice<Value>(
        _ name: String, of values: [Value], _ valueName: (Value) -> String
    ) throws(SpecError) -> Value? {
        guard let text = try string(name) else { return nil }
        if let value = values.first(where: { valueName($0) == text }) { return value }
        let allowed = values.map { "\"\(valueName($0))\"" }.joined(separator: ", ")
        throw SpecError("spec: \(path)\(name) must be one of \(allowed), found \"\(text)\"")
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(SpecError) -> Int? {
        guard let value = take(name) else { return nil }
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        switch value {
        case .integer(let number):
            guard let number = Int(exactly: number), range.contains(number) else {
                throw SpecError("spec: \(path)\(name) must be \(allowed), found \(number)")
            }
            return number
        case .number(let number): throw SpecError("spec: \(path)\(name) must be \(allowed), found \(number)")
        default: throw SpecError("spec: \(path)\(name) must be \(allowed), found \(value.kind)")
        }
    }

    func finish() throws(SpecError) {
        guard let unknown = values.keys.min() else { return }
        throw SpecError("spec: unknown field \(path)\(unknown); the fields are \(known.joined(separator: ", "))")
    }
}
