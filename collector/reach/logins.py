"""With which keys to log in, in ssh's order: keys of the agent, then key files. Never a password, never a question.

A key named in the configuration is the only one that is offered, from its file or from the agent: a host counts every
key that it is shown and hangs up after a few (MaxAuthTries).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from paramiko import Agent, PKey, SSHException, Transport
from paramiko.auth_strategy import AuthFailure, AuthResult, AuthStrategy, InMemoryPrivateKey
from paramiko.pkey import PublicBlob, UnknownKeyType

from collector.reach import known_hosts

_USUAL = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")


class Keys(AuthStrategy):  # type: ignore[misc]  # paramiko carries no types
    """fabric's `authentication.strategy_class`, made by it for each host that it logs in to.

    offered: the keys that were shown to the host.       troubles: key files that could not be used, and why.
    """

    def __init__(self, ssh_config: Mapping[str, Any], fabric_config: Any, username: str) -> None:
        super().__init__(ssh_config=ssh_config)
        self.username = username
        named = list(fabric_config.authentication.identities) or list(ssh_config.get("identityfile", []))
        self.files = [Path(name).expanduser() for name in named or _USUAL]
        self.only = bool(fabric_config.authentication.identities) or ssh_config.get("identitiesonly") == "yes"
        self.named = bool(named)
        self.offered: list[str] = []
        self.troubles: list[str] = []

    def get_sources(self) -> Iterator[InMemoryPrivateKey]:
        """Each key once, the agent's before those that lie in files alone."""
        in_files = [key for path in self.files if (key := self._loaded(path))]
        wanted = {key.asbytes() for key in in_files} | {blob for path in self.files if (blob := _public(path))}
        held = [key for key in self._agent.get_keys() if not self.only or key.asbytes() in wanted]
        held.sort(key=lambda key: key.asbytes() not in wanted)
        seen: set[bytes] = set()
        for key in [*held, *in_files]:
            if key.asbytes() not in seen:
                seen.add(key.asbytes())
                self.offered.append(f"{key.get_name()} {known_hosts.fingerprint(key.asbytes())}")
                yield InMemoryPrivateKey(username=self.username, pkey=key)

    def authenticate(self, transport: Transport) -> AuthResult:
        """Raises AuthFailure, a login that wants a password on top of the key included."""
        self._agent = Agent()
        try:
            result = super().authenticate(transport)
        finally:
            self._agent.close()
        if not transport.is_authenticated():
            raise AuthFailure(result)
        return result

    def _loaded(self, path: Path) -> PKey | None:
        """A private key, or None with the reason among the troubles. The usual files need not be there."""
        try:
            return PKey.from_path(path)
        except FileNotFoundError:
            if self.named:
                self.troubles.append(f"the key file {path} is not there")
        except OSError as error:
            self.troubles.append(f"the key file {path} can't be read ({error.strerror})")
        except TypeError:  # how cryptography says that a passphrase is missing
            self.troubles.append(f"the key file {path} is encrypted; unlock it for the agent with: ssh-add {path}")
        except (ValueError, SSHException, UnknownKeyType):
            self.troubles.append(f"{path} holds no private key that can be used")
        return None


def _public(path: Path) -> bytes | None:
    """The public half beside a key file, by which an encrypted key is found in the agent."""
    try:
        blob: bytes = PublicBlob.from_file(f"{path}.pub").key_blob
    except (OSError, ValueError):
        return None
    return blob
