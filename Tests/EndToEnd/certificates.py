"""Certificates made on the spot with openssl: an authority, and what it signs or would rather not have signed."""

import ssl
import subprocess
from pathlib import Path


class Authority:
    def __init__(self, directory: Path, name: str = "authority") -> None:
        self.directory = directory
        self.key, self.certificate = directory / f"{name}.key", directory / f"{name}.pem"
        self._run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate,
        )

    def issue(self, name: str, alternative: str = "IP:127.0.0.1,DNS:localhost", expired: bool = False) -> tuple[Path, Path]:
        """A certificate and its key."""
        key, request, certificate, extensions = (self.directory / f"{name}.{ending}" for ending in ("key", "csr", "pem", "ext"))
        self._run(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={name}", "-keyout", key, "-out", request,
        )
        extensions.write_text(f"subjectAltName={alternative}\n")
        if expired:
            # Only `openssl ca` takes dates; it wants a database.
            database, serial, configuration = (self.directory / f"ca.{ending}" for ending in ("db", "serial", "cnf"))
            database.write_text("")
            serial.write_text("01\n")
            configuration.write_text(
                f"[ca]\ndefault_ca=c\n[c]\ndatabase={database}\nserial={serial}\nnew_certs_dir={self.directory}\n"
                "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
            )
            self._run(
                "ca", "-batch", "-config", configuration, "-cert", self.certificate, "-keyfile", self.key, "-in", request,
                "-out", certificate, "-extfile", extensions, "-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-notext",
            )
        else:
            self._run(
                "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-days", "1", "-extfile", extensions, "-out", certificate,
            )
        return certificate, key

    def server(self, name: str, *, wants: "Authority | None" = None, alpn: list[str] | None = None, **how) -> ssl.SSLContext:
        """What a server needs; `wants` is the authority of the clients that it takes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name, **how))
        if wants is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(wants.certificate)
        if alpn:
            context.set_alpn_protocols(alpn)
        return context

    @staticmethod
    def _run(*arguments) -> None:
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
