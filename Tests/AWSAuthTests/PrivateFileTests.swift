import Foundation
import Testing

@testable import AWSAuth

struct PrivateFileTests {
    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "private-file-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test("a file is replaced as a whole, and its owner alone may read it", arguments: [0, 1, 100_000])
    func replacement(byteCount: Int) throws {
        try inFolder { folder in
            let file = folder.appending(path: "token.json")
            let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
            for content in [[1, 2, 3], bytes] {
                PrivateFile.replace(file.path, with: content)
                #expect(try Array(Data(contentsOf: file)) == content)
                let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["token.json"])
        }
    }

    @Test("drafts that others left are in nobody's way, and a folder that is missing changes nothing")
    func drafts() throws {
        try inFolder { folder in
            let file = folder.appending(path: "token.json")
            try Data([9]).write(to: folder.appending(path: "token.json.\(getpid()).new"))
            PrivateFile.replace(file.path, with: [1])
            #expect(try Array(Data(contentsOf: file)) == [1])
            PrivateFile.replace(folder.appending(path: "missing/token.json").path, with: [1])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        }
    }
}
