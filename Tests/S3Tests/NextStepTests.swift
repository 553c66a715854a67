import HTTP
import Testing

@testable import S3

/// What is done about each fault that reading from S3 meets.
struct NextStepTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let fault: String
        let error: S3Error
        let history: NextStep.History
        let step: NextStep

        init(
            _ fault: String, _ status: Int, _ code: String?, _ step: NextStep, region: String? = nil,
            isDeleteMarker: Bool = false, hasKey: Bool = true, clockLead: Int64? = nil, retryAfter: Duration? = nil,
            _ history: NextStep.History = NextStep.History()
        ) {
            var error = S3Error(
                S3Error.kind(
                    of: S3Error.Answer(
                        status: status, code: code, region: region, signedRegion: "eu-west-1", hasKey: hasKey,
                        isDeleteMarker: isDeleteMarker)))
            (error.clockLead, error.retryAfter) = (clockLead, retryAfter)
            (self.fault, self.error, self.history, self.step) = (fault, error, history, step)
        }

        init(
            _ fault: String, _ kind: HTTPError.Kind, _ step: NextStep, _ history: NextStep.History = NextStep.History()
        ) {
            (self.fault, self.history, self.step) = (fault, history, step)
            error = S3Error(S3Error.kind(of: HTTPError(kind, "")))
        }

        init(_ fault: String, _ kind: S3Error.Kind, _ step: NextStep, _ history: NextStep.History = NextStep.History())
        {
            (self.fault, self.error, self.history, self.step) = (fault, S3Error(kind), history, step)
        }

        var testDescription: String { fault }
    }

    private static func failed(
        _ count: Int, contradictions: Int = 0, elapsed: Duration = .zero, sinceLastAnswer: Duration? = nil,
        canRefresh: Bool = true, hasVersion: Bool = false, done: Set<NextStep.Correction> = []
    ) -> NextStep.History {
        NextStep.History(
            failedCount: count, contradictionCount: contradictions, elapsed: elapsed, sinceLastAnswer: sinceLastAnswer,
            canRefresh: canRefresh, hasVersion: hasVersion, done: done)
    }

    private static func again(_ milliseconds: Int) -> NextStep { .again(after: .milliseconds(milliseconds)) }

    /// With a random number of 0.5: half of each bound.
    static let rows: [Row] = [
        Row("throttled", 503, "SlowDown", again(500)),
        Row("throttled, the server says how long", 503, "SlowDown", again(7_000), retryAfter: .seconds(7)),
        Row("throttled often", 503, "SlowDown", again(10_000), failed(40, elapsed: .seconds(200))),
        Row(
            "throttled for five minutes without any answer", 503, "SlowDown", .giveUp,
            failed(40, elapsed: .seconds(300))),
        Row(
            "throttled for ten minutes while others are answered", 503, "SlowDown", again(10_000),
            failed(80, elapsed: .seconds(600), sinceLastAnswer: .seconds(2))),
        Row("internal error", 500, "InternalError", again(25)),
        Row("bad gateway", 502, nil, again(50), failed(2)),
        Row("gateway timeout", 504, nil, again(25)),
        Row("internal error, ten times", 500, "InternalError", .giveUp, failed(10)),
        Row("an error with status 200", 200, "InternalError", again(25)),
        Row("throttled with status 200", 200, "SlowDown", again(500)),
        Row("a status 200 that is no listing", .invalidResponse as S3Error.Kind, again(25)),
        Row("reset before the first byte", .connectionLost, again(25)),
        Row("reset in the body, after progress", .connectionLost, again(25), failed(1)),
        Row("end before the length", .connectionLost, again(25)),
        Row("more than the length", .invalidResponse as HTTPError.Kind, again(25)),
        Row("stall or trickle", .timedOut as HTTPError.Kind, again(25)),
        Row("another range than the one asked for", .invalidResponse as S3Error.Kind, again(25)),
        Row(
            "another range for the third time", .invalidResponse as S3Error.Kind, .giveUp,
            failed(3, contradictions: 3)),
        Row(
            "another range after other faults", .invalidResponse as S3Error.Kind, again(100),
            failed(3, contradictions: 1)),
        Row("a server without ranges", .badRequest, .giveUp),
        Row("range not satisfiable", 416, "InvalidRange", .giveUp),
        Row("not modified, which nobody asked", 304, nil, again(25)),
        Row("precondition failed", 412, "PreconditionFailed", .giveUp),
        Row("permanent redirect", 301, "PermanentRedirect", .follow(region: "us-west-2"), region: "us-west-2"),
        Row("bare redirect", 301, nil, .follow(region: nil)),
        Row("temporary redirect", 307, "TemporaryRedirect", .follow(region: nil)),
        Row("signed for another region", 400, "AuthorizationHeaderMalformed", .follow(region: "x"), region: "x"),
        Row("a second redirect", 301, nil, .follow(region: nil), failed(2, done: [.region(left: "a")])),
        Row("a redirect back", 301, nil, .giveUp, region: "a", failed(2, done: [.region(left: "a")])),
        Row(
            "a third redirect", 301, nil, .giveUp, region: "c",
            failed(3, done: [.region(left: "a"), .region(left: "b")])),
        Row("replaced in the middle", .changed, .giveUp),
        Row("deleted", 404, "NoSuchKey", .giveUp),
        Row("a delete marker", 404, "NoSuchKey", .giveUp, isDeleteMarker: true),
        Row("a delete marker by version", 405, "MethodNotAllowed", .giveUp, isDeleteMarker: true),
        Row("no such bucket", 404, "NoSuchBucket", .giveUp),
        Row("a key that is denied", 403, "AccessDenied", .giveUp),
        Row("a version that is denied", 403, "AccessDenied", .dropVersion, failed(1, hasVersion: true)),
        Row("a listing that is denied", 403, "AccessDenied", .giveUp, hasKey: false),
        Row("archived", 403, "InvalidObjectState", .giveUp),
        Row("encrypted with a customer's key", 400, "InvalidRequest", .giveUp),
        Row("KMS denied", 403, "AccessDenied", .giveUp),
        Row("KMS disabled", 400, "KMS.DisabledException", .giveUp),
        Row("KMS throttled", 400, "ThrottlingException", again(500)),
        Row("expired token", 400, "ExpiredToken", .refreshCredentials),
        Row("expired token, again", 400, "ExpiredToken", .giveUp, failed(2, done: [.credentials])),
        Row("expired token that nothing replaces", 400, "ExpiredToken", .giveUp, failed(1, canRefresh: false)),
        Row("wrong clock", 403, "RequestTimeTooSkewed", .correctClock(lead: 9), clockLead: 9),
        Row("wrong clock, the server does not tell its own", 403, "RequestTimeTooSkewed", .giveUp),
        Row("wrong clock, again", 403, "RequestTimeTooSkewed", .giveUp, clockLead: 9, failed(2, done: [.clock])),
        Row("wrong signature", 403, "SignatureDoesNotMatch", .giveUp),
        Row("a page of HTML from a proxy", 503, nil, again(500)),
        Row("a certificate for another host", .tls, .giveUp),
        Row("a name that is not resolved", .resolve, again(25)),
        Row("a request timeout", 400, "RequestTimeout", again(25)),
        Row("status 408", 408, nil, again(25)),
        Row("status 429", 429, nil, again(500)),
        Row("an operation in conflict", 409, "OperationAborted", again(25)),
        Row("an unknown refusal", 418, "Teapot", .giveUp),
        Row("an unknown failure", 555, "Unheard", again(25)),
        Row("cancelled", .cancelled as HTTPError.Kind, .giveUp),
    ]

    @Test("each fault has one next step", arguments: rows)
    func step(row: Row) {
        #expect(NextStep.after(row.error, row.history, .standard, random: 0.5) == row.step)
    }
}
