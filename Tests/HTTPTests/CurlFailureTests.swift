import CCurl
import Glibc
import Testing

@testable import HTTP

@Suite struct CurlFailureTests {
    private func error(
        _ code: CURLcode, systemError: Int32 = 0, proxyStatus: Int = 0, text: String = ""
    ) -> HTTPError {
        CurlFailure(code: code, systemError: systemError, proxyStatus: proxyStatus, text: text)
            .error(peer: "h:1", responseStarted: false)
    }

    @Test(
        "each code has the kind by which the caller acts",
        arguments: [
            (CURLE_COULDNT_RESOLVE_HOST, HTTPError.Kind.resolve), (CURLE_COULDNT_RESOLVE_PROXY, .resolve),
            (CURLE_COULDNT_CONNECT, .connect), (CURLE_PROXY, .connect), (CURLE_OUT_OF_MEMORY, .connect),
            (CURLE_SSL_CONNECT_ERROR, .tls), (CURLE_PEER_FAILED_VERIFICATION, .tls), (CURLE_SSL_CACERT_BADFILE, .tls),
            (CURLE_PARTIAL_FILE, .connectionLost), (CURLE_GOT_NOTHING, .connectionLost),
            (CURLE_SEND_ERROR, .connectionLost), (CURLE_RECV_ERROR, .connectionLost),
            (CURLE_OPERATION_TIMEDOUT, .timedOut), (CURLE_ABORTED_BY_CALLBACK, .cancelled),
            (CURLE_URL_MALFORMAT, .invalidRequest), (CURLE_WEIRD_SERVER_REPLY, .invalidResponse),
            (CURLE_UNSUPPORTED_PROTOCOL, .invalidResponse), (CURLE_WRITE_ERROR, .invalidResponse),
        ])
    func kinds(_ code: CURLcode, _ kind: HTTPError.Kind) {
        #expect(error(code).kind == kind)
    }

    @Test("no code ends as a success or without a message")
    func all() {
        for number in 1..<CURL_LAST.rawValue {
            let error = error(CURLcode(rawValue: number))
            #expect(error.message.hasPrefix("h:1: "))
            #expect(error.message.count > 8)
        }
    }

    @Test("only TLS passes libcurl's own message on, as one short line")
    func text() {
        let text = "secret\nline " + String(repeating: "x", count: 500)
        for number in 1..<CURL_LAST.rawValue {
            let error = error(CURLcode(rawValue: number), text: text)
            #expect(error.message.contains("secret") == (error.kind == .tls))
            #expect(error.message.count < 250)
            #expect(!error.message.contains("\n"))
        }
    }

    @Test("a reset in a handshake is a lost connection, a refused tunnel no connection")
    func details() {
        #expect(error(CURLE_SSL_CONNECT_ERROR, systemError: ECONNRESET).kind == .connectionLost)
        #expect(
            error(CURLE_RECV_ERROR, proxyStatus: 407)
                == HTTPError(.connect, "h:1: the proxy refused to connect: status 407"))
        #expect(error(CURLE_RECV_ERROR, proxyStatus: 200).kind == .connectionLost)
        #expect(
            error(CURLE_COULDNT_CONNECT, systemError: ECONNREFUSED).message == "h:1: cannot connect: Connection refused"
        )
    }
}
