import HTTP
import Testing

@testable import S3

struct ClassificationTests {
    struct Row: Sendable {
        let answer: S3Error.Answer
        let kind: S3Error.Kind

        init(
            _ status: Int, _ code: String?, _ kind: S3Error.Kind, region: String? = nil, hasKey: Bool = true,
            isDeleteMarker: Bool = false
        ) {
            answer = S3Error.Answer(
                status: status, code: code, region: region, signedRegion: "eu-west-1", hasKey: hasKey,
                isDeleteMarker: isDeleteMarker)
            self.kind = kind
        }
    }

    @Test(
        "each answer has one kind",
        arguments: [
            Row(404, "NoSuchKey", .notFound(.key)),
            Row(404, "NoSuchVersion", .notFound(.key)),
            Row(404, "NoSuchBucket", .notFound(.bucket)),
            Row(404, nil, .notFound(.key)),
            Row(404, nil, .notFound(.bucket), hasKey: false),
            Row(405, "MethodNotAllowed", .notFound(.key), isDeleteMarker: true),
            Row(405, "MethodNotAllowed", .badRequest),
            Row(403, "AccessDenied", .accessDenied),
            Row(403, nil, .accessDenied),
            Row(400, "KMS.DisabledException", .accessDenied),
            Row(403, "InvalidAccessKeyId", .unauthenticated),
            Row(403, "SignatureDoesNotMatch", .unauthenticated),
            Row(403, "InvalidTokenId", .unauthenticated),
            Row(401, nil, .unauthenticated),
            Row(400, "ExpiredToken", .credentialsExpired),
            Row(400, "InvalidToken", .credentialsExpired),
            Row(400, "TokenRefreshRequired", .credentialsExpired),
            Row(403, "RequestTimeTooSkewed", .clockSkewed),
            Row(301, "PermanentRedirect", .wrongRegion("us-west-2"), region: "us-west-2"),
            Row(301, nil, .wrongRegion(nil)),
            Row(307, "TemporaryRedirect", .wrongRegion("us-west-2"), region: "us-west-2"),
            Row(400, "AuthorizationHeaderMalformed", .wrongRegion("us-west-2"), region: "us-west-2"),
            Row(400, "AuthorizationHeaderMalformed", .unauthenticated),
            Row(400, "IllegalLocationConstraintException", .wrongRegion(nil)),
            Row(400, nil, .wrongRegion("us-west-2"), region: "us-west-2"),
            Row(400, nil, .badRequest, region: "eu-west-1"),
            Row(403, nil, .accessDenied, region: "us-west-2"),
            Row(400, "InvalidArgument", .badRequest),
            Row(400, "InvalidRequest", .keyMismatch),
            Row(400, "InvalidRequest", .badRequest, hasKey: false),
            Row(503, "SlowDown", .throttled),
            Row(503, nil, .throttled),
            Row(429, nil, .throttled),
            Row(400, "ThrottlingException", .throttled),
            Row(500, "InternalError", .unavailable),
            Row(500, nil, .unavailable),
            Row(502, nil, .unavailable),
            Row(504, nil, .unavailable),
            Row(599, "Unheard", .unavailable),
            Row(400, "RequestTimeout", .unavailable),
            Row(408, nil, .unavailable),
            Row(409, "OperationAborted", .unavailable),
            Row(412, "PreconditionFailed", .changed),
            Row(412, nil, .changed),
            Row(416, "InvalidRange", .changed),
            Row(403, "InvalidObjectState", .archived),
            Row(304, nil, .invalidResponse),
            Row(302, nil, .invalidResponse),
            Row(418, nil, .badRequest),
            Row(200, "InternalError", .unavailable),
            Row(200, "SlowDown", .throttled),
            Row(200, "Unheard", .unavailable),
            Row(200, nil, .invalidResponse),
        ])
    func answers(row: Row) {
        #expect(S3Error.kind(of: row.answer) == row.kind)
    }

    @Test("failures without an answer")
    func failures() {
        let kinds: [(HTTPError.Kind, S3Error.Kind, isTransient: Bool)] = [
            (.resolve, .transport(.resolve), true), (.connect, .transport(.connect), true),
            (.tls, .transport(.tls), false), (.connectionLost, .transport(.connectionLost), true),
            (.timedOut, .timedOut, true), (.invalidResponse, .invalidResponse, true), (.cancelled, .cancelled, false),
            (.invalidRequest, .badRequest, false),
        ]
        for (cause, kind, isTransient) in kinds {
            let found = S3Error.kind(of: HTTPError(cause, ""))
            #expect(found == kind)
            #expect(S3Error(found).isTransient == isTransient)
        }
    }
}

struct RetryPolicyTests {
    private let policy = RetryPolicy()

    private func delay(
        _ kind: S3Error.Kind, attempt: Int, contradictions: Int = 0, elapsed: Duration = .zero, random: Double = 1,
        retryAfter: Duration? = nil
    ) -> Duration? {
        var error = S3Error(kind)
        error.retryAfter = retryAfter
        return policy.delay(
            after: error, attempt: attempt, contradictionCount: contradictions, elapsed: elapsed, random: random)
    }

    @Test("the bound doubles up to the maximum, and chance takes any part of it")
    func backOff() {
        #expect(
            (1...7).map { delay(.unavailable, attempt: $0) }
                == [50, 100, 200, 400, 800, 1_600, 3_200].map { .milliseconds($0) })
        #expect((1...7).map { delay(.throttled, attempt: $0) } == [1, 2, 4, 8, 16, 20, 20].map { .seconds($0) })
        #expect(delay(.throttled, attempt: 1_000) == .seconds(20))
        #expect(delay(.unavailable, attempt: 3, random: 0) == .zero)
        #expect(delay(.timedOut, attempt: 3, random: 0.25) == .milliseconds(50))
    }

    @Test("attempts end by count, those of a throttled request by time alone")
    func end() {
        #expect(delay(.unavailable, attempt: 10) == nil)
        #expect(delay(.invalidResponse, attempt: 2, contradictions: 2) != nil)
        #expect(delay(.invalidResponse, attempt: 3, contradictions: 3) == nil)
        #expect(delay(.invalidResponse, attempt: 9, contradictions: 1) != nil, "other faults do not count")
        #expect(delay(.invalidResponse, attempt: 10, contradictions: 1) == nil)
        #expect(delay(.throttled, attempt: 50, elapsed: .seconds(280)) == .seconds(20))
        #expect(delay(.throttled, attempt: 50, elapsed: .seconds(281)) == nil)
        #expect(RetryPolicy.never.delay(after: S3Error(.throttled), attempt: 1, elapsed: .zero, random: 0) == nil)
    }

    @Test("what the server asks for is kept, within reason")
    func retryAfter() {
        #expect(delay(.throttled, attempt: 1, random: 0, retryAfter: .seconds(7)) == .seconds(7))
        #expect(delay(.throttled, attempt: 3, random: 1, retryAfter: .seconds(2)) == .seconds(4))
        #expect(delay(.unavailable, attempt: 1, retryAfter: .seconds(3_600)) == .seconds(60))
    }

    @Test("what cannot succeed is not tried again")
    func permanent() {
        let kinds: [S3Error.Kind] = [
            .invalidConfiguration, .notFound(.key), .notFound(.bucket), .accessDenied, .unauthenticated,
            .credentialsExpired, .clockSkewed, .wrongRegion("x"), .changed, .archived, .keyMismatch, .transport(.tls),
            .badRequest, .cancelled,
        ]
        for kind in kinds { #expect(delay(kind, attempt: 1) == nil, "\(kind)") }
    }
}
