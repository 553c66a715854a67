/// A value that no description, dump or log shows, because secrets are in it.
protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacted {
    var description: String { "\(Self.self)(redacted)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// A text that is secret.
struct SecretText: Hashable, Sendable, Redacted {
    let text: String

    init(_ text: String) { self.text = text }
}
