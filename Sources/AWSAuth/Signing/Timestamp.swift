internal import Glibc

/// A moment in UTC.
///
/// Units: whole seconds since 1970-01-01T00:00:00Z, without leap seconds, and nanoseconds after them.
public struct Timestamp: Hashable, Sendable {
    /// Whole seconds since the epoch; negative before it.
    public let seconds: Int64
    /// Nanoseconds after `seconds`, from 0 to 999,999,999.
    public let nanoseconds: Int32

    /// Creates a moment. `nanoseconds` is one of our own: it lies in `0..<1_000_000_000`.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        precondition((0..<1_000_000_000).contains(nanoseconds), "Timestamp: nanoseconds outside a second")
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The present moment by the system's clock.
    public static var now: Timestamp {
        var time = timespec()
        // The call fills a value of ours and cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }

    /// Returns the moment so many seconds later.
    func advanced(by seconds: Int64) -> Timestamp {
        Timestamp(seconds: self.seconds + seconds, nanoseconds: nanoseconds)
    }
}

extension Timestamp: Comparable {
    /// Returns whether one moment is before another.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    /// The moment in RFC 3339 with `Z`, with as many digits of the second's fraction as it needs.
    public var description: String {
        let time = CivilTime(self)
        var text = Self.padded(time.year, 4) + "-" + Self.padded(time.month, 2) + "-" + Self.padded(time.day, 2)
        text += "T" + Self.padded(time.hour, 2) + ":" + Self.padded(time.minute, 2) + ":" + Self.padded(time.second, 2)
        if nanoseconds != 0 {
            let digits = Self.padded(Int(nanoseconds), 9)
            text +=
                "."
                + digits.prefix(
                    digits.lastIndex { $0 != "0" }.map { digits.distance(from: digits.startIndex, to: $0) + 1 } ?? 0)
        }
        return text + "Z"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Timestamp {
    /// Parses RFC 3339: a date, `T` or a space, a time with up to nine digits of fraction, and `Z` or an offset.
    ///
    /// Further digits of the fraction are cut off. Spec: RFC 3339, section 5.6.
    public init?(rfc3339 text: String) {
        var digits = Digits(Array(text.utf8))
        guard let year = digits.number(4), digits.take("-"), let month = digits.number(2), digits.take("-"),
            let day = digits.number(2), digits.take("T") || digits.take("t") || digits.take(" "),
            let hour = digits.number(2), digits.take(":"), let minute = digits.number(2), digits.take(":"),
            let second = digits.number(2)
        else { return nil }
        var nanoseconds = 0
        if digits.take(".") {
            guard let fraction = digits.fraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = digits.offset(), digits.isAtEnd,
            let time = CivilTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(seconds: time.secondsSinceEpoch - Int64(offset), nanoseconds: Int32(nanoseconds))
    }

    /// Parses the date of an HTTP header, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// Spec: RFC 9110, section 5.6.7. Not done: the two obsolete forms.
    public init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let bytes = Array(text.utf8)
        guard bytes.count == 29, text.hasSuffix(" GMT") else { return nil }
        let name = String(decoding: bytes[8..<11], as: UTF8.self)
        var date = Digits(Array(bytes[5..<8]))
        var rest = Digits(Array(bytes[12..<25]))
        guard let month = months.firstIndex(of: name), let day = date.number(2), date.take(" "),
            let year = rest.number(4), rest.take(" "), let hour = rest.number(2), rest.take(":"),
            let minute = rest.number(2), rest.take(":"), let second = rest.number(2),
            let time = CivilTime(
                year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(seconds: time.secondsSinceEpoch)
    }
}

/// Fixed-width decimal fields, read from the front.
private struct Digits {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        guard bytes.count - index >= width else { return nil }
        var value = 0
        for byte in bytes[index..<index + width] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        index += width
        return value
    }

    /// One digit or more, as nanoseconds.
    mutating func fraction() -> Int? {
        var value = 0
        var width = 0
        while let digit = number(1) {
            if width < 9 { value = value * 10 + digit }
            width += 1
        }
        guard width > 0 else { return nil }
        for _ in width..<max(width, 9) { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
