"""A headless Chromium that tests drive over its DevTools protocol, by the pipe it offers: no port, no library."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import time

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
PATIENCE = 60
# Chromium reads commands from descriptor 3 and answers on 4.
_LAUNCH = (
    "import fcntl, os, sys\n"
    "ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]\n"
    "os.dup2(ends[0], 3)\n"
    "os.dup2(ends[1], 4)\n"
    "os.execv(sys.argv[3], sys.argv[3:])\n"
)
_KEYS = {
    "ArrowLeft": 37,
    "ArrowRight": 39,
    "ArrowUp": 38,
    "ArrowDown": 40,
    "PageUp": 33,
    "Enter": 13,
    "Tab": 9,
    " ": 32,
    "+": 187,
}


class Chromium:
    """One browser; `open` gives pages of it. Messages end with a zero byte."""

    def __init__(self, profile, *flags):
        (theirs_in, self.out), (self.into, theirs_out) = os.pipe(), os.pipe()
        command = [sys.executable, "-c", _LAUNCH, str(theirs_in), str(theirs_out), CHROMIUM]
        command += [*FLAGS, f"--user-data-dir={profile}", *flags]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, pass_fds=(theirs_in, theirs_out), **quiet)
        os.close(theirs_in)
        os.close(theirs_out)
        self.asked, self.rest, self.answers, self.events = 0, b"", {}, []

    def close(self):
        with contextlib.suppress(AssertionError, OSError):
            self.ask("Browser.close")
        for end in (self.out, self.into):
            os.close(end)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, method, session=None, **params):
        """Send a command and return its answer."""
        self.asked += 1
        number = self.asked
        message = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self.out, data) :]
        until = time.monotonic() + PATIENCE
        while number not in self.answers:
            self.listen(until - time.monotonic())
        answer = self.answers.pop(number)
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def listen(self, seconds):
        """Wait for messages and sort them into answers and events."""
        assert select.select([self.into], [], [], max(seconds, 0))[0], "the browser does not answer"
        data = os.read(self.into, 1 << 20)
        assert data, "the browser has gone"
        *whole, self.rest = (self.rest + data).split(b"\0")
        for each in map(json.loads, whole):
            if "id" in each:
                self.answers[each["id"]] = each
            else:
                self.events.append(each)

    def open(self, url, *, width=1200, height=900, offline=True):
        """Return a loaded page."""
        return Page(self, url, width, height, offline)


class Page:
    """A page of the browser, 1 device pixel per CSS pixel."""

    def __init__(self, browser, url, width, height, offline):
        self.browser = browser
        self.target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.ask("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.ask(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        nothing = {"latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        self.ask("Network.emulateNetworkConditions", offline=offline, **nothing)
        self.ask("Page.navigate", url=url)
        self.until(lambda: self.heard("Page.loadEventFired"))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.browser.ask("Target.closeTarget", targetId=self.target)

    def ask(self, method, **params):
        return self.browser.ask(method, self.session, **params)

    def heard(self, method):
        """What the page has told under this name so far."""
        mine = [each for each in self.browser.events if each.get("sessionId") == self.session]
        return [each["params"] for each in mine if each["method"] == method]

    def until(self, holds):
        """Wait until something holds, hearing what the browser has to say."""
        end = time.monotonic() + PATIENCE
        while not holds():
            with contextlib.suppress(AssertionError):
                self.browser.listen(0.05)
            assert time.monotonic() < end, "it never came to hold"

    def run(self, script):
        """The value of an expression on the page."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def when(self, script):
        """Wait until an expression holds on the page."""
        self.until(lambda: self.run(script))

    def fetched(self):
        """Addresses asked for besides the page itself and what it carries within."""
        urls = [each["request"]["url"] for each in self.heard("Network.requestWillBeSent")]
        return [url for url in urls[1:] if not url.startswith("data:")]

    def complaints(self):
        """Errors of the page's script, and what the browser logs about the page."""
        return self.heard("Runtime.exceptionThrown") + self.heard("Log.entryAdded")

    def press(self, key, *, shift=False):
        """Press and release a key on what has the focus."""
        text = {"Enter": "\r", "Tab": ""}.get(key, key if len(key) == 1 else "")
        common = {"key": key, "windowsVirtualKeyCode": _KEYS[key], "modifiers": 8 if shift else 0}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.ask("Input.dispatchKeyEvent", **down, **common)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        """Put text where the focus is, as if typed."""
        self.ask("Input.insertText", text=text)

    def box(self, selector):
        """Where an element is on the screen, scrolled to: left, top, width, height."""
        script = f"(() => {{ const it = document.querySelector({json.dumps(selector)});"
        script += " it.scrollIntoView({block: 'nearest'}); const b = it.getBoundingClientRect();"
        return self.run(script + " return [b.left, b.top, b.width, b.height]; })()")

    def click(self, selector, *, across=0.5, down=0.5):
        """Click into an element, at shares of its width and height."""
        left, top, width, height = self.box(selector)
        self.point(left + across * width, top + down * height)

    def point(self, x, y):
        """Press and release the mouse at a point of the screen."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def names(self, *roles):
        """The accessible names of all elements of these roles, hidden ones left out."""
        nodes = self.ask("Accessibility.getFullAXTree")["nodes"]
        wanted = [each for each in nodes if not each["ignored"] and each["role"]["value"] in roles]
        return [each.get("name", {}).get("value", "") for each in wanted]

    def picture(self, path):
        """Write what is on the screen as PNG and return the path."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))
        return path
