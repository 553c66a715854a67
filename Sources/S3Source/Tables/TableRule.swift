import S3

/// Which keys are objects of which table: one item of `tables_from`.
struct TableRule: Hashable, Sendable {
    /// What a matching key means.
    struct Match: Hashable, Sendable {
        /// What the table is named after.
        let table: [UInt8]
        /// The values of columns that the key gives.
        let values: [PathValue]
    }

    private struct Column: Hashable {
        /// The index of the placeholder.
        let index: Int
        let name: String
        let type: PathType
    }

    private let pattern: KeyPattern
    private let template: TableTemplate
    private let columns: [Column]
    /// Whether a key must end in `.parquet` too: where the pattern's last part says nothing of the ending.
    private let needsEnding: Bool

    /// Checks and takes an item.
    ///
    /// - Parameters:
    ///   - pattern: which keys.
    ///   - table: the table's name, in which placeholders of the pattern may stand; nil means the pattern's `{{TABLE}}`.
    ///   - field: names the item in errors.
    init(pattern: String, table: String?, field: String) throws(SpecError) {
        do throws(KeyPattern.Fault) {
            self.pattern = try KeyPattern(parsing: pattern)
        } catch {
            throw SpecError("spec: \(field).pattern \(error.description)")
        }
        let placeholders = self.pattern.placeholders
        do throws(KeyPattern.Fault) {
            template = try TableTemplate(parsing: table, placeholders: placeholders)
        } catch {
            throw SpecError("spec: \(field).table \(error.description)")
        }
        var columns: [Column] = []
        for (index, placeholder) in placeholders.enumerated() {
            // A value that is in the table's name is the same in all rows.
            guard let name = placeholder.column, !template.names.contains(placeholder.name) else { continue }
            guard !columns.contains(where: { $0.name == name && placeholders[$0.index].name != placeholder.name })
            else {
                throw SpecError("spec: \(field).pattern gives two columns named \(name)")
            }
            columns.append(Column(index: index, name: name, type: placeholder.columnType))
        }
        self.columns = columns
        switch self.pattern.elements.last {
        case .any, .anyInSegment, .anySegments: needsEnding = true
        case .placeholder(let last): needsEnding = last.form == .text
        case .text, nil: needsEnding = false
        }
    }

    /// Returns what a key means; nil when the pattern does not match.
    func match(_ key: ObjectKey) -> Match? {
        guard !needsEnding || TableNaming.isParquet(key), let captures = pattern.match(key.bytes),
            !zip(pattern.placeholders, captures).contains(where: { $0.isWriteTest(key.bytes[$1]) })
        else { return nil }
        return Match(
            table: template.name(for: captures.map { key.bytes[$0] }),
            values: columns.map {
                PathValue(column: $0.name, text: Array(key.bytes[captures[$0.index]]), type: $0.type)
            })
    }
}

/// The name of a table as text with placeholders of a pattern.
private struct TableTemplate: Hashable {
    private enum Part: Hashable {
        case text([UInt8])
        /// What the placeholder of an index matched; hyphens stand for underscores where `hasHyphens`.
        case placeholder(Int, hasHyphens: Bool)
    }

    private let parts: [Part]
    /// The placeholders that occur.
    let names: Set<String>

    init(parsing text: String?, placeholders: [KeyPlaceholder]) throws(KeyPattern.Fault) {
        let tableWords = ["{TABLE}", "{TABLE_HYPHEN}"]
        guard let text = text ?? placeholders.first(where: { tableWords.contains($0.name) }).map({ "{\($0.name)}" })
        else { throw KeyPattern.Fault(description: "is required unless the pattern has {{TABLE}}") }
        var parts: [Part] = []
        var names: Set<String> = []
        for part in try KeyPattern.parts(of: text) {
            switch part {
            case .text(let bytes): parts.append(.text(bytes))
            case .braces(let word):
                guard let name = KeyPattern.placeholder(word)?.name,
                    let index = placeholders.firstIndex(where: { $0.name == name })
                else { throw KeyPattern.Fault(description: "has {\(word)}, which is not in the pattern") }
                parts.append(.placeholder(index, hasHyphens: name == "{TABLE_HYPHEN}"))
                names.insert(name)
            }
        }
        guard !names.isEmpty || TableNaming.tableName(of: Array(text.utf8)) != nil else {
            throw KeyPattern.Fault(description: "must have a letter or digit")
        }
        (self.parts, self.names) = (parts, names)
    }

    func name(for captures: [ArraySlice<UInt8>]) -> [UInt8] {
        parts.flatMap { part in
            switch part {
            case .text(let text): text
            case .placeholder(let index, let hasHyphens):
                captures[index].map { hasHyphens && $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
            }
        }
    }
}
