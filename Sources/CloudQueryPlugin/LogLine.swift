import ByteCore
import Logging

/// One line of the log, without its newline.
///
/// The CLI cuts a line of more than 4096 bytes and then loses its level, and with it the count of errors: every value
/// is bounded after escaping, and values that find no room are left out.
struct LogLine {
    /// Most bytes of a line.
    static let maximumByteCount = 4_000

    let level: Logger.Level
    let module: String
    let invocationID: String
    let message: String
    /// Further keys, sorted.
    let fields: [(key: String, value: String)]

    init(
        level: Logger.Level, module: String, invocationID: String, message: String, error: (any Error)? = nil,
        metadata: Logger.Metadata = [:]
    ) {
        self.level = level
        self.module = module
        self.invocationID = invocationID
        self.message = message
        let own: Set = ["level", "module", "invocation_id", "message", "time"]
        var fields = metadata.map { (key: own.contains($0.key) ? $0.key + "_" : $0.key, value: "\($0.value)") }
        if let error {
            fields.removeAll { $0.key == "error" }
            fields.append((key: "error", value: "\(error)"))
        }
        self.fields = fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// The line as a JSON object. There is no time, because the CLI adds one.
    func json() -> Bytes {
        var line = ByteBuilder(capacity: 512)
        line.append(utf8: "{\"level\":\"\(levelName)\",\"module\":")
        Self.appendQuoted(module, limit: 100, to: &line)
        if !invocationID.isEmpty {
            line.append(utf8: ",\"invocation_id\":")
            Self.appendQuoted(invocationID, limit: 100, to: &line)
        }
        line.append(utf8: ",\"message\":")
        Self.appendQuoted(message, limit: Self.valueLimit, to: &line)
        for field in fields {
            let mark = line.count
            line.append(utf8: ",")
            Self.appendQuoted(field.key, limit: 100, to: &line)
            line.append(utf8: ":")
            Self.appendQuoted(field.value, limit: Self.valueLimit, to: &line)
            if line.count >= Self.maximumByteCount { line.truncate(to: mark) }
        }
        line.append(utf8: "}")
        return line.freeze()
    }

    /// The line for people, with the time in UTC.
    func text(at time: Int) -> Bytes {
        var line = ByteBuilder(capacity: 512)
        line.append(utf8: "\(Self.timestamp(time)) \(levelName.uppercased()) ")
        Self.append(message, limit: Self.valueLimit, to: &line)
        for field in [(key: "module", value: module), (key: "invocation_id", value: invocationID)] + fields
        where !field.value.isEmpty {
            let mark = line.count
            line.append(utf8: " ")
            Self.append(field.key, limit: 100, to: &line)
            line.append(utf8: "=")
            Self.appendQuoted(field.value, limit: Self.valueLimit, to: &line)
            if line.count >= Self.maximumByteCount { line.truncate(to: mark) }
        }
        return line.freeze()
    }

    private static let valueLimit = 2_000

    private var levelName: String {
        switch level {
        case .trace: "trace"
        case .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warn"
        case .error, .critical: "error"
        }
    }

    private static func appendQuoted(_ text: String, limit: Int, to line: inout ByteBuilder) {
        line.append(UInt8(ascii: "\""))
        append(text, limit: limit, to: &line)
        line.append(UInt8(ascii: "\""))
    }

    /// Appends text escaped as in JSON, at most `limit` bytes; dots stand for what is left out.
    private static func append(_ text: String, limit: Int, to line: inout ByteBuilder) {
        let start = line.count
        for scalar in text.unicodeScalars {
            let mark = line.count
            JSONText.append(scalar, to: &line)
            guard line.count - start > limit - 3 else { continue }
            line.truncate(to: mark)
            line.append(utf8: "...")
            return
        }
    }

    /// Seconds since 1970 as a UTC date and time. Spec: RFC 3339; the date by the proleptic Gregorian calendar.
    static func timestamp(_ seconds: Int) -> String {
        let (days, second) = (seconds / 86_400, seconds % 86_400)
        // Counted from 1 March of the year 0, so that the leap day ends a year, in eras of 400 years.
        let shifted = days + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = [second / 3_600, second / 60 % 60, second % 60].map(padded).joined(separator: ":")
        return "\(year)-\(padded(month))-\(padded(day))T\(clock)Z"
    }
}
