public import ArrowLayout
import ByteCore
import ParquetArrow

/// Rows as JSON, for people: numbers and text as they are, bytes in hexadecimal, decimals as text with their point,
/// dates and timestamps in the form of ISO 8601, maps as lists of pairs.
public enum JSONRow {
    /// Returns one row as an object.
    public static func text(of batch: RecordBatch, row: Int) -> String {
        let members = zip(batch.schema.fields, batch.columns).map { field, array in
            quoted(field.name) + ":" + value(ArrayView(array), row)
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Returns text as a JSON string.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                result += "\\u00" + Hexadecimal.text([UInt8(scalar.value)])
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func value(_ view: ArrayView, _ index: Int) -> String {
        if view.isNull(at: index) { return "null" }
        switch view.array.type {
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .map:
            let child = view.child(0)
            let elements = (view.elements(at: index) ?? 0..<0).map { value(child, $0) }
            return "[" + elements.joined(separator: ",") + "]"
        case .structure(let fields):
            let members = fields.enumerated().map { position, field in
                quoted(field.name) + ":" + value(view.child(position), index)
            }
            return "{" + members.joined(separator: ",") + "}"
        case .float16, .float32, .float64:
            let number = view.float64(at: index) ?? 0
            if case .float32 = view.array.type, number.isFinite { return "\(Float(number))" }
            return number.isFinite ? "\(number)" : quoted("\(number)")
        case .decimal32(_, let scale), .decimal64(_, let scale), .decimal128(_, let scale), .decimal256(_, let scale):
            return quoted(point(view.text(at: index) ?? "", scale: scale))
        case .date32:
            return quoted(CivilText.date(Int64(view.int64(at: index) ?? 0)))
        case .timestamp(let unit, let timezone):
            return quoted(instant(view.int64(at: index) ?? 0, unit) + (timezone == nil ? "" : "Z"))
        case .time32(let unit), .time64(let unit):
            return quoted(timeOfDay(view.int64(at: index) ?? 0, unit))
        case .utf8, .largeUtf8, .utf8View, .binary, .largeBinary, .binaryView, .fixedSizeBinary, .interval:
            return quoted(view.text(at: index) ?? "")
        default:
            return view.text(at: index) ?? "null"
        }
    }

    private static func point(_ digits: String, scale: Int) -> String {
        guard scale > 0 else { return digits }
        let isNegative = digits.hasPrefix("-")
        var magnitude = String(digits.drop { $0 == "-" })
        if magnitude.count <= scale {
            magnitude = String(repeating: "0", count: scale + 1 - magnitude.count) + magnitude
        }
        return (isNegative ? "-" : "") + magnitude.dropLast(scale) + "." + magnitude.suffix(scale)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = "\(number.magnitude)"
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (number < 0 ? "-" : "") + zeros + digits
    }

    private static func instant(_ value: Int64, _ unit: TimeUnit) -> String {
        let dayLength = 86_400 * unit.perSecond
        let time = value % dayLength
        let days = value / dayLength - (time < 0 ? 1 : 0)
        return CivilText.date(days) + "T" + timeOfDay(time < 0 ? time + dayLength : time, unit)
    }

    private static func timeOfDay(_ value: Int64, _ unit: TimeUnit) -> String {
        let (seconds, fraction) = value.quotientAndRemainder(dividingBy: unit.perSecond)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return unit == .second ? clock : clock + "." + padded(fraction, unit.digitCount)
    }
}

extension TimeUnit {
    fileprivate var perSecond: Int64 {
        switch self {
        case .second: 1
        case .millisecond: 1_000
        case .microsecond: 1_000_000
        case .nanosecond: 1_000_000_000
        }
    }

    fileprivate var digitCount: Int { Int(rawValue) * 3 }
}
