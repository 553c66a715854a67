/// How far a sync is.
public struct SyncProgress: Sendable, Hashable {
    /// Objects whose rows are to be sent.
    public var objectCount = 0
    /// Bytes of those objects.
    public var byteCount: Int64 = 0
    /// Objects that are finished, well or not.
    public var doneObjectCount = 0
    /// Bytes of the objects that are finished.
    public var doneByteCount: Int64 = 0
    /// Rows sent of the objects that are finished.
    public var rowCount = 0

    /// Creates the progress of a sync that knows nothing yet.
    public init() {}

    /// One line: how much is done, at what rate, and how long the rest takes at that rate.
    ///
    /// - Parameters:
    ///   - elapsed: time since the first object was begun.
    ///   - barWidth: characters of a bar before the line; 0 for none.
    public func line(elapsed: Duration, barWidth: Int = 0) -> String {
        let seconds = max(Double(elapsed.milliseconds) / 1_000, 0.001)
        let share = byteCount == 0 ? 1 : Double(doneByteCount) / Double(byteCount)
        var parts: [String] = []
        if barWidth > 0 {
            let filled = Int(share * Double(barWidth))
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: barWidth - filled)
            parts.append("[\(bar)] \(Int(share * 100))%")
        }
        parts += [
            "\(doneObjectCount)/\(objectCount) objects",
            "\(ByteCountText.of(doneByteCount)) of \(ByteCountText.of(byteCount))", "\(rowCount) rows",
            "\(ByteCountText.of(Int64(Double(doneByteCount) / seconds)))/s",
            "\(Int(Double(rowCount) / seconds)) rows/s",
        ]
        if doneByteCount > 0, doneByteCount < byteCount {
            parts.append("\(Self.clock(seconds * (1 / share - 1))) left")
        }
        return parts.joined(separator: "  ")
    }

    private static func clock(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.up))
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
        return seconds < 3_600 ? minutes : "\(seconds / 3_600):\(minutes)"
    }
}

/// Numbers of bytes for people.
enum ByteCountText {
    /// Returns a number with three digits or so and a unit of a power of 1024.
    static func of(_ byteCount: Int64) -> String {
        var value = Double(byteCount)
        var units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][...]
        while value >= 1_024, units.count > 1 {
            value /= 1_024
            units.removeFirst()
        }
        if units.first == "B" { return "\(byteCount) B" }
        let tenths = Int((value * 10).rounded())
        return (value < 100 ? "\(tenths / 10).\(tenths % 10)" : "\(tenths / 10)") + " " + (units.first ?? "")
    }
}
