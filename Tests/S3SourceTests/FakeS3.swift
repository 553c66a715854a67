import AWSAuth
import ByteCore
import HTTP
import S3
import Synchronization

@testable import S3Source

/// A bucket in memory behind the transport: lists by pages of two keys, and serves ranges pinned by ETag.
final class FakeS3: HTTPTransport {
    /// What happens to requests for one key.
    enum Fault: Sendable {
        /// 404, although the key is listed.
        case deleted
        /// 412 from the second request on, as if the object were replaced after its footer was read, and listed as
        /// it was.
        case replacedAfterFooter
        /// Another content after so many requests.
        case replaced(after: Int, by: [UInt8])
        /// 403.
        case denied
    }

    struct Object: Sendable {
        var content: [UInt8]
        var eTag = "\"1\""
        var lastModified = "2026-03-14T15:09:26.000Z"
    }

    private struct State {
        var objects: [(key: String, object: Object)] = []
        var faults: [String: Fault] = [:]
        var requests: [String] = []
        var ranges: [String] = []
    }

    private let state = Mutex(State())
    static let pageSize = 2

    /// Targets of all requests so far.
    var requests: [String] { state.withLock { $0.requests } }

    /// The keys of all objects asked for so far, each with the range.
    var reads: [String] { state.withLock { $0.ranges } }

    func put(
        _ key: String, _ content: [UInt8], fault: Fault? = nil, lastModified: String? = nil, eTag: String? = nil
    ) {
        state.withLock { state in
            var object = Object(content: content)
            if let eTag { object.eTag = "\"\(eTag)\"" }
            if let lastModified { object.lastModified = lastModified }
            state.objects.removeAll { $0.key == key }
            state.objects.append((key, object))
            state.objects.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            state.faults[key] = fault
        }
    }

    func remove(_ key: String) {
        state.withLock { $0.objects.removeAll { $0.key == key } }
    }

    func client() throws -> S3Client {
        try S3Client(
            bucket: "bucket",
            configuration: S3Configuration(region: "us-east-1", endpoint: "http://s3.test:9000", pathStyle: true),
            credentials: nil, transport: self, retry: .never)
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        await Task.yield()
        return state.withLock { state in
            state.requests.append(request.target)
            let parts = request.target.split(separator: "?", maxSplits: 1)
            let path = parts[0].drop { $0 == "/" }.split(separator: "/", maxSplits: 1)
            if path.count == 1 { return Self.list(state.objects, query: parts.count > 1 ? String(parts[1]) : "") }
            let range = request.headers.first { $0.name == "Range" }?.value ?? "whole"
            state.ranges.append("\(path[1]) \(range)")
            return Self.get(String(path[1]).replacing("%3D", with: "="), request, &state)
        }
    }

    private static func list(_ objects: [(key: String, object: Object)], query: String) -> HTTPResponse {
        func value(_ name: String) -> String? {
            let field = query.split(separator: "&").first { $0.hasPrefix(name + "=") }
            return field.map { String($0.dropFirst(name.count + 1)).replacing("%2F", with: "/") }
        }
        let objects = objects.filter { $0.key.hasPrefix(value("prefix") ?? "") }
        let start = value("continuation-token").flatMap { Int($0) } ?? 0
        let page = objects[start..<min(start + pageSize, objects.count)]
        let contents = page.map { key, object in
            """
            <Contents><Key>\(key)</Key><LastModified>\(object.lastModified)</LastModified>
            <ETag>\(object.eTag)</ETag><Size>\(object.content.count)</Size></Contents>
            """
        }
        let isTruncated = page.endIndex < objects.count
        let next = isTruncated ? "<NextContinuationToken>\(page.endIndex)</NextContinuationToken>" : ""
        let xml =
            "<ListBucketResult><IsTruncated>\(isTruncated)</IsTruncated>\(next)"
            + "\(contents.joined())</ListBucketResult>"
        return response(200, [], Array(xml.utf8))
    }

    private static func get(_ key: String, _ request: HTTPRequest, _ state: inout State) -> HTTPResponse {
        guard let index = state.objects.firstIndex(where: { $0.key == key }) else { return error(404, "NoSuchKey") }
        switch state.faults[key] {
        case .deleted: return error(404, "NoSuchKey")
        case .denied: return error(403, "AccessDenied")
        case .replacedAfterFooter where state.requests.filter({ $0.hasSuffix(key) }).count > 1:
            return error(412, "PreconditionFailed")
        case .replaced(let count, let content)
        where state.ranges.filter({ $0.hasPrefix(key + " ") }).count > count:
            state.objects[index].object.content = content
            state.objects[index].object.eTag = "\"2\""
            state.faults[key] = nil
        default: break
        }
        let object = state.objects[index].object
        let headers = request.headers
        if let match = headers.first(where: { $0.name.lowercased() == "if-match" }), match.value != object.eTag {
            return error(412, "PreconditionFailed")
        }
        guard let range = headers.first(where: { $0.name.lowercased() == "range" })?.value else {
            return response(200, [HTTPHeader("ETag", object.eTag)], object.content)
        }
        let bounds = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] < object.content.count else { return error(416, "InvalidRange") }
        let last = min(bounds[1], object.content.count - 1)
        return response(
            206,
            [
                HTTPHeader("ETag", object.eTag),
                HTTPHeader("Content-Range", "bytes \(bounds[0])-\(last)/\(object.content.count)"),
            ], Array(object.content[bounds[0]...last]))
    }

    private static func error(_ status: Int, _ code: String) -> HTTPResponse {
        response(status, [], Array("<Error><Code>\(code)</Code><Message>\(code)</Message></Error>".utf8))
    }

    private static func response(_ status: Int, _ headers: [HTTPHeader], _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: headers + [HTTPHeader("Content-Length", "\(body.count)")],
            body: WholeBody(Bytes(body)))
    }
}

/// A body that is there at once.
private final class WholeBody: HTTPBody {
    private let rest: Mutex<Bytes?>

    init(_ bytes: Bytes) {
        rest = Mutex(bytes.isEmpty ? nil : bytes)
    }

    func next() async throws(HTTPError) -> Bytes? {
        rest.withLock { rest in
            defer { rest = nil }
            return rest
        }
    }

    func cancel() {}
}
