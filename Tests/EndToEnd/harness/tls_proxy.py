"""TLS in front of a plain server: the same bytes go on, decrypted."""

from __future__ import annotations

import pathlib
import socket
import ssl
import subprocess
import threading

# A name that no DNS knows: only a proxy that is told to gets there.
NAME = "s3.test"


class Forwarder:
    """Takes connections in threads and passes bytes on in both directions."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self.upstream = upstream
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.connections = 0

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    def start(self) -> None:
        threading.Thread(target=self.accept, daemon=True).start()

    def stop(self) -> None:
        self.listener.close()

    def accept(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain: socket.socket) -> None:
        try:
            with self.prepared(plain) as client, socket.create_connection(self.upstream) as server:
                self.connections += 1
                back = threading.Thread(target=copy, args=(server, client), daemon=True)
                back.start()
                copy(client, server)
                back.join()
        except OSError:
            pass

    def prepared(self, plain: socket.socket) -> socket.socket:
        """What is said before bytes are passed on; returns the connection to the client."""
        raise NotImplementedError


class Tunnel(Forwarder):
    """A proxy for CONNECT that leads to one server, whatever name it is asked for."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port))
        self.asked: list[str] = []

    def prepared(self, plain: socket.socket) -> socket.socket:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (data := plain.recv(65536)):
                raise ConnectionError
            head += data
        self.asked.append(head.decode().split("\r\n")[0])
        plain.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return plain


class TLSProxy(Forwarder):
    def __init__(self, folder: pathlib.Path, host: str, port: int) -> None:
        super().__init__((host, port))
        self.certificate, key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", f"subjectAltName=IP:127.0.0.1,DNS:{NAME}", "-keyout", str(key), "-out", str(self.certificate)],
            check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def prepared(self, plain: socket.socket) -> socket.socket:
        return self.context.wrap_socket(plain, server_side=True)


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
