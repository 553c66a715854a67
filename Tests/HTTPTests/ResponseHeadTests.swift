import Testing

@testable import HTTP

@Suite struct ResponseHeadTests {
    private func head(_ lines: [String]) throws -> ResponseHead {
        var head = ResponseHead()
        for line in lines { try head.append(line: Array((line + "\r\n").utf8)[...]) }
        return head
    }

    @Test("white space around a value is dropped, inside it kept")
    func whitespace() throws {
        let head = try head(["HTTP/1.1 200 OK", "a: \t b  c \t ", "b:", "c:d:e", ""])
        #expect(head.isComplete)
        #expect(head.headers == [HTTPHeader("a", "b  c"), HTTPHeader("b", ""), HTTPHeader("c", "d:e")])
    }

    @Test("a status line may have no reason, and a line may end with a line feed alone")
    func lenient() throws {
        var head = ResponseHead()
        for line in ["HTTP/1.1 404\n", "a: b\n", "\n"] { try head.append(line: Array(line.utf8)[...]) }
        #expect(head.status == 404)
        #expect(head.isComplete)
    }

    @Test("a folded line continues the value before it")
    func folded() throws {
        #expect(try head(["HTTP/1.1 200 OK", "a: b", "  c", "\td", ""]).headers == [HTTPHeader("a", "b c d")])
    }

    @Test("an interim response leaves nothing behind")
    func interim() throws {
        let head = try head(["HTTP/1.1 100 Continue", "a: b", "", "HTTP/1.1 201 Created", "c: d"])
        #expect(!head.isComplete)
        #expect(head.status == 201)
        #expect(head.headers == [HTTPHeader("c", "d")])
    }

    @Test("bytes that are not UTF-8 are replaced, not refused")
    func latin1() throws {
        var head = ResponseHead()
        try head.append(line: Array("HTTP/1.1 200 OK\r\n".utf8)[...])
        try head.append(line: (Array("a: ".utf8) + [0xE9, 0x0D, 0x0A])[...])
        #expect(head.headers == [HTTPHeader("a", "\u{FFFD}")])
    }

    @Test(
        "malformed lines are refused",
        arguments: [
            ["HTTP/1.1"], ["HTTP/1.1 "], ["HTTP/1.1 20"], ["HTTP/1.1 2000 x"], ["HTTP/1.1 -10 x"], ["HTTP/1.1 099 x"],
            ["http/1.1 200 OK"], [""], ["HTTP/1.1 200 OK", ": b"], ["HTTP/1.1 200 OK", "ab"],
            ["HTTP/1.1 200 OK", " folded first"],
        ])
    func malformed(_ lines: [String]) {
        #expect(throws: ResponseHead.Fault.malformed) { try head(lines) }
    }

    @Test("interim responses count towards the limit")
    func limit() {
        let interim = ["HTTP/1.1 100 Continue", "a: " + String(repeating: "b", count: 1_000), ""]
        let lines = Array(repeating: interim, count: 300).flatMap { $0 }
        #expect(throws: ResponseHead.Fault.tooLong) { try head(lines) }
    }
}

@Suite struct ThroughputWatchdogTests {
    private let start = ContinuousClock.now

    /// Seconds after which a peer of a constant rate is given up; nil if it is not within 1,000 s.
    private func patience(bytesPerSecond rate: Int) -> Int? {
        var watchdog = ThroughputWatchdog(period: .seconds(10), byteCount: 5, now: start)
        return (1...1_000).first {
            watchdog.isTooSlow(byteCount: 5 + $0 * rate, bytesPerSecond: 1_000, now: start + .seconds($0))
        }
    }

    @Test("patience depends on the rate as it should", arguments: [(0, 10), (1, 11), (500, 20), (900, 100)])
    func slow(_ rate: Int, _ seconds: Int) {
        let patience = patience(bytesPerSecond: rate)
        #expect(patience.map { abs($0 - seconds) <= 1 } == true, "\(String(describing: patience))")
    }

    @Test("a peer at the rate or above it is never given up", arguments: [1_000, 1_001, 1_000_000])
    func fast(_ rate: Int) { #expect(patience(bytesPerSecond: rate) == nil) }

    @Test("a burst does not buy more than one period")
    func burst() {
        var watchdog = ThroughputWatchdog(period: .seconds(10), byteCount: 0, now: start)
        let verdicts = [1, 10, 11].map {
            watchdog.isTooSlow(byteCount: 1 << 40, bytesPerSecond: 1, now: start + .seconds($0))
        }
        #expect(verdicts == [false, false, true])
    }
}

@Suite struct LineRateTests {
    private let start = ContinuousClock.now

    @Test("a lone transfer is asked for the most; of many each for a quarter of its share, up to the most")
    func share() {
        var line = LineRate(most: 65_536, now: start)
        #expect([0, 1, 8, 1_000].map { line.required(ofEachOf: $0) } == [65_536, 65_536, 8_192, LineRate.floor])
        for second in 1...20 { line.add(100_000, now: start + .milliseconds(second * 100)) }
        // 1 MB/s.
        #expect([1, 10, 1_000].map { line.required(ofEachOf: $0) } == [65_536, 25_000, LineRate.floor])
    }

    @Test("each transfer that is ended halves what is asked for, however fast the line was, until it is fast again")
    func slower() {
        var line = LineRate(most: 65_536, now: start)
        line.add(1_000_000_000, now: start + .seconds(1))
        var rates: [Int] = []
        for _ in 0..<8 {
            line.lower(ofEachOf: 2)
            rates.append(line.required(ofEachOf: 2))
        }
        #expect(rates == [32_768, 16_384, 8_192, 4_096, 2_048, 1_024, LineRate.floor, LineRate.floor])
        line.add(80_000, now: start + .seconds(2))
        #expect(line.required(ofEachOf: 2) == 10_000)
    }
}

@Suite struct AdmissionQueueTests {
    @Test("items begin in order, as many at once as the limit, for each peer apart")
    func order() {
        var queue = AdmissionQueue<Int>(limit: 2)
        let admissions = (0..<5).map { queue.admit($0, peer: "a") } + [queue.admit(9, peer: "b")]
        #expect(admissions == [true, true, false, false, false, true])
        let replacements = ["b", "a", "a"].map { queue.replace(peer: $0) }
        #expect(replacements == [nil, 2, 3])
        let rest = queue.removeAll()
        #expect(rest == [4])
    }

    @Test("places are free again after all have ended")
    func reuse() {
        var queue = AdmissionQueue<Int>(limit: 1)
        for item in 0..<3 {
            let isAdmitted = queue.admit(item, peer: "a")
            let next = queue.replace(peer: "a")
            #expect(isAdmitted)
            #expect(next == nil)
        }
        let unknown = queue.replace(peer: "unknown")
        #expect(unknown == nil)
    }
}
