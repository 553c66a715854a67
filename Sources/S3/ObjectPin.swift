internal import HTTP
internal import Synchronization

/// The one content of an object that several reads are of.
///
/// The entity tag says which content it must be. In a bucket that keeps versions the first answer names one: reads
/// after it ask for that version, so that the object may be replaced meanwhile and is still read to its end.
public final class ObjectPin: Sendable {
    private struct State {
        var eTag: String?
        var versionID: String?
        /// Whether the server refused to read by version, which takes a permission of its own.
        var isVersionRefused = false
    }

    private let state: Mutex<State>
    /// Size of the content, where it is known.
    let byteCount: Int64?

    /// Pins reads to the content that has a tag and a size; where both are nil, to that of the first answer.
    ///
    /// A weak tag never matches (RFC 9110, 13.1.1) and pins nothing.
    public init(eTag: String? = nil, byteCount: Int64? = nil) {
        state = Mutex(State(eTag: eTag.flatMap(Self.strong)))
        self.byteCount = byteCount
    }

    /// The content that answers must be of, once it is known.
    public var eTag: String? { state.withLock { $0.eTag } }

    /// The version to ask for, once it is known and unless the server refuses it.
    var versionID: String? { state.withLock { $0.isVersionRefused ? nil : $0.versionID } }

    /// Returns whether an answer is of this content; nil where one of the two has no tag.
    ///
    /// A tag that something on the way made weak is still that of the content (RFC 9110, 8.8.3.2).
    func matches(_ response: HTTPResponse) -> Bool? {
        guard let eTag, let answered = response[header: "ETag"], !answered.isEmpty else { return nil }
        return Self.quoted(answered.hasPrefix("W/") ? answered.dropFirst(2) : answered[...]) == eTag
    }

    /// Takes note of the content that an answer is of.
    func note(_ response: HTTPResponse) {
        let eTag = response[header: "ETag"].flatMap(Self.strong)
        let versionID = response[header: "x-amz-version-id"].flatMap { $0.isEmpty || $0 == "null" ? nil : $0 }
        state.withLock { state in
            if state.eTag == nil { state.eTag = eTag }
            if state.versionID == nil { state.versionID = versionID }
        }
    }

    /// Has reads go on without a version.
    func refuseVersion() { state.withLock { $0.isVersionRefused = true } }

    /// Returns an entity tag in its quotes; nil for a weak one.
    private static func strong(_ eTag: String) -> String? {
        eTag.isEmpty || eTag.hasPrefix("W/") ? nil : quoted(eTag[...])
    }

    /// Returns an entity tag in its quotes, which some servers list it, or answer with it, without.
    private static func quoted(_ eTag: Substring) -> String {
        eTag.hasPrefix("\"") ? String(eTag) : "\"\(eTag)\""
    }
}
