import AWSAuth
import ByteCore
import HTTP
import TestSupport
import Testing

@testable import S3

/// Random requests, built from key, parameters and headers, against the signatures of an independent signer.
struct GoldenSignatureTests {
    @Test("any key, query, header and token is signed as by the reference")
    func signatures() throws {
        var kinds: Set<String> = []
        for (index, input) in try Golden.list("signatures.json").enumerated() {
            let kind = input["kind"].string ?? ""
            kinds.insert(kind)
            let request = S3Request(
                operation: .getObject, method: input["method"].string ?? "",
                key: input["key"].string.map { ObjectKey($0) },
                query: input["query"].array.map { QueryParameter($0.array[0].string ?? "", $0.array[1].string) },
                headers: input["headers"].array.map {
                    HTTPHeader($0.array[0].string ?? "", $0.array[1].string ?? "")
                },
                body: Bytes((input["body"].string ?? "").utf8))
            // Only the target is the endpoint's: the host is that of the case.
            let endpoint = try S3Endpoint(bucket: "bucket", configuration: S3Configuration(region: "us-east-1"))
            var message = request.http(to: endpoint)
            message.headers[0] = HTTPHeader("Host", input["host"].string ?? "")

            let rules: SigningRules = kind == "sts" ? .standard : kind == "s3express" ? .s3ExpressSession : .s3
            let signer = SigV4Signer(
                region: input["region"].string ?? "", service: kind == "s3-presigned" ? "s3" : kind, rules: rules)
            let credentials = Credentials(
                accessKeyID: input["access_key"].string ?? "", secretAccessKey: input["secret"].string ?? "",
                sessionToken: input["token"].string)
            let time = try #require(Timestamp(rfc3339: input["time"].string ?? ""))
            let signature =
                kind == "s3-presigned"
                ? signer.presign(&message, with: credentials, at: time, duration: 3_600)
                : signer.sign(&message, with: credentials, at: time)
            #expect(signature.hex == input["signature"].string, "case \(index), \(kind)")
        }
        #expect(kinds == ["s3", "s3express", "sts", "s3-presigned"])
    }
}
