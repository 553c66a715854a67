import AWSAuth
import S3
import Testing

@testable import S3Source

struct TableStateTests {
    private let day: Int64 = 86_400

    private func object(_ key: String, at seconds: Int64, eTag: String = "1") -> ObjectSummary {
        ObjectSummary(
            key: ObjectKey(key), byteCount: 100, eTag: eTag,
            lastModified: Timestamp(seconds: seconds, nanoseconds: 0), storageClass: nil)
    }

    @Test("before the first sync all objects are new")
    func empty() {
        #expect(TableState().isNew(object("a", at: 0)))
        #expect(TableState().advanced(over: [], unread: []) == TableState())
    }

    @Test("with the Go plugin's cursor alone, objects at or before it are done")
    func cursorOnly() {
        let state = TableState(cursor: Timestamp(seconds: 1_000, nanoseconds: 0), recent: nil)
        #expect(!state.isNew(object("a", at: 999)))
        #expect(!state.isNew(object("a", at: 1_000)))
        #expect(state.isNew(object("a", at: 1_001)))
    }

    @Test("an object of the same second, or one that appears late, is new unless it was read")
    func window() {
        let read = [object("a", at: 10 * day), object("old", at: 2 * day)]
        let state = TableState().advanced(over: read, unread: [])
        #expect(state.cursor?.seconds == 10 * day)
        #expect(!state.isNew(read[0]))
        #expect(!state.isNew(read[1]))
        #expect(state.isNew(object("b", at: 10 * day)), "same second")
        #expect(state.isNew(object("late", at: 9 * day + 1)), "multipart upload that began before the cursor")
        #expect(state.isNew(object("a", at: 10 * day, eTag: "2")), "replaced within the second")
        #expect(!state.isNew(object("late", at: 8 * day)), "before the window")
    }

    @Test("objects that were not read stay new, and the cursor never goes back")
    func unread() {
        let first = TableState().advanced(over: [object("a", at: 100 * day)], unread: [])
        let second = first.advanced(over: [object("a", at: 100 * day), object("b", at: 99 * day + 5)], unread: [])
        #expect(second.cursor == first.cursor)
        #expect(!second.isNew(object("b", at: 99 * day + 5)))
        #expect(second.isNew(object("c", at: 99 * day + 5)))
    }

    @Test("an object that could not be read stays new however old it gets, until it is read or replaced")
    func unreadObjects() {
        let archived = object("archived", at: day)
        let first = TableState().advanced(over: [object("a", at: 100 * day)], unread: [archived])
        #expect(first.isNew(archived))
        #expect(!first.isNew(object("other", at: day)))
        let second = first.advanced(over: [object("a", at: 100 * day), archived], unread: [])
        #expect(!second.isNew(archived))
    }

    @Test("objects under another prefix, listed in turns, are not read again")
    func prefixes() {
        let (one, other) = ([object("d/a", at: 10 * day)], [object("d/b", at: 10 * day + 5)])
        let state = TableState().advanced(over: one, unread: []).advanced(over: other, unread: [])
        #expect(!state.isNew(one[0]))
        #expect(!state.isNew(other[0]))
        let later = state.advanced(over: [object("d/c", at: 20 * day)], unread: [])
        #expect(later.recent?.count == 1, "what has left the window is forgotten")
    }

    @Test("a fingerprint tells keys and versions apart, by bytes")
    func fingerprints() {
        let objects = [
            object("caf\u{E9}", at: 0), object("cafe\u{301}", at: 0), object("a", at: 0), object("a", at: 0, eTag: "2"),
        ]
        #expect(Set(objects.map(TableState.fingerprint)).count == objects.count)
        #expect(TableState.fingerprint(of: objects[2]).count == 16)
    }
}
