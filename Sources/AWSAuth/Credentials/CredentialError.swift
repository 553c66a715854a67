/// Why there are no credentials, or no setting, to work with.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, by what the reader can do.
    public enum Kind: Hashable, Sendable {
        /// Nothing is configured in any of the places looked at.
        case notConfigured
        /// Something is configured and wrong; the places after it were not tried.
        case invalid
        /// Something is configured that this program cannot use; the value names the key or variable.
        case unsupported(String)
        /// The service that gives credentials refused: a permission or a sign-in is missing.
        case refused
        /// The service or program that gives credentials gave none in time, or none that make sense.
        case unavailable
    }

    /// A line of a configuration file.
    public struct Location: Hashable, Sendable {
        /// Path of the file.
        public let file: String
        /// Number of the line, from 1.
        public let line: Int

        /// Creates a location.
        public init(file: String, line: Int) {
            self.file = file
            self.line = line
        }
    }

    /// What is wrong.
    public let kind: Kind
    /// One sentence for people; it never holds a value that may be secret.
    public let message: String
    /// Where the fault is written, if it is in a file.
    public let location: Location?

    /// Creates an error.
    public init(_ kind: Kind, _ message: String, at location: Location? = nil) {
        self.kind = kind
        self.message = message
        self.location = location
    }

    /// Returns the error with the place at fault, where it has none yet.
    func located(at place: Location?) -> CredentialError {
        CredentialError(kind, message, at: location ?? place)
    }

    /// The message, after the place of the fault.
    public var description: String {
        guard let location else { return message }
        return "\(location.file):\(location.line): \(message)"
    }
}
