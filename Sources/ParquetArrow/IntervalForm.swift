/// How INTERVAL columns arrive: months, days and milliseconds, each an unsigned number of 32 bits.
public enum IntervalForm: Hashable, Sendable {
    /// As Arrow's interval of months, days and nanoseconds. More months or days than 31 bits hold come out negative.
    case calendar
    /// As the 12 bytes that the file has, which is what Arrow C++ gives.
    case stored
}

/// What the caller chose for types that Arrow has more than one form for.
struct ChosenForms: Hashable, Sendable {
    var int96 = Int96Timestamps.nanoseconds
    var intervals = IntervalForm.calendar
}
