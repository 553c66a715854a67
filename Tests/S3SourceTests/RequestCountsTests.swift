import Logging
import Testing

@testable import S3
@testable import S3Source

struct RequestCountsTests {
    private func attempt(
        _ purpose: S3Attempt.Purpose, _ status: Int?, bytes: Int = 0, _ operation: S3Operation = .getObject
    ) -> S3Event {
        var attempt = S3Attempt(operation: operation, key: nil, purpose: purpose)
        (attempt.status, attempt.receivedByteCount) = (status, bytes)
        return .attempt(attempt)
    }

    @Test("requests are told by kind and status, retries by cause, and what waiting and breaks came to")
    func logged() {
        let counts = RequestCounts()
        let events: [S3Event] = [
            attempt(.first, 200, bytes: 100, .listObjects), attempt(.first, 206, bytes: 10), attempt(.again, nil),
            attempt(.resumption, 206, bytes: 30), attempt(.resumption, 503, bytes: 2),
            .retry(S3Error(.throttled), attempt: 1, delay: .milliseconds(700)),
            .retry(S3Error(.throttled), attempt: 2, delay: .milliseconds(400)),
            .retry(S3Error(.timedOut), attempt: 3, delay: .seconds(9)), .delivered(ObjectKey("k"), byteCount: 40),
        ]
        for event in events { counts.add(event) }
        #expect(
            counts.logged == [
                "bytes_wanted": "40", "bytes_received": "142", "bytes_resumed": "32", "requests": "5",
                "requests_ListObjectsV2": "1", "requests_GetObject": "4", "requests_2xx": "3", "requests_5xx": "1",
                "requests_unanswered": "1", "retries": "3", "retries_throttled": "2", "retries_timed_out": "1",
                "throttled_seconds": "2",
            ])
    }

    @Test("what is counted for an object is counted for its table and the whole as well")
    func tables() {
        let whole = RequestCounts()
        whole.add(attempt(.first, 200, bytes: 7, .listObjects))
        for (table, bytes) in [("a", 10), ("b", 20), ("a", 30)] {
            let object = RequestCounts.$current.withValue(whole) { RequestCounts(table: table) }
            object.add(attempt(.first, 200, bytes: bytes))
            #expect(object.logged["bytes_received"] == "\(bytes)")
        }
        #expect(whole.logged["bytes_received"] == "67" && whole.logged["requests"] == "4")
        #expect(whole.logged(of: "a")["bytes_received"] == "40" && whole.logged(of: "a")["requests_GetObject"] == "2")
        #expect(whole.logged(of: "b")["bytes_received"] == "20" && whole.logged(of: "c")["requests"] == "0")
    }

    @Test("what did not happen is left out")
    func quiet() {
        #expect(
            RequestCounts().logged == ["bytes_wanted": "0", "bytes_received": "0", "requests": "0", "retries": "0"])
    }
}
