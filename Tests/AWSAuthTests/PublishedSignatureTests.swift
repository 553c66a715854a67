import HTTP
import Testing

@testable import AWSAuth

/// The worked examples of the S3 documentation, "Signature Calculations for the Authorization Header".
struct PublishedSignatureTests {
    private let credentials = Credentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    private let time = Timestamp(seconds: 1_369_353_600)
    private let signer = SigV4Signer(region: "us-east-1", service: "s3", rules: .s3)

    private func request(_ target: String, _ headers: [HTTPHeader] = []) -> HTTPRequest {
        let host = "examplebucket.s3.amazonaws.com"
        return HTTPRequest(
            isSecure: true, host: host, port: 443, target: target, headers: [HTTPHeader("Host", host)] + headers)
    }

    @Test(
        "the documented requests get the documented signatures",
        arguments: [
            ("/test.txt", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            ("/?lifecycle", nil, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            ("/?max-keys=2&prefix=J", nil, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        ])
    func header(target: String, range: String?, expected: String) {
        var request = request(target, range.map { [HTTPHeader("Range", $0)] } ?? [])
        let signature = signer.sign(&request, with: credentials, at: time)
        #expect(signature.hex == expected)
        #expect(request.headers.last?.value.hasSuffix(", Signature=" + expected) == true)
    }

    @Test("the documented presigned URL")
    func presigned() {
        var request = request("/test.txt")
        signer.presign(&request, with: credentials, at: time, duration: 86_400)
        #expect(
            request.target == "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test("a request signed again carries one signature, of the second time")
    func signedAgain() {
        var request = request("/test.txt", [HTTPHeader("Range", "bytes=0-9")])
        let token = Credentials(accessKeyID: "A", secretAccessKey: "B", sessionToken: "T")
        signer.sign(&request, with: token, at: Timestamp(seconds: 1_400_000_000))
        let signature = signer.sign(&request, with: credentials, at: time)
        #expect(signature.hex == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(
            request.headers.map(\.name) == ["Host", "Range", "X-Amz-Date", "X-Amz-Content-SHA256", "Authorization"])
    }

    @Test("the path of other services is normalised and encoded again, that of S3 is not")
    func pathRules() {
        func path(_ target: String, _ rules: SigningRules) -> Substring {
            let canonical = CanonicalRequest(
                method: "GET", target: target, headers: [], payloadHash: "", rules: rules)
            return String(decoding: canonical.bytes, as: UTF8.self).split(separator: "\n")[1]
        }
        #expect(path("/a%20b//./c/../d/", .s3) == "/a%20b//./c/../d/")
        #expect(path("/a%20b//./c/../d/", .standard) == "/a%2520b/d/")
        #expect(path("", .s3) == "/")
        #expect(path("/..", .standard) == "/")
    }

    @Test("parameters sort by whole name and then by value, and each has an equals sign")
    func queryOrder() {
        let canonical = CanonicalRequest(
            method: "GET", target: "/?a-b=1&a=2&a=1&k10=&k2&B=x&a%20=", headers: [], payloadHash: "", rules: .s3)
        let line = String(decoding: canonical.bytes, as: UTF8.self).split(separator: "\n")[2]
        #expect(line == "B=x&a=1&a=2&a%20=&a-b=1&k10=&k2=")
    }

    @Test("header values lose outer and repeated white space, and equal names are joined")
    func headerFolding() {
        let canonical = CanonicalRequest(
            method: "GET", target: "/",
            headers: [
                HTTPHeader("X-B", "  two \t  words "), HTTPHeader("x-a", ""), HTTPHeader("X-b", "last"),
                HTTPHeader("User-Agent", "any"), HTTPHeader("Proxy-Authorization", "secret"),
            ],
            payloadHash: "hash", rules: .s3)
        #expect(
            String(decoding: canonical.bytes, as: UTF8.self)
                == "GET\n/\n\nx-a:\nx-b:two words,last\n\nx-a;x-b\nhash")
        #expect(canonical.signedHeaderNames == "x-a;x-b")
    }

    @Test("neither a signature nor a canonical request shows a token")
    func redaction() {
        var request = request("/k")
        let credentials = Credentials(accessKeyID: "AKID", secretAccessKey: "hidden", sessionToken: "token-hidden")
        let signature = signer.sign(&request, with: credentials, at: time)
        var dumped = ""
        dump(signature, to: &dumped)
        dump(signature.canonicalRequest, to: &dumped)
        dump(credentials, to: &dumped)
        for text in [
            "\(signature)", "\(signature.canonicalRequest)", "\(credentials)", String(reflecting: credentials), dumped,
        ] {
            #expect(!text.contains("hidden") && !text.contains(signature.hex) && !text.contains("AKID"))
        }
    }
}
