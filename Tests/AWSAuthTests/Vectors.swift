import Foundation
import TestSupport
import Testing

@testable import AWSAuth

/// The signing and credential vectors, in the directory that `S3_VECTORS` names.
enum Vectors {
    static let directory = ProcessInfo.processInfo.environment["S3_VECTORS"].map { URL(fileURLWithPath: $0) }

    /// The vectors of one file; none where no directory is named.
    static func list(_ file: String, _ member: String = "vectors") throws -> [JSON] {
        guard let directory else { return [] }
        let vectors = try JSON(contentsOf: directory.appendingPathComponent(file))[member].array
        return try #require(vectors.isEmpty ? nil : vectors)
    }

    static func credentials(_ json: JSON) -> Credentials {
        func value(_ name: String) -> String? { (json["aws_" + name].string ?? json[name].string) }
        return Credentials(
            accessKeyID: value("access_key_id") ?? "", secretAccessKey: value("secret_access_key") ?? "",
            sessionToken: value("session_token") ?? value("token"))
    }
}

extension SigV4Signature {
    /// The canonical request as text.
    var canonicalText: String { String(decoding: canonicalRequest.bytes, as: UTF8.self) }
    /// The string to sign as text.
    var stringToSignText: String { String(decoding: stringToSign, as: UTF8.self) }
}
