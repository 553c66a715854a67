internal import Crypto
internal import FoundationEssentials
internal import HTTP
internal import JSON

/// A proof that who sends a request holds the key that a token is bound to: a JSON web token good for that request.
///
/// Spec: RFC 9449, 4.2 (DPoP); RFC 7515 and RFC 7518 (ES256).
struct ProofOfPossession: Hashable, Sendable {
    let method: String
    /// The request's URL, without query and fragment.
    let url: String
    let time: Timestamp
    /// Tells the proof from all others.
    var id = UUID().uuidString.lowercased()

    /// Returns the header in which the proof is sent; nil where the key is none that can sign.
    func header(signedBy key: P256SigningKey) -> HTTPHeader? {
        let head = JSONValue.object([
            "typ": .string("dpop+jwt"), "alg": .string("ES256"),
            "jwk": .object([
                "kty": .string("EC"), "crv": .string("P-256"), "x": .string(Base64.encodeForURL(key.x)),
                "y": .string(Base64.encodeForURL(key.y)),
            ]),
        ])
        let claims = JSONValue.object([
            "htm": .string(method), "htu": .string(url), "iat": .integer(time.seconds), "jti": .string(id),
        ])
        let text = Base64.encodeForURL(head.bytes) + "." + Base64.encodeForURL(claims.bytes)
        guard let signature = key.signature(of: Array(text.utf8)) else { return nil }
        return HTTPHeader("DPoP", text + "." + Base64.encodeForURL(signature))
    }
}
