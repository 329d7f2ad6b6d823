"""GitHub's REST API, as far as the workflows use it, on loopback."""

import base64
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = "github-actions[bot]"
REPOSITORY = "openmarket/platform"
_PREFIX = f"/repos/{REPOSITORY}"


@dataclass
class FakeGitHub:
    """What it holds, and every request that changed something. It takes one token."""

    token: str = "a-token"
    address: str = ""
    pulls: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    branches: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: list[tuple[str, str]] = field(default_factory=list)

    def add_comment(self, body: str, author: str = BOT) -> dict[str, Any]:
        """A comment on pull request 1."""
        number = len(self.comments) + 1
        path = f"{self.address}{_PREFIX}/issues/comments/{number}"
        made = {"id": number, "url": path, "html_url": f"https://github.test/c/{number}", "body": body}
        self.comments.append(made | {"user": {"login": author, "url": f"{self.address}/users/x"}})
        return self.comments[-1]

    def add_issue(self, title: str, body: str, author: str = BOT) -> dict[str, Any]:
        """An open issue."""
        number = len(self.issues) + 10
        made = {"number": number, "url": f"{self.address}{_PREFIX}/issues/{number}", "title": title, "body": body}
        more = {"html_url": f"https://github.test/i/{number}", "state": "open", "user": {"login": author}}
        self.issues.append(made | more)
        return self.issues[-1]

    def add_pull(self, head: str, sha: str) -> None:
        """An open pull request, number 1."""
        url = f"{self.address}{_PREFIX}"
        self.pulls.append(
            {
                "number": 1,
                "url": f"{url}/pulls/1",
                "html_url": "https://github.test/p/1",
                "issue_url": f"{url}/issues/1",
                "head": {"sha": sha, "label": head},
            }
        )

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, Any]:
        """Status and content of an answer."""
        if method != "GET":
            self.writes.append((method, path))
        match method, path.removeprefix(_PREFIX).strip("/").split("/"):
            case "GET", ["pulls"]:
                return 200, [each for each in self.pulls if each["head"]["label"] == query["head"][0]]
            case "POST", ["pulls"]:
                self.add_pull(f"{REPOSITORY.partition('/')[0]}:{body['head']}", "new")
                return 201, self.pulls[-1]
            case "GET", ["issues", "1", "comments"]:
                return 200, self.comments
            case "POST", ["issues", "1", "comments"]:
                return 201, self.add_comment(body["body"])
            case "PATCH", ["issues", "comments", number]:
                self.comments[int(number) - 1] |= body
                return 200, self.comments[int(number) - 1]
            case "GET", ["issues"]:
                return 200, [each for each in self.issues if each["state"] == "open"]
            case "POST", ["issues"]:
                return 201, self.add_issue(body["title"], body["body"])
            case "PATCH", ["issues", number]:
                self.issues[int(number) - 10] |= body
                return 200, self.issues[int(number) - 10]
            case "POST", ["issues", _, "comments"]:
                return 201, {"id": 99, "body": body["body"]}
            case "GET", ["contents", name]:
                content = base64.b64encode(self.files[name].encode()).decode()
                return 200, {"type": "file", "encoding": "base64", "content": content, "name": name}
            case _:
                return self._git_data(method, path, body) or (404, {"message": f"Not Found: {method} {path}"})

    def _git_data(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any] | None:
        """Trees and commits are named by what is in them; a branch holds its newest commit."""
        match method, path.removeprefix(f"{_PREFIX}/git/").split("/", 1):
            case "GET", ["ref", name] if name == "heads/main":
                return 200, {"ref": "refs/heads/main", "object": {"sha": "tip"}}
            case "GET", ["commits", sha]:
                return 200, {"sha": sha, "tree": {"sha": "tree-of-tip"}}
            case "POST", ["trees"]:
                return 201, {"sha": f"tree of {body['tree'][0]['content']}"}
            case "POST", ["commits"]:
                return 201, {"sha": json.dumps([body["parents"], body["tree"]])}
            case "GET", ["matching-refs", name]:
                found = [each for key, each in self.branches.items() if key.startswith(f"refs/{name}")]
                return 200, found
            case "POST", ["refs"]:
                url = f"{self.address}{_PREFIX}/git/{body['ref']}"
                self.branches[body["ref"]] = {"ref": body["ref"], "url": url, "object": {"sha": body["sha"]}}
                return 201, self.branches[body["ref"]]
            case "PATCH", ["refs", name]:
                self.branches[f"refs/{name}"]["object"] = {"sha": body["sha"]}
                return 200, self.branches[f"refs/{name}"]
            case _:
                return None


@contextmanager
def serving() -> Generator[FakeGitHub]:
    """Serve on a free loopback port."""
    held = FakeGitHub()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            status, content = 401, {"message": "Bad credentials"}
            if self.headers.get("Authorization") == f"token {held.token}":
                status, content = held.answer(self.command, url.path, parse_qs(url.query), body)
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
