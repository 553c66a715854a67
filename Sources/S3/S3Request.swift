internal import ByteCore
internal import HTTP

/// A parameter of a query; one without a value has no `=`.
struct QueryParameter: Hashable, Sendable {
    let name: String
    let value: [UInt8]?

    init(_ name: String, _ value: String?) {
        self.init(name, bytes: value.map { Array($0.utf8) })
    }

    init(_ name: String, bytes: [UInt8]?) {
        self.name = name
        value = bytes
    }
}

/// What is asked of a bucket, before it is known where the bucket is.
struct S3Request: Sendable {
    let operation: S3Operation
    var method = "GET"
    /// The object; nil asks the bucket itself.
    var key: ObjectKey?
    var query: [QueryParameter] = []
    var headers: [HTTPHeader] = []
    var body = Bytes()
    /// Whether it is signed, where there are credentials.
    var isSigned = true
    /// Whether bytes that came before are to be gone on with.
    var isResumption = false
    /// Number of bytes of the answer, where it is known.
    var expectedByteCount: Int?
    /// The version of the object; nil asks for the present one.
    var versionID: String?

    /// Whether it counts among the requests that the bucket is asked at once. One that another waits for must not wait
    /// for that one's turn.
    var takesPass: Bool { operation == .listObjects || operation == .getObject }

    /// Asks for a page of a listing; by directories, of one level only.
    static func listObjects(
        prefix: [UInt8], token: [UInt8]?, pageSize: Int, byDirectories: Bool = false
    ) -> S3Request {
        // In the order in which a signature sorts them.
        var query = [QueryParameter]()
        if let token { query.append(QueryParameter("continuation-token", bytes: token)) }
        if byDirectories { query.append(QueryParameter("delimiter", "/")) }
        query.append(QueryParameter("encoding-type", "url"))
        query.append(QueryParameter("list-type", "2"))
        query.append(QueryParameter("max-keys", String(pageSize)))
        if !prefix.isEmpty { query.append(QueryParameter("prefix", bytes: prefix)) }
        return S3Request(operation: .listObjects, query: query)
    }

    /// Asks for an object or a part of it, in a version where one is given.
    static func getObject(
        _ key: ObjectKey, range: ClosedRange<Int64>?, ifMatch: String?, versionID: String? = nil
    ) -> S3Request {
        var request = S3Request(operation: .getObject, key: key)
        if let versionID {
            request.versionID = versionID
            request.query.append(QueryParameter("versionId", versionID))
        }
        if let range {
            request.headers.append(HTTPHeader("Range", "bytes=\(range.lowerBound)-\(range.upperBound)"))
        } else {
            request.headers.append(ObjectChecksum.request)
        }
        if let ifMatch { request.headers.append(HTTPHeader("If-Match", ifMatch)) }
        return request
    }

    /// Asks whether the bucket is there, and where.
    static let headBucket = S3Request(operation: .headBucket, method: "HEAD")

    /// Asks where the bucket is: any answer says so, also to someone who may not ask.
    static let findRegion = S3Request(operation: .headBucket, method: "HEAD", isSigned: false)

    /// Asks for credentials to read a directory bucket with.
    static let createSession = S3Request(
        operation: .createSession, query: [QueryParameter("session", nil)],
        headers: [HTTPHeader("x-amz-create-session-mode", "ReadOnly")])

    /// Returns the request as it is sent, not yet signed.
    func http(to endpoint: S3Endpoint) -> HTTPRequest {
        HTTPRequest(
            method: method, isSecure: endpoint.isSecure, host: endpoint.host, port: endpoint.port,
            target: endpoint.target(key: key, query: query),
            headers: [HTTPHeader("Host", endpoint.authority)] + headers, body: body)
    }
}
