import ByteCore
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import S3

struct ParallelListingTests {
    /// A bucket that only lists, a page of `pageSize` entries at a time.
    private final class Lister: HTTPTransport {
        private let keys: [String]
        private let pageSize: Int
        /// What part of a target has its request fail.
        private let broken: String?
        private let state = Mutex((sent: [String](), openCount: 0, mostOpenCount: 0))

        /// `keys` are listed in the order given.
        init(_ keys: [String], pageSize: Int, broken: String? = nil) {
            self.keys = keys
            self.pageSize = pageSize
            self.broken = broken
        }

        var requests: [String] { state.withLock { $0.sent } }
        /// Most requests that were under way at once.
        var mostOpenCount: Int { state.withLock { $0.mostOpenCount } }

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            state.withLock { state in
                state.sent.append(request.target)
                state.openCount += 1
                state.mostOpenCount = max(state.mostOpenCount, state.openCount)
            }
            defer { state.withLock { $0.openCount -= 1 } }
            // So that all who ask at once are seen to.
            do { try await Task.sleep(for: .milliseconds(1)) } catch { throw HTTPError(.cancelled, "cancelled") }
            if let broken, request.target.contains(broken) {
                return try await ScriptedTransport([.error("AccessDenied", status: 403)]).send(request)
            }
            var fields: [String: String] = [:]
            for field in request.target.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
                let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
                fields[parts[0]] =
                    parts.count > 1 ? parts[1].replacing("%2F", with: "/").replacing("%3D", with: "=") : ""
            }
            let prefix = fields["prefix"] ?? ""
            var entries: [String] = []
            var seen: Set<String> = []
            for key in keys where key.hasPrefix(prefix) {
                var entry = key
                if fields["delimiter"] != nil, let end = key.dropFirst(prefix.count).firstIndex(of: "/") {
                    entry = String(key[...end])
                    guard seen.insert(entry).inserted else { continue }
                }
                entries.append(entry)
            }
            let start = fields["continuation-token"].flatMap { Int($0) } ?? 0
            let end = min(start + pageSize, entries.count)
            var xml =
                "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>\(end < entries.count)</IsTruncated>"
            for entry in entries[start..<end] {
                xml +=
                    entry.hasSuffix("/")
                    ? "<CommonPrefixes><Prefix>\(entry)</Prefix></CommonPrefixes>"
                    : "<Contents><Key>\(entry)</Key><LastModified>2026-03-14T15:09:26Z</LastModified><Size>1</Size></Contents>"
            }
            if end < entries.count { xml += "<NextContinuationToken>\(end)</NextContinuationToken>" }
            let answer = ScriptedTransport([.xml(xml + "</ListBucketResult>")])
            return try await answer.send(request)
        }
    }

    private func listing(_ lister: Lister, prefix: String = "") throws -> ObjectListing {
        try S3Client(
            bucket: "bucket", configuration: S3Configuration(region: "eu-west-1"), credentials: nil, transport: lister
        ).listObjects(prefix: Array(prefix.utf8))
    }

    private func list(_ lister: Lister, prefix: String = "") async throws -> [String] {
        try await listing(lister, prefix: prefix).all().map { String(decoding: $0.key.bytes, as: UTF8.self) }
    }

    private func sorted(_ keys: [String]) -> [String] { keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    @Test("a listing of one page is one request")
    func small() async throws {
        let keys = (0..<900).map { "t/day=\($0 % 3)/\($0)" }
        let lister = Lister(sorted(keys), pageSize: 1_000)
        #expect(try await list(lister) == sorted(keys) && lister.requests.count == 1)
    }

    @Test("large directories are listed apart, at every level where there are few")
    func large() async throws {
        let keys = sorted((0..<12_000).map { "t/year=\($0 % 4)/\($0 % 2 == 0 ? "a" : "b")/\($0)" } + ["t", "t/0", "u"])
        let lister = Lister(keys, pageSize: 1_000)
        #expect(try await list(lister) == keys)
        #expect(lister.requests.contains { $0.contains("prefix=t%2Fyear%3D3") || $0.contains("prefix=t%2Fyear=3") })
        #expect(lister.requests.count <= 30, "13 pages, and one or two more for each directory")
        #expect((4...8).contains(lister.mostOpenCount))
    }

    /// Keys in eight directories of four pages each.
    private let wide = (0..<8).flatMap { directory in (0..<1_200).map { "t/\(directory)/\($0)" } }

    @Test("no more than eight pages are fetched before they can be taken")
    func slowTaker() async throws {
        let lister = Lister(sorted(wide), pageSize: 300)
        var (pageCount, keyCount) = (0, 0)
        try await listing(lister).forEachPage { page in
            try await Task.sleep(for: .milliseconds(3))
            pageCount += 1
            keyCount += page.count
            #expect(lister.requests.count <= pageCount + 8)
        }
        #expect(keyCount == wide.count && pageCount == lister.requests.count)
    }

    @Test("an error in one directory, of the taker, or the end of the task ends the listing of all")
    func ends() async throws {
        let refused = Lister(sorted(wide), pageSize: 300, broken: "prefix=t%2F5")
        let error = try await #require(throws: S3Error.self) { try await list(refused).count }
        #expect(error.kind == .accessDenied)
        let full = Lister(sorted(wide), pageSize: 300)
        await #expect(throws: HTTPError.self) {
            try await listing(full).forEachPage { if !$0.isEmpty { throw HTTPError(.cancelled, "full") } }
        }
        let cancelled = Lister(sorted(wide), pageSize: 300)
        let task = Task { try await list(cancelled).count }
        while cancelled.requests.count < 8 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        let end = try await #require(throws: S3Error.self) { try await task.value }
        #expect(end.kind == .cancelled)
        for lister in [refused, full, cancelled] {
            let count = lister.requests.count
            try await Task.sleep(for: .milliseconds(20))
            #expect(lister.requests.count == count && count < 30, "nothing goes on")
        }
    }

    @Test("many small directories are listed one page after the other")
    func manyDirectories() async throws {
        let keys = sorted((0..<5_000).map { "t/\($0 % 500)/\($0)" })
        let lister = Lister(keys, pageSize: 1_000)
        #expect(try await list(lister, prefix: "t/") == keys && lister.requests.count == 5)
    }

    @Test("where directories turn out small after a large one, those not begun are listed together")
    func oneLargeDirectory() async throws {
        let keys = sorted(
            (0..<5_000).map { "a/\($0)" } + (0..<9_000).map { "t\($0)/x" } + (0..<50).map { "t\($0 * 100)z" } + ["z"])
        let lister = Lister(keys, pageSize: 1_000)
        #expect(try await list(lister) == keys)
        let directories = lister.requests.filter { $0.contains("prefix=t") }.count
        #expect((32..<48).contains(directories), "what was asked for when 32 pages had come")
        // Pages of the whole once for what it has in one directory or many, once for the names of the directories.
        #expect(lister.requests.count <= directories + 2 + 3 * 15)
    }

    @Test("no key is lost or comes twice, in whatever order the server lists", arguments: 0..<20)
    func random(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var keys: Set<String> = []
        for _ in 0..<Int.random(in: 1...4_000, using: &random) {
            let depth = Int.random(in: 0...4, using: &random)
            let names = (0..<depth).map { _ in ["a", "b", "a-", "a0", "year=2026"].randomElement(using: &random) ?? "" }
            keys.insert((names + ["\(Int.random(in: 0..<5_000, using: &random))"]).joined(separator: "/"))
        }
        let order = seed % 2 == 0 ? sorted(Array(keys)) : Array(keys).shuffled(using: &random)
        let lister = Lister(order, pageSize: [10, 300, 1_000].randomElement(using: &random) ?? 1)
        #expect(try await list(lister) == sorted(Array(keys)), "seed \(seed)")
    }

    @Test("a common prefix that leads nowhere ends the listing with an error")
    func circle() async throws {
        let full = (0..<1_000).map { "p/d/\($0)" }
        let level =
            "<ListBucketResult><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"
            + "</ListBucketResult>"
        let test = try TestClient([page(full, token: "t"), .xml(level)])
        let error = try await #require(throws: S3Error.self) {
            _ = try await test.client.listObjects(prefix: Array("p/".utf8)).all()
        }
        #expect(error.kind == .invalidResponse)
    }
}
