public import ByteCore

/// The unit in which INT96 timestamps arrive.
///
/// INT96 has nanoseconds over millions of years, more than 64 bits hold: nanoseconds reach from 1677 to 2262,
/// microseconds some 290,000 years, milliseconds everywhere. A value outside the unit is an error.
public enum Int96Timestamps: Int64, Hashable, Sendable, CaseIterable {
    /// Every digit is kept.
    case nanoseconds = 1
    /// Digits after the sixth are cut off, towards the past.
    case microseconds = 1_000
    /// Digits after the third are cut off, towards the past.
    case milliseconds = 1_000_000

    /// Returns the finest unit that all of the stored values, of 12 bytes each, fit.
    public static func finest(for values: Bytes) -> Int96Timestamps {
        allCases.first { unit in
            (0..<values.count / 12).allSatisfy { unit.value(values.span, at: $0 * 12) != nil }
        } ?? .milliseconds
    }

    /// Returns whether any of the stored values, of 12 bytes each, has digits that the unit cuts off.
    func cutsDigits(of values: RawSpan) -> Bool {
        self != .nanoseconds
            && (0..<values.byteCount / 12).contains { values.load(at: $0 * 12, as: Int64.self) % rawValue != 0 }
    }

    /// The Julian day of 1970-01-01.
    private static let julianDayOfEpoch: Int64 = 2_440_588

    /// Appends timestamps since 1970 in the unit.
    ///
    /// - Throws: malformed where one does not fit: a date of the year 9999 must not arrive as one of the year 1816.
    func append(_ values: RawSpan, count: Int, to output: inout ByteBuilder) throws(DecodeFault) {
        output.reserve(count * 8)
        for index in 0..<count {
            guard let value = value(values, at: index * 12) else {
                throw .malformed(.timestampRange, at: index * 12)
            }
            output.append(value)
        }
    }

    /// The timestamp at an offset: nanoseconds of the day, of which some writers have more than a day, then the day.
    private func value(_ values: RawSpan, at offset: Int) -> Int64? {
        let (quotient, remainder) = values.load(at: offset, as: Int64.self).quotientAndRemainder(dividingBy: rawValue)
        let time = remainder < 0 ? quotient - 1 : quotient
        let day = Int64(values.load(at: offset + 8, as: Int32.self)) - Self.julianDayOfEpoch
        let (start, startOverflow) = day.multipliedReportingOverflow(by: 86_400_000_000_000 / rawValue)
        let (value, overflow) = start.addingReportingOverflow(time)
        return startOverflow || overflow ? nil : value
    }
}
