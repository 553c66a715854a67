import ByteCore
import Parquet
import Testing

@Suite("Parquet errors")
struct ParquetErrorTests {
    @Test("the context is rendered from the outside in")
    func rendering() {
        let fault = DecodeFault.malformed(.levelBytes, at: 118)
        let error = ParquetError(fault, rowGroup: 2, column: "a.list.element", page: 4)
        let place = "row group 2, column \"a.list.element\", page 4, byte 118"
        #expect("\(error)" == "\(place): the levels of a page must fit into the page")
        #expect("\(error.inObject("s3://b/k"))" == "s3://b/k: \(place): the levels of a page must fit into the page")
        #expect("\(ParquetError(kind: .checksum))" == "the bytes do not match their checksum")
    }

    @Test("context that is there already is not overwritten")
    func adding() {
        let fault = DecodeFault(.truncated, at: 7)
        let error = ParquetError(fault, rowGroup: 0, column: "x", page: 1).inObject("o")
        #expect(error == error.inObject("p"))
        #expect("\(error)" == "o: row group 0, column \"x\", page 1, byte 7: the bytes end too early")
    }
}
