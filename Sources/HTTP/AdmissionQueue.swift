/// Items that wait until fewer than a number of others of the same peer are under way, in order of arrival.
struct AdmissionQueue<Item> {
    private struct Peer {
        var activeCount = 0
        var waiting: [Item] = []
    }

    private let limit: Int
    private var peers: [String: Peer] = [:]

    /// Creates a queue; nil is no limit.
    init(limit: Int?) {
        self.limit = max(1, limit ?? .max)
    }

    /// Returns whether an item may begin now; otherwise it waits.
    mutating func admit(_ item: Item, peer: String) -> Bool {
        let isAdmitted = peers[peer, default: Peer()].activeCount < limit
        if isAdmitted {
            peers[peer, default: Peer()].activeCount += 1
        } else {
            peers[peer, default: Peer()].waiting.append(item)
        }
        return isAdmitted
    }

    /// Notes that an item ended; returns the one that begins in its place.
    mutating func replace(peer: String) -> Item? {
        guard var entry = peers[peer] else { return nil }
        peers[peer] = nil
        if !entry.waiting.isEmpty {
            let next = entry.waiting.removeFirst()
            peers[peer] = entry
            return next
        }
        entry.activeCount -= 1
        if entry.activeCount > 0 { peers[peer] = entry }
        return nil
    }

    /// Returns and forgets every item that waits.
    mutating func removeAll() -> [Item] {
        defer { peers = [:] }
        return peers.values.flatMap(\.waiting)
    }
}
