import Foundation
import HTTP
import TestSupport
import Testing

@testable import AWSAuth

/// Every vector of the directory, stage by stage: canonical request, string to sign, signature, header.
struct SignatureVectorTests {
    @Test("requests that a reference client signed end to end")
    func clientVectors() throws {
        for vector in try Vectors.list("s3_sigv4.json") {
            let wire = vector["wire"]
            let expected = vector["expected"]
            guard let region = expected["scope_region"].string, let service = expected["scope_service"].string else {
                continue
            }
            let session = vector["input"]["session_credentials"]
            let added = ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-s3session-token"]
            var request = Self.request(
                wire, headers: wire["headers"].object.filter { !added.contains($0.key.lowercased()) })
            let signer = SigV4Signer(
                region: region, service: service, rules: session == .null ? .s3 : .s3ExpressSession)
            let unsigned = wire["headers"].object.contains { $0.value == .string("UNSIGNED-PAYLOAD") }
            let signature = signer.sign(
                &request, with: Vectors.credentials(session == .null ? vector["input"]["credentials"] : session),
                at: try Self.time(vector), payload: unsigned ? .unsigned : .body)
            Self.compare(signature, request, vector)
            let sent = Dictionary(
                request.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $0 + "," + $1 })
            var wanted = wire["headers"].object.reduce(into: [String: String]()) {
                $0[$1.key.lowercased()] = $1.value.string
            }
            wanted["host"] = wire["host"].string
            wanted["authorization"] = expected["authorization"].string
            #expect(sent == wanted, Self.comment(vector))
        }
    }

    @Test("literal requests: order, folding, dates, keys, tokens")
    func rawVectors() throws {
        for vector in try Vectors.list("s3_raw.json") {
            let input = vector["input"]
            var request = Self.request(input, headers: [:])
            for header in input["headers"].array {
                request.headers.append(HTTPHeader(header.array[0].string ?? "", header.array[1].string ?? ""))
            }
            let signer = SigV4Signer(
                region: input["region"].string ?? "", service: input["service"].string ?? "", rules: .s3)
            let signature = signer.sign(
                &request, with: Vectors.credentials(input["credentials"]), at: try Self.time(vector))
            Self.compare(signature, request, vector)
        }
    }

    @Test("presigned requests")
    func presignedVectors() throws {
        for vector in try Vectors.list("s3_presigned.json") {
            let url = try #require(vector["expected"]["url"].string)
            let canonical = try #require(vector["expected"]["canonical_request"].string)
            let authority = try #require(url.firstRange(of: "://")?.upperBound)
            let path = try #require(url[authority...].firstIndex(of: "/"))
            let query = try #require(url.firstRange(of: "X-Amz-Algorithm=")?.lowerBound)
            let scope = try #require(
                vector["expected"]["string_to_sign"].string?.split(separator: "\n")[2].split(separator: "/"))
            // Headers that the reference client signed with the URL are given as it signed them.
            let lines = canonical.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3)
            let headers = lines.prefix { !$0.isEmpty }.map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                return HTTPHeader(String(line[..<colon]), String(line[colon...].dropFirst()))
            }
            #expect(headers.contains(HTTPHeader("host", String(url[authority..<path]))), Self.comment(vector))
            var request = HTTPRequest(
                method: String(canonical.prefix { $0 != "\n" }), isSecure: url.hasPrefix("https"), host: "", port: 0,
                target: String(url[path..<url.index(before: query)]), headers: headers)
            let signer = SigV4Signer(region: String(scope[1]), service: String(scope[2]), rules: .s3)
            let signature = signer.presign(
                &request, with: Vectors.credentials(vector["input"]["credentials"]), at: try Self.time(vector),
                duration: vector["input"]["expires"].int ?? 0)
            #expect(signature.canonicalText == canonical, Self.comment(vector))
            #expect(signature.stringToSignText == vector["expected"]["string_to_sign"].string, Self.comment(vector))
            #expect(url[..<path] + request.target == url, Self.comment(vector))
        }
    }

    private static func request(_ json: JSON, headers: [String: JSON]) -> HTTPRequest {
        let query = json["query"].string ?? ""
        let host = json["host"].string ?? ""
        return HTTPRequest(
            method: json["method"].string ?? "", isSecure: json["scheme"].string != "http", host: host, port: 0,
            target: (json["path"].string ?? "") + (query.isEmpty ? "" : "?" + query),
            headers: [HTTPHeader("Host", host)] + headers.map { HTTPHeader($0.key, $0.value.string ?? "") })
    }

    private static func compare(_ signature: SigV4Signature, _ request: HTTPRequest, _ vector: JSON) {
        let expected = vector["expected"]
        #expect(signature.canonicalText == expected["canonical_request"].string, comment(vector))
        #expect(signature.stringToSignText == expected["string_to_sign"].string, comment(vector))
        #expect(signature.hex == expected["signature"].string, comment(vector))
        #expect(request.headers.last?.value == expected["authorization"].string, comment(vector))
    }

    private static func time(_ vector: JSON) throws -> Timestamp {
        try #require(Timestamp(rfc3339: vector["input"]["timestamp"].string ?? ""), comment(vector))
    }

    private static func comment(_ vector: JSON) -> Comment { Comment(rawValue: vector["id"].string ?? "") }
}
