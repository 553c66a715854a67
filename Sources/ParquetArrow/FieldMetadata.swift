import ArrowLayout
import Parquet

/// What the metadata of a field says beyond its type, in the words of other Arrow readers.
///
/// Field ids are under `PARQUET:field_id`. Logical types that Arrow has as extension types get the extension's name
/// over the plain type: `arrow.uuid`, `arrow.json`, `geoarrow.wkb`, and `arrow.parquet.variant` for the storage of a
/// VARIANT, shredded or not.
/// Spec: Arrow, "Canonical Extension Types"; GeoArrow, "Extension Metadata".
enum FieldMetadata {
    static let fieldIDKey = "PARQUET:field_id"
    static let extensionNameKey = "ARROW:extension:name"
    static let extensionMetadataKey = "ARROW:extension:metadata"
    static let variantName = "arrow.parquet.variant"
    static let uuidName = "arrow.uuid"
    static let jsonName = "arrow.json"

    /// Returns the metadata of the field that a node becomes.
    static func of(_ node: SchemaNode, _ type: DataType) -> Metadata {
        var metadata = Metadata()
        if let id = node.fieldID, id >= 0 { metadata[fieldIDKey] = String(id) }
        if let (name, parameters) = extensionType(node, type) {
            metadata[extensionNameKey] = name
            metadata[extensionMetadataKey] = parameters
        }
        return metadata
    }

    private static func extensionType(_ node: SchemaNode, _ type: DataType) -> (String, String)? {
        switch (node.logicalType, type) {
        case (.uuid, .fixedSizeBinary(16)): (uuidName, "")
        case (.json, .utf8): (jsonName, "")
        case (.variant, .structure): (variantName, "")
        case (.geometry(let crs), .binary): ("geoarrow.wkb", "{\(self.crs(crs))}")
        case (.geography(let crs, let algorithm), .binary):
            // Edges that this reader has no name for are not planar either, which is what no name would say.
            edges(algorithm).map { ("geoarrow.wkb", "{\(self.crs(crs)),\"edges\":\"\($0)\"}") }
        default: nil
        }
    }

    /// The member of the JSON object for a coordinate reference system, of which the format's own are longitude and
    /// latitude. What a `projjson:` name stands for is in the key-value metadata of the file.
    private static func crs(_ crs: String?) -> String {
        guard let crs, !crs.isEmpty else { return #""crs":"OGC:CRS84","crs_type":"authority_code""# }
        let srid = crs.utf8.starts(with: "srid:".utf8) ? String(crs.utf8.dropFirst(5)) : nil
        var text: [UInt8] = []
        JSONText.quote(srid ?? crs, to: &text)
        return #""crs":"# + String(decoding: text, as: UTF8.self) + (srid == nil ? "" : #","crs_type":"srid""#)
    }

    private static func edges(_ algorithm: Int?) -> String? {
        let names = ["spherical", "vincenty", "thomas", "andoyer", "karney"]
        return names.indices.contains(algorithm ?? 0) ? names[algorithm ?? 0] : nil
    }
}
