"""Requests a second: GET /api/calls of the phonebar against a bare Starlette app.

    python bench/server.py [--seconds 3] [--connections 4]

Both run in processes of their own under the same uvicorn settings, and are asked in turns by the
same client: bare sockets with kept-alive connections, so that the client costs little. Prints the
median of the rounds for each, and their ratio, as JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import statistics
import threading
import time
from multiprocessing.connection import Connection

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator


def serve_phonebar(pipe: Connection, calls: int) -> None:
    line = Line(Simulator())
    for _ in range(calls):
        line.incoming("2025550101")
    with Server(line) as server:
        pipe.send(server.port)
        pipe.recv()


def serve_bare(pipe: Connection, calls: int) -> None:
    line = Line(Simulator())
    for _ in range(calls):
        line.incoming("2025550101")
    body = [call.to_json() for call in line.calls()]

    async def constant(_request: Request) -> JSONResponse:
        return JSONResponse(body)

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/api/calls", constant)])
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, http="h11", ws="none", lifespan="off"
    )
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, args=([listener],), daemon=True).start()
    pipe.send(listener.getsockname()[1])
    pipe.recv()
    server.should_exit = True


def ask(port: int, until: float, counts: list[int]) -> None:
    request = f"GET /api/calls HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    done = 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = connection.makefile("rb")
        while time.perf_counter() < until:
            connection.sendall(request)
            assert reader.readline().startswith(b"HTTP/1.1 200")
            length = 0
            while (header := reader.readline()) != b"\r\n":
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            reader.read(length)
            done += 1
    counts.append(done)


def rate(port: int, seconds: float, connections: int) -> float:
    counts: list[int] = []
    began = time.perf_counter()
    threads = [
        threading.Thread(target=ask, args=(port, began + seconds, counts))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    results = {}
    for calls in (0, 2):
        servers = {}
        for name, target in (("phonebar", serve_phonebar), ("bare", serve_bare)):
            ours, theirs = context.Pipe()
            process = context.Process(target=target, args=(theirs, calls), daemon=True)
            process.start()
            servers[name] = (ours, process, ours.recv())
        rates: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(options.rounds):
            for name, (_, _, port) in servers.items():
                rates[name].append(rate(port, options.seconds, options.connections))
        for ours, process, _ in servers.values():
            ours.send("end")
            process.join(10)
        median = {name: statistics.median(found) for name, found in rates.items()}
        results[f"{calls} calls"] = {
            "phonebar_per_second": round(median["phonebar"]),
            "bare_per_second": round(median["bare"]),
            "ratio": round(median["phonebar"] / median["bare"], 2),
        }
    print(json.dumps({"connections": options.connections, **results}, indent=2))


if __name__ == "__main__":
    main()
