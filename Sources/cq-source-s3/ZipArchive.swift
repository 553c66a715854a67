import ByteCore
import Crypto

/// A zip archive of one file, stored as it is.
///
/// Spec: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. Executables only: the file may be executed by all.
enum ZipArchive {
    /// Returns the bytes of the archive.
    static func ofOne(name: String, content: [UInt8]) -> [UInt8] {
        precondition(content.count < Int(UInt32.max), "ZipArchive: a file of 4 GiB")
        let name = Array(name.utf8)
        // Version 2.0 to extract; no flags; stored; 1 January 1980, so that one build gives one archive.
        var header: [UInt8] = []
        append(UInt16(20), to: &header)
        append(UInt16(0), to: &header)
        append(UInt16(0), to: &header)
        append(UInt16(0), to: &header)
        append(UInt16(1 << 5 | 1), to: &header)
        var check = CyclicRedundancyCheck(.crc32)
        check.update(Bytes(content).span)
        append(UInt32(truncatingIfNeeded: check.value), to: &header)
        append(UInt32(content.count), to: &header)
        append(UInt32(content.count), to: &header)
        append(UInt16(name.count), to: &header)
        append(UInt16(0), to: &header)

        var archive: [UInt8] = []
        archive.reserveCapacity(content.count + 256)
        append(UInt32(0x0403_4B50), to: &archive)
        archive += header
        archive += name
        archive += content

        let directoryOffset = UInt32(archive.count)
        append(UInt32(0x0201_4B50), to: &archive)
        // Made by Unix, so that the permissions count.
        append(UInt16(3 << 8 | 20), to: &archive)
        archive += header
        append(UInt16(0), to: &archive)
        append(UInt16(0), to: &archive)
        append(UInt16(0), to: &archive)
        append(UInt32(0o100755 << 16), to: &archive)
        append(UInt32(0), to: &archive)
        archive += name

        let directorySize = UInt32(archive.count) - directoryOffset
        append(UInt32(0x0605_4B50), to: &archive)
        append(UInt32(0), to: &archive)
        append(UInt16(1), to: &archive)
        append(UInt16(1), to: &archive)
        append(directorySize, to: &archive)
        append(directoryOffset, to: &archive)
        append(UInt16(0), to: &archive)
        return archive
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
