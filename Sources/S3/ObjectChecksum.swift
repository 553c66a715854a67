internal import ByteCore
internal import Crypto
internal import HTTP

/// The checksum of a whole object that an answer names.
///
/// Spec: S3 User Guide, "Checking object integrity".
struct ObjectChecksum: Equatable {
    /// The algorithms, the fastest first.
    enum Algorithm: String, CaseIterable {
        case crc64NVME = "crc64nvme"
        case crc32C = "crc32c"
        case crc32
        case sha256
        case sha1

        /// Number of bytes of a checksum.
        var byteCount: Int {
            switch self {
            case .crc64NVME: 8
            case .crc32C, .crc32: 4
            case .sha256: 32
            case .sha1: 20
            }
        }
    }

    let algorithm: Algorithm
    let value: [UInt8]

    /// Asks for the checksums with an object. Parts of an object have none.
    static let request = HTTPHeader("x-amz-checksum-mode", "ENABLED")

    /// Reads the first checksum of an answer that is one of all its bytes; nil where there is none.
    ///
    /// That of an object that was uploaded in parts may be made of the parts' checksums: without the parts' sizes it
    /// says nothing.
    init?(_ response: HTTPResponse) {
        if response[header: "x-amz-checksum-type"]?.uppercased() == "COMPOSITE" { return nil }
        for algorithm in Algorithm.allCases {
            guard let text = response[header: "x-amz-checksum-" + algorithm.rawValue], !text.contains("-"),
                let value = Base64.decode(text.utf8), value.count == algorithm.byteCount
            else { continue }
            (self.algorithm, self.value) = (algorithm, value)
            return
        }
        return nil
    }

    /// Whether it is the checksum of some bytes.
    func matches(_ bytes: Bytes) -> Bool {
        var sum = RunningChecksum(self)
        sum.update(bytes)
        return sum.matches()
    }
}

/// The checksum of bytes that come in pieces, and the one that they are to have.
struct RunningChecksum: Sendable {
    private enum Sum: Sendable {
        case check(CyclicRedundancyCheck)
        case digest(RunningDigest)
    }

    let expected: ObjectChecksum
    private var sum: Sum

    init(_ expected: ObjectChecksum) {
        self.expected = expected
        sum =
            switch expected.algorithm {
            case .crc64NVME: .check(CyclicRedundancyCheck(.crc64NVME))
            case .crc32C: .check(CyclicRedundancyCheck(.crc32C))
            case .crc32: .check(CyclicRedundancyCheck(.crc32))
            case .sha256: .digest(RunningDigest(.sha256))
            case .sha1: .digest(RunningDigest(.sha1))
            }
    }

    /// Adds bytes.
    mutating func update(_ bytes: Bytes) {
        switch sum {
        case .check(var check):
            check.update(bytes.span)
            sum = .check(check)
        case .digest(let digest): digest.update(bytes)
        }
    }

    /// Whether the bytes so far have the checksum.
    func matches() -> Bool {
        switch sum {
        case .check(let check): check.bytes == expected.value
        case .digest(let digest): digest.finish() == expected.value
        }
    }
}
