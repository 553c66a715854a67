import AWSAuth
import HTTP
import TestSupport
import Testing

@testable import S3

/// The requests of the signing vectors, built from what was asked for: host, path, query and headers as a reference
/// client sends them.
struct RequestVectorTests {
    private static let headerNames = [
        "Range": "Range", "IfMatch": "If-Match", "IfNoneMatch": "If-None-Match",
        "RequestPayer": "x-amz-request-payer", "ExpectedBucketOwner": "x-amz-expected-bucket-owner",
    ]
    private static let queryNames = [
        "VersionId": "versionId", "PartNumber": "partNumber", "Prefix": "prefix", "Delimiter": "delimiter",
        "ContinuationToken": "continuation-token", "MaxKeys": "max-keys", "StartAfter": "start-after",
        "FetchOwner": "fetch-owner", "KeyMarker": "key-marker", "VersionIdMarker": "version-id-marker",
    ]

    /// Returns what is asked for; nil for parameters that have no simple form.
    private func request(_ input: JSON) -> S3Request? {
        let operations = [
            "GetObject": "GET", "HeadObject": "HEAD", "HeadBucket": "HEAD", "ListObjectsV2": "GET",
            "ListObjectVersions": "GET",
        ]
        guard let operation = input["operation"].string, let method = operations[operation] else { return nil }
        var request = S3Request(operation: .getObject, method: method)
        request.key = input["params"]["Key"].string.map { ObjectKey($0) }
        if operation == "ListObjectsV2" { request.query.append(QueryParameter("list-type", "2")) }
        if operation == "ListObjectVersions" { request.query.append(QueryParameter("versions", nil)) }
        if operation.hasPrefix("List") { request.query.append(QueryParameter("encoding-type", "url")) }
        for (name, value) in input["params"].object {
            if let header = Self.headerNames[name] {
                request.headers.append(HTTPHeader(header, value.text ?? ""))
            } else if let parameter = Self.queryNames[name] {
                request.query.append(QueryParameter(parameter, value.text))
            } else if !["Bucket", "Key", "EncodingType", "ChecksumMode"].contains(name) {
                return nil
            }
        }
        return request
    }

    @Test("the request built from the parameters is the one on the wire, and gets its signature")
    func vectors() throws {
        let vectors = try Vectors.list("s3_sigv4.json")
        var checkedCount = 0
        for vector in vectors {
            let input = vector["input"]
            guard vector["wire"]["host"] != .null, let request = request(input) else { continue }
            checkedCount += 1
            let comment = Comment(rawValue: vector["id"].string ?? "")
            if vector["expected"]["scope_service"].string == "s3-object-lambda" {
                #expect(throws: S3Error.self, comment) { try self.endpoint(input) }
                continue
            }
            let endpoint = try self.endpoint(input)
            var message = request.http(to: endpoint)
            let wire = vector["wire"]

            // The reference client has an older host for this region.
            let isLegacyHost =
                input["region"].string == "us-east-1" && input["endpoint_url"] == .null
                && wire["host"].string?.contains("us-east-1") == false
            let host = wire["host"].string ?? ""
            #expect(
                (isLegacyHost ? endpoint.authority.replacing(".us-east-1", with: "") : endpoint.authority) == host,
                comment)
            if isLegacyHost { message.headers[0] = HTTPHeader("Host", host) }
            #expect(
                message.method == wire["method"].string && message.isSecure == (wire["scheme"].string == "https"),
                comment)
            let parts = message.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            #expect(String(parts[0]) == wire["path"].string, comment)
            let query = parts.count > 1 ? parts[1] : ""
            #expect(
                query.split(separator: "&").sorted() == (wire["query"].string ?? "").split(separator: "&").sorted(),
                comment)

            guard let expected = vector["expected"]["signature"].string, !host.isEmpty else { continue }
            if let checksum = wire["headers"]["x-amz-checksum-mode"].string {
                message.headers.append(HTTPHeader("x-amz-checksum-mode", checksum))
            }
            let session = input["session_credentials"]
            let (keys, prefix) = session == .null ? (input["credentials"], "aws_") : (session, "")
            let credentials = Credentials(
                accessKeyID: keys[prefix + "access_key_id"].string ?? "",
                secretAccessKey: keys[prefix + "secret_access_key"].string ?? "",
                sessionToken: keys[prefix + "session_token"].string)
            let signer = SigV4Signer(
                region: endpoint.region, service: endpoint.service.rawValue,
                rules: session == .null ? .s3 : .s3ExpressSession)
            let time = try #require(Timestamp(rfc3339: input["timestamp"].string ?? ""))
            #expect(signer.sign(&message, with: credentials, at: time).hex == expected, comment)
        }
        #expect(checkedCount * 10 >= vectors.count * 8, "most vectors can be built from their parameters")
    }

    private func endpoint(_ input: JSON) throws -> S3Endpoint {
        let config = input["config"]
        let style = config["s3"]["addressing_style"].string
        return try S3Endpoint(
            bucket: input["params"]["Bucket"].string ?? "",
            configuration: S3Configuration(
                region: input["region"].string, endpoint: input["endpoint_url"].string,
                // With no style given the reference client takes the path at another server, and the host at AWS.
                pathStyle: style == "path" || style != "virtual" && input["endpoint_url"] != .null,
                usesDualstack: config["use_dualstack_endpoint"].bool ?? config["s3"]["use_dualstack_endpoint"].bool
                    ?? false,
                usesFIPS: config["use_fips_endpoint"].bool ?? false,
                usesAccelerate: config["s3"]["use_accelerate_endpoint"].bool ?? false))
    }

    @Test("a listing's parameters are sent in the order in which they are signed")
    func listing() throws {
        let endpoint = try S3Endpoint(bucket: "b", configuration: S3Configuration(endpoint: "http://127.0.0.1:9000"))
        let request = S3Request.listObjects(prefix: Array("a b/é+".utf8), token: Array("t/+=".utf8), pageSize: 2)
        #expect(
            request.http(to: endpoint).target
                == "/b?continuation-token=t%2F%2B%3D&encoding-type=url&list-type=2&max-keys=2&prefix=a%20b%2F%C3%A9%2B")
    }
}
