/// A role to take on, and how.
public struct AssumedRole: Hashable, Sendable {
    /// The role's name as an ARN.
    public var arn: String
    /// What the role's owner wants to hear before others may take it on.
    public var externalID: String?
    /// Names the session in the logs of AWS; nil for one made of the process and the time.
    public var sessionName: String?
    /// How long the credentials are to last; nil for what STS gives, one hour. Units: seconds.
    public var durationSeconds: Int?

    /// Creates a role.
    public init(
        arn: String, externalID: String? = nil, sessionName: String? = nil, durationSeconds: Int? = nil
    ) {
        self.arn = arn
        self.externalID = externalID
        self.sessionName = sessionName
        self.durationSeconds = durationSeconds
    }

    /// How long a role's credentials can be made to last. Units: seconds.
    public static let durations = 900...43_200

    /// Returns whether STS takes a text as the name of a session.
    public static func isSessionName(_ text: String) -> Bool {
        (2...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "_+=,.@-".utf8.contains(byte)
            }
    }
}
