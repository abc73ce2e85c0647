"""A service on this machine that answers as told, and one that is a real SPARQL server."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from served import JSON, Told, rows


@pytest.fixture(scope="session")
def server(loopback):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.told.asked.append((self.headers, body.decode()))
            self.answer()

        def do_GET(self):
            self.server.told.asked.append((self.headers, None))
            self.answer()

        def answer(self):
            status, headers, body = self.server.told.next()
            if callable(body):
                return body(self)
            body = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return self.wfile.write(body)

        def log_message(self, *_):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    httpd.told = Told(f"http://127.0.0.1:{httpd.server_port}/sparql")
    loopback.add(("127.0.0.1", httpd.server_port))
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield httpd.told
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture
def told(server):
    server((200, {"Content-Type": JSON}, rows("a")))
    return server


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory, loopback):
    """A function that loads Turtle into a real SPARQL server and gives its address."""
    name = "oxigraph.exe" if sys.platform == "win32" else "oxigraph"
    program = Path(sysconfig.get_path("scripts")) / name
    program = program if program.exists() else shutil.which(name)
    if program is None:
        pytest.skip("the server of the package oxigraph is not installed")
    port = free_port()
    folder = tmp_path_factory.mktemp("oxigraph")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "serve", "--location", str(folder / "store"), "--bind", f"127.0.0.1:{port}"],
            stdout=log, stderr=log,
        )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    loopback.add(("127.0.0.1", port))

    def load(turtle):
        request = urllib.request.Request(
            f"{base}/store?default", data=turtle.encode(), headers={"Content-Type": "text/turtle"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=60):
            return f"{base}/query"

    for _ in range(300):
        assert process.poll() is None, (folder / "log").read_text()
        try:
            load("")
            break
        except OSError:
            time.sleep(0.1)
    yield load
    process.terminate()
    process.wait(timeout=20)


INI = """
[Database]
DatabaseFile = v.db
TransactionFile = v.trx
ErrorLogFile = v.log
LockFile = v.lck
xa_persistent_file = v.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 4
NumberOfBuffers = 2000
DirsAllowed = {folder}
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 2
[SPARQL]
ResultSetMaxRows = 500
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory, loopback):
    """A function that loads Turtle into Virtuoso, which gives 500 rows at most, and gives its address."""
    if not (shutil.which("virtuoso-t") and shutil.which("isql-vt")):
        pytest.skip("Virtuoso 7 is not installed")
    folder = tmp_path_factory.mktemp("virtuoso")
    sql, http = free_port(), free_port()
    loopback.add(("127.0.0.1", http))
    (folder / "v.ini").write_text(INI.format(sql=sql, http=http, folder=folder))

    def command(text):
        done = subprocess.run(
            ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={text}"], capture_output=True, text=True, timeout=60, check=False
        )  # fmt: skip
        assert "Error" not in done.stdout + done.stderr, done.stdout + done.stderr

    subprocess.run(["virtuoso-t", "+configfile", "v.ini", "+wait"], cwd=folder, check=True, timeout=120)

    def load(turtle):
        (folder / "d.ttl").write_text(turtle, encoding="utf-8")
        command(f"DB.DBA.TTLP(file_to_string_output('{folder}/d.ttl'), '', 'urn:g');")
        return f"http://127.0.0.1:{http}/sparql"

    yield load
    subprocess.run(
        ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", "exec=shutdown();"], capture_output=True, timeout=60, check=False
    )


@pytest.fixture(params=["oxigraph", "virtuoso"])
def load(request):
    """The same for both servers."""
    return request.getfixturevalue(request.param)
