import Foundation
import TestSupport
import Testing

/// The signing vectors, in the directory that `S3_VECTORS` names.
enum Vectors {
    /// The vectors of one file; none where no directory is named.
    static func list(_ file: String) throws -> [JSON] {
        guard let path = ProcessInfo.processInfo.environment["S3_VECTORS"] else { return [] }
        let vectors = try JSON(contentsOf: URL(fileURLWithPath: path).appendingPathComponent(file))["vectors"].array
        return try #require(vectors.isEmpty ? nil : vectors)
    }
}
