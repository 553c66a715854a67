internal import ByteCore
internal import Crypto
public import HTTP

/// Signs requests for one region of one service.
///
/// Spec: AWS Signature Version 4. Keys are cached by day. A request is signed each time it is sent, with the time of
/// that attempt.
public struct SigV4Signer: Sendable {
    /// The region of the scope, such as `eu-west-1`.
    public let region: String
    /// The service of the scope, such as `s3`.
    public let service: String
    /// What the service asks.
    public let rules: SigningRules
    private let keys: SigningKeyCache

    /// Creates a signer.
    public init(region: String, service: String, rules: SigningRules) {
        self.region = region
        self.service = service
        self.rules = rules
        keys = SigningKeyCache(region: region, service: service)
    }

    /// Adds date, payload hash, session token and signature to the headers of a request.
    ///
    /// Headers of an earlier signature are replaced. `Host` is among the request's headers already.
    @discardableResult
    public func sign(
        _ request: inout HTTPRequest, with credentials: Credentials, at time: Timestamp, payload: SignedPayload = .body
    ) -> SigV4Signature {
        let date = SigningDate(time)
        removeSignature(from: &request)
        let payloadHash = Self.hash(of: payload, request)
        request.headers.append(HTTPHeader("X-Amz-Date", date.time))
        if rules.sendsPayloadHash { request.headers.append(HTTPHeader("X-Amz-Content-SHA256", payloadHash)) }
        if let token = credentials.sessionToken, rules.signsSessionToken {
            request.headers.append(HTTPHeader(rules.sessionTokenHeader, token))
        }
        let canonical = CanonicalRequest(
            method: request.method, target: request.target, headers: request.headers, payloadHash: payloadHash,
            rules: rules)
        let signature = signature(of: canonical, with: credentials, on: date)
        if let token = credentials.sessionToken, !rules.signsSessionToken {
            request.headers.append(HTTPHeader(rules.sessionTokenHeader, token))
        }
        request.headers.append(HTTPHeader("Authorization", signature.authorization(credentials.accessKeyID)))
        return signature
    }

    /// Adds a signature to the query of a request, which is then valid for `duration` seconds without any header but
    /// those it has.
    @discardableResult
    public func presign(
        _ request: inout HTTPRequest, with credentials: Credentials, at time: Timestamp, duration: Int,
        payload: SignedPayload = .unsigned
    ) -> SigV4Signature {
        let date = SigningDate(time)
        let headerNames = CanonicalRequest(
            method: "", target: "", headers: request.headers, payloadHash: "", rules: rules
        ).signedHeaderNames
        var query = [
            ("X-Amz-Algorithm", Self.algorithm),
            ("X-Amz-Credential", credentials.accessKeyID + "/" + scope(date)),
            ("X-Amz-Date", date.time),
            ("X-Amz-Expires", String(duration)),
            ("X-Amz-SignedHeaders", headerNames),
        ]
        let token = credentials.sessionToken.map { ("X-Amz-Security-Token", $0) }
        if let token, rules.signsSessionToken { query.append(token) }
        Self.append(query, to: &request)
        let canonical = CanonicalRequest(
            method: request.method, target: request.target, headers: request.headers,
            payloadHash: Self.hash(of: payload, request), rules: rules)
        let signature = signature(of: canonical, with: credentials, on: date)
        if let token, !rules.signsSessionToken { Self.append([token], to: &request) }
        Self.append([("X-Amz-Signature", signature.hex)], to: &request)
        return signature
    }
}

extension SigV4Signer {
    static let algorithm = "AWS4-HMAC-SHA256"
    private static let emptyHash = SHA256.hash([UInt8]()).hex

    private func scope(_ date: SigningDate) -> String {
        var scope = date.day
        scope.reserveCapacity(region.utf8.count + service.utf8.count + 24)
        for part in ["/", region, "/", service, "/aws4_request"] { scope += part }
        return scope
    }

    private func signature(
        of canonical: CanonicalRequest, with credentials: Credentials, on date: SigningDate
    ) -> SigV4Signature {
        let scope = scope(date)
        var text = [UInt8]()
        text.reserveCapacity(192)
        for line in [Self.algorithm, date.time, scope] {
            text.append(contentsOf: line.utf8)
            text.append(UInt8(ascii: "\n"))
        }
        SHA256.hash(canonical.bytes).appendHex(to: &text)
        let key = keys.key(secret: credentials.secretAccessKey, day: date.day)
        return SigV4Signature(
            canonicalRequest: canonical, scope: scope, stringToSign: text, hex: key.code(text).hex)
    }

    private func removeSignature(from request: inout HTTPRequest) {
        let token = rules.sessionTokenHeader.lowercased()
        request.headers.removeAll { header in
            ASCII.isEqual(header.name, to: "authorization") || ASCII.isEqual(header.name, to: "x-amz-date")
                || ASCII.isEqual(header.name, to: "x-amz-content-sha256") || ASCII.isEqual(header.name, to: token)
        }
    }

    private static func hash(of payload: SignedPayload, _ request: HTTPRequest) -> String {
        switch payload {
        case .unsigned: "UNSIGNED-PAYLOAD"
        case .body: request.body.isEmpty ? emptyHash : SHA256.hash(request.body).hex
        }
    }

    private static func append(_ parameters: [(String, String)], to request: inout HTTPRequest) {
        var target = Array(request.target.utf8)
        for (name, value) in parameters {
            target.append(target.contains(UInt8(ascii: "?")) ? UInt8(ascii: "&") : UInt8(ascii: "?"))
            PercentEncoding.append(name.utf8, keeping: .unreserved, to: &target)
            target.append(UInt8(ascii: "="))
            PercentEncoding.append(value.utf8, keeping: .unreserved, to: &target)
        }
        request.target = String(decoding: target, as: UTF8.self)
    }
}

/// A signature and the texts it was made from, one per step.
public struct SigV4Signature: Hashable, Sendable {
    /// The request in its canonical form.
    public let canonicalRequest: CanonicalRequest
    /// Day, region and service that the signature is good for.
    public let scope: String
    /// The text that was signed, ASCII.
    public let stringToSign: [UInt8]
    /// The signature as 64 hexadecimal digits.
    public let hex: String

    /// Returns the value of the `Authorization` header.
    func authorization(_ accessKeyID: String) -> String {
        let parts = [
            SigV4Signer.algorithm, " Credential=", accessKeyID, "/", scope, ", SignedHeaders=",
            canonicalRequest.signedHeaderNames, ", Signature=", hex,
        ]
        var text = ""
        text.reserveCapacity(parts.reduce(0) { $0 + $1.utf8.count })
        for part in parts { text += part }
        return text
    }
}

extension SigV4Signature: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What may be shown: the scope.
    public var description: String { "SigV4Signature(\(scope), redacted)" }
    /// What may be shown: the scope.
    public var debugDescription: String { description }
    /// A mirror without children: a canonical request holds the session token.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// The time of a signature, in the two forms in which it is signed.
struct SigningDate {
    /// `20260314T150926Z`.
    let time: String
    /// `20260314`.
    let day: String

    init(_ timestamp: Timestamp) {
        let civil = CivilTime(timestamp)
        var digits = [UInt8]()
        digits.reserveCapacity(16)
        func append(_ value: Int) {
            digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10 % 10))
            digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
        }
        for field in [civil.year / 100, civil.year % 100, civil.month, civil.day] { append(field) }
        day = String(decoding: digits, as: UTF8.self)
        digits.append(UInt8(ascii: "T"))
        for field in [civil.hour, civil.minute, civil.second] { append(field) }
        digits.append(UInt8(ascii: "Z"))
        time = String(decoding: digits, as: UTF8.self)
    }
}
