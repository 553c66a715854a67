/// Command line flags as Go programs take them, put into the form that every parser takes.
///
/// Go accepts `--flag value`, `--flag=value`, `--switch` and `--switch=true`, and any text as a value, empty or with a
/// leading dash.
public struct GoStyleArguments: Sendable {
    /// Names of flags that have a value, without dashes.
    public let valueFlags: Set<String>
    /// Names of flags that are true or false, without dashes.
    public let switches: Set<String>

    /// Creates the rules of a command.
    public init(valueFlags: Set<String>, switches: Set<String>) {
        self.valueFlags = valueFlags
        self.switches = switches
    }

    /// Returns the arguments with values as `--flag=value`, flags of empty values left out, switches that are true
    /// as `--switch`, and those that are false left out. Everything else stays as it is.
    ///
    /// - Throws: `InvalidArgument` for a missing value, and for a switch that is neither true nor false.
    public func normalized(_ arguments: [String]) throws(InvalidArgument) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" { return result + [argument] + rest }
            guard argument.hasPrefix("--") else {
                result.append(argument)
                continue
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let attached = parts.count > 1 ? String(parts[1]) : nil
            if valueFlags.contains(name) {
                guard let value = attached ?? rest.popFirst() else {
                    throw InvalidArgument(flag: name, value: nil)
                }
                if !value.isEmpty { result.append("--\(name)=\(value)") }
            } else if switches.contains(name), let attached {
                guard let isOn = Self.boolean(attached) else { throw InvalidArgument(flag: name, value: attached) }
                if isOn { result.append("--\(name)") }
            } else {
                result.append(argument)
            }
        }
        return result
    }

    /// The words that Go's `strconv.ParseBool` takes.
    private static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}

/// A flag whose value is missing or wrong.
public struct InvalidArgument: Error, Hashable, Sendable, CustomStringConvertible {
    /// Name of the flag, without dashes.
    public let flag: String
    /// The value; nil when it is missing.
    public let value: String?

    /// The flag and what is wrong.
    public var description: String {
        guard let value else { return "--\(flag) needs a value" }
        return "--\(flag)=\(value): expected true or false"
    }
}
