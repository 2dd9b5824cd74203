"""Socket files: bind one (blocking: in a thread), replace a stale one, remove our own, judge who calls."""

import os
import socket
import stat
import struct
from collections.abc import Set
from pathlib import Path

from loyalty.errors import LoyaltyError, Trouble

_PATH_BYTES_MAX = 107
"""unix(7): sun_path is 108 bytes with its final zero."""
_BACKLOG = 16
_PROBE_S = 1.0
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED


class SocketError(LoyaltyError):
    """The socket file cannot be served; `reason` says why and what to do."""

    code = "socket_unusable"
    trouble = Trouble.UNAVAILABLE
    text = "Cannot listen on {path}: {reason}"


def bind_unix(path: Path) -> tuple[socket.socket, int]:
    """A listening socket at `path` with mode 0660, and the inode of its file.

    Raises: SocketError.
    """
    if len(os.fsencode(path)) > _PATH_BYTES_MAX:
        raise SocketError(path=str(path), reason=f"the path is longer than {_PATH_BYTES_MAX} bytes")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_stale(path)
        listening.bind(os.fspath(path))
        path.chmod(0o660)  # before listen(): nobody can connect under the wider mode of the umask
        listening.listen(_BACKLOG)
        listening.setblocking(False)
        return listening, path.lstat().st_ino
    except OSError as error:
        listening.close()
        reason = f"{error.strerror or error}; see that its directory exists and may be written"
        raise SocketError(path=str(path), reason=reason) from error
    except BaseException:
        listening.close()
        raise


def unlink_unix(path: Path, inode: int) -> None:
    """Remove the socket file if it is still the one of `inode`, not a successor's."""
    try:
        if path.lstat().st_ino == inode:
            path.unlink()
    except FileNotFoundError:
        return


def peer_refusal(connected: socket.socket, allowed_uids: Set[int] | None) -> str:
    """Why the user at the other end may not connect; empty when it may. None leaves it to the file's mode."""
    if allowed_uids is None:
        return ""
    uid = peer_uid(connected)
    return "" if uid in allowed_uids else f"uid {uid} is not among the allowed {sorted(allowed_uids)}"


def peer_uid(connected: socket.socket) -> int:
    """The user at the other end."""
    credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(credentials)
    return int(uid)


def _remove_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise SocketError(path=str(path), reason="a file that is no socket is in the way; move it")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_S)
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
    raise SocketError(path=str(path), reason="another process serves there; stop it first")
