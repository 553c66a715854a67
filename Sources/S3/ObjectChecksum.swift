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

        /// Returns the checksum of some bytes.
        func checksum(of bytes: Bytes) -> [UInt8] {
            switch self {
            case .crc64NVME: CyclicRedundancyCheck.bytes(.crc64NVME, of: bytes.span)
            case .crc32C: CyclicRedundancyCheck.bytes(.crc32C, of: bytes.span)
            case .crc32: CyclicRedundancyCheck.bytes(.crc32, of: bytes.span)
            case .sha256:
                {
                    let digest = SHA256.hash(bytes).bytes; return digest.indices.map { digest[$0] }
                }()
            case .sha1: SHA1.hash(bytes)
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
    func matches(_ bytes: Bytes) -> Bool { algorithm.checksum(of: bytes) == value }
}
