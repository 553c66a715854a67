/// The rule of the columnar format that an array breaks, and in which child.
public struct ArrayFault: Error, Hashable, Sendable {
    /// The sentence of the specification that the array breaks.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        case bufferCount = "an array has another number of buffers than its type"
        case childCount = "an array has another number of children than its type"
        case childTooShort = "a child array is shorter than its parent needs"
        case childType = "a child array has another type than its parent says"
        case indexOutside = "an index points outside of its dictionary"
        case listOutside = "a list points outside of its values"
        case negativeCount = "the length of an array is negative"
        case nullCount = "the null count differs from the validity bitmap"
        case offsetBeyondValues = "an offset points after the end of the values"
        case offsetOverflow = "the values of an array are too long for its offsets"
        case offsetsDecrease = "offsets decrease"
        case offsetsTooShort = "the offsets buffer is too short"
        case sizesTooShort = "the sizes buffer is too short"
        case utf8 = "a string is not UTF-8"
        case validityTooShort = "the validity bitmap is too short"
        case valuesTooShort = "the values buffer is too short"
        case viewOutside = "a view points outside of its data buffers"
        case viewPrefix = "a view has another prefix than its bytes"
        case viewsTooShort = "the views buffer is too short"
        case wideningOverflow = "a value is out of the range of the wider type"
    }

    /// What is wrong.
    public let rule: Rule
    /// The names of the child fields that lead to the fault, outermost first.
    public var path: [String]

    /// Creates a fault of the array itself, or of the child that a path leads to.
    public init(_ rule: Rule, path: [String] = []) {
        self.rule = rule
        self.path = path
    }
}

extension ArrayFault: CustomStringConvertible {
    /// The rule, after the names that lead to the fault.
    public var description: String {
        path.isEmpty ? rule.rawValue : "\"\(path.joined(separator: "."))\": \(rule.rawValue)"
    }
}
