import Testing

@testable import AWSAuth

struct TimestampTests {
    @Test(
        "RFC 3339 in and out",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0, nil),
            ("2026-03-14T15:09:26.000Z", 1_773_500_966, 0, "2026-03-14T15:09:26Z"),
            ("2026-03-14T15:09:26.123456789Z", 1_773_500_966, 123_456_789, nil),
            ("2026-03-14T15:09:26.1200Z", 1_773_500_966, 120_000_000, "2026-03-14T15:09:26.12Z"),
            ("2026-03-14 16:09:26.1234567899+01:00", 1_773_500_966, 123_456_789, "2026-03-14T15:09:26.123456789Z"),
            ("2028-02-29T12:00:00-00:30", 1_835_440_200, 0, "2028-02-29T12:30:00Z"),
            ("1969-12-31T23:59:59.5Z", -1, 500_000_000, nil),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0, nil),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999, nil),
            ("2016-12-31T23:59:60Z", 1_483_228_800, 0, "2017-01-01T00:00:00Z"),
        ] as [(String, Int64, Int32, String?)])
    func rfc3339(text: String, seconds: Int64, nanoseconds: Int32, written: String?) throws {
        let parsed = try #require(Timestamp(rfc3339: text))
        #expect(parsed == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
        #expect(parsed.description == written ?? text)
    }

    @Test(
        "what is not RFC 3339",
        arguments: [
            "", "2026", "2026-03-14", "2026-03-14T15:09:26", "2026-13-14T15:09:26Z", "2026-02-29T15:09:26Z",
            "2026-03-14T24:09:26Z", "2026-03-14T15:60:26Z", "2026-03-14T15:09:61Z", "2026-03-14T15:09:26.Z",
            "2026-03-14T15:09:26Zx", "2026-03-14T15:09:26+1:00", "2026-03-14T15:09:26+24:00", "+026-03-14T15:09:26Z",
            "２０26-03-14T15:09:26Z",
        ])
    func malformed(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("every day of 800 years goes from seconds to a date and back")
    func days() throws {
        var previous = CivilTime(Timestamp(seconds: -12_000_000_000 / 86_400 * 86_400))
        for day in 1..<(800 * 365) {
            let time = CivilTime(Timestamp(seconds: -12_000_000_000 / 86_400 * 86_400 + Int64(day) * 86_400))
            try #require(time.secondsSinceEpoch == previous.secondsSinceEpoch + 86_400)
            try #require((time.year, time.month, time.day) > (previous.year, previous.month, previous.day))
            previous = time
        }
    }

    @Test("the date of an HTTP header")
    func httpDate() {
        #expect(Timestamp(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == Timestamp(seconds: 784_111_777))
        #expect(Timestamp(httpDate: "Sunday, 06-Nov-94 08:49:37 GMT") == nil)
        #expect(Timestamp(httpDate: "Sun, 06 Nxv 1994 08:49:37 GMT") == nil)
        #expect(Timestamp(httpDate: "") == nil)
    }
}
