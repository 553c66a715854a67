import ByteCore
import Foundation
import HTTP
import TestSupport
import Testing

@testable import AWSAuth

/// The signing suite of the C SDK, whose made-up service has the rules of every service but S3.
struct SigningSuiteTests {
    /// Directories of the suite's cases; none where no vectors are named.
    static let cases: [URL] = {
        guard let suite = Vectors.directory?.appendingPathComponent("aws-signing-test-suite/v4") else { return [] }
        let found = try? FileManager.default.contentsOfDirectory(at: suite, includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }()

    @Test("the suite is there where vectors are")
    func present() {
        #expect(Vectors.directory == nil || !Self.cases.isEmpty)
    }

    @Test("headers and query of each case, stage by stage")
    func cases() throws {
        for directory in Self.cases {
            try check(directory)
        }
    }

    private func check(_ directory: URL) throws {
        let comment = Comment(rawValue: directory.lastPathComponent)
        func text(_ name: String) throws -> String {
            try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
        }
        let context = try JSON(contentsOf: directory.appendingPathComponent("context.json"))
        let normalizes = context["normalize"].bool ?? true
        let signer = SigV4Signer(
            region: context["region"].string ?? "", service: context["service"].string ?? "",
            rules: SigningRules(
                encodesPathAgain: true, normalizesPath: normalizes,
                sendsPayloadHash: context["sign_body"].bool ?? false,
                signsSessionToken: !(context["omit_session_token"].bool ?? false)))
        let credentials = Vectors.credentials(context["credentials"])
        let time = try #require(Timestamp(rfc3339: context["timestamp"].string ?? ""), comment)
        let plain = try Self.request(text("request.txt"))

        var request = plain
        let signature = signer.sign(&request, with: credentials, at: time)
        #expect(signature.canonicalText == (try text("header-canonical-request.txt")), comment)
        #expect(signature.stringToSignText == (try text("header-string-to-sign.txt")), comment)
        #expect(signature.hex == (try text("header-signature.txt")), comment)
        let signed = try Self.request(text("header-signed-request.txt"))
        #expect(Self.headers(request) == Self.headers(signed), comment)

        var presigned = plain
        let query = signer.presign(
            &presigned, with: credentials, at: time, duration: context["expiration_in_seconds"].int ?? 0,
            payload: .body)
        #expect(query.canonicalText == (try text("query-canonical-request.txt")), comment)
        #expect(query.stringToSignText == (try text("query-string-to-sign.txt")), comment)
        #expect(query.hex == (try text("query-signature.txt")), comment)
        let wanted = try Self.request(text("query-signed-request.txt"))
        #expect(Self.parameters(presigned) == Self.parameters(wanted), comment)
    }

    private static func request(_ text: String) throws -> HTTPRequest {
        // A line that starts with white space goes on with the header before it.
        let head = text.firstRange(of: "\n\n")
        let lines = text[..<(head?.lowerBound ?? text.endIndex)].split(separator: "\n")
        let first = try #require(lines.first)
        let target = first[first.index(after: try #require(first.firstIndex(of: " ")))...].dropLast(" HTTP/1.1".count)
        var headers = [HTTPHeader]()
        for line in lines.dropFirst() {
            if line.first?.isWhitespace == true, let last = headers.popLast() {
                headers.append(HTTPHeader(last.name, last.value + "\n" + line))
            } else {
                let colon = try #require(line.firstIndex(of: ":"))
                headers.append(HTTPHeader(String(line[..<colon]), String(line[colon...].dropFirst())))
            }
        }
        return HTTPRequest(
            method: String(first.prefix { $0 != " " }), isSecure: true, host: "", port: 443, target: String(target),
            headers: headers, body: Bytes(text[(head?.upperBound ?? text.endIndex)...].utf8))
    }

    private static func headers(_ request: HTTPRequest) -> [String] {
        request.headers.map { $0.name.lowercased() + ":" + $0.value }.sorted()
    }

    private static func parameters(_ request: HTTPRequest) -> [String] {
        request.target.split { $0 == "?" || $0 == "&" }.map { String($0) }.sorted()
    }
}
