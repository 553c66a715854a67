import Crypto
import HTTP
import JSON
import TestSupport
import Testing

@testable import AWSAuth

struct ProofOfPossessionTests {
    @Test("a proof says what botocore's says, and is signed by the key that it names")
    func proofs() throws {
        for row in try Golden.list("login-proofs.json") {
            let key = try #require(P256SigningKey(pem: row["key"].string ?? ""))
            let proof = ProofOfPossession(
                method: "POST", url: row["url"].string ?? "", time: Timestamp(seconds: Int64(row["time"].int ?? 0)),
                id: row["id"].string ?? "")
            let header = try #require(proof.header(signedBy: key))
            let ours = try #require(SignedToken(header.value))
            let theirs = try #require(SignedToken(row["proof"].string ?? ""))
            #expect(header.name == "DPoP" && ours.isValid && theirs.isValid)
            #expect(ours.head == theirs.head && ours.claims == theirs.claims)
        }
    }

    @Test("every proof has a name of its own")
    func names() {
        let ids = (0..<100).map { _ in
            ProofOfPossession(method: "POST", url: "https://h/", time: Timestamp(seconds: 0)).id
        }
        #expect(Set(ids).count == 100)
    }
}

/// A JSON web token that holds its public key.
struct SignedToken {
    let head: JSONValue
    let claims: JSONValue
    /// Whether the signature is that of the key in the head.
    let isValid: Bool

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Self.decode(parts[0]).flatMap({ JSONValue(parsing: $0) }),
            let claims = Self.decode(parts[1]).flatMap({ JSONValue(parsing: $0) }),
            let signature = Self.decode(parts[2]), let x = head["jwk"]?["x"]?.text.flatMap({ Self.decode($0[...]) }),
            let y = head["jwk"]?["y"]?.text.flatMap({ Self.decode($0[...]) })
        else { return nil }
        (self.head, self.claims) = (head, claims)
        isValid = ES256.isSignature(signature, of: Array("\(parts[0]).\(parts[1])".utf8), x: x, y: y)
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        guard !text.contains("="), !text.contains("+"), !text.contains("/") else { return nil }
        return Base64.decode(text.replacing("-", with: "+").replacing("_", with: "/").utf8)
    }
}
