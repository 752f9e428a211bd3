"""Kamailio as registrar and proxy, with passwords: what a PBX asks of a telephone.

Debian: kamailio.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.phonebar.sip.phones import PATIENCE, Phone, eventually, free_port, phones

MODULES = tuple(Path("/usr/lib").glob("*/kamailio/modules"))

_CONFIG = """\
debug=1
log_stderror=yes
fork=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
mpath="{modules}/"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "htable.so"
modparam("htable", "htable", "passwords=>size=4;")
modparam("rr", "enable_full_lr", 1)

event_route[htable:mod-init] {{
{passwords}
}}

request_route {{
  if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
  if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
  if (has_totag()) {{
    if (loose_route() || is_method("ACK")) {{ t_relay(); exit; }}
    sl_send_reply("404", "Not Here"); exit;
  }}
  if (is_method("REGISTER")) {{
    if (!pv_www_authenticate("$fd", "$sht(passwords=>$au)", "0")) {{
      auth_challenge("$fd", "0"); exit;
    }}
    save("location"); exit;
  }}
  if (!pv_proxy_authenticate("$fd", "$sht(passwords=>$au)", "0")) {{
    auth_challenge("$fd", "0"); exit;
  }}
  consume_credentials();
  record_route();
  if ($rU == "900") {{ sl_send_reply("403", "Forbidden"); exit; }}
  if (!lookup("location")) {{ sl_send_reply("404", "Not Found"); exit; }}
  t_relay();
}}
"""


class Kamailio:
    """One Kamailio; what it has to say is in `log`."""

    def __init__(self, folder: Path, passwords: dict[str, str], port: int = 0) -> None:
        self.port, self._passwords = port or free_port(), passwords
        folder.mkdir(parents=True, exist_ok=True)
        lines = "\n".join(
            f'  $sht(passwords=>{user}) = "{password}";' for user, password in passwords.items()
        )
        config = folder / "kamailio.cfg"
        config.write_text(
            _CONFIG.format(port=self.port, modules=MODULES[0], passwords=lines), encoding="utf-8"
        )
        self._path = folder / "kamailio.log"
        self._log = self._path.open("wb")
        self._process = subprocess.Popen(
            ["kamailio", "-f", str(config), "-DD", "-E", "-Y", str(folder), "-m", "32", "-M", "8"],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        eventually(lambda: self._listens() or self._process.poll() is not None, lambda: self.log)
        assert self._process.poll() is None, self.log

    @property
    def log(self) -> str:
        return self._path.read_text(errors="replace")

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.port}"

    def account(self, user: str, **more: Any) -> dict[str, Any]:
        """The account of one of its users, as `phones` wants it."""
        given = {"domain": self.domain, "user": user, "password": self._passwords[user]}
        return {**given, "register": True, "codecs": ("PCMA/8000",), **more}

    def close(self) -> None:
        """Have it end; again does nothing."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._log.close()

    def _listens(self) -> bool:
        hexadecimal = f":{self.port:04X} "
        return hexadecimal in Path("/proc/net/udp").read_text()


@contextmanager
def kamailio(folder: Path, passwords: dict[str, str], port: int = 0) -> Iterator[Kamailio]:
    """A registrar until the end of the block; skips where it is not installed."""
    if shutil.which("kamailio") is None:
        pytest.skip("needs Kamailio: apt-get install kamailio")
    found = Kamailio(folder, passwords, port)
    try:
        yield found
    finally:
        found.close()


@contextmanager
def members(registrar: Kamailio, *users: str, **more: Any) -> Iterator[list[Phone]]:
    """Telephones of ours that are registered, until the end of the block."""
    with phones(*(registrar.account(user, **more) for user in users)) as found:
        for phone in found:
            assert phone.backend.wait(lambda standing: standing.registered, PATIENCE), (
                phone.backend.standing
            )
        yield found
