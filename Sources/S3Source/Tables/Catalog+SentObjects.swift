import CloudQueryPlugin
import S3

extension Catalog {
    /// Returns what a sync of a table knows of the rows at the destination; nil where rows carry no lineage, or nothing is
    /// kept between syncs.
    func sentRows(of progress: TableProgress) async -> SentRows? {
        guard options.hasLineage, let past else { return nil }
        let name = progress.name
        var sent = await past.sentObjects(of: name)
        do throws(StateError) {
            let before = try await sent.eTags(of: progress.pending.map { progress.table.objects[$0].summary.key })
            return SentRows(sent, before: before, gone: try await gone(from: sent, of: name))
        } catch {
            past.warn(ofSentObjectsIn: name, error)
            sent.forget()
            return SentRows(sent, before: progress.pending.map { _ in [] }, gone: [])
        }
    }

    /// Returns the objects of a table that are gone and whose rows are to go too: those that were sent, would be of the
    /// table by today's spec, and are not listed.
    private func gone(from sent: SentObjects, of name: String) async throws(StateError) -> [SentObjects.Entry] {
        guard options.deletedObjects == .deleteRows, unreadableDirectory(of: name) == nil else { return [] }
        let hashes = listed[name]?.hashes ?? []
        return try await sent.entries { [pathPrefix, layout] key in
            guard key.bytes.starts(with: pathPrefix.utf8), !hashes.containsSorted(key.spread),
                case .object(let placement) = layout.meaning(of: key)
            else { return false }
            return placement.table == name
        }
    }
}

extension [UInt64] {
    /// Whether a number is in the array, which is sorted.
    fileprivate func containsSorted(_ number: UInt64) -> Bool {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < endIndex && self[low] == number
    }
}
