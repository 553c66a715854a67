import Foundation

/// What botocore makes of settings and requests; `Tools/make-golden-s3` writes it.
public enum Golden {
    /// A file without cases.
    public struct Empty: Error {
        let file: String
    }

    /// Returns the cases of a file, at least one.
    public static func list(_ file: String) throws -> [JSON] {
        let directory = URL(filePath: #filePath).appending(path: "../../../Fixtures/golden-s3").standardized
        let cases = try JSON(contentsOf: directory.appending(path: file)).array
        if cases.isEmpty { throw Empty(file: file) }
        return cases
    }
}
